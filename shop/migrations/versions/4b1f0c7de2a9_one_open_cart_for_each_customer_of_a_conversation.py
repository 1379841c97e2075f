"""One open cart for each customer of a conversation, and one for its guest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "4b1f0c7de2a9"
down_revision = "9d85205c1676"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")
_GUESTS = sa.text("state = 'open' AND customer_id IS NULL")


def upgrade() -> None:
    """Make the newer tables."""
    op.drop_index("uq_carts_one_open", table_name="carts")
    op.create_index(
        "uq_carts_one_open",
        "carts",
        ["shopper_id", "customer_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "uq_carts_one_open_guest",
        "carts",
        ["shopper_id"],
        unique=True,
        sqlite_where=_GUESTS,
        postgresql_where=_GUESTS,
    )


def downgrade() -> None:
    """Go back to the older tables; of several open carts of one conversation the newest is kept."""
    op.execute(
        "DELETE FROM carts WHERE state = 'open' AND id NOT IN "
        "(SELECT MAX(id) FROM carts WHERE state = 'open' GROUP BY shopper_id)"
    )
    op.drop_index("uq_carts_one_open_guest", table_name="carts")
    op.drop_index("uq_carts_one_open", table_name="carts")
    op.create_index(
        "uq_carts_one_open", "carts", ["shopper_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
