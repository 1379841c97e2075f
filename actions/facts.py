"""What an answer tells of the shop, as facts with the record that each was read from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from actions.cards import told_variant
from actions.code_facts import DATE as DATE
from actions.code_facts import PRICE as PRICE
from actions.code_facts import codes_facts
from actions.code_facts import money_value as money_value
from shop.carts import CartLineView, CartView
from shop.catalogue import ProductView, VariantView
from shop.checkout import DeliveryQuote, OrderSummary
from shop.models import utc_now
from shop.money import Money
from shop.orders import OrderView
from shop.policies import Passage
from shop.quotes import held_record
from shop.receipts import Fact, fingerprint

STOCK, POLICY = "stock", "policy"
YES, NO = "yes", "no"
"""What a stock is told as where no number is."""

_VARIANT, _PRODUCT, _PROMOTION = "variants/{}", "products/{}", "promotions/{}"


def variant_record(sku: str) -> str:
    """Name the record of a variant."""
    return _VARIANT.format(sku)


def product_record(slug: str) -> str:
    """Name the record of a product."""
    return _PRODUCT.format(slug)


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


def difference_fact(more: VariantView, less: VariantView) -> Fact:
    """Give by how much one version is dearer than another, which is worked out and stands in no row."""
    version = fingerprint(more.sku, more.price, less.sku, less.price)
    return _fact(
        PRICE, f"{variant_record(more.sku)} - {variant_record(less.sku)}", money_value(more.price - less.price), version
    )


def stock_facts(variants: Iterable[VariantView]) -> Iterator[Fact]:
    """Give how many pieces there are of variants."""
    for variant in variants:
        yield stock_fact(variant.sku, variant.stock)


def cart_facts(cart: CartView) -> list[Fact]:
    """Give what a cart tells: what its lines cost, what its codes do, and what it comes to."""
    codes = codes_facts(cart.coupons, cart.gift_cards, cart.idle)
    return [*_line_facts(cart.lines), *codes, *subtotal_facts(cart)]


def subtotal_facts(cart: CartView) -> list[Fact]:
    """Give what the lines of a cart come to, which is worked out and stands in no row."""
    if cart.total is None:
        return []
    codes = ((coupon.code, coupon.amount) for coupon in cart.coupons)
    version = fingerprint(*((line.sku, line.quantity, line.unit_price) for line in cart.lines), *codes)
    return [_fact(PRICE, "carts", money_value(cart.total), version)]


def delivery_facts(quote: DeliveryQuote, *totals: Money) -> list[Fact]:
    """Give what the usual delivery of goods costs, from where on it is free, and what they come to."""
    record, version = f"delivery_methods/{quote.code}", fingerprint(quote.code, quote.price, quote.free_from)
    told = [quote.price, *([quote.free_from, quote.missing] if quote.free_from and quote.missing else [])]
    facts = [_fact(PRICE, record, money_value(amount), version) for amount in told if amount is not None]
    return [*facts, *(_fact(PRICE, "carts", money_value(total), fingerprint(version, total)) for total in totals)]


def summary_facts(summary: OrderSummary) -> list[Fact]:
    """Give what a check-out tells before it is confirmed."""
    delivery = f"delivery_methods/{summary.delivery_method}"
    days = f"{summary.days_min}-{summary.days_max} days"
    method = fingerprint(summary.delivery_method, summary.delivery_price, days)
    paid = [payment.amount for payment in summary.gift_payments]
    parts = [sum(paid, summary.due - summary.due), summary.due] if paid else []
    return [
        *_line_facts(summary.lines),
        *codes_facts(summary.coupons, [each.card for each in summary.gift_payments], summary.idle),
        _fact(PRICE, "carts", money_value(summary.goods), summary.fingerprint),
        _fact(PRICE, delivery, money_value(summary.delivery_price), method),
        _fact(DATE, delivery, days, method),
        *(_fact(PRICE, "carts", money_value(part), summary.fingerprint) for part in (summary.total, *parts)),
    ]


def order_facts(order: OrderView, row_id: int, *, parcels: bool = True, dates: bool = True) -> list[Fact]:
    """Give what is told of an order; it goes by its row, since its number is on paper beside a name.

    Args:
        order: the order.
        row_id: its row.
        parcels: whether the dates of its parcels are told.
        dates: whether any is.
    """
    record = f"orders/{row_id}"
    days = [(record, order.placed_at)]
    for place, parcel in enumerate(order.shipments if parcels else (), start=1):
        known = (parcel.shipped_at, parcel.promised_at, parcel.delivered_at)
        days += [(f"{record}/shipments/{place}", moment) for moment in known if moment is not None]
    version = fingerprint(order.state, order.total, *(moment for _, moment in days))
    amounts = [order.total, order.gift_paid, order.due] if order.gift_paid.amount else [order.total]
    return [
        *(_fact(PRICE, record, money_value(amount), version) for amount in amounts),
        *(_fact(DATE, where, moment.isoformat(), version) for where, moment in (days if dates else ())),
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
        facts.append(_fact(PRICE, _line_record(line), money_value(line.unit_price), version))
        facts += _line_dates(line)
        if line.quantity > 1:
            facts.append(_fact(PRICE, "carts", money_value(line.total), fingerprint(version, line.quantity)))
        if line.quantity > line.stock:
            facts.append(stock_fact(line.sku, line.stock))
    return facts


def _line_record(line: CartLineView) -> str:
    """Name what the price of a line was read from: what holds it, what has reduced it, or its row alone."""
    if line.raised:
        return held_record(line.sku)
    record = variant_record(line.sku)
    return f"{record} + {_PROMOTION.format(line.promotion.code)}" if line.promotion else record


def _line_dates(line: CartLineView) -> Iterator[Fact]:
    """Give until when the price of a line holds, where that is told."""
    if line.quote is not None and line.raised:
        proof = fingerprint(line.sku, line.quote.receipt)
        yield _fact(DATE, f"receipts/{line.quote.receipt}", line.quote.until.isoformat(), proof)
    if line.promotion is not None and not line.raised:
        cut = line.promotion
        version = fingerprint(cut.code, cut.percent, cut.ends_at.isoformat())
        yield _fact(DATE, _PROMOTION.format(cut.code), cut.ends_at.isoformat(), version)


def _fact(kind: str, record: str, value: str, version: str) -> Fact:
    return Fact(kind, record, value, version, utc_now())
