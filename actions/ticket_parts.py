"""What tickets are made of: what is wrong, the shopper's words, photos, and how a ticket is shown and opened."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.cards import button, named_button
from actions.desk_case import Case, Step, asked_by
from actions.desk_contact import EMAIL
from actions.desk_lines import line_title
from actions.desk_orders import case_order
from actions.desk_words import label_pattern, reason_text, says_any
from actions.pending import CASE, WISHES, is_free_text, tells_words
from actions.photo_errors import PhotoGone, PhotosFull
from actions.turn import Turn
from shop.changes import Yes
from shop.errors import ProposalChanged
from shop.text import tidy_words
from shop.tickets import MISSING, MOST_WORDS, TicketRequest, known_problems, open_ticket

REASON, WORDS, PHOTO = "reason", "words", "photo"
_WITHOUT = "none"
_CLAUSES = re.compile(r"[^,，.。;；!！?？\n]*[,，.。;；!！?？\n]+|[^,，.。;；!！?？\n]+")
# As many signs tell more than that there is something to complain about; a Chinese one tells as much as three others.
_TELLING, _HAN = 45, 3
_ARRIVED_SO = frozenset({"damaged on arrival", "faulty", "wrong item"})
_REPORTS = frozenset({"report_problem", "complain", "search_by_photo"})


def problem_step() -> Step:
    """Ask what is wrong with something bought."""
    return Step(
        REASON,
        is_known=lambda case: case.reason is not None,
        read=_read_problem,
        ask=_ask_problem,
        forget=lambda case: replace(case, reason=None),
    )


def words_step() -> Step:
    """Ask what is to be written down, unless it was said already."""
    return Step(
        WORDS,
        is_known=lambda case: WORDS in case.told,
        read=_read_complaint,
        ask=lambda turn, _: _ask(turn, WORDS, "utter_ask_complaint"),
        forget=lambda case: case.not_telling(WORDS),
    )


def photo_step() -> Step:
    """Offer once that a photo is sent; what is written instead is added to the words."""
    return Step(
        PHOTO,
        # Of what is missing there is no photo.
        is_known=lambda case: bool(case.photo_ids) or PHOTO in case.told or case.reason == MISSING,
        read=_read_report,
        ask=_ask_photo,
        forget=lambda case: replace(case.not_telling(PHOTO), photo_ids=()),
        skip=lambda case: case.telling(photo=_WITHOUT),
    )


def request_of(case: Case, kind: str) -> TicketRequest:
    """Make the ticket of a case."""
    return TicketRequest(
        kind,
        case.told[EMAIL],
        case.number,
        skus=tuple(case.items or ()),
        problem=case.reason,
        words=case.told.get(WORDS, ""),
        photo_ids=case.photo_ids,
    )


def with_words(turn: Turn, case: Case, text: str) -> Case:
    """Write down what the shopper says, once."""
    said, before = tidy_words(_telling_words(turn, text), MOST_WORDS), case.told.get(WORDS, "")
    if not said or said in before:
        return case
    return case.telling(words=tidy_words(f"{before} / {said}" if before else said, MOST_WORDS))


def _telling_words(turn: Turn, text: str) -> str:
    """Give what of a message tells of the problem: not what it says before "by the way", nor "go on without"."""
    plain = text.replace("’", "'")
    leads = list(label_pattern(turn, "ticket.leads_aside").finditer(plain.casefold()))
    told = text[leads[-1].end() :] if leads else text
    clauses = [one for one in _CLAUSES.findall(told) if not _is_aside(turn, one)]
    return "".join(clauses).strip(" ,，") if clauses else ""


def _is_aside(turn: Turn, clause: str) -> bool:
    """Tell whether a clause only says what the assistant is to do, or that there is no photo."""
    left = label_pattern(turn, "ticket.asides").sub("", clause.casefold().replace("’", "'"))
    return not any(map(str.isalnum, left)) and any(map(str.isalnum, clause))


def tells_much(text: str) -> bool:
    """Tell whether a text says more than that there is something to be said."""
    return sum(_HAN if sign > "\u2e80" else 1 for sign in text) >= _TELLING


def things_text(turn: Turn, case: Case) -> str:
    """Name the lines that a problem is about."""
    lines = [line for line in case_order(turn, case).lines if line.sku in (case.items or {})]
    return turn.labels.all_of(line_title(line) for line in lines)


def extras_text(turn: Turn, case: Case) -> str:
    """Say what else goes with a ticket: the shopper's words, and how many photos."""
    labels, words = turn.labels, case.told.get(WORDS)
    parts = [labels.text("ticket.words", words=words)] if words else []
    parts += [labels.text("ticket.photos", count=len(case.photo_ids))] if case.photo_ids else []
    return "\n".join(parts)


