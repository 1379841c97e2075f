"""How Chinese characters are spoken, without tones, and which common ones sound alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache

import jieba
from pypinyin import lazy_pinyin

from assistant.nlu.scripts import has_han

# Characters of daily text; rarer ones nobody picks by mistake.
_COMMON = 4500


@cache
def sound_of(character: str) -> str:
    """Give the pinyin of a character in its most common reading; of another sign, the sign."""
    return str(lazy_pinyin(character)[0])


def sounds_of(text: str) -> tuple[str, ...]:
    """Give the pinyin of each character."""
    return tuple(map(sound_of, text))


@cache
def common_by_sound() -> Mapping[str, tuple[str, ...]]:
    """Give the common characters of each sound, most common first."""
    jieba.initialize()
    counts: Counter[str] = Counter()
    for word, count in jieba.dt.FREQ.items():
        for character in word:
            counts[character] += count
    found: dict[str, list[str]] = defaultdict(list)
    for character, _ in counts.most_common(_COMMON):
        if has_han(character):
            found[sound_of(character)].append(character)
    return {sound: tuple(characters) for sound, characters in found.items()}
