"""Splits the score of an item into what each of its features adds, so that "why this?" has a true answer.

A LightFM score is a sum over features: with the weights x of an item's features, their vectors e and biases b, and the
user's vector u and bias,

    score = user bias + sum over item features f of x_f (e_f . u + b_f),

and where the user's vector is a sum over user features too, each x_f e_f . u splits into one part for each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from recsys.arrays import Csr, FloatArray
from recsys.errors import InvalidFrame
from recsys.features import Column


@dataclass(frozen=True)
class Term:
    """What one feature of an item adds to its score.

    Attributes:
        field: The field, as "brand"; "identity" is what was learnt of this very item.
        value: Its value; for the identity the item's id.
        taste: The part that depends on the user.
        bias: The part that is the same for everybody.
    """

    field: str
    value: str
    taste: float
    bias: float

    @property
    def contribution(self) -> float:
        """All that the feature adds."""
        return self.taste + self.bias


@dataclass(frozen=True)
class Explanation:
    """A score and where it comes from: `bias` and the terms' contributions sum to it.

    Attributes:
        score: The item's score for this user.
        bias: The user's own bias, the same for all items.
        terms: One for each feature of the item, largest contribution first.
    """

    score: float
    bias: float
    terms: tuple[Term, ...]

    def reasons(self, n: int = 2, *, skip: Collection[str] = ()) -> tuple[Term, ...]:
        """Give the n terms that speak most for the item because of this user; fewer where fewer are positive.

        Args:
            n: How many.
            skip: Fields that are no reason to name, as the identity where it cannot be put into words.
        """
        speaking = [term for term in self.terms if term.taste > 0 and term.field not in skip]
        return tuple(sorted(speaking, key=lambda term: -term.taste)[:n])


def explain(
    user_vector: FloatArray,
    user_bias: float,
    item_features: Csr,
    embeddings: FloatArray,
    biases: FloatArray,
    columns: Sequence[Column],
) -> Explanation:
    """Split the score of one item for one user into a term for each of the item's features.

    Args:
        user_vector: The user's vector, fitted or folded in, (d,).
        user_bias: The user's bias; 0 for one folded in.
        item_features: The item's row, (1, n_columns).
        embeddings: Vectors of item features, (n_columns, d).
        biases: Biases of item features, (n_columns,).
        columns: What each column stands for, as `FeatureSpace.columns`.

    Raises:
        InvalidFrame: `item_features` is not one row.
    """
    own = _one_row(item_features, "item_features").indices
    weights = item_features.data.astype(np.float64)
    tastes = weights * (embeddings[own].astype(np.float64) @ user_vector.astype(np.float64))
    own_biases = weights * biases[own]
    numbers = zip(own.tolist(), tastes.tolist(), own_biases.tolist(), strict=True)
    parts = ((columns[column], taste, bias) for column, taste, bias in numbers)
    terms = (Term(field, value, taste, bias) for (field, value), taste, bias in parts)
    ordered = tuple(sorted(terms, key=lambda term: -term.contribution))
    return Explanation(float(user_bias + tastes.sum() + own_biases.sum()), float(user_bias), ordered)


def feature_pairs(
    user_features: Csr, item_features: Csr, user_embeddings: FloatArray, item_embeddings: FloatArray
) -> FloatArray:
    """Split the taste of one user for one item into a part for each pair of a user's and an item's feature.

    Args:
        user_features: The user's row, (1, n_user_columns).
        item_features: The item's row, (1, n_item_columns).
        user_embeddings: (n_user_columns, d).
        item_embeddings: (n_item_columns, d).

    Returns:
        (features of the user, features of the item), in the order of their rows' indices. A column's sum is the `taste`
        of that item feature; the sum of all is the product of the two vectors.

    Raises:
        InvalidFrame: One of the features is not one row.
    """
    user, item = _one_row(user_features, "user_features"), _one_row(item_features, "item_features")
    left = user.data[:, None].astype(np.float64) * user_embeddings[user.indices]
    right = item.data[:, None].astype(np.float64) * item_embeddings[item.indices]
    return np.asarray(left @ right.T)


def _one_row(features: Csr, name: str) -> Csr:
    if features.shape[0] != 1:
        raise InvalidFrame(name, features.shape, "one row is wanted")
    return features
