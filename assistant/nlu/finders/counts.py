"""Ordinals ("the second one", "number 2", "first two") and quantities ("two of them", "3x", "-1", "a dozen")."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.finders.spreads import digits_of
from assistant.nlu.intents import (
    ABOUT_ORDER,
    ASKING,
    CHANGE_QUANTITY,
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
    TAKING_BACK,
    UNCOUNTED,
)
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Found, Number, Reading
from assistant.nlu.scripts import has_han, is_han
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

MOST_SHOWN = 20
LAST = -1
_ONE, _DONE = "一", "了"
_BOTTOM = ("最底", "最下")
_LONGEST_LEAD = 3
_COMPARED = frozenset("和跟与同比")
_BESIDE_ONE = frozenset("和跟与同比呢号吧了的")
_SURELY_HAD = frozenset("剩到宜贵省")
_JOINED = frozenset("和跟与及")
# So many tokens may name the goods between a count and the word that makes it one of a whole: "三本教辅里".
_LONGEST_GOODS = 2


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
        self._worded = PhraseBook(tokenizer, words.quantity["words"].items())
        self._idle = idle

    def find(self, reading: Reading) -> None:
        """Take each ordinal; note a small number that is all the message says."""
        if reading.intent in SMALL_TALK | OFFERING | {"sort_results"}:
            return  # "the dearest on the first place" orders
        barred = self._barred(reading)
        for index, token in enumerate(reading.tokens):
            is_ordinal = token.norm in self._ordinals and index not in barred and reading.is_free(index, index + 1)
            if is_ordinal and not self._counts_time(reading, index + 1) and self._is_of_shown(reading, index + 1):
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

    def _is_of_shown(self, reading: Reading, place: int) -> bool:
        """Tell "第二个" from "第二中学" where an order is talked of, and from where results are put."""
        if reading.intent in SEARCHING and reading.tokens[place - 1].norm.startswith(_BOTTOM):
            return False
        is_named = place < len(reading.tokens) and reading.tokens[place].norm in self._nouns
        return is_named or reading.intent not in ABOUT_ORDER or not reading.is_glued(place)

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
        count, end = self._count_at(reading, last)
        if not 1 < count <= MOST_SHOWN:
            return False
        places = [str(place * step) for step in range(1, count + 1)]
        reading.take(first, end, {"ordinal": places})
        return True

    def _count_at(self, reading: Reading, place: int) -> tuple[int, int]:
        """Give how many are told at a place, in digits, numerals or a word ("头俩"), and where that ends; else 0."""
        number = reading.number_at(place)
        if number is not None:
            return (int(number.value), number.last) if number.is_whole else (0, place)
        length, counts = self._worded.at(reading.tokens, place) if place < len(reading.tokens) else (0, [])
        return (int(counts[0]), place + length) if length == 1 and reading.is_free(place, place + 1) else (0, place)

    def _find_number(self, reading: Reading, number: Number) -> None:
        if not number.is_whole or not 1 <= number.value <= MOST_SHOWN or _is_of_verb(reading, number):
            return
        if self._worded.at(reading.tokens, number.first)[0]:
            return  # "一对" counts
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
        """Tell the "三" of "三家" from that of "一和三"."""
        if not is_han(reading.tokens[number.first].norm[0]) or number.last >= len(reading.tokens):
            return False
        following = reading.tokens[number.last].norm
        if not (reading.is_glued(number.last) and is_han(following[0])) or following in self._suffixes_behind:
            return False
        is_joined = any(self._joins(reading, place) for place in (number.first - 1, number.last))
        return not is_joined and not self._idle.is_idle(reading.tokens[number.last], "all")

    def _joins(self, reading: Reading, place: int) -> bool:
        if place < 0:
            return False
        return reading.tokens[place].norm in _COMPARED or self._joiners.at(reading.tokens, place)[0] > 0

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
        self._had = PhraseBook(tokenizer, ((word, True) for word in quantity["had"]))
        self._denied = PhraseBook(tokenizer, ((word, True) for word in quantity["denied"]))
        self._aims = PhraseBook(tokenizer, ((word, True) for word in quantity["aims"]))
        self._enough = PhraseBook(tokenizer, ((word, True) for word in quantity["enough"]))
        self._parts = PhraseBook(tokenizer, ((word, True) for word in quantity["parts"]))
        self._counted = PhraseBook(tokenizer, ((word, True) for word in words.counted))
        self._one_after = {tokenizer.singular(word) for word in quantity["one_after"]}
        self._one = {tokenizer.singular(word) for word in words.ordinal_nouns}
        self._idle = idle

    def find(self, reading: Reading) -> None:
        """Take each quantity; a number without a unit counts only where the intent is about how many."""
        if reading.intent in SMALL_TALK | ORDERS | SEARCHING | UNCOUNTED:
            return
        for first, last, (count, *_) in list(self._words.find(reading.tokens, reading.is_free)):
            is_of_people = last < len(reading.tokens) and bool(self._counted.at(reading.tokens, last)[0])
            reading.take(first, last, {} if is_of_people else {"quantity": [count]})
        for number in reading.free_numbers():
            self._find_number(reading, number)
        if reading.intent in TAKING_BACK:
            _drop(reading, [one for one in _quantities(reading) if self._is_told_of(reading, one)])
            self._keep_last(reading)
        if reading.intent == CHANGE_QUANTITY and has_han(reading.text):
            self._keep_wanted(reading)
        elif reading.intent == CHANGE_QUANTITY:
            self._drop_denied(reading)
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
        is_led = number.first > 0 and reading.tokens[number.first - 1].norm in self._one_after
        if not length and not is_led and _is_of_verb(reading, number):
            return
        digits = digits_of(reading, number)
        if len(digits) > 1 and not (length and _is_rough(digits)):
            return  # "五一" is a holiday, "一零二八" an order
        first = number.first - self._has_lead(reading, number.first)
        sure = length > 0 or first < number.first
        if reading.tokens[number.first].norm in self._one and not length and not self._is_counted_one(reading, number):
            return
        if sure or reading.intent in NUMBER_IS_QUANTITY or self._idle.is_all_but(reading, number.first, number.last):
            count = str(digits[0]) if len(digits) > 1 else number.text
            reading.take(first, number.last + length, {"quantity": [count]})

    def _is_told_of(self, reading: Reading, one: Found) -> bool:
        """Tell the counts of a story, "家里还剩两桶", "我妈买了一个", and of a whole, "三样里头"."""
        is_had = self._stands_before(self._had, reading, one.first)
        if is_had and (one.value == "1" or reading.tokens[one.first - 1].norm in _SURELY_HAD):
            return True
        end = min(one.last + _LONGEST_GOODS, len(reading.tokens))
        return any(self._parts.at(reading.tokens, place)[0] for place in range(one.last, end))

    def _keep_last(self, reading: Reading) -> None:
        """Keep what is to go of what there was, "1048的两条裤子，退一条", but both counts of "两条裤子和一件外套"."""
        found = _quantities(reading) if has_han(reading.text) else []
        if not any(one.first and reading.tokens[one.first - 1].norm in _JOINED for one in found[1:]):
            _drop(reading, found[:-1])

    def _keep_wanted(self, reading: Reading) -> None:
        """Keep the one count that is aimed at: "两个不够，加到五个", "要四个，不是六个", "手抖点成了十个，只要一个"."""
        found = _quantities(reading)
        if len(found) < 2 or sum(one.entity == "ordinal" for one in reading.found) > 1:
            return
        wanted = [one for one in found if not self._is_former_or_denied(reading, one)] or found
        aimed = [one for one in wanted if self._is_aimed_at(reading, one)]
        _drop(reading, [one for one in found if one is not (aimed or wanted)[-1]])

    def _drop_denied(self, reading: Reading) -> None:
        """Leave out the six of "eight instead of six", where another count is told."""
        found = _quantities(reading)
        denied = [one for one in found if self._stands_before(self._denied, reading, one.first)]
        _drop(reading, denied if len(denied) < len(found) else [])

    def _is_aimed_at(self, reading: Reading, one: Found) -> bool:
        is_enough = one.last < len(reading.tokens) and bool(self._enough.at(reading.tokens, one.last)[0])
        return is_enough or self._stands_before(self._aims, reading, one.first)

    def _is_former_or_denied(self, reading: Reading, one: Found) -> bool:
        is_done = one.last < len(reading.tokens) and reading.tokens[one.last].norm == _DONE
        return is_done or self._stands_before(self._denied, reading, one.first)

    def _stands_before(self, book: PhraseBook[bool], reading: Reading, place: int) -> bool:
        starts = range(max(place - _LONGEST_LEAD, 0), place)
        return any(start + book.at(reading.tokens, start, place)[0] == place for start in starts)

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


def _is_of_verb(reading: Reading, number: Number) -> bool:
    """Tell the "一" of "手一抖" and "往上一坐" from that of "数量减一" and "一和三"."""
    norms = [token.norm for token in reading.tokens[number.first : number.last]]
    if norms != [_ONE] or number.last >= len(reading.tokens):
        return False
    following = reading.tokens[number.last].norm
    if number.first and reading.tokens[number.first - 1].norm in _COMPARED:
        return False
    return reading.is_glued(number.last) and is_han(following[0]) and following not in _BESIDE_ONE


def _is_rough(digits: Sequence[int]) -> bool:
    """Tell the three or four of "三四个": two neighbouring numerals, of which the lower is surely wanted."""
    return len(digits) == 2 and digits[1] == digits[0] + 1


def _quantities(reading: Reading) -> list[Found]:
    return sorted((one for one in reading.found if one.entity == "quantity"), key=lambda one: one.first)


def _drop(reading: Reading, dropped: list[Found]) -> None:
    reading.found[:] = [one for one in reading.found if not any(one is other for other in dropped)]
