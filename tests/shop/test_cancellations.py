"""An order, or a part of it, is cancelled once, before it is packed, and the money and the pieces come back."""

from __future__ import annotations

import dataclasses
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import delete, make_url, text

from shop.cancellations import do_cancel, propose_cancel
from shop.carts import add_to_cart
from shop.changes import Yes
from shop.db import Sessions, make_sessions, open_engine, reading, writing
from shop.errors import (
    InvalidQuantity,
    KeyReused,
    NamedTwice,
    OrderLineNotFound,
    OrderNotFound,
    PolicyRefusal,
    ProposalChanged,
    ShopError,
    ShopUnavailable,
    WrongState,
)
from shop.fulfilment import pack, record_payment, settle_refund
from shop.models import Product, Variant
from shop.orders import find_order, place_order
from shop.policy_rules import Citation
from shop.refunds import refund_status
from shop.shoppers import Shopper
from tests.shop.service import (
    EMAIL,
    HOME,
    WEIRD_NUMBERS,
    audit,
    moved,
    order_row,
    placed,
    rules,
    state_of,
    stock,
    usd,
    yes,
)

RULES = rules()


def cancel(shelf: Sessions, shopper: Shopper, number: str, lines: dict[str, int] | None = None) -> None:
    with writing(shelf) as session:
        proposal = propose_cancel(session, shopper, RULES, number, lines)
        do_cancel(session, shopper, RULES, number, yes(proposal), lines)


def test_a_paid_order_is_cancelled_with_its_delivery(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=2, SHIRT_BLACK=1)
    with reading(shelf) as session:
        proposal = propose_cancel(session, ada, RULES, number)
    assert (proposal.whole, proposal.rule) == (True, Citation("returns.cancel", RULES.returns.version))
    assert (proposal.goods, proposal.delivery, proposal.refund) == (usd("59.97"), usd("4.95"), usd("64.92"))
    assert (stock(shelf, "SHIRT-RED"), len(audit(shelf))) == (1, 2)
    with writing(shelf) as session:
        done = do_cancel(session, ada, RULES, number, yes(proposal))
    assert (done.number, done.action, done.refund, done.rule) == (number, "cancel", usd("64.92"), proposal.rule)
    assert (stock(shelf, "SHIRT-RED"), stock(shelf, "SHIRT-BLACK")) == (3, 100)
    with reading(shelf) as session:
        order = find_order(session, ada, number)
        [refund] = refund_status(session, ada, RULES, number)
    assert (order.state, order.payment_state, order.paid, order.refunded) == ("cancelled", "paid", *2 * [usd("64.92")])
    assert (refund.kind, refund.state, refund.amount) == ("cancellation", "pending", usd("64.92"))


def test_money_is_called_refunded_once_it_has_been_sent(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=1)
    cancel(shelf, ada, number)
    with writing(shelf) as session:
        settle_refund(session, order_row(session, number).refunds[0].id)
    with reading(shelf) as session:
        assert find_order(session, ada, number).payment_state == "refunded"
        assert refund_status(session, ada, RULES, number)[0].state == "paid"
    with writing(shelf) as session, pytest.raises(WrongState):
        settle_refund(session, order_row(session, number).refunds[0].id)


def test_an_unpaid_order_is_cancelled_for_nothing(shelf: Sessions, guest: Shopper) -> None:
    number = placed(shelf, guest, "waiting_for_payment", SHIRT_RED=2)
    cancel(shelf, guest, number)
    with reading(shelf) as session:
        order = find_order(session, guest, number)
        assert refund_status(session, guest, RULES, number) == ()
    assert (order.state, order.payment_state, order.refunded) == ("cancelled", "failed", usd(0))
    assert stock(shelf, "SHIRT-RED") == 3
    with writing(shelf) as session, pytest.raises(WrongState):
        record_payment(session, number, order.total.amount, "USD")


def test_some_pieces_are_cancelled_and_the_delivery_stays(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=2, SHIRT_BLACK=1)
    with writing(shelf) as session:
        proposal = propose_cancel(session, ada, RULES, number, {" shirt-red ": 1, "SHIRT-BLACK": 1})
        do_cancel(session, ada, RULES, number, yes(proposal), {" shirt-red ": 1, "SHIRT-BLACK": 1})
    assert (proposal.whole, proposal.refund, proposal.total) == (False, usd("39.98"), usd("24.94"))
    with reading(shelf) as session:
        order = find_order(session, ada, number)
    assert [(line.sku, line.quantity, line.cancelled, line.total) for line in order.lines] == [
        ("SHIRT-RED", 1, 1, usd("19.99"))
    ]
    assert (order.state, order.subtotal, order.total, order.paid) == ("paid", usd("19.99"), usd("24.94"), usd("64.92"))


