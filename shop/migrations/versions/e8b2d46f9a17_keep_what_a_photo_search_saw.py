"""Keep what an image model saw in a photo, beside the list that answered it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e8b2d46f9a17"
down_revision = "c3a7e95b1d40"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the newer table."""
    op.create_table(
        "photo_queries",
        sa.Column("slate_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("narrowed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["slate_id"], ["slates.id"], name=op.f("fk_photo_queries_slate_id_slates"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slate_id", name=op.f("pk_photo_queries")),
    )
    op.create_index(op.f("ix_photo_queries_created_at"), "photo_queries", ["created_at"])


def downgrade() -> None:
    """Go back to the older tables."""
    op.drop_index(op.f("ix_photo_queries_created_at"), table_name="photo_queries")
    op.drop_table("photo_queries")
