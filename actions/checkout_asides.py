"""What is said in the middle of a check-out and answers none of its questions: how to pay, what was put, not yet."""

from __future__ import annotations

from actions.asides import is_typed
from actions.cards import button
from actions.checkout_contact import SLOTS, forget_address
from actions.desk_consent import asks_something
from actions.desk_words import begins_with, says_any
from actions.facts import policy_facts
from actions.orders import found_order
from actions.pending import CONFIRM_ORDER, USE_ADDRESS
from actions.turn import Turn
from shop.address_text import find_address
from shop.carts import view_cart

_ORDERING = frozenset({CONFIRM_ORDER, USE_ADDRESS})
# Messages of other intents that hold such words ask for something else: "how do I pay less?"
_ASKS_HOW = frozenset({"check_out", "ask_policy", "nlu_fallback", "inform"})


def leave_form(turn: Turn, slot: str) -> bool:
    """Take what stops a check-out or puts it off, and answer what is asked of it; tell whether it was that.

    Args:
        turn: the turn.
        slot: what was asked for; left empty, it is asked again unless the check-out ends here.
    """
    if not is_typed(turn) or "@" in turn.text or find_address(turn.text):
        return False
    if begins_with(turn, "checkout.stops"):
        if turn.intent[0] == "cancel":
            # A rule stops it.
            return False
        forget_address(turn)
        turn.say("utter_checkout_stopped")
        _end(turn, slot)
        return True
    puts_off, asks_how = puts_it_off(turn), says_any(turn, "checkout.asks_how")
    if asks_how:
        tell_how_to_pay(turn)
    elif puts_off:
        turn.say("utter_checkout_paused")
    elif not tell_entered(turn):
        return False
    if puts_off:
        _end(turn, slot)
    else:
        turn.remember(**{slot: None})
    return True


def puts_it_off(turn: Turn) -> bool:
    """Tell whether who speaks does not want to order yet."""
    return says_any(turn, "checkout.undecided")


def tell_entered(turn: Turn) -> bool:
    """Say what was entered for the delivery, where a message asks that; tell whether it does."""
    known = {field: turn.slot(slot) for slot, field in SLOTS.items() if turn.slot(slot)}
    if turn.from_button or not known or not says_any(turn, "checkout.asks_entered"):
        return False
    if "country" in known:
        known["country"] = turn.labels.country(known["country"])
    turn.say("utter_contact_entered", known=turn.labels.text("address.comma").join(known.values()))
    return True


def answer_how_to_pay(turn: Turn) -> bool:
    """Say how to pay and how to check out to who asks for that; tell whether it was asked."""
    if not is_typed(turn) or turn.form or turn.intent[0] not in _ASKS_HOW:
        return False
    if not says_any(turn, "checkout.asks_how") or not (asks_something(turn.text) or turn.intent[0] == "check_out"):
        return False
    tell_how_to_pay(turn)
    return True


def tell_how_to_pay(turn: Turn) -> None:
    """Quote the ways to pay; say where an order is paid that waits for it, else how a cart is checked out."""
    order = found_order(turn, turn.slot("focus_order")) if turn.slot("focus_order") else None
    if order is not None and order.state == "waiting_for_payment":
        link = turn.services.settings.payment_address(order.number)
        turn.say("utter_pay_the_order", number=order.number, link=link)
    _quote(turn, "pay.question")
    if turn.pending.get("kind") in _ORDERING:
        return
    with turn.reading() as session:
        has_cart = not view_cart(session, turn.shopper).is_empty
    if has_cart:
        turn.say("utter_how_to_check_out", buttons=[button(turn.labels, "check_out", "check_out")])


def tell_of_invoice(turn: Turn) -> None:
    """Say how to get an invoice to who speaks of one beside something else."""
    if says_any(turn, "checkout.invoice_words"):
        _quote(turn, "desk.general.invoice")


def _quote(turn: Turn, question: str) -> None:
    """Quote what answers a question of the labels, unless it was told just now."""
    passage = turn.services.policies_in(turn.language).answer(turn.labels.text(question))
    if passage and not turn.was_told(passage.text):
        turn.say("utter_policy", told=policy_facts(passage), title=passage.title, text_quoted=passage.text)


def _end(turn: Turn, slot: str) -> None:
    """End the form; Rasa takes an early end only from who has looked at what was asked for."""
    turn.remember(**{slot: None, "requested_slot": None})
