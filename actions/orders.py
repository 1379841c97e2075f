"""Where an order is: its state, its parcels and the dates that rows hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from actions.base import ShopAction, take_answer
from actions.cards import button, named_button, variant_title
from actions.cart_totals import tell_left
from actions.code_lines import total_text
from actions.desk_words import says_any
from actions.facts import order_facts
from actions.guest_orders import offer_look, opened_order
from actions.pending import CASE, CODE, CONTACT, ORDER, answers_question, said_number
from actions.refunds import tell_refunds
from actions.returns_told import DROPPED, returns_of, say_returns
from actions.spoken import says
from actions.turn import Button, Turn
from actions.which_order import (
    GOODS,
    LISTED,
    days_said,
    holding,
    listed_number,
    named_orders,
    newest_orders,
    pointed_at,
)
from actions.without_orders import TRACK, say_no_order
from shop.days import Days
from shop.errors import OrderNotFound
from shop.models import utc_now
from shop.orders import OrderView, ShipmentView, find_order, list_orders, nearest_orders, order_row_ids
from shop.receipts import Fact
from shop.search import Sort

_CLOSED = frozenset({"delivered", "cancelled"})
# Of these no parcel has left; one that waits to be paid is shown with how to pay it.
_UNSENT = frozenset({"paid", "packed"})
# So much of what is in an order stands in a list.
_NAMED = 3

# What is said of an order without a verb of its own is taken for these.
_MISREAD = frozenset({"nlu_fallback", "inform", "report_problem", "search_products", "show_details", "out_of_scope"})


class ActionTrackOrder(ShopAction):
    """Tell where an order is."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_track_order"

    def perform(self, turn: Turn) -> None:
        """Show the order that is named, that holds what is named, the one last spoken of, or the only one; else ask."""
        if turn.pending.get("kind") in (CONTACT, CODE) and answers_question(turn):
            # A bare number is read as that of an order; here it is what was asked for.
            take_answer(turn)
            return
        number, placed = turn.entity("order_number"), days_said(turn)
        if tell_left(turn):
            return
        if number:
            track(turn, number)
            return
        if not turn.from_button and says_any(turn, "desk.sent_back"):
            # "Have you got it yet?" of what was sent back asks how far the return is.
            tell_refunds(turn)
            return
        if pointed := pointed_at(turn):
            show_order(turn, pointed)
            return
        if placed:
            _track_placed(turn, placed)
            return
        if named := named_orders(turn):
            _show_or_ask(turn, named)
            return
        # What is in none of them was not just spoken of.
        if turn.slot("focus_order") and not any(map(turn.entity, GOODS)):
            # One that is there no longer was not asked for by name: then it is as if none had been spoken of.
            found = found_order(turn, turn.slot("focus_order"))
            if found:
                show_order(turn, found)
                return
        with turn.reading() as session:
            orders = list_orders(session, turn.shopper, limit=LISTED)
        if orders:
            _show_or_ask(turn, _coming(turn, orders) or orders)
        elif opened := opened_order(turn):
            show_order(turn, opened)
        else:
            say_no_order(turn, TRACK)