def send(turn: Turn, case: Case, yes: Yes, kind: str) -> None:
    """Open the ticket that was confirmed, and say its number.

    Raises:
        ProposalChanged: it would say something else.
    """
    if request_of(case, kind).fingerprint != yes.confirmed:
        raise ProposalChanged(yes.confirmed, request_of(case, kind).fingerprint)
    kept = replace(case, photo_ids=tuple(one for one in case.photo_ids if _is_kept(turn, one)))
    if kept.photo_ids != case.photo_ids:
        turn.say("utter_photo_not_kept")
    services = turn.services
    with turn.writing() as session:
        ticket = open_ticket(
            session, turn.shopper, services.rulebook.rules, services.guests, request_of(kept, kind), yes.key
        )
    turn.say("utter_ticket_opened", number=ticket.number, email=ticket.email)


def _is_kept(turn: Turn, photo_id: str) -> bool:
    """Keep a photo for its ticket; tell whether it is there."""
    try:
        turn.services.photos.keep(turn.shopper, photo_id)
    except (PhotoGone, PhotosFull, OSError):
        return False
    return True


def _read_problem(turn: Turn, case: Case) -> Case:
    said = turn.entity("reason")
    return replace(case, reason=said) if said in known_problems(turn.services.rulebook.rules) else case


def _ask_problem(turn: Turn, case: Case) -> None:
    turn.ask_later(CASE, asked=REASON)
    turn.say(
        "utter_ask_problem",
        things=things_text(turn, case),
        buttons=[
            named_button(reason_text(turn, code), "inform", reason=code)
            for code in known_problems(turn.services.rulebook.rules)
        ],
    )


def _read_complaint(turn: Turn, case: Case) -> Case:
    if asked_by(turn) == WORDS:
        return with_words(turn, case, turn.text) if tells_words(turn) else case
    tells = turn.intent[0] == "complain" and tells_much(turn.text)
    return with_words(turn, case, turn.text) if tells and not turn.from_button else case


def _read_report(turn: Turn, case: Case) -> Case:
    """Write down what reports a problem in the shopper's own words, and what is told where a photo was asked for."""
    if turn.from_button:
        return case
    is_asked = asked_by(turn) == PHOTO and not turn.photo_url
    if says_any(turn, "ticket.no_photo") and len(turn.text) < _TELLING:
        return case.telling(photo=_WITHOUT) if is_asked else case
    if turn.intent[0] in _REPORTS or (is_asked and (is_free_text(turn) or turn.intent[0] in WISHES)):
        case = with_words(turn, case, turn.text)
        return case.telling(photo=_WITHOUT) if is_asked else case
    return case


def _ask_photo(turn: Turn, case: Case) -> None:
    if case.reason in _ARRIVED_SO and asked_by(turn) not in (PHOTO, REASON):
        turn.say("utter_sorry_it_arrived_so")
    turn.ask_later(CASE, asked=PHOTO)
    turn.say("utter_ask_problem_photo", buttons=[button(turn.labels, "without_photo", "deny")])


def _ask(turn: Turn, asked: str, response: str) -> None:
    turn.ask_later(CASE, asked=asked)
    turn.say(response)
