"""Tickets are opened once, hold what the shopper meant and nothing harmful, and are found by nobody else."""

from __future__ import annotations

import dataclasses
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from shop.db import Sessions, reading, writing
from shop.errors import (
    InvalidAddress,
    KeyReused,
    OrderLineNotFound,
    OrderNotFound,
    TicketNotFound,
    TooManyTickets,
    UnknownReason,
)
from shop.models import AuditEntry, Ticket, utc_now
from shop.shoppers import Shopper
from shop.tickets import (
    COMPLAINT,
    MAX_TICKETS,
    MOST_WORDS,
    PERSON,
    PROBLEM,
    WINDOW,
    TicketRequest,
    TicketView,
    find_ticket,
    known_problems,
    open_ticket,
    open_tickets,
)
from tests.shop.desk import NASTY_WORDS, STRANGER, Guests
from tests.shop.service import EMAIL, WEIRD_NUMBERS, audit, order_row, placed, rules, state_of

RULES = rules()
PHOTO = "a" * 32
ASKED = TicketRequest(PERSON, EMAIL, words="I want a person")


def opened(shelf: Sessions, shopper: Shopper, request: TicketRequest = ASKED, key: str = "key-1") -> TicketView:
    with writing(shelf) as session:
        return open_ticket(session, shopper, RULES, Guests(shelf), request, key)


def problem(number: str, *skus: str, **values: Any) -> TicketRequest:
    given = {"problem": "faulty", "words": "it does not turn on", **values}
    return TicketRequest(PROBLEM, EMAIL, number, skus or ("LAPTOP-13-8",), **given)


def count(shelf: Sessions) -> int:
    with reading(shelf) as session:
        return session.scalar(select(func.count()).select_from(Ticket)) or 0


