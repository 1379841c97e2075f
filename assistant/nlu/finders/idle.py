"""Words that carry a message and name nothing: "show me", "please", "the"."""

from __future__ import annotations

from assistant.nlu.han import NUMERALS
from assistant.nlu.intents import LIMITED, NUMBERED
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Number, Reading
from assistant.nlu.scripts import is_han
from assistant.nlu.tokens import Token, Tokenizer
from assistant.nlu.words import WordLists

EVERY = "all"
# Between two numbers these make the second a part of the first.
_WHOLES = frozenset("米块元斤点")


class IdleWords:
    """The carrier words of every intent, and those of one: "price" is idle in "what is the price of the tent"."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        self._books = {
            intent: PhraseBook(tokenizer, ((word, True) for word in each)) for intent, each in words.carrier.items()
        }

    def words(self) -> set[str]:
        """Give every idle word, for the speller."""
        return set().union(*(book.words() for book in self._books.values()))

    def is_idle(self, token: Token, intent: str) -> bool:
        """Tell whether one token names nothing; numbers and signs always say something or nothing on their own."""
        if token.number is not None:
            return False
        return not token.norm[0].isalnum() or any(book.at([token], 0)[0] for book in self._of(intent))

    def is_all_but(self, reading: Reading, first: int, last: int) -> bool:
        """Tell whether these tokens are all that a message says: "2", "I'll take 2 please"."""
        others = (at for at in range(len(reading.tokens)) if not first <= at < last)
        return all(reading.is_free(at, at + 1) and self.is_idle(reading.tokens[at], "inform") for at in others)

    def covered(self, reading: Reading) -> frozenset[int]:
        """Give the places of the tokens that are part of a free idle phrase."""
        found = (each for book in self._of(reading.intent) for each in book.find(reading.tokens, reading.is_free))
        return frozenset(place for first, last, _ in found for place in range(first, last))

    def take(self, reading: Reading) -> None:
        """Take the idle phrases that are left in a message."""
        for book in self._of(reading.intent):
            for first, last, _ in list(book.find(reading.tokens, reading.is_free)):
                reading.take(first, last, {})

    def _of(self, intent: str) -> list[PhraseBook[bool]]:
        return [self._books[name] for name in (EVERY, intent) if name in self._books]


class CountedFinder:
    """Find numbers that count days, people or percents: no other finder should read them."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        self._counted = PhraseBook(tokenizer, ((word, True) for word in words.counted))
        self._rough = frozenset(words.price["above_inside"]) | frozenset(words.price["around_inside"])
        self._currencies = PhraseBook(
            tokenizer, ((word, True) for word in words.price["currencies"] if is_han(word[0]))
        )

    def find(self, reading: Reading) -> None:
        """Take the number, not the word after it."""
        for number in reading.free_numbers():
            if self._is_followed(self._counted, reading, number.last):
                reading.take(number.first, number.last, {}, searched=True)
            elif self._is_money(reading, number) or (
                reading.intent not in LIMITED and self._is_decimal(reading, number)
            ):
                reading.take(number.first, number.last, {})

    def _is_money(self, reading: Reading, number: Number) -> bool:
        """Tell the "两百块" that is to be paid back from an order's number."""
        return reading.intent in NUMBERED and self._is_followed(self._currencies, reading, number.last)

    def _is_followed(self, book: PhraseBook[bool], reading: Reading, place: int) -> bool:
        """Tell "十个小时", and "十几个小时"."""
        if place < len(reading.tokens) - 1 and reading.tokens[place].norm in self._rough:
            place += 1
        return place < len(reading.tokens) and bool(book.at(reading.tokens, place)[0])

    def _is_decimal(self, reading: Reading, number: Number) -> bool:
        """Tell the "八" of "一米八" and the 9 of "99块9"."""
        place = number.first - 1
        if place < 0 or not reading.is_glued(number.first):
            return False
        *whole, unit = reading.tokens[place].norm
        if unit not in _WHOLES:
            return False
        # "一米" stands in the dictionary as one word.
        return NUMERALS.issuperset(whole) if whole else any(other.last == place for other in reading.numbers)
