"""Lays the features of messages out as one sparse matrix, a row a message, for the linear models that read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from scipy import sparse

from assistant.nlu.blocks import Cells, stacked
from assistant.nlu.messages import kind_of, sentence_features


def feature_rows(messages: Sequence[Message], weights: Mapping[str, float]) -> sparse.csr_matrix | None:
    """Give counts and dense vectors side by side; None where the messages have no features.

    Each kind of features is stacked once, as a matrix a message takes seconds.

    Args:
        messages: all with the same kinds of features.
        weights: by the kind of script, the length of the counts beside a dense vector of length 1.
    """
    kinds = list(zip(*(sentence_features(message) for message in messages), strict=True))
    if not kinds:
        return None
    counts = [_as_rows(stacked(kind)) for kind in kinds if kind[0].is_sparse()]
    dense = [_as_rows(stacked(kind)) for kind in kinds if kind[0].is_dense()]
    lengths = np.array([weights[kind_of(message)] for message in messages], np.float32)
    return beside([*([_scaled(beside(counts), lengths)] if counts else []), *dense])


class Filled(NamedTuple):
    """A row of features: the columns that are filled, their values, and how many columns there are."""

    columns: np.ndarray
    values: np.ndarray
    width: int


def filled(message: Message, weights: Mapping[str, float]) -> Filled | None:
    """Give the row of one message as `feature_rows` lays it out, without SciPy's ado, which takes a millisecond."""
    features = sentence_features(message)
    if not features:
        return None
    counts = _in_line([_cells(one) for one in features if one.is_sparse()])
    length = float(np.sqrt(np.square(counts.values).sum()))
    scale = weights[kind_of(message)] / length if length else 0.0
    dense = [np.asarray(one.features, np.float32).ravel() for one in features if one.is_dense()]
    vectors = [Filled(np.arange(len(one)), one, len(one)) for one in dense]
    return _in_line([counts._replace(values=counts.values * np.float32(scale)), *vectors])


def _cells(feature: Features) -> Filled:
    if isinstance(feature, Cells):
        return Filled(feature.columns, feature.values, feature.width)
    matrix = sparse.csr_matrix(feature.features, dtype=np.float32)
    return Filled(matrix.indices, matrix.data, matrix.shape[1])


def _in_line(parts: Sequence[Filled]) -> Filled:
    """Lay rows out one behind the other."""
    starts = np.cumsum([0, *(one.width for one in parts)])
    columns = [one.columns + start for one, start in zip(parts, starts, strict=False)]
    values = [one.values for one in parts]
    return Filled(np.concatenate([[], *columns]).astype(np.intp), np.concatenate([[], *values]), int(starts[-1]))


def beside(parts: Sequence[sparse.csr_matrix]) -> sparse.csr_matrix:
    """Put matrices side by side; of one row each without SciPy's ado, which takes a millisecond."""
    if parts[0].shape[0] > 1:
        return sparse.hstack(parts, format="csr")
    starts = np.cumsum([0, *(one.shape[1] for one in parts)])
    indices = np.concatenate([one.indices + start for one, start in zip(parts, starts, strict=False)])
    data = np.concatenate([one.data for one in parts])
    return sparse.csr_matrix((data, indices, np.array([0, len(data)])), (1, starts[-1]))


def _as_rows(matrix: np.ndarray | sparse.spmatrix) -> sparse.csr_matrix:
    return sparse.csr_matrix(matrix, dtype=np.float32)


def _scaled(counts: sparse.csr_matrix, weights: np.ndarray) -> sparse.csr_matrix:
    """Give each row its length: counts grow with that of a text, where the dense vector always has length 1."""
    of_each = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    lengths = np.sqrt(np.bincount(of_each, np.square(counts.data), counts.shape[0]))
    scales = np.divide(weights, lengths, out=np.zeros_like(weights), where=lengths > 0)
    return sparse.csr_matrix((counts.data * scales[of_each], counts.indices, counts.indptr), counts.shape)
