"""Keep receipts of what was told, in an append-only chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "f2c81d5ab063"
down_revision = "e8b2d46f9a17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the newer tables."""
    op.create_table(
        "receipts",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("record", sa.String(length=400), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("kind IN ('price', 'stock', 'date', 'policy', 'gap')", name=op.f("ck_receipts_kind")),
        sa.CheckConstraint("position > 0", name=op.f("ck_receipts_position_positive")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_receipts")),
        sa.UniqueConstraint("hash", name=op.f("uq_receipts_hash")),
        sa.UniqueConstraint("previous", name=op.f("uq_receipts_previous")),
    )
    op.create_index("ix_receipts_conversation_position", "receipts", ["conversation", "position"])
    op.create_table(
        "receipt_heads",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_receipt_heads_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_heads")),
    )


def downgrade() -> None:
    """Go back to the older tables."""
    op.drop_table("receipt_heads")
    op.drop_index("ix_receipts_conversation_position", table_name="receipts")
    op.drop_table("receipts")
