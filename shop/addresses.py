"""Delivery addresses and contacts, checked field by field."""

from __future__ import annotations

from dataclasses import dataclass

FIELDS = ("name", "email", "street", "city", "postcode", "country")


@dataclass(frozen=True)
class DeliveryAddress:
    """Where an order goes; made only of checked, normalised fields, else InvalidAddress names the wrong one."""

    name: str
    street: str
    city: str
    postcode: str
    country: str


def check_field(field: str, text: str) -> str:
    """Normalise one field of an address or contact.

    Args:
        field: one of FIELDS.
        text: what the shopper wrote.

    Raises:
        InvalidAddress: the text cannot be used as that field.
    """
    raise NotImplementedError
