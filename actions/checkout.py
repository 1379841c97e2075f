"""Check out: an address, a summary, an explicit yes, one order."""

from __future__ import annotations

from actions.asides import is_typed
from actions.base import ShopAction
from actions.cards import button
from actions.cart_lines import cart_lines
from actions.checkout_answers import take_several
from actions.checkout_asides import leave_form
from actions.checkout_beginning import begins_none
from actions.checkout_contact import (
    METHOD_SLOT,
    SLOTS,
    account,
    account_contact,
    address_text,
    earlier_contact,
    entered,
    forget_address,
    remember_fields,
    says_same_address,
)
from actions.checkout_filling import fill_cart
from actions.checkout_goods import amends_goods, changes_in_form
from actions.code_lines import code_lines, total_text
from actions.contact_changes import asks_address_anew
from actions.delivery_choice import days_text, method_name, said_method
from actions.facts import order_facts, summary_facts
from actions.pending import (
    CONFIRM_ORDER,
    OPTION,
    PHOTO_PART,
    UNREAD,
    USE_ADDRESS,
    answers_question,
    is_free_text,
)
from actions.turn import Pending, Turn
from shop.addresses import is_sentence
from shop.contact_text import find_whole_contact
from shop.errors import CartChanged, InvalidAddress
from shop.orders import DeliveryAddress, check_field, order_row_ids, place_order, summarise_cart

FORM = "checkout_form"
# A photo sent on the way may ask these; what answers them is no address.
_ASKED_BY_PHOTO = frozenset({OPTION, PHOTO_PART})


class ActionCheckOut(ShopAction):
    """Begin a check-out."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_check_out"

    def perform(self, turn: Turn) -> None:
        """Refuse what cannot be ordered; offer a known address, or begin to ask for one."""
        if turn.pending.get("kind") == CONFIRM_ORDER:
            # It may mean yes and it may mean "begin": the shopper sees again what a yes would order.
            if amends_goods(turn) and turn.has_asked:
                return
            show_summary(turn)
            return
        if begins_none(turn):
            return
        begin_check_out(turn)


class ValidateCheckoutForm(ShopAction):
    """Take what the shopper writes as the field that was asked for, unless it is plainly something else."""

    keeps_question = True
    takes_answers = True

    def name(self) -> str:
        """Give the name that Rasa's form calls."""
        return f"validate_{FORM}"

    def perform(self, turn: Turn) -> None:
        """Check the field; what cannot be used is asked for again, with the reason."""
        slot = turn.slot("requested_slot")
        if slot not in SLOTS or _is_of_photo(turn) or leave_form(turn, slot) or take_several(turn, slot):
            return
        if asks_address_anew(turn):
            turn.remember(**{slot: None})
            return
        if changes_in_form(turn, slot) or not _is_answer(turn, slot) or _is_no_name(turn, slot):
            return
        # What a photo led to asking is over once the shopper goes on with the address.
        if turn.pending:
            turn.drop_now()
        try:
            turn.remember(**{slot: check_field(SLOTS[slot], turn.text)})
        except InvalidAddress:
            turn.remember(**{slot: None})
            turn.say(f"utter_invalid_{SLOTS[slot]}")


class ActionShowOrderSummary(ShopAction):
    """Show what is about to be ordered, and ask for a yes."""

    takes_answers = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_show_order_summary"

    def perform(self, turn: Turn) -> None:
        """Show lines, delivery, total and address; a check-out that was ended early shows nothing."""
        if entered(turn):
            show_summary(turn)


class ActionPauseCheckout(ShopAction):
    """Say that a check-out waits while the shopper goes on shopping."""

    keeps_question = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_pause_checkout"

    def perform(self, turn: Turn) -> None:
        """Say how to come back; what was entered is kept."""
        turn.say("utter_checkout_paused")


def begin_check_out(turn: Turn) -> None:
    """Begin with all that the message says of where the order goes and how; ask for what is missing, or show it.

    An empty cart takes what is spoken of; where that leaves a choice, the check-out goes on after the answer.
    """
    if not fill_cart(turn):
        _take_named(turn)
        return
    with turn.reading() as session:
        summarise_cart(session, turn.shopper, terms=turn.terms)
    customer = account(turn)
    contact = account_contact(customer) if customer else {}
    if _take_named(turn) and customer:
        # Who names where it goes means that place, whatever the account knows of another.
        turn.remember(**{slot: contact[slot] for slot in ("ship_name", "ship_email") if not turn.slot(slot)})
    if entered(turn):
        show_summary(turn)
        return
    if not turn.slot("ship_street") and customer and all(contact.get(slot) for slot in SLOTS):
        _ask_use(turn, contact, account=True)
        return
    turn.remember(**{slot: text for slot, text in contact.items() if not turn.slot(slot)})
    turn.say("utter_check_out_begins")
    turn.follow_up(FORM)


