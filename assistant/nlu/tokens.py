"""A message cut into words, numbers and signs that never break inside a word, with their places in the text.

Chinese is written without blanks. Its characters are tokens of their own, so that a phrase is found wherever it stands,
but for words that are known whole (`WordLists.whole_words`, goods, units) and words that are none of ours: what jieba
takes for one word and no list holds stays in one piece, and no character of it is taken for a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from price_parser import Price

from assistant.nlu.han import HanCutter
from assistant.nlu.scripts import HAN, plain
from assistant.nlu.words import WordLists

# Longer texts are read up to here: no shopper names a thing after a thousand characters.
MAX_CHARACTERS = 1000
MAX_DIGITS = 18

_PIECE = re.compile(
    rf"(?P<number>\d+(?:[.,]\d+)*)(?P<tail>[^\W_{HAN}]*)"
    rf"|(?P<han>[{HAN}]+)"
    rf"|(?P<word>[^\W\d_{HAN}][^\W_{HAN}]*(?:'[^\W\d_{HAN}]+)*)"
    r"|(?P<sign>''|[$€£¥<>#%\"″”+])"
)
_TIMES = re.compile(r"x(\d+)")
_HUNDREDS = re.compile("k([1-9])")


@dataclass(frozen=True)
class Token:
    """One word, number or sign: `norm` is its spelling for look-ups, `number` its value where it is one."""

    start: int
    end: int
    norm: str
    number: Decimal | None = None


class Tokenizer:
    """Cut texts by the units, multipliers and plural endings of a language.

    Args:
        words: of the language, or of several.
        goods: words for goods that are written without blanks, which are never cut.
    """

    def __init__(self, words: WordLists, goods: Iterable[str] = ()) -> None:
        self._kept = tuple(words.endings["kept"])
        self._whole = frozenset(words.endings["whole"])
        self._plural = [(str(ending), str(instead)) for ending, instead in words.endings["plural"]]
        self._units = {other: unit[0] for unit in words.units for other in unit}
        self._glued = {**self._units, **{word: words.units[0][0] for word in words.glued_units}}
        priced = {word for name in ("currencies", "around_after") for word in words.price[name] if word.isalpha()}
        self._han = HanCutter(words, goods)
        self._tails = {*self._glued, *words.multipliers, *words.ordinal_suffixes, *priced, "x"}

    def singular(self, word: str) -> str:
        """Take a plural ending off; "glass" and "cactus" stay as they are."""
        if len(word) > 3 and word not in self._whole and not word.endswith(self._kept):
            for ending, instead in self._plural:
                if word.endswith(ending):
                    return word[: -len(ending)] + instead
        return word

    def cut(self, text: str) -> list[Token]:
        """Cut a text; places count in the text as given."""
        lowered = plain(text[:MAX_CHARACTERS])
        found: list[Token] = []
        for piece in _PIECE.finditer(lowered):
            found.extend(self._read(piece, lowered))
        return self._join_units(found)

    def _read(self, piece: re.Match[str], text: str) -> Iterator[Token]:
        start, end = piece.span()
        if piece["number"]:
            yield from self._read_number(piece, text)
        elif piece["han"]:
            yield from (
                Token(start + first, start + last, text[start + first : start + last])
                for first, last in self._han.cut(piece["han"])
            )
        elif piece["sign"]:
            yield Token(start, end, piece["sign"])
        elif times := _TIMES.fullmatch(piece["word"]):
            yield Token(start, start + 1, "x")
            yield Token(start + 1, end, times[1], _value(times[1]))
        else:
            yield Token(start, end, self.singular(piece["word"].removesuffix("'s")))

    def _read_number(self, piece: re.Match[str], text: str) -> Iterator[Token]:
        (start, end), digits, tail = piece.span(), piece["number"], piece["tail"]
        value = _value(digits)
        hundreds = _HUNDREDS.fullmatch(tail)
        if hundreds and value is not None and digits.isdecimal():  # "1k5"
            yield Token(start, end, piece[0], value * 1000 + int(hundreds[1]) * 100)
            return
        if (tail and tail not in self._tails) or value is None:
            yield Token(start, end, piece[0])
            return
        # A minus is a sign only at the start of a word: "50-80" and "i7-8700" hold none.
        if text[start - 1 : start] == "-" and not text[max(start - 2, 0) : start - 1].strip():
            start, value = start - 1, -value
        middle = piece.end("number")
        yield Token(start, middle, digits, value)
        if tail:
            yield Token(middle, end, self._glued.get(tail, tail))

    def _join_units(self, tokens: list[Token]) -> list[Token]:
        for index in range(1, len(tokens)):
            token, before = tokens[index], tokens[index - 1]
            if before.number is not None and token.norm in self._units:
                tokens[index] = Token(token.start, token.end, self._units[token.norm])
        return tokens


def _value(digits: str) -> Decimal | None:
    if len(digits) > MAX_DIGITS:
        return None
    return Decimal(digits) if digits.isdecimal() else Price.fromstring(digits).amount
