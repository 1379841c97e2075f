"""A guest's look at one order: what opens it, what does not, and that nobody learns of orders that are not theirs."""

from __future__ import annotations

import datetime as dt
import hmac
import io
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select

from shop.db import Sessions, reading, writing
from shop.errors import AccessLocked, CodeRefused, InvalidAddress, OrderNotFound, TooManyRequests
from shop.guest_access import (
    ACCESS_TIME,
    CODE_LIFETIME,
    LOCK_TIME,
    MAX_REQUESTS,
    MAX_TRIES,
    REQUEST_WINDOW,
    GuestAccess,
    Wording,
    normalise_contact,
)
from shop.models import Customer, GuestCode, Order, OrderLine
from shop.order_views import OrderView
from shop.orders import find_order, list_orders
from shop.senders import BackgroundSender, ConsoleSender, Message
from shop.shoppers import Shopper

KEY = "0123456789abcdef0123456789abcdef"
NOON = dt.datetime(2026, 3, 5, 12, tzinfo=dt.timezone.utc)
WORDING = Wording("Your code", "{code} opens order {number}.")
EVE = Shopper("web-eve")
EMAIL, PHONE = "ada@example.com", "+44 20 7946 0958"


class Outbox:
    """A sender that keeps what it sends."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, message: Message) -> None:
        self.messages.append(message)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


class Desk:
    """Guest access on a shop with two orders: 1001 of a guest with an account's phone, and 1002 of somebody else."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions, self.outbox, self.clock = sessions, Outbox(), Clock()
        self.sender = BackgroundSender(self.outbox)
        self.access = GuestAccess(sessions, self.sender, KEY, self.clock)

    def ask(self, number: str = "1001", contact: str = EMAIL, shopper: Shopper = EVE) -> str | None:
        """Ask for a code; give the one that was sent, or None where none was."""
        before = len(self.outbox.messages)
        self.access.request_code(shopper, number, contact, WORDING)
        self.sender.settle()
        sent = self.outbox.messages[before:]
        return sent[0].body[:6] if sent else None

    def enter(self, code: str | None, shopper: Shopper = EVE) -> OrderView:
        return self.access.enter_code(shopper, code or "")

    def find(self, number: str | None = None, shopper: Shopper = EVE) -> OrderView:
        with reading(self.sessions) as session:
            return self.access.find_order(session, shopper, number)

    def later(self, time: dt.timedelta) -> None:
        self.clock.now += time

    def rows(self) -> list[GuestCode]:
        with reading(self.sessions) as session:
            return list(session.scalars(select(GuestCode).order_by(GuestCode.id)))


def order(number: str, email: str, customer_id: int | None = None) -> Order:
    return Order(
        number=number,
        shopper_id=f"web-{number}",
        customer_id=customer_id,
        email=email,
        currency="USD",
        subtotal=Decimal(20),
        delivery_price=Decimal(5),
        total=Decimal(25),
        delivery_method="standard",
        ship_name="Somebody",
        ship_street="1 Street",
        ship_city="City",
        ship_postcode="12345",
        ship_country="US",
        lines=[OrderLine(sku="MUG", name="Mug", unit_price=Decimal(10), quantity=2)],
    )


@pytest.fixture
def desk(sessions: Sessions) -> Desk:
    with writing(sessions) as session:
        ada = Customer(public_id="ada", email="other@example.com", name="Ada Lovelace", phone=PHONE)
        session.add(ada)
        session.flush()
        session.add_all([order("1001", EMAIL, ada.id), order("1002", "bo@example.com")])
    return Desk(sessions)


def wrong(code: str | None) -> str:
    return f"{(int(code or '0') + 1) % 1_000_000:06}"


def test_the_code_of_the_mail_opens_the_order(desk: Desk) -> None:
    code = desk.ask()
    assert re.fullmatch(r"[0-9]{6}", code or "")
    assert [message.to for message in desk.outbox.messages] == [EMAIL]
    assert desk.enter(code).number == "1001"
    assert desk.find().number == "1001"
    assert desk.find("１００１").number == "1001"


