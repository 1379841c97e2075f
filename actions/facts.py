"""What an answer tells of the shop, as facts with the record that each was read from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from actions.cards import told_variant
from shop.carts import CartLineView, CartView
from shop.catalogue import ProductView, VariantView
from shop.checkout import OrderSummary
from shop.models import utc_now
from shop.money import Money
from shop.orders import OrderView
from shop.policies import Passage
from shop.receipts import Fact, fingerprint

PRICE, STOCK, DATE, POLICY = "price", "stock", "date", "policy"
YES, NO = "yes", "no"
"""What a stock is told as where no number is."""

_VARIANT, _PRODUCT, _PROMOTION = "variants/{}", "products/{}", "promotions/{}"


def variant_record(sku: str) -> str:
    """Name the record of a variant."""
    return _VARIANT.format(sku)


def product_record(slug: str) -> str:
    """Name the record of a product."""
    return _PRODUCT.format(slug)


def money_value(amount: Money) -> str:
    """Write an amount as the log holds it.

    >>> money_value(Money("1299.5", "USD"))
    '1299.50 USD'
    """
    plain = amount.amount.normalize()
    places = max(2, -int(plain.as_tuple().exponent))
    return f"{plain:.{places}f} {amount.currency.code}"


def card_facts(product: ProductView, sku: str | None = None) -> Iterator[Fact]:
    """Give what the card of a product tells: a price and a stock."""
    yield from price_facts([told_variant(product, sku)])
    if len(product.variants) == 1:
        yield from stock_facts(product.variants)
    else:
        version = fingerprint(*((variant.sku, variant.stock) for variant in product.variants))
        yield _fact(STOCK, product_record(product.slug), YES if product.in_stock else NO, version)


def cards_facts(shown: Iterable[tuple[ProductView, str]]) -> list[Fact]:
    """Give what several cards tell."""
    return [fact for product, sku in shown for fact in card_facts(product, sku)]


def price_facts(variants: Iterable[VariantView]) -> Iterator[Fact]:
    """Give what variants cost; of a reduced price also until when it holds, and what it was."""
    for variant in variants:
        cut, was = variant.promotion, variant.was
        record = variant_record(variant.sku)
        version = fingerprint(variant.sku, was or variant.price)
        if cut is None or was is None:
            yield _fact(PRICE, record, money_value(variant.price), version)
            continue
        promotion = _PROMOTION.format(cut.code)
        promoted = fingerprint(cut.code, cut.percent, cut.ends_at.isoformat())
        yield _fact(PRICE, f"{record} + {promotion}", money_value(variant.price), fingerprint(version, promoted))
        yield _fact(PRICE, record, money_value(was), version)
        yield _fact(DATE, promotion, cut.ends_at.isoformat(), promoted)


def stock_facts(variants: Iterable[VariantView]) -> Iterator[Fact]:
    """Give how many pieces there are of variants."""
    for variant in variants:
        yield stock_fact(variant.sku, variant.stock)


def cart_facts(cart: CartView) -> list[Fact]:
    """Give what a cart tells: what its lines cost, and what they come to."""
    return [*_line_facts(cart.lines), *subtotal_facts(cart)]


def subtotal_facts(cart: CartView) -> list[Fact]:
    """Give what the lines of a cart come to, which is worked out and stands in no row."""
    if cart.subtotal is None:
        return []
    version = fingerprint(*((line.sku, line.quantity, line.unit_price) for line in cart.lines))
    return [_fact(PRICE, "carts", money_value(cart.subtotal), version)]


def summary_facts(summary: OrderSummary) -> list[Fact]:
    """Give what a check-out tells before it is confirmed."""
    delivery = f"delivery_methods/{summary.delivery_method}"
    days = f"{summary.days_min}-{summary.days_max} days"
    method = fingerprint(summary.delivery_method, summary.delivery_price, days)
    return [
        *_line_facts(summary.lines),
        _fact(PRICE, "carts", money_value(summary.subtotal), summary.fingerprint),
        _fact(PRICE, delivery, money_value(summary.delivery_price), method),
        _fact(DATE, delivery, days, method),
        _fact(PRICE, "carts", money_value(summary.total), summary.fingerprint),
    ]


def order_facts(order: OrderView, row_id: int, *, parcels: bool = True) -> list[Fact]:
    """Give what is told of an order; it goes by its row, since its number is on paper beside a name.

    Args:
        order: the order.
        row_id: its row.
        parcels: whether the dates of its parcels are told.
    """
    record = f"orders/{row_id}"
    dates = [(record, order.placed_at)]
    for place, parcel in enumerate(order.shipments if parcels else (), start=1):
        known = (parcel.shipped_at, parcel.promised_at, parcel.delivered_at)
        dates += [(f"{record}/shipments/{place}", moment) for moment in known if moment is not None]
    version = fingerprint(order.state, order.total, *(moment for _, moment in dates))
    return [
        _fact(PRICE, record, money_value(order.total), version),
        *(_fact(DATE, where, moment.isoformat(), version) for where, moment in dates),
    ]


def policy_facts(passage: Passage) -> list[Fact]:
    """Give which text of the shop was quoted, and in which wording."""
    return [_fact(POLICY, passage.source, passage.title, fingerprint(passage.text))]


def stock_fact(sku: str, stock: int) -> Fact:
    """Give how many pieces there are of one variant."""
    return _fact(STOCK, variant_record(sku), str(stock), fingerprint(sku, stock))


def _line_facts(lines: Sequence[CartLineView]) -> list[Fact]:
    facts = []
    for line in lines:
        version = fingerprint(line.sku, line.unit_price)
        facts.append(_fact(PRICE, variant_record(line.sku), money_value(line.unit_price), version))
        if line.quantity > 1:
            facts.append(_fact(PRICE, "carts", money_value(line.total), fingerprint(version, line.quantity)))
        if line.quantity > line.stock:
            facts.append(stock_fact(line.sku, line.stock))
    return facts


def _fact(kind: str, record: str, value: str, version: str) -> Fact:
    return Fact(kind, record, value, version, utc_now())
