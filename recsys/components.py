"""Scores a shopper's history from several sides, each cheap enough to serve; `recsys.blend` weighs the sides.

Evaluation and serving run this same code. Whatever is slow (training, solving for neighbours) happened before, in
`recsys.blend_model.evidence_of`; here are one dense product, two sparse ones and a few passes over the items.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from scipy import sparse

from recsys.arrays import Csr, FloatArray, IntArray
from recsys.errors import InvalidFrame
from recsys.fold_in import FoldInBasis

HYBRID: Final = "hybrid"
"""LightFM's score, in standard deviations over all items."""
NEIGHBOURS: Final = "neighbours"
"""Mean weight from the items of the history, by EASE or by cosine."""
CONTENT: Final = "content"
"""Cosine between the features of an item and those of the history."""
REPEAT: Final = "repeat"
"""How much this shopper had to do with this item: the fourth root of the worth in units of the mean worth."""
MET: Final = "met"
"""1 for an item of the history, 0 for a new one: the level of probability differs more than the worth tells."""
ACTIVITY: Final = "activity"
"""How many items the history has: log(1 + number); equal for all items, it moves probabilities and no ranks."""
TRENDS: Final = ("week", "month", "since_last", "since_first")
"""Of each item: log(1 + recent users), half-lives of 7 and 30 days; log(1 + days), up to a limit, since sales."""
COMPONENTS: Final = (HYBRID, NEIGHBOURS, CONTENT, REPEAT, MET, ACTIVITY, *TRENDS)

HISTORY_POWER = 0.5
"""The exponent of worths in a history, as in `recsys.similarity.relative_weights`."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of all items, to score histories by. All floats are float32.

    Attributes:
        item_embeddings: The hybrid's item vectors, (n_items, d).
        item_biases: (n_items,).
        basis: Mean and covariance of those.
        neighbours: Weights from the row's item, which was met, to the column's, (n_items, n_items).
        content: Weighed features in rows of length 1, (n_items, n_content_columns); no column where there are none.
        trends: Columns as in `TRENDS`, (n_items, 4).
        unit: The mean worth of an entry of the history matrix in training.
        notes: What was made otherwise than planned, by component: {"neighbours": "cosine: ease takes 10000 items ..."}.

    Raises:
        InvalidFrame: The shapes do not fit together.
    """

    item_embeddings: FloatArray
    item_biases: FloatArray
    basis: FoldInBasis
    neighbours: Csr
    content: Csr
    trends: FloatArray
    unit: float
    notes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = self.n_items
        wanted = {
            "item_biases": (n,),
            "neighbours": (n, n),
            "content": (n, self.content.shape[1]),
            "trends": (n, len(TRENDS)),
        }
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise InvalidFrame(name, getattr(self, name).shape, f"shape {shape} is wanted")
        if not self.unit > 0:
            raise InvalidFrame("unit", self.unit, "a positive worth is wanted")

    @property
    def n_items(self) -> int:
        """How many items there are."""
        return int(self.item_embeddings.shape[0])

    @cached_property
    def bias_variance(self) -> float:
        """The variance of item biases."""
        return float(np.var(self.item_biases, dtype=np.float64))


def component_scores(
    evidence: Evidence, history: Csr, user_vectors: FloatArray, items: IntArray | None = None
) -> dict[str, FloatArray]:
    """Score items for some histories from every side.

    No figure depends on which other items are asked about, so a short list gets the scores of the whole catalogue.

    Args:
        evidence: What is known of the items.
        history: What each shopper did, in worth (`InteractionDataset.matrix`), (m, n_items); rows may be empty.
        user_vectors: The hybrid's vectors of the shoppers, stored, folded in or of features only, (m, d).
        items: Rows of the items to score, (n,); None is all of them.

    Returns:
        For each name in `COMPONENTS` scores, float32, (m, n) or of a shape that broadcasts to it: (1, n), (m, 1).
    """
    damped = sparse.csr_matrix(
        ((history.data / evidence.unit) ** HISTORY_POWER, history.indices, history.indptr), history.shape
    )
    chosen = slice(None) if items is None else items
    trends = np.asarray(evidence.trends[chosen])
    repeat = _repeat_scores(evidence, history, items)
    return {
        HYBRID: hybrid_scores(evidence, user_vectors, items),
        NEIGHBOURS: _neighbour_scores(evidence, damped, items),
        CONTENT: _content_scores(evidence, damped, items),
        REPEAT: repeat,
        MET: (repeat > 0).astype(np.float32),
        ACTIVITY: np.log1p(history.getnnz(axis=1)).astype(np.float32)[:, np.newaxis],
        **{name: trends[np.newaxis, :, column] for column, name in enumerate(TRENDS)},
    }


def hybrid_scores(evidence: Evidence, user_vectors: FloatArray, items: IntArray | None = None) -> FloatArray:
    """Give LightFM's scores in standard deviations above their mean over all items, (m, n) float32.

    Vectors of eager shoppers are long, and their raw scores spread widely: the unit makes shoppers comparable. Mean and
    deviation follow from those of the item vectors, u.m + mean b and u'Cu + 2 u.k + var b, so all items need no look.
    """
    chosen = slice(None) if items is None else items
    u, basis = np.asarray(user_vectors, dtype=np.float64), evidence.basis
    mean = u @ basis.mean + basis.mean_bias
    spread = np.einsum("md,de,me->m", u, basis.covariance, u) + 2 * u @ basis.bias_covariance + evidence.bias_variance
    deviation = np.sqrt(np.maximum(spread, 1e-12))
    raw = np.asarray(user_vectors, dtype=np.float32) @ evidence.item_embeddings[chosen].T
    raw += evidence.item_biases[chosen]
    raw -= mean[:, np.newaxis].astype(np.float32)
    raw /= deviation[:, np.newaxis].astype(np.float32)
    return np.asarray(raw, dtype=np.float32)


def _neighbour_scores(evidence: Evidence, damped: Csr, items: IntArray | None) -> FloatArray:
    mass = np.maximum(np.asarray(damped.sum(axis=1)), 1e-12)
    scores = _columns(sparse.csr_matrix(damped @ evidence.neighbours), items).toarray()
    return np.asarray(scores / mass, dtype=np.float32)


def _content_scores(evidence: Evidence, damped: Csr, items: IntArray | None) -> FloatArray:
    vectors = evidence.content if items is None else evidence.content[items]
    taste = np.asarray((damped @ evidence.content).todense(), dtype=np.float32)
    length = np.maximum(np.linalg.norm(taste, axis=1, keepdims=True), 1e-12)
    return np.asarray((vectors @ (taste / length).T).T, dtype=np.float32)


def _repeat_scores(evidence: Evidence, history: Csr, items: IntArray | None) -> FloatArray:
    """Give a root, not a logarithm: what was met once a year ago is still far from what was never met."""
    asked = _columns(history, items)
    worths = sparse.csr_matrix((np.sqrt(np.sqrt(asked.data / evidence.unit)), asked.indices, asked.indptr), asked.shape)
    return np.asarray(worths.toarray(), dtype=np.float32)


def _columns(matrix: Csr, items: IntArray | None) -> Csr:
    return matrix if items is None else sparse.csr_matrix(matrix[:, items])
