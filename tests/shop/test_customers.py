"""Customers are found by the id in their token."""

from __future__ import annotations

import pytest

from shop.addresses import DeliveryAddress
from shop.customers import get_customer
from shop.db import Sessions, reading, writing
from shop.errors import CustomerNotFound
from shop.models import Address, Customer

MILL_LANE = {"name": "Ada Lovelace", "street": "12 Mill Lane", "city": "Cambridge", "postcode": "CB1 2AB"}


def test_a_customer_is_found_with_a_default_address(shelf: Sessions) -> None:
    with writing(shelf) as session:
        ada = session.query(Customer).one()
        ada.addresses = [Address(country="GB", **MILL_LANE), Address(country="FR", **MILL_LANE)]
    with reading(shelf) as session:
        found = get_customer(session, "ada")
    assert (found.public_id, found.name, found.email, found.simulated) == (
        "ada",
        "Ada Lovelace",
        "ada@example.com",
        False,
    )
    assert found.default_address == DeliveryAddress(country="GB", **MILL_LANE)


@pytest.mark.parametrize("country", [None, "ZZ"], ids=["none", "one that no order would take"])
def test_no_usable_address_is_no_default_address(shelf: Sessions, country: str | None) -> None:
    with writing(shelf) as session:
        ada = session.query(Customer).one()
        ada.addresses = [Address(country=country, **MILL_LANE)] if country else []
    with reading(shelf) as session:
        assert get_customer(session, "ada").default_address is None


@pytest.mark.parametrize("public_id", ["", "nobody", "ADA", "' OR 1=1 --", "a\x00", "\ud800", "x" * 500], ids=ascii)
def test_an_unknown_customer_is_not_found(shelf: Sessions, public_id: str) -> None:
    with reading(shelf) as session, pytest.raises(CustomerNotFound):
        get_customer(session, public_id)
