"""Learns what `recsys.components` and `recsys.blend` serve: the evidence about items, and the weights of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from recsys.arrays import BoolArray, Csr, FloatArray, IntArray
from recsys.blend import FLOORS, Blend, normalised
from recsys.columns import ITEM, KIND, POSITIVE_KINDS, TIMESTAMP
from recsys.components import ACTIVITY, CONTENT, MET, NEIGHBOURS, REPEAT, Evidence, component_scores
from recsys.content import item_vectors
from recsys.dataset import InteractionDataset
from recsys.errors import NoInteractions, NotFitted, TooManyItems
from recsys.fold_in import FoldInBasis
from recsys.model import checked_rows
from recsys.neighbours import neighbour_matrix
from recsys.popular import popularity
from recsys.representations import Representations
from recsys.split import Truth

if TYPE_CHECKING:
    from typing_extensions import Self

    from recsys.hybrid import LightFMHybrid

KEPT_NEIGHBOURS = 200
"""Weights that an item keeps: more cost memory and gain nothing in validation."""

NEGATIVES = 300
"""Items that a user did not take, drawn to learn the weights from."""

LEVELS = (REPEAT, MET, ACTIVITY)
"""Components that tell how probable a purchase is at all, beside in which order."""

OLD_DAYS = 90.0
"""Items last or first sold before that are alike. Without a limit ages grow with the length of the data, and weights
learnt a month ago would say of all items at once that they have become less probable."""

LEAST_RANGE = 0.05
"""A component that differs by less between all pairs, in log or standard units, says nothing that would last."""

USERS_AT_ONCE = 256


def evidence_of(dataset: InteractionDataset, representations: Representations, n: int = KEPT_NEIGHBOURS) -> Evidence:
    """Gather what is known of all items of a data set.

    Where there are more items than EASE takes, cosine neighbours stand in; `Evidence.notes` says so.

    Args:
        dataset: What to learn from.
        representations: The hybrid's, fitted on the same data set.
        n: How many neighbours each item keeps.

    Raises:
        NoInteractions: There are none.
    """
    dataset.require_interactions("blend")
    neighbours, notes = _neighbours(dataset, n)
    embeddings, biases = representations.item_embeddings, representations.item_biases
    return Evidence(
        embeddings,
        biases,
        FoldInBasis.of(embeddings, biases),
        neighbours,
        item_vectors(dataset),
        trends(dataset),
        float(dataset.matrix.data.mean()),
        notes,
    )


def _neighbours(dataset: InteractionDataset, n: int) -> tuple[Csr, dict[str, str]]:
    try:
        return neighbour_matrix(dataset, n, "ease"), {NEIGHBOURS: "ease"}
    except TooManyItems as refused:
        return neighbour_matrix(dataset, n, "cosine"), {NEIGHBOURS: f"cosine: {refused}"}


def trends(dataset: InteractionDataset) -> FloatArray:
    """Describe how each item sells, (n_items, 4) float32, with the columns of `recsys.components.TRENDS`.

    Ages end at `OLD_DAYS`. An item that nobody has met is as one that was first and last met when the data begin.
    """
    events = dataset.interactions[dataset.interactions[KIND].isin(POSITIVE_KINDS)]
    days = np.minimum((events[TIMESTAMP].max() - events[TIMESTAMP]).dt.total_seconds().to_numpy() / 86_400, OLD_DAYS)
    items = events[ITEM].to_numpy(np.int64)
    last = np.full(len(dataset.items), days.max(initial=0.0))
    np.minimum.at(last, items, days)
    first = np.zeros(len(dataset.items))
    np.maximum.at(first, items, days)
    first[~dataset.hot_items] = days.max(initial=0.0)
    recent = [popularity(dataset, half_life) for half_life in (7.0, 30.0)]
    described: FloatArray = np.log1p(np.column_stack((*recent, last, first))).astype(np.float32)
    return described


def learn_blend(
    evidence: Evidence, dataset: InteractionDataset, user_vectors: FloatArray, truth: Truth, seed: int
) -> Blend:
    """Learn from a later month how much each component says.

    Each user who bought anything then counts as the root of the number of purchases: a trader with a hundred would
    drown the others, a shopper with one says little. What was bought before and what is new are learnt together, so the
    same weights serve both kinds of list. A second regression, of the log-odds and over every item of every user alike,
    brings the probabilities to the level of the month (Platt 1999); as that level differs between active and other
    users, and between what they had and what is new, it weighs the components of `LEVELS` anew.

    Args:
        evidence: About the items of `dataset`.
        dataset: What was known before that month.
        user_vectors: The hybrid's, (n_users, d).
        truth: What was bought in that month, items had before too (`new_only=False`).
        seed: For the items drawn as not taken.

    Raises:
        NoInteractions: Nothing was bought, or every item by everybody.
    """
    cells = Cells.drawn(evidence, dataset, user_vectors, truth, np.random.default_rng(seed))
    scales = {name: scale for name in FLOORS if (scale := _scale(name, cells.scores[name])) > 0}
    columns = {name: normalised(name, cells.scores[name], scales.get(name)) for name in cells.scores}
    told = {name: column for name, column in columns.items() if np.ptp(column) > LEAST_RANGE}
    weights = _logistic(np.column_stack([*told.values()]), cells.taken, cells.shopper_weights())[0]
    first = dict(zip(told, weights, strict=True))
    levels = [name for name in LEVELS if name in told]
    rest = sum((first[name] * told[name] for name in told if name not in levels), np.zeros(len(cells.taken)))
    (slope, *anew), level = _logistic(
        np.column_stack([rest, *(told[name] for name in levels)]), cells.taken, cells.catalogue_weights()
    )
    second = {**{name: slope * weight for name, weight in first.items()}, **dict(zip(levels, anew, strict=True))}
    return Blend(
        {name: float(weight) for name, weight in second.items()},
        {name: scales[name] for name in told if name in scales},
        float(level),
        {
            "learnt_from_users": len(truth.users),
            "learnt_from_purchases": int(cells.taken.sum()),
            "left_out": sorted({*columns} - {*told}),
            **evidence.notes,
        },
    )


@dataclass(frozen=True, eq=False)
class Cells:
    """Pairs of a user and an item to learn from: all that were taken, and some that were not.

    Attributes:
        users: The user's place in the truth, (n,).
        taken: (n,).
        scores: For each component, (n,).
        shape: Of the matrix that they are drawn from.
    """

    users: IntArray
    taken: BoolArray
    scores: dict[str, FloatArray]
    shape: tuple[int, int]

    @classmethod
    def drawn(
        cls,
        evidence: Evidence,
        dataset: InteractionDataset,
        user_vectors: FloatArray,
        truth: Truth,
        random: np.random.Generator,
    ) -> Cells:
        """Score all pairs block by block and keep those that are drawn."""
        if not 0 < truth.items.nnz < truth.items.shape[0] * truth.items.shape[1]:
            raise NoInteractions("blend")
        blocks = []
        for start in range(0, len(truth.users), USERS_AT_ONCE):
            rows = truth.users[start : start + USERS_AT_ONCE]
            taken = truth.items[start : start + USERS_AT_ONCE].toarray() > 0
            kept = np.nonzero(taken | (random.random(taken.shape) < NEGATIVES / taken.shape[1]))
            scores = component_scores(evidence, dataset.matrix[rows], user_vectors[rows])
            values = {name: np.broadcast_to(every, taken.shape)[kept] for name, every in scores.items()}
            blocks.append((kept[0] + start, taken[kept], values))
        users, taken_all, all_scores = zip(*blocks, strict=True)
        names = all_scores[0]
        together = {name: np.concatenate([scores[name] for scores in all_scores]) for name in names}
        return cls(np.concatenate(users), np.concatenate(taken_all), together, truth.items.shape)

    def shopper_weights(self) -> FloatArray:
        """Weigh cells so that a user counts as the root of the number of items taken, (n,)."""
        numbers = np.bincount(self.users[self.taken], minlength=self.shape[0])
        return np.asarray(1.0 / np.sqrt(np.maximum(numbers, 1))[self.users])

    def catalogue_weights(self) -> FloatArray:
        """Weigh the cells that were not taken so that they stand for all such, (n,)."""
        absent = self.shape[0] * self.shape[1] - int(self.taken.sum())
        return np.where(self.taken, 1.0, absent / max(int((~self.taken).sum()), 1))


def _scale(name: str, scores: FloatArray) -> float:
    """Give the unit of a component that is taken as a logarithm: 1 for a cosine, a large weight for neighbours."""
    positive = scores[scores > 0]
    if name == CONTENT or not positive.size:
        return float(positive.size > 0)
    return float(np.quantile(positive, 0.99))


def _logistic(columns: FloatArray, labels: BoolArray, weights: FloatArray) -> tuple[FloatArray, float]:
    """Give the coefficients, in units of the columns, and the intercept of a logistic regression."""
    from sklearn.linear_model import LogisticRegression  # Serving imports this library, and never learns.

    mean, deviation = columns.mean(axis=0), columns.std(axis=0)
    model = LogisticRegression(C=1.0, max_iter=1_000).fit((columns - mean) / deviation, labels, sample_weight=weights)
    coefficients = np.asarray(model.coef_[0] / deviation)
    return coefficients, float(model.intercept_[0] - coefficients @ mean)


def _has_learnt_from(hybrid: LightFMHybrid, dataset: InteractionDataset) -> bool:
    try:
        return hybrid.fitted.dataset is dataset
    except NotFitted:
        return False


class BlendModel:
    """The served model among all others: evidence about items, weighed by a blend.

    The hybrid is given, so that a table of models trains it once; it must have been fitted on the same data set.
    """

    name = "blend"

    def __init__(self, hybrid: LightFMHybrid, blend: Blend) -> None:
        self.hybrid = hybrid
        self.blend = blend
        self._dataset: InteractionDataset | None = None

    def fit(self, dataset: InteractionDataset) -> Self:
        """Gather the evidence of a data set; the hybrid learns too, unless it has learnt from just this one.

        Raises:
            NoInteractions: There are none.
        """
        dataset.require_interactions(self.name)
        if not _has_learnt_from(self.hybrid, dataset):
            self.hybrid.fit(dataset)
        self._evidence = evidence_of(dataset, self.hybrid.representations)
        self._dataset = dataset
        return self

    @property
    def evidence(self) -> Evidence:
        """What is known of the items.

        Raises:
            NotFitted: `fit` was not called.
        """
        if self._dataset is None:
            raise NotFitted(self.name)
        return self._evidence

    def score(self, users: IntArray) -> FloatArray:
        """Give the log-odds of every item for each of some users: shape (m, n_items), float32.

        Args:
            users: Rows of users in the data set that was fitted, (m,).

        Raises:
            NotFitted: `fit` was not called.
            UnknownRow: A row is not one of the data set's.
        """
        if self._dataset is None:
            raise NotFitted(self.name)
        rows = checked_rows(np.asarray(users, dtype=np.int64), len(self._dataset.users))
        vectors = self.hybrid.representations.user_embeddings[rows]
        components = component_scores(self._evidence, self._dataset.matrix[rows], vectors)
        scores: FloatArray = self.blend.combine(components)
        return np.array(np.broadcast_to(scores, (len(rows), self._evidence.n_items)))
