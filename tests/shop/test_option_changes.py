"""A line becomes another option of the same thing before the order is packed, at a difference that is stated."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import delete

from shop.cancellations import do_cancel, propose_cancel
from shop.changes import Yes
from shop.db import Sessions, reading, writing
from shop.errors import (
    NotEnoughStock,
    NotForSale,
    OrderLineNotFound,
    OrderNotFound,
    PolicyRefusal,
    ShopError,
    VariantNotFound,
)
from shop.models import Promotion, Variant, utc_now
from shop.option_changes import OptionProposal, do_option_change, propose_option_change
from shop.orders import find_order
from shop.refunds import refund_status
from shop.shoppers import Shopper
from tests.shop.service import (
    WEIRD_NUMBERS,
    audit,
    change_variant,
    placed,
    rules,
    state_of,
    stock,
    usd,
    yes,
)

RULES = rules()


def change(shelf: Sessions, shopper: Shopper, number: str, sku: str, new_sku: str) -> OptionProposal:
    with writing(shelf) as session:
        proposal = propose_option_change(session, shopper, RULES, number, sku, new_sku)
        do_option_change(session, shopper, RULES, number, yes(proposal), sku, new_sku)
    return proposal


def refused(shelf: Sessions, shopper: Shopper, number: str, sku: str, new_sku: str) -> PolicyRefusal:
    before = state_of(shelf)
    with writing(shelf) as session:
        with pytest.raises(PolicyRefusal) as why:
            propose_option_change(session, shopper, RULES, number, sku, new_sku)
        with pytest.raises(PolicyRefusal):
            do_option_change(session, shopper, RULES, number, Yes("x", "k"), sku, new_sku)
    assert state_of(shelf) == before
    return why.value


def test_a_line_becomes_another_option_and_its_pieces_move(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=2)
    proposal = change(shelf, ada, number, "shirt-red", " shirt-black ")
    assert (proposal.quantity, proposal.difference, proposal.refund, proposal.total) == (
        2,
        usd(0),
        usd(0),
        usd("44.93"),
    )
    with reading(shelf) as session:
        [line] = find_order(session, ada, number).lines
    assert (line.sku, line.name, line.options, line.quantity) == ("SHIRT-BLACK", "Shirt black", {"colour": "black"}, 2)
    assert (stock(shelf, "SHIRT-RED"), stock(shelf, "SHIRT-BLACK")) == (3, 98)
    entry = audit(shelf)[-1]
    assert (entry.rule, entry.stock) == ("returns.option-change", {"SHIRT-BLACK": -2, "SHIRT-RED": 2})


def test_a_cheaper_option_pays_the_difference_of_today_back(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=2)
    change_variant(shelf, "SHIRT-RED", price=Decimal("25.00"))
    change_variant(shelf, "SHIRT-BLACK", price=Decimal("22.50"))
    proposal = change(shelf, ada, number, "SHIRT-RED", "SHIRT-BLACK")
    assert (proposal.unit_price, proposal.difference, proposal.refund) == (usd("17.49"), usd(-5), usd(5))
    with reading(shelf) as session:
        order = find_order(session, ada, number)
        [refund] = refund_status(session, ada, RULES, number)
    assert (order.total, order.refunded, order.paid) == (usd("39.93"), usd(5), usd("44.93"))
    assert (refund.kind, refund.state) == ("option_change", "pending")


def test_a_price_cut_that_has_ended_is_kept(shelf: Sessions, ada: Shopper) -> None:
    now = utc_now()
    with writing(shelf) as session:
        runs = {"starts_at": now - dt.timedelta(days=1), "ends_at": now + dt.timedelta(days=1)}
        session.add(Promotion(code="HALF", name="Half", percent=50, **runs))
    number = placed(shelf, ada, SHIRT_RED=1)
    with writing(shelf) as session:
        session.execute(delete(Promotion))
    assert change(shelf, ada, number, "SHIRT-RED", "SHIRT-BLACK").unit_price == usd("10.00")


def test_a_dearer_option_is_for_unpaid_orders_only(shelf: Sessions, ada: Shopper) -> None:
    change_variant(shelf, "SHIRT-BLACK", price=Decimal("20.00"))
    paid = placed(shelf, ada, SHIRT_RED=1)
    why = refused(shelf, ada, paid, "SHIRT-RED", "SHIRT-BLACK")
    assert (why.rule, why.reason, why.facts["difference"]) == ("returns.option-change", "dearer", Decimal("0.01"))
    waiting = placed(shelf, ada, "waiting_for_payment", SHIRT_RED=1)
    assert change(shelf, ada, waiting, "SHIRT-RED", "SHIRT-BLACK").total == usd("24.95")


def test_a_discount_stays_on_the_line(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, discount="3.00", SHIRT_RED=2)
    change_variant(shelf, "SHIRT-BLACK", price=Decimal("18.99"))
    change(shelf, ada, number, "SHIRT-RED", "SHIRT-BLACK")
    with reading(shelf) as session:
        [line] = find_order(session, ada, number).lines
    assert (line.total, line.discount) == (usd("34.98"), usd(3))


def test_after_a_part_was_cancelled_the_rest_is_changed(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=3)
    with writing(shelf) as session:
        proposal = propose_cancel(session, ada, RULES, number, {"SHIRT-RED": 1})
        do_cancel(session, ada, RULES, number, yes(proposal), {"SHIRT-RED": 1})
    assert change(shelf, ada, number, "SHIRT-RED", "SHIRT-BLACK").quantity == 2
    with reading(shelf) as session:
        order = find_order(session, ada, number)
    assert [(line.sku, line.quantity, line.cancelled) for line in order.lines] == [("SHIRT-BLACK", 2, 0)]
    assert order.total == usd("44.93")


@pytest.mark.parametrize(
    ("new_sku", "reason"),
    [
        ("SHIRT-RED", "same_option"),
        ("SHIRT-BLACK", "in_order"),
        ("LAPTOP-13-8", "other_product"),
        ("MUG", "other_product"),
    ],
)
def test_only_another_option_of_the_same_thing_takes_its_place(
    shelf: Sessions, ada: Shopper, new_sku: str, reason: str
) -> None:
    number = placed(shelf, ada, SHIRT_RED=1, SHIRT_BLACK=1)
    assert refused(shelf, ada, number, "SHIRT-RED", new_sku).reason == reason


@pytest.mark.parametrize("state", ["packed", "shipped", "delivered"])
def test_a_packed_order_stays_as_it_is(shelf: Sessions, ada: Shopper, state: str) -> None:
    number = placed(shelf, ada, state, SHIRT_RED=1)
    assert refused(shelf, ada, number, "SHIRT-RED", "SHIRT-BLACK").facts["state"] == state


@pytest.mark.parametrize(
    ("sku", "new_sku", "error"),
    [
        ("SHIRT-BLACK", "SHIRT-RED", NotEnoughStock),
        ("SHIRT-BLACK", "LAMP", PolicyRefusal),
        ("SHIRT-BLACK", "NO-SUCH", VariantNotFound),
        ("SHIRT-BLACK", "'; DROP TABLE variants;--", VariantNotFound),
        ("SHIRT-BLACK", "\x00", VariantNotFound),
        ("NO-SUCH", "SHIRT-RED", OrderLineNotFound),
    ],
)
def test_what_cannot_be_had_is_refused(
    shelf: Sessions, ada: Shopper, sku: str, new_sku: str, error: type[ShopError]
) -> None:
    number = placed(shelf, ada, SHIRT_BLACK=4)
    before = state_of(shelf)
    with reading(shelf) as session, pytest.raises(error):
        propose_option_change(session, ada, RULES, number, sku, new_sku)
    assert state_of(shelf) == before


def test_what_went_off_the_shelf_after_the_question_is_refused(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_BLACK=1)
    with reading(shelf) as session:
        said = yes(propose_option_change(session, ada, RULES, number, "SHIRT-BLACK", "SHIRT-RED"))
    change_variant(shelf, "SHIRT-RED", active=False)
    before = state_of(shelf)
    with writing(shelf) as session, pytest.raises((NotForSale, VariantNotFound)):
        do_option_change(session, ada, RULES, number, said, "SHIRT-BLACK", "SHIRT-RED")
    assert state_of(shelf) == before


def test_a_product_that_is_gone_has_no_other_options(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_BLACK=1)
    with writing(shelf) as session:
        session.execute(delete(Variant).where(Variant.sku == "SHIRT-BLACK"))
    assert refused(shelf, ada, number, "SHIRT-BLACK", "SHIRT-RED").reason == "other_product"


def test_two_orders_after_the_last_pieces_get_them_once(shelf: Sessions, ada: Shopper) -> None:
    numbers = [placed(shelf, ada, SHIRT_BLACK=2) for _ in range(3)]
    with reading(shelf) as session:
        said = {
            number: yes(propose_option_change(session, ada, RULES, number, "SHIRT-BLACK", "SHIRT-RED"))
            for number in numbers
        }
    start = threading.Barrier(3)

    def say_yes(number: str) -> str:
        start.wait()
        try:
            with writing(shelf) as session:
                return do_option_change(session, ada, RULES, number, said[number], "SHIRT-BLACK", "SHIRT-RED").action
        except NotEnoughStock as no:
            return type(no).__name__

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(say_yes, numbers)) == ["NotEnoughStock", "NotEnoughStock", "change_option"]
    assert (stock(shelf, "SHIRT-RED"), stock(shelf, "SHIRT-BLACK")) == (1, 96)


def test_a_repeated_yes_changes_it_once_and_another_one_is_refused(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=1)
    with writing(shelf) as session:
        proposal = propose_option_change(session, ada, RULES, number, "SHIRT-RED", "SHIRT-BLACK")
        first = do_option_change(session, ada, RULES, number, yes(proposal, "k"), "SHIRT-RED", "SHIRT-BLACK")
    after = state_of(shelf)
    with writing(shelf) as session:
        assert do_option_change(session, ada, RULES, number, yes(proposal, "k"), "SHIRT-RED", "SHIRT-BLACK") == first
        with pytest.raises(OrderLineNotFound):
            do_option_change(session, ada, RULES, number, yes(proposal, "o"), "SHIRT-RED", "SHIRT-BLACK")
    assert state_of(shelf) == after


@pytest.mark.parametrize("written", [*WEIRD_NUMBERS, "hers"], ids=ascii)
def test_anothers_order_stays_as_it_is(shelf: Sessions, guest: Shopper, ada: Shopper, written: str) -> None:
    hers = placed(shelf, ada, SHIRT_RED=1)
    asked = hers if written == "hers" else written
    before = state_of(shelf)
    with writing(shelf) as session:
        for ask in (
            lambda: propose_option_change(session, guest, RULES, asked, "SHIRT-RED", "SHIRT-BLACK"),
            lambda: do_option_change(session, guest, RULES, asked, Yes("x", "k"), "SHIRT-RED", "SHIRT-BLACK"),
        ):
            with pytest.raises(OrderNotFound) as missing:
                ask()
            assert str(missing.value) == f"no order {asked!r} for this shopper"
    assert state_of(shelf) == before
