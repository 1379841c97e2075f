"""What a search is not to show: "a bag, but not leather", "anything but black", "不要红色的鞋", "索尼以外的相机".

What is excluded stands behind a lead or before an end. Unlike a standing wish (`avoided.py`), it stands among words
that are searched for, so little may come between: "not too expensive" and "no price limit" exclude nothing. A brand, a
colour, a category or an option value is excluded by itself, and what follows is searched for: "no Nike shoes".

Who points excludes nothing either. "Not the red one, the blue one" turns from one thing to another, so of the first
nothing is read at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.finders.names import NameFinder
from assistant.nlu.finders.sorts import SORTS
from assistant.nlu.intents import CAN_EXCLUDE, CAN_TURN_AWAY, REFINING, UNSURE
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import is_han, plain
from assistant.nlu.tokens import Token, Tokenizer
from assistant.nlu.words import WordLists

LONGEST = 3
_WHOLE_NAMES = frozenset({"brand", "colour", "category", "option_value"})
_BREAKS = frozenset(",.;:!?()，。；：！？（）")
_COMMAS, _LIST_COMMA = frozenset(",，"), frozenset("、")
_FARTHEST = 6


@dataclass(frozen=True)
class _Item:
    """One thing that is excluded, by the tokens from `first` up to, but without, `last`.

    Attributes:
        value: the catalogue's spelling where it has the name, else the shopper's words.
        kind: "colour" and the like for a name of the catalogue; else empty.
    """

    first: int
    last: int
    value: str
    kind: str = ""


class ExcludedFinder:
    """Find the words; it stands before the finders that would take them for what is wanted.

    Args:
        words: of the languages.
        tokenizer: cuts their phrases.
        idle: the words that name nothing.
        names: the catalogue's names.
        goods: words for goods in a language that is written without blanks; one character of it may be a word.
    """

    def __init__(
        self, words: WordLists, tokenizer: Tokenizer, idle: IdleWords, names: NameFinder, goods: Iterable[str]
    ) -> None:
        self._idle, self._names, self._goods = idle, names, frozenset(goods)
        lists = words.exclude

        def book(*phrases: Iterable[str]) -> PhraseBook[bool]:
            return PhraseBook(tokenizer, ((phrase, True) for each in phrases for phrase in each))

        self._leads, self._leads_of_list = book(lists["leads"]), book(lists["leads"], lists["leads_of_list"])
        self._ends, self._fillers = book(lists["ends"]), book(lists["fillers"])
        self._joiners, self._doubtful = book(words.avoid_joiners), book(lists["doubtful_joiners"])
        self._pointing, self._pointed = book(lists["pointing"]), book(lists["pointed"])
        self._openers = book(lists["openers"])
        orders = (words.placed[name] for name in SORTS)
        others = (words.price["most"], words.price["least"], *words.direction.values(), *words.sort.values(), *orders)
        # What says something of its own where an exclusion would begin, or go on: "not over 100", "no laces size 42".
        self._others = book(*others, *words.superlative.values(), words.in_stock, words.size_words)
        self._nothing = book(lists["nothing"])
        self._units = frozenset(word for unit in words.units for word in unit)

    def find(self, reading: Reading) -> None:
        """Take what stands behind each lead first, then what stands before each end."""
        if reading.intent not in CAN_TURN_AWAY:
            return
        message = _Message(reading, self._idle.covered(reading), self._spans(self._nothing, reading))
        leads = self._leads_of_list if reading.intent == REFINING else self._leads
        for first, last, _ in list(leads.find(reading.tokens, reading.is_free)):
            if self._is_lead(message, first, last):
                self._take_behind(message, first, last)
        if reading.intent not in CAN_EXCLUDE:
            return
        for first, last, _ in list(self._ends.find(reading.tokens, reading.is_free)):
            self._take_before(message, first, last)

    def _is_lead(self, message: _Message, first: int, last: int) -> bool:
        if not all(map(message.joins, range(first + 1, last))):
            return False  # "蓝的不要，给我看粉色": of the two halves of the phrase, each belongs to a clause of its own
        tokens = message.reading.tokens
        says_more = (place + self._others.at(tokens, place)[0] > last for place in range(first, last))
        return not message.nothing.intersection(range(first, last)) and not any(says_more)

    def _take_behind(self, message: _Message, first: int, last: int) -> None:
        reading = message.reading
        pointed_at = self._end_of_pointing(message, last)
        if pointed_at:
            reading.take(first, pointed_at, {})
        if pointed_at or reading.intent not in CAN_EXCLUDE:
            return
        for item in list(self._behind(message, last)):
            reading.take(first, item.last, {"exclude": [item.value]})
            first = item.last

    def _end_of_pointing(self, message: _Message, place: int) -> int:
        """Give where "the red one" of "not the red one" ends; 0 where no single thing is pointed at."""
        tokens = message.reading.tokens
        opened = place < len(tokens) and self._openers.at(tokens, place)[0]
        for at in range(place, min(place + _FARTHEST, len(tokens))):
            if not message.joins(at):
                return 0
            length = self._pointing.at(tokens, at)[0] or (self._pointed.at(tokens, at)[0] if opened else 0)
            if length:
                return at + length
        return 0

    def _behind(self, message: _Message, place: int) -> Iterator[_Item]:
        item = self._first_item(message, place)
        while item is not None:
            yield item
            item = self._next_item(message, item)

    def _first_item(self, message: _Message, place: int) -> _Item | None:
        tokens = message.reading.tokens
        while place < len(tokens) and message.joins(place):
            length = 0 if self._name_at(message, place) else self._fillers.at(tokens, place)[0]
            if not length and not _is_scrap(tokens[place]):
                return self._item_at(message, place)
            place += length or 1
        return None

    def _next_item(self, message: _Message, before: _Item) -> _Item | None:
        """Go on with a list: "no leather or fur", "不要红色、黑色的"; "not black and waterproof" is none."""
        tokens = message.reading.tokens
        place = self._past_fillers(message, before.last)
        if message.separates(place, _LIST_COMMA) or self._goes_on(message, place):
            return self._item_at(message, place)
        length = self._joiners.at(tokens, place)[0] if place < len(tokens) and message.joins(place) else 0
        item = self._first_item(message, place + length) if length else None
        is_doubtful = item is not None and item.kind != before.kind and self._doubtful.at(tokens, place)[0] > 0
        return None if is_doubtful else item

    def _goes_on(self, message: _Message, place: int) -> bool:
        """Tell the list "no leather, fur or wool" from "no leather, running shoes please"."""
        after_comma = False
        while message.separates(place, _COMMAS):
            item = self._item_at(message, place)
            if item is None:
                return False
            place, after_comma = self._past_fillers(message, item.last), True
        is_joined = place < len(message.reading.tokens) and self._joiners.at(message.reading.tokens, place)[0] > 0
        return after_comma and is_joined

    def _past_fillers(self, message: _Message, place: int) -> int:
        tokens = message.reading.tokens
        while place < len(tokens) and is_han(tokens[place].norm[0]) and message.joins(place):
            length = self._fillers.at(tokens, place)[0]
            if not length:
                break
            place += length
        return place

    def _item_at(self, message: _Message, place: int) -> _Item | None:
        """Read a name of the catalogue; where the message is understood, up to three words that say something too."""
        reading = message.reading
        named = self._name_at(message, place)
        if named is not None or reading.intent == UNSURE:
            return named
        last = place
        while (
            last < len(reading.tokens)
            and last - place < LONGEST
            and self._says_something(message, last)
            and (last == place or (message.joins(last) and self._name_at(message, last) is None))
        ):
            last += 1
        return _Item(place, last, message.written(place, last)) if last > place else None

    def _name_at(self, message: _Message, place: int) -> _Item | None:
        reading = message.reading
        length, entries = self._names.at(reading.tokens, place)
        if not length or not reading.is_free(place, place + length):
            return None
        found = next(((kind, value) for kind, value in entries if kind in _WHOLE_NAMES), None)
        return _Item(place, place + length, found[1], found[0]) if found else None

    def _says_something(self, message: _Message, place: int) -> bool:
        tokens = message.reading.tokens
        norm = tokens[place].norm
        if not message.reading.is_free(place, place + 1) or place in message.idle or place in message.nothing:
            return False
        if self._others.at(tokens, place)[0] or self._leads.at(tokens, place)[0] or self._joiners.at(tokens, place)[0]:
            return False
        return norm[0].isalpha() and norm not in self._units and (len(norm) > 1 or norm in self._goods)

    def _take_before(self, message: _Message, first: int, last: int) -> None:
        item = self._last_item(message, first)
        end = last
        while item is not None:
            message.reading.take(item.first, end, {"exclude": [item.value]})
            end = item.first
            item = self._item_before_joiner(message, item.first)

    def _last_item(self, message: _Message, place: int) -> _Item | None:
        """Read what ends at a place, or before fillers that do: "皮的东西" of "皮的东西都不要"."""
        while place and message.joins(place):
            item = next((one for one in self._items_until(message, place)), None)
            length = self._filler_before(message, place)
            if item is not None or not length:
                return item
            place -= length
        return None

    def _filler_before(self, message: _Message, place: int) -> int:
        tokens = message.reading.tokens
        lengths = range(1, min(place, LONGEST) + 1)
        return next((size for size in lengths if self._fillers.at(tokens, place - size, place)[0] == size), 0)

    def _items_until(self, message: _Message, last: int) -> Iterator[_Item]:
        """Give what may end at a place, the longest first."""
        for first in range(max(last - _FARTHEST, 0), last):
            if all(map(message.joins, range(first + 1, last))):
                item = self._item_at(message, first)
                if item is not None and item.last == last:
                    yield item

    def _item_before_joiner(self, message: _Message, place: int) -> _Item | None:
        tokens = message.reading.tokens
        if not place:
            return None
        if message.separates(place, _LIST_COMMA):
            return self._last_item(message, place)
        return self._last_item(message, place - 1) if self._joiners.at(tokens, place - 1, place)[0] else None

    @staticmethod
    def _spans(book: PhraseBook[bool], reading: Reading) -> frozenset[int]:
        found = book.find(reading.tokens, reading.is_free)
        return frozenset(place for first, last, _ in found for place in range(first, last))


def _is_scrap(token: Token) -> bool:
    """Tell whether a token is a sign or a lone letter: "no <b>leather</b>"."""
    return not token.norm[0].isalnum() or (len(token.norm) == 1 and token.norm.isalpha() and not is_han(token.norm))


@dataclass(frozen=True)
class _Message:
    """A message with what none of it excludes.

    Attributes:
        reading: the message.
        idle: places of tokens that name nothing.
        nothing: places of tokens that look like a lead and are none.
    """

    reading: Reading
    idle: frozenset[int]
    nothing: frozenset[int]

    def joins(self, place: int) -> bool:
        """Tell whether no sign and no hyphen stands before a token: "no-show socks" excludes nothing."""
        return not self.separates(place, _BREAKS) and self._between(place) != "-"

    def separates(self, place: int, signs: frozenset[str]) -> bool:
        """Tell whether one of some signs stands before a token."""
        return bool(signs & {*self._between(place)})

    def _between(self, place: int) -> str:
        return self.reading.between(place - 1, place) if 0 < place < len(self.reading.tokens) else ""

    def written(self, first: int, last: int) -> str:
        """Give tokens as the shopper wrote them, but for case, width and script."""
        tokens = self.reading.tokens
        return plain(self.reading.text[tokens[first].start : tokens[last - 1].end])
