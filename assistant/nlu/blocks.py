"""Features of training examples, kept as rows of one matrix for all of them.

Rasa gives each message a small matrix of its own. Cutting thirty thousand out, hashing each by its printed form, and
stacking them again for whoever learns from them took longer than the learning.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from scipy import sparse

Matrix = np.ndarray | sparse.csr_matrix


class Block:
    """A matrix of features, a row an example; it is not changed once it is here."""

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix

    @cached_property
    def hash(self) -> str:
        """Hash the whole matrix."""
        found = hashlib.sha256(str(self.matrix.shape).encode())
        is_sparse = sparse.issparse(self.matrix)
        parts = (self.matrix.data, self.matrix.indices, self.matrix.indptr) if is_sparse else (self.matrix,)
        for part in parts:
            found.update(np.ascontiguousarray(part))
        return found.hexdigest()


class Row(Features):
    """The features of one whole message: a row of a block, cut out only for those who ask for it alone."""

    # Rasa's constructor would have it cut out at once.
    def __init__(self, block: Block, place: int, origin: str) -> None:
        self.block, self.place = block, place
        self.type, self.attribute, self.origin = FEATURE_TYPE_SENTENCE, TEXT, origin

    @property
    def features(self) -> Matrix:
        """Cut it out, shape (1, columns)."""
        return self.block.matrix[self.place : self.place + 1]

    def is_sparse(self) -> bool:
        """Tell whether the block is."""
        return bool(sparse.issparse(self.block.matrix))

    def fingerprint(self) -> str:
        """Name the place in the block, whose hash is taken once for all its rows."""
        return f"{self.origin} {self.block.hash} {self.place}"

    def __deepcopy__(self, memo: dict[int, Any]) -> Features:
        """Copy the row alone, as features that can be changed."""
        return Features(self.features.copy(), self.type, self.attribute, self.origin)


class Cells(Features):
    """The counts of one message: the columns that are filled, and their values.

    A matrix of SciPy's takes a tenth of a millisecond to make; it is made for those who ask for it.
    """

    # Rasa's constructor would ask at once.
    def __init__(self, columns: np.ndarray, values: np.ndarray, width: int, origin: str) -> None:
        self.columns, self.values, self.width = columns, values, width
        self.type, self.attribute, self.origin = FEATURE_TYPE_SENTENCE, TEXT, origin

    @property
    def features(self) -> Matrix:
        """Make the matrix, shape (1, columns)."""
        return sparse.csr_matrix((self.values, self.columns, np.array([0, len(self.columns)])), (1, self.width))

    def is_sparse(self) -> bool:
        """Tell that it is."""
        return True

    def fingerprint(self) -> str:
        """Hash what is filled."""
        found = hashlib.sha256(f"{self.origin} {self.width}".encode())
        for part in (self.columns, self.values):
            found.update(np.ascontiguousarray(part))
        return found.hexdigest()

    def __deepcopy__(self, memo: dict[int, Any]) -> Features:
        """Copy it as features that can be changed."""
        return Features(self.features, self.type, self.attribute, self.origin)


def add_rows(messages: Sequence[Message], matrix: Matrix, origin: str) -> None:
    """Add to each message its row of a matrix."""
    block = Block(matrix)
    for place, message in enumerate(messages):
        message.add_features(Row(block, place, origin))


def stacked(features: Sequence[Features]) -> Matrix:
    """Stack features of whole messages, of one featurizer, to a matrix with a row a message."""
    blocks = {id(one.block): one.block for one in features if isinstance(one, Row)}
    places = [one.place for one in features if isinstance(one, Row)]
    if len(blocks) == 1 and len(places) == len(features):
        (block,) = blocks.values()
        return block.matrix if places == list(range(block.matrix.shape[0])) else block.matrix[places]
    matrices = [one.features for one in features]
    return sparse.vstack(matrices, format="csr") if features[0].is_sparse() else np.vstack(matrices)