@pytest.mark.parametrize(
    "contact", ["ADA@Example.com ", PHONE, "020 7946 0958", "0044 20 79460958", "０２０７９４６０９５８"], ids=str
)
def test_the_contact_may_be_written_in_any_way(desk: Desk, contact: str) -> None:
    assert desk.enter(desk.ask(contact=contact)).number == "1001"
    # Wherever it is asked from, the code goes to the address of the order.
    assert {message.to for message in desk.outbox.messages} == {EMAIL}


@pytest.mark.parametrize(
    "typed", ["{0} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", "{0[0]}{0[1]}{0[2]}-{0[3]}{0[4]}{0[5]}"]
)
def test_a_code_may_be_typed_with_spaces(desk: Desk, typed: str) -> None:
    assert desk.enter(typed.format(desk.ask())).number == "1001"


def test_a_code_in_full_width_digits_is_the_same_code(desk: Desk) -> None:
    code = desk.ask() or ""
    assert desk.enter("".join(chr(ord(digit) + 0xFEE0) for digit in code)).number == "1001"


@pytest.mark.parametrize(
    ("number", "contact"),
    [("1002", EMAIL), ("9999", EMAIL), ("1001", "bo@example.com"), ("1001", "020 7946 0959"), ("10" * 20, EMAIL)],
    ids=["another's order", "no such order", "another's e-mail", "another's phone", "a number that is none"],
)
def test_what_does_not_belong_together_gets_no_code_and_the_same_answer(desk: Desk, number: str, contact: str) -> None:
    assert desk.ask(number, contact) is None
    for left in range(MAX_TRIES - 1, 0, -1):
        with pytest.raises(CodeRefused) as refused:
            desk.enter("123456")
        assert refused.value.tries_left == left
    with pytest.raises(AccessLocked):
        desk.enter("123456")
    with pytest.raises(OrderNotFound):
        desk.find()


@pytest.mark.parametrize(
    "contact", ["", "nobody", "12345", "1" * 16, "a@b", "'; DROP TABLE orders;--", "１２"], ids=str
)
def test_what_is_no_contact_is_refused_before_anything_is_looked_up(desk: Desk, contact: str) -> None:
    for number in ("1001", "9999"):
        with pytest.raises(InvalidAddress):
            desk.ask(number, contact)
    assert desk.rows() == []


def test_a_code_is_good_for_one_use(desk: Desk) -> None:
    code = desk.ask()
    desk.enter(code)
    with pytest.raises(CodeRefused) as refused:
        desk.enter(code)
    assert refused.value.tries_left == 0


def test_a_code_expires(desk: Desk) -> None:
    code = desk.ask()
    desk.later(CODE_LIFETIME)
    with pytest.raises(CodeRefused):
        desk.enter(code)


def test_only_the_last_code_counts(desk: Desk) -> None:
    first = desk.ask()
    second = desk.ask()
    if first != second:
        with pytest.raises(CodeRefused):
            desk.enter(first)
    assert desk.enter(second).number == "1001"


def test_a_code_is_good_in_the_conversation_that_asked_for_it_alone(desk: Desk) -> None:
    code = desk.ask()
    thief = Shopper("web-thief")
    with pytest.raises(CodeRefused):
        desk.enter(code, thief)
    desk.enter(code)
    with pytest.raises(OrderNotFound):
        desk.find(shopper=thief)


def test_after_five_wrong_tries_the_right_code_opens_nothing(desk: Desk) -> None:
    code = desk.ask()
    for _ in range(MAX_TRIES - 1):
        with pytest.raises(CodeRefused):
            desk.enter(wrong(code))
    for attempt in (wrong(code), code, code):
        with pytest.raises(AccessLocked) as locked:
            desk.enter(attempt)
        assert locked.value.until == NOON + LOCK_TIME


def lock(desk: Desk, number: str = "1001", contact: str = EMAIL) -> None:
    code = desk.ask(number, contact)
    for _ in range(MAX_TRIES):
        with pytest.raises((CodeRefused, AccessLocked)):
            desk.enter(wrong(code))


