"""Take coupons and gift cards, and keep what each has paid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b7d3e5f08c14"
down_revision = "f1c49a72be05"
branch_labels = None
depends_on = None

# Written as it stands: SQLite adds a column with its check in place, and copies no table.
_ORDERS_REFUND_FIRST = """ALTER TABLE orders ADD COLUMN refund_first VARCHAR(10) DEFAULT 'card' NOT NULL
    CONSTRAINT ck_orders_refund_first CHECK (refund_first IN ('card', 'gift_card'))"""
_REFUNDS_GIFT_AMOUNT = """ALTER TABLE refunds ADD COLUMN gift_amount BIGINT DEFAULT 0 NOT NULL
    CONSTRAINT ck_refunds_gift_within_amount CHECK (gift_amount >= 0 AND gift_amount <= amount)"""
_MADE = (
    *("code_tries", "cart_codes", "gift_card_uses", "coupon_uses"),
    *("coupon_categories", "gift_cards", "coupons"),
)


def upgrade() -> None:
    """Make the newer tables and columns."""
    op.execute(_ORDERS_REFUND_FIRST)
    op.execute(_REFUNDS_GIFT_AMOUNT)
    _make_coupons()
    _make_coupon_uses()
    _make_gift_cards()
    _make_cart_codes()
    op.create_table(
        "code_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_tries")),
    )
    op.create_index("ix_code_tries_who_tried_at", "code_tries", ["who", "tried_at"])


def _make_coupons() -> None:
    op.create_table(
        "coupons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=True),
        sa.Column("uses_each", sa.Integer(), nullable=True),
        sa.Column("with_promotions", sa.Boolean(), nullable=False),
        sa.Column("with_coupons", sa.Boolean(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('percent', 'amount')", name=op.f("ck_coupons_kind")),
        sa.CheckConstraint(
            "value > 0 AND (kind <> 'percent' OR value <= 1000000)", name=op.f("ck_coupons_value")
        ),
        sa.CheckConstraint(
            "currency IS NOT NULL OR (kind = 'percent' AND minimum = 0)", name=op.f("ck_coupons_currency_known")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_coupons_customer_id_customers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupons")),
        sa.UniqueConstraint("code", name=op.f("uq_coupons_code")),
    )
    op.create_table(
        "coupon_categories",
        sa.Column("coupon_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupons.id"], name=op.f("fk_coupon_categories_coupon_id_coupons"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["categories.id"],
            name=op.f("fk_coupon_categories_category_id_categories"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("coupon_id", "category_id", name=op.f("pk_coupon_categories")),
    )
    op.create_index(op.f("ix_coupon_categories_category_id"), "coupon_categories", ["category_id"])


def _make_coupon_uses() -> None:
    op.create_table(
        "coupon_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coupon_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("shopper_id", sa.String(length=80), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupons.id"], name=op.f("fk_coupon_uses_coupon_id_coupons"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_coupon_uses_order_id_orders"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_coupon_uses_customer_id_customers"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_uses")),
        sa.UniqueConstraint("coupon_id", "order_id", name=op.f("uq_coupon_uses_coupon_id_order_id")),
    )
    op.create_index(op.f("ix_coupon_uses_order_id"), "coupon_uses", ["order_id"])


def _make_gift_cards() -> None:
    op.create_table(
        "gift_cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=4), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("balance >= 0 AND balance <= amount", name=op.f("ck_gift_cards_balance_within_amount")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_gift_cards_customer_id_customers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_cards")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_gift_cards_code_hash")),
    )
    op.create_table(
        "gift_card_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gift_card_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("given_back", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "given_back >= 0 AND given_back <= amount", name=op.f("ck_gift_card_uses_given_back_within_amount")
        ),
        sa.ForeignKeyConstraint(
            ["gift_card_id"],
            ["gift_cards.id"],
            name=op.f("fk_gift_card_uses_gift_card_id_gift_cards"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_gift_card_uses_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_card_uses")),
        sa.UniqueConstraint("gift_card_id", "order_id", name=op.f("uq_gift_card_uses_gift_card_id_order_id")),
    )
    op.create_index(op.f("ix_gift_card_uses_order_id"), "gift_card_uses", ["order_id"])


def _make_cart_codes() -> None:
    op.create_table(
        "cart_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cart_id", sa.Integer(), nullable=False),
        sa.Column("coupon_id", sa.Integer(), nullable=True),
        sa.Column("gift_card_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(coupon_id IS NULL) <> (gift_card_id IS NULL)", name=op.f("ck_cart_codes_one_of_both")),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["carts.id"], name=op.f("fk_cart_codes_cart_id_carts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupons.id"], name=op.f("fk_cart_codes_coupon_id_coupons"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["gift_card_id"], ["gift_cards.id"], name=op.f("fk_cart_codes_gift_card_id_gift_cards"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart_codes")),
        sa.UniqueConstraint("cart_id", "coupon_id", name=op.f("uq_cart_codes_cart_id_coupon_id")),
        sa.UniqueConstraint("cart_id", "gift_card_id", name=op.f("uq_cart_codes_cart_id_gift_card_id")),
    )
    op.create_index(op.f("ix_cart_codes_coupon_id"), "cart_codes", ["coupon_id"])
    op.create_index(op.f("ix_cart_codes_gift_card_id"), "cart_codes", ["gift_card_id"])


def downgrade() -> None:
    """Go back to the older tables and columns."""
    for table in _MADE:
        op.drop_table(table)
    op.drop_column("refunds", "gift_amount")
    op.drop_column("orders", "refund_first")
