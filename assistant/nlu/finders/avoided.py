"""What a shopper never wants to see: "no leather", "I'm allergic to wool", "stop showing me Nike", "leather is out".

The words stand behind a lead or before a closing phrase, and end at an idle word or a sign: "nothing with leather or
wool, please" gives "leather" and "wool". In `undo_adjustment` the same value names the wish to drop.

So far the rules. A tagger that has learnt it from marked examples is told of them, and has the last word
(`queries.py`): "palm oil is dead to me" has no lead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.finders.names import NameFinder
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Found, Reading
from assistant.nlu.scripts import is_han, plain
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

Span = tuple[int, int]

WISH = "state_wish"
LONGEST = 3
_SOME, _ALL_BUT = frozenset("的类"), ("以外的", "之外的")
_BREAKS = frozenset(",.;:!?()，。；：！？（）")
_SPELLED = ("brand", "colour", "category")


class AvoidedFinder:
    """Find the words, in the catalogue's spelling where it has them as a brand, a colour or a category."""

    def __init__(
        self, words: WordLists, tokenizer: Tokenizer, idle: IdleWords, names: NameFinder, goods: Iterable[str]
    ) -> None:
        self._idle, self._names, self._goods = idle, names, frozenset(goods)
        self._leads = {
            intent: PhraseBook(tokenizer, ((lead, True) for lead in each)) for intent, each in words.avoid_leads.items()
        }
        self._ends = {
            intent: PhraseBook(tokenizer, ((end, True) for end in each)) for intent, each in words.avoid_ends.items()
        }
        self._joiners = PhraseBook(tokenizer, ((word, True) for word in words.avoid_joiners))
        self._implied = PhraseBook(tokenizer, ((word, each) for word, each in words.avoid_implied.items()))

    def find(self, reading: Reading) -> None:
        """Take what stands behind each lead first, then what stands before each closing phrase, else what follows."""
        if reading.intent not in self._leads:
            return
        for _, last, _ in list(self._leads[reading.intent].find(reading.tokens, reading.is_free)):
            self._take(reading, self._behind(reading, last))
        for first, _, _ in list(self._ends[reading.intent].find(reading.tokens, reading.is_free)):
            self._take(reading, self._before(reading, first))
        self._take_implied(reading)

    def believe(self, reading: Reading, places: Sequence[int]) -> None:
        """Take the words at these places, each run of them as one value, instead of what leads and ends have found.

        What a word implies stays, as nothing is named there: "I'm vegan". So does what the catalogue knows, such as the
        colour of "I hate pink".
        """
        found = [one for one in reading.found if one.entity == "wish_exclude"]
        kept = [one for one in found if self._implies(reading, one) or self._is_known(reading, one)]
        reading.found[:] = [one for one in reading.found if one.entity != "wish_exclude" or one in kept]
        places = [at for at in places if not any(one.first <= at < one.last for one in kept)]
        starts = [at for at in places if at - 1 not in places or not self._joins(reading, at)]
        ends = [at + 1 for at in places if at + 1 not in places or at + 1 in starts]
        self._take(reading, zip(starts, ends, strict=True))

    def _is_known(self, reading: Reading, one: Found) -> bool:
        return any(kind in _SPELLED for kind, _ in self._names.named(reading.tokens[one.first : one.last]))

    def _implies(self, reading: Reading, one: Found) -> bool:
        return self._implied.at(reading.tokens, one.first)[0] == one.last - one.first

    def _behind(self, reading: Reading, place: int) -> Iterator[Span]:
        start = self._skip_idle(reading, place)
        while start is not None:
            end = self._end_of(reading, start)
            yield start, end
            start = self._skip_idle(reading, end, from_list=True) if self._goes_on(reading, end) else None

    def _end_of(self, reading: Reading, start: int) -> int:
        end = start + 1
        while end - start < LONGEST and self._is_named(reading, end) and self._joins(reading, end):
            end += 1
        return end

    def _goes_on(self, reading: Reading, place: int) -> bool:
        """Tell the list "leather, fur or wool" from "no leather, running shoes please"."""
        while place < len(reading.tokens) and not self._joiners.at(reading.tokens, place)[0]:
            if self._joins(reading, place) or not self._is_named(reading, place):
                return False
            place = self._end_of(reading, place)
        return place < len(reading.tokens)

    def _before(self, reading: Reading, end: int) -> Iterator[Span]:
        """Give what stands before a closing phrase, and before what it is joined to: "棉和皮的东西一律不要"."""
        end = self._past_idle(reading, end)
        while True:
            start = self._start_of(reading, end)
            if start == end:
                return
            if not self._is_some(reading, start, end):
                yield start, end
            end = self._before_joiner(reading, start)

    def _is_some(self, reading: Reading, start: int, end: int) -> bool:
        """Tell the plants of "有毒的植物都别推", which are not all plants, and what stands behind "华为以外的"."""
        before = reading.tokens[start - 1].norm if start and reading.is_glued(start) else ""
        is_all_but = reading.text[: reading.tokens[start].start].endswith(_ALL_BUT)
        names = {entity for entity, _ in self._names.named(reading.tokens[start:end])}
        return is_all_but or (before in _SOME and "category" in names)

    def _start_of(self, reading: Reading, end: int) -> int:
        start = end
        while start and end - start < LONGEST and self._joins(reading, start) and self._is_named(reading, start - 1):
            if start < end and is_han(reading.tokens[start].norm[0]) and not reading.is_glued(start):
                break  # a blank parts what is written without blanks
            start -= 1
        return start

    def _past_idle(self, reading: Reading, end: int) -> int:
        """Go back over what says nothing in a language without blanks: "皮的东西", "红色的我"."""
        idle = self._idle.covered(reading)
        while end and self._joins(reading, end) and end - 1 in idle and self._is_scrap(reading, end - 1):
            end -= 1
        return end

    def _is_scrap(self, reading: Reading, place: int) -> bool:
        return is_han(reading.tokens[place].norm[0]) and not self._joiners.at(reading.tokens, place)[0]

    def _before_joiner(self, reading: Reading, start: int) -> int:
        """Give where the item before a joiner ends; without a joiner the begin of the message, before which is none."""
        if not start or not reading.is_free(start - 1, start) or not self._joins(reading, start):
            return 0
        if "、" in reading.between(start - 1, start):
            return start
        length = self._joiners.at(reading.tokens, start - 1, start)[0]
        return self._past_idle(reading, start - length) if length else 0

    def _skip_idle(self, reading: Reading, place: int, from_list: bool = False) -> int | None:
        """Give the first word that says something, unless a sign or a value stands before it."""
        while place < len(reading.tokens) and reading.is_free(place, place + 1):
            if not (from_list or self._joins(reading, place)):
                return None
            if self._is_named(reading, place):
                return place
            place, from_list = place + 1, False
        return None

    def _is_named(self, reading: Reading, place: int) -> bool:
        if place >= len(reading.tokens) or not reading.is_free(place, place + 1):
            return False
        token = reading.tokens[place]
        # In a language without blanks one character may be a word: "皮".
        is_word = len(token.norm) > 1 or token.norm in self._goods or bool(self._names.named([token]))
        return is_word and token.norm[0].isalpha() and not self._idle.is_idle(token, reading.intent)

    def _joins(self, reading: Reading, place: int) -> bool:
        return not place or (place < len(reading.tokens) and not _BREAKS & {*reading.between(place - 1, place)})

    def _take(self, reading: Reading, spans: Iterable[Span]) -> None:
        said = {one.value for one in reading.found if one.entity == "wish_exclude"}
        for first, last in list(spans):
            value = self._spelled(reading, first, last)
            reading.take(first, last, {} if value in said else {"wish_exclude": [value]})
            said.add(value)

    def _take_implied(self, reading: Reading) -> None:
        """Understand "I'm vegan", where no material is named beside it."""
        if reading.intent != WISH or any(one.entity == "wish_exclude" for one in reading.found):
            return
        for first, last, (avoided, *_) in list(self._implied.find(reading.tokens, reading.is_free)):
            reading.take(first, last, {"wish_exclude": list(avoided)})

    def _spelled(self, reading: Reading, first: int, last: int) -> str:
        known = self._names.named(reading.tokens[first:last])
        written = reading.text[reading.tokens[first].start : reading.tokens[last - 1].end]
        return next((value for entity, value in known if entity in _SPELLED), plain(written))
