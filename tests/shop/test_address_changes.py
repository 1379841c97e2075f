"""An order goes to another address until it is packed, once, and only at its owner's word."""

from __future__ import annotations

import dataclasses

import pytest

from shop.address_changes import check_address_change, do_address_change, propose_address_change
from shop.addresses import DeliveryAddress
from shop.changes import Yes
from shop.db import Sessions, reading, writing
from shop.errors import InvalidAddress, OrderNotFound, PolicyRefusal
from shop.orders import find_order
from shop.shoppers import Shopper
from tests.shop.service import HOME, WEIRD_NUMBERS, audit, placed, rules, state_of, yes

RULES = rules()
NEW = DeliveryAddress("Ada Lovelace", "1 '); DROP TABLE orders;--", "London", "nw1 2ab", "United Kingdom")


@pytest.mark.parametrize("state", ["waiting_for_payment", "paid"])
def test_an_order_goes_elsewhere(shelf: Sessions, ada: Shopper, state: str) -> None:
    number = placed(shelf, ada, state, SHIRT_RED=1)
    with writing(shelf) as session:
        proposal = propose_address_change(session, ada, RULES, number, NEW)
        done = do_address_change(session, ada, RULES, number, yes(proposal, "k"), NEW)
    assert proposal.old == ("Ada Lovelace", "12 Mill Lane", "Cambridge", "CB1 2AB", "GB")
    assert proposal.rule is not None
    assert (proposal.rule.rule, done.refund, done.action) == ("delivery.address-change", None, "change_address")
    with reading(shelf) as session:
        order = find_order(session, ada, number)
    assert (order.ship_street, order.ship_city, order.ship_postcode) == (NEW.street, "London", "NW1 2AB")
    entry = audit(shelf)[-1]
    assert entry.before == {"ship_street": "12 Mill Lane", "ship_city": "Cambridge", "ship_postcode": "CB1 2AB"}
    assert set(entry.after) == set(entry.before)


def test_what_is_packed_is_refused_before_an_address_is_asked_for(shelf: Sessions, ada: Shopper) -> None:
    paid, packed = placed(shelf, ada, SHIRT_RED=1), placed(shelf, ada, "packed", SHIRT_RED=1)
    with reading(shelf) as session:
        check_address_change(session, ada, RULES, paid)
        with pytest.raises(PolicyRefusal, match="state"):
            check_address_change(session, ada, RULES, packed)


def test_a_repeated_yes_changes_nothing_and_another_one_is_refused(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, SHIRT_RED=1)
    with writing(shelf) as session:
        proposal = propose_address_change(session, ada, RULES, number, NEW)
        first = do_address_change(session, ada, RULES, number, yes(proposal, "k"), NEW)
    after = state_of(shelf)
    with writing(shelf) as session:
        assert do_address_change(session, ada, RULES, number, yes(proposal, "k"), NEW) == first
        with pytest.raises(PolicyRefusal) as refused:
            do_address_change(session, ada, RULES, number, yes(proposal, "other"), NEW)
    assert refused.value.reason == "same_address"
    assert state_of(shelf) == after


@pytest.mark.parametrize("state", ["packed", "shipped", "delivered"])
def test_a_packed_order_goes_where_it_says(shelf: Sessions, ada: Shopper, state: str) -> None:
    number = placed(shelf, ada, state, SHIRT_RED=1)
    before = state_of(shelf)
    with writing(shelf) as session:
        with pytest.raises(PolicyRefusal) as refused:
            propose_address_change(session, ada, RULES, number, NEW)
        with pytest.raises(PolicyRefusal):
            do_address_change(session, ada, RULES, number, Yes("x", "k"), NEW)
    assert (refused.value.rule, refused.value.facts["state"]) == ("delivery.address-change", state)
    assert state_of(shelf) == before


def test_a_policy_may_allow_it_until_the_order_is_sent(shelf: Sessions, ada: Shopper) -> None:
    rule = RULES.delivery.address_change.model_copy(update={"states": ["paid", "packed"]})
    kind = dataclasses.replace(RULES, delivery=RULES.delivery.model_copy(update={"address_change": rule}))
    for state, allowed in (("packed", True), ("shipped", False)):
        number = placed(shelf, ada, state, SHIRT_RED=1)
        with reading(shelf) as session:
            if allowed:
                assert propose_address_change(session, ada, kind, number, NEW).new[2] == "London"
                continue
            with pytest.raises(PolicyRefusal):
                propose_address_change(session, ada, kind, number, NEW)


@pytest.mark.parametrize("written", [*WEIRD_NUMBERS, "hers"], ids=ascii)
def test_anothers_order_stays_where_it_goes(shelf: Sessions, guest: Shopper, ada: Shopper, written: str) -> None:
    hers = placed(shelf, ada, SHIRT_RED=1)
    asked = hers if written == "hers" else written
    before = state_of(shelf)
    with writing(shelf) as session:
        for ask in (
            lambda: propose_address_change(session, guest, RULES, asked, NEW),
            lambda: do_address_change(session, guest, RULES, asked, Yes("x", "k"), NEW),
        ):
            with pytest.raises(OrderNotFound) as missing:
                ask()
            assert str(missing.value) == f"no order {asked!r} for this shopper"
    assert state_of(shelf) == before


def test_a_script_is_no_address() -> None:
    with pytest.raises(InvalidAddress):
        dataclasses.replace(HOME, street="<script>alert(1)</script>")
