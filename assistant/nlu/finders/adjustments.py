"""What the shopper argues about: fields to ignore or to bring back, more or less of something, and who it is for."""

from __future__ import annotations

from assistant.nlu.intents import BY_PHOTO, GIVING
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

ADJUST, UNDO = "adjust_recommendations", "undo_adjustment"
RESTORE, EVERYTHING, GIFT = "restore", "all", "gift"
OPPOSITES = {
    **{"ignore": RESTORE, RESTORE: "ignore", "less": "more", "more": "less", "gift": "self", "self": "gift"},
    EVERYTHING: EVERYTHING,
}


class AspectFinder:
    """Find the field of a product that is talked of: brand, colour, category, price, or the shopper's own history."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        self._aspects = PhraseBook(tokenizer, ((word, name) for name, each in words.aspects.items() for word in each))

    def words(self) -> set[str]:
        """Give every word that is looked up, for the speller."""
        return self._aspects.words()

    def find(self, reading: Reading) -> None:
        """Take each field once."""
        if reading.intent not in (ADJUST, UNDO):
            return
        for first, last, names in list(self._aspects.find(reading.tokens, reading.is_free)):
            said = {one.value for one in reading.found if one.entity == "aspect"}
            reading.take(first, last, {} if names[0] in said else {"aspect": names[:1]})


class GiftFinder:
    """Find that what is asked for is for somebody else: "recommend something for my sister", "gift ideas"."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        self._signs = PhraseBook(tokenizer, ((sign, True) for sign in words.gifts))

    def words(self) -> set[str]:
        """Give every word that is looked up, for the speller."""
        return self._signs.words()

    def find(self, reading: Reading) -> None:
        """Take each sign, as nothing of that name is looked for; it is one gift."""
        if reading.intent not in GIVING:
            return
        for place, (first, last, _) in enumerate(list(self._signs.find(reading.tokens, reading.is_free))):
            reading.take(first, last, {} if place else {"adjustment": [GIFT]})


class PhotoAgainFinder:
    """Find that a photo from before is meant again: "back to my photo"."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        self._signs = PhraseBook(tokenizer, ((sign, True) for sign in words.photo_again))

    def find(self, reading: Reading) -> None:
        """Take each sign; a photo is brought back once."""
        if reading.intent != BY_PHOTO:
            return
        for place, (first, last, _) in enumerate(list(self._signs.find(reading.tokens, reading.is_free))):
            reading.take(first, last, {} if place else {"adjustment": [RESTORE]})


class AdjustmentFinder:
    """Find what is to be done: ignore or restore a field, less or more of something, for someone else or for me."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        self._phrases = PhraseBook(
            tokenizer, ((phrase, name) for name, each in words.adjustments.items() for phrase in each)
        )

    def words(self) -> set[str]:
        """Give every word that is looked up, for the speller."""
        return self._phrases.words()

    def find(self, reading: Reading) -> None:
        """Take each phrase; of two opposites the first one said counts: "fewer like that" asks for less."""
        if reading.intent not in (ADJUST, UNDO):
            return
        has_aspect = any(one.entity == "aspect" for one in reading.found)
        said: set[str] = set()
        for first, last, (name, *_) in list(self._phrases.find(reading.tokens, reading.is_free)):
            if not self._is_meant(reading.intent, name, has_aspect):
                continue
            is_first = name not in said and OPPOSITES[name] not in said
            said.add(name)
            reading.take(first, last, {"adjustment": [name]} if is_first else {})

    def _is_meant(self, intent: str, name: str, has_aspect: bool) -> bool:
        """Tell "the brand counts again" from "leather is fine again", which names no field to bring back."""
        if intent == UNDO:
            return name == EVERYTHING or (name == RESTORE and has_aspect)
        return name != EVERYTHING and (name != RESTORE or has_aspect)
