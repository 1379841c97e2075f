"""Customers: people with an account."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from shop.addresses import DeliveryAddress
from shop.errors import CustomerNotFound, InvalidAddress
from shop.models import Address, Customer
from shop.shoppers import Shopper
from shop.text import is_key

_ID_LENGTH = 40


@dataclass(frozen=True)
class CustomerView:
    """An account as the assistant may see it; `simulated` marks the demo shop's inventions."""

    public_id: str
    name: str
    email: str
    default_address: DeliveryAddress | None
    simulated: bool


def get_customer(session: Session, public_id: str) -> CustomerView:
    """Fetch a customer by the id that tokens carry; raise CustomerNotFound where there is none."""
    row = None
    if is_key(public_id, _ID_LENGTH):
        query = select(Customer).where(Customer.public_id == public_id).options(selectinload(Customer.addresses))
        row = session.scalar(query)
    if row is None:
        raise CustomerNotFound(public_id)
    return _view(row)


def customer_row_id(session: Session, shopper: Shopper) -> int | None:
    """Find the row number of the customer that a shopper has proved to be.

    None for a guest, and for an account that is not in this shop: such a token proves nothing here.
    """
    if shopper.customer_id is None or not is_key(shopper.customer_id, _ID_LENGTH):
        return None
    return session.scalar(select(Customer.id).where(Customer.public_id == shopper.customer_id))


def _view(row: Customer) -> CustomerView:
    return CustomerView(
        public_id=row.public_id,
        name=row.name,
        email=row.email,
        default_address=_address(row.addresses[0]) if row.addresses else None,
        simulated=row.simulated,
    )


def _address(row: Address) -> DeliveryAddress | None:
    try:
        return DeliveryAddress(row.name, row.street, row.city, row.postcode, row.country)
    except InvalidAddress:
        # An address brought in from elsewhere that no order would take is not offered.
        return None
