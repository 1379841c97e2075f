"""What comes back is judged by window, category and state, and paid back to the cent, once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import numpy as np
import pytest
from sqlalchemy import func, select

from shop.arrivals import receive_return, refuse_return
from shop.changes import Done, Yes
from shop.db import Sessions, reading, writing
from shop.errors import (
    InvalidQuantity,
    KeyReused,
    NamedTwice,
    NotEnoughStock,
    OrderLineNotFound,
    OrderNotFound,
    PolicyRefusal,
    ReturnNotFound,
    ShopError,
    UnknownReason,
    VariantNotFound,
    WrongState,
)
from shop.fulfilment import deliver, pack, settle_refund, ship
from shop.models import Category, Order, Product, Return, utc_now
from shop.orders import find_order
from shop.policy_rules import PolicyRules
from shop.refunds import refund_status
from shop.returns import (
    ReturnItem,
    ReturnProposal,
    check_return,
    do_return,
    find_return,
    list_returns,
    new_rma_number,
    propose_return,
)
from shop.shoppers import Shopper
from tests.shop.service import (
    WEIRD_NUMBERS,
    audit,
    change_variant,
    delivered_days_ago,
    order_row,
    placed,
    rules,
    state_of,
    stock,
    usd,
    yes,
)

RULES = rules()
RED = ReturnItem("SHIRT-RED", 1, "does not fit")


def ask(shelf: Sessions, shopper: Shopper, number: str, *items: ReturnItem) -> tuple[ReturnProposal, Done]:
    with writing(shelf) as session:
        proposal = propose_return(session, shopper, RULES, number, items)
        return proposal, do_return(session, shopper, RULES, number, yes(proposal), items)


def refused(shelf: Sessions, shopper: Shopper, number: str, *items: ReturnItem) -> PolicyRefusal:
    before = state_of(shelf)
    with writing(shelf) as session:
        with pytest.raises(PolicyRefusal) as why:
            propose_return(session, shopper, RULES, number, items)
        with pytest.raises(PolicyRefusal):
            do_return(session, shopper, RULES, number, Yes("x", "k"), items)
    assert state_of(shelf) == before
    return why.value


def settle_all(shelf: Sessions, number: str) -> None:
    with writing(shelf) as session:
        for refund in list(order_row(session, number).refunds):
            if refund.state == "pending":
                settle_refund(session, refund.id)


def test_a_part_comes_back_without_the_delivery(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=2, SHIRT_BLACK=1)
    proposal, done = ask(shelf, ada, number, RED)
    [piece] = proposal.pieces
    assert (piece.sku, piece.quantity, piece.amount) == ("SHIRT-RED", 1, usd("19.99"))
    assert piece.until == (utc_now() + dt.timedelta(days=29)).date()
    assert (proposal.refund, proposal.delivery, proposal.working_days) == (usd("19.99"), usd(0), 5)
    assert (proposal.kind, proposal.label_free, proposal.rule and proposal.rule.rule) == (
        "return",
        True,
        "returns.window",
    )
    assert done.rma_number is not None
    with reading(shelf) as session:
        back = find_return(session, ada, f" {done.rma_number.lower()} ")
        assert list_returns(session, ada, number) == (back,)
        assert refund_status(session, ada, RULES, number)[0].state == "expected"
        assert find_order(session, ada, number).refunded == usd(0)
    assert (back.state, back.refund, back.pieces) == ("requested", usd("19.99"), (("SHIRT-RED", 1, "does not fit"),))


def test_money_goes_from_expected_to_pending_to_paid(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=2)
    _, done = ask(shelf, ada, number, RED)
    rma = done.rma_number or ""
    with writing(shelf) as session:
        receive_return(session, rma)
    with reading(shelf) as session:
        [refund] = refund_status(session, ada, RULES, number)
        assert find_return(session, ada, rma).state == "received"
    assert (refund.state, refund.amount, refund.rma_number) == ("pending", usd("19.99"), rma)
    assert refund.due_on == np.busday_offset(utc_now().date(), 5, roll="backward").item()
    settle_all(shelf, number)
    with reading(shelf) as session:
        [refund] = refund_status(session, ada, RULES, number)
        assert (refund.state, refund.due_on) == ("paid", None)
        assert find_return(session, ada, rma).state == "refunded"
        assert find_order(session, ada, number).payment_state == "paid"
    assert stock(shelf, "SHIRT-RED") == 2


def test_the_whole_order_comes_back_with_its_delivery_once(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=2)
    first, one = ask(shelf, ada, number, RED)
    second, two = ask(shelf, ada, number, RED)
    assert (first.refund, second.refund, second.delivery) == (usd("19.99"), usd("24.94"), usd("4.95"))
    assert (first.label_free, second.label_free) == (True, False)
    with writing(shelf) as session:
        for done in (one, two):
            receive_return(session, done.rma_number or "")
    settle_all(shelf, number)
    with reading(shelf) as session:
        order = find_order(session, ada, number)
    assert (order.payment_state, order.refunded) == ("refunded", order.paid)


def test_a_faulty_thing_always_travels_free(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=2, SHIRT_BLACK=1)
    ask(shelf, ada, number, RED)
    faulty = ReturnItem("SHIRT-BLACK", 1, "faulty")
    with reading(shelf) as session:
        assert propose_return(session, ada, RULES, number, [faulty]).label_free
        assert not propose_return(session, ada, RULES, number, [faulty, RED]).label_free


def test_a_discounted_line_comes_back_in_shares_that_add_up(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", discount="10.00", SHIRT_RED=3)
    refunds = [ask(shelf, ada, number, RED)[0].goods for _ in range(3)]
    assert sum(refunds, usd(0)) == usd("49.97")
    assert refunds == [usd("16.66"), usd("16.65"), usd("16.66")]


def test_a_refused_return_frees_its_pieces_and_shares_never_exceed_the_line(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", discount="10.00", SHIRT_RED=3)
    _, first = ask(shelf, ada, number, RED)
    ask(shelf, ada, number, RED)
    with writing(shelf) as session:
        refuse_return(session, first.rma_number or "", "worn")
    ask(shelf, ada, number, ReturnItem("SHIRT-RED", 2, "does not fit"))
    with reading(shelf) as session:
        row = order_row(session, number)
        assert sum(back.refund for back in row.returns) == row.paid == Decimal("54.92")
        assert find_return(session, ada, first.rma_number or "").state == "refused"
    assert audit(shelf)[-2].why == "worn"
    with writing(shelf) as session, pytest.raises(WrongState):
        receive_return(session, first.rma_number or "")


def test_the_delivery_is_paid_back_once_whatever_is_refused(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=2)
    _, first = ask(shelf, ada, number, RED)
    second, _ = ask(shelf, ada, number, RED)
    with writing(shelf) as session:
        refuse_return(session, first.rma_number or "", "worn")
    third, _ = ask(shelf, ada, number, RED)
    assert (second.delivery, third.delivery, third.refund) == (usd("4.95"), usd(0), usd("19.99"))


@pytest.mark.parametrize(("days", "allowed"), [(0, True), (30, True), (31, False), (400, False)])
def test_the_window_ends_with_its_last_day(shelf: Sessions, ada: Shopper, days: int, allowed: bool) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=1)
    delivered_days_ago(shelf, number, days)
    if allowed:
        ask(shelf, ada, number, RED)
        return
    why = refused(shelf, ada, number, RED)
    assert (why.rule, why.reason, why.facts["days"]) == ("returns.window", "window", 30)
    assert why.facts["until"] == (utc_now() - dt.timedelta(days=days - 30)).date()


def test_what_no_reason_brings_back_is_refused_before_one_is_asked_for(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=1, SHIRT_BLACK=1)

    def check(number: str, *skus: str) -> None:
        with reading(shelf) as session:
            check_return(session, ada, RULES, number, skus)

    check(number, "SHIRT-RED")
    ask(shelf, ada, number, RED)
    check(number, "SHIRT-BLACK")
    with pytest.raises(PolicyRefusal, match="returned"):
        check(number, "SHIRT-RED")
    delivered_days_ago(shelf, number, 31)
    with pytest.raises(PolicyRefusal, match="window"):
        check(number, "SHIRT-BLACK")
    with pytest.raises(PolicyRefusal, match="state"):
        check(placed(shelf, ada, "packed", SHIRT_RED=1))


@pytest.mark.parametrize("state", ["waiting_for_payment", "paid", "packed"])
def test_what_has_not_been_sent_does_not_come_back(shelf: Sessions, ada: Shopper, state: str) -> None:
    why = refused(shelf, ada, placed(shelf, ada, state, SHIRT_RED=1), RED)
    assert (why.reason, why.facts["state"]) == ("state", state)


def test_of_two_parcels_only_the_one_that_arrived_comes_back(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=2, SHIRT_BLACK=1)
    with writing(shelf) as session:
        pack(session, number, "Post", "A", {"SHIRT-RED": 1})
        pack(session, number, "Post", "B")
        ship(session, "A")
        deliver(session, "A")
    assert refused(shelf, ada, number, ReturnItem("SHIRT-BLACK", 1, "faulty")).reason == "not_delivered"
    assert refused(shelf, ada, number, ReturnItem("SHIRT-RED", 2, "faulty")).reason == "not_delivered"
    ask(shelf, ada, number, RED)
    assert refused(shelf, ada, number, RED).reason == "not_delivered"


def test_plants_come_back_only_damaged_and_within_their_days(shelf: Sessions, ada: Shopper) -> None:
    with writing(shelf) as session:
        shirt = session.scalars(select(Product).where(Product.slug == "shirt")).one()
        shirt.categories = [Category(slug="home-garden/plants", name="Plants")]
    number = placed(shelf, ada, "delivered", SHIRT_RED=2)
    why = refused(shelf, ada, number, RED)
    assert (why.rule, why.reason, why.facts["reasons"]) == ("returns.plants", "category", ("damaged on arrival",))
    damaged = ReturnItem("SHIRT-RED", 1, "damaged on arrival")
    assert ask(shelf, ada, number, damaged)[0].pieces[0].until == (utc_now() + dt.timedelta(days=2)).date()
    delivered_days_ago(shelf, number, 4)
    assert refused(shelf, ada, number, damaged).rule == "returns.plants"


@pytest.mark.parametrize(
    ("items", "error"),
    [
        ([], InvalidQuantity),
        ([ReturnItem("SHIRT-RED", 0, "faulty")], InvalidQuantity),
        ([ReturnItem("SHIRT-RED", -1, "faulty")], InvalidQuantity),
        ([ReturnItem("SHIRT-RED", 3, "faulty")], InvalidQuantity),
        ([ReturnItem("SHIRT-RED", 10**30, "faulty")], InvalidQuantity),
        ([ReturnItem("SHIRT-RED", 1, "'; DROP TABLE returns;--")], UnknownReason),
        ([ReturnItem("SHIRT-RED", 1, "")], UnknownReason),
        ([RED, ReturnItem("shirt-red ", 1, "faulty")], NamedTwice),
        ([ReturnItem("SHIRT-BLACK", 1, "faulty")], OrderLineNotFound),
        ([ReturnItem("\x00", 1, "faulty")], OrderLineNotFound),
        ([ReturnItem("SHIRT-RED", 1, "faulty", "NO-SUCH")], VariantNotFound),
    ],
    ids=["none", "0", "-1", "too many", "10^30", "SQL", "no reason", "twice", "not bought", "NUL", "no such option"],
)
def test_bad_requests_change_nothing(
    shelf: Sessions, ada: Shopper, items: list[ReturnItem], error: type[ShopError]
) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=2)
    before = state_of(shelf)
    with writing(shelf) as session:
        with pytest.raises(error):
            propose_return(session, ada, RULES, number, items)
        with pytest.raises(error):
            do_return(session, ada, RULES, number, Yes("x", "k"), items)
    assert state_of(shelf) == before


def test_a_returned_line_does_not_come_back_twice(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=2)
    ask(shelf, ada, number, ReturnItem("SHIRT-RED", 2, "faulty"))
    assert refused(shelf, ada, number, RED).reason == "returned"


def test_more_than_is_left_is_refused_with_what_is_left(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=3)
    ask(shelf, ada, number, RED)
    with reading(shelf) as session, pytest.raises(InvalidQuantity) as wrong:
        propose_return(session, ada, RULES, number, [ReturnItem("SHIRT-RED", 3, "faulty")])
    assert (wrong.value.minimum, wrong.value.maximum) == (1, 2)


@pytest.mark.parametrize("written", [*WEIRD_NUMBERS, "hers"], ids=ascii)
def test_anothers_order_and_return_are_as_if_they_did_not_exist(
    shelf: Sessions, guest: Shopper, ada: Shopper, written: str
) -> None:
    hers = placed(shelf, ada, "delivered", SHIRT_RED=2)
    _, done = ask(shelf, ada, hers, RED)
    asked = hers if written == "hers" else written
    before = state_of(shelf)
    with writing(shelf) as session:
        for question in (
            lambda: propose_return(session, guest, RULES, asked, [RED]),
            lambda: do_return(session, guest, RULES, asked, Yes("x", "k"), [RED]),
            lambda: list_returns(session, guest, asked),
        ):
            with pytest.raises(OrderNotFound) as missing:
                question()
            assert str(missing.value) == f"no order {asked!r} for this shopper"
        for rma in (done.rma_number or "", asked, "x" * 10_000):
            with pytest.raises(ReturnNotFound) as gone:
                find_return(session, guest, rma)
            assert str(gone.value) == f"no return {rma!r} for this shopper"
    assert state_of(shelf) == before


def test_a_repeated_yes_makes_one_return(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=2)
    with reading(shelf) as session:
        said = yes(propose_return(session, ada, RULES, number, [RED]))
    start = threading.Barrier(6)

    def say_yes(_: int) -> str:
        start.wait()
        with writing(shelf) as session:
            return str(do_return(session, ada, RULES, number, said, [RED]))

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(say_yes, range(6)))) == 1
    with writing(shelf) as session:
        assert session.scalar(select(func.count()).select_from(Return)) == 1
        other = ReturnItem("SHIRT-RED", 1, "faulty")
        again = propose_return(session, ada, RULES, number, [other])
        with pytest.raises(KeyReused):
            do_return(session, ada, RULES, number, Yes(again.fingerprint, said.key), [other])


def test_two_tabs_return_the_last_piece_once(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=1)
    with reading(shelf) as session:
        proposal = propose_return(session, ada, RULES, number, [RED])
    start = threading.Barrier(4)

    def say_yes(tab: int) -> str:
        start.wait()
        try:
            with writing(shelf) as session:
                return do_return(session, ada, RULES, number, yes(proposal, f"tab-{tab}"), [RED]).action
        except PolicyRefusal as no:
            return no.reason

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(say_yes, range(4))) == ["return", "returned", "returned", "returned"]


def test_rma_numbers_are_not_guessed_from_one_another() -> None:
    numbers = {new_rma_number() for _ in range(1000)}
    assert len(numbers) == 1000
    assert all(len(number) == 14 and number.startswith("RMA-") for number in numbers)
    assert len({number[4:8] for number in numbers}) > 900


def exchange(sku: str, new_sku: str, quantity: int = 1) -> ReturnItem:
    return ReturnItem(sku, quantity, "does not fit", new_sku)


def test_an_exchange_keeps_the_new_one_and_sends_it_when_the_old_one_arrives(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_BLACK=2)
    proposal, done = ask(shelf, ada, number, exchange("SHIRT-BLACK", "shirt-red", 2))
    assert (proposal.kind, proposal.refund, proposal.delivery) == ("exchange", usd(0), usd(0))
    assert (proposal.pieces[0].new_sku, proposal.pieces[0].new_amount) == ("SHIRT-RED", usd("39.98"))
    assert (stock(shelf, "SHIRT-RED"), audit(shelf)[-1].stock) == (1, {"SHIRT-RED": -2})
    with writing(shelf) as session:
        receive_return(session, done.rma_number or "")
    assert (stock(shelf, "SHIRT-RED"), stock(shelf, "SHIRT-BLACK")) == (1, 100)
    with reading(shelf) as session:
        back = find_return(session, ada, done.rma_number or "")
        new = find_order(session, ada, back.replacement_number or "")
        old = find_order(session, ada, number)
        [credit] = refund_status(session, ada, RULES, number)
    assert (back.state, new.state, new.total, new.paid) == ("received", "paid", usd("39.98"), usd("39.98"))
    assert [(line.sku, line.quantity) for line in new.lines] == [("SHIRT-RED", 2)]
    assert (credit.kind, credit.state, old.refunded) == ("exchange", "credited", usd("39.98"))


def test_a_cheaper_option_pays_the_difference_back(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", discount="1.00", SHIRT_BLACK=3)
    change_variant(shelf, "SHIRT-RED", price=Decimal("14.99"))
    proposal, done = ask(shelf, ada, number, exchange("SHIRT-BLACK", "SHIRT-RED"))
    assert proposal.refund == usd(5)
    with writing(shelf) as session:
        receive_return(session, done.rma_number or "")
    with reading(shelf) as session:
        kinds = [(one.kind, one.state, one.amount) for one in refund_status(session, ada, RULES, number)]
    assert kinds == [("exchange", "pending", usd(5)), ("exchange", "credited", usd("14.66"))]


def test_a_dearer_option_is_refused_by_the_rule(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_BLACK=1)
    change_variant(shelf, "SHIRT-RED", price=Decimal("20.00"))
    why = refused(shelf, ada, number, exchange("SHIRT-BLACK", "SHIRT-RED"))
    assert (why.rule, why.reason, why.facts["difference"]) == ("returns.exchange", "dearer", Decimal("0.01"))


@pytest.mark.parametrize(
    ("new_sku", "reason"), [("LAPTOP-13-8", "other_product"), ("SHIRT-BLACK", "same_option"), ("MUG", "other_product")]
)
def test_an_exchange_is_for_another_option_of_the_same_thing(
    shelf: Sessions, ada: Shopper, new_sku: str, reason: str
) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_BLACK=1)
    assert refused(shelf, ada, number, exchange("SHIRT-BLACK", new_sku)).reason == reason


def test_an_exchange_needs_stock_for_all_of_it(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_BLACK=4)
    with reading(shelf) as session, pytest.raises(NotEnoughStock):
        propose_return(session, ada, RULES, number, [exchange("SHIRT-BLACK", "SHIRT-RED", 4)])


def test_a_refused_exchange_puts_the_new_one_back_on_the_shelf(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_BLACK=2)
    _, done = ask(shelf, ada, number, exchange("SHIRT-BLACK", "SHIRT-RED", 2))
    with writing(shelf) as session:
        refuse_return(session, done.rma_number or "", "worn")
    assert stock(shelf, "SHIRT-RED") == 3
    ask(shelf, ada, number, ReturnItem("SHIRT-BLACK", 2, "does not fit"))


def without_exchange() -> PolicyRules:
    rule = RULES.returns.exchange.model_copy(update={"offered": False})
    return dataclasses.replace(RULES, returns=RULES.returns.model_copy(update={"exchange": rule}))


def test_exchanges_that_a_shop_does_not_offer_and_mixed_ones_are_refused(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_BLACK=1, SHIRT_RED=1)
    items = [exchange("SHIRT-BLACK", "SHIRT-RED")]
    assert refused(shelf, ada, number, *items, RED).reason == "mixed"
    with reading(shelf) as session, pytest.raises(PolicyRefusal) as why:
        propose_return(session, ada, without_exchange(), number, items)
    assert (why.value.rule, why.value.reason) == ("returns.exchange", "not_offered")


def test_an_exchange_and_a_return_together_never_pay_more_than_was_paid(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_BLACK=2, SHIRT_RED=1)
    change_variant(shelf, "SHIRT-RED", price=Decimal("9.99"))
    asked = [
        ask(shelf, ada, number, exchange("SHIRT-BLACK", "SHIRT-RED"))[1],
        ask(shelf, ada, number, ReturnItem("SHIRT-BLACK", 1, "faulty"), RED)[1],
    ]
    with writing(shelf) as session:
        for done in asked:
            receive_return(session, done.rma_number or "")
        row = order_row(session, number)
        assert row.refunded == row.paid == Decimal("64.92")


def test_of_a_cancelled_order_nothing_comes_back(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=1)
    with writing(shelf) as session:
        order_row(session, number).state = "cancelled"
    assert refused(shelf, ada, number, RED).facts["state"] == "cancelled"


def test_an_order_whose_arrival_is_not_known_is_not_judged(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=1)
    with writing(shelf) as session:
        row: Order = order_row(session, number)
        row.state = "delivered"
    assert refused(shelf, ada, number, RED).reason == "not_delivered"
