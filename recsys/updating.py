"""Takes new and changed items into a model from their features, without training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd
from scipy import sparse

from recsys import columns as c
from recsys.arrays import Csr, FloatArray, IntArray
from recsys.components import Evidence
from recsys.dataset import known_ids
from recsys.errors import FeatureMismatch
from recsys.identifiers import IdMap
from recsys.parts import Parts, numbers_of, times_of
from recsys.representations import Representations
from recsys.served import content_columns
from recsys.similarity import unit_rows
from recsys.sparse_rows import padded, replaced


@dataclass(frozen=True)
class ItemUpdate:
    """What a frame of features brought.

    Attributes:
        added: Items that the model did not know.
        changed: Items that it knew, whose features are now those of the frame.
        unknown: How many values of each field the model cannot read, as brands that came after training; an item is
            served without them, and many of them are a reason to train anew.
    """

    added: int
    changed: int
    unknown: Mapping[str, int]


def updated(
    parts: Parts, frame: pd.DataFrame, content_weights: FloatArray, now: datetime | pd.Timestamp
) -> tuple[Parts, ItemUpdate]:
    """Give a model that serves the items of a frame from their features as they are now.

    What shoppers did with an item that the model knew goes on to count. A new item is as one that was there all along
    and that nobody has met; the means of all items stay those of training, so that other scores move by no more than
    the new biases add to the variance of biases.

    Args:
        parts: The model; not changed.
        frame: All features of the items in it, long: `item_id`, `feature`, `value`, optional `weight`.
        content_weights: The weights of content columns in training.
        now: Ages are counted from here.

    Raises:
        InvalidFrame: If it is no frame of item features.
        FeatureMismatch: If none of its fields is one that the model was trained with.
    """
    touched = known_ids(frame, c.ITEM_ID)
    items = parts.items.extended(touched)
    rows, ids = items.rows(touched), IdMap.from_ids(touched)
    _check_fields(parts, frame)
    encoded = parts.item_space.encode(frame, ids, now)
    added = len(items) - parts.n_items
    report = ItemUpdate(added, len(touched) - added, dict(encoded.unknown))
    if not touched:
        return parts, report
    representations, evidence = _learnt(parts, len(items), rows, encoded.matrix, content_weights)
    grown = replace(
        parts,
        items=items,
        item_features=replaced(_wider(parts.item_features, len(items)), rows, encoded.matrix),
        representations=representations,
        evidence=evidence,
        history=padded(parts.history, (len(parts.users), len(items))),
        dismissed=padded(parts.dismissed, (len(parts.users), len(items))),
        baskets=parts.baskets.widened(len(items)),
        prices=_placed(parts.prices, len(items), rows, numbers_of(frame, ids)),
        available_from=_placed(parts.available_from, len(items), rows, times_of(frame, ids)),
    )
    return grown, report


def _check_fields(parts: Parts, frame: pd.DataFrame) -> None:
    given = set(frame[c.FEATURE].astype(str).unique())
    learnt = {one.name for one in parts.item_space.fields}
    if given and learnt and not given & learnt:
        raise FeatureMismatch(learnt, given)


def _learnt(
    parts: Parts, n_items: int, rows: IntArray, features: Csr, content_weights: FloatArray
) -> tuple[Representations, Evidence]:
    vectors, biases = parts.representations.of_items(features)
    old = parts.evidence
    embeddings = _placed(old.item_embeddings, n_items, rows, vectors)
    representations = replace(
        parts.representations,
        item_embeddings=embeddings,
        item_biases=_placed(old.item_biases, n_items, rows, biases),
    )
    evidence = replace(
        old,
        item_embeddings=embeddings,
        item_biases=representations.item_biases,
        neighbours=padded(old.neighbours, (n_items, n_items)),
        content=_content(parts, n_items, rows, features, content_weights),
        trends=_trends(old.trends, n_items),
    )
    return representations, evidence


def _content(parts: Parts, n_items: int, rows: IntArray, features: Csr, weights: FloatArray) -> Csr:
    wide = _wider(parts.evidence.content, n_items)
    columns = content_columns(parts)
    if wide.shape[1] != len(columns):
        return wide
    told = sparse.csr_matrix(features[:, columns] @ sparse.diags(weights), dtype=np.float32)
    return replaced(wide, rows, unit_rows(told))


def _trends(trends: FloatArray, n_items: int) -> FloatArray:
    """Describe new items as those that nobody has met: no recent users, and first and last met when the data begin."""
    oldest = trends[:, 2:].max(initial=0.0)
    unmet = np.tile(np.array([0.0, 0.0, oldest, oldest], dtype=np.float32), (n_items - len(trends), 1))
    return np.concatenate([trends, unmet])


def _wider(matrix: Csr, n_rows: int) -> Csr:
    return padded(matrix, (n_rows, matrix.shape[1]))


def _placed(values: FloatArray, n_items: int, rows: IntArray, new: FloatArray) -> FloatArray:
    """Give a copy with room for more items, in which some rows are new."""
    grown = np.zeros((n_items, *values.shape[1:]), dtype=values.dtype)
    grown[: len(values)] = values
    grown[rows] = new
    return grown
