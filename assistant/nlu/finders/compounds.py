"""Chinese names of goods that no list has, by what they end with: "热水袋", "饲料桶"."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.nlu.common_words import carrying_words, common_verbs
from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import is_han
from assistant.nlu.words import WordLists

_SHORTEST = 3


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
        """Tell the "床" of "一床毛毯" and "那床被子" from that of "一张床"."""
        if reading.tokens[place].norm not in self._units or place + 1 >= len(reading.tokens):
            return False
        is_counting = any(number.last == place for number in reading.numbers)
        is_counting = is_counting or (place > 0 and reading.tokens[place - 1].norm in self._determiners)
        following = reading.tokens[place + 1].norm
        is_noun = following in self._goods or self._is_long(reading, place + 1)
        return is_counting and reading.is_glued(place + 1) and is_noun

    def closes(self, reading: Reading, place: int) -> bool:
        """Tell whether a character ends a name of goods that the word before it begins: the "桶" of "饲料桶"."""
        if not 0 < place < len(reading.tokens) or not reading.is_glued(place):
            return False
        if reading.tokens[place].norm not in self._endings or not reading.is_free(place, place + 1):
            return False
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
