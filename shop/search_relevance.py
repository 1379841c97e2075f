"""Which products fit a text at all, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shop.embedding import Vectors

# Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual rank learning
# methods", SIGIR 2009: with k = 60 no single ranking can outvote agreement of both.
_K = 60


@dataclass(frozen=True)
class Floors:
    """How close in meaning (cosine) a product must be, by what the words of the query say of it.

    A product with all words of the query in its name or facts fits whatever its meaning: "Converse", or a SKU.

    The values are those that `python -m ops.evaluate_search` finds best for all-MiniLM-L6-v2 on the validation part
    of `data/evaluation/search.csv`. Run it with `--model` for those of another model.

    Attributes:
        text: all words stand in its name, facts or description.
        some: no product has all words, and this one has at least one.
        meaning: none of that.
        head: how close it must be to the word that says what is wanted, where the catalogue does not know that word.
        margin: how much further away than the closest product it may lie.
    """

    text: float = 0.3
    some: float = 0.3
    meaning: float = 0.43
    head: float = 0.42
    margin: float = 0.15


@dataclass(frozen=True)
class WordMatches:
    """Rows of the index that the full text found.

    Attributes:
        ranked: best first.
        every: whether each of them has all words of the query, or at least one.
        title: those that have all words in names and facts.
    """

    ranked: Sequence[int] = ()
    every: bool = False
    title: Collection[int] = ()


@dataclass(frozen=True)
class Closeness:
    """Cosines between every row of the index and the query.

    Attributes:
        text: to the text as a whole.
        head: to the word that says what is wanted alone, where the catalogue does not know it. A sentence vector
            takes "camera bag" for a camera; the bag alone is far from every camera.
    """

    text: Vectors
    head: Vectors | None = None


def relevant_rows(close: Closeness, matches: WordMatches, floors: Floors) -> NDArray[np.intp]:
    """Give the rows that fit the query, in no order."""
    if not len(close.text):
        return np.zeros(0, dtype=np.intp)
    needed = np.full(len(close.text), floors.meaning, dtype=np.float32)
    needed[list(matches.ranked)] = floors.text if matches.every else floors.some
    needed = np.maximum(needed, close.text.max() - floors.margin)
    needed[list(matches.title)] = -np.inf
    fits = close.text >= needed
    if close.head is not None:
        fits &= close.head >= floors.head
    return np.flatnonzero(fits)


def fused_scores(rows: NDArray[np.intp], cosines: Vectors, matches: WordMatches) -> Mapping[int, float]:
    """Score rows by reciprocal rank fusion of the full text's order and the order of meaning, best first."""
    by_meaning = rows[np.lexsort((rows, -cosines[rows]))]
    scores = {int(row): 1 / (_K + rank) for rank, row in enumerate(by_meaning, start=1)}
    by_words = (row for row in matches.ranked if row in scores)
    for rank, row in enumerate(by_words, start=1):
        scores[row] += 1 / (_K + rank)
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))