def test_an_unpaid_order_is_paid_by_what_is_left(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "waiting_for_payment", SHIRT_RED=2)
    cancel(shelf, ada, number, {"SHIRT-RED": 1})
    with writing(shelf) as session:
        record_payment(session, number, Decimal("24.94"), "USD")


def test_cancelling_the_last_piece_cancels_the_order(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=2)
    cancel(shelf, ada, number, {"SHIRT-RED": 1})
    cancel(shelf, ada, number, {"SHIRT-RED": 1})
    with reading(shelf) as session:
        order = find_order(session, ada, number)
    assert (order.state, order.refunded, order.paid) == ("cancelled", usd("44.93"), usd("44.93"))


def test_a_discount_comes_back_in_shares_that_add_up(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, discount="10.00", SHIRT_RED=3)
    refunds = []
    for _ in range(3):
        with writing(shelf) as session:
            proposal = propose_cancel(session, ada, RULES, number, {"SHIRT-RED": 1})
            do_cancel(session, ada, RULES, number, yes(proposal), {"SHIRT-RED": 1})
        refunds.append(proposal.goods)
    assert refunds == [usd("16.66"), usd("16.66"), usd("16.65")]
    with reading(shelf) as session:
        order = find_order(session, ada, number)
    assert order.refunded == order.paid == usd("54.92")


@pytest.mark.parametrize("state", ["packed", "shipped", "delivered"])
def test_a_packed_order_is_not_cancelled_and_the_rule_is_named(shelf: Sessions, ada: Shopper, state: str) -> None:
    number = placed(shelf, ada, state, SHIRT_RED=2)
    before = state_of(shelf)
    for lines in (None, {"SHIRT-RED": 1}):
        with reading(shelf) as session, pytest.raises(PolicyRefusal) as refused:
            propose_cancel(session, ada, RULES, number, lines)
        assert (refused.value.rule, refused.value.reason) == ("returns.cancel", "state")
        assert refused.value.facts == {"number": number, "state": state}
    with writing(shelf) as session, pytest.raises(PolicyRefusal):
        do_cancel(session, ada, RULES, number, Yes("x", "k"))
    assert state_of(shelf) == before


def test_an_order_packed_after_the_question_is_not_cancelled_by_the_yes(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=2)
    with reading(shelf) as session:
        proposal = propose_cancel(session, ada, RULES, number)
    moved_on = state_of(shelf)
    with writing(shelf) as session:
        pack(session, number, "Post", "T1")
    with writing(shelf) as session, pytest.raises(PolicyRefusal):
        do_cancel(session, ada, RULES, number, yes(proposal))
    assert state_of(shelf)[1] == moved_on[1]


def test_a_repeated_yes_gets_the_first_answer_and_another_one_the_rule(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=2)
    with writing(shelf) as session:
        proposal = propose_cancel(session, ada, RULES, number)
        first = do_cancel(session, ada, RULES, number, yes(proposal, "same"))
    after = state_of(shelf)
    with writing(shelf) as session:
        assert do_cancel(session, ada, RULES, number, yes(proposal, "same")) == first
    with writing(shelf) as session, pytest.raises(PolicyRefusal) as refused:
        do_cancel(session, ada, RULES, number, yes(proposal, "other"))
    assert refused.value.facts["state"] == "cancelled"
    assert state_of(shelf) == after


def test_a_key_that_did_something_else_does_nothing(shelf: Sessions, ada: Shopper) -> None:
    first, second = placed(shelf, ada, SHIRT_RED=2), placed(shelf, ada, SHIRT_BLACK=1)
    with writing(shelf) as session:
        proposal = propose_cancel(session, ada, RULES, first, {"SHIRT-RED": 1})
        do_cancel(session, ada, RULES, first, yes(proposal, "same"), {"SHIRT-RED": 1})
    after = state_of(shelf)
    for number in (first, second):
        with writing(shelf) as session:
            other = propose_cancel(session, ada, RULES, number)
            with pytest.raises(KeyReused):
                do_cancel(session, ada, RULES, number, yes(other, "same"))
    assert state_of(shelf) == after


