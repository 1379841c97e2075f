"""Numbers in digits and in words: "19.99", "1.5k", "1k5", "two", "one hundred and fifty", "两千五", "3千", "百来"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from cn2an import cn2an
from text_to_num import text2num

from assistant.nlu.han import NUMERALS
from assistant.nlu.reading import Number
from assistant.nlu.tokens import Token
from assistant.nlu.words import WordLists

LONGEST = 8
# "百来块", "千把块", "千元": a unit without a count before it is one, where money or a rough count follows.
_BARE_UNITS = frozenset("百千万")
_PLACES = frozenset("十百千万亿")
# "3000K" is no three millions.
_THOUSAND, _MANY = "k", 1000
_ROUGHLY = frozenset("来把元块")


class NumberReader:
    """Read numbers by the words of one language."""

    def __init__(self, words: WordLists) -> None:
        self._language = words.language
        self._multipliers = words.multipliers
        self._never = frozenset(words.endings["whole"])  # "the ones" counts nothing

    def read(self, tokens: Sequence[Token]) -> list[Number]:
        """Give every number, left to right; "a hundred" and "2 thousand" are one number each."""
        numbers: list[Number] = []
        index = 0
        while index < len(tokens):
            number = self._at(tokens, index)
            if number:
                numbers.append(number)
            index = number.last if number else index + 1
        return numbers

    def _at(self, tokens: Sequence[Token], index: int) -> Number | None:
        digits = tokens[index].number
        found = _chinese(tokens, index)
        if found is None:
            found = self._spelled(tokens, index) if digits is None else Number(index, index + 1, digits)
        if found is None:
            return None
        following = tokens[found.last].norm if found.last < len(tokens) else ""
        times = 0 if following == _THOUSAND and found.value >= _MANY else self._multipliers.get(following)
        return Number(found.first, found.last + 1, found.value * times) if times else found

    def _spelled(self, tokens: Sequence[Token], index: int) -> Number | None:
        best = None
        words: list[str] = []
        for last in range(index, min(index + LONGEST, len(tokens))):
            words.append(tokens[last].norm)
            value = self._value(" ".join(words))
            if value is not None:
                best = Number(index, last + 1, value)
            elif last == index:
                return None
        return best

    def _value(self, text: str) -> Decimal | None:
        if len(text) < 3 or text in self._never:  # "o" is a zero on the telephone only
            return None
        try:
            return Decimal(text2num(text, self._language))
        except ValueError:
            return None


def _chinese(tokens: Sequence[Token], index: int) -> Number | None:
    """Read a number of Chinese numerals, or of digits and numerals, written without a gap."""
    last = index
    while last < len(tokens) and _is_part(tokens[last]) and (last == index or _goes_on(tokens[last - 1], tokens[last])):
        last += 1
    # cn2an knows no "两" inside a number.
    written = "".join(token.norm for token in tokens[index:last]).replace("两", "二")
    if not any(letter in NUMERALS for letter in written):
        return None
    is_bare = written[0] in _BARE_UNITS and (len(written) > 1 or _stands_at(tokens, last, _ROUGHLY))
    try:
        return Number(index, last, Decimal(str(cn2an("一" + written if is_bare else written, "smart"))))
    except ValueError:
        return None


def _goes_on(before: Token, token: Token) -> bool:
    """Tell the "3千" of three thousand from the "40一" of "一双40一双42"."""
    is_parted = before.number is not None and token.norm in NUMERALS - _PLACES
    return before.end == token.start and not is_parted


def _stands_at(tokens: Sequence[Token], place: int, norms: Collection[str]) -> bool:
    return place < len(tokens) and tokens[place].norm in norms


def _is_part(token: Token) -> bool:
    return (token.number is not None and token.number >= 0) or token.norm in NUMERALS
