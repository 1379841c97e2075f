"""Reads a message piece by piece: which words of it speak of one thing, and how many pieces of it are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from actions.turn import Turn

_NOT_CUT = ("product", "option_value", "colour", "size", "price_min", "price_max")
# What stands before a number that is wanted; the first says so most plainly.
_WISHING = ("wanted", "taking")
_NUMBER = re.compile(r"-?\d{1,12}")
# "第二个" and "那一个" point at something, and count nothing.
_HAN_POINTING = "(?<![第这那哪每上下前后])"
_HAN_COUNTER = "(?=[个件双台把只根张盆条部支块顶辆副款样份盒套对株棵斤码])"
# "10把" counts pieces; "100块" is a price, and "40双" after "一双" begins a size.
_HAN_DIGITS = re.compile(r"(?<![\d.第这那哪])\d{1,2}(?=[个件双台把只根张盆条辆副份套对株棵])")


@dataclass(frozen=True)
class Piece:
    """A stretch of a message.

    Attributes:
        joint: what stands before it and cuts it off from the piece before.
    """

    text: str
    start: int
    end: int
    joint: str = ""

    def holds(self, start: int, end: int) -> bool:
        """Tell whether a stretch lies in it."""
        return self.start <= start and end <= self.end

    def values(self, turn: Turn, *kinds: str) -> list[str]:
        """List what it names of some kinds, each once."""
        return list(dict.fromkeys(value for value, start, end in turn.placed(*kinds) if self.holds(start, end)))


NO_PIECE = Piece("", 0, 0)


@dataclass(frozen=True)
class Number:
    """A number of pieces, and where it stands in the message."""

    value: int
    start: int
    end: int


def whole(turn: Turn) -> Piece:
    """Give the message as one piece."""
    return Piece(turn.text, 0, len(turn.text))


def pattern(turn: Turn, name: str) -> str:
    """Give what a label of patterns holds, in all languages at once."""
    return "|".join(f"(?:{labels.text(f'said.{name}')})" for labels in turn.services.languages.values())


def says(turn: Turn, name: str, text: str | None = None) -> bool:
    """Tell whether a message, or a text, holds what a label of patterns describes."""
    return re.search(pattern(turn, name), turn.text if text is None else text, re.IGNORECASE) is not None


def pieces_of(turn: Turn) -> list[Piece]:
    """Cut a message where another thing may begin: at commas, "and", "再要"; never inside a name or a value."""
    spans = [(start, end) for _, start, end in turn.placed(*_NOT_CUT)]
    found, start, joint = [], 0, ""
    for cut in re.finditer(pattern(turn, "joint"), turn.text, re.IGNORECASE):
        if any(first < cut.end() and cut.start() < last for first, last in spans):
            continue
        found.append(_piece(turn.text, start, cut.start(), joint))
        start, joint = cut.end(), cut[0]
    found.append(_piece(turn.text, start, len(turn.text), joint))
    return [piece for piece in found if piece.text]


def joined(turn: Turn, first: Piece, last: Piece) -> Piece:
    """Give two neighbours as one piece."""
    return _piece(turn.text, first.start, last.end, first.joint)


def wanted_number(turn: Turn, piece: Piece | None = None) -> int | None:
    """Read how many pieces are wanted of what a message, or a piece of it, speaks of.

    "Only five left, so I'd like three" wants three, and so does "two, no, three of them".
    """
    found = number_wanted(turn, piece)
    return found.value if found else None


def number_wanted(turn: Turn, piece: Piece | None = None) -> Number | None:
    """Find the number of pieces that are wanted, with its place in the message."""
    numbers = [one for one in numbers_in(turn) if piece is None or piece.holds(one.start, one.end)]
    corrected = [one for one in numbers[1:] if is_after(turn, "corrected", one)]
    wishes = [[one for one in numbers if is_after(turn, name, one)] for name in _WISHING]
    enough = [one for one in numbers if is_before(turn, "enough", one)]
    return next((found[0] for found in (corrected[-1:], enough[-1:], *wishes, numbers) if found), None)


def corrects_number(turn: Turn) -> bool:
    """Tell whether a number takes another one back: the three of "two, no three" is no place in a list."""
    return any(is_after(turn, "corrected", one) for one in numbers_in(turn)[1:])


def numbers_in(turn: Turn) -> list[Number]:
    """List the numbers of pieces that a message says, without those that say what there is or is not wanted."""
    read = {(start, end): int(value) for value, start, end in turn.placed("quantity") if _NUMBER.fullmatch(value)}
    taken = [(start, end) for _, start, end in turn.placed(*_NOT_CUT)] + list(read)
    for one in _number_words(turn):
        if not any(one.start < end and start < one.end for start, end in taken):
            read[one.start, one.end] = one.value
    for digits in _HAN_DIGITS.finditer(turn.text):
        if not any(digits.start() < end and start < digits.end() for start, end in [*taken, *read]):
            read[digits.span()] = int(digits[0])
    numbers = [Number(value, *span) for span, value in sorted(read.items())]
    return [one for one in numbers if not _tells_no_wish(turn, one)]


def _number_words(turn: Turn) -> Iterator[Number]:
    """Find numerals that the model reads as none: "only one", "two, no, three", "俩"."""
    listed = [pair for labels in turn.services.languages.values() for pair in labels.text("said.numbers").split("|")]
    for word, _, value in (pair.partition("=") for pair in listed):
        edges = rf"\b{word}\b" if word.isascii() else _HAN_POINTING + word + ("" if word == "俩" else _HAN_COUNTER)
        for found in re.finditer(edges, turn.text, re.IGNORECASE):
            one = Number(int(value), *found.span())
            if word != "one" or is_after(turn, "counted_one", one):
                yield one


def _tells_no_wish(turn: Turn, one: Number) -> bool:
    if any(is_after(turn, name, one) for name in ("left_before", "denied", "all_of", "budget_before")):
        return True
    return is_before(turn, "left_after", one)


def is_after(turn: Turn, name: str, one: Number) -> bool:
    """Tell whether a number stands right after what a label of patterns describes."""
    return says(turn, name, turn.text[: one.start])


def is_before(turn: Turn, name: str, one: Number) -> bool:
    """Tell whether a number stands right before what a label of patterns describes."""
    return re.match(pattern(turn, name), turn.text[one.end :], re.IGNORECASE) is not None


def _piece(text: str, start: int, end: int, joint: str) -> Piece:
    said = text[start:end]
    return Piece(said.strip(), start + len(said) - len(said.lstrip()), start + len(said.rstrip()), joint)
