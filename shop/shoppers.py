"""Who is asking: the one value by which every cart and order is scoped."""

from __future__ import annotations

import hashlib
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

    @property
    def user_id(self) -> str:
        """Name whom recommendations are learned for: a customer across conversations, a guest within one.

        It is what `shop.recsys_export` writes, so that a trained model knows the shopper again. A conversation's own id
        opens that conversation, and stays in the database: a guest goes by its hash, which cannot be turned back, as
        the server mints ids of 24 random bytes.
        """
        return guest_user_id(self.shopper_id) if self.customer_id is None else self.customer_id


def guest_user_id(shopper_id: str) -> str:
    """Name the guest of a conversation in training data, without the conversation's id."""
    return f"guest-{hashlib.blake2b(shopper_id.encode(), digest_size=16).hexdigest()}"