class ActionListOrders(ShopAction):
    """List the shopper's orders."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_list_orders"

    def perform(self, turn: Turn) -> None:
        """List the newest ones, or those of the days that were named; one that is named by its number is shown."""
        number, placed = turn.entity("order_number"), days_said(turn)
        if number:
            track(turn, number)
            return
        if named := named_orders(turn):
            _show_or_ask(turn, named)
            return
        if placed:
            _list_placed(turn, placed)
            return
        with turn.reading() as session:
            orders = list_orders(session, turn.shopper, limit=LISTED)
        if not orders:
            turn.say("utter_no_orders")
            return
        _list(turn, orders, "utter_orders")


def _coming(turn: Turn, orders: Sequence[OrderView]) -> list[OrderView]:
    """Give the one order that has not arrived: who asks where it is means that one, and none that they have."""
    still_open = [order for order in orders if order.state not in _CLOSED]
    return still_open if len(still_open) == 1 and not turn.from_button and not any(map(turn.entity, GOODS)) else []


def _track_placed(turn: Turn, placed: Days) -> None:
    """Show the one order of some days, or the one of them that holds what is named; of several, ask which."""
    orders = named_orders(turn, placed) or newest_orders(turn, placed)[:LISTED]
    if orders:
        _show_or_ask(turn, orders)
    else:
        say_none_placed(turn, placed)


def _list_placed(turn: Turn, placed: Days) -> None:
    with turn.reading() as session:
        orders = list_orders(session, turn.shopper, limit=LISTED, placed=placed)
    if orders:
        _list(turn, orders, "utter_orders_of_days", days=days_text(turn, placed))
    else:
        say_none_placed(turn, placed)


def say_none_placed(turn: Turn, placed: Days) -> None:
    """Tell honestly that there is no order of some days, and show the nearest; nothing is ordered ahead of time."""
    is_ahead = placed.first is not None and placed.first > utc_now().date()
    with turn.reading() as session:
        orders = nearest_orders(session, turn.shopper, placed)
    if orders:
        response = "utter_orders_ahead" if is_ahead else "utter_no_orders_of_days"
        _list(turn, orders, response, days=days_text(turn, placed))
    else:
        say_no_order(turn, TRACK)


def days_text(turn: Turn, days: Days) -> str:
    """Write some days, or since or until when."""
    labels = turn.labels
    first, last = (labels.date(day) if day else "" for day in (days.first, days.last))
    if not last:
        return labels.text("days.since", first=first)
    if not first:
        return labels.text("days.until", last=last)
    return first if first == last else labels.text("days.span", first=first, last=last)


def _list(turn: Turn, orders: list[OrderView], response: str, days: str = "") -> None:
    # Of a list none is the one that was spoken of.
    turn.remember(focus_order=None)
    _offer(turn, orders, response, days)


def take_described(turn: Turn) -> bool:
    """Take what tells which order is meant, though it reads as something else; tell whether it was that.

    "The shoes and the plants" answers the question which order; "the one with the sofa in it" is of no other thing, and
    "I ordered a sofa the other day" no wish for another.
    """
    pending, intent = turn.pending, turn.intent[0]
    ordered = intent == "add_to_cart" and says_any(turn, "desk.ordered_before") and not says(turn, "adds")
    if turn.from_button or not (intent in _MISREAD or ordered):
        return False
    if pending.get("kind") == ORDER:
        if intent == "inform":
            return False
        number = listed_number(turn, pending["numbers"])
    else:
        is_described = ordered or says_any(turn, "desk.describing") or says_any(turn, "desk.of_a_purchase")
        # What is said to be wrong with something is no question for its order.
        held = holding(turn, newest_orders(turn)) if ordered else named_orders(turn)
        found = held if not (pending or turn.entity("reason")) and is_described else []
        number = found[0].number if len(found) == 1 else None
    if number is None:
        return False
    turn.drop_now()
    track(turn, number)
    return True


def track(turn: Turn, number: str) -> None:
    """Show one of the shopper's own orders, or the one that a code has opened; any other is as unknown as none."""
    order = found_order(turn, number)
    if order:
        show_order(turn, order)
    else:
        offer_look(turn, number)


def found_order(turn: Turn, number: str) -> OrderView | None:
    """Find one of the shopper's own orders, or the one that a code has opened."""
    try:
        with turn.reading() as session:
            return find_order(session, turn.shopper, number)
    except OrderNotFound:
        return opened_order(turn, number)


def answered_number(turn: Turn, numbers: list[str]) -> str | None:
    """Read which order was meant by an answer: its number, or its place in the list."""
    named = turn.entity("order_number")
    bare = said_number(turn)
    if named is None and bare is not None:
        named = str(bare)
    if named is not None and (named in numbers or not named.isdecimal() or int(named) > len(numbers)):
        return named
    place = turn.number("ordinal") or (int(named) if named else None)
    if turn.entity("sort") == Sort.NEWEST and named is None:
        place = 1
    if place is None or not numbers or not -1 <= place <= len(numbers) or place == 0:
        return named
    return numbers[place - 1] if place > 0 else numbers[-1]


def show_order(turn: Turn, order: OrderView) -> None:
    """Show state, parcels and lines of an order."""
    labels = turn.labels
    turn.remember(focus_order=order.number)
    lines = [
        labels.text("order.line", quantity=line.quantity, name=variant_title(line.name, line.options))
        for line in order.lines
    ]
    shipments = [_shipment_text(turn, shipment) for shipment in order.shipments]
    if order.state in _UNSENT and says_any(turn, "desk.waits_long"):
        turn.say("utter_sorry_to_wait")
    if _was_shown(turn, order, "\n".join(lines)):
        _say_again(turn, order)
        return
    due = _overdue(order)
    if due is not None:
        turn.say("utter_parcel_late", date=turn.labels.date(due))
    waits = order.payment_state == "pending" and order.state == "waiting_for_payment"
    turn.say(
        "utter_order_to_pay" if waits else "utter_order",
        told=told_of(turn, [order], parcels=True),
        number=order.number,
        simulated=labels.text("order.simulated") if order.simulated else "",
        date=labels.date(order.placed_at),
        state=labels.text(f"order.states.{order.state}"),
        lines="\n".join(lines),
        total=total_text(turn, order.total, order.gift_paid, order.due),
        shipments="\n".join(shipments) or labels.text("order.no_shipment"),
        link=turn.services.settings.payment_address(order.number),
    )
    # What goes back of it is as much of its state as its parcels are.
    say_returns(turn, [back for back in returns_of(turn, order.number) if back.state not in DROPPED])


