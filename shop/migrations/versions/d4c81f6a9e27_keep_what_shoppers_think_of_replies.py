"""Keep what shoppers think of replies, and what a person would have said instead."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d4c81f6a9e27"
down_revision = "b7d3e58c1f64"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "reply_feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reply_id", sa.String(length=40), nullable=False),
        sa.Column("shopper_id", sa.String(length=80), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("placed", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("reply", sa.String(length=1000), nullable=False),
        sa.Column("rung", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("thumb", sa.String(length=8), nullable=True),
        sa.Column("thumbed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correction", sa.String(length=1000), nullable=True),
        sa.Column("corrected_by", sa.String(length=80), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("thumb IS NULL OR thumb IN ('up', 'down')", name=op.f("ck_reply_feedback_thumb")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_reply_feedback_customer_id_customers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_feedback")),
        sa.UniqueConstraint("reply_id", name=op.f("uq_reply_feedback_reply_id")),
    )
    for column in ("shopper_id", "customer_id", "created_at"):
        op.create_index(op.f(f"ix_reply_feedback_{column}"), "reply_feedback", [column])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("reply_feedback")