def test_what_was_not_confirmed_is_not_cancelled(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=2)
    with reading(shelf) as session:
        whole = propose_cancel(session, ada, RULES, number)
    cancel(shelf, ada, number, {"SHIRT-RED": 1})
    before = state_of(shelf)
    with writing(shelf) as session, pytest.raises(ProposalChanged):
        do_cancel(session, ada, RULES, number, yes(whole))
    assert state_of(shelf) == before


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ({}, InvalidQuantity),
        ({"SHIRT-RED": 0}, InvalidQuantity),
        ({"SHIRT-RED": -1}, InvalidQuantity),
        ({"SHIRT-RED": 3}, InvalidQuantity),
        ({"SHIRT-RED": 10**30}, InvalidQuantity),
        ({"SHIRT-RED": 1, "shirt-red": 1}, NamedTwice),
        ({"SHIRT-BLACK": 1}, OrderLineNotFound),
        ({"'; DROP TABLE orders;--": 1}, OrderLineNotFound),
        ({"": 1}, OrderLineNotFound),
        ({"\x00": 1}, OrderLineNotFound),
    ],
    ids=["none", "of 0", "below 0", "more than bought", "10^30", "twice", "not in it", "SQL", "empty", "NUL"],
)
def test_pieces_that_are_not_there_are_refused(
    shelf: Sessions, ada: Shopper, lines: dict[str, int], error: type[ShopError]
) -> None:
    number = placed(shelf, ada, SHIRT_RED=2)
    before = state_of(shelf)
    with writing(shelf) as session:
        with pytest.raises(error):
            propose_cancel(session, ada, RULES, number, lines)
        with pytest.raises(error):
            do_cancel(session, ada, RULES, number, Yes("x", "k"), lines)
    assert state_of(shelf) == before


@pytest.mark.parametrize("written", [*WEIRD_NUMBERS, "hers"], ids=ascii)
def test_anothers_order_is_refused_exactly_as_one_that_does_not_exist(
    shelf: Sessions, guest: Shopper, ada: Shopper, written: str
) -> None:
    placed(shelf, guest, SHIRT_RED=1)
    hers = placed(shelf, ada, SHIRT_RED=1)
    asked = hers if written == "hers" else written
    before = state_of(shelf)
    with writing(shelf) as session:
        for ask in (
            lambda: propose_cancel(session, guest, RULES, asked),
            lambda: do_cancel(session, guest, RULES, asked, Yes("x", "k")),
            lambda: refund_status(session, guest, RULES, asked),
        ):
            with pytest.raises(OrderNotFound) as missing:
                ask()
            assert (str(missing.value), missing.value.number) == (f"no order {asked!r} for this shopper", asked)
    assert state_of(shelf) == before


def test_another_shoppers_yes_with_the_same_key_gets_nothing_of_hers(
    shelf: Sessions, guest: Shopper, ada: Shopper
) -> None:
    number = placed(shelf, ada, SHIRT_RED=1)
    with writing(shelf) as session:
        said = yes(propose_cancel(session, ada, RULES, number), "same")
        do_cancel(session, ada, RULES, number, said)
        with pytest.raises(OrderNotFound):
            do_cancel(session, guest, RULES, number, said)


def test_the_audit_says_who_when_why_by_which_rule_and_what(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=2)
    with writing(shelf) as session:
        proposal = propose_cancel(session, ada, RULES, number, {"SHIRT-RED": 1})
        said = Yes(proposal.fingerprint, "k", "too many\x00\ud800 " + "x" * 400)
        do_cancel(session, ada, RULES, number, said, {"SHIRT-RED": 1})
    entry = audit(shelf)[-1]
    assert (entry.who, entry.conversation, entry.action, entry.order_number) == ("ada", "web-ada", "cancel", number)
    assert (entry.rule, entry.policy_version) == ("returns.cancel", RULES.returns.version)
    assert entry.why.startswith("too many xxx")
    assert len(entry.why) == 300
    assert (entry.before["total"], entry.after["total"], entry.stock) == ("44.93", "24.94", {"SHIRT-RED": 1})
    assert [one.action for one in audit(shelf)] == ["place_order", "record_payment", "cancel"]


def test_a_product_that_is_gone_has_no_shelf_to_go_back_to(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=2)
    with writing(shelf) as session:
        session.execute(delete(Variant).where(Variant.sku == "SHIRT-RED"))
    cancel(shelf, ada, number)
    assert audit(shelf)[-1].stock == {}


@pytest.mark.parametrize("key", ["", "\x00", "x" * 81], ids=ascii)
def test_a_key_that_cannot_be_stored_is_the_callers_mistake(shelf: Sessions, ada: Shopper, key: str) -> None:
    number = placed(shelf, ada, SHIRT_RED=1)
    with writing(shelf) as session, pytest.raises(ValueError, match="key is empty"):
        do_cancel(session, ada, RULES, number, Yes("x", key))