def test_a_ticket_holds_what_was_said(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", **{"LAPTOP_13_8": 1, "SHIRT_RED": 2})
    ticket = opened(shelf, ada, problem(number, "laptop-13-8", "SHIRT-RED", photo_ids=(PHOTO,)))
    assert re.fullmatch(r"TKT-[2-9A-HJ-NP-Z]{10}", ticket.number)
    assert (ticket.kind, ticket.state, ticket.order_number) == (PROBLEM, "open", number)
    assert (ticket.skus, ticket.problem) == (("LAPTOP-13-8", "SHIRT-RED"), "faulty")
    assert (ticket.words, ticket.email, ticket.photo_ids) == ("it does not turn on", EMAIL, (PHOTO,))
    assert ticket.created_at <= utc_now()
    with reading(shelf) as session:
        assert find_ticket(session, ada, f" {ticket.number.lower()} ") == ticket


def test_opening_leaves_the_order_as_it_is_and_stands_in_the_audit(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", LAPTOP_13_8=1)
    orders, stock, entries = state_of(shelf)
    with reading(shelf) as session:
        changed_at = order_row(session, number).updated_at
    ticket = opened(shelf, ada, problem(number))
    assert state_of(shelf) == (orders, stock, entries + 1)
    with reading(shelf) as session:
        assert order_row(session, number).updated_at == changed_at
    entry: AuditEntry = audit(shelf)[-1]
    assert (entry.who, entry.conversation, entry.action) == ("ada", ada.shopper_id, "open_ticket")
    assert (entry.order_number, entry.why, entry.key) == (number, "it does not turn on", "key-1")
    assert entry.after == {f"ticket {ticket.number}": {"kind": PROBLEM, "state": "open", "photos": 0}}
    assert not entry.before


def test_a_second_yes_opens_nothing_more(shelf: Sessions, guest: Shopper) -> None:
    first = opened(shelf, guest)
    assert opened(shelf, guest) == first
    assert (count(shelf), len(audit(shelf))) == (1, 1)


def test_the_same_yes_twice_at_once_opens_one(shelf: Sessions, guest: Shopper) -> None:
    with ThreadPoolExecutor(4) as pool:
        numbers = {view.number for view in pool.map(lambda _: opened(shelf, guest), range(4))}
    assert (len(numbers), count(shelf), len(audit(shelf))) == (1, 1, 1)


def test_a_key_stands_for_one_request(shelf: Sessions, guest: Shopper) -> None:
    opened(shelf, guest)
    with pytest.raises(KeyReused):
        opened(shelf, guest, TicketRequest(COMPLAINT, EMAIL, words="another thing"))
    assert count(shelf) == 1


def test_only_so_many_are_opened_within_an_hour(shelf: Sessions, guest: Shopper, ada: Shopper) -> None:
    for place in range(MAX_TICKETS):
        opened(shelf, guest, key=f"key-{place}")
    with pytest.raises(TooManyTickets) as refused:
        opened(shelf, guest, key="one-more")
    assert refused.value.limit == MAX_TICKETS
    assert opened(shelf, guest, key="key-0").kind == PERSON
    assert opened(shelf, ada).kind == PERSON
    with writing(shelf) as session:
        for row in session.scalars(select(Ticket)):
            row.created_at -= WINDOW
    assert opened(shelf, guest, key="one-more").kind == PERSON


@pytest.mark.parametrize("number", [*WEIRD_NUMBERS[1:], "999999", "{own}"], ids=ascii)
def test_another_s_order_is_as_unknown_as_none(shelf: Sessions, ada: Shopper, number: str) -> None:
    number = number.format(own=placed(shelf, ada, "delivered", LAPTOP_13_8=1)) if number == "{own}" else number
    before = state_of(shelf)
    for stranger in (STRANGER, Shopper("web-eve")):
        with pytest.raises(OrderNotFound):
            opened(shelf, stranger, problem(number))
    assert state_of(shelf) == before
    assert count(shelf) == 0


def test_an_order_number_in_full_width_digits_is_read(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", LAPTOP_13_8=1)
    wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in number)
    assert opened(shelf, ada, problem(wide)).order_number == number


def test_a_guest_may_speak_of_the_order_that_a_code_has_opened(shelf: Sessions, ada: Shopper) -> None:
    number, eve, guests = placed(shelf, ada, "delivered", LAPTOP_13_8=1), Shopper("web-eve"), Guests(shelf)
    guests.open(eve, number, EMAIL)
    with writing(shelf) as session:
        ticket = open_ticket(session, eve, RULES, guests, problem(number), "key")
        with pytest.raises(OrderNotFound):
            open_ticket(session, Shopper("web-mallory"), RULES, guests, problem(number), "key")
    assert ticket.order_number == number


def test_a_line_that_is_not_in_the_order_and_an_unknown_problem_are_refused(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", LAPTOP_13_8=1)
    with pytest.raises(OrderLineNotFound):
        opened(shelf, ada, problem(number, "MUG"))
    for wrong in ("changed my mind", "x'; --", "f" * 200):
        with pytest.raises(UnknownReason) as refused:
            opened(shelf, ada, problem(number, problem=wrong))
        assert refused.value.known == known_problems(RULES)
    assert count(shelf) == 0


def test_what_can_be_wrong_is_what_the_rules_call_a_fault_and_what_is_missing() -> None:
    assert known_problems(RULES) == (
        "not as described", "damaged on arrival", "faulty", "wrong item", "missing item",
    )  # fmt: skip


@pytest.mark.parametrize("words", NASTY_WORDS.values(), ids=list(NASTY_WORDS))
def test_words_are_cleaned_and_cut(shelf: Sessions, guest: Shopper, words: str) -> None:
    kept = opened(shelf, guest, dataclasses.replace(ASKED, words=words)).words
    assert "broke" in kept or "intent" in kept
    assert len(kept) <= MOST_WORDS
    assert kept.isprintable()
    assert not set("<>{}") & set(kept)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "joke"},
        {"photo_ids": ("../../etc/passwd",)},
        {"photo_ids": (PHOTO,) * 5},
        {"problem": "faulty"},
        {"kind": PROBLEM, "number": "1001"},
    ],
    ids=str,
)
def test_a_request_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"kind|photo|problem"):
        dataclasses.replace(ASKED, **wrong)


@pytest.mark.parametrize("email", ["", "nobody", "a@b\r\nBcc: c@d.example", "x" * 300 + "@example.com"])
def test_an_address_that_takes_no_answer_is_refused(email: str) -> None:
    with pytest.raises(InvalidAddress):
        TicketRequest(PERSON, email)


def test_a_ticket_is_found_by_its_own_shopper_alone(shelf: Sessions, ada: Shopper, guest: Shopper) -> None:
    hers, theirs = opened(shelf, ada), opened(shelf, guest)
    with reading(shelf) as session:
        assert find_ticket(session, Shopper("web-elsewhere", "ada"), hers.number) == hers
        for number, shopper in ((hers.number, guest), (theirs.number, ada), (hers.number, STRANGER)):
            with pytest.raises(TicketNotFound):
                find_ticket(session, shopper, number)
        for number in ("", "TKT-", "\x00", "'; DROP TABLE tickets;--", "T" * 500):
            with pytest.raises(TicketNotFound):
                find_ticket(session, ada, number)
        assert open_tickets(session, guest, PERSON) == (theirs,)
        assert open_tickets(session, guest, COMPLAINT) == ()
