"""Trains LightFM epoch by epoch, stops when validation shoppers gain no more, and keeps the best state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal, get_args

import numpy as np
from scipy import sparse
from tqdm import tqdm

from recsys.arrays import Csr, FloatArray, IntArray
from recsys.dataset import InteractionDataset
from recsys.errors import InvalidFrame
from recsys.lightfm_state import LightFMState
from recsys.metrics import ndcg
from recsys.ranking import top_k
from recsys.representations import Representations
from recsys.similarity import relative_weights
from recsys.split import Truth

Loss = Literal["warp", "bpr", "logistic"]

K = 10
"""Places of the list that training is stopped by."""

USERS_AT_ONCE = 256
"""Users whose scores are in memory at once when a model is judged."""


@dataclass(frozen=True)
class HybridSettings:
    """How LightFM learns.

    Attributes:
        components: The length of vectors.
        loss: "warp" learns the top of the list (Weston et al. 2011), "bpr" its whole order, "logistic" no order.
        epochs: How often training goes through all interactions, at most.
        patience: After that many epochs without a better validation figure training stops.
        learning_rate: The first step size of adagrad.
        item_alpha: The L2 penalty on item features.
        user_alpha: The L2 penalty on user features.
        max_sampled: How many negatives WARP draws at most to find one that ranks too high.
        weight_power: How much the worth of an interaction counts; 0 asks only whether there was any.
        seed: Equal seeds on one thread give bit-identical models.
        threads: With more than one, threads write over each other's steps: faster, and never twice the same.

    Raises:
        InvalidFrame: One of them cannot be.
    """

    components: int = 64
    loss: Loss = "warp"
    epochs: int = 60
    patience: int = 6
    learning_rate: float = 0.05
    item_alpha: float = 0.0
    user_alpha: float = 0.0
    max_sampled: int = 20
    weight_power: float = 0.5
    seed: int = 17
    threads: int = 1

    def __post_init__(self) -> None:
        for name in ("components", "epochs", "patience", "learning_rate", "max_sampled", "threads"):
            if not getattr(self, name) > 0:
                raise InvalidFrame(name, getattr(self, name), "a positive number is wanted")
        for name in ("item_alpha", "user_alpha", "weight_power"):
            if not getattr(self, name) >= 0:
                raise InvalidFrame(name, getattr(self, name), "a number not below 0 is wanted")
        if self.loss not in get_args(Loss):
            raise InvalidFrame("loss", self.loss, f"one of {', '.join(get_args(Loss))} is wanted")


@dataclass(frozen=True)
class Epoch:
    """What one pass through the interactions came to.

    Attributes:
        number: Which one, from 1.
        seconds: How long it took, without judging it.
        ndcg: Mean NDCG@10 over the validation users, None without any.
    """

    number: int
    seconds: float
    ndcg: float | None


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a fit leaves behind.

    Attributes:
        dataset: What was learnt from; of the variant without features, with identities only.
        state: What LightFM has learnt, to go on from.
        representations: The same as vectors and biases of features, items and users.
        epochs: All epochs that were run.
        best: The number of the epoch whose state was kept.
    """

    dataset: InteractionDataset
    state: LightFMState
    representations: Representations
    epochs: tuple[Epoch, ...]
    best: int


@dataclass
class _Best:
    """The best epoch so far; without a figure the latest is the best."""

    number: int = 0
    figure: float = -1.0
    state: LightFMState | None = None

    def offer(self, number: int, figure: float | None, model: Any) -> None:
        """Keep a copy of the model where it is better than all before."""
        if figure is None:
            self.number = number
        elif figure > self.figure:
            self.number, self.figure, self.state = number, figure, LightFMState.of(model)


