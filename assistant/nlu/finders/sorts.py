"""The order of results, and whether cheaper or dearer ones are wanted.

A superlative orders a search ("cheapest laptop") and points at one of what was shown everywhere else ("how much is the
cheapest one?"). "Cheap" orders by price, because it names no limit. Where the words of an order stand in no list, what
shall come where tells it: "put the dear ones last", "价钱低的放上面".
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.nlu.intents import OFFERING, ORDERS, PRICED, SEARCHING, SMALL_TALK, SORTED
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

Span = tuple[int, int, list[str]]

SORTS = ("price_asc", "price_desc", "newest")
SORT_OF = {"cheapest": "price_asc", "dearest": "price_desc"}
# What comes last leaves the opposite first; the oldest first is no order that a search has.
_TURNED = {"price_asc": "price_desc", "price_desc": "price_asc"}
# "便宜的统统给我放前面": so many words or characters may stand between what is placed and its place.
_FARTHEST = 6


class SortFinder:
    """Find the order of results, and whether cheaper or dearer things are wanted."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        named = ((phrase, name) for name in SORTS for phrase in words.sort[name])
        self._sorts = PhraseBook(tokenizer, named)
        self._placed = PhraseBook(tokenizer, ((phrase, name) for name in SORTS for phrase in words.placed[name]))
        self._places = PhraseBook(tokenizer, _places(words))
        self._between = PhraseBook(tokenizer, ((word, True) for word in words.placed["between"]))
        self._others = PhraseBook(tokenizer, ((phrase, True) for phrase in words.sort["others"]))
        self._directions = {tuple(token.norm for token in tokenizer.cut(each)) for each in words.sort["directions"]}
        self._unsaid = PhraseBook(tokenizer, ((phrase, "price_asc") for phrase in words.sort["price"]))
        self._best = PhraseBook(
            tokenizer, ((phrase, name) for name, each in words.superlative.items() for phrase in each)
        )
        self._ways = PhraseBook(
            tokenizer, ((phrase, name) for name, each in words.direction.items() for phrase in each)
        )

    def find(self, reading: Reading) -> None:
        """Take an order first: "cheapest first" is no superlative."""
        if reading.intent in SORTED:
            self._find_order(reading)
        if reading.intent in PRICED:
            for first, last, names in list(self._ways.find(reading.tokens, reading.is_free)):
                reading.take(first, last, {"price_direction": names[:1]})
        if reading.intent in SMALL_TALK | OFFERING | ORDERS:
            return
        for first, last, (name, *_) in list(self._best.find(reading.tokens, reading.is_free)):
            if reading.intent not in SEARCHING:
                reading.take(first, last, {"reference": [name]})
            else:
                reading.take(first, last, {} if _is_sorted(reading) else {"sort": [SORT_OF[name]]})

    def _find_order(self, reading: Reading) -> None:
        """Take the longest phrase as the one order; "by price" alone means the cheapest first."""
        named = [*_everywhere(self._sorts, reading), *self._put_in_places(reading)]
        found = [(False, *each) for each in named]
        found += [(True, *each) for each in _everywhere(self._unsaid, reading)]
        found.sort(key=lambda one: (one[0], one[1] - one[2]))
        is_other = any(True for _ in self._others.find(reading.tokens, lambda _first, _last: True))
        for _, first, last, names in found:
            if is_other and tuple(token.norm for token in reading.tokens[first:last]) in self._directions:
                continue  # "按销量从高到低" is no order by price
            # "便宜一点" begins with "便宜", "再便宜" ends with it, and both ask for cheaper ones.
            starts = range(max(first - 1, 0), first + 1)
            is_way = any(self._is_way_over(reading, at, first, last) for at in starts)
            if reading.is_free(first, last) and not is_way:
                reading.take(first, last, {} if _is_sorted(reading) else {"sort": names[:1]})

    def _put_in_places(self, reading: Reading) -> Iterator[Span]:
        """Give what is said to come first or last, with its place: "把刚到的货放最上面", "dear ones at the end"."""
        for first, last, names in _everywhere(self._placed, reading):
            end, is_first = self._place_behind(reading, last)
            order = names[0] if is_first else _TURNED.get(names[0])
            if end and order and reading.is_free(first, end):
                yield first, end, [order]

    def _place_behind(self, reading: Reading, start: int) -> tuple[int, bool]:
        place = start
        while place < len(reading.tokens) and place - start <= _FARTHEST:
            length, is_first = self._places.at(reading.tokens, place)
            if length:
                return place + length, is_first[0]
            between = self._between.at(reading.tokens, place)[0]
            if not between:
                break
            place += between
        return 0, False

    def _is_way_over(self, reading: Reading, at: int, first: int, last: int) -> bool:
        length = self._ways.at(reading.tokens, at)[0]
        return length > last - first and at + length >= last


def _places(words: WordLists) -> Iterator[tuple[str, bool]]:
    """Give the phrases for the front, as True, and for the end, as False; among them each place behind each verb."""
    for name in ("front", "back"):
        for phrase in words.placed[name]:
            yield phrase, name == "front"
        for verb in words.placed["verbs"]:
            yield from ((verb + place, name == "front") for place in words.placed[f"{name}_places"])


def _everywhere(book: PhraseBook[str], reading: Reading) -> Iterator[Span]:
    """Give the longest free phrase at each place, overlapping or not."""
    for index in range(len(reading.tokens)):
        length, names = book.at(reading.tokens, index)
        if length and reading.is_free(index, index + length):
            yield index, index + length, names


def _is_sorted(reading: Reading) -> bool:
    return any(one.entity == "sort" for one in reading.found)
