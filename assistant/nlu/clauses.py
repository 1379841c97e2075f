"""Where a message can be parted: a clause ends at a sign, or at a blank between Chinese characters."""

from __future__ import annotations

from itertools import pairwise

from assistant.nlu.reading import Reading
from assistant.nlu.scripts import is_han

_BREAKS = frozenset(",;!?.，。；：！？（）…")


def clauses(reading: Reading) -> list[range]:
    """Give the places of the tokens of each clause, in the order of the text."""
    starts = [place for place in range(1, len(reading.tokens)) if _parts(reading, place)]
    edges = [0, *starts, len(reading.tokens)]
    return [range(first, last) for first, last in pairwise(edges) if last > first]


def _parts(reading: Reading, place: int) -> bool:
    between = reading.between(place - 1, place)
    is_written_on = is_han(reading.tokens[place - 1].norm[0]) and is_han(reading.tokens[place].norm[0])
    return bool(_BREAKS.intersection(between)) or (is_written_on and any(map(str.isspace, between)))