@dataclass(frozen=True)
class Training:
    """One run of training.

    Attributes:
        dataset: What is learnt from.
        settings: How.
        start: The state to go on from, whose columns are those of the data set; None begins anew.
        validation: What to stop by; None runs all epochs.
        on_epoch: Called after each epoch, for a tracker; an exception from it ends training.
        only_users: Rows of the users to learn from, (m,); None is all.
    """

    dataset: InteractionDataset
    settings: HybridSettings = field(default_factory=lambda: HybridSettings())
    start: LightFMState | None = None
    validation: Truth | None = None
    on_epoch: Callable[[Epoch], None] | None = None
    only_users: IntArray | None = None

    def run(self) -> Fitted:
        """Run epochs until the validation figure rises no more; the state of the best one is what is given.

        A start counts as epoch 0, so that going on from it never makes the figure worse.
        """
        model, best, epochs = self._begun(), _Best(), []
        if self.start is not None and self.validation is not None:
            best.offer(0, self._judged(model), model)
        one_epoch = self._one_epoch(model)
        for number in tqdm(range(1, self.settings.epochs + 1), desc="LightFM", unit="epoch", disable=None):
            epochs.append(Epoch(number, one_epoch(), self._judged(model)))
            best.offer(number, epochs[-1].ndcg, model)
            if self.on_epoch is not None:
                self.on_epoch(epochs[-1])
            if number - best.number >= self.settings.patience:
                break
        state = (best.state or LightFMState.of(model)).without_noise()
        return Fitted(self.dataset, state, represented(self.dataset, state), tuple(epochs), best.number)

    def _begun(self) -> Any:
        from lightfm import LightFM  # Serving reads the settings and never needs it.

        s = self.settings
        model = LightFM(
            no_components=s.components,
            loss=s.loss,
            learning_rate=s.learning_rate,
            item_alpha=s.item_alpha,
            user_alpha=s.user_alpha,
            max_sampled=s.max_sampled,
            random_state=s.seed,
        )
        if self.start is not None:
            self.start.put_into(model)
        return model

    def _one_epoch(self, model: Any) -> Callable[[], float]:
        """Give what runs one epoch and tells its seconds.

        Items without interactions are left out of the negatives that WARP draws: nobody passed them over, and drawing
        them would push down all that their features stand for.
        """
        hot = np.flatnonzero(self.dataset.hot_items)
        weights = relative_weights(self._wanted()[:, hot].tocsr(), self.settings.weight_power).tocoo()
        taken = sparse.coo_matrix((np.ones_like(weights.data), (weights.row, weights.col)), weights.shape)
        item_features = self.dataset.item_features[hot]

        def run() -> float:
            began = perf_counter()
            model.fit_partial(
                taken,
                user_features=self.dataset.user_features,
                item_features=item_features,
                sample_weight=weights,
                num_threads=self.settings.threads,
            )
            return perf_counter() - began

        return run

    def _wanted(self) -> Csr:
        if self.only_users is None:
            return self.dataset.matrix
        chosen = np.zeros(len(self.dataset.users), dtype=np.float32)
        chosen[self.only_users] = 1.0
        matrix = sparse.csr_matrix(sparse.diags(chosen) @ self.dataset.matrix, dtype=np.float32)
        matrix.eliminate_zeros()
        return matrix

    def _judged(self, model: Any) -> float | None:
        if self.validation is None:
            return None
        state = LightFMState.of(model).without_noise()
        return mean_ndcg(represented(self.dataset, state), self.dataset, self.validation)


def represented(dataset: InteractionDataset, state: LightFMState) -> Representations:
    """Sum a state's features for each item and user of a data set."""
    return Representations.of_features(
        dataset.item_features, dataset.user_features, state.side("item"), state.side("user")
    )


def mean_ndcg(representations: Representations, dataset: InteractionDataset, truth: Truth) -> float:
    """Give the mean NDCG@10 over the users of a truth; 0 where it has none."""
    exclude, figures = truth.exclude(dataset), []
    for start in range(0, len(truth.users), USERS_AT_ONCE):
        block = slice(start, start + USERS_AT_ONCE)
        best = top_k(
            scores_of(representations, truth.users[block]), K, exclude=None if exclude is None else exclude[block]
        )
        figures.append(ndcg(best, truth.items[block]))
    return float(np.concatenate(figures).mean()) if figures else 0.0


def scores_of(representations: Representations, users: IntArray) -> FloatArray:
    """Score every item for some rows of users, (m, n_items) float32."""
    r = representations
    scores: FloatArray = r.user_embeddings[users] @ r.item_embeddings.T
    return scores + r.item_biases + r.user_biases[users, np.newaxis]
