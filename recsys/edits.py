"""Holds what a shopper argued about the recommendations: immutable, so that undoing is keeping the former value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Literal, cast, get_args

import numpy as np

from recsys.arrays import BoolArray, FloatArray, IntArray
from recsys.columns import BRAND, CATEGORY, COLOUR, PRICE
from recsys.errors import InvalidFrame
from recsys.identifiers import IdMap

PriceWish = Literal["lower", "higher"]

IGNORABLE: Final = (BRAND, CATEGORY, COLOUR, PRICE)
"""The fields that a shopper may ask to leave out of account."""

ARGUED_WEIGHT: Final = 8.0
"""What "more like this" weighs beside events, minus for "less like this": said in words, it counts as a purchase."""


_LISTS: Final[Mapping[str, Callable[[Iterable[str]], Any]]] = {
    "ignore": frozenset,
    "less_like": tuple,
    "more_like": tuple,
}


@dataclass(frozen=True)
class Edits:
    """What one shopper asked to be done otherwise. Each `with_...` gives a new value.

    Attributes:
        ignore: Fields of items that shall not count, out of `IGNORABLE`.
        less_like: Items that the list shall move away from, oldest first.
        more_like: Items that it shall move towards, oldest first.
        price: Whether the items shall cost less or more than `reference_price`.
        reference_price: The price that was talked of, in the shop's currency.
        gift: Whether this is for somebody else: the shopper's own history and profile are left out, and only what
            happens in the session counts.

    Raises:
        InvalidFrame: A field or a price cannot be meant.
    """

    ignore: frozenset[str] = frozenset()
    less_like: tuple[str, ...] = ()
    more_like: tuple[str, ...] = ()
    price: PriceWish | None = None
    reference_price: float | None = None
    gift: bool = False

    def __post_init__(self) -> None:
        for field in self.ignore - set(IGNORABLE):
            raise InvalidFrame("Edits.ignore", field, f"one of {', '.join(IGNORABLE)} is wanted")
        if self.price not in (None, *get_args(PriceWish)):
            raise InvalidFrame("Edits.price", self.price, "lower, higher or None is wanted")
        if (self.price is None) != (self.reference_price is None):
            raise InvalidFrame("Edits.reference_price", self.reference_price, "goes with Edits.price")
        if self.reference_price is not None and not (np.isfinite(self.reference_price) and self.reference_price >= 0):
            raise InvalidFrame("Edits.reference_price", self.reference_price, "a price is not negative")

    def with_ignored(self, field: str) -> Edits:
        """Leave a field of items out of account."""
        return replace(self, ignore=self.ignore | {field})

    def with_restored(self, field: str) -> Edits:
        """Let a field count again."""
        return replace(self, ignore=self.ignore - {field})

    def with_less_like(self, item_id: str) -> Edits:
        """Move the list away from an item; what was said of it before no longer counts."""
        return replace(
            self, less_like=(*_without(self.less_like, item_id), item_id), more_like=_without(self.more_like, item_id)
        )

    def with_more_like(self, item_id: str) -> Edits:
        """Move the list towards an item; what was said of it before no longer counts."""
        return replace(
            self, more_like=(*_without(self.more_like, item_id), item_id), less_like=_without(self.less_like, item_id)
        )

    def with_price(self, wish: PriceWish | None, reference_price: float | None = None) -> Edits:
        """Ask for items that cost less or more than a price, or for those of any price."""
        return replace(self, price=wish, reference_price=reference_price)

    def with_gift(self, gift: bool = True) -> Edits:
        """Look for somebody else, or for the shopper again."""
        return replace(self, gift=gift)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was argued."""
        return self == Edits()

    def to_state(self) -> dict[str, Any]:
        """Give what was argued as JSON, for a slot; nothing argued is `{}`."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        state = {name: value for name, value in plain.items() if value != getattr(Edits(), name)}
        return {name: sorted(value) if name == "ignore" else _as_json(value) for name, value in state.items()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any] | None) -> Edits:
        """Read what `to_state` gave.

        Args:
            state: The JSON; None, as an empty slot is, means that nothing was argued.

        Raises:
            InvalidFrame: It is not the state of edits.
        """
        given = dict(state or {})
        for name in given.keys() - {field.name for field in fields(cls)}:
            raise InvalidFrame("Edits", name, "no edit has that name")
        try:
            lists = {name: read(map(str, given.pop(name, ()))) for name, read in _LISTS.items()}
            return cls(**lists, **given)
        except TypeError as error:
            raise InvalidFrame("Edits", state, f"not a state of edits ({error})") from error

    def rows(self, items: IdMap) -> tuple[IntArray, FloatArray]:
        """Give the items that were argued about as rows with weights, for `recsys.fold_in`.

        Args:
            items: The items of the model; those that it does not know are passed over.

        Returns:
            Rows (n,) and weights (n,): `ARGUED_WEIGHT` for "more like this", minus that for "less like this".
        """
        rows = items.rows((*self.more_like, *self.less_like))
        weights = np.repeat((ARGUED_WEIGHT, -ARGUED_WEIGHT), (len(self.more_like), len(self.less_like)))
        return rows[rows >= 0], weights[rows >= 0]

    def affordable(self, prices: FloatArray) -> BoolArray:
        """Tell which items pass the wish about the price; an item without a price (NaN) passes only where none is.

        Args:
            prices: What each item costs, (n,), in the currency of `reference_price`.

        Returns:
            (n,), all True where nothing was said of the price.
        """
        if self.price is None:
            return np.ones(len(prices), dtype=bool)
        reference = cast(float, self.reference_price)
        return np.asarray(prices < reference if self.price == "lower" else prices > reference, dtype=bool)


def _without(item_ids: tuple[str, ...], item_id: str) -> tuple[str, ...]:
    return tuple(one for one in item_ids if one != item_id)


def _as_json(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
