"""Chinese text cut where words of the lists, numerals and unknown words begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from assistant.nlu.scripts import has_han
from assistant.nlu.segmenting import Segmenter
from assistant.nlu.words import WordLists

NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿")
_COUNTED = re.compile(f"几|[{''.join(sorted(NUMERALS))}]+")
_MOST_WHOLE = 8
_ENDINGS = "goods_endings"
# "摸一摸", "捋一捋": what is done for a moment, and no count.
_FOR_A_MOMENT = re.compile(r"(.)一\1")

Span = tuple[int, int]


class HanCutter:
    """Cuts runs of Chinese characters.

    Args:
        words: their phrases are found character by character.
        goods: words that are never cut.
    """

    def __init__(self, words: WordLists, goods: Iterable[str] = ()) -> None:
        phrases = {phrase for phrase in _phrases_of(words) if has_han(phrase)}
        units = {word for unit in words.units for word in unit} | set(words.ordinals) | set(words.multipliers)
        self._goods = frozenset(goods)
        self._endings = frozenset(words.goods_endings)
        self._whole = {word for word in (*words.whole_words, *self._goods, *units) if has_han(word) and len(word) > 1}
        self._phrases = phrases | self._whole
        self._segmenter = _segmenter(tuple(sorted(self._phrases))) if self._phrases else None

    def cut(self, run: str) -> Iterator[Span]:
        """Give where each token of a run starts and ends."""
        if self._segmenter is None:
            yield from ((place, place + 1) for place in range(len(run)))
            return
        start = 0
        for word in self._words_of(run):
            end = start + len(word)
            is_whole = word in self._whole or _FOR_A_MOMENT.fullmatch(word)
            if is_whole or not (self._is_ours(word) or self._closes_number(run[:start], word)):
                # "盏灯" stands in the dictionary, and is goods with the word that counts them.
                is_counted = word not in self._whole and word[0] in self._phrases and word[1:] in self._goods
                yield from [(start, start + 1), (start + 1, end)] if is_counted else [(start, end)]
            else:
                yield from ((place, place + 1) for place in range(start, end))
            start = end

    def _words_of(self, run: str) -> Iterator[str]:
        """Give words, those that are known whole first: jieba may cut or join them otherwise."""
        place = 0
        for start, end in self._whole_in(run):
            yield from self._segmenter.cut(run[place:start], HMM=False)
            yield run[start:end]
            place = end
        yield from self._segmenter.cut(run[place:], HMM=False)

    def _whole_in(self, run: str) -> Iterator[Span]:
        place = 0
        while place < len(run):
            longest = min(_MOST_WHOLE, len(run) - place)
            sizes = () if self._is_inside_number(run, place) else range(longest, 1, -1)
            length = next((size for size in sizes if run[place : place + size] in self._whole), 0)
            longer = self._longer_word(run, place, length, longest) if run[place : place + length] in self._goods else 0
            if not length and _FOR_A_MOMENT.match(run, place) and run[place] not in NUMERALS:
                length = len("看一看")
            if length and not longer:
                yield place, place + length
            length = longer or length
            place += length or 1

    @staticmethod
    def _is_inside_number(run: str, place: int) -> bool:
        """Tell the "一点" of "十一点" from "a bit"."""
        return place > 0 and NUMERALS.issuperset(run[place - 1 : place + 1])

    def _longer_word(self, run: str, place: int, length: int, longest: int) -> int:
        """Give the length of a word that only begins with goods, as "咖啡馆" does but not "咖啡机"; 0 for none."""
        words = self._segmenter.FREQ if self._segmenter else {}
        sizes = (size for size in range(longest, length, -1) if words.get(run[place : place + size]))
        longer = (size for size in sizes if run[place + length : place + size] not in self._phrases)
        return next((size for size in longer if run[place + size - 1] not in self._endings), 0)

    def _closes_number(self, before: str, word: str) -> bool:
        """Tell the "多块" of "两百多块", which stands in the dictionary for something else."""
        is_behind = bool(before) and before[-1] in NUMERALS
        return is_behind and len(word) > 1 and all(letter in self._phrases for letter in word)

    def _is_ours(self, word: str) -> bool:
        """Tell whether a word is put together of phrases of the lists and numerals alone."""
        if len(word) == 1 or word in self._phrases:
            return True
        counted = _COUNTED.match(word)
        rest = word[counted.end() :] if counted else word
        return not rest or (counted is not None and rest in self._phrases)


@cache
def _segmenter(phrases: tuple[str, ...]) -> Segmenter:
    return Segmenter(phrases)


def _phrases_of(words: WordLists) -> Iterator[str]:
    for field in fields(words):
        if field.name == _ENDINGS:
            continue  # ends of words are no words: "二尺" is not two of something
        yield from _flat(getattr(words, field.name))


def _flat(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _flat(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _flat(inner)
