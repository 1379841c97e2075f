"""Says why an item is recommended, in facts that can be looked up; where there is none, nothing is said.

A "feature" is one that the item has, and that brings a good part of what speaks for it in LightFM's score for this
shopper; where the shopper has a history, some item in it has that feature too. "similar_to" names an item that the
shopper had to do with and that is a neighbour of the recommended one. "popular" is said of the best sellers only.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np

from recsys import columns as c
from recsys.arrays import IntArray
from recsys.components import HISTORY_POWER
from recsys.edits import Edits
from recsys.explain import Explanation, explain
from recsys.parts import Parts
from recsys.served import Served
from recsys.shopper import Shopper
from recsys.slate import Reason

NAMELESS: Final = frozenset({c.IDENTITY, c.SPARE, c.IMAGE_CLUSTER, c.AVAILABLE_FROM})
"""Fields that are no reason to give: nobody likes cluster 17."""

MOST = 2
"""How many reasons an item is given."""

LEAST_SHARE = 0.1
"""What a feature brings at least, of all that speaks for the item, to be a reason."""


def explanation_of(parts: Parts, shopper: Shopper, edits: Edits, row: int) -> Explanation:
    """Split the hybrid's score of an item, without the fields that the shopper ignores."""
    columns = parts.item_space.columns
    features = parts.item_features[row]
    kept = np.array([columns[column][0] not in edits.ignore for column in features.indices], dtype=np.float32)
    features.data = features.data * kept
    features.eliminate_zeros()
    learnt = parts.representations
    return explain(
        shopper.vector,
        shopper.bias,
        features,
        learnt.item_feature_embeddings,
        learnt.item_feature_biases,
        columns,
    )


def reasons_for(served: Served, shopper: Shopper, edits: Edits, rows: IntArray) -> list[tuple[Reason, ...]]:
    """Give the reasons for each of some items: features, else a thing that it goes with in the history, else popular.

    Args:
        served: The model.
        shopper: For whom.
        edits: Fields that shall not count are no reason.
        rows: The items, shape (n,).

    Returns:
        For each item at most `MOST` reasons, strongest first.
    """
    features = _feature_reasons(served.parts, shopper, edits, rows)
    similar = _similar_reasons(served, shopper, rows)
    popular = popular_reasons(served, rows)
    return [(*a, *b, *p)[:MOST] for a, b, p in zip(features, similar, popular, strict=True)]


def popular_reasons(served: Served, rows: IntArray, category: str | None = None) -> list[tuple[Reason, ...]]:
    """Say of each item whether it is one of the best sellers, of all items or of a category.

    Args:
        served: The model.
        rows: The items, shape (n,).
        category: Among which; None is all items.

    Returns:
        For each item one reason or none.
    """
    shares = served.best_sellers(category).shares
    field, value = ("", "") if category is None else (c.CATEGORY, category)
    return [(Reason("popular", field, value, shares[row]),) if row in shares else () for row in rows.tolist()]


def _feature_reasons(parts: Parts, shopper: Shopper, edits: Edits, rows: IntArray) -> list[tuple[Reason, ...]]:
    if not shopper.vector.any():
        return [()] * len(rows)
    met = shopper.met
    known = {parts.item_space.columns[column] for column in np.unique(parts.item_features[met].indices)}
    return [_features_of(explanation_of(parts, shopper, edits, int(row)), known if len(met) else None) for row in rows]


def _features_of(explanation: Explanation, known: Collection[tuple[str, str]] | None) -> tuple[Reason, ...]:
    speaking = sum(term.taste for term in explanation.terms if term.taste > 0)
    terms = explanation.reasons(len(explanation.terms), skip=NAMELESS)
    named = (term for term in terms if known is None or (term.field, term.value) in known)
    reasons = (Reason("feature", term.field, term.value, term.taste / speaking) for term in named)
    return tuple(reason for reason in reasons if reason.share >= LEAST_SHARE)[:MOST]


def _similar_reasons(served: Served, shopper: Shopper, rows: IntArray) -> list[tuple[Reason, ...]]:
    parts, met = served.parts, shopper.met
    if not len(met):
        return [()] * len(rows)
    weights = (shopper.history.data / parts.evidence.unit) ** HISTORY_POWER
    brought = parts.evidence.neighbours[met][:, rows].toarray() * weights[:, np.newaxis]
    brought = np.maximum(brought, 0.0)
    best = brought.argmax(axis=0)
    return [
        (Reason("similar_to", value=parts.items.ids([met[most]])[0], share=float(column[most] / column.sum())),)
        if column[most] > 0
        else ()
        for column, most in zip(brought.T, best, strict=True)
    ]
