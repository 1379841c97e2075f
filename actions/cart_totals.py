"""What goods come to with the shop's usual delivery: the cart's, and so many of a product that is asked about."""

from __future__ import annotations

import re
from decimal import Decimal

from actions.cards import button, variant_title
from actions.facts import delivery_facts, price_facts
from actions.options import wanted_options
from actions.spoken import says, wanted_number
from actions.turn import Turn
from actions.which_order import numbers_said
from shop.carts import CartView, view_cart
from shop.catalogue import ProductView, select_variants
from shop.checkout import quote_delivery
from shop.errors import NoDeliveryMethod
from shop.money import Money
from shop.receipts import Fact
from shop.text import ascii_digits

# A message of any other intent speaks of another amount, such as the months that are left of a warranty.
_INTENTS = frozenset(
    {
        *("view_cart", "ask_price", "ask_deals", "ask_policy", "refine_search", "search_products", "inform", "affirm"),
        *("check_out", "remove_from_cart", "recommend", "nlu_fallback", "out_of_scope", ""),
        # "What's left of my 1500?" was read as an order's number, "1600还剩多少" as so many pieces.
        *("track_order", "ask_stock"),
    }
)
# Of so many messages one may have said what there is to spend.
_LATELY = 12
# Less than this of what is left may be a size.
_LEAST_AMOUNT = 100
# What is small counts pieces.
_AMOUNT = re.compile(r"(?<![a-z0-9.-])\d{2,6}(?:\.\d{1,2})?(?![\d-]| ?(?:[gt]b|inch|寸|码|件|个))", re.IGNORECASE)
# "What's left of my 1500?" speaks of money even where its number was read as an order's.
_OWN_AMOUNT = re.compile(r"\b(?:left|remains|remaining) (?:of|from|out of) my [$€£¥]?\d", re.IGNORECASE)
# A number beside what says that it is an order's.
_OF_ORDER = re.compile(
    r"(?:order|订单号?|訂單號?|[这那這]单)\s*#?\d{4,}|\d{4,}\s*(?:[这那這]?[单單]|号?订单)", re.IGNORECASE
)


def delivery_lines(turn: Turn, goods: Money, total: Money) -> tuple[str, list[Fact]]:
    """Write what the usual delivery of goods costs and what they come to with it, with the facts that this tells.

    Args:
        turn: the turn.
        goods: what they cost before coupons: by it delivery is free or not.
        total: what they cost after coupons.
    """
    try:
        with turn.reading() as session:
            quote = quote_delivery(session, goods)
    except NoDeliveryMethod:
        return "", []
    labels, with_delivery = turn.labels, total + quote.price
    name = labels.value(quote.name)
    if not quote.price.amount:
        line = labels.text("cart.delivery_free", name=name)
    elif quote.free_from and quote.missing:
        amounts = {"free_from": labels.money(quote.free_from), "missing": labels.money(quote.missing)}
        line = labels.text("cart.delivery", name=name, price=labels.money(quote.price), **amounts)
    else:
        line = labels.text("cart.delivery_plain", name=name, price=labels.money(quote.price))
    sum_line = labels.text("cart.with_delivery", total=labels.money(with_delivery))
    return f"{line}\n{sum_line}", delivery_facts(quote, goods, with_delivery)


def asks_total(turn: Turn) -> bool:
    """Tell whether a message asks what the cart comes to, and there is something in it."""
    return not turn.from_button and says(turn, "total") and not _cart(turn).is_empty


def tell_total_of(turn: Turn, product: ProductView) -> bool:
    """Say what so many pieces of a product come to with delivery, where that is asked; tell whether it was."""
    count = wanted_number(turn) or (1 if says(turn, "delivery") else None)
    fitting = select_variants(product, wanted_options(turn, product).values)
    if len(fitting) == 1 and count is not None:
        # The 27 of "how much more is the 27?" counts no pieces.
        sizes = re.findall(r"\d{2,}", " ".join(fitting[0].options.values()))
        count = None if str(count) in sizes else count
    if count is None or turn.from_button or len(fitting) != 1 or (count == 1 and not says(turn, "delivery")):
        return False
    goods = fitting[0].price * count
    delivery, facts = delivery_lines(turn, goods, goods)
    turn.focus(fitting[0].sku, exactly=True)
    turn.say(
        "utter_total_of",
        told=[*price_facts(fitting), *facts],
        quantity=count,
        name=variant_title(product.name, fitting[0].options),
        total=turn.labels.money(goods),
        delivery=delivery,
        buttons=[button(turn.labels, "add", "add_to_cart", sku=fitting[0].sku, quantity=str(count))],
    )
    return True


def tell_left(turn: Turn, *, of_goods: bool = False) -> bool:
    """Say what the cart leaves of an amount that is named, where that is asked; tell whether it was.

    Args:
        turn: the turn.
        of_goods: whether a message may name goods, too: those that it has just put in.
    """
    named = _amount_in(turn, turn.text) or _budget_told(turn)
    asks = any(says(turn, name) for name in ("left_of", "left_over")) or (of_goods and says(turn, "fits_budget"))
    if turn.from_button or named is None or not asks or (turn.entities("product") and not of_goods):
        return False
    cart = _cart(turn)
    if cart.total is None or cart.subtotal is None:
        return False
    with turn.reading() as session:
        quote = quote_delivery(session, cart.subtotal)
    budget, total = Money(named, cart.total.currency), cart.total + quote.price
    enough, labels = total <= budget, turn.labels
    left = budget - total if enough else total - budget
    turn.say(
        "utter_left_of_budget" if enough else "utter_over_budget",
        told=delivery_facts(quote, total, left),
        budget=labels.money(budget),
        total=labels.money(total),
        left=labels.money(left),
    )
    return True


def _amount_in(turn: Turn, text: str) -> Decimal | None:
    """Give the largest amount of money in a text: the number of an order is none."""
    read = () if _OWN_AMOUNT.search(text) else turn.entities("order_number")
    numbers = {*numbers_said(turn), *read}
    left = _OF_ORDER.sub(" ", ascii_digits(text).replace(",", ""))
    return max((Decimal(amount) for amount in _AMOUNT.findall(left) if amount not in numbers), default=None)


def _budget_told(turn: Turn) -> Decimal | None:
    """Give the amount that the shopper last said to have for all of it."""
    told = [_amount_in(turn, text) for text in turn.said(_LATELY) if says(turn, "budget_said", text)]
    return next((amount for amount in reversed(told) if amount), None)


def answer_left(turn: Turn) -> bool:
    """Say what the cart leaves of an amount where a message plainly asks that, whatever its intent was read as."""
    asks = says(turn, "left_over") and not says(turn, "adds") and not turn.entities("option_value")
    # "42的还剩多少" asks after pieces of a size.
    of_pieces = turn.intent[0] == "ask_stock" and (_amount_in(turn, turn.text) or 0) < _LEAST_AMOUNT
    return turn.intent[0] in _INTENTS and asks and not of_pieces and tell_left(turn)


def _cart(turn: Turn) -> CartView:
    with turn.reading() as session:
        return view_cart(session, turn.shopper, turn.terms)
