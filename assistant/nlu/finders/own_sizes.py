"""The shopper's own size: "I wear size 42", "I'm a medium", "shoe size 9"; without the word for size, as "42", "M"."""

from __future__ import annotations

from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

WISH = "state_wish"
_LONGEST_LEAD = 6


class OwnSizeFinder:
    """Find sizes that are said of the shopper, not of a product."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer, idle: IdleWords) -> None:
        self._idle = idle
        self._leads = PhraseBook(tokenizer, ((lead, True) for lead in words.own_size_leads))
        self._fillers = PhraseBook(tokenizer, ((word, True) for word in words.own_size_fillers))
        self._letters = PhraseBook(tokenizer, ((word, name) for name, each in words.sizes.items() for word in each))
        self._after = PhraseBook(tokenizer, ((word, True) for word in words.size_after))
        self._avoided = PhraseBook(tokenizer, ((lead, True) for lead in words.avoid_leads[WISH]))
        self._units = {unit[0] for unit in words.units}
        self._currencies = PhraseBook(tokenizer, ((word, True) for word in words.price["currencies"]))

    def find(self, reading: Reading) -> None:
        """Take the first size behind each lead, and one that is all the message says: "XL please", but not "no XL"."""
        if reading.intent != WISH:
            return
        for first, last, _ in list(self._leads.find(reading.tokens, reading.is_free)):
            self._find_behind(reading, first, last)
        self._find_before(reading)
        length, names = self._letters.at(reading.tokens, 0) if reading.tokens else (0, [])
        if length and reading.is_free(0, length) and self._idle.is_all_but(reading, 0, length):
            reading.take(0, length, {"size": names[:1]})

    def _find_before(self, reading: Reading) -> None:
        """Find the size before a word that makes it one: "L码是我的尺码"."""
        for place in range(1, len(reading.tokens)):
            length = self._after.at(reading.tokens, place)[0]
            first, size = self._size_before(reading, place)
            is_free = reading.is_free(first, place + length)
            if length and size and is_free and not self._is_avoided(reading, first):
                reading.take(first, place + length, {"size": [size]})

    def _size_before(self, reading: Reading, place: int) -> tuple[int, str]:
        number = next((one for one in reading.free_numbers() if one.last == place and one.value > 1), None)
        if number is not None:
            return number.first, number.text
        letters = self._letters.at(reading.tokens, place - 1, place)[1]
        return place - 1, letters[0] if letters else ""

    def _is_avoided(self, reading: Reading, place: int) -> bool:
        starts = range(max(place - _LONGEST_LEAD, 0), place)
        return any(start + self._avoided.at(reading.tokens, start, place)[0] == place for start in starts)

    def _find_behind(self, reading: Reading, lead: int, place: int) -> None:
        while place < len(reading.tokens) and reading.is_free(place, place + 1):
            length, size = self._size_at(reading, place)
            if size:
                reading.take(lead, place + length, {"size": [size]})
                return
            fillers, _ = self._fillers.at(reading.tokens, place)
            if not fillers:
                return
            place += fillers

    def _size_at(self, reading: Reading, place: int) -> tuple[int, str]:
        length, names = self._letters.at(reading.tokens, place)
        if length:
            return length, names[0]
        number = reading.number_at(place)
        if number is None or number.value <= 0 or self._is_measure(reading, number.last):
            return 0, ""
        return number.last - place, number.text

    def _is_measure(self, reading: Reading, place: int) -> bool:
        """Tell "42 euros" and "13 inch" from a size."""
        if place >= len(reading.tokens):
            return False
        return reading.tokens[place].norm in self._units or bool(self._currencies.at(reading.tokens, place)[0])
