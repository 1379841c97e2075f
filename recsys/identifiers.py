"""External ids and row numbers, and the one class that turns either into the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from recsys.arrays import IntArray
from recsys.errors import InvalidFrame, UnknownId


def is_id(value: object) -> bool:
    """Tell whether a value is text that can name something: not blank, and with a form in UTF-8 to be stored in."""
    if not isinstance(value, str) or not value.strip():
        return False
    return value.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in value)


@dataclass(frozen=True, eq=False)
class IdMap:
    """Ids in the order of their rows. Any non-empty text is an id, with newlines and emoji too; it is never changed."""

    _ids: tuple[str, ...]
    _rows: dict[str, int] = field(repr=False)

    @classmethod
    def from_ids(cls, ids: Iterable[str]) -> IdMap:
        """Number ids in the order of their first appearance.

        Raises:
            InvalidFrame: an id is no text, or empty.
        """
        rows: dict[str, int] = {}
        for id in ids:
            if not isinstance(id, str) or not id:
                raise InvalidFrame("id", id, "an id is non-empty text")
            rows.setdefault(str(id), len(rows))
        return cls(tuple(rows), rows)

    def extended(self, ids: Iterable[str]) -> IdMap:
        """Give a map that has these ids too, behind its own; rows that were given stay."""
        return IdMap.from_ids((*self._ids, *ids))

    def rows(self, ids: Iterable[str], unknown: int = -1) -> IntArray:
        """Give the row of each id, `unknown` where there is none; shape (number of ids,)."""
        return np.fromiter((self._rows.get(id, unknown) for id in ids), dtype=np.int64)

    def row(self, id: str) -> int:
        """Give the row of one id.

        Raises:
            UnknownId: there is no such id.
        """
        try:
            return self._rows[id]
        except KeyError:
            raise UnknownId(id) from None

    def ids(self, rows: Iterable[int] | IntArray | None = None) -> list[str]:
        """Give the ids of these rows, or of all rows in order.

        Raises:
            IndexError: a row is negative or beyond the last.
        """
        if rows is None:
            return list(self._ids)
        numbers = np.asarray(rows if isinstance(rows, np.ndarray) else list(rows), dtype=np.int64).tolist()
        if any(number < 0 for number in numbers):
            raise IndexError("a row number is not negative: -1 stands for an unknown id")
        return [self._ids[number] for number in numbers]

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, id: object) -> bool:
        return id in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdMap) and self._ids == other._ids

    def __hash__(self) -> int:
        return hash(self._ids)
