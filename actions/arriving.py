"""When something would arrive: by the working days of the shop's ways to send, and by a parcel's dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from actions.asides import ask_form_again, is_dictated, is_typed
from actions.checkout import FORM
from actions.checkout_changes import ORDERING
from actions.delivery_choice import method_name
from actions.desk_consent import asks_something
from actions.desk_words import says_any
from actions.facts import DATE
from actions.orders import found_order, show_order
from actions.targets import focused_product
from actions.turn import Turn
from actions.which_order import newest_orders
from shop.arrival_days import arrival_days, coming_days
from shop.carts import view_cart
from shop.delivery import DeliveryOffer, delivery_offers
from shop.models import utc_now
from shop.orders import OrderView
from shop.receipts import Fact, fingerprint

# A message of any other intent is about something else, such as an address that is to be changed until Friday.
_INTENTS = frozenset(
    {
        *("track_order", "ask_policy", "ask_stock", "ask_option", "ask_price", "list_orders", "inform"),
        *("nlu_fallback", "out_of_scope", "greet", "ask_bot", ""),
    }
)
_OPEN = frozenset({"waiting_for_payment", "paid", "packed", "shipped"})
_BEFORE = re.compile(r"\bbefore\b|之?前", re.IGNORECASE)
# On which day something was ordered says nothing of when it must be there.
_PLACED = re.compile(
    r"(?:\d{1,2}月)?\d{1,2}[号號日][^，。,.?？!！]{0,4}(?:下的?[单單]|买的|買的|订的|訂的|拍的|付的)|"
    r"\b(?:ordered|bought|paid)\b[^.,?!]{0,25}\bon (?:the )?\w+(?: \w+)?",
    re.IGNORECASE,
)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class _Asked:
    """From when on it is counted, and until when it must be there, where that is said."""

    start: dt.date
    until: dt.date | None


@dataclass(frozen=True)
class _Way:
    """A way to send something, and the days between which it arrives."""

    name: str
    first: dt.date
    last: dt.date

    def verdict(self, until: dt.date) -> str:
        """Tell whether it surely arrives until a day, surely does not, or may."""
        return "yes" if self.last <= until else "no" if self.first > until else "perhaps"


def answer_arrival(turn: Turn) -> bool:
    """Say when something arrives where a message asks for that; tell whether it does."""
    if not _asks(turn):
        return False
    order = _open_order(turn)
    if order is None and not _speaks_of_new(turn):
        # Which order is meant has to be asked first.
        return False
    if order is None:
        _say_of_new(turn, _asked(turn))
    else:
        _say_of_order(turn, order, _asked(turn))
    ask_form_again(turn)
    return True


def _asks(turn: Turn) -> bool:
    if not is_typed(turn) or is_dictated(turn):
        return False
    if turn.intent[0] not in _INTENTS or says_any(turn, "arrival.not_come") or says_any(turn, "arrival.of_money"):
        return False
    if _asks_for_new_stock(turn) or (turn.intent[0] == "inform" and not asks_something(turn.text)):
        return False
    if says_any(turn, "arrival.when_words"):
        return True
    days = coming_days(_PLACED.sub(" ", turn.text), utc_now().date())
    return says_any(turn, "arrival.in_time_words") and bool(days)


def _asks_for_new_stock(turn: Turn) -> bool:
    """Tell whether "when does it come?" is said of what is sold out, or of what the shop buys."""
    if turn.intent[0] == "ask_stock" and turn.services.advice.asks("restock", turn.text):
        return True
    with turn.reading() as session:
        product = focused_product(turn, session) if turn.intent[0] == "ask_stock" else None
    return product is not None and not product.in_stock


def _asked(turn: Turn) -> _Asked:
    today = utc_now().date()
    days = list(dict.fromkeys(coming_days(_PLACED.sub(" ", turn.text), today)))
    orders_then = says_any(turn, "arrival.order_words")
    start = days.pop(0) if days and (orders_then or len(days) > 1) else today
    until = days[-1] if days else None
    if until and _BEFORE.search(turn.text) and (until.month, until.day) not in ((12, 24), (12, 31)):
        until -= _DAY
    return _Asked(start, until)


def _speaks_of_new(turn: Turn) -> bool:
    """Tell whether it is about something that is still to be ordered."""
    if turn.pending.get("kind") in ORDERING or turn.form == FORM or says_any(turn, "arrival.new_words"):
        return True
    with turn.reading() as session:
        has_cart = not view_cart(session, turn.shopper).is_empty
    return has_cart or not newest_orders(turn)


def _open_order(turn: Turn) -> OrderView | None:
    """Find the order that is asked about: the named one, the one last spoken of, or the only one on its way."""
    if number := turn.entity("order_number"):
        return found_order(turn, number)
    if turn.pending.get("kind") in ORDERING or turn.form == FORM or says_any(turn, "arrival.new_words"):
        return None
    if turn.slot("focus_order"):
        return found_order(turn, turn.slot("focus_order"))
    with turn.reading() as session:
        if not view_cart(session, turn.shopper).is_empty:
            return None
    waiting = [order for order in newest_orders(turn) if order.state in _OPEN]
    return waiting[0] if len(waiting) == 1 else None


def _say_of_new(turn: Turn, asked: _Asked) -> None:
    with turn.reading() as session:
        subtotal = view_cart(session, turn.shopper).subtotal
        offers = delivery_offers(session, subtotal.currency.code if subtotal else None)
    ways = [_way(turn, offer, asked.start) for offer in offers]
    turn.say(
        "utter_arrival",
        told=[_told(offer) for offer in offers],
        lead=_lead(turn, ways, asked),
        day=turn.labels.date(asked.start),
        lines=_lines(turn, ways, asked.until),
    )


def _say_of_order(turn: Turn, order: OrderView, asked: _Asked) -> None:
    show_order(turn, order)
    promised = [one.promised_at.date() for one in order.shipments if one.promised_at and one.delivered_at is None]
    if order.state not in _OPEN or (promised and asked.until is None):
        # Its dates stand in what was shown.
        return
    if promised:
        way = _Way("", max(promised), max(promised))
        turn.say("utter_parcel_in_time", lead=_lead(turn, [way], asked), day=turn.labels.date(way.last))
        return
    with turn.reading() as session:
        offers = delivery_offers(session, order.total.currency.code)
    offer = next((one for one in offers if one.code == order.delivery_method), None)
    if offer is None:
        return
    sent = [one.shipped_at.date() for one in order.shipments if one.shipped_at]
    way = _way(turn, offer, min(sent, default=utc_now().date()))
    waits = order.state == "waiting_for_payment"
    turn.say(
        "utter_order_arrival_unpaid" if waits else "utter_order_arrival",
        told=[_told(offer)],
        lead=_lead(turn, [way], asked),
        first=turn.labels.date(way.first),
        last=turn.labels.date(way.last),
    )


def _way(turn: Turn, offer: DeliveryOffer, start: dt.date) -> _Way:
    return _Way(method_name(turn, offer.code, offer.name), *arrival_days(start, offer.days_min, offer.days_max))


def _lead(turn: Turn, ways: Sequence[_Way], asked: _Asked) -> str:
    """Say yes or no first, where a day was named."""
    if asked.until is None or not ways:
        return ""
    until, labels = asked.until, turn.labels
    verdicts = [way.verdict(until) for way in ways]
    day = labels.date(until)
    if verdicts[0] == "yes" or set(verdicts) == {"no"}:
        return labels.text(f"arrival.{verdicts[0]}", day=day)
    sure = next((way.name for way, verdict in zip(ways, verdicts, strict=True) if verdict == "yes"), None)
    return labels.text("arrival.with", day=day, name=sure) if sure else labels.text("arrival.perhaps", day=day)


def _lines(turn: Turn, ways: Sequence[_Way], until: dt.date | None) -> str:
    labels = turn.labels
    lines = []
    for way in ways:
        key = "arrival.line" if until is None else f"arrival.line_{way.verdict(until)}"
        first, last = labels.date(way.first), labels.date(way.last)
        days = first if first == last else labels.text("arrival.span", first=first, last=last)
        lines.append(labels.text(key, name=way.name, days=days))
    return "\n".join(lines)


def _told(offer: DeliveryOffer) -> Fact:
    days = f"{offer.days_min}-{offer.days_max} days"
    return Fact(DATE, f"delivery_methods/{offer.code}", days, fingerprint(offer.code, days), utc_now())