@pytest.mark.parametrize("keys", [["same"] * 6, [f"tab-{n}" for n in range(6)]], ids=["one key", "a key a tab"])
def test_many_tabs_at_once_cancel_once(shelf: Sessions, ada: Shopper, keys: list[str]) -> None:
    number = placed(shelf, ada, SHIRT_RED=2)
    with reading(shelf) as session:
        proposal = propose_cancel(session, ada, RULES, number)
    start = threading.Barrier(len(keys))

    def say_yes(key: str) -> str:
        start.wait()
        try:
            with writing(shelf) as session:
                return str(do_cancel(session, ada, RULES, number, yes(proposal, key)))
        except PolicyRefusal as refused:
            return refused.reason

    with ThreadPoolExecutor(len(keys)) as pool:
        answers = list(pool.map(say_yes, keys))
    assert len(set(answers)) == len(set(keys[:2]))
    assert answers.count("state") == (0 if keys[0] == keys[1] else len(keys) - 1)
    assert stock(shelf, "SHIRT-RED") == 3
    assert [entry.action for entry in audit(shelf)].count("cancel") == 1


def test_an_order_is_never_both_cancelled_and_packed(shelf: Sessions, ada: Shopper) -> None:
    for round_ in range(5):
        number = placed(shelf, ada, SHIRT_BLACK=1)
        with reading(shelf) as session:
            said = yes(propose_cancel(session, ada, RULES, number))
        start = threading.Barrier(2)

        def cancel_it(number: str = number, said: Yes = said, start: threading.Barrier = start) -> str:
            start.wait()
            with writing(shelf) as session:
                return do_cancel(session, ada, RULES, number, said).action

        def pack_it(number: str = number, start: threading.Barrier = start, round_: int = round_) -> str:
            start.wait()
            with writing(shelf) as session:
                pack(session, number, "Post", f"T{round_}")
            return "pack"

        with ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(cancel_it), pool.submit(pack_it)]
        failed = [run for run in runs if isinstance(run.exception(), PolicyRefusal | WrongState)]
        assert len(failed) == 1
        with reading(shelf) as session:
            order = find_order(session, ada, number)
        assert (order.state == "cancelled") == (not order.shipments)


def test_a_locked_database_changes_nothing(sqlite_url: str, ada: Shopper) -> None:
    engine = open_engine(sqlite_url, timeout_s=0.2)
    sessions = make_sessions(engine)
    with writing(sessions) as session:
        session.add(Variant(sku="A", name="A", price=Decimal(5), currency="USD", stock=3, product=_product()))
        session.execute(text("INSERT INTO delivery_methods VALUES (1, 'post', 'Post', 0, 'USD', NULL, 1, 2, 0)"))
        add_to_cart(session, ada, "A")
        number = place_order(session, ada, HOME, EMAIL).number
    with reading(sessions) as session:
        proposal = propose_cancel(session, ada, RULES, number)
    before = state_of(sessions)
    holder = sqlite3.connect(str(make_url(sqlite_url).database))
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(ShopUnavailable), writing(sessions) as session:
        do_cancel(session, ada, RULES, number, yes(proposal, "k"))
    assert state_of(sessions) == before
    holder.rollback()
    holder.close()
    with writing(sessions) as session:
        assert do_cancel(session, ada, RULES, number, yes(proposal, "k")).action == "cancel"
    engine.dispose()


@pytest.mark.postgres
def test_a_row_locked_in_the_middle_of_a_change_undoes_all_of_it(postgres_url: str, ada: Shopper) -> None:
    engine = open_engine(postgres_url, timeout_s=0.5)
    sessions = make_sessions(engine)
    with writing(sessions) as session:
        session.add(Variant(sku="A", name="A", price=Decimal(5), currency="USD", stock=3, product=_product()))
        session.execute(text("INSERT INTO delivery_methods VALUES (1, 'post', 'Post', 0, 'USD', NULL, 1, 2, 0)"))
        add_to_cart(session, ada, "A")
        number = place_order(session, ada, HOME, EMAIL).number
    moved(sessions, number, "paid")
    with reading(sessions) as session:
        proposal = propose_cancel(session, ada, RULES, number)
    before = state_of(sessions)
    with engine.connect() as holder, holder.begin():
        holder.execute(text("SELECT * FROM variants FOR UPDATE"))
        # The order is changed and its refund is written by then; its pieces cannot go back on the shelf.
        with pytest.raises(ShopUnavailable), writing(sessions) as session:
            do_cancel(session, ada, RULES, number, yes(proposal, "k"))
    assert state_of(sessions) == before
    engine.dispose()


def test_a_policy_may_keep_the_price_of_the_delivery(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=1)
    rule = RULES.returns.cancel.model_copy(update={"delivery": "never"})
    strict = dataclasses.replace(RULES, returns=RULES.returns.model_copy(update={"cancel": rule}))
    with reading(shelf) as session:
        assert propose_cancel(session, ada, strict, number).refund == usd("19.99")


def _product() -> Product:
    return Product(slug="a", name="A")
