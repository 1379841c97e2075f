"""One finder a kind of value. Each takes the tokens it understands, so that the next one does not see them."""

from __future__ import annotations

from typing import Protocol

from assistant.nlu.reading import Reading


class Finder(Protocol):
    """Something that finds one kind of value in a message."""

    def find(self, reading: Reading) -> None:
        """Take tokens of the reading and note what they name."""
