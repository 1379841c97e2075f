"""Customers are found by the id in their token."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from shop.addresses import DeliveryAddress
from shop.customers import get_customer, list_demo_customers
from shop.db import Sessions, reading, writing
from shop.errors import CustomerNotFound
from shop.models import Address, Customer, Order

MILL_LANE = {"name": "Ada Lovelace", "street": "12 Mill Lane", "city": "Cambridge", "postcode": "CB1 2AB"}


def order(number: str, customer: Customer, day: int) -> Order:
    money = {"subtotal": Decimal(1), "delivery_price": Decimal(0), "total": Decimal(1), "currency": "USD"}
    address = {f"ship_{field}": value for field, value in MILL_LANE.items()}
    return Order(
        number=number,
        shopper_id=f"sim-{number}",
        customer_id=customer.id,
        email=customer.email,
        delivery_method="standard",
        ship_country="GB",
        simulated=True,
        placed_at=dt.datetime(2026, 1, day, tzinfo=dt.timezone.utc),
        **money,
        **address,
    )


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


def test_demo_customers_are_simulated_ones_with_the_newest_orders_first(shelf: Sessions) -> None:
    with writing(shelf) as session:
        people = [
            Customer(public_id=f"sim-{n}", email=f"sim{n}@example.com", name=f"Sim {n}", simulated=True)
            for n in range(4)
        ]
        session.add_all(people)
        session.flush()
        ada = session.query(Customer).filter_by(public_id="ada").one()
        days = [(people[0], 1), (people[0], 20), (people[1], 10), (people[2], 15), (ada, 30)]
        session.add_all([order(str(1001 + n), person, day) for n, (person, day) in enumerate(days)])
    with reading(shelf) as session:
        assert [person.public_id for person in list_demo_customers(session, 2)] == ["sim-0", "sim-2"]
        assert [person.public_id for person in list_demo_customers(session, 10)] == ["sim-0", "sim-2", "sim-1"]
