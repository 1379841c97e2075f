"""Keep who changed an order and why, what was paid and what is paid back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "f1c49a72be05"
down_revision = "a94d07e3c1b8"
branch_labels = None
depends_on = None

# Written as it stands: SQLite adds a column with its check in place, while a copied table would lose, by the cascade of
# the old one's drop, every row that refers to it. The second check needs `paid` filled in.
_ORDERS_PAID = "ALTER TABLE orders ADD COLUMN paid BIGINT DEFAULT 0 NOT NULL"
_ORDERS_REFUNDED = """ALTER TABLE orders ADD COLUMN refunded BIGINT DEFAULT 0 NOT NULL
    CONSTRAINT ck_orders_refunded_within_paid CHECK (refunded >= 0 AND refunded <= paid)
    CONSTRAINT ck_orders_paid_known CHECK (paid > 0 OR total = 0 OR payment_state NOT IN ('paid', 'refunded'))"""
_LINES_CANCELLED = """ALTER TABLE order_lines ADD COLUMN cancelled INTEGER DEFAULT 0 NOT NULL
    CONSTRAINT ck_order_lines_cancelled_within_quantity CHECK (cancelled >= 0 AND cancelled <= quantity)"""
_LINES_DISCOUNT = "ALTER TABLE order_lines ADD COLUMN discount BIGINT DEFAULT 0 NOT NULL"
_RETURNS_KIND = """ALTER TABLE returns ADD COLUMN kind VARCHAR(20) DEFAULT 'return' NOT NULL
    CONSTRAINT ck_returns_kind CHECK (kind IN ('return', 'exchange'))"""
_RETURNS_DELIVERY = "ALTER TABLE returns ADD COLUMN delivery_refund BIGINT DEFAULT 0 NOT NULL"
_RETURNS_LABEL = "ALTER TABLE returns ADD COLUMN label_free BOOLEAN DEFAULT true NOT NULL"
_RETURNS_REPLACEMENT = "ALTER TABLE returns ADD COLUMN replacement_number VARCHAR(20)"
_RETURN_LINES_REFUND = "ALTER TABLE return_lines ADD COLUMN refund BIGINT DEFAULT 0 NOT NULL"

_FILL_PAID = "UPDATE orders SET paid = total WHERE payment_state IN ('paid', 'refunded')"
_FILL_RETURN_LINES = """UPDATE return_lines SET refund = quantity * (
    SELECT unit_price FROM order_lines WHERE order_lines.id = return_lines.order_line_id)
    WHERE return_id IN (SELECT id FROM returns WHERE state <> 'refused')"""
_FILL_RETURN_REFUNDS = """INSERT INTO refunds (order_id, return_id, kind, state, amount, currency, created_at, settled_at)
    SELECT r.order_id, r.id, 'return', 'paid', r.refund, r.currency, r.created_at, o.updated_at
    FROM returns r JOIN orders o ON o.id = r.order_id
    WHERE r.state = 'refunded' AND r.refund > 0 AND o.state <> 'cancelled'"""
_FILL_CANCELLED_REFUNDS = """INSERT INTO refunds (order_id, kind, state, amount, currency, created_at, settled_at)
    SELECT id, 'cancellation', 'paid', total, currency, updated_at, updated_at
    FROM orders WHERE state = 'cancelled' AND payment_state = 'refunded' AND total > 0"""
_FILL_REFUNDED = """UPDATE orders SET refunded = (
    SELECT COALESCE(SUM(amount), 0) FROM refunds WHERE refunds.order_id = orders.id)
    WHERE id IN (SELECT order_id FROM refunds)"""


def upgrade() -> None:
    """Make the newer tables and columns."""
    for statement in (_ORDERS_PAID, _FILL_PAID, _ORDERS_REFUNDED, _LINES_CANCELLED, _LINES_DISCOUNT):
        op.execute(statement)
    for statement in (_RETURNS_KIND, _RETURNS_DELIVERY, _RETURNS_LABEL, _RETURNS_REPLACEMENT, _RETURN_LINES_REFUND):
        op.execute(statement)
    _make_refunds()
    _make_exchange_lines()
    _make_audit()
    for statement in (_FILL_RETURN_LINES, _FILL_RETURN_REFUNDS, _FILL_CANCELLED_REFUNDS, _FILL_REFUNDED):
        op.execute(statement)


def _make_refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('cancellation', 'option_change', 'return', 'exchange')", name=op.f("ck_refunds_kind")
        ),
        sa.CheckConstraint("state IN ('pending', 'paid', 'credited')", name=op.f("ck_refunds_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_refunds_return_id_returns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
    )
    op.create_index(op.f("ix_refunds_order_id"), "refunds", ["order_id"])
    op.create_index(op.f("ix_refunds_return_id"), "refunds", ["return_id"])


def _make_exchange_lines() -> None:
    op.create_table(
        "exchange_lines",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=True),
        sa.Column("sku", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("worth", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_exchange_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_exchange_lines_order_line_id_order_lines"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_exchange_lines_return_id_returns"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_exchange_lines_variant_id_variants"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("return_id", "order_line_id", name=op.f("pk_exchange_lines")),
    )
    op.create_index(op.f("ix_exchange_lines_order_line_id"), "exchange_lines", ["order_line_id"])


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("conversation", sa.String(length=80), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("order_number", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=True),
        sa.Column("policy_version", sa.String(length=40), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("stock", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column("fingerprint", sa.String(length=16), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_audit_order_id_orders"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("who", "key", name=op.f("uq_audit_who_key")),
    )
    op.create_index(op.f("ix_audit_order_id"), "audit", ["order_id"])


def downgrade() -> None:
    """Go back to the older tables and columns."""
    for table in ("audit", "exchange_lines", "refunds"):
        op.drop_table(table)
    op.drop_column("return_lines", "refund")
    for column in ("replacement_number", "label_free", "delivery_refund", "kind"):
        op.drop_column("returns", column)
    for column in ("discount", "cancelled"):
        op.drop_column("order_lines", column)
    for column in ("refunded", "paid"):
        op.drop_column("orders", column)
