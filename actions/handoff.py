"""A person takes over: a ticket with the last things that the shopper has said."""

from __future__ import annotations

import re

from actions.cards import button
from actions.desk_case import Case, Goal, Step
from actions.desk_contact import EMAIL, email_step
from actions.ticket_parts import WORDS, extras_text, request_of, send
from actions.turn import Turn
from shop import tickets
from shop.models import utc_now
from shop.text import ascii_digits, tidy_words

_LAST = 5
# One-time codes, e-mail addresses, phone and tax numbers are for the assistant alone.
_PRIVATE = re.compile(r"@|\d{3}[\s-]?\d{3}|^[\d\s+()-]*$")


def _said_step() -> Step:
    """Take what the shopper has said last, so that they need not say it again."""
    return Step(
        WORDS,
        is_known=lambda case: WORDS in case.told,
        read=lambda _, case: case,
        find=_find,
        ask=lambda _turn, _case: None,
        forget=lambda case: case.not_telling(WORDS),
    )


def _find(turn: Turn, case: Case) -> Case:
    said = [text for text in turn.said(_LAST) if not _PRIVATE.search(ascii_digits(text))]
    return case.telling(words=tidy_words(" / ".join(said), tickets.MOST_WORDS))


def _show(turn: Turn, case: Case) -> str:
    with turn.reading() as session:
        waiting = tickets.open_tickets(session, turn.shopper, tickets.PERSON)
    if waiting and waiting[0].created_at > utc_now() - tickets.WINDOW:
        turn.say("utter_ticket_open_already", number=waiting[0].number, email=waiting[0].email)
        return ""
    turn.say(
        "utter_ask_person_ticket",
        extras=extras_text(turn, case),
        email=case.told[EMAIL],
        buttons=[button(turn.labels, "send_it", "affirm"), button(turn.labels, "leave_it", "deny")],
    )
    return request_of(case, tickets.PERSON).fingerprint


PERSON = Goal(
    "person",
    (_said_step(), email_step()),
    _show,
    lambda turn, case, yes: send(turn, case, yes, tickets.PERSON),
)
