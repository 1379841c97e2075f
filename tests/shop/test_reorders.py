"""What can still be bought of an order goes into the cart again, and what cannot is named."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from shop.carts import MAX_QUANTITY, add_to_cart, clear_cart, view_cart
from shop.changes import Yes
from shop.db import Sessions, reading, writing
from shop.errors import NothingToBuy, OrderNotFound, ProposalChanged
from shop.models import Variant
from shop.reorders import ReorderProposal, do_reorder, propose_reorder
from shop.shoppers import Shopper
from tests.shop.service import WEIRD_NUMBERS, audit, change_variant, placed, state_of, usd, yes


def again(shelf: Sessions, shopper: Shopper, number: str) -> ReorderProposal:
    with writing(shelf) as session:
        proposal = propose_reorder(session, shopper, number)
        do_reorder(session, shopper, number, yes(proposal))
    return proposal


def in_cart(shelf: Sessions, shopper: Shopper) -> dict[str, int]:
    with reading(shelf) as session:
        return {line.sku: line.quantity for line in view_cart(session, shopper).lines}


def test_the_same_goes_into_the_cart_at_todays_price(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_BLACK=2, LAPTOP_13_8=1)
    change_variant(shelf, "SHIRT-BLACK", price=21)
    proposal = again(shelf, ada, number)
    assert [(line.sku, line.quantity, line.unit_price) for line in proposal.lines] == [
        ("SHIRT-BLACK", 2, usd(21)),
        ("LAPTOP-13-8", 1, usd(1299)),
    ]
    assert (proposal.missing, in_cart(shelf, ada)) == ((), {"SHIRT-BLACK": 2, "LAPTOP-13-8": 1})
    entry = audit(shelf)[-1]
    assert (entry.action, entry.before, entry.after["cart"]) == ("reorder", {"cart": {}}, in_cart(shelf, ada))


def test_what_cannot_be_had_is_named_and_the_rest_is_bought(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_BLACK=3, SHIRT_RED=2, LAPTOP_13_8=1, LAPTOP_15_16=1)
    change_variant(shelf, "SHIRT-BLACK", stock=2)
    change_variant(shelf, "SHIRT-RED", stock=0)
    change_variant(shelf, "LAPTOP-13-8", active=False)
    with writing(shelf) as session:
        session.execute(delete(Variant).where(Variant.sku == "LAPTOP-15-16"))
    proposal = again(shelf, ada, number)
    assert [(line.sku, line.quantity, line.wanted) for line in proposal.lines] == [("SHIRT-BLACK", 2, 3)]
    assert [(line.sku, line.why) for line in proposal.missing] == [
        ("SHIRT-RED", "out_of_stock"),
        ("LAPTOP-13-8", "not_for_sale"),
        ("LAPTOP-15-16", "not_for_sale"),
    ]


def test_what_is_in_the_cart_counts(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_BLACK=3, SHIRT_RED=1)
    change_variant(shelf, "SHIRT-BLACK", stock=500)
    with writing(shelf) as session:
        add_to_cart(session, ada, "SHIRT-BLACK", MAX_QUANTITY)
    proposal = again(shelf, ada, number)
    assert [(line.sku, line.why) for line in proposal.missing] == [("SHIRT-BLACK", "cart_full")]
    assert in_cart(shelf, ada) == {"SHIRT-BLACK": MAX_QUANTITY, "SHIRT-RED": 1}


def test_a_cart_of_another_currency_takes_nothing(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_BLACK=1)
    with writing(shelf) as session:
        add_to_cart(session, ada, "MUG")
        with pytest.raises(NothingToBuy):
            propose_reorder(session, ada, number)


def test_a_repeated_yes_fills_the_cart_once(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_BLACK=2)
    with writing(shelf) as session:
        proposal = propose_reorder(session, ada, number)
        first = do_reorder(session, ada, number, yes(proposal, "k"))
        assert do_reorder(session, ada, number, yes(proposal, "k")) == first
    assert in_cart(shelf, ada) == {"SHIRT-BLACK": 2}
    with writing(shelf) as session:
        clear_cart(session, ada)
        assert do_reorder(session, ada, number, yes(proposal, "k")) == first
    assert in_cart(shelf, ada) == {}


def test_what_was_not_confirmed_is_not_put_in(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_BLACK=2)
    with reading(shelf) as session:
        proposal = propose_reorder(session, ada, number)
    change_variant(shelf, "SHIRT-BLACK", stock=1)
    before = state_of(shelf)
    with writing(shelf) as session, pytest.raises(ProposalChanged):
        do_reorder(session, ada, number, yes(proposal))
    assert state_of(shelf) == before
    assert in_cart(shelf, ada) == {}


@pytest.mark.parametrize("written", [*WEIRD_NUMBERS, "hers"], ids=ascii)
def test_anothers_order_is_not_told(shelf: Sessions, guest: Shopper, ada: Shopper, written: str) -> None:
    hers = placed(shelf, ada, SHIRT_RED=1)
    asked = hers if written == "hers" else written
    with writing(shelf) as session:
        for ask in (
            lambda: propose_reorder(session, guest, asked),
            lambda: do_reorder(session, guest, asked, Yes("x", "k")),
        ):
            with pytest.raises(OrderNotFound) as missing:
                ask()
            assert str(missing.value) == f"no order {asked!r} for this shopper"
    assert in_cart(shelf, guest) == {}
