"""Who is asking: the one value by which every cart and order is scoped."""

from __future__ import annotations

from dataclasses import dataclass


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
        """Refuse an empty id: every guest would share one cart."""
        if not self.shopper_id:
            raise ValueError("shopper_id is empty")
