"""Customers: people with an account."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.addresses import DeliveryAddress


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
    raise NotImplementedError


def list_demo_customers(session: Session, limit: int) -> list[CustomerView]:
    """List simulated customers with orders, those with the newest order first: the demo page offers them to sign in."""
    raise NotImplementedError
