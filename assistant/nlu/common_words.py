"""Chinese words of common speech, out of jieba's dictionary: they carry a sentence and are no name of goods.

A list of one's own never ends ("所以", "提供", "采购"); the dictionary says of each word what part of speech it is and
how common. What a verb says of goods ("防滑", "折叠") is rarer than what people do, or stands in the glossary.
"""

from __future__ import annotations

from functools import cache

import jieba

# ICTCLAS: pronouns, adverbs, conjunctions, prepositions, particles, exclamations, times, numerals and measures.
_CARRYING = ("r", "d", "c", "p", "u", "y", "e", "o", "t", "m", "q", "f")
_VERB = "v"
_COMMON = 1500


@cache
def carrying_words() -> frozenset[str]:
    """Give the words of two characters or more that only carry a sentence: "所以", "里面", "昨天"."""
    return frozenset(word for word, _, part in _dictionary() if len(word) > 1 and part.startswith(_CARRYING))


@cache
def carrying_characters() -> frozenset[str]:
    """Give the single characters that do: "以", "层"."""
    return frozenset(word for word, _, part in _dictionary() if len(word) == 1 and part.startswith(_CARRYING))


@cache
def common_verbs() -> frozenset[str]:
    """Give the verbs of common speech: "提供", "看见"."""
    return frozenset(
        word for word, count, part in _dictionary() if len(word) > 1 and part == _VERB and count >= _COMMON
    )


@cache
def _dictionary() -> tuple[tuple[str, int, str], ...]:
    with jieba.get_module_res("dict.txt") as file:
        rows = (line.decode("utf-8").split() for line in file)
        return tuple((word, int(count), part) for word, count, part in rows if _is_used(part))


def _is_used(part: str) -> bool:
    return part == _VERB or part.startswith(_CARRYING)
