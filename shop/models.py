"""The tables of the shop.

Money is an exact Decimal beside a three-letter currency. Times are UTC with their zone. Stock is guarded by a
check constraint as well as by the code: two orders at once can never take it below zero.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, and_, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.columns import ExactDecimal, UtcDateTime
from shop.models_access import GuestCode as GuestCode
from shop.models_base import Base as Base
from shop.models_base import one_of
from shop.models_base import utc_now as utc_now
from shop.models_behaviour import INTERACTION_KINDS as INTERACTION_KINDS
from shop.models_behaviour import Interaction as Interaction
from shop.models_behaviour import PhotoQuery as PhotoQuery
from shop.models_behaviour import Slate as Slate
from shop.models_behaviour import SlateItem as SlateItem
from shop.models_codes import CartCode as CartCode
from shop.models_codes import CodeTry as CodeTry
from shop.models_codes import Coupon as Coupon
from shop.models_codes import CouponCategory as CouponCategory
from shop.models_codes import CouponUse as CouponUse
from shop.models_codes import GiftCard as GiftCard
from shop.models_codes import GiftCardUse as GiftCardUse
from shop.models_feedback import ReplyFeedback as ReplyFeedback
from shop.models_receipts import RECEIPT_KINDS as RECEIPT_KINDS
from shop.models_receipts import Receipt as Receipt
from shop.models_receipts import ReceiptHead as ReceiptHead
from shop.models_service import RETURN_STATES as RETURN_STATES
from shop.models_service import AuditEntry as AuditEntry
from shop.models_service import ExchangeLine as ExchangeLine
from shop.models_service import Refund as Refund
from shop.models_service import Return as Return
from shop.models_service import ReturnLine as ReturnLine
from shop.models_tickets import INVOICE_KINDS as INVOICE_KINDS
from shop.models_tickets import TICKET_KINDS as TICKET_KINDS
from shop.models_tickets import InvoiceRequest as InvoiceRequest
from shop.models_tickets import Satisfaction as Satisfaction
from shop.models_tickets import Ticket as Ticket
from shop.models_tickets import TicketLine as TicketLine
from shop.models_tickets import TicketPhoto as TicketPhoto

ORDER_STATES = ("waiting_for_payment", "paid", "packed", "shipped", "delivered", "cancelled")
PAYMENT_STATES = ("pending", "paid", "refunded", "failed")
REFUND_TARGETS = ("card", "gift_card")
SHIPMENT_STATES = ("packed", "in_transit", "out_for_delivery", "delivered", "lost")


class Category(Base):
    """A node of the category tree; products stand in any number of nodes."""

    __tablename__ = "categories"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    parent: Mapped[Category | None] = relationship(remote_side=[id])


class ProductCategory(Base):
    """Which products stand in which category; ancestors are stored too, so that one look-up filters a subtree."""

    __tablename__ = "product_categories"
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    category_id: Mapped[int] = mapped_column(
        ForeignKey("categories.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Product(Base):
    """What the shop describes once and sells as one or more variants.

    Whoever changes a name, an option or a fact below it also sets `updated_at`: by it search and recommendations tell
    that they have something to read again.
    """

    __tablename__ = "products"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    brand: Mapped[str | None] = mapped_column(String(200), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now, onupdate=utc_now)
    variants: Mapped[list[Variant]] = relationship(
        back_populates="product", cascade="all, delete-orphan", order_by="Variant.position, Variant.id"
    )
    images: Mapped[list[Image]] = relationship(cascade="all, delete-orphan", order_by="Image.position, Image.id")
    attributes: Mapped[list[Attribute]] = relationship(cascade="all, delete-orphan", order_by="Attribute.id")
    categories: Mapped[list[Category]] = relationship(secondary="product_categories", order_by="Category.id")


class Variant(Base):
    """One thing that can be bought: a SKU with its price, stock and options."""

    __tablename__ = "variants"
    __table_args__ = (
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("price >= 0", name="price_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    sku: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(400))
    price: Mapped[Decimal] = mapped_column(ExactDecimal, index=True)
    currency: Mapped[str] = mapped_column(String(3))
    stock: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    product: Mapped[Product] = relationship(back_populates="variants")
    options: Mapped[list[VariantOption]] = relationship(
        cascade="all, delete-orphan", order_by="VariantOption.position, VariantOption.id"
    )


# Shoppers write SKUs in any case.
Index("ix_variants_sku_lower", func.lower(Variant.sku))


class VariantOption(Base):
    """One option of a variant: name "screen size", value "13 inch"."""

    __tablename__ = "variant_options"
    __table_args__ = (
        UniqueConstraint("variant_id", "name"),
        Index("ix_variant_options_name_value", "name", "value"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    value: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)


class Attribute(Base):
    """A fact about a product, or about one of its variants: name "color", value "black". A name may repeat."""

    __tablename__ = "attributes"
    __table_args__ = (Index("ix_attributes_name_value", "name", "value"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    value: Mapped[str] = mapped_column(String(300))


class Image(Base):
    """A picture of a product or of one variant: a file name below the shop's image folder, or an https address."""

    __tablename__ = "images"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id", ondelete="SET NULL"))
    location: Mapped[str] = mapped_column(String(500))
    position: Mapped[int] = mapped_column(default=0)


