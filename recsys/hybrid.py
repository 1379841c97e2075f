"""LightFM as one of the models: the hybrid of what shoppers did and of what items and shoppers are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from recsys.arrays import BoolArray, FloatArray, IntArray
from recsys.columns import IDENTITY
from recsys.dataset import InteractionDataset
from recsys.errors import NotFitted
from recsys.features import FeatureSpace
from recsys.fold_in import FoldInBasis, FoldInSettings, fold_in_all
from recsys.identifiers import IdMap
from recsys.lightfm_state import LightFMState
from recsys.lightfm_training import Epoch, Fitted, HybridSettings, Training, represented, scores_of
from recsys.model import checked_rows
from recsys.representations import Representations
from recsys.split import Truth

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["HybridSettings", "LightFMHybrid", "without_features"]


@dataclass
class LightFMHybrid:
    """LightFM behind the interface of all models.

    Attributes:
        settings: How it learns.
        features: Whether it knows any features; without them it is plain matrix factorisation, for comparison.
    """

    settings: HybridSettings = field(default_factory=HybridSettings)
    features: bool = True
    _fitted: Fitted | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The model's name in tables: "lightfm", or "lightfm_ids" without features."""
        return "lightfm" if self.features else "lightfm_ids"

    def fit(
        self,
        dataset: InteractionDataset,
        *,
        validation: Truth | None = None,
        on_epoch: Callable[[Epoch], None] | None = None,
    ) -> Self:
        """Learn from a data set, forgetting any that was learnt before.

        Args:
            dataset: What is known of users and items.
            validation: What its users did next; training stops when NDCG@10 on it rises no more, and the state of the
                best epoch is kept. Without it, all epochs are run.
            on_epoch: Called after each epoch, for a tracker; an exception from it ends training.

        Returns:
            The model itself.

        Raises:
            NoInteractions: There is nothing to learn from.
        """
        dataset.require_interactions(self.name)
        seen = dataset if self.features else without_features(dataset)
        self._fitted = Training(seen, self.settings, None, validation, on_epoch).run()
        return self

    def score(self, users: IntArray) -> FloatArray:
        """Score every item for each of some users: shape (m, n_items), float32.

        Args:
            users: Rows of users in the data set that was fitted, (m,).

        Raises:
            NotFitted: `fit` was not called.
            UnknownRow: A row is not one of the data set's.
        """
        return scores_of(
            self.representations, checked_rows(np.asarray(users, dtype=np.int64), len(self.fitted.dataset.users))
        )

    def folded_in(self, users: IntArray, settings: FoldInSettings | None = None) -> FloatArray:
        """Solve for the vectors of some users from all that they took and dismissed, with the trained ones as prior.

        A session is one more part of such a history, so serving and evaluation can treat both alike. The more the model
        leans on features, the better these vectors rank beside the trained ones.

        Args:
            users: Rows of users in the data set that was fitted, (m,).
            settings: How to solve; None is the default.

        Returns:
            (m, d) float32; the trained vector where there is no history.

        Raises:
            NotFitted: `fit` was not called.
            UnknownRow: A row is not one of the data set's.
        """
        r, dataset = self.representations, self.fitted.dataset
        rows = checked_rows(np.asarray(users, dtype=np.int64), len(dataset.users))
        histories = sparse.csr_matrix(dataset.matrix[rows] - dataset.dismissed[rows])
        basis = FoldInBasis.of(r.item_embeddings, r.item_biases)
        return fold_in_all(r.item_embeddings, r.item_biases, basis, histories, r.user_embeddings[rows], settings)

    @property
    def representations(self) -> Representations:
        """What was learnt, as plain arrays.

        Raises:
            NotFitted: `fit` was not called.
        """
        return self.fitted.representations

    @property
    def fitted(self) -> Fitted:
        """What the fit left behind, to plot it or to go on from it.

        Raises:
            NotFitted: `fit` was not called.
        """
        if self._fitted is None:
            raise NotFitted(self.name)
        return self._fitted

    @classmethod
    def resumed(
        cls, settings: HybridSettings, dataset: InteractionDataset, state: LightFMState, *, features: bool = True
    ) -> LightFMHybrid:
        """Give a model that has learnt `state` from this very data set, to go on from it in another process.

        Raises:
            InvalidFrame: The data set has more or fewer columns than the state.
        """
        known = dataset if features else without_features(dataset)
        return cls.of_fitted(settings, Fitted(known, state, represented(known, state), (), 0), features=features)

    @classmethod
    def of_fitted(cls, settings: HybridSettings, fitted: Fitted, *, features: bool = True) -> LightFMHybrid:
        """Give a model that has learnt already."""
        return cls(settings, features, fitted)


def without_features(dataset: InteractionDataset) -> InteractionDataset:
    """Give a data set in which nothing is known of users and items but who they are."""
    users, items = _identities(dataset.users, dataset.hot_users), _identities(dataset.items, dataset.hot_items)
    return replace(
        dataset,
        user_space=users,
        item_space=items,
        user_features=users.transform(None, dataset.users, dataset.now),
        item_features=items.transform(None, dataset.items, dataset.now),
    )


def _identities(ids: IdMap, hot: BoolArray) -> FeatureSpace:
    return FeatureSpace((), tuple((IDENTITY, id) for id in ids.ids(np.flatnonzero(hot))))