def _was_shown(turn: Turn, order: OrderView, lines: str) -> bool:
    """Tell whether an order that waits to be sent was shown just now, and is asked about once more."""
    named = turn.from_button or turn.entity("order_number")
    return order.state in _UNSENT and not named and turn.was_told(lines) and turn.was_told(order.number)


def _say_again(turn: Turn, order: OrderView) -> None:
    """Say in short that an order has not been sent, where all of it was shown just now, and offer a person."""
    turn.say(
        "utter_order_not_sent_yet",
        told=told_of(turn, [order], parcels=True),
        number=order.number,
        state=turn.labels.text(f"order.states.{order.state}"),
        buttons=[button(turn.labels, "talk_to_person", "talk_to_person")],
    )


def _overdue(order: OrderView) -> dt.datetime | None:
    """Give the day for which a parcel was promised that has not come; None where none is late."""
    now = utc_now()
    late = [one.promised_at for one in order.shipments if one.delivered_at is None and one.promised_at is not None]
    return min((moment for moment in late if moment.date() < now.date()), default=None)


def _shipment_text(turn: Turn, shipment: ShipmentView) -> str:
    labels = turn.labels
    text = labels.text(
        "shipment.line",
        carrier=shipment.carrier,
        tracking=shipment.tracking_number,
        state=labels.text(f"shipment.states.{shipment.state}"),
    )
    dates = [
        labels.text(f"shipment.{name}", date=labels.date(moment))
        for name, moment in _known_dates(shipment)
        if moment is not None
    ]
    told = labels.text("list.sentences").join([text, *dates])
    return f"{told} {shipment.tracking_url}" if shipment.tracking_url else told


def _known_dates(shipment: ShipmentView) -> list[tuple[str, dt.datetime | None]]:
    if shipment.delivered_at is not None:
        return [("shipped", shipment.shipped_at), ("delivered", shipment.delivered_at)]
    return [("shipped", shipment.shipped_at), ("promised", shipment.promised_at)]


def _show_or_ask(turn: Turn, orders: list[OrderView]) -> None:
    """Show the only order; of several, ask which."""
    if len(orders) == 1:
        show_order(turn, orders[0])
    else:
        _offer(turn, orders, "utter_ask_which_order")


def _offer(turn: Turn, orders: list[OrderView], response: str, days: str = "") -> None:
    """Say a list of orders, of which the shopper may choose one."""
    turn.ask_later(ORDER, numbers=[order.number for order in orders])
    offer_orders(turn, orders, response, days=days)


def offer_orders(turn: Turn, orders: list[OrderView], response: str, *, days: str = "", question: str = "") -> None:
    """Say a list of orders with a button for each."""
    # While a change of an order asks which one it is about, a button answers that and does not track it.
    intent = "inform" if turn.pending.get("kind") == CASE else "track_order"
    turn.say(
        response,
        told=told_of(turn, orders),
        lines="\n".join(order_line(turn, order) for order in orders),
        buttons=[_order_button(turn, order, intent) for order in orders],
        days=days,
        question=question,
    )


def told_of(turn: Turn, orders: Sequence[OrderView], *, parcels: bool = False) -> list[Fact]:
    """Give the receipts of what is told of some orders."""
    with turn.reading() as session:
        row_ids = order_row_ids(session, [order.number for order in orders])
    return [fact for order in orders for fact in order_facts(order, row_ids[order.number], parcels=parcels)]


def _order_button(turn: Turn, order: OrderView, intent: str) -> Button:
    title = turn.labels.text("order.button", number=order.number)
    return named_button(title, intent, order_number=order.number)


def order_line(turn: Turn, order: OrderView) -> str:
    """Write an order as one line of a list."""
    labels = turn.labels
    return labels.text(
        "order.listed",
        number=order.number,
        date=labels.date(order.placed_at),
        total=labels.money(order.total),
        state=labels.text(f"order.states.{order.state}"),
        names=_names(turn, order),
    )


def _names(turn: Turn, order: OrderView) -> str:
    """Name what is in an order, as shoppers know it by that and not by its number."""
    names = [variant_title(line.name, line.options) for line in order.lines]
    return turn.labels.text("list.comma").join([*names[:_NAMED], *(["…"] if len(names) > _NAMED else [])])
