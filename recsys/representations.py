"""Holds what a trained hybrid is once training is over: plain arrays, that serving reads without LightFM."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import Csr, FloatArray
from recsys.errors import InvalidFrame


@dataclass(frozen=True, eq=False)
class Representations:
    """The vectors and biases of features, and their sums for each item and user. All are float32.

    The representation of an item or user is the weighted sum of those of its features, and a score is
    `user_vector . item_vector + user_bias + item_bias` (Kula 2015, "Metadata embeddings for user and item cold-start
    recommendations", section 3). With d components:

    Attributes:
        item_embeddings: (n_items, d).
        item_biases: (n_items,).
        user_embeddings: (n_users, d).
        user_biases: (n_users,).
        item_feature_embeddings: (n_item_columns, d).
        item_feature_biases: (n_item_columns,).
        user_feature_embeddings: (n_user_columns, d).
        user_feature_biases: (n_user_columns,).

    Raises:
        InvalidFrame: The shapes do not fit together.
    """

    item_embeddings: FloatArray
    item_biases: FloatArray
    user_embeddings: FloatArray
    user_biases: FloatArray
    item_feature_embeddings: FloatArray
    item_feature_biases: FloatArray
    user_feature_embeddings: FloatArray
    user_feature_biases: FloatArray

    def __post_init__(self) -> None:
        for name in ("item", "user", "item_feature", "user_feature"):
            vectors, biases = getattr(self, f"{name}_embeddings"), getattr(self, f"{name}_biases")
            if vectors.ndim != 2 or vectors.shape[1] != self.components or biases.shape != (len(vectors),):
                raise InvalidFrame(f"{name}_embeddings", vectors.shape, f"does not fit {self.components} components")

    @property
    def components(self) -> int:
        """The length of every vector."""
        return int(self.item_embeddings.shape[1])

    @classmethod
    def of_features(
        cls,
        item_features: Csr,
        user_features: Csr,
        item_state: tuple[FloatArray, FloatArray],
        user_state: tuple[FloatArray, FloatArray],
    ) -> Representations:
        """Sum the vectors and biases of features for each item and user.

        Args:
            item_features: (n_items, n_item_columns).
            user_features: (n_users, n_user_columns).
            item_state: Embeddings (n_item_columns, d) and biases (n_item_columns,) of item features.
            user_state: The same of user features.
        """
        items, users = represent(item_features, *item_state), represent(user_features, *user_state)
        return cls(*items, *users, *item_state, *user_state)

    def of_items(self, features: Csr) -> tuple[FloatArray, FloatArray]:
        """Represent items by features alone, those too that came after training: (n, d) and (n,)."""
        return represent(features, self.item_feature_embeddings, self.item_feature_biases)

    def of_users(self, features: Csr) -> tuple[FloatArray, FloatArray]:
        """Represent users by features alone: (n, d) and (n,)."""
        return represent(features, self.user_feature_embeddings, self.user_feature_biases)


def represent(features: Csr, embeddings: FloatArray, biases: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the vector (n, d) and the bias (n,) of each row of features (n, n_columns).

    Raises:
        InvalidFrame: There are more or fewer columns than vectors.
    """
    if features.shape[1] != len(embeddings):
        raise InvalidFrame("features", features.shape, f"{len(embeddings)} columns are wanted")
    return np.asarray(features @ embeddings, dtype=np.float32), np.asarray(features @ biases, dtype=np.float32)
