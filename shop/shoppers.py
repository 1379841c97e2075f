"""Who is asking: the one value by which every cart and order is scoped."""

from __future__ import annotations

from dataclasses import dataclass

from shop.text import is_key

_LONGEST = 80


@dataclass(frozen=True)
class Shopper:
    """Whoever chats, and the customer they have proved to be.

    Attributes:
        shopper_id: the conversation's own id, minted by the server.
        customer_id: the customer's public id from a verified token; None for a guest.
    """

    shopper_id: str
    customer_id: str | None = None

    def __post_init__(self) -> None:
        """Refuse an id that no row can hold; with an empty one every guest would share one cart."""
        if not is_key(self.shopper_id, _LONGEST):
            raise ValueError(f"shopper_id is empty, longer than {_LONGEST} or not printable: {self.shopper_id!r}")
