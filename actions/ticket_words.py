"""What a shopper wants to have written into a ticket besides: into one that waits for its yes, or one just opened."""

from __future__ import annotations

from actions import desk
from actions.asides import is_typed
from actions.cards import button
from actions.desk_case import Case, asked_by
from actions.desk_consent import question_in
from actions.desk_contact import EMAIL
from actions.desk_words import label_pattern, says_any
from actions.handoff import PERSON
from actions.pending import CASE_YES
from actions.team import latest_ticket, say_how_to_reach
from actions.ticket_parts import request_of, tells_much, with_words
from actions.tickets import COMPLAINT, PROBLEM
from actions.turn import Turn, clean_words
from shop import tickets
from shop.models import utc_now
from shop.search_text import stem, stop_words, words
from shop.tickets import WINDOW, add_words

# Who wants a new one in the place of a broken one says what the ticket is to bring about.
_ANOTHER = "exchange_product"
_MARKS = ' ,.;:!，。；：！"“”'
_KINDS = {PERSON.name: tickets.PERSON, COMPLAINT.name: tickets.COMPLAINT, PROBLEM.name: tickets.PROBLEM}
_TICKETS = frozenset({PERSON.name, COMPLAINT.name, PROBLEM.name})


def take_for_ticket(turn: Turn) -> bool:
    """Take what a message says of a ticket, whatever its intent was read as; tell whether it says anything of one."""
    if not is_typed(turn) or turn.form:
        return False
    case = Case.of(turn)
    case = case if case is not None and case.goal in _TICKETS else None
    if case is not None and case.goal == PROBLEM.name and says_nothing_wrong(turn):
        return _leave_report(turn)
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
    if case is None:
        return _tell_sent(turn) or _ask_a_person(turn) or _add_to_ticket(turn)
    return _settle_open_case(turn, case) or _add_to_open_case(turn, case)


def says_nothing_wrong(turn: Turn) -> bool:
    """Tell whether a message says that nothing is wrong with what was bought."""
    return not turn.from_button and says_any(turn, "ticket.nothing_wrong")


def is_cut_off(turn: Turn) -> bool:
    """Tell whether a report is only a piece of a longer message, and names nothing that is wrong."""
    return turn.continues and not turn.entity("reason") and not tells_much(turn.text)


def _leave_report(turn: Turn) -> bool:
    """Drop a report of what is not wrong; tell whether that is all, as what is asked besides is answered, too."""
    desk.close(turn)
    turn.drop_now()
    if turn.intent[0].startswith("ask_"):
        return False
    turn.say("utter_nothing_reported")
    return True


def _ask_a_person(turn: Turn) -> bool:
    """Begin a ticket for who wants a person to answer, or the ticket sent that was called off; tell whether so."""
    with_email = "@" in turn.text and says_any(turn, "ticket.wants_person")
    if turn.pending or not (with_email or says_any(turn, "ticket.sends_ticket")):
        return False
    desk.begin(turn, PERSON.name)
    return True


def _tell_sent(turn: Turn) -> bool:
    """Say whether a ticket was opened, where that is asked; tell whether it is."""
    if turn.pending or not says_any(turn, "ticket.asks_opened"):
        return False
    ticket = latest_ticket(turn)
    if ticket:
        turn.say("utter_ticket_stands", number=ticket.number, email=ticket.email)
    else:
        turn.say("utter_no_ticket", buttons=[button(turn.labels, "talk_to_person", "talk_to_person")])
    return True


def _settle_open_case(turn: Turn, case: Case) -> bool:
    """Take what is said of sending a ticket that is ready, and of what it is to say; tell whether that was it."""
    if EMAIL not in case.told or asked_by(turn):
        return False
    if says_any(turn, "ticket.asks_opened") or says_any(turn, "ticket.asks_sent"):
        turn.say("utter_ticket_not_sent")
        desk.ask_again(turn)
        return True
    if case.goal != PROBLEM.name and (said := _instead(turn, case)):
        case.telling(words=said).keep(turn)
        desk.ask_again(turn)
        return True
    if not says_any(turn, "ticket.sends") or says_any(turn, "ticket.not_sending") or question_in(turn.text):
        return False
    _send(turn, case) if turn.pending.get("kind") == CASE_YES else desk.ask_again(turn)
    return True


def _send(turn: Turn, case: Case) -> None:
    """Send what was shown, with a wish that is said along with the yes."""
    pending = turn.pending
    turn.drop_now()
    if says_any(turn, "ticket.wish_words"):
        case = with_words(turn, case, turn.text)
        case.keep(turn)
        pending = {**pending, "fingerprint": request_of(case, _KINDS[case.goal]).fingerprint}
    desk.confirm(turn, pending)


def _instead(turn: Turn, case: Case) -> str | None:
    """Give what a ticket is to say in the place of its words, or what is left of them; None where neither is said."""
    plain = turn.text.replace("’", "'")
    if found := label_pattern(turn, "ticket.instead_words").search(plain.casefold()):
        said = plain[found.end() :].strip(_MARKS)
        said = label_pattern(turn, "ticket.put_words").split(said, maxsplit=1)[0].strip(_MARKS)
        return said or None
    if not says_any(turn, "ticket.leaves_out"):
        return None
    parts = case.told.get("words", "").split(" / ")
    named = {stem(word) for word in words(turn.services.glossary.translated(turn.text))} - stop_words()
    hits = [len(named & {stem(word) for word in words(turn.services.glossary.translated(part))}) for part in parts]
    left = [part for part, hit in zip(parts, hits, strict=True) if hit < max(hits) or not hit]
    return " / ".join(left) or None


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
