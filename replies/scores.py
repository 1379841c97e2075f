"""Figures of a text beside what a person wrote: chrF, and how varied many texts are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

_LONGEST, _BETA = 6, 2.0


def chrf(text: str, references: Sequence[str]) -> float:
    """Give the character n-gram F-score of a text beside the reference it is nearest to, from 0 to 1.

    As Popović (2015) has it: n from 1 to 6, white space left out, recall counting twice as much as precision.
    """
    return max((_chrf(text, reference) for reference in references), default=0.0)


def distinct_2(texts: Iterable[str]) -> float:
    """Give the share of word pairs, of Chinese character pairs, that are unlike among all of many texts."""
    pairs = [pair for text in texts for pair in _pairs(text)]
    return len(set(pairs)) / len(pairs) if pairs else 0.0


def _chrf(text: str, reference: str) -> float:
    said, wanted = "".join(text.split()), "".join(reference.split())
    precisions, recalls = [], []
    for length in range(1, _LONGEST + 1):
        mine, theirs = _grams(said, length), _grams(wanted, length)
        if not mine or not theirs:
            continue
        common = (mine & theirs).total()
        precisions.append(common / mine.total())
        recalls.append(common / theirs.total())
    if not precisions:
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    if precision + recall == 0:
        return 0.0
    return (1 + _BETA**2) * precision * recall / (_BETA**2 * precision + recall)


def _grams(text: str, length: int) -> Counter[str]:
    return Counter(text[start : start + length] for start in range(len(text) - length + 1))


def _pairs(text: str) -> list[tuple[str, str]]:
    words = text.split()
    parts = words if len(words) > 2 else list(text)
    return list(pairwise(parts))
