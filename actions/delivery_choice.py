"""Which of the shop's ways to send an order a shopper wants."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.checkout_contact import METHOD_SLOT
from actions.desk_consent import asks_something
from actions.desk_words import says_any
from actions.facts import PRICE, money_value, summary_facts
from actions.spoken import says
from actions.turn import Turn
from shop.carts import view_cart
from shop.delivery import DeliveryOffer, delivery_offers
from shop.models import utc_now
from shop.money import Money
from shop.orders import summarise_cart
from shop.receipts import Fact, fingerprint

_HOW_MUCH = re.compile(r"how much|what does|price|cost|多少钱|费用|怎么收费|贵", re.IGNORECASE)


def offers(turn: Turn) -> list[DeliveryOffer]:
    """List the ways in which what is in the cart can be sent; the first is taken unless another one is chosen."""
    with turn.reading() as session:
        subtotal = view_cart(session, turn.shopper, turn.terms).subtotal
        return delivery_offers(session, subtotal.currency.code) if subtotal else []


def said_method(turn: Turn) -> DeliveryOffer | None:
    """Give the way to send it that a message names, the one that is not chosen yet where it names both."""
    if not (says_any(turn, "checkout.express_words") or says_any(turn, "checkout.standard_words")):
        return None
    known = offers(turn)
    named = list(_named(turn, known)) if known else []
    other = [offer for offer in named if offer.code != chosen_code(turn, known)]
    return next(iter([*other, *named]), None)


def chosen_code(turn: Turn, known: Sequence[DeliveryOffer]) -> str:
    """Give the code of the way that an order would go now."""
    return str(turn.slot(METHOD_SLOT) or known[0].code)


def method_name(turn: Turn, code: str, name: str) -> str:
    """Name a way to send an order in the shopper's language; a shop's own one goes by its own name."""
    key = f"delivery_names.{code}"
    return turn.labels.text(key) if key in turn.labels.keys else name


def asks_price(turn: Turn) -> bool:
    """Tell whether a message asks what it costs to send something."""
    return _HOW_MUCH.search(turn.text) is not None


def only_asks(turn: Turn) -> bool:
    """Tell whether a message that names a way to send an order only asks about it: "is there an express option?"."""
    return asks_price(turn) or (asks_something(turn.text) and not says_any(turn, "checkout.wants_method"))


def tell_total_with(turn: Turn, named: DeliveryOffer | None) -> bool:
    """Say what the cart comes to with the way to send it that is named, else chosen; tell whether that was asked."""
    code = named.code if named else turn.slot(METHOD_SLOT)
    if not code or not says(turn, "total") or not (asks_price(turn) or asks_something(turn.text)):
        return False
    with turn.reading() as session:
        summary = summarise_cart(session, turn.shopper, code, email=turn.slot("ship_email") or "", terms=turn.terms)
    turn.say(
        "utter_total_with",
        told=summary_facts(summary),
        delivery=method_name(turn, summary.delivery_method, summary.delivery_name),
        total=turn.labels.money(summary.due),
        subtotal=turn.labels.money(summary.goods),
        delivery_price=turn.labels.money(summary.delivery_price),
    )
    return True


def say_choices(turn: Turn) -> None:
    """Say in which ways what is in the cart can be sent, each with its price and days."""
    with turn.reading() as session:
        subtotal = view_cart(session, turn.shopper, turn.terms).subtotal
    known, labels = offers(turn), turn.labels
    prices = [Money(offer.price_for(subtotal.amount) if subtotal else offer.price, offer.currency) for offer in known]
    lines = [
        labels.text(
            "checkout.method_line",
            name=method_name(turn, offer.code, offer.name),
            price=labels.money(price),
            days=days_text(turn, offer.days_min, offer.days_max),
        )
        for offer, price in zip(known, prices, strict=True)
    ]
    told = [delivery_fact(offer.code, price) for offer, price in zip(known, prices, strict=True)]
    turn.say("utter_delivery_choices", told=told, lines="\n".join(lines))


def tell_delivery_costs(turn: Turn) -> None:
    """Say what each way of the shop to send an order costs, by the cart where there is one."""
    with turn.reading() as session:
        known = () if offers(turn) else delivery_offers(session)
    if not known:
        say_choices(turn)
        return
    labels = turn.labels
    prices = [Money(offer.price, offer.currency) for offer in known]
    costs = [
        labels.text(
            "delivery_leads.way_costs", name=method_name(turn, offer.code, offer.name), price=labels.money(price)
        )
        for offer, price in zip(known, prices, strict=True)
    ]
    told = [delivery_fact(offer.code, price) for offer, price in zip(known, prices, strict=True)]
    turn.say("utter_policy_lead", told=told, lead=labels.clauses(costs))


def days_text(turn: Turn, days_min: int, days_max: int) -> str:
    """Write how many days a delivery takes, as the shop's row says."""
    key = "delivery.days" if days_min == days_max else "delivery.days_range"
    return turn.labels.text(key, low=days_min, high=days_max)


def delivery_fact(code: str, price: Money) -> Fact:
    """Give the receipt of what it costs to send an order."""
    return Fact(PRICE, f"delivery_methods/{code}", money_value(price), fingerprint(code, price), utc_now())


def _named(turn: Turn, known: Sequence[DeliveryOffer]) -> list[DeliveryOffer]:
    named = []
    if says_any(turn, "checkout.express_words"):
        named.append(min(known, key=lambda offer: (offer.days_max, offer.days_min)))
    if says_any(turn, "checkout.standard_words"):
        named.append(known[0])
    return named
