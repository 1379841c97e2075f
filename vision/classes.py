"""Recognises the category of what a photo shows: from its neighbours, from prototypes and from captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from vision.encoder import Encoder, Vectors
from vision.gallery import ItemRecord
from vision.matcher_settings import ClassWeights
from vision.matching import ClassGuess, Vector
from vision.scoring import Floats, Ints, ItemSpace, Scored

Values = NDArray[np.float64]
Path = tuple[str, ...]

_UNSEEN = -20.0
"""Log-probability of a class of which no product was looked at."""


def class_caption(path: Path) -> str:
    """Give the text that stands for a category."""
    return f"a photo of {path[-1]}"


class ClassBook:
    """The narrowest categories of a gallery; it never changes, so many threads may ask.

    A product without a category belongs to none; where no product has one, nothing is recognised.
    """

    def __init__(self, space: ItemSpace, items: Mapping[str, ItemRecord], encoder: Encoder) -> None:
        paths = [items[item_id].category for item_id in space.item_ids]
        self.paths: tuple[Path, ...] = tuple(sorted({path for path in paths if path}))
        number = {path: at for at, path in enumerate(self.paths)}
        self.class_of_item = np.array([number.get(path, -1) for path in paths], dtype=np.int64)
        self._prototypes = _prototypes(space, self.class_of_item, len(self.paths))
        self._captions = _captions(encoder, self.paths)

    def witnesses(self, query: Vector, found: Scored, temperature: float) -> Values:
        """Give what speaks for each class.

        Args:
            query: as `ItemSpace.query` gives it.
            found: all products, or those near the query.
            temperature: of the softmax over products.

        Returns:
            Shape (3, classes): the log of the sum of the products' probabilities, and the similarities to the class's
            mean picture and to its caption, both divided by the temperature.
        """
        neighbours = np.full(len(self.paths), _UNSEEN)
        class_of = self.class_of_item[found.items]
        logits = found.score.astype(np.float64) / temperature
        total = np.logaddexp.reduce(logits)
        for one in np.unique(class_of[class_of >= 0]):
            share = np.logaddexp.reduce(logits[class_of == one]) - total
            neighbours[one] = max(share, _UNSEEN)
        near = (self._prototypes @ query, self._captions @ query)
        return np.stack([neighbours, *(part.astype(np.float64) / temperature for part in near)])

    def guess(self, witnesses: Values, weights: ClassWeights) -> tuple[ClassGuess, ...]:
        """Give all classes with their probabilities, the likeliest first."""
        probabilities = class_probabilities(witnesses, weights)
        order = np.argsort(-probabilities, kind="stable")
        return tuple(ClassGuess(self.paths[at][-1], self.paths[at], float(probabilities[at])) for at in order)

    def chances(self, witnesses: Values, weights: ClassWeights, items: Ints) -> Floats:
        """Give the probability of the class of each of these products, 0 for one without, shape (c,)."""
        probabilities = np.append(class_probabilities(witnesses, weights), 0.0)
        return np.asarray(probabilities[self.class_of_item[items]], dtype=np.float32)


def class_probabilities(witnesses: Values, weights: ClassWeights) -> Values:
    """Weigh the witnesses of each class, shape (3, classes), and make probabilities of them, shape (classes,)."""
    if not witnesses.shape[1]:
        return np.zeros(0)
    shares = np.array([weights.neighbours, weights.prototypes, weights.captions])
    logits = shares @ witnesses / weights.temperature
    return np.asarray(np.exp(logits - np.logaddexp.reduce(logits)))


def wider(guesses: Sequence[ClassGuess]) -> tuple[ClassGuess, ...]:
    """Give the categories above the narrowest, each with the sum of those inside it, the likeliest first."""
    sums: dict[Path, float] = {}
    for guess in guesses:
        for depth in range(1, len(guess.path)):
            above = guess.path[:depth]
            sums[above] = sums.get(above, 0.0) + guess.probability
    ranked = sorted(sums.items(), key=lambda entry: (-entry[1], len(entry[0]), entry[0]))
    return tuple(ClassGuess(path[-1], path, min(1.0, probability)) for path, probability in ranked)


def _prototypes(space: ItemSpace, class_of_item: NDArray[np.int64], count: int) -> Vectors:
    """Give the normalised mean picture of each class, every product counting once."""
    numbers, means = space.prototypes()
    classes = class_of_item[numbers]
    sums = np.zeros((count, means.shape[1]), np.float32)
    np.add.at(sums, classes[classes >= 0], means[classes >= 0])
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def _captions(encoder: Encoder, paths: Sequence[Path]) -> Vectors:
    if not paths:
        return np.zeros((0, encoder.identity.dimensions), np.float32)
    return encoder.encode_texts([class_caption(path) for path in paths])


def fit_class_weights(witnesses: Values, true: NDArray[np.int64]) -> ClassWeights:
    """Weigh the witnesses so that the true classes are likeliest.

    Args:
        witnesses: of each photo, shape (m, 3, classes).
        true: number of the class that each shows, shape (m,).
    """
    best, least = ClassWeights(), np.inf
    for shares in product((1.0, 0.5, 0.0), (0.0, 0.5, 1.0), (0.0, 0.25, 0.5)):
        if not any(shares):
            continue
        summed = np.einsum("w,mwc->mc", np.array(shares), witnesses)
        for temperature in (0.5, 0.75, 1.0, 1.5, 2.0, 3.0):
            logits = summed / temperature
            loss = float((np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(true)), true]).mean())
            # Simpler weights come first and win ties.
            if loss < least - 0.005:
                best, least = ClassWeights(*shares, temperature), loss
    return best
