"""What the shopper argues about: fields to ignore or to bring back, more or less of something, and who it is for."""

from __future__ import annotations

from assistant.nlu.intents import BY_PHOTO, GIVING
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import is_han
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

ADJUST, UNDO = "adjust_recommendations", "undo_adjustment"
RESTORE, EVERYTHING, GIFT = "restore", "all", "gift"
OPPOSITES = {
    **{"ignore": RESTORE, RESTORE: "ignore", "less": "more", "more": "less", "gift": "self", "self": "gift"},
    EVERYTHING: EVERYTHING,
}
# About what the shop does, not about whom a thing is for.
_TALKING = frozenset({"ask_deals", "ask_new"})
_THESE, _WISHES = frozenset("那这"), frozenset("条句项道话")
_GIVEN = frozenset("送给礼")
_NOT = "n't"


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
        signs = [
            one for one in self._signs.find(reading.tokens, reading.is_free) if self._is_gift(reading, one[0], one[1])
        ]
        for place, (first, last, _) in enumerate(signs):
            reading.take(first, last, {} if place else {"adjustment": [GIFT]})

    @staticmethod
    def _is_gift(reading: Reading, first: int, last: int) -> bool:
        """Tell "送老师" from a teacher who is only talked of, where nothing is asked for: "室友说在打折"."""
        sign = "".join(token.norm for token in reading.tokens[first - reading.is_glued(first) : last])
        return (
            reading.intent not in _TALKING or not is_han(reading.tokens[first].norm[0]) or not _GIVEN.isdisjoint(sign)
        )


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
        self._denying = PhraseBook(tokenizer, ((word, True) for word in words.denying))

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
            if not self._is_meant(reading.intent, name, has_aspect) or (name == EVERYTHING and self._is_one(reading)):
                continue
            is_first = name not in said and OPPOSITES[name] not in said
            said.add(name)
            reading.take(first, last, {"adjustment": [name]} if is_first else {})
        if reading.intent == ADJUST and has_aspect and not said and self._denies(reading):
            self._set_aside(reading)

    def _denies(self, reading: Reading) -> bool:
        found = self._denying.find(reading.tokens, lambda _first, _last: True)
        return any(True for _ in found) or any(token.norm.endswith(_NOT) for token in reading.tokens)

    @staticmethod
    def _set_aside(reading: Reading) -> None:
        """Take "brand names mean nothing to me" for what it says, in whatever words: the brand is to be ignored."""
        aspect = next(one for one in reading.found if one.entity == "aspect")
        reading.note(aspect.first, aspect.last, {"adjustment": ["ignore"]})

    @staticmethod
    def _is_one(reading: Reading) -> bool:
        """Tell "那条作废", and what names a field, from "都作废"."""
        norms = [token.norm for token in reading.tokens]
        points = any(norms[at] in _THESE and norms[at + 1] in _WISHES for at in range(len(norms) - 1))
        return points or any(one.entity == "aspect" for one in reading.found)

    def _is_meant(self, intent: str, name: str, has_aspect: bool) -> bool:
        """Tell "the brand counts again" from "leather is fine again", which names no field to bring back."""
        if intent == UNDO:
            return name == EVERYTHING or (name == RESTORE and has_aspect)
        return name != EVERYTHING and (name != RESTORE or has_aspect)
