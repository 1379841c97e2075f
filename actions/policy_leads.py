"""A plain yes or no before a text of the shop is quoted, where the text or a row of the shop says one."""

from __future__ import annotations

import re
from decimal import Decimal

from actions.delivery_choice import delivery_fact
from actions.desk_words import says_any
from actions.facts import cart_facts
from actions.turn import Turn
from shop.carts import view_cart
from shop.countries import country_code
from shop.delivery import delivery_offers
from shop.money import Money
from shop.policies import Passage
from shop.receipts import Fact
from shop.text import ascii_digits

_AMOUNT = re.compile(r"(?<![\d.])(\d{1,4}(?:\.\d\d?)?)(?![\d.])")
_HAN_COUNTRY = re.compile(
    r"(?:送到?|寄到?|发到?|发货到|配送到?|邮寄到?|到)([\u4e00-\u9fff]{2,6}?)(?:吗|么|不|可以|行|[，。？?]|$)"
)
_ASKS_FREE = re.compile(r"free|包邮|免运费|免邮|满\d+|满多少", re.IGNORECASE)
_ASKS_LIMIT = re.compile(
    r"满多少|滿多少|多少(?:钱|錢)?(?:起|才|可以|能|就)?(?:包邮|包郵|免邮|免运费|免運費)|"
    r"(?:what|how much|where|when|which amount)\b.{0,45}\bfree|"
    r"free\b.{0,30}\b(?:from|above|over|starts?|threshold|minimum)|"
    r"\bminimum\b.{0,25}\bfree",
    re.IGNORECASE,
)
_MOST_WORDS = 3
_SPELT = {"alipay": "Alipay", "paypal": "PayPal", "wechat": "WeChat", "visa": "Visa", "mastercard": "Mastercard"}


def lead_of(turn: Turn, passage: Passage) -> str:
    """Say yes or no to what was asked; nothing where the passage has to speak for itself."""
    leads = {"payment": _of_payment, "delivery": _of_delivery}
    lead = leads.get(passage.topic)
    return lead(turn, passage) if lead else ""


def lead_facts(turn: Turn, passage: Passage) -> list[Fact]:
    """Give the receipts of what a lead tells of the cart and of sending it."""
    if passage.title != turn.labels.text("delivery_leads.costs") or not _ASKS_FREE.search(turn.text):
        return []
    with turn.reading() as session:
        cart, offers = view_cart(session, turn.shopper, turn.terms), delivery_offers(session)
    if _asks_limit(turn):
        limits = [(one.code, Money(one.free_from, one.currency)) for one in offers[:1] if one.free_from]
        return [delivery_fact(code, limit) for code, limit in limits]
    if not (cart.subtotal and offers):
        return []
    price = Money(offers[0].price_for(cart.subtotal.amount), offers[0].currency)
    return [*cart_facts(cart), delivery_fact(offers[0].code, price)]


def names_way(turn: Turn) -> bool:
    """Tell whether a message names a way to pay."""
    return bool(_ways(turn)) or says_any(turn, "pay.parts_words")


def _ways(turn: Turn) -> list[str]:
    ways = turn.labels.text("pay.ways")
    found = re.findall(rf"(?<![a-z])(?:{ways})(?![a-z])", ascii_digits(turn.text).casefold())
    return list(dict.fromkeys(found))


def _of_payment(turn: Turn, passage: Passage) -> str:
    """Say of each way to pay that was named whether the text names it among those that are taken."""
    labels = turn.labels
    if passage.title != labels.text("pay.passage"):
        return ""
    # What the first sentence names is taken; what it does not is not, as the shop names all ways there.
    taken = re.split(r"\. |。", passage.text)[0].casefold()
    said = [
        labels.text("pay.taken" if way in taken else "pay.not_taken", way=_SPELT.get(way, way)) for way in _ways(turn)
    ]
    if says_any(turn, "pay.parts_words"):
        said.append(labels.text("pay.no_parts"))
    return labels.text("pay.between").join(said)


def _of_delivery(turn: Turn, passage: Passage) -> str:
    labels = turn.labels
    if passage.title == labels.text("delivery_leads.where") and (country := _country(turn)):
        return labels.text("delivery_leads.no_list", country=country)
    if says_any(turn, "delivery_leads.weekend_words"):
        return labels.text("delivery_leads.weekend")
    if passage.title == labels.text("delivery_leads.costs") and _asks_limit(turn) and (limit := _limit(turn)):
        return limit
    amount = _AMOUNT.findall(ascii_digits(turn.text)) if _ASKS_FREE.search(turn.text) else []
    if passage.title == labels.text("delivery_leads.costs") and _ASKS_FREE.search(turn.text):
        of_cart = _cart_amount(turn)
        if amount or of_cart is not None:
            return _of_free(turn, Decimal(amount[-1]) if amount else of_cart or Decimal(0))
    return ""


def _asks_limit(turn: Turn) -> bool:
    """Tell whether a message asks from what amount on delivery is free, and names none itself."""
    text = ascii_digits(turn.text)
    return _ASKS_LIMIT.search(text) is not None and not _AMOUNT.search(text)


def _limit(turn: Turn) -> str:
    """Say from what amount on the usual delivery is free; nothing where it never is."""
    with turn.reading() as session:
        first = next(iter(delivery_offers(session)), None)
    if first is None or not first.free_from:
        return ""
    amount = turn.labels.money(Money(first.free_from, first.currency))
    return turn.labels.text("delivery_leads.free_from", amount=amount)


def _cart_amount(turn: Turn) -> Decimal | None:
    """Give what the goods in the cart come to; None for an empty cart."""
    with turn.reading() as session:
        subtotal = view_cart(session, turn.shopper, turn.terms).subtotal
    return subtotal.amount if subtotal else None


def _of_free(turn: Turn, amount: Decimal) -> str:
    """Say what it costs to send an order of an amount."""
    with turn.reading() as session:
        first = next(iter(delivery_offers(session)), None)
    if first is None:
        return ""
    labels, price = turn.labels, first.price_for(amount)
    named = {"amount": labels.money(Money(amount, first.currency)), "price": labels.money(Money(price, first.currency))}
    return labels.text("delivery_leads.costs_so_much" if price else "delivery_leads.is_free", **named)


def _country(turn: Turn) -> str | None:
    """Name the country that a message asks about, in its own words."""
    if match := _HAN_COUNTRY.search(turn.text):
        return match[1] if country_code(match[1]) else None
    words = re.findall(r"[^\W\d]+", turn.text)
    for size in range(_MOST_WORDS, 0, -1):
        for start in range(len(words) - size + 1):
            name = " ".join(words[start : start + size])
            # "us", "it" and "in" are codes of countries, too.
            if len(name) > 3 and country_code(name):
                return name[0].upper() + name[1:]
    return None
