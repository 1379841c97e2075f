"""Which part of a message asks: shoppers tell first why they need something, "夜里改稿伤眼，想要一盏台灯".

A clause ends at a sign, or at a blank between Chinese characters. Where a clause that asks names goods, the clauses
before it tell a story, and so do those behind it that begin with a person. Where it names none ("书架塌了，换个新的"),
the goods of the others are asked for, and no other word of theirs. A clause that is nothing but names is no story.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.nlu.clauses import clauses
from assistant.nlu.intents import BY_PHOTO, OFFERING, REFINING
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

# Elsewhere what is told of first is what the shopper asks about: "帐篷有了，还缺啥".
_WITH_STORIES = OFFERING | {"search_products", "ask_stock", BY_PHOTO, REFINING}
# "老人用的轮椅": who it is for, and not what it is.
_DESCRIBING = frozenset({"的", "用", "能"})
_TELLING = frozenset({"我", "俺", "咱", "她", "他", "因为", "毕竟", "不然", "省得", "免得"})


class AskingPart:
    """Leave out of the words to search for those of clauses that only tell a story."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        self._asks = PhraseBook(tokenizer, ((phrase, True) for phrase in words.asks))

    def of(self, reading: Reading, kept: Sequence[int], is_goods: Callable[[int], bool]) -> list[int]:
        """Give the places among those kept of what is asked for."""
        asking = self.asking(reading) if reading.intent in _WITH_STORIES else set()
        parts = clauses(reading)
        asked = [at for at, part in enumerate(parts) if asking.intersection(part)]
        named = [at for at in asked if any(_is_asked(reading, place, is_goods) for place in _within(kept, parts[at]))]
        start = next((at for at in named or asked if _within(kept, parts[at])), None)
        if start is None:
            return list(kept)
        left: list[int] = []
        for at, part in enumerate(parts):
            own = _within(kept, part)
            if at < start and not (_is_bare(reading, part, own) and is_goods(part[-1])):
                own = [] if named else [place for place in own if is_goods(place)]
            elif at > start and at not in asked and reading.tokens[part[0]].norm in _TELLING:
                own = []
            left.extend(own)
        return left

    def asking(self, reading: Reading) -> set[int]:
        """Give the places of phrases that ask."""
        found = self._asks.find(reading.tokens, lambda _first, _last: True)
        return {place for first, last, _ in found for place in range(first, last)}


def _within(kept: Sequence[int], part: range) -> list[int]:
    return [place for place in kept if place in part]


def _is_bare(reading: Reading, part: range, kept: Sequence[int]) -> bool:
    """Tell the "羽毛球拍" of "羽毛球拍 有没有碳素的" from a sentence."""
    return len(kept) == len(part) and reading.is_searched(part[0])


def _is_asked(reading: Reading, place: int, is_goods: Callable[[int], bool]) -> bool:
    following = reading.tokens[place + 1].norm if place + 1 < len(reading.tokens) else ""
    return is_goods(place) and not (following in _DESCRIBING and reading.is_glued(place + 1))
