"""Withdrawing a return or an exchange: once, only before its goods have arrived, and only one's own."""

from __future__ import annotations

import pytest

from shop.arrivals import receive_return
from shop.changes import Yes
from shop.db import Sessions, reading, writing
from shop.errors import OrderNotFound, ReturnNotFound, WrongState
from shop.orders import find_order
from shop.refunds import refund_status
from shop.returns import ReturnItem, all_returns, do_return, find_return, propose_return
from shop.shoppers import Shopper
from shop.withdrawals import do_withdrawal, propose_withdrawal
from tests.shop.desk import STRANGER
from tests.shop.service import audit, placed, rules, stock, yes

RULES = rules()


def asked(shelf: Sessions, shopper: Shopper, number: str, new_sku: str | None = None) -> str:
    item = ReturnItem("SHIRT-RED", 1, "does not fit", new_sku)
    with writing(shelf) as session:
        proposal = propose_return(session, shopper, RULES, number, [item])
        return do_return(session, shopper, RULES, number, yes(proposal), [item]).rma_number or ""


def withdraw(shelf: Sessions, shopper: Shopper, number: str, rma: str) -> None:
    with writing(shelf) as session:
        proposal = propose_withdrawal(session, shopper, number, rma)
        for _ in range(2):
            do_withdrawal(session, shopper, number, Yes(proposal.fingerprint, f"withdraw {rma}"), rma)


def test_nothing_comes_of_what_was_withdrawn_and_it_can_go_back_again(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=1)
    rma = asked(shelf, ada, number)

    withdraw(shelf, ada, number, rma)

    with reading(shelf) as session:
        assert find_return(session, ada, rma).state == "withdrawn"
        assert refund_status(session, ada, RULES, number) == ()
    assert audit(shelf)[-1].action == "withdraw_return"
    again = asked(shelf, ada, number)
    with reading(shelf) as session:
        assert [(back.rma_number, back.state) for back in all_returns(session, ada)] == [
            (again, "requested"),
            (rma, "withdrawn"),
        ]


def test_what_was_kept_for_an_exchange_goes_back_on_the_shelf_once(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=1)
    before = stock(shelf, "SHIRT-BLACK")
    rma = asked(shelf, ada, number, "SHIRT-BLACK")
    assert stock(shelf, "SHIRT-BLACK") == before - 1

    withdraw(shelf, ada, number, rma)

    assert stock(shelf, "SHIRT-BLACK") == before


def test_what_has_arrived_is_not_withdrawn(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=1)
    rma = asked(shelf, ada, number)
    with writing(shelf) as session:
        receive_return(session, rma)

    with reading(shelf) as session, pytest.raises(WrongState):
        propose_withdrawal(session, ada, number, rma)


def test_nobody_withdraws_what_is_anothers(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=1)
    rma = asked(shelf, ada, number)
    with reading(shelf) as session:
        with pytest.raises(OrderNotFound):
            propose_withdrawal(session, STRANGER, number, rma)
        with pytest.raises(ReturnNotFound):
            propose_withdrawal(session, ada, number, "RMA-NONE")
        assert all_returns(session, STRANGER) == ()
        assert find_order(session, ada, number).refunded.amount == 0
