"""Log recommended slates, and which interaction followed which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c3a7e95b1d40"
down_revision = "4b1f0c7de2a9"
branch_labels = None
depends_on = None

_FOLLOWED = sa.text("slate_id IS NOT NULL")

# SQLite's table is copied; the tables that it refers to need not be read for that.
_ALONE = {"resolve_fks": False}


def upgrade() -> None:
    """Make the newer tables."""
    op.create_table(
        "slates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("shopper_id", sa.String(length=80), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("policy", sa.String(length=200), nullable=False),
        sa.Column("model_version", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_slates_customer_id_customers"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slates")),
        sa.UniqueConstraint("public_id", name=op.f("uq_slates_public_id")),
    )
    op.create_index("ix_slates_shopper_id_created_at", "slates", ["shopper_id", "created_at"])
    op.create_index(op.f("ix_slates_customer_id"), "slates", ["customer_id"])
    op.create_table(
        "slate_items",
        sa.Column("slate_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_slate_items_position_positive")),
        sa.CheckConstraint(
            "propensity > 0 AND propensity <= 1", name=op.f("ck_slate_items_propensity_is_a_chance")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_slate_items_product_id_products"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["slate_id"], ["slates.id"], name=op.f("fk_slate_items_slate_id_slates"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slate_id", "position", name=op.f("pk_slate_items")),
        sa.UniqueConstraint("slate_id", "product_id", name=op.f("uq_slate_items_slate_id_product_id")),
    )
    op.create_index(op.f("ix_slate_items_product_id"), "slate_items", ["product_id"])
    with op.batch_alter_table("interactions", reflect_kwargs=_ALONE) as batch:
        batch.add_column(sa.Column("slate_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_interactions_slate_id_slates"), "slates", ["slate_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index(
        "ix_interactions_slate_id",
        "interactions",
        ["slate_id"],
        sqlite_where=_FOLLOWED,
        postgresql_where=_FOLLOWED,
    )


def downgrade() -> None:
    """Go back to the older tables."""
    op.drop_index(
        "ix_interactions_slate_id", table_name="interactions", sqlite_where=_FOLLOWED, postgresql_where=_FOLLOWED
    )
    with op.batch_alter_table("interactions", reflect_kwargs=_ALONE) as batch:
        batch.drop_constraint("fk_interactions_slate_id_slates", type_="foreignkey")
        batch.drop_column("slate_id")
    op.drop_table("slate_items")
    op.drop_table("slates")
