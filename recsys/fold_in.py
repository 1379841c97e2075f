"""Finds the vector of a shopper from what just happened, without training: one small system of equations.

Training ranks what a shopper took above everything else by a margin (WARP's hinge). Written with squares instead of a
hinge, over all pairs of one taken and one other item, that is a ridge regression whose "all other items" part is the
covariance of the item vectors, the same for everybody (Takacs and Tikk 2012, "Alternating least squares for
personalized ranking"; Hu, Koren and Volinsky 2008, "Collaborative filtering for implicit feedback datasets", for the
idea of one Gram matrix plus the shopper's own rows). It is solved for one shopper here, pulled towards a prior vector.
As everything is linear, the vector is a sum with one part for each event (section 5 of the latter).

With the rows' vectors c_i less the mean of all items, their biases b_i less the mean bias, weights w_i and signs s_i
(+1 taken, -1 dismissed), W = sum w_i, C the covariance of item vectors and k that of vectors with biases:

    (sum w_i c_i c_i' + spread W C + strength t I) u = sum w_i (s_i margin - b_i) c_i - spread W k + strength t prior

where t = trace(C) / d makes `strength` free of the scale of the vectors.

For a shopper with a history give all of its rows together with those of the session, and the trained vector as prior.
The session alone, folded onto a trained vector, forgets: three purchases pull it away from hundreds that the equations
do not see, and the list gets worse than without them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from recsys.arrays import Csr, FloatArray, IntArray
from recsys.errors import InvalidFrame, UnknownRow

BLOCK = 65_536
"""Items whose vectors are in memory as float64 at once."""


@dataclass(frozen=True)
class FoldInSettings:
    """How a vector is solved for.

    The defaults stood on a plateau for validation shoppers whom training had not seen, for whole histories and for 20
    and 3 purchases out of them alike; `recsys.fold_in_choice` looks for better ones in a shop's own data.

    Attributes:
        spread: How much the variance of all scores weighs beside the shopper's own rows; more of it keeps the taken
            items further above all others, less of it fits each of them better.
        strength: How many events of weight 1 the prior weighs as much as.
        margin: How far above the mean of all items, in units of scores, the taken ones shall stand.
        power: The exponent of weights; 0 asks only whether there was an event, 1 takes weights as they are.

    Raises:
        InvalidFrame: One of them is negative, or `strength` or `margin` is zero.
    """

    spread: float = 30.0
    strength: float = 100.0
    margin: float = 10.0
    power: float = 0.5

    def __post_init__(self) -> None:
        if not (self.spread >= 0 and self.strength > 0 and self.margin > 0 and self.power >= 0):
            raise InvalidFrame("FoldInSettings", self, "a positive strength and margin, and nothing negative is wanted")


@dataclass(frozen=True, eq=False)
class FoldInBasis:
    """What a solve needs of all items, computed once a model.

    Attributes:
        mean: The mean item vector, (d,) float64.
        covariance: The covariance of item vectors, (d, d) float64.
        mean_bias: The mean item bias.
        bias_covariance: The covariance of item vectors with item biases, (d,) float64.
    """

    mean: FloatArray
    covariance: FloatArray
    mean_bias: float
    bias_covariance: FloatArray

    @classmethod
    def of(cls, vectors: FloatArray, biases: FloatArray) -> FoldInBasis:
        """Sum over all items, block by block, so that a memory-mapped matrix need not fit into memory.

        Args:
            vectors: Item vectors, (n, d).
            biases: Item biases, (n,).
        """
        blocks = (slice(start, start + BLOCK) for start in range(0, len(vectors), BLOCK))
        return cls.of_blocks(((vectors[block], biases[block]) for block in blocks), vectors.shape[1])

    @classmethod
    def of_blocks(cls, blocks: Iterable[tuple[FloatArray, FloatArray]], d: int) -> FoldInBasis:
        """Sum over blocks of item vectors (n, d) with their biases (n,), which together are all items."""
        n, sums, products = 0, np.zeros(d + 1), np.zeros((d + 1, d + 1))
        for vectors, biases in blocks:
            block = np.column_stack((vectors, biases)).astype(np.float64)
            n, sums, products = n + len(block), sums + block.sum(axis=0), products + block.T @ block
        mean = sums / max(n, 1)
        covariance = products / max(n, 1) - np.outer(mean, mean)
        return cls(mean[:d], covariance[:d, :d].copy(), float(mean[d]), covariance[:d, d].copy())

    @property
    def scale(self) -> float:
        """The mean variance of a component; 1 where all items are alike, so that a solve stays possible."""
        return float(np.trace(self.covariance)) / len(self.mean) or 1.0


@dataclass(frozen=True, eq=False)
class FoldedIn:
    """A solved vector and where it comes from.

    Attributes:
        vector: The shopper's vector, (d,) float32.
        by_row: The part that each given row brought, (n, d) float32; what it adds to the score of an item with vector
            v is `by_row @ v`. All parts and `rest` sum to the vector.
        rest: The part of the prior and of the items' biases, (d,) float32.
    """

    vector: FloatArray
    by_row: FloatArray
    rest: FloatArray


def fold_in(
    vectors: FloatArray,
    biases: FloatArray,
    basis: FoldInBasis,
    rows: IntArray,
    weights: FloatArray,
    prior: FloatArray | None = None,
    settings: FoldInSettings | None = None,
) -> FloatArray:
    """Give the vector of a shopper who took or dismissed some items.

    Touches the vectors of those items only: its time does not depend on the number of items.

    Args:
        vectors: Item vectors, (n_items, d).
        biases: Item biases, (n_items,).
        basis: That of all of these items.
        rows: The items, (n,); an item that comes twice counts twice.
        weights: What each event is worth (`recsys.weighting`: a view 1, a purchase 8), (n,); negative for a dismissed
            item, which is pushed below the mean as strongly as a taken one is pulled above it; 0 counts for nothing.
        prior: The vector without any event, as the shopper's features give it, (d,); None is the zero vector.
        settings: How to solve; None is the default.

    Returns:
        The vector, (d,) float32; the prior where nothing happened. Score with it as with a fitted one.

    Raises:
        UnknownRow: A row is not one of an item.
        InvalidFrame: A weight is not a finite number, or shapes do not fit.
    """
    system, targets, rest = _equations(vectors, biases, basis, rows, weights, prior, settings or FoldInSettings())
    return np.linalg.solve(system, targets.sum(axis=0) + rest).astype(np.float32)


def fold_in_by_row(
    vectors: FloatArray,
    biases: FloatArray,
    basis: FoldInBasis,
    rows: IntArray,
    weights: FloatArray,
    prior: FloatArray | None = None,
    settings: FoldInSettings | None = None,
) -> FoldedIn:
    """Solve as `fold_in` does, and tell what each event brought: the reason "because you looked at ...".

    Args:
        vectors: As for `fold_in`, like all others.
        biases: (n_items,).
        basis: That of all of these items.
        rows: The items, (n,).
        weights: What each event weighs, (n,).
        prior: The vector without any event, (d,).
        settings: How to solve.

    Raises:
        UnknownRow: A row is not one of an item.
        InvalidFrame: A weight is not a finite number, or shapes do not fit.
    """
    system, targets, rest = _equations(vectors, biases, basis, rows, weights, prior, settings or FoldInSettings())
    solved = np.linalg.solve(system, np.vstack((targets, rest)).T).T
    return FoldedIn(
        solved.sum(axis=0).astype(np.float32), solved[:-1].astype(np.float32), solved[-1].astype(np.float32)
    )


def fold_in_all(
    vectors: FloatArray,
    biases: FloatArray,
    basis: FoldInBasis,
    histories: Csr,
    priors: FloatArray | None = None,
    settings: FoldInSettings | None = None,
) -> FloatArray:
    """Give the vectors of many shoppers, one solve each.

    Args:
        vectors: Item vectors, (n_items, d).
        biases: Item biases, (n_items,).
        basis: That of all of these items.
        histories: Weights of events, (m, n_items), negative for dismissed items.
        priors: Their vectors without any event, (m, d); None is zero vectors.
        settings: How to solve.

    Returns:
        (m, d) float32.
    """
    solved = np.zeros((histories.shape[0], vectors.shape[1]), dtype=np.float32)
    for shopper, (start, end) in enumerate(zip(histories.indptr[:-1], histories.indptr[1:], strict=True)):
        prior = None if priors is None else priors[shopper]
        rows = histories.indices[start:end].astype(np.int64)
        solved[shopper] = fold_in(vectors, biases, basis, rows, histories.data[start:end], prior, settings)
    return solved


def _equations(
    vectors: FloatArray,
    biases: FloatArray,
    basis: FoldInBasis,
    rows: IntArray,
    weights: FloatArray,
    prior: FloatArray | None,
    settings: FoldInSettings,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give the matrix (d, d), the right side's part of each row (n, d) and its part of the prior and biases (d,)."""
    _check(rows, weights, len(vectors))
    signed = np.sign(weights) * np.abs(weights.astype(np.float64)) ** settings.power
    size = np.abs(signed)
    centred = vectors[rows].astype(np.float64) - basis.mean
    pull = settings.strength * basis.scale
    system = (centred * size[:, None]).T @ centred + settings.spread * size.sum() * basis.covariance
    system[np.diag_indices(len(system))] += pull
    targets = (signed * settings.margin - size * (biases[rows] - basis.mean_bias))[:, None] * centred
    rest = -settings.spread * size.sum() * basis.bias_covariance
    return system, targets, rest if prior is None else rest + pull * prior


def _check(rows: IntArray, weights: FloatArray, n_items: int) -> None:
    for row in rows[(rows < 0) | (rows >= n_items)]:
        raise UnknownRow(int(row), n_items)
    if len(rows) != len(weights) or not np.isfinite(weights).all():
        raise InvalidFrame("weights", weights, "a finite number for each row is wanted")