@pytest.mark.parametrize("number", ["1001", "9999"], ids=["an order", "no order"])
def test_a_lock_holds_in_every_conversation_and_ends(desk: Desk, number: str) -> None:
    lock(desk, number)
    for shopper in (EVE, Shopper("web-other")):
        with pytest.raises(AccessLocked):
            desk.ask(number, shopper=shopper)
    desk.later(LOCK_TIME)
    desk.ask(number, shopper=Shopper("web-other"))


def test_a_phone_number_with_another_country_in_front_is_locked_with_it(desk: Desk) -> None:
    lock(desk, contact="020 7946 0958")
    with pytest.raises(AccessLocked):
        desk.ask(contact="+1 20 7946 0958")


def test_a_stranger_who_knows_only_the_number_keeps_nobody_from_their_order(desk: Desk) -> None:
    lock(desk, contact="eve@example.com")
    ada = Shopper("web-ada")
    assert desk.enter(desk.ask(shopper=ada), ada).number == "1001"


@pytest.mark.parametrize("number", ["1001", "9999"], ids=["an order", "no order"])
def test_a_conversation_gets_so_many_codes_an_hour(desk: Desk, number: str) -> None:
    for place in range(MAX_REQUESTS):
        desk.ask(number, f"ada{place}@example.com")
    with pytest.raises(TooManyRequests):
        desk.ask(number)
    desk.later(REQUEST_WINDOW)
    desk.ask(number)


def test_nobody_is_flooded_with_mail_from_many_conversations(desk: Desk) -> None:
    for place in range(MAX_REQUESTS):
        assert desk.ask(shopper=Shopper(f"web-{place}"))
    with pytest.raises(TooManyRequests):
        desk.ask(shopper=Shopper("web-more"))


def test_the_look_ends_after_a_time(desk: Desk) -> None:
    desk.enter(desk.ask())
    desk.later(ACCESS_TIME)
    with pytest.raises(OrderNotFound):
        desk.find()


def test_it_is_a_look_at_one_order_and_nothing_else(desk: Desk) -> None:
    desk.enter(desk.ask())
    with pytest.raises(OrderNotFound):
        desk.find("1002")
    with reading(desk.sessions) as session:
        assert list_orders(session, EVE) == []
        with pytest.raises(OrderNotFound):
            find_order(session, EVE, "1001")


def test_a_new_code_ends_no_look_before_it_is_entered(desk: Desk) -> None:
    desk.enter(desk.ask())
    desk.ask("1002", "bo@example.com")
    assert desk.find().number == "1001"


def test_guesses_at_the_same_time_are_all_counted(desk: Desk) -> None:
    code = desk.ask()

    def guess(_: int) -> str:
        try:
            desk.enter(wrong(code))
        except (CodeRefused, AccessLocked) as error:
            return type(error).__name__
        return "opened"

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(guess, range(16)))
    assert outcomes == {"CodeRefused": MAX_TRIES - 1, "AccessLocked": 16 - MAX_TRIES + 1}


def test_one_code_entered_twice_at_once_opens_once(desk: Desk) -> None:
    code = desk.ask()

    def enter(_: int) -> bool:
        try:
            return bool(desk.enter(code))
        except CodeRefused:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(enter, range(4))) == 1


# The same work, whether or not there is such an order


