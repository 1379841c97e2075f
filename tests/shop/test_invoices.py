"""Invoices are asked for once an order, by whoever ordered, with a title and a tax number that can be used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from shop.db import Sessions, reading, writing
from shop.errors import InvalidAddress, InvalidInvoice, InvoiceAsked, OrderNotFound, PolicyRefusal
from shop.invoices import COMPANY, PERSONAL, InvoiceDetails, InvoiceView, check_invoice, request_invoice
from shop.models import InvoiceRequest
from shop.shoppers import Shopper
from shop.tax_ids import check_tax_id
from tests.shop.desk import STRANGER, Guests
from tests.shop.service import EMAIL, WEIRD_NUMBERS, audit, placed, rules, state_of

RULES = rules()
TAX_ID = "91350100M000100Y43"
MINE = InvoiceDetails(PERSONAL, "Ada Lovelace", EMAIL)
FIRM = InvoiceDetails(COMPANY, "北京晴天科技有限公司", "books@example.com", TAX_ID)


def asked(
    shelf: Sessions, shopper: Shopper, number: str, details: InvoiceDetails = MINE, key: str = "key-1"
) -> InvoiceView:
    with writing(shelf) as session:
        return request_invoice(session, shopper, RULES, Guests(shelf), number, details, key)


def count(shelf: Sessions) -> int:
    with reading(shelf) as session:
        return session.scalar(select(func.count()).select_from(InvoiceRequest)) or 0


@pytest.mark.parametrize("details", [MINE, FIRM], ids=["person", "company"])
def test_a_request_holds_what_was_said_and_stands_in_the_audit(
    shelf: Sessions, ada: Shopper, details: InvoiceDetails
) -> None:
    number = placed(shelf, ada, SHIRT_RED=1)
    before = state_of(shelf)
    view = asked(shelf, ada, number, details)
    assert (view.number, view.kind, view.title, view.tax_id, view.email, view.state) == (
        number, details.kind, details.title, details.tax_id, details.email, "open",
    )  # fmt: skip
    assert state_of(shelf) == (*before[:2], before[2] + 1)
    entry = audit(shelf)[-1]
    assert (entry.who, entry.action, entry.order_number) == ("ada", "request_invoice", number)
    # Who asked, and for what: the name and the numbers on the invoice stand in its own row alone.
    assert list(entry.after.values()) == [{"kind": details.kind, "state": "open"}]


def test_an_order_has_one_open_request(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=1)
    first = asked(shelf, ada, number)
    assert asked(shelf, ada, number) == first
    assert asked(shelf, ada, number, key="another-key") == first
    with pytest.raises(InvoiceAsked):
        asked(shelf, ada, number, FIRM, "key-2")
    with reading(shelf) as session, pytest.raises(InvoiceAsked):
        check_invoice(session, ada, RULES, Guests(shelf), number)
    assert (count(shelf), len([one for one in audit(shelf) if one.action == "request_invoice"])) == (1, 1)
    with writing(shelf) as session:
        session.scalars(select(InvoiceRequest)).one().state = "sent"
    assert asked(shelf, ada, number, FIRM, "key-3").kind == COMPANY


def test_the_same_yes_twice_at_once_asks_once(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=1)
    with ThreadPoolExecutor(4) as pool:
        views = list(pool.map(lambda _: asked(shelf, ada, number), range(4)))
    assert len(set(views)) == count(shelf) == 1


def test_an_order_that_is_not_paid_gets_none_by_a_rule(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "waiting_for_payment", SHIRT_RED=1)
    with pytest.raises(PolicyRefusal) as refused:
        asked(shelf, ada, number)
    assert (refused.value.rule, refused.value.reason) == ("payment.invoice", "state")
    assert count(shelf) == 0


@pytest.mark.parametrize("number", [*WEIRD_NUMBERS, "999999", "own"], ids=ascii)
def test_another_s_order_is_as_unknown_as_none(shelf: Sessions, ada: Shopper, number: str) -> None:
    hers = placed(shelf, ada, SHIRT_RED=1)
    number = hers if number == "own" else number
    for stranger in (STRANGER, Shopper("web-eve")):
        with pytest.raises(OrderNotFound):
            asked(shelf, stranger, number)
        with reading(shelf) as session, pytest.raises(OrderNotFound):
            check_invoice(session, stranger, RULES, Guests(shelf), number)
    assert count(shelf) == 0


def test_a_guest_gets_one_for_the_order_that_a_code_has_opened(shelf: Sessions, ada: Shopper) -> None:
    number, eve, guests = placed(shelf, ada, SHIRT_RED=1), Shopper("web-eve"), Guests(shelf)
    guests.open(eve, number, EMAIL)
    with writing(shelf) as session:
        assert request_invoice(session, eve, RULES, guests, number, MINE, "key").number == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("91350100M000100Y43", TAX_ID),
        (" 9135 0100 m000 100y43 ", TAX_ID),
        ("９１３５０１００Ｍ０００１００Ｙ４３", TAX_ID),
        ("DE136695976", "DE136695976"),
        ("de 136.695.976", "DE136695976"),
        ("NL004495445B01", "NL004495445B01"),
        ("FRXX999999999", "FRXX999999999"),
        ("12-3456789", "123456789"),
    ],
)
def test_tax_numbers_are_read_however_they_are_written(text: str, code: str) -> None:
    assert check_tax_id(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "12345678", "91350100M000100Y44", "91350100I000100Y43", "91350100M000100Y4", "QQ136695976",
        "DE12", "DEABCDEFGHI", "1" * 10_000, "<script>", "91350100M000100Y43'; --", "\x00" * 9, "10" * 15, "九一三五",
    ],
    ids=lambda text: ascii(text)[:24],
)  # fmt: skip
def test_what_is_no_tax_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidInvoice) as refused:
        check_tax_id(text)
    assert (refused.value.field, refused.value.value) == ("tax_id", text)


@pytest.mark.parametrize(
    "title",
    ["", "A", "12345", "<script>alert(1)</script>", "Acme\x00", "Ac\u202eme", "A" * 101, "x" * 10_000, "{name}"],
    ids=lambda text: ascii(text)[:24],
)
def test_a_title_that_is_no_name_is_refused(title: str) -> None:
    with pytest.raises(InvalidInvoice) as refused:
        InvoiceDetails(PERSONAL, title, EMAIL)
    assert (refused.value.field, refused.value.value) == ("title", title)


def test_a_company_has_a_tax_number_and_a_person_has_none() -> None:
    for kind, tax_id in ((COMPANY, None), (PERSONAL, TAX_ID)):
        with pytest.raises(InvalidInvoice, match="tax_id"):
            InvoiceDetails(kind, "Acme & Co. KG", EMAIL, tax_id)
    with pytest.raises(InvalidInvoice, match="kind"):
        InvoiceDetails("gift", "Acme", EMAIL)


def test_an_address_to_which_nothing_goes_is_refused() -> None:
    with pytest.raises(InvalidAddress):
        InvoiceDetails(PERSONAL, "Ada", "nowhere")
