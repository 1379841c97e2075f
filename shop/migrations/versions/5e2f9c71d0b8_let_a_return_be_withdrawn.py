"""Let a return be withdrawn by whoever asked for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5e2f9c71d0b8"
down_revision = "d4c81f6a9e27"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep when a return was withdrawn; SQLite adds a column in place, and copies no table."""
    op.add_column("returns", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop the column: what was withdrawn is refused."""
    op.drop_column("returns", "withdrawn_at")
