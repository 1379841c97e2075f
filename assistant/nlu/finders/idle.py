"""Words that carry a message and name nothing: "show me", "please", "the"."""

from __future__ import annotations

from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.tokens import Token, Tokenizer
from assistant.nlu.words import WordLists

EVERY = "all"


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

    def find(self, reading: Reading) -> None:
        """Take the number, not the word after it."""
        for number in reading.free_numbers():
            if number.last < len(reading.tokens) and self._counted.at(reading.tokens, number.last)[0]:
                reading.take(number.first, number.last, {}, searched=True)
