"""What a shopper says while an order waits for the last yes: place it, change it, or something in the middle."""

from __future__ import annotations

import re

from actions.cards import button
from actions.checkout import confirm_order, show_summary, use_address
from actions.checkout_asides import puts_it_off, tell_entered, tell_of_invoice
from actions.checkout_contact import (
    METHOD_SLOT,
    SLOTS,
    account,
    account_contact,
    earlier_contact,
    entered,
    remember_fields,
    says_same_address,
)
from actions.checkout_goods import amends_goods, says_other_number
from actions.contact_changes import corrected, names_order
from actions.delivery_choice import chosen_code, offers, only_asks, said_method, say_choices, tell_total_with
from actions.desk_consent import asks_something, question_in
from actions.desk_words import holds_any, says_any
from actions.pending import CHECK_OUT, CONFIRM_ORDER, USE_ADDRESS
from actions.spoken import says
from actions.turn import Pending, Turn
from shop.errors import ShopError
from shop.orders import summarise_cart

ORDERING = frozenset({CONFIRM_ORDER, USE_ADDRESS})
_ASKS_TOTAL = frozenset({"view_cart", "ask_price", "ask_policy", "nlu_fallback"})
# As what a yes that names goods may be read.
_AGREEING = frozenset({"affirm", "check_out", "nlu_fallback"})
# More words than these tell of something else, whatever stands among them.
_LONGEST = 90
_REQUEST = re.compile(
    r"^(?:\W*\w+\W+){0,3}?(?:can|could|would|will) you (?:just |please |now )*(?:place|order|submit)\b"
)


def settle_order(turn: Turn) -> bool:
    """Take a message as what it says of the order that waits for its yes; tell whether it says anything of it."""
    pending = turn.pending
    if pending.get("kind") not in ORDERING or turn.from_button or turn.photo_url:
        return False
    if says_any(turn, "checkout.asks_placed"):
        _ask_to_place(turn, pending, "utter_not_placed_yet")
        return True
    if tell_entered(turn):
        _ask_to_place(turn, pending, "utter_order_waits")
        return True
    changes = (_change_goods, _change_contact, _change_method, _tell_total, _place)
    return any(change(turn, pending) for change in changes) or _puts_off(turn)


def come_back_to_order(turn: Turn, pending: Pending, *, asks: bool) -> None:
    """Show an order anew that was changed in the middle; where something was only asked, remind of it, and once.

    Args:
        turn: the turn, in which something else was answered.
        pending: the question that had waited.
        asks: whether what was answered leaves the question waiting.
    """
    if turn.has_asked or turn.has_settled:
        return
    if pending["kind"] == CONFIRM_ORDER and _has_changed(turn, pending):
        show_summary(turn)
    elif asks and pending["kind"] == CONFIRM_ORDER:
        if pending.get("reminded"):
            turn.remember(pending=pending)
        else:
            _ask_to_place(turn, {**pending, "reminded": True}, "utter_order_waits")


def _ask_to_place(turn: Turn, pending: Pending, response: str) -> None:
    turn.remember(pending=pending)
    yes = "place_order" if pending["kind"] == CONFIRM_ORDER else "use_address"
    no = "not_yet" if pending["kind"] == CONFIRM_ORDER else "other_address"
    turn.say(response, buttons=[button(turn.labels, yes, "affirm"), button(turn.labels, no, "deny")])


def _change_goods(turn: Turn, pending: Pending) -> bool:
    """Take other goods or numbers than those of the summary before any yes: the summary shows them first."""
    if pending["kind"] != CONFIRM_ORDER or turn.entities("order_number") or asks_something(turn.text):
        return False
    if not amends_goods(turn) and not (turn.intent[0] in _AGREEING and says_other_number(turn)):
        return False
    if turn.has_asked:
        turn.remember(pending={**turn.pending, "waiting": {"kind": CHECK_OUT}})
    else:
        show_summary(turn)
    return True


