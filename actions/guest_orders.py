"""A guest's look at one order of another conversation: its number, a contact, and a one-time code."""

from __future__ import annotations

from actions.pending import CODE, CONTACT, code_said, contact_said
from actions.turn import Pending, Turn
from shop.errors import CodeRefused, InvalidAddress, OrderNotFound
from shop.guest_access import CODE_LIFETIME, Wording
from shop.order_numbers import normalise_number
from shop.orders import OrderView

_MINUTES = round(CODE_LIFETIME.total_seconds() / 60)


def opened_order(turn: Turn, number: str | None = None) -> OrderView | None:
    """Give the order that a code has opened in this conversation; None where it is none, or another one."""
    with turn.reading() as session:
        try:
            return turn.services.guests.find_order(session, turn.shopper, number)
        except OrderNotFound:
            return None


def offer_look(turn: Turn, number: str) -> None:
    """Say that no order of this shopper has this number, and ask a guest for the contact of another one."""
    turn.say("utter_order_not_found")
    if turn.shopper.customer_id is None and normalise_number(number) is not None:
        turn.ask_later(CONTACT, number=number)
        turn.say("utter_ask_order_contact")


def answer_contact(turn: Turn, pending: Pending) -> bool:
    """Ask for a code to be sent; whether one is, nobody is told."""
    contact = contact_said(turn.text)
    if contact is None:
        return False
    labels = turn.labels
    wording = Wording(labels.text("guest.subject"), labels.text("guest.body", code="{code}", number="{number}"))
    try:
        turn.services.guests.request_code(turn.shopper, pending["number"], contact, wording)
    except InvalidAddress:
        turn.ask_later(CONTACT, number=pending["number"])
        turn.say("utter_contact_not_usable")
        return True
    turn.ask_later(CODE)
    turn.say("utter_code_sent", minutes=_MINUTES)
    return True


def enter_code(turn: Turn) -> OrderView | None:
    """Take a code; give the order that it opens, or None where the shopper may try again."""
    try:
        return turn.services.guests.enter_code(turn.shopper, code_said(turn.text) or "")
    except CodeRefused as error:
        if not error.tries_left:
            raise
        turn.ask_later(CODE)
        turn.say("utter_code_wrong", left=error.tries_left)
        return None
