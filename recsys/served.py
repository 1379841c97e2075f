"""Holds a model while it is served: its parts, and what is worked out of them once and kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from threading import Lock

import numpy as np
from scipy import sparse

from recsys import columns as c
from recsys.arrays import BoolArray, Csr, FloatArray, IntArray
from recsys.best_sellers import BestSellers
from recsys.components import Evidence, component_scores
from recsys.edits import Edits
from recsys.field_part import FieldPart
from recsys.fold_in import FoldInBasis
from recsys.index import INDEX_FROM, ItemIndex
from recsys.parts import Parts
from recsys.profile import Profile
from recsys.shopper import Features, Prior, Shopper, prior_of_features, shopper_of
from recsys.similarity import unit_rows
from recsys.sparse_rows import row_of
from recsys.topk import largest

KEPT_EDITIONS = 4
"""How many editions of the items' vectors without some fields are kept; each is as large as the vectors."""

KEPT_PRIORS = 1_000
"""How many combinations of shoppers' features are kept with what they say of a taste."""

KEPT_CATEGORIES = 500
"""Of how many categories the best sellers are kept."""

SPARSE_SHARE = 0.25
"""Where fewer items than this share may be shown, only they are scored; else all are, which needs no copy."""

LESS_LIKE_PENALTY = 4.0
"""What full likeness to an item that the shopper wants less of takes from the log-odds.

It takes by the square of likeness: what is half as like loses a quarter, for most items have something in common."""

_POOL = 1_000
_POPULAR = 300


@dataclass(frozen=True)
class Scored:
    """Items and their scores: the rows, or None for all of them, and the scores, which are -inf for the excluded."""

    rows: IntArray | None
    scores: FloatArray

    def best(self, k: int) -> tuple[IntArray, FloatArray]:
        """Give the rows and scores of the best k, fewer where fewer may be shown."""
        places = largest(self.scores, k)
        return places if self.rows is None else self.rows[places], self.scores[places]


class Served:
    """One state of a model; a new one takes its place when items change. Safe to read from many threads."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._editions: dict[frozenset[str], Evidence] = {}
        self._prior = lru_cache(maxsize=KEPT_PRIORS)(self._prior_of)
        self.best_sellers = lru_cache(maxsize=KEPT_CATEGORIES)(self._best_sellers_of)
        self._lock = Lock()

    def shopper(self, profile: Profile) -> Shopper:
        """Work out what is known of a shopper, without the fields that shall not count."""
        return shopper_of(self.parts, self.evidence(profile.edits.ignore), profile, self._prior)

    def _prior_of(self, features: Features) -> Prior:
        return prior_of_features(self.parts, features)

    def _best_sellers_of(self, category: str | None) -> BestSellers:
        return BestSellers.of(self.parts, category)

    def evidence(self, ignored: frozenset[str]) -> Evidence:
        """Give what is known of all items without some fields; the first time takes a pass over all vectors."""
        if not ignored:
            return self.parts.evidence
        with self._lock:
            if ignored not in self._editions:
                if len(self._editions) >= KEPT_EDITIONS:
                    self._editions.pop(next(iter(self._editions)))
                self._editions[ignored] = without_fields(self.parts, ignored)
            return self._editions[ignored]

    def score(self, shopper: Shopper, edits: Edits, allowed: BoolArray) -> Scored:
        """Score the items that may be shown for a shopper.

        Args:
            shopper: Who.
            edits: What was argued.
            allowed: Which items may be shown, shape (n_items,); all others are out before anything is ranked.

        Returns:
            Log-odds by the blend. Of a large catalogue only the likely items are scored: the hybrid's best by the
            approximate index, the neighbours of the history, the most popular ones, and those that came after training.
        """
        count = int(allowed.sum())
        if self.parts.index is not None and count >= INDEX_FROM:
            rows = self._likely(self.parts.index, shopper)
            return self.score_rows(shopper, edits, rows[allowed[rows]])
        if count < SPARSE_SHARE * len(allowed):
            return self.score_rows(shopper, edits, np.flatnonzero(allowed))
        scores = self._log_odds(shopper, edits, None)
        scores[~allowed] = -np.inf
        return Scored(None, scores)

    def score_rows(self, shopper: Shopper, edits: Edits, rows: IntArray) -> Scored:
        """Score certain items, sorted rows, shape (n,)."""
        return Scored(rows, self._log_odds(shopper, edits, rows))

    def _log_odds(self, shopper: Shopper, edits: Edits, rows: IntArray | None) -> FloatArray:
        evidence = self.evidence(edits.ignore)
        components = component_scores(evidence, shopper.history, shopper.vector[None, :], rows)
        wide = (1, self.parts.n_items if rows is None else len(rows))
        scores = np.array(np.broadcast_to(self.parts.blend.combine(components), wide)[0], dtype=np.float32)
        for item in self.parts.items.rows(edits.less_like):
            if item >= 0:
                scores -= np.float32(LESS_LIKE_PENALTY) * np.square(likeness(evidence, int(item), rows))
        return scores

    def _likely(self, index: ItemIndex, shopper: Shopper) -> IntArray:
        parts = self.parts
        near = (row_of(parts.evidence.neighbours, int(row))[0] for row in shopper.met)
        later = np.arange(len(index), parts.n_items)
        found = np.concatenate([index.search(shopper.vector, _POOL), *near, self.most_popular, later])
        return np.asarray(np.unique(found), dtype=np.int64)

    @cached_property
    def most_popular(self) -> IntArray:
        """Give the most popular items, best first."""
        return largest(self.parts.popularity, _POPULAR)

    @cached_property
    def content_weights(self) -> FloatArray:
        """Give the inverse document frequency of each content column, as scikit-learn's TfidfTransformer has it."""
        told = self.parts.item_features[:, content_columns(self.parts)]
        frequency = np.bincount(told.indices, minlength=told.shape[1])
        return np.asarray(np.log((1 + told.shape[0]) / (1 + frequency)) + 1.0)


