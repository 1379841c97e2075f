"""Ordinals ("the second one", "number 2", "first two") and quantities ("two of them", "3x", "-1", "a dozen")."""

from __future__ import annotations

from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.intents import (
    ASKING,
    CHANGING,
    EXCHANGING,
    NUMBER_IS_ORDINAL,
    NUMBER_IS_QUANTITY,
    OFFERING,
    ORDERS,
    PLACED,
    READDRESSING,
    SEARCHING,
    SMALL_TALK,
    UNCOUNTED,
)
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Number, Reading
from assistant.nlu.scripts import is_han
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

MOST_SHOWN = 20
LAST = -1
_ONE, _BESIDE = "一", "比"


class OrdinalFinder:
    """Find places in what was shown, counted from 1; -1 is the last."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer, idle: IdleWords) -> None:
        self._ordinals = {tokenizer.singular(word): place for word, place in words.ordinals.items()}
        self._of_many = PhraseBook(tokenizer, words.ordinals_of_many.items())
        self._suffixes = set(words.ordinal_suffixes)
        self._suffixes_behind = set(words.ordinal_behind)
        self._leads = PhraseBook(tokenizer, ((word, True) for word in words.ordinal_leads))
        self._counted = PhraseBook(tokenizer, ((word, True) for word in words.counted))
        self._not = PhraseBook(tokenizer, ((phrase, True) for phrase in words.not_ordinal))
        self._nouns = {tokenizer.singular(word) for word in words.ordinal_nouns}
        self._units = PhraseBook(tokenizer, ((word, True) for word in words.quantity["units"]))
        self._joiners = PhraseBook(tokenizer, ((word, True) for word in words.avoid_joiners))
        self._idle = idle

    def find(self, reading: Reading) -> None:
        """Take each ordinal; note a small number that is all the message says."""
        if reading.intent in SMALL_TALK | OFFERING | {"sort_results"}:
            return  # "the dearest on the first place" orders
        barred = self._barred(reading)
        for index, token in enumerate(reading.tokens):
            is_ordinal = token.norm in self._ordinals and index not in barred and reading.is_free(index, index + 1)
            if is_ordinal and not self._counts_time(reading, index + 1):
                self._take_word(reading, index)
        for first, last, (place, *_) in list(self._of_many.find(reading.tokens, reading.is_free)):
            if not (reading.is_glued(first) and reading.tokens[first - 1].number is not None):  # "138后面四个7"
                self._take_many(reading, first, last, place)
        if reading.intent == READDRESSING:
            return  # "number 14" is a house
        for number in reading.free_numbers():
            self._find_number(reading, number)

    def _counts_time(self, reading: Reading, place: int) -> bool:
        """Tell the "第七" of "第七天" from that of "第七个"."""
        if place >= len(reading.tokens) or not is_han(reading.tokens[place].norm[0]):
            return False
        return bool(self._counted.at(reading.tokens, place)[0]) and reading.tokens[place].norm not in self._nouns

    def _barred(self, reading: Reading) -> set[int]:
        """Give the places of "second hand" and "a second", but not of "a second one"."""
        return {
            place
            for first, last, _ in self._not.find(reading.tokens, lambda _first, _last: True)
            if not (last < len(reading.tokens) and reading.tokens[last].norm in self._nouns)
            for place in range(first, last)
        }

    def _take_word(self, reading: Reading, index: int) -> None:
        place = self._ordinals[reading.tokens[index].norm]
        is_noun = index + 1 < len(reading.tokens) and reading.tokens[index + 1].norm in self._nouns
        if not is_noun and place in (1, LAST) and self._take_many(reading, index, index + 1, place):
            return
        reading.take(index, index + 1 + is_noun, {"ordinal": [str(place)]})

    def _take_many(self, reading: Reading, first: int, last: int, place: int) -> bool:
        """Take "the last two", which are -1 and -2."""
        count = reading.number_at(last)
        if count is None or not count.is_whole or not 1 < count.value <= MOST_SHOWN:
            return False
        places = [str(place * step) for step in range(1, int(count.value) + 1)]
        reading.take(first, count.last, {"ordinal": places})
        return True

    def _find_number(self, reading: Reading, number: Number) -> None:
        if not number.is_whole or not 1 <= number.value <= MOST_SHOWN:
            return
        is_noun = reading.tokens[number.first].norm in self._nouns  # the "one" of "the cheapest one"
        counts = number.last < len(reading.tokens) and self._units.at(reading.tokens, number.last)[0]
        values = {"ordinal": [number.text]}
        following = reading.tokens[number.last].norm if number.last < len(reading.tokens) else ""
        first = self._lead_before(reading, number.first)
        is_place = self._is_place(reading, number, following)
        if is_place or (following in self._suffixes and reading.is_glued(number.last)):
            noun = number.last + 1 < len(reading.tokens) and reading.tokens[number.last + 1].norm in self._nouns
            reading.take(number.first, number.last + 1 + noun, values)
        elif first < number.first or (reading.intent in NUMBER_IS_ORDINAL and not is_noun and not counts):
            if first < number.first or not self._begins_word(reading, number):
                reading.take(first, number.last, values)
        elif reading.intent in NUMBER_IS_QUANTITY or counts or (is_noun and reading.intent in NUMBER_IS_ORDINAL):
            return  # "2 of those" and "which one is cheaper" name no place
        elif self._idle.is_all_but(reading, number.first, number.last):
            reading.note(number.first, number.last, values)

    def _begins_word(self, reading: Reading, number: Number) -> bool:
        """Tell the "一" of "一打开" and the "三" of "三家" from that of "一和三"."""
        if not is_han(reading.tokens[number.first].norm[0]) or number.last >= len(reading.tokens):
            return False
        following = reading.tokens[number.last].norm
        if not (reading.is_glued(number.last) and is_han(following[0])) or following in self._suffixes_behind:
            return False
        is_joined = any(self._joins(reading, place) for place in (number.first - 1, number.last))
        return not is_joined and (number.value == 1 or not self._idle.is_idle(reading.tokens[number.last], "all"))

    def _joins(self, reading: Reading, place: int) -> bool:
        return place >= 0 and (reading.tokens[place].norm == _BESIDE or self._joiners.at(reading.tokens, place)[0] > 0)

    def _is_place(self, reading: Reading, number: Number, following: str) -> bool:
        """Tell "2号那个" from the house in "建国路12号"."""
        if following not in self._suffixes_behind or reading.intent not in PLACED:
            return False
        first = number.first
        return not reading.is_glued(first) or self._idle.is_idle(reading.tokens[first - 1], reading.intent)

    def _lead_before(self, reading: Reading, first: int) -> int:
        is_lead = first and reading.is_free(first - 1, first) and self._leads.at(reading.tokens, first - 1, first)[0]
        # "No 4" is a place; "no, four" says no first.
        return first - 1 if is_lead and not reading.is_parted(first) else first


class QuantityFinder:
    """Find how many; any whole number is given as it is, so that 0, -1 and 10^9 can be refused by name."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer, idle: IdleWords) -> None:
        quantity = words.quantity
        self._units = PhraseBook(tokenizer, ((word, True) for word in quantity["units"]))
        self._leads = PhraseBook(tokenizer, ((word, True) for word in quantity["leads"]))
        self._words = PhraseBook(tokenizer, ((word, str(count)) for word, count in quantity["words"].items()))
        self._whole = PhraseBook(tokenizer, ((word, str(count)) for word, count in quantity["whole"].items()))
        self._from = PhraseBook(tokenizer, ((word, True) for word in quantity["from"]))
        self._one_after = {tokenizer.singular(word) for word in quantity["one_after"]}
        self._one = {tokenizer.singular(word) for word in words.ordinal_nouns}
        self._idle = idle

    def find(self, reading: Reading) -> None:
        """Take each quantity; a number without a unit counts only where the intent is about how many."""
        if reading.intent in SMALL_TALK | ORDERS | SEARCHING | UNCOUNTED:
            return
        for first, last, (count, *_) in list(self._words.find(reading.tokens, reading.is_free)):
            reading.take(first, last, {"quantity": [count]})
        for number in reading.free_numbers():
            self._find_number(reading, number)
        for first, last, (count, *_) in list(self._whole.find(reading.tokens, reading.is_free)):
            if self._idle.is_all_but(reading, first, last):
                reading.take(first, last, {"quantity": [count]})

    def _find_number(self, reading: Reading, number: Number) -> None:
        if not number.is_whole:
            return
        length = self._units.at(reading.tokens, number.last)[0] if number.last < len(reading.tokens) else 0
        if (length and self._is_article(reading, number)) or self._is_former(reading, number):
            reading.take(number.first, number.last + length, {})
            return
        first = number.first - self._has_lead(reading, number.first)
        sure = length > 0 or first < number.first
        if reading.tokens[number.first].norm in self._one and not length and not self._is_counted_one(reading, number):
            return
        if sure or reading.intent in NUMBER_IS_QUANTITY or self._idle.is_all_but(reading, number.first, number.last):
            reading.take(first, number.last + length, {"quantity": [number.text]})

    def _is_article(self, reading: Reading, number: Number) -> bool:
        """Tell the "一双" of "换一双大的", which is "a pair" and counts nothing, from that of "加一双"."""
        return reading.tokens[number.first].norm == _ONE and reading.intent in ASKING | {EXCHANGING}

    def _is_former(self, reading: Reading, number: Number) -> bool:
        """Tell the 5 of "from 5 to 8"."""
        if reading.intent not in CHANGING or not number.first:
            return False
        is_led = self._from.at(reading.tokens, number.first - 1, number.first)[0] > 0
        return is_led and any(other.first > number.first for other in reading.free_numbers())

    def _is_counted_one(self, reading: Reading, number: Number) -> bool:
        """Tell "add one" from "the black one"."""
        before = reading.tokens[number.first - 1].norm if number.first else None
        return before in self._one_after and reading.intent in CHANGING

    def _has_lead(self, reading: Reading, first: int) -> bool:
        return bool(first and self._leads.at(reading.tokens, first - 1, first)[0] and reading.is_free(first - 1, first))