class Customer(Base):
    """A person with an account. `public_id` is what tokens carry; `simulated` marks the demo shop's inventions."""

    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(40))
    profile: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    simulated: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    addresses: Mapped[list[Address]] = relationship(cascade="all, delete-orphan", order_by="Address.id")


class Address(Base):
    """Where a customer has things sent; the first is the default."""

    __tablename__ = "addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    street: Mapped[str] = mapped_column(String(300))
    city: Mapped[str] = mapped_column(String(100))
    postcode: Mapped[str] = mapped_column(String(20))
    country: Mapped[str] = mapped_column(String(2))


class Cart(Base):
    """What a shopper has put aside; an ordered cart keeps the order's idempotency.

    A conversation has one open cart for its guest, and one for each customer who signed in to it.
    """

    __tablename__ = "carts"
    __table_args__ = (CheckConstraint(one_of("state", ("open", "ordered")), name="state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    shopper_id: Mapped[str] = mapped_column(String(80), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    state: Mapped[str] = mapped_column(String(20), default="open")
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    lines: Mapped[list[CartLine]] = relationship(cascade="all, delete-orphan", order_by="CartLine.id")
    codes: Mapped[list[CartCode]] = relationship(cascade="all, delete-orphan", order_by="CartCode.id")


Index(
    "uq_carts_one_open",
    Cart.shopper_id,
    Cart.customer_id,
    unique=True,
    sqlite_where=Cart.state == "open",
    postgresql_where=Cart.state == "open",
)
# In an index, NULL is equal to nothing: the guest's cart needs one of its own.
Index(
    "uq_carts_one_open_guest",
    Cart.shopper_id,
    unique=True,
    sqlite_where=and_(Cart.state == "open", Cart.customer_id.is_(None)),
    postgresql_where=and_(Cart.state == "open", Cart.customer_id.is_(None)),
)


class CartLine(Base):
    """So many pieces of one variant in a cart."""

    __tablename__ = "cart_lines"
    __table_args__ = (
        UniqueConstraint("cart_id", "variant_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"), index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id", ondelete="CASCADE"))
    quantity: Mapped[int]
    variant: Mapped[Variant] = relationship()


class DeliveryMethod(Base):
    """A way to send an order, with its price and promised days; below `free_from` the price is due."""

    __tablename__ = "delivery_methods"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    price: Mapped[Decimal] = mapped_column(ExactDecimal)
    currency: Mapped[str] = mapped_column(String(3))
    free_from: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    days_min: Mapped[int]
    days_max: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)


class Order(Base):
    """What was bought, at the prices of that moment, and where it goes.

    Its sums are those of the pieces that are not cancelled; an order that is cancelled as a whole keeps its last ones.
    `paid` is what came in, gift cards too, `refunded` what was granted back, whether or not it has reached the customer
    yet. `refund_first` is what money goes back to first: by the rule that held when the order was placed.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(one_of("state", ORDER_STATES), name="state"),
        CheckConstraint(one_of("payment_state", PAYMENT_STATES), name="payment_state"),
        CheckConstraint(one_of("refund_first", REFUND_TARGETS), name="refund_first"),
        CheckConstraint("refunded >= 0 AND refunded <= paid", name="refunded_within_paid"),
        CheckConstraint("paid > 0 OR total = 0 OR payment_state NOT IN ('paid', 'refunded')", name="paid_known"),
        Index("ix_orders_customer_id_placed_at", "customer_id", "placed_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    cart_id: Mapped[int | None] = mapped_column(ForeignKey("carts.id"), unique=True)
    shopper_id: Mapped[str] = mapped_column(String(80), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    email: Mapped[str] = mapped_column(String(254))
    state: Mapped[str] = mapped_column(String(30), default="waiting_for_payment")
    payment_state: Mapped[str] = mapped_column(String(20), default="pending")
    currency: Mapped[str] = mapped_column(String(3))
    subtotal: Mapped[Decimal] = mapped_column(ExactDecimal)
    delivery_price: Mapped[Decimal] = mapped_column(ExactDecimal)
    total: Mapped[Decimal] = mapped_column(ExactDecimal)
    paid: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    refunded: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    refund_first: Mapped[str] = mapped_column(String(10), default="card")
    delivery_method: Mapped[str] = mapped_column(String(40))
    ship_name: Mapped[str] = mapped_column(String(200))
    ship_street: Mapped[str] = mapped_column(String(300))
    ship_city: Mapped[str] = mapped_column(String(100))
    ship_postcode: Mapped[str] = mapped_column(String(20))
    ship_country: Mapped[str] = mapped_column(String(2))
    simulated: Mapped[bool] = mapped_column(default=False)
    placed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    lines: Mapped[list[OrderLine]] = relationship(cascade="all, delete-orphan", order_by="OrderLine.id")
    shipments: Mapped[list[Shipment]] = relationship(cascade="all, delete-orphan", order_by="Shipment.id")
    returns: Mapped[list[Return]] = relationship(cascade="all, delete-orphan", order_by="Return.id")
    refunds: Mapped[list[Refund]] = relationship(cascade="all, delete-orphan", order_by="Refund.id")
    coupon_uses: Mapped[list[CouponUse]] = relationship(cascade="all, delete-orphan", order_by="CouponUse.id")
    gift_card_uses: Mapped[list[GiftCardUse]] = relationship(cascade="all, delete-orphan", order_by="GiftCardUse.id")


class Counter(Base):
    """A number that only grows; one UPDATE takes the next, so that two writers never get the same."""

    __tablename__ = "counters"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]


class OrderLine(Base):
    """One line of an order; name, options and price are copies, true also when the catalogue changes.

    `discount` is what is taken off the pieces that are not cancelled, all of them together.
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("cancelled >= 0 AND cancelled <= quantity", name="cancelled_within_quantity"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id", ondelete="SET NULL"))
    sku: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(400))
    options: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    unit_price: Mapped[Decimal] = mapped_column(ExactDecimal)
    quantity: Mapped[int]
    cancelled: Mapped[int] = mapped_column(default=0)
    discount: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))


class Shipment(Base):
    """A parcel of an order with its carrier and tracking number."""

    __tablename__ = "shipments"
    __table_args__ = (CheckConstraint(one_of("state", SHIPMENT_STATES), name="state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    carrier: Mapped[str] = mapped_column(String(60))
    tracking_number: Mapped[str] = mapped_column(String(60))
    tracking_url: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(30))
    shipped_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    promised_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    lines: Mapped[list[ShipmentLine]] = relationship(
        cascade="all, delete-orphan", order_by="ShipmentLine.order_line_id"
    )


class ShipmentLine(Base):
    """How many pieces of an order line are in a parcel."""

    __tablename__ = "shipment_lines"
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(
        ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    quantity: Mapped[int]


class Promotion(Base):
    """A price cut that the shop grants for a time, on a product, a category or everything."""

    __tablename__ = "promotions"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    percent: Mapped[int]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
