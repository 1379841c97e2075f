"""What a shopper wants to have written into a ticket besides: into one that waits for its yes, or one just opened."""

from __future__ import annotations

from actions import desk
from actions.desk_case import Case, asked_by
from actions.desk_contact import EMAIL
from actions.desk_words import says_any
from actions.handoff import PERSON
from actions.pending import CASE_YES
from actions.team import latest_ticket, say_how_to_reach
from actions.ticket_parts import with_words
from actions.tickets import COMPLAINT, PROBLEM
from actions.turn import Turn, clean_words
from shop.models import utc_now
from shop.tickets import WINDOW, add_words

# Who wants a new one in the place of a broken one says what the ticket is to bring about.
_ANOTHER = "exchange_product"
_TICKETS = frozenset({PERSON.name, COMPLAINT.name, PROBLEM.name})


def take_for_ticket(turn: Turn) -> bool:
    """Take what a message says of a ticket, whatever its intent was read as; tell whether it says anything of one."""
    if turn.from_button or turn.photo_url or turn.was_answered or turn.form:
        return False
    case = Case.of(turn)
    case = case if case is not None and case.goal in _TICKETS else None
    if says_any(turn, "team.no_person") and (case is None or case.goal == PERSON.name):
        _leave_person(turn, case)
        return True
    if case is not None and asked_by(turn) == EMAIL and says_any(turn, "ticket.refuses_email"):
        desk.close(turn)
        turn.say("utter_ticket_without_email")
        say_how_to_reach(turn)
        return True
    if case is not None and asked_by(turn) == EMAIL and says_any(turn, "ticket.account_email"):
        return desk.take_answer(turn, turn.pending)
    return _add_to_open_case(turn, case) if case is not None else _add_to_ticket(turn)


def _leave_person(turn: Turn, case: Case | None) -> None:
    if case is not None:
        desk.close(turn)
    turn.drop_now()
    turn.say("utter_no_person_then")


def _add_to_open_case(turn: Turn, case: Case) -> bool:
    waits = turn.pending.get("kind") == CASE_YES
    if not waits or not (says_any(turn, "ticket.also_words") or turn.intent[0] == _ANOTHER):
        return False
    with_words(turn, case, turn.text).keep(turn)
    desk.ask_again(turn)
    return True


def _add_to_ticket(turn: Turn) -> bool:
    """Add to a ticket that was opened just now."""
    if turn.pending or not says_any(turn, "ticket.also_words"):
        return False
    ticket = latest_ticket(turn)
    if ticket is None or ticket.created_at < utc_now() - WINDOW:
        return False
    with turn.writing() as session:
        add_words(session, turn.shopper, ticket.number, turn.text)
    turn.say("utter_words_added", number=ticket.number, words=clean_words(turn.text))
    return True
