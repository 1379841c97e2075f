"""How many points of five the service gets: "five stars", "4 out of 5", "给4分"."""

from __future__ import annotations

from assistant.nlu.intents import RATING, STARRED
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Number, Reading
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

ENTITY = "rating"
MOST = 5
_LONGEST_LEAD = 4
_SLASHES = {"/", "／"}


class RatingFinder:
    """Find one rating, before the stars are read as a count; of ten points or of none, there is no rating."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        self._units = PhraseBook(tokenizer, ((unit, True) for unit in words.ratings["units"]))
        self._of = PhraseBook(tokenizer, ((joiner, True) for joiner in words.ratings["of"]))
        # "三星" is three stars, and the name of a brand.
        self._named = PhraseBook(tokenizer, ((word, str(points)) for word, points in words.ratings["named"].items()))
        self._points = PhraseBook(tokenizer, ((word, True) for word in words.ratings["points"]))
        self._scales = PhraseBook(tokenizer, ((word, True) for word in words.ratings["scales"]))
        self._not = PhraseBook(tokenizer, ((word, True) for word in words.ratings["not"]))
        self._words = PhraseBook(tokenizer, ((word, str(points)) for word, points in words.ratings["words"].items()))

    def find(self, reading: Reading) -> None:
        """Take the first number that rates; without a word for points only where the service is being rated."""
        if reading.intent not in STARRED:
            return
        if self._is_of_more(reading):
            return
        books = [self._words, self._named] if reading.intent == RATING else [self._words]
        for book in books:
            for first, last, (points, *_) in list(book.find(reading.tokens, reading.is_free)):
                reading.take(first, last, {ENTITY: [points]})
                return
        for number in reading.free_numbers():
            if not self._is_taken_off(reading, number) and self._take(reading, number):
                return

    def _is_of_more(self, reading: Reading) -> bool:
        """Tell "满分十分，给九分" and "十分制": of more points than five, there is no rating."""
        if any(self._scales.at(reading.tokens, place)[0] for place in range(len(reading.tokens))):
            return True
        numbers = [one for one in reading.numbers if one.value > MOST and one.last < len(reading.tokens)]
        return any(self._points.at(reading.tokens, one.last)[0] for one in numbers)

    def _is_taken_off(self, reading: Reading, number: Number) -> bool:
        """Tell the points of "扣一颗" and "本来想给4分" from those that are given."""
        starts = range(max(number.first - _LONGEST_LEAD, 0), number.first)
        return any(start + self._not.at(reading.tokens, start, number.first)[0] == number.first for start in starts)

    def _take(self, reading: Reading, number: Number) -> bool:
        last, scale = self._scale_behind(reading, number.last)
        has_unit = scale is not None
        if last < len(reading.tokens):
            length = self._units.at(reading.tokens, last)[0]
            last, has_unit = last + length, has_unit or bool(length)
        fits = number.is_whole and 1 <= number.value <= MOST and scale in (None, MOST)
        if fits and (has_unit or reading.intent == RATING):
            reading.take(number.first, last, {ENTITY: [number.text]})
        elif scale is not None:
            reading.take(number.first, last, {})
            return True
        return fits and (has_unit or reading.intent == RATING)

    def _scale_behind(self, reading: Reading, place: int) -> tuple[int, int | None]:
        """Give where "out of 5" ends behind a number, and of how many points it speaks."""
        if place >= len(reading.tokens):
            return place, None
        start = place + self._of.at(reading.tokens, place)[0]
        if start == place and reading.between(place - 1, place).strip() not in _SLASHES:
            return place, None
        whole = reading.number_at(start)
        return (whole.last, int(whole.value)) if whole and whole.is_whole else (place, None)
