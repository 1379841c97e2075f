"""Where an answer or an invoice goes: the e-mail address of the account, of the order, or one that is asked for."""

from __future__ import annotations

from actions.desk_case import Case, Step, asked_by
from actions.desk_orders import case_order
from actions.desk_words import says_any
from actions.pending import CASE, contact_said
from actions.turn import Turn
from actions.which_order import newest_orders
from shop.addresses import check_field
from shop.customers import CustomerView, get_customer

EMAIL = "email"


def email_step(question: str = "utter_ask_ticket_email") -> Step:
    """Ask for an e-mail address where none is known; one that is named takes the place of the known one."""
    return Step(
        EMAIL,
        is_known=lambda case: EMAIL in case.told,
        read=_read,
        find=_find,
        ask=lambda turn, _: _ask(turn, question),
        forget=lambda case: case.not_telling(EMAIL),
    )


def account_of(turn: Turn) -> CustomerView | None:
    """Give the account of a shopper who is signed in."""
    if turn.shopper.customer_id is None:
        return None
    with turn.reading() as session:
        return get_customer(session, turn.shopper.customer_id)


def _read(turn: Turn, case: Case) -> Case:
    if not turn.from_button and says_any(turn, "ticket.account_email"):
        return _of_account(turn, case)
    if turn.from_button or "@" not in turn.text:
        return case
    contact = contact_said(turn.text)
    if contact is None and asked_by(turn) != EMAIL:
        return case
    return case.telling(email=check_field(EMAIL, contact or turn.text))


def _of_account(turn: Turn, case: Case) -> Case:
    """Take the address of the account, else that of the newest order which is the shopper's own."""
    account = account_of(turn)
    orders = newest_orders(turn)[:1]
    known = account.email if account else next((order.email for order in orders), None)
    return case.telling(email=known) if known else case


def _find(turn: Turn, case: Case) -> Case:
    account = account_of(turn)
    if account is not None:
        return case.telling(email=account.email)
    return case.telling(email=case_order(turn, case).email) if case.number else case


def _ask(turn: Turn, question: str) -> None:
    # What a person can do from here is explained once.
    is_again = asked_by(turn) == EMAIL
    turn.ask_later(CASE, asked=EMAIL)
    turn.say("utter_ask_ticket_email" if is_again else question)
