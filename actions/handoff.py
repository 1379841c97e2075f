"""A person takes over: a ticket with the last things that the shopper has said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.cards import button
from actions.desk_case import Case, Goal, Step, asked_by
from actions.desk_contact import EMAIL, email_step
from actions.desk_words import holds_any
from actions.ticket_parts import WORDS, extras_text, request_of, send, tells_much, with_words
from actions.turn import Turn
from actions.which_order import newest_orders
from shop import tickets
from shop.contact_text import without_email
from shop.models import utc_now
from shop.text import ascii_digits, tidy_words

_LOOKED, _LAST = 8, 2
_SHORTEST, _MARKS = 4, " ,.;:，。；：、!！"
_BESIDE = re.compile(
    r"^\W*(?:oh|ok(?:ay)?|fine|yes|sure|well|so|my e-?mail is|it's|its|it is|use|好吧?|那就?|行|可以|邮箱是?)(?![a-z])",
    re.IGNORECASE,
)
# One-time codes, e-mail addresses, phone and tax numbers are for the assistant alone.
_PRIVATE = re.compile(r"@|\d{3}[\s-]?\d{3}|^[\d\s+()-]*$")


def _said_step() -> Step:
    """Take what the shopper has said last, so that they need not say it again."""
    return Step(
        WORDS,
        is_known=lambda case: WORDS in case.told,
        read=_read_beside_email,
        find=_find,
        ask=lambda _turn, _case: None,
        forget=lambda case: case.not_telling(WORDS),
    )


def _find(turn: Turn, case: Case) -> Case:
    """Take what the shopper wants now: the message itself where it tells enough, else the last ones before it."""
    order = next((one for one in newest_orders(turn) if one.number in turn.text), None)
    known = [one.number for one in newest_orders(turn)]
    if tells_much(turn.text) and not turn.from_button:
        said = [turn.text]
    else:
        said = [text for text in turn.said(_LOOKED) if not _is_private(text, known) and not _is_call(turn, text)]
        said = said[-_LAST:]
    case = case.of_order(order.number) if order else case
    return case.telling(words=tidy_words(" / ".join(said), tickets.MOST_WORDS))


def _read_beside_email(turn: Turn, case: Case) -> Case:
    """Take what is said beside the e-mail address that was asked for: it is what the answer shall be about."""
    if asked_by(turn) != EMAIL or turn.from_button or "@" not in turn.text:
        return case
    rest = without_email(turn.text).strip(_MARKS)
    while (shorter := _BESIDE.sub("", rest).strip(_MARKS)) != rest:
        rest = shorter
    return with_words(turn, case, rest) if any(map(str.isalpha, rest)) and len(rest) >= _SHORTEST else case


def _is_private(text: str, numbers: Sequence[str]) -> bool:
    plain = ascii_digits(text)
    for number in numbers:
        plain = plain.replace(number, "")
    return _PRIVATE.search(plain) is not None


def _is_call(turn: Turn, text: str) -> bool:
    """Tell whether a text only calls for a person or speaks of the ticket itself, which the ticket need not say."""
    words = [word for labels in turn.services.languages.values() for word in labels.text("team.call_words").split("|")]
    is_call = any(word in text.casefold() for word in words) or holds_any(turn, text, "ticket.of_ticket")
    return holds_any(turn, text, "ticket.refuses_email") or (not tells_much(text) and is_call)


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
    (_said_step(), email_step("utter_ask_person_email")),
    _show,
    lambda turn, case, yes: send(turn, case, yes, tickets.PERSON),
)
