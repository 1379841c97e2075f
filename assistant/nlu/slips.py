"""Slips of the keyboard put right, and hesitations and doubled words left out, before a message is understood.

A word is taken for a slip where neither the training text, the shop's catalogue nor the encoder's vocabulary has it,
and one word of the training text is a slip away. Names are left alone: a word with a capital inside a sentence, and a
word beside digits or signs. Of what is not written in Latin letters, only Chinese homophones are put right.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.nlu.han import NUMERALS
from assistant.nlu.homophones import HanCounts, Homophones
from assistant.nlu.scripts import HAN

SHORTEST = 4
# A word of three letters is a slip only from a word that stands so often: "teh", "adn", "yuo".
_OFTEN = 100
# In a word of four letters only two that are swapped are surely a slip: "lamp" is none of "camp".
_SURE_LENGTH = 5
_LONG = 8
# A message of nonsense must not cost a look through all words for each of its own.
_MOST = 25
# Of two words that are equally near, the one that is so much more common is meant.
_CLEARLY = 4
_TIES = 8
# A word of the training text that a real word outnumbers so is a slip that was written there on purpose.
_MUCH_MORE = 10
_WORD = re.compile(r"[A-Za-z]{3,}")
# "The shoes shoes in blue": nobody means it twice.
_TWICE = re.compile(r"(?<![^\W_])([A-Za-z]{4,})\s+(?=\1(?![^\W_]))", re.IGNORECASE)
# "购物购物车": of two characters or more; "看看" is no slip, and "比较比较" asks what "比较" asks.
_TWICE_HAN = re.compile(rf"([{HAN}]{{2,6}})(?=\1)")
_EDGES = "?!.,;:()\"'…？！。，；：（）“”"
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "ly", "y")


@dataclass(frozen=True)
class Correction:
    """One word put right: its place in the text as it was typed, and what is read in its place; empty for nothing."""

    start: int
    end: int
    word: str


@dataclass(frozen=True)
class Corrected:
    """A text with its slips put right."""

    typed: str
    text: str
    corrections: tuple[Correction, ...] = ()

    def place(self, read: int) -> int:
        """Give the place in the typed text of one in the corrected text; within a corrected word, that word's end."""
        shift = 0
        for one in self.corrections:
            start = one.start + shift
            if read < start or (read == start and one.word):
                break
            if read < start + len(one.word):
                return one.end
            shift += len(one.word) - (one.end - one.start)
        return read - shift


class Slips:
    """Puts slips right.

    Args:
        counts: how often each word stands in the training text, in small letters.
        real_words: words that are no slips.
        hesitations: sounds that say nothing, such as "um", wherever they stand.
        han: what the training text holds in Chinese.
    """

    def __init__(
        self,
        counts: Mapping[str, int],
        real_words: Iterable[str] = (),
        hesitations: Iterable[str] = (),
        han: HanCounts | None = None,
    ) -> None:
        real = frozenset(word.lower() for word in real_words)
        self._counts = _without_slips(counts, real)
        self._hesitation = _hesitation(hesitations)
        self._known = real.union(self._counts)
        self._homophones = Homophones(han or HanCounts())
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._counts):
            if len(word) >= SHORTEST and word.isalpha() and word.isascii():
                self._by_length[len(word)].append(word)
        self._nearest = lru_cache(maxsize=4096)(self._find)

    def correct(self, text: str) -> Corrected:
        """Put the slips of a message right; of one that is nothing but hesitation, nothing is left out."""
        found = self._needless(text)
        left_out = {place for one in found for place in range(one.start, one.end)}
        words = (match for match in _words(text) if match.start() not in left_out)
        suspects = [match for match in words if self._is_suspect(text, match)]
        for match in suspects[:_MOST]:
            word = self._nearest(match[0].lower())
            if word is not None:
                found.append(Correction(match.start(), match.end(), word))
        for start, end, word in self._homophones.find(text):
            if left_out.isdisjoint(range(start, end)):
                found.append(Correction(start, end, word))
        found.sort(key=lambda one: one.start)
        return Corrected(text, _replaced(text, found), tuple(found))

    def _needless(self, text: str) -> list[Correction]:
        """Find hesitations, and words that are said twice in a row."""
        twice = [*_TWICE.finditer(text), *_said_twice(text)]
        sounds = list(self._hesitation.finditer(text)) if self._hesitation else []
        if not any(map(str.isalnum, _replaced(text, [Correction(*match.span(), "") for match in sounds]))):
            sounds = []
        heard = {place for match in sounds for place in range(*match.span())}
        twice = [match for match in twice if heard.isdisjoint(range(*match.span()))]
        return [Correction(*match.span(), "") for match in (*sounds, *twice)]

    def _is_suspect(self, text: str, match: re.Match[str]) -> bool:
        word = match[0]
        is_name = word[0].isupper() and match.start() > 0 and not text.isupper()
        return not is_name and not _is_known(word.lower(), self._known)

    def _find(self, word: str) -> str | None:
        """Give the one training word that is a slip away; None where none is, or it is not clear which."""
        if len(word) < SHORTEST:
            return self._swapped_back(word)
        allowed = 1 if len(word) < _LONG else 2
        choices = [
            choice
            for length in range(len(word) - allowed, len(word) + allowed + 1)
            for choice in self._by_length.get(length, ())
        ]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=_TIES)
        nearest = [choice for choice, distance, _ in found if distance == found[0][1]]
        swapped = [choice for choice in nearest if sorted(choice) == sorted(word)]
        if not swapped and len(word) < _SURE_LENGTH:
            return None
        ranked = sorted(swapped or nearest, key=lambda choice: (-self._counts[choice], choice))
        if len(ranked) > 1 and self._counts[ranked[0]] < _CLEARLY * self._counts[ranked[1]]:
            return None
        return ranked[0] if ranked else None

    def _swapped_back(self, word: str) -> str | None:
        """Give the one very common word of which two neighbouring letters are swapped."""
        found = [other for other in _swapped(word) if self._counts.get(other, 0) >= _OFTEN]
        return found[0] if len(found) == 1 else None