def show_summary(turn: Turn) -> None:
    """Show what would be ordered now; the yes that follows counts for exactly this."""
    contact = entered(turn)
    if contact is None:
        turn.follow_up(FORM)
        return
    with turn.reading() as session:
        summary = summarise_cart(
            session, turn.shopper, turn.slot(METHOD_SLOT), email=contact["ship_email"], terms=turn.terms
        )
    labels = turn.labels
    turn.ask_later(CONFIRM_ORDER, fingerprint=summary.fingerprint)
    turn.say(
        "utter_order_summary",
        told=summary_facts(summary),
        lines="\n".join(
            [
                *cart_lines(turn, summary.lines),
                *code_lines(turn, summary.coupons, [each.card for each in summary.gift_payments], summary.idle),
            ]
        ),
        subtotal=labels.money(summary.goods),
        delivery=method_name(turn, summary.delivery_method, summary.delivery_name),
        delivery_price=labels.money(summary.delivery_price),
        days=days_text(turn, summary.days_min, summary.days_max),
        total=total_text(turn, summary.total, summary.total - summary.due, summary.due),
        address=address_text(turn, contact),
        email=contact["ship_email"],
        buttons=[button(labels, "place_order", "affirm"), button(labels, "not_yet", "deny")],
    )


def confirm_order(turn: Turn, pending: Pending) -> None:
    """Place the order that was summarised; if anything has changed since, show it again and ask again."""
    contact = entered(turn)
    if contact is None:
        turn.follow_up(FORM)
        return
    address = DeliveryAddress(
        **{field: contact[slot] for slot, field in SLOTS.items() if field != "email"},
    )
    try:
        with turn.writing() as session:
            order = place_order(
                session,
                turn.shopper,
                address,
                contact["ship_email"],
                delivery_method=turn.slot(METHOD_SLOT),
                confirmed=pending["fingerprint"],
                terms=turn.terms,
            )
            row_ids = order_row_ids(session, [order.number])
    except CartChanged:
        turn.say("utter_cart_changed")
        show_summary(turn)
        return
    forget_address(turn)
    turn.remember(candidate_skus=None, focus_order=order.number)
    turn.focus(None)
    turn.say(
        "utter_order_placed_paid" if order.payment_state == "paid" else "utter_order_placed",
        told=order_facts(order, row_ids[order.number], dates=False),
        number=order.number,
        total=total_text(turn, order.total, order.gift_paid, order.due),
        email=order.email,
        link=turn.services.settings.payment_address(order.number),
        buttons=[button(turn.labels, "track", "track_order", order_number=order.number)],
    )


def use_address(turn: Turn, pending: Pending) -> None:
    """Take the known address and show the summary."""
    if pending["account"]:
        customer = account(turn)
        if customer is None:
            turn.follow_up(FORM)
            return
        turn.remember(**account_contact(customer))
    show_summary(turn)


def ask_use_address(turn: Turn, pending: Pending) -> None:
    """Ask again whether to send it to the known address, if it is still known."""
    customer = account(turn) if pending["account"] else None
    contact = account_contact(customer) if customer else entered(turn)
    if contact and all(contact.get(slot) for slot in SLOTS):
        _ask_use(turn, contact, account=pending["account"])


def ask_other_address(turn: Turn) -> None:
    """Ask for another address; a signed-in customer's e-mail stays."""
    forget_address(turn)
    customer = account(turn)
    if customer:
        turn.remember(ship_email=customer.email)
    turn.follow_up(FORM)


def _ask_use(turn: Turn, contact: dict[str, str], *, account: bool) -> None:
    turn.ask_later(USE_ADDRESS, account=account)
    turn.say(
        "utter_ask_use_address",
        address=address_text(turn, contact),
        email=contact["ship_email"],
        buttons=[button(turn.labels, "use_address", "affirm"), button(turn.labels, "other_address", "deny")],
    )


def _is_answer(turn: Turn, slot: str) -> bool:
    if not is_typed(turn) or turn.text.rstrip().endswith(("?", "？")):
        return False
    if turn.intent[0] == "resume_case":
        # "Let's go on" asks for the question again, however unsurely it is read.
        return False
    if slot == "ship_email":
        return "@" in turn.text or turn.intent[0] in UNREAD
    return is_free_text(turn)


def _is_no_name(turn: Turn, slot: str) -> bool:
    """Tell whether a name was asked for, and the message says something instead."""
    return slot == "ship_name" and is_sentence(turn.text)


def _is_of_photo(turn: Turn) -> bool:
    """Tell whether a message answers what a photo has led to asking."""
    return turn.pending.get("kind") in _ASKED_BY_PHOTO and answers_question(turn)


def _take_named(turn: Turn) -> bool:
    """Take the address and the way to send it that a message names as it begins a check-out; tell whether it has one.

    "Check out with express delivery, to Ada Lovelace, 12 Mill Lane, …" leaves nothing of it to be asked again.
    """
    if turn.from_button:
        return False
    if offer := said_method(turn):
        turn.remember(**{METHOD_SLOT: offer.code})
    if says_same_address(turn) and (contact := earlier_contact(turn)):
        turn.remember(**contact)
        return True
    fields = find_whole_contact(turn.text)
    remember_fields(turn, fields)
    return bool(fields)
