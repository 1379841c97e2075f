"""Standing wishes are kept with the account, and read back whatever was done to them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from shop.db import Sessions, reading, writing
from shop.models import Customer
from shop.shoppers import Shopper
from shop.wishes import Wishes, load_wishes, save_wishes

ALL = Wishes(Decimal("99.90"), ("42", "M"), ("leather", "fake fur"))


@pytest.mark.parametrize("wishes", [Wishes(), ALL, Wishes(exclude=("皮革",))], ids=["none", "all", "one"])
def test_wishes_survive_being_written_as_json(wishes: Wishes) -> None:
    assert Wishes.from_state(json.loads(json.dumps(wishes.to_state()))) == wishes


@pytest.mark.parametrize(
    "state",
    [{}, {"price_max": "cheap"}, {"price_max": -1, "sizes": "42"}, {"price_max": "NaN", "exclude": [None, 3]}],
    ids=str,
)
def test_what_something_else_wrote_counts_as_no_wish(state: dict[str, Any]) -> None:
    assert Wishes.from_state(state) == Wishes()


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity"])
def test_a_budget_that_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="price_max"):
        Wishes(price_max=Decimal(amount))


def test_a_customer_finds_their_wishes_in_another_conversation(shelf: Sessions, ada: Shopper) -> None:
    with writing(shelf) as session:
        assert save_wishes(session, ada, ALL)
    with reading(shelf) as session:
        assert load_wishes(session, Shopper("web-elsewhere", "ada")) == ALL
        assert load_wishes(session, Shopper(ada.shopper_id)) == Wishes()


def test_the_rest_of_the_profile_stays_and_no_wishes_leave_no_trace(shelf: Sessions, ada: Shopper) -> None:
    with writing(shelf) as session:
        session.execute(update(Customer).values(profile={"segment": "Computers"}))
    with writing(shelf) as session:
        save_wishes(session, ada, ALL)
    with reading(shelf) as session:
        assert session.scalars(select(Customer.profile)).one()["segment"] == "Computers"
    with writing(shelf) as session:
        save_wishes(session, ada, Wishes())
    with reading(shelf) as session:
        assert session.scalars(select(Customer.profile)).one() == {"segment": "Computers"}


@pytest.mark.parametrize("shopper", [Shopper("web-guest"), Shopper("web-x", "nobody")], ids=["guest", "unknown"])
def test_without_an_account_nothing_is_kept(shelf: Sessions, shopper: Shopper) -> None:
    with writing(shelf) as session:
        assert not save_wishes(session, shopper, ALL)
        assert load_wishes(session, shopper) == Wishes()


def test_a_damaged_profile_is_no_wish(shelf: Sessions, ada: Shopper) -> None:
    with writing(shelf) as session:
        session.execute(update(Customer).values(profile={"wishes": "none"}))
    with reading(shelf) as session:
        assert load_wishes(session, ada) == Wishes()