def _said_twice(text: str) -> list[re.Match[str]]:
    """Find Chinese words before themselves; a message that is nothing else is meant so: "算了算了"."""
    # "一零一零" is a number, and "哈哈哈哈" a laugh.
    found = [
        match for match in _TWICE_HAN.finditer(text) if not NUMERALS.issuperset(match[1]) and len(set(match[1])) > 1
    ]
    left = "".join(filter(str.isalnum, _replaced(text, [Correction(*match.span(), "") for match in found])))
    return [match for match in found if left != match[1]]


def _swapped(word: str) -> set[str]:
    """Give the words of which two neighbouring letters are swapped here."""
    return {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)} - {word}


def _without_slips(counts: Mapping[str, int], real: Collection[str]) -> dict[str, int]:
    """Leave out what the training text writes wrong on purpose: rare, no real word, and a slip from a common one."""
    common = [word for word in counts if word in real and len(word) >= _SURE_LENGTH]

    def is_slip(word: str) -> bool:
        if word in real or not word.isascii():
            return False
        if len(word) < SHORTEST:
            return any(counts.get(other, 0) >= max(_OFTEN, _MUCH_MORE * counts[word]) for other in _swapped(word))
        if len(word) < _SURE_LENGTH:
            return False
        near = process.extract(word, common, scorer=OSA.distance, score_cutoff=1, limit=_TIES)
        return any(counts[choice] >= _MUCH_MORE * counts[word] for choice, _, _ in near)

    return {word: count for word, count in counts.items() if not is_slip(word)}


def _hesitation(sounds: Iterable[str]) -> re.Pattern[str] | None:
    """Match sounds with the comma and the blank behind them; Latin ones only where they are words of their own."""
    latin, other = [], []
    for sound in sounds:
        (latin if sound.isascii() else other).append(re.escape(sound))
    choices = [rf"(?<![^\W_])(?:{'|'.join(latin)})(?![^\W_])"] if latin else []
    choices += [f"(?:{'|'.join(other)})+"] if other else []
    return re.compile(rf"(?:{'|'.join(choices)})[,，、.…]*\s*", re.IGNORECASE) if choices else None


def count_words(texts: Iterable[str]) -> dict[str, int]:
    """Count the words of texts, in small letters; those that stand once may be slips themselves."""
    counts: dict[str, int] = defaultdict(int)
    for text in texts:
        for match in _words(text.lower()):
            counts[match[0]] += 1
    return {word: count for word, count in counts.items() if count > 1}


def _words(text: str) -> list[re.Match[str]]:
    """Find the words of Latin letters that stand alone: beside digits, "@" or "-" a word is part of a name or code."""
    return [match for match in _WORD.finditer(text) if _stands_alone(text, match)]


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    return all(not one or one.isspace() or one in _EDGES or not one.isascii() for one in (before, after))


def _is_known(word: str, known: Collection[str]) -> bool:
    if word in known:
        return True
    stems = (word[: -len(ending)] for ending in _ENDINGS if word.endswith(ending))
    return any(len(stem) >= SHORTEST - 1 and stem in known for stem in stems)


def _replaced(text: str, corrections: Sequence[Correction]) -> str:
    parts, place = [], 0
    for one in corrections:
        parts += [text[place : one.start], one.word]
        place = one.end
    return "".join([*parts, text[place:]])
