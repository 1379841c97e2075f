"""Chinese words that were written with other characters of the same sound.

Who types Chinese types sounds and picks characters, and a microphone picks them too: "运飞" is "运费". Characters are
taken for such a slip where they are no word that is known, one word of the training text is spoken like them, and what
would be changed hardly ever stands alone in the training text: "妈" is none of "码", as mothers are spoken of.
"""

from __future__ import annotations

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import jieba

from assistant.nlu.scripts import has_han, plain
from assistant.nlu.segmenting import TwofoldSegmenter
from assistant.nlu.sounds import sounds_of

# How often a word must stand in the training text that others are taken for.
_LEAST = 4
# A character that stands alone so often is meant where it is written.
_OFTEN_ALONE = 10
# A word that the training text has not, and that is so common elsewhere, is meant too (jieba's own count).
_COMMON_ELSEWHERE = 3000
# Of two words of one sound, the one that is so much more common is meant.
_CLEARLY = 4
_LENGTHS = (4, 3, 2)
# What a person or a place is called sounds like anything: "我叫丁丹" speaks of no 订单.
_NAMING = re.compile("我叫|我姓|姓名|名字|收件人|收货人|联系人|地址")
# A longer text is a paste and not typed by sound.
_LONGEST = 500


@dataclass(frozen=True)
class HanCounts:
    """What the training text holds: words of two characters or more, characters that stand alone, and pairs."""

    words: Mapping[str, int] = field(default_factory=dict)
    alone: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[str, int] = field(default_factory=dict)


def count_han(texts: Iterable[str]) -> HanCounts:
    """Count the Chinese words of texts in their plain form; pairs that stand once may be slips themselves."""
    words, alone, pairs = Counter[str](), Counter[str](), Counter[str]()
    segmenter = TwofoldSegmenter()
    for text in map(plain, filter(has_han, texts)):
        known, guessed = segmenter.cut_both(text)
        alone.update(word for word in known if len(word) == 1 and has_han(word))
        words.update(word for word in guessed if len(word) > 1 and has_han(word))
        pairs.update(text[place : place + 2] for place in range(len(text) - 1) if has_han(text[place]))
    return HanCounts(dict(words), dict(alone), {pair: count for pair, count in pairs.items() if count > 1})


class Homophones:
    """Finds words that are written with other characters of the same sound.

    Args:
        counts: of the training text.
    """

    def __init__(self, counts: HanCounts) -> None:
        self._counts = counts
        self._by_sound: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for word in sorted(counts.words, key=lambda one: (-counts.words[one], one)):
            if counts.words[word] >= _LEAST and len(word) <= _LENGTHS[0] and all(map(has_han, word)):
                self._by_sound[sounds_of(word)].append(word)

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Give where each slip starts and ends, and the word that is meant; nothing where a name is told."""
        if not self._by_sound or not has_han(text) or len(text) > _LONGEST:
            return []
        simple = plain(text)
        if _NAMING.search(simple):
            return []
        found: list[tuple[int, int, str]] = []
        for start, end, pieces in _windows(simple):
            typed = simple[start:end]
            word = None if typed == simple.strip() else self._meant(typed, pieces)
            if word and all(end <= one[0] or one[1] <= start for one in found):
                found.append((start, end, word))
        return sorted(found)

    def _meant(self, typed: str, pieces: list[str]) -> str | None:
        if self._is_known(typed, pieces):
            return None
        choices, words = self._by_sound.get(sounds_of(typed), []), self._counts.words
        if not choices or (len(choices) > 1 and words[choices[0]] < _CLEARLY * words[choices[1]]):
            return None
        changed = (one for one, other in zip(typed, choices[0], strict=True) if one != other)
        return None if any(self._counts.alone.get(one, 0) >= _OFTEN_ALONE for one in changed) else choices[0]

    def _is_known(self, typed: str, pieces: list[str]) -> bool:
        words = self._counts.words
        if typed in words or any(piece in words for piece in pieces):
            return True
        if len(pieces) == 1:
            return bool((jieba.get_FREQ(typed) or 0) > _COMMON_ELSEWHERE)
        return typed in self._counts.pairs


def _windows(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Give runs of whole words of two to four Chinese characters together, the longest first."""
    pieces = list(_cut(text))
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    for length in _LENGTHS:
        for first, start in enumerate(starts):
            last = next((place for place in range(first + 1, len(starts)) if starts[place] >= start + length), None)
            if last and starts[last] == start + length and all(map(has_han, text[start : start + length])):
                yield start, start + length, pieces[first:last]


def _cut(text: str) -> Iterator[str]:
    jieba.setLogLevel(logging.WARNING)
    yield from jieba.cut(text, HMM=False)
