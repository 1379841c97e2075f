"""Chinese names of goods that no list has, by what they end with: "热水袋", "饲料桶"."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.nlu.common_words import carrying_words, common_verbs
from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.han import NUMERALS
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import is_han
from assistant.nlu.words import WordLists

_SHORTEST = 3
_COUNTING = frozenset("几每整")


class Compounds:
    """Tells goods of words of three characters or more, and of a word with the character written onto it."""

    def __init__(self, words: WordLists, idle: IdleWords, goods: Iterable[str]) -> None:
        self._idle, self._goods = idle, frozenset(goods)
        self._endings = frozenset(words.goods_endings)
        self._not = frozenset(words.not_goods)
        self._units, self._determiners = frozenset(words.quantity["units"]), frozenset(words.determiners)
        self._common = carrying_words() | common_verbs()

    def is_goods(self, reading: Reading, place: int) -> bool:
        """Tell whether goods are named by a token, or by one and what is written onto it."""
        is_known = reading.tokens[place].norm in self._goods and not self.counts(reading, place)
        return is_known or self._is_long(reading, place) or self.closes(reading, place + 1)

    def counts(self, reading: Reading, place: int) -> bool:
        """Tell the "床" of "一床毛毯", "几床" and "那床被子", which counts, from that of "一张床" and "那床"."""
        if not place or not reading.is_glued(place) or reading.tokens[place].norm not in self._units:
            return False
        before = reading.tokens[place - 1]
        if before.number is not None or before.norm in NUMERALS | _COUNTING:
            return True
        return before.norm in self._determiners and self._is_noun(reading, place + 1)

    def _is_noun(self, reading: Reading, place: int) -> bool:
        if place >= len(reading.tokens) or not reading.is_glued(place):
            return False
        return reading.tokens[place].norm in self._goods or self._is_long(reading, place)

    def closes(self, reading: Reading, place: int) -> bool:
        """Tell whether a character ends a name of goods that the word before it begins: the "桶" of "饲料桶"."""
        if not 0 < place < len(reading.tokens) or not reading.is_glued(place):
            return False
        ending = reading.tokens[place]
        if ending.norm not in self._endings or not reading.is_free(place, place + 1):
            return False
        if self._idle.is_idle(ending, reading.intent):
            return False  # "衣服被染了"
        before = reading.tokens[place - 1].norm
        return len(before) > 1 and self._is_unknown(reading, place - 1)

    def _is_long(self, reading: Reading, place: int) -> bool:
        norm = reading.tokens[place].norm
        return len(norm) >= _SHORTEST and norm[-1] in self._endings and self._is_unknown(reading, place)

    def _is_unknown(self, reading: Reading, place: int) -> bool:
        token = reading.tokens[place]
        if not all(map(is_han, token.norm)) or token.norm in self._common or token.norm in self._not:
            return False
        return reading.is_searched(place) and not self._idle.is_idle(token, reading.intent)
