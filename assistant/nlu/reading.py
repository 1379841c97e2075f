"""One message while it is being read: its tokens, which of them are spoken for, and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assistant.nlu.tokens import Token


@dataclass(frozen=True)
class Found:
    """A value named in the message by the tokens from `first` up to, but without, `last`."""

    entity: str
    value: str
    first: int
    last: int


@dataclass(frozen=True)
class Number:
    """A number written in digits or words by the tokens from `first` up to, but without, `last`."""

    first: int
    last: int
    value: Decimal

    @property
    def is_whole(self) -> bool:
        """Tell whether it counts things."""
        return self.value == self.value.to_integral_value()

    @property
    def text(self) -> str:
        """Write it in digits, without an exponent or a needless end: "100", "19.99"."""
        text = format(self.value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass
class Reading:
    """The state that finders share. A token belongs to the first finder that takes it."""

    text: str
    intent: str
    tokens: Sequence[Token]
    numbers: Sequence[Number] = ()
    found: list[Found] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start with every token free."""
        self._taken = [False] * len(self.tokens)
        self._searched = [True] * len(self.tokens)

    def take(self, first: int, last: int, values: Mapping[str, Sequence[str]], searched: bool = False) -> None:
        """Speak for tokens and note what they name; `searched` keeps them among the words to search for."""
        for index in range(first, last):
            self._taken[index] = True
            self._searched[index] = searched
        self.note(first, last, values)

    def note(self, first: int, last: int, values: Mapping[str, Sequence[str]]) -> None:
        """Note what tokens may name besides what another finder makes of them."""
        self.found.extend(Found(name, value, first, last) for name, each in values.items() for value in each)

    def names_at(self, index: int) -> set[str]:
        """Give the entities whose first token is this one."""
        return {one.entity for one in self.found if one.first == index}

    def is_free(self, first: int, last: int) -> bool:
        """Tell whether no finder has taken any of these tokens."""
        return not any(self._taken[first:last])

    def is_searched(self, index: int) -> bool:
        """Tell whether a token may be one of the words to search for."""
        return self._searched[index]

    def free_numbers(self) -> list[Number]:
        """Give the numbers that no finder has taken."""
        return [number for number in self.numbers if self.is_free(number.first, number.last)]

    def number_at(self, index: int) -> Number | None:
        """Give the free number that starts at a token."""
        return next((number for number in self.free_numbers() if number.first == index), None)

    def is_glued(self, index: int) -> bool:
        """Tell whether a token is written onto the one before it, with nothing between."""
        return index > 0 and self.tokens[index - 1].end == self.tokens[index].start

    def is_parted(self, index: int) -> bool:
        """Tell whether a comma stands between a token and the one before it."""
        between = self.text[self.tokens[index - 1].end : self.tokens[index].start] if index else ""
        return "," in between or "，" in between

    def places(self, start: int, end: int) -> tuple[int, int] | None:
        """Give the tokens of a stretch of the text, first and one past the last; None where there are none."""
        found = [place for place, token in enumerate(self.tokens) if token.start < end and token.end > start]
        return (found[0], found[-1] + 1) if found else None

    def between(self, left: int, right: int) -> str:
        """Give the text between two tokens."""
        return self.text[self.tokens[left].end : self.tokens[right].start]