class Work:
    """Counts the statements, hashes and comparisons that are made, by their kind."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()

    def counting(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            self.done[name] += 1
            return function(*arguments)

        return counted


@pytest.fixture
def work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    work = Work()
    engine = desk.sessions.kw["bind"]

    def statement(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        work.done[" ".join(sql.split())] += 1

    event.listen(engine, "before_cursor_execute", statement)
    for name in ("digest", "compare_digest"):
        monkeypatch.setattr(hmac, name, work.counting(name, getattr(hmac, name)))
    monkeypatch.setattr(desk.sender, "hand_over", work.counting("hand_over", desk.sender.hand_over))
    yield work
    event.remove(engine, "before_cursor_execute", statement)


def worked(work: Work, task: Callable[[], object]) -> Counter[str]:
    work.done = Counter()
    task()
    return work.done


CASES = {
    "no such order": ("9999", EMAIL),
    "another's order": ("1002", EMAIL),
    "another's phone": ("1001", "020 7946 0959"),
    "no number": ("none", EMAIL),
}


@pytest.mark.parametrize(("number", "contact"), CASES.values(), ids=CASES.keys())
def test_asking_is_the_same_work(desk: Desk, work: Work, number: str, contact: str) -> None:
    there = worked(work, lambda: desk.ask("1001", EMAIL, Shopper("web-1")))
    not_there = worked(work, lambda: desk.ask(number, contact, Shopper("web-2")))
    assert there == not_there
    assert there["digest"] == 3
    assert there["compare_digest"] == 2
    assert there["hand_over"] == 1


@pytest.mark.parametrize(("number", "contact"), CASES.values(), ids=CASES.keys())
def test_a_wrong_code_is_the_same_work(desk: Desk, work: Work, number: str, contact: str) -> None:
    one, two = Shopper("web-1"), Shopper("web-2")
    code = desk.ask("1001", EMAIL, one)
    desk.ask(number, contact, two)

    def guess(shopper: Shopper) -> None:
        with pytest.raises(CodeRefused):
            desk.enter(wrong(code), shopper)

    there, not_there = worked(work, lambda: guess(one)), worked(work, lambda: guess(two))
    assert there == not_there
    assert (there["digest"], there["compare_digest"]) == (1, 1)


# What is kept and what is logged


def test_neither_code_nor_contact_is_kept(desk: Desk) -> None:
    code = desk.ask() or ""
    kept = str([vars(row) for row in desk.rows()])
    for secret in (code, EMAIL, "1001", "ada"):
        assert f"'{secret}'" not in kept, secret
    assert len({row.code_hash for row in desk.rows()}) == 1


def test_the_same_code_has_another_hash_each_time(desk: Desk) -> None:
    desk.ask()
    (row,) = desk.rows()
    assert row.code_hash not in {desk.access._hash("other", f"{code:06}") for code in range(1000)}
    stranger = GuestAccess(desk.sessions, desk.sender, KEY.upper())
    assert stranger._hash(row.salt, "123456") != desk.access._hash(row.salt, "123456")


def test_nothing_personal_is_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    code = desk.ask() or ""
    desk.ask("9999", "020 7946 0958")
    with pytest.raises(CodeRefused):
        desk.enter("1234567")
    for secret in (code, EMAIL, "9999", "7946"):
        assert secret not in caplog.text


def test_requests_of_yesterday_are_gone(desk: Desk) -> None:
    desk.ask()
    desk.later(dt.timedelta(days=1, seconds=1))
    desk.ask("1002", "bo@example.com")
    assert len(desk.rows()) == 1


def test_a_short_key_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="at least 32"):
        GuestAccess(desk.sessions, desk.sender, "short")


def test_codes_are_of_six_digits_and_differ(desk: Desk) -> None:
    codes = set()
    for _ in range(20):
        codes.add(desk.ask(shopper=EVE))
        desk.later(REQUEST_WINDOW)
    assert len(codes) > 15


def test_the_demo_prints_the_code(sessions: Sessions) -> None:
    stream = io.StringIO()
    sender = BackgroundSender(ConsoleSender(stream))
    with writing(sessions) as session:
        session.add(order("1001", EMAIL))
    access = GuestAccess(sessions, sender, KEY)
    access.request_code(EVE, "1001", EMAIL, WORDING)
    sender.settle()
    found = re.search(r"([0-9]{6}) opens order 1001", stream.getvalue())
    assert found
    assert access.enter_code(EVE, found[1]).number == "1001"


@pytest.mark.parametrize(
    ("text", "normal"),
    [("Ada@EXAMPLE.com", EMAIL), ("+86 138-0013-8000", "8613800138000"), ("１３８００１３８０００", "13800138000")],
    ids=str,
)
def test_a_contact_is_read(text: str, normal: str) -> None:
    assert normalise_contact(text) == normal
