"""Reads a message piece by piece: which words of it speak of one thing, and how many pieces of it are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from actions.turn import Turn
from shop.search_text import stem

_NOT_CUT = ("product", "option_value", "colour", "size", "price_min", "price_max")
# What stands before a number that is wanted; the first says so most plainly.
_WISHING = ("wanted", "taking")
# What stands before a number that counts nothing wanted.
_NO_COUNT = ("left_before", "denied", "all_of", "budget_before")
_NUMBER = re.compile(r"-?\d{1,12}")
_WHOLE = re.compile(r"\d+")
# What closes a clause behind a number: the 4 of "4 is plenty", but not of "4 drives".
_CLOSED = re.compile(r"\s*(?:(?:is|are|will|would|then|instead)\b|[,.;!?，。；！？]|$)")
# The numeral of "一批" and "三个人": the language model may take the counter into the number.
_NUMERAL = re.compile(r"\d+|[零一两兩二三四五六七八九十百]+")
_WORD = re.compile(r"[a-z]+")
_OF_EACH = re.compile(r"(?<![\w.,$€£¥-])(\d{1,3}) (?=(?:of|in|for) (?:each|every)\b)", re.IGNORECASE)
# "第二个" and "那一个" point at something, and count nothing.
_HAN_POINTING = "(?<![第这那哪每上下前后])"
_HAN_COUNTER = "(?=[个個件双雙台臺把只隻根张張盆条條部支块塊顶頂辆輛副款样樣份盒套对對株棵斤码碼])"
# "2x" and "5副" count pieces wherever they stand; "50块" is a price, "42码" a size, and "3件套" one thing.
_MULTIPLE = re.compile(
    r"(?<![\w.,$€£¥-])(\d{1,3}) ?[x×](?![\w×])|(?<![\w×])[x×] ?(\d{1,3})(?![\w.,])"
    r"|(?<![a-z0-9.,$€£¥-])(\d{1,3}) ?[个個件双雙台臺把只隻根张張盆条條部支顶頂辆輛副份盒套对對株棵](?![月套])",
    re.IGNORECASE,
)
# "2 ropes" counts them where ropes are spoken of; "size 42 shoes" does not.
_BEFORE_GOODS = re.compile(r"(?<![\w.,$€£¥-])(?<!size )(?<!in )(\d{1,2}) (?=([a-z][\w'-]*))", re.IGNORECASE)
_COUNT = (
    r"(?:(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten) "
    "|[一两兩二三四五六七八九十\\d]{1,2}[个個件双雙台臺把只隻根张張盆条條支顶頂辆輛副份株棵])"
)
# Another number follows: not in "one 44 one 46", where the 44 is no count.
_NEXT_COUNT = re.compile(
    rf"(?:(?<=\w)\s+|(?<=[\u4e00-\u9fff])(?<![一两兩二三四五六七八九十第这那]))(?={_COUNT}(?!(?:one|two|three|\d)\b))",
    re.IGNORECASE,
)
_COUNTED_FIRST = re.compile(rf"[所以那就要来來是改成给給拿]{{0,5}}{_COUNT}\S", re.IGNORECASE)
_GOODS = ("product", "product_query", "option_value", "colour", "category")


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
    return [part for piece in found if piece.text for part in _each_counted(turn, piece)]


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
    for one in (*_number_words(turn), *_digits(turn)):
        if not any(one.start < end and start < one.end for start, end in taken):
            read[one.start, one.end] = one.value
            taken.append((one.start, one.end))
    numbers = [Number(value, *span) for span, value in sorted(read.items())]
    return [one for one in numbers if not (_tells_no_wish(turn, one) or _is_of_version(turn, one))]


def _is_of_version(turn: Turn, one: Number) -> bool:
    """Tell the 4 of "4 is plenty, swap it for a 4TB" from that of "4 4TB drives"."""
    said = {found for value in turn.entities("option_value") for found in _WHOLE.findall(value)}
    return str(one.value) in said and _CLOSED.match(turn.text, one.end) is not None


def _number_words(turn: Turn) -> Iterator[Number]:
    """Find numerals that the model reads as none: "only one", "two, no, three", "俩"."""
    listed = [pair for labels in turn.services.languages.values() for pair in labels.text("said.numbers").split("|")]
    for word, _, value in (pair.rpartition("=") for pair in listed):
        edges = rf"\b{word}\b" if word.isascii() else _HAN_POINTING + word + ("" if word == "俩" else _HAN_COUNTER)
        for found in re.finditer(edges, turn.text, re.IGNORECASE):
            one = Number(int(value), *found.span())
            beside = ("more_after", "fewer_after")
            if (
                word != "one"
                or is_after(turn, "counted_one", one)
                or any(is_before(turn, name, one) for name in beside)
            ):
                yield one


def _digits(turn: Turn) -> Iterator[Number]:
    """Find numbers in digits that the model reads as none: "2x", "x2", "5副", and "3 ferns" of ferns."""
    for found in _MULTIPLE.finditer(turn.text):
        yield Number(int(next(filter(None, found.groups()))), *found.span())
    for found in _OF_EACH.finditer(turn.text):
        yield Number(int(found[1]), *found.span(1))
    goods = {stem(word) for kind in _GOODS for value in turn.entities(kind) for word in _WORD.findall(value.casefold())}
    for found in _BEFORE_GOODS.finditer(turn.text):
        if stem(found[2].casefold()) in goods:
            yield Number(int(found[1]), *found.span(1))


def _each_counted(turn: Turn, piece: Piece) -> Iterator[Piece]:
    """Cut "1 tripod 1 camera lens" and "one 44 one 46", which no sign parts, before each number but the first."""
    spans = [(start, end) for _, start, end in turn.placed(*_NOT_CUT)]
    start, joint = piece.start, piece.joint
    if first := _COUNTED_FIRST.match(piece.text):
        for cut in _NEXT_COUNT.finditer(turn.text, piece.start + first.end(), piece.end):
            if not any(begin <= cut.end() < end for begin, end in spans):
                yield _piece(turn.text, start, cut.start(), joint)
                start, joint = cut.end(), cut[0]
    yield _piece(turn.text, start, piece.end, joint)


def _tells_no_wish(turn: Turn, one: Number) -> bool:
    if any(is_after(turn, name, one) for name in _NO_COUNT):
        return True
    numeral = _NUMERAL.match(turn.text, one.start, one.end)
    return is_before(turn, "left_after", Number(one.value, one.start, numeral.end() if numeral else one.end))


def is_after(turn: Turn, name: str, one: Number) -> bool:
    """Tell whether a number stands right after what a label of patterns describes."""
    return says(turn, name, turn.text[: one.start])


def is_before(turn: Turn, name: str, one: Number) -> bool:
    """Tell whether a number stands right before what a label of patterns describes."""
    return re.match(pattern(turn, name), turn.text[one.end :], re.IGNORECASE) is not None


def _piece(text: str, start: int, end: int, joint: str) -> Piece:
    said = text[start:end]
    return Piece(said.strip(), start + len(said) - len(said.lstrip()), start + len(said.rstrip()), joint)
