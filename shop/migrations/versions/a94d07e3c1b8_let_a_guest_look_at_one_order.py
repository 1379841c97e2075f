"""Let a guest look at one order by a one-time code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a94d07e3c1b8"
down_revision = "f2c81d5ab063"
branch_labels = None
depends_on = None

_INDEXES = ("shopper_id", "subject_hash", "contact_hash")


def upgrade() -> None:
    """Make the newer table."""
    op.create_table(
        "guest_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shopper_id", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("contact_hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_guest_codes_tries_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_guest_codes_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_codes")),
    )
    op.create_index(op.f("ix_guest_codes_order_id"), "guest_codes", ["order_id"])
    for column in _INDEXES:
        op.create_index(f"ix_guest_codes_{column}_created_at", "guest_codes", [column, "created_at"])


def downgrade() -> None:
    """Go back to the older tables."""
    for column in _INDEXES:
        op.drop_index(f"ix_guest_codes_{column}_created_at", table_name="guest_codes")
    op.drop_index(op.f("ix_guest_codes_order_id"), table_name="guest_codes")
    op.drop_table("guest_codes")
