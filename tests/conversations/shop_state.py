"""The shop's tables around a conversation: sets up what is given, and reads what one shopper has left there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from shop.carts import add_to_cart, find_open_cart, view_cart
from shop.catalogue import ProductView, get_products
from shop.db import Sessions, make_sessions, open_engine, reading, writing
from shop.gift_cards import code_hash, normal
from shop.interactions import record_interaction
from shop.models import (
    Attribute,
    AuditEntry,
    Coupon,
    CouponUse,
    Customer,
    GiftCard,
    Interaction,
    InvoiceRequest,
    Order,
    Product,
    Promotion,
    Receipt,
    ReplyFeedback,
    Return,
    Slate,
    Ticket,
    Variant,
    utc_now,
)
from shop.receipts import conversation_key
from shop.satisfaction import rating_of
from shop.shoppers import Shopper
from tests.conversations.given_orders import act, place
from tests.conversations.schema import Change, Given, Meanwhile


@dataclass(frozen=True)
class Marks:
    """The last rows there were when the conversation began: what comes after them is its doing."""

    order: int
    interaction: int
    slate: int
    ticket: int
    invoice: int
    back: int
    change: int


class ShopState:
    """Reads and prepares the shop database of a running stack."""

    def __init__(self, database_url: str) -> None:
        """Open the database, from outside of the servers."""
        self._engine = open_engine(database_url, timeout_s=10.0)
        self._sessions = make_sessions(self._engine)

    @property
    def sessions(self) -> Sessions:
        """The shop's database."""
        return self._sessions

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def prepare(self, shopper: Shopper, given: Given) -> Marks:
        """Bring the tables into the given state; returns the marks after it."""
        with writing(self._sessions) as session:
            for sku, quantity in given.cart.items():
                add_to_cart(session, shopper, sku, quantity)
            # After the cart: a conversation may begin with more in the cart than there is in stock.
            _change(session, given)
            for order in given.orders:
                place(session, shopper, order)
            for slug in given.looked_at:
                record_interaction(session, shopper, slug, "view", "test")
        with reading(self._sessions) as session:
            tables = (Order, Interaction, Slate, Ticket, InvoiceRequest, Return, AuditEntry)
            return Marks(*(session.scalar(select(func.max(row.id))) or 0 for row in tables))

    def meanwhile(self, happens: Meanwhile) -> None:
        """Change the shop while a conversation goes on, and let it do something by itself."""
        with writing(self._sessions) as session:
            _change(session, happens)
            act(session, happens)

    def codes(self, shopper: Shopper) -> list[str]:
        """Give the codes in the shopper's cart, as they were entered; a gift card by its last signs."""
        with reading(self._sessions) as session:
            cart = find_open_cart(session, shopper)
            named = [code.coupon.code if code.coupon else code.gift_card for code in cart.codes] if cart else []
            return [one.hint if isinstance(one, GiftCard) else str(one) for one in named]

    def balances(self, codes: Iterable[str]) -> dict[str, str]:
        """Give what is on gift cards."""
        with reading(self._sessions) as session:
            balance = select(GiftCard.balance)
            return {
                code: f"{session.scalars(balance.where(GiftCard.code_hash == code_hash(normal(code)))).one():.2f}"
                for code in codes
            }

    def coupon_uses(self, codes: Iterable[str]) -> dict[str, int]:
        """Count the orders that have used coupons and not given them back."""
        with reading(self._sessions) as session:
            count = select(func.count(CouponUse.id)).join(Coupon).where(CouponUse.given_back_at.is_(None))
            return {code: session.scalar(count.where(Coupon.code == code)) or 0 for code in codes}

    def cart(self, shopper: Shopper) -> dict[str, int]:
        """Give the pieces of each SKU in the shopper's cart."""
        with reading(self._sessions) as session:
            return {line.sku: line.quantity for line in view_cart(session, shopper).lines}

    def orders(self, shopper: Shopper, marks: Marks) -> list[dict[str, Any]]:
        """Give the orders that this shopper has placed since the conversation began, newest first."""
        with reading(self._sessions) as session:
            wanted = select(Order).where(Order.id > marks.order, _of_shopper(session, Order, shopper))
            return [_describe(order) for order in session.scalars(wanted.order_by(Order.id.desc()))]

    def given_orders(self, numbers: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Give orders by their numbers, whoever placed them: `lines` are the pieces that are not cancelled."""
        with reading(self._sessions) as session:
            rows = session.scalars(select(Order).where(Order.number.in_(list(numbers))))
            return {row.number: _describe_given(row) for row in rows}

    def returns(self, marks: Marks) -> list[dict[str, Any]]:
        """Give the returns that were asked for since the conversation began, by whomever, oldest first."""
        with reading(self._sessions) as session:
            rows = session.scalars(select(Return).where(Return.id > marks.back).order_by(Return.id))
            return [_describe_return(session, row) for row in rows]

    def audit(self, marks: Marks) -> list[str]:
        """Give the changes of orders since the conversation began, by whomever, oldest first."""
        with reading(self._sessions) as session:
            newer = select(AuditEntry.action).where(AuditEntry.id > marks.change).order_by(AuditEntry.id)
            return list(session.scalars(newer))

    def stock(self, skus: Mapping[str, int]) -> dict[str, int]:
        """Give the stock of each SKU."""
        with reading(self._sessions) as session:
            return {sku: _variant(session, sku).stock for sku in skus}

    def interactions(self, shopper: Shopper, marks: Marks) -> list[dict[str, Any]]:
        """Give what was recorded of this shopper since the conversation began, oldest first."""
        with reading(self._sessions) as session:
            rows = session.execute(
                select(Interaction, Product.slug, Variant.sku, Slate.task)
                .join(Product, Product.id == Interaction.product_id)
                .outerjoin(Variant, Variant.id == Interaction.variant_id)
                .outerjoin(Slate, Slate.id == Interaction.slate_id)
                .where(Interaction.id > marks.interaction, _of_shopper(session, Interaction, shopper))
                .order_by(Interaction.id)
            )
            return [
                {
                    "kind": row.kind,
                    "product": slug,
                    "sku": sku,
                    "quantity": row.quantity,
                    "source": row.source,
                    "slate": task,
                }
                for row, slug, sku, task in rows
            ]

    def slates(self, shopper: Shopper, marks: Marks) -> list[dict[str, Any]]:
        """Give the lists that were recommended since the conversation began, oldest first."""
        with reading(self._sessions) as session:
            wanted = select(Slate).where(Slate.id > marks.slate, _of_shopper(session, Slate, shopper))
            return [_describe_slate(session, row) for row in session.scalars(wanted.order_by(Slate.id))]

    def prices_told(self, shopper: Shopper) -> set[Decimal]:
        """Give the amounts of money that this shopper has a receipt of."""
        with reading(self._sessions) as session:
            here = (Receipt.kind == "price", Receipt.conversation == conversation_key(shopper))
            return {Decimal(value.split()[0]) for value in session.scalars(select(Receipt.value).where(*here))}

    def receipts(self, shopper: Shopper) -> list[dict[str, Any]]:
        """Give what this shopper was told, oldest first."""
        with reading(self._sessions) as session:
            here = select(Receipt).where(Receipt.conversation == conversation_key(shopper)).order_by(Receipt.position)
            return [
                {"kind": row.kind, "record": row.record, "value": row.value, "version": row.version}
                for row in session.scalars(here)
            ]

    def tickets(self, shopper: Shopper, marks: Marks) -> list[dict[str, Any]]:
        """Give the tickets that this shopper has opened since the conversation began, oldest first."""
        with reading(self._sessions) as session:
            wanted = select(Ticket).where(Ticket.id > marks.ticket, Ticket.shopper_id == shopper.shopper_id)
            return [_describe_ticket(row) for row in session.scalars(wanted.order_by(Ticket.id))]

    def invoices(self, shopper: Shopper, marks: Marks) -> list[dict[str, Any]]:
        """Give the invoices that this shopper has asked for since the conversation began, oldest first."""
        with reading(self._sessions) as session:
            own = InvoiceRequest.id > marks.invoice, InvoiceRequest.shopper_id == shopper.shopper_id
            rows = session.execute(
                select(InvoiceRequest, Order.number).join(Order).where(*own).order_by(InvoiceRequest.id)
            )
            names = ("kind", "title", "tax_id", "email", "state")
            return [{"number": number, **{name: getattr(row, name) for name in names}} for row, number in rows]

    def satisfaction(self, shopper: Shopper) -> int | None:
        """Give how this conversation was rated."""
        with reading(self._sessions) as session:
            return rating_of(session, shopper)

    def thumbs(self, shopper: Shopper) -> list[str | None]:
        """Give the thumb of each reply that was written in this conversation, the oldest first."""
        with reading(self._sessions) as session:
            own = select(ReplyFeedback.thumb).where(ReplyFeedback.shopper_id == shopper.shopper_id)
            return list(session.scalars(own.order_by(ReplyFeedback.id)))

    def wishes(self, shopper: Shopper) -> dict[str, Any] | None:
        """Give the wishes that are saved with the shopper's account."""
        with reading(self._sessions) as session:
            customer = _customer(session, shopper)
            return customer.profile.get("wishes") if customer else None


def _change(session: Session, change: Change) -> None:
    for sku, price in change.price.items():
        _variant(session, sku).price = price
    for sku, stock in change.stock.items():
        _variant(session, sku).stock = stock
    for slug, text in change.describes.items():
        # The search keeps what it has read: the next conversation begins with the old text.
        kept = {"description": text, "updated_at": Product.updated_at}
        session.execute(update(Product).where(Product.slug == slug).values(kept))
    for slug, stated in change.attributes.items():
        own = _product(session, slug).id
        session.add_all(Attribute(product_id=own, name=name, value=value) for name, value in stated.items())
    if change.promotions is not None:
        _promote(session, change.promotions, dt.timedelta(minutes=change.promotion_minutes))
    for code, fields in change.coupons.items():
        coupon = session.scalars(select(Coupon).where(Coupon.code == code)).one()
        for name, value in fields.items():
            setattr(coupon, name, Decimal(value) if name in {"value", "minimum"} else value)


def _variant(session: Session, sku: str) -> Variant:
    return session.scalars(select(Variant).where(Variant.sku == sku)).one()


def _product(session: Session, slug: str) -> Product:
    return session.scalars(select(Product).where(Product.slug == slug)).one()


def _customer(session: Session, shopper: Shopper) -> Customer | None:
    return session.scalars(select(Customer).where(Customer.public_id == shopper.customer_id)).one_or_none()


def _of_shopper(
    session: Session, row: type[Order] | type[Interaction] | type[Slate], shopper: Shopper
) -> ColumnElement[bool]:
    customer = _customer(session, shopper)
    own = row.shopper_id == shopper.shopper_id
    return or_(own, row.customer_id == customer.id) if customer else own


def _describe(order: Order) -> dict[str, Any]:
    names = ("number", "state", "payment_state", "currency", "email", "delivery_method", "ship_name", "ship_street")
    content = {name: getattr(order, name) for name in (*names, "ship_city", "ship_postcode", "ship_country")}
    money = {name: f"{getattr(order, name):.2f}" for name in ("subtotal", "delivery_price", "total", "paid")}
    money["discount"] = f"{sum(line.discount for line in order.lines):.2f}"
    money["gift_paid"] = f"{sum(use.amount - use.given_back for use in order.gift_card_uses):.2f}"
    return {**content, **money, "lines": {line.sku: line.quantity for line in order.lines}}


def _describe_ticket(ticket: Ticket) -> dict[str, Any]:
    names = ("kind", "state", "problem", "words", "email")
    return {
        **{name: getattr(ticket, name) for name in names},
        "order": ticket.order_number,
        "skus": sorted(line.sku for line in ticket.lines),
        "photos": len(ticket.photos),
    }


def _describe_given(order: Order) -> dict[str, Any]:
    kept = {line.sku: line.quantity - line.cancelled for line in order.lines if line.quantity > line.cancelled}
    return {**_describe(order), "lines": kept, "refunded": f"{order.refunded:.2f}"}


def _describe_return(session: Session, back: Return) -> dict[str, Any]:
    order = session.get_one(Order, back.order_id)
    skus = {line.id: line.sku for line in order.lines}
    return {
        "order": order.number,
        "kind": back.kind,
        "state": back.state,
        "refund": f"{back.refund:.2f}",
        "label_free": back.label_free,
        "lines": {skus[line.order_line_id]: line.quantity for line in back.lines},
        "reasons": sorted({line.reason for line in back.lines}),
        "instead": {line.sku: line.quantity for line in back.exchange_lines},
    }


def _describe_slate(session: Session, slate: Slate) -> dict[str, Any]:
    """Tell what was shown, and what is true of it now."""
    slugs = session.scalars(select(Product.slug).where(Product.id.in_([item.product_id for item in slate.items])))
    products = get_products(session, list(slugs))
    by_id = {key: slug for key, slug in session.execute(select(Product.id, Product.slug))}
    return {
        "task": slate.task,
        "policy": slate.policy,
        "model_version": slate.model_version,
        "products": [by_id[item.product_id] for item in slate.items],
        "places": [item.position for item in slate.items],
        "propensities": [item.propensity for item in slate.items],
        "in_stock": all(product.in_stock for product in products),
        "dearest": f"{max((_cheapest(product) for product in products), default=Decimal()):.2f}",
        "categories": sorted({product.categories[-1] for product in products}),
        "brands": sorted({product.brand or "" for product in products}),
    }


def _cheapest(product: ProductView) -> Decimal:
    """Say from what price a product is there: what is sold out does not count."""
    return min((one.price.amount for one in product.variants if one.stock > 0), default=Decimal("Infinity"))


def _promote(session: Session, percent_by_slug: Mapping[str, int], left: dt.timedelta) -> None:
    """Let these promotions run and no others."""
    session.execute(delete(Promotion))
    now = utc_now()
    for slug, percent in percent_by_slug.items():
        product = session.scalars(select(Product).where(Product.slug == slug)).one()
        runs = {"starts_at": now - dt.timedelta(days=1), "ends_at": now + left}
        session.add(Promotion(code=f"TEST-{slug}"[:40], name=slug, percent=percent, product_id=product.id, **runs))
