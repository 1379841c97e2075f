"""Takes one or several fields out of the items' vectors: "ignore the brand"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.arrays import Csr, FloatArray, IntArray
from recsys.features import Column
from recsys.fold_in import BLOCK, FoldInBasis, FoldInSettings, fold_in
from recsys.model import checked_rows

EVERYTHING: Final = slice(None)


@dataclass(frozen=True, eq=False)
class FieldPart:
    """What some fields bring into each item's vector and bias: X_f E_f and X_f b_f, kept as factors.

    The vectors without these fields are `vectors - part.vectors()`. With a million items, take `part.scores(user)`
    from the scores instead: that costs one sparse product, and no second matrix of vectors. The weights of the other
    fields stay as they are, so a score without the brand is exactly the score less the brand's terms.

    Attributes:
        features: The columns of the fields, (n_items, n_field_columns).
        embeddings: Their vectors, (n_field_columns, d).
        biases: Their biases, (n_field_columns,).
    """

    features: Csr
    embeddings: FloatArray
    biases: FloatArray

    @classmethod
    def of(
        cls,
        fields: Collection[str],
        item_features: Csr,
        embeddings: FloatArray,
        biases: FloatArray,
        columns: Sequence[Column],
    ) -> FieldPart:
        """Take the columns of some fields; a field that no column is of brings nothing.

        Args:
            fields: The fields to ignore, as `Edits.ignore`.
            item_features: (n_items, n_columns).
            embeddings: (n_columns, d).
            biases: (n_columns,).
            columns: What each column stands for, as `FeatureSpace.columns`.
        """
        own = np.array([number for number, (field, _) in enumerate(columns) if field in fields], dtype=np.int64)
        return cls(item_features[:, own].tocsr(), embeddings[own], biases[own])

    def vectors(self, rows: slice | IntArray = EVERYTHING) -> FloatArray:
        """Give what the fields bring into these items' vectors, (n, d)."""
        return np.asarray(self.features[rows] @ self.embeddings, dtype=np.float32)

    def item_biases(self, rows: slice | IntArray = EVERYTHING) -> FloatArray:
        """Give what the fields bring into these items' biases, (n,)."""
        return np.asarray(self.features[rows] @ self.biases, dtype=np.float32)

    def scores(self, user_vector: FloatArray) -> FloatArray:
        """Give what the fields add to the score of each item for a user with this vector (d,); shape (n_items,)."""
        return np.asarray(self.features @ (self.embeddings @ user_vector + self.biases), dtype=np.float32)

    def basis(self, vectors: FloatArray, biases: FloatArray) -> FoldInBasis:
        """Give the basis of folding in where these fields are out of account; compute it once for each set of fields.

        Args:
            vectors: Whole item vectors, (n_items, d).
            biases: Whole item biases, (n_items,).
        """
        blocks = (slice(start, start + BLOCK) for start in range(0, len(vectors), BLOCK))
        reduced = ((vectors[b] - self.vectors(b), biases[b] - self.item_biases(b)) for b in blocks)
        return FoldInBasis.of_blocks(reduced, vectors.shape[1])

    def fold_in(
        self,
        vectors: FloatArray,
        biases: FloatArray,
        basis: FoldInBasis,
        rows: IntArray,
        weights: FloatArray,
        prior: FloatArray | None = None,
        settings: FoldInSettings | None = None,
    ) -> FloatArray:
        """Solve for a shopper's vector where these fields are out of account; only the given rows are reduced.

        Args:
            vectors: Whole item vectors, (n_items, d).
            biases: Whole item biases, (n_items,).
            basis: What `basis` gave.
            rows: The items of the shopper's events, (n,).
            weights: What each event weighs, (n,), negative for a dismissed item.
            prior: The vector without any event, (d,).
            settings: How to solve.

        Returns:
            (d,) float32; `vectors @ vector + biases - self.scores(vector)` are the scores.

        Raises:
            UnknownRow: A row is not one of an item.
            InvalidFrame: A weight is not a finite number, or shapes do not fit.
        """
        own = checked_rows(rows, len(vectors))
        reduced, reduced_biases = vectors[own] - self.vectors(own), biases[own] - self.item_biases(own)
        return fold_in(reduced, reduced_biases, basis, np.arange(len(own)), weights, prior, settings)
