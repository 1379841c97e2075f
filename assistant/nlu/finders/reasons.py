"""Why something comes back, as a code of the shop's rules: "too small" is "does not fit"."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.nlu.intents import REASONED, REPORTING
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

REASON = "reason"


class ReasonFinder:
    """Find reasons, before a name is read: "nothing like the photo" is about no camera."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        self._phrases = _book(tokenizer, words.reasons)
        # "The wrong size" is the shop's fault only in who complains of it.
        self._reported = _book(tokenizer, words.reasons_reported)
        self._denials = PhraseBook(tokenizer, ((word, True) for word in words.reason_denials))

    def words(self) -> set[str]:
        """Give every word that is looked up, for the speller."""
        return self._phrases.words() | self._reported.words()

    def find(self, reading: Reading) -> None:
        """Take each reason once, but for one that is denied: "it isn't damaged"."""
        if reading.intent not in REASONED:
            return
        books = [self._reported, self._phrases] if reading.intent == REPORTING else [self._phrases]
        said: set[str] = set()
        for book in books:
            for first, last, (code, *_) in list(book.find(reading.tokens, reading.is_free)):
                if self._is_denied(reading, first) or (book is self._reported and self._is_inside(reading, first)):
                    continue
                reading.take(first, last, {} if code in said else {REASON: [code]})
                said.add(code)

    def _is_inside(self, reading: Reading, first: int) -> bool:
        """Tell the "给我寄了" of "少给我寄了一个" from that of "给我寄了个黑的"."""
        starts = range(max(first - 3, 0), first)
        return any(start + self._phrases.at(reading.tokens, start)[0] > first for start in starts)

    def _is_denied(self, reading: Reading, first: int) -> bool:
        starts = range(max(first - 3, 0), first)
        return any(start + self._denials.at(reading.tokens, start, first)[0] == first for start in starts)


def _book(tokenizer: Tokenizer, reasons: Mapping[str, tuple[str, ...]]) -> PhraseBook[str]:
    return PhraseBook(tokenizer, ((phrase, code) for code, each in reasons.items() for phrase in each))