def _change_contact(turn: Turn, pending: Pending) -> bool:
    known = _known(turn, pending)
    if says_same_address(turn) and (earlier := earlier_contact(turn)):
        turn.remember(**earlier)
        show_summary(turn)
        return True
    fields = corrected(turn, known)
    if not fields:
        return _ask_other_address(turn, pending)
    if turn.continues and all(turn.slot(slot) == fields.get(field) for slot, field in SLOTS.items() if field in fields):
        # The part of the message before this one has shown it.
        turn.remember(pending=pending)
        return True
    turn.remember(**known)
    remember_fields(turn, fields)
    show_summary(turn)
    return True


def _ask_other_address(turn: Turn, pending: Pending) -> bool:
    """Ask what the address is to be, where it is to be another one: it is that of this order, unless one is named."""
    wants = turn.intent[0] == "change_address" or says_any(turn, "checkout.changes_address")
    if not wants or names_order(turn):
        return False
    turn.remember(pending=pending)
    turn.say("utter_ask_what_of_address")
    return True


def _known(turn: Turn, pending: Pending) -> dict[str, str]:
    """Give the contact that the order would go to, as it was entered."""
    customer = account(turn) if pending.get("account") else None
    if customer:
        return account_contact(customer)
    return {slot: turn.slot(slot) for slot in SLOTS if turn.slot(slot)}


def _change_method(turn: Turn, pending: Pending) -> bool:
    offer = said_method(turn)
    if offer is None:
        return False
    if tell_total_with(turn, offer):
        turn.remember(pending=pending)
        return True
    if only_asks(turn):
        from actions.arriving import answer_arrival  # When it arrives depends on what waits here.

        turn.remember(pending=pending)
        say_choices(turn)
        answer_arrival(turn)
        return True
    is_chosen = offer.code == chosen_code(turn, offers(turn))
    if is_chosen and turn.intent[0] == "affirm" and says_any(turn, "desk.plain_yes"):
        return False
    turn.remember(**{METHOD_SLOT: offer.code}, **_known(turn, pending))
    if is_chosen and pending["kind"] == CONFIRM_ORDER:
        _ask_to_place(turn, pending, "utter_order_waits")
    else:
        show_summary(turn)
    return True


def _tell_total(turn: Turn, pending: Pending) -> bool:
    """Answer what it comes to by the summary, which holds the way to send it that was chosen."""
    if pending["kind"] != CONFIRM_ORDER or turn.intent[0] not in _ASKS_TOTAL or not says(turn, "total"):
        return False
    show_summary(turn)
    return True


def _place(turn: Turn, pending: Pending) -> bool:
    """Place the order where the message says so in as many words; a yes to an address shows the summary first."""
    text = turn.text.strip().casefold()
    # "Place it. How do I get an invoice?" asks nothing of placing it.
    asked = question_in(turn.text)
    is_question = bool(asked) and holds_any(turn, asked, "checkout.place_words") and not _REQUEST.match(text)
    if not says_any(turn, "checkout.place_words") or says_any(turn, "checkout.not_placing"):
        return False
    if is_question or len(text) > _LONGEST:
        return False
    turn.drop_now()
    confirm_order(turn, pending) if pending["kind"] == CONFIRM_ORDER else use_address(turn, pending)
    tell_of_invoice(turn)
    return True


def _puts_off(turn: Turn) -> bool:
    """Leave the order where it is said that nothing is decided yet; a question beside it is answered first."""
    if not puts_it_off(turn) or asks_something(turn.text) or says_any(turn, "checkout.asks_how"):
        return False
    turn.drop_now()
    turn.say("utter_order_not_placed")
    return True


def _has_changed(turn: Turn, pending: Pending) -> bool:
    contact = entered(turn)
    if contact is None:
        return False
    try:
        with turn.reading() as session:
            summary = summarise_cart(
                session, turn.shopper, turn.slot(METHOD_SLOT), email=contact["ship_email"], terms=turn.terms
            )
    except ShopError:
        # An emptied cart, or one that cannot be ordered as it is, is told when it is to be ordered.
        return False
    return summary.fingerprint != str(pending["fingerprint"])