def content_columns(parts: Parts) -> IntArray:
    """Give the columns of item features that `Evidence.content` has, in its order."""
    told = [number for number, (name, _) in enumerate(parts.item_space.columns) if name not in (c.IDENTITY, c.SPARE)]
    return np.array(told, dtype=np.int64)


def without_fields(parts: Parts, ignored: frozenset[str]) -> Evidence:
    """Give what is known of all items with some fields out of account: "ignore the brand"."""
    whole, learnt = parts.evidence, parts.representations
    part = FieldPart.of(
        ignored,
        parts.item_features,
        learnt.item_feature_embeddings,
        learnt.item_feature_biases,
        parts.item_space.columns,
    )
    vectors, biases = whole.item_embeddings - part.vectors(), whole.item_biases - part.item_biases()
    return replace(
        whole,
        item_embeddings=vectors,
        item_biases=biases,
        basis=FoldInBasis.of(vectors, biases),
        content=_content_without(parts, ignored),
    )


def _content_without(parts: Parts, ignored: frozenset[str]) -> Csr:
    columns = parts.item_space.columns
    kept = [float(columns[column][0] not in ignored) for column in content_columns(parts)]
    if parts.evidence.content.shape[1] != len(kept):
        return parts.evidence.content
    reduced = sparse.csr_matrix(parts.evidence.content @ sparse.diags(np.array(kept, dtype=np.float32)))
    reduced.eliminate_zeros()
    return unit_rows(reduced)


def likeness(evidence: Evidence, item: int, rows: IntArray | None = None) -> FloatArray:
    """Tell how alike items are to one item, from three sides: what they are, who takes them, and with what.

    Args:
        evidence: What is known of the items.
        item: The row of the item.
        rows: Rows of the others, shape (n,); None is all items.

    Returns:
        The mean of the cosine of features, the cosine of the hybrid's vectors and the weight as a neighbour in shares
        of the item's nearest, each at least 0, float32, shape (n,).
    """
    chosen = slice(None) if rows is None else rows
    features = evidence.content if rows is None else evidence.content[rows]
    content = np.asarray(features @ evidence.content[item].toarray()[0], dtype=np.float32)
    return np.asarray((content + _cosines(evidence, item, chosen) + _nearness(evidence, item, chosen)) / 3)


def _cosines(evidence: Evidence, item: int, chosen: slice | IntArray) -> FloatArray:
    vectors, one = evidence.item_embeddings[chosen], evidence.item_embeddings[item]
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors)) * np.linalg.norm(one)
    cosines = np.divide(vectors @ one, lengths, out=np.zeros(len(vectors), np.float32), where=lengths > 0)
    return np.asarray(np.maximum(cosines, 0.0))


def _nearness(evidence: Evidence, item: int, chosen: slice | IntArray) -> FloatArray:
    columns, weights = row_of(evidence.neighbours, item)
    near = np.zeros(evidence.n_items, dtype=np.float32)
    if len(weights) and weights.max() > 0:
        near[columns] = np.maximum(weights, 0.0) / weights.max()
    return near[chosen]
