"""Measures what photos find: each model beside the frozen tower, on photos that none of them learnt from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.benchmarks.benchmark import Benchmark, Shots
from vision.benchmarks.frozen import centred, of_products
from vision.catalogue import Item
from vision.damage import DAMAGES, damage
from vision.encoder import Encoder, Vectors
from vision.evaluation_models import Models, text_vectors
from vision.gallery import Gallery
from vision.matcher import ImageMatcher
from vision.matcher_settings import MatcherSettings
from vision.metrics import mean_average_precision, recall_at_k
from vision.saved_model import CARD_FILE
from vision.scenes import Stage
from vision.seen_photos import FEWEST, SeenPhotos
from vision.training_task import MATCHER_FILE

Scores = NDArray[np.float32]
Figures = Mapping[str, float]

HELD_OUT, ADDED = 16, 5
"""Products kept out of a training, and photos of each that join the gallery afterwards."""

ORDERS = 5
"""In which photos are made to arrive."""

MADE_PHOTOS = 160
"""Photos that nobody took, at most eight of a product, whose mean stands for that of shoppers' photos."""


@dataclass(frozen=True)
class Section:
    """One table of a report.

    Attributes:
        name: of the question.
        about: data set, split and what is asked.
        rows: figures by model or by kind.
    """

    name: str
    about: str
    rows: Mapping[str, Figures]


@dataclass(frozen=True)
class Ranker:
    """Scores pictures for photos, in one way.

    Attributes:
        encode: gives vectors of photos.
        score: from vectors of photos (m, d) to scores of the benchmark's products (m, n).
    """

    encode: Callable[[Shots], Vectors]
    score: Callable[[Vectors], Scores]

    def __call__(self, shots: Shots) -> Scores:
        """Score all products for these photos."""
        return self.score(self.encode(shots))


def frozen_ranker(models: Models, benchmark: Benchmark, extra: Shots | None = None, seed: int = 17) -> Ranker:
    """Score by the frozen tower, centred by the gallery's mean and by that of photos that nobody took."""
    encoder = models.frozen()
    gallery, owners = models.vectors(encoder, benchmark.main.pictures), benchmark.main.item_ids
    if extra is not None:
        gallery = np.concatenate([gallery, models.vectors(encoder, extra.pictures)])
        owners = (*owners, *extra.item_ids)
    stage = Stage(benchmark.main.pictures, benchmark.main.item_ids)
    made = [
        stage.photo(row % len(stage), np.random.default_rng((seed, row)))
        for row in range(min(MADE_PHOTOS, 8 * len(stage)))
    ]
    photos = models.vectors(encoder, made)
    return Ranker(
        lambda shots: models.vectors(encoder, shots.pictures),
        lambda vectors: best_of(np.matmul(*_turned(centred(vectors, gallery, photos))), owners, benchmark.items),
    )


def model_ranker(
    models: Models, encoder: Encoder, benchmark: Benchmark, extra: Shots | None = None, looks: int = 2
) -> Ranker:
    """Score by similarity to the nearest picture of each product; photos are looked at once, or twice as served."""
    look = models.photo_vectors if looks > 1 else models.vectors
    gallery, owners = models.vectors(encoder, benchmark.main.pictures), benchmark.main.item_ids
    if extra is not None:
        gallery, owners = np.concatenate([gallery, look(encoder, extra.pictures)]), (*owners, *extra.item_ids)
    return Ranker(
        lambda shots: look(encoder, shots.pictures),
        lambda vectors: best_of(vectors @ gallery.T, owners, benchmark.items),
    )


def centroid_ranker(models: Models, encoder: Encoder, benchmark: Benchmark) -> Ranker:
    """Score by similarity to the mean of each product's photos of train."""
    products = [item.item_id for item in benchmark.items]
    means = of_products(models.photo_vectors(encoder, benchmark.train.pictures), benchmark.train.item_ids, products)
    return Ranker(lambda shots: models.photo_vectors(encoder, shots.pictures), lambda vectors: vectors @ means.T)


def served_ranker(models: Models, folder: Path, benchmark: Benchmark) -> tuple[Ranker, ImageMatcher]:
    """Score by the matcher as a shop serves it: calibrated, with captions; its gallery has the main pictures."""
    encoder = models.encoder(folder)
    gallery = Gallery.build(models.catalogue(benchmark.items, [benchmark.main]), encoder, progress=models.progress)
    matcher = ImageMatcher(encoder, gallery, MatcherSettings.load(folder / MATCHER_FILE))
    encode = partial(_encoded, models, encoder)
    return Ranker(encode, lambda vectors: _matched(matcher, vectors, benchmark.items)), matcher


def arriving(models: Models, folder: Path, benchmark: Benchmark, shots: Shots) -> dict[str, Figures]:
    """Measure photos that arrive one by one, where those that came before are known to the matcher, without a label.

    Returns:
        Recall@1 of all products asked for alike, and of few asked for most (the n-th of them 1/n as often as the
        first), each by a matcher that looks at nothing that came before, and by one that does.
    """
    ranker, plain = served_ranker(models, folder, benchmark)
    vectors, fine = ranker.encode(shots), benchmark.fine(shots)
    rows: dict[str, Figures] = {}
    for name, uneven in (("alike", False), ("few of them most", True)):
        found = []
        for seed in range(ORDERS):
            order = _drawn(shots, np.random.default_rng(seed), uneven)
            asked, relevant = vectors[order], fine[order]
            scores = _matched(plain, asked, benchmark.items), _taught(plain, asked, benchmark.items)
            found.append([recall_at_k(some, relevant, 1) for some in scores])
        before, after = np.mean(found, axis=0)
        rows[name] = {"photos before unseen": float(before), "photos before seen": float(after)}
    return rows


def _drawn(shots: Shots, rng: np.random.Generator, uneven: bool) -> NDArray[np.int64]:
    """Draw photos in the order in which they arrive; where products are asked for unevenly, some photos come again."""
    if not uneven:
        return rng.permutation(len(shots))
    products = [*dict.fromkeys(shots.item_ids)]
    rank = dict(zip(products, rng.permutation(len(products)) + 1, strict=True))
    chances = np.array([1 / (rank[item_id] * shots.item_ids.count(item_id)) for item_id in shots.item_ids])
    return rng.choice(len(shots), len(shots), p=chances / chances.sum())


def _taught(plain: ImageMatcher, vectors: Vectors, items: Sequence[Item]) -> Scores:
    parts = []
    for start in range(0, len(vectors), FEWEST):
        seen = SeenPhotos(np.unique(vectors[:start], axis=0))
        matcher = ImageMatcher(plain.encoder, plain.gallery, plain.settings, seen)
        parts.append(_matched(matcher, vectors[start : start + FEWEST], items))
    return np.concatenate(parts)


def _encoded(models: Models, encoder: Encoder, shots: Shots) -> Vectors:
    return models.photo_vectors(encoder, shots.pictures)


def _matched(matcher: ImageMatcher, vectors: Vectors, items: Sequence[Item]) -> Scores:
    columns = {item.item_id: column for column, item in enumerate(items)}
    scores = np.full((len(vectors), len(columns)), -np.inf, np.float32)
    for row, vector in enumerate(vectors):
        for match in matcher.match_vector(vector, len(columns)).items:
            scores[row, columns[match.item_id]] = match.score
    return scores


def retrieval(benchmark: Benchmark, scores: Scores, shots: Shots) -> dict[str, float]:
    """Give Recall@1, Recall@5 and mAP, of the very product and of its class."""
    figures = {}
    for prefix, relevant in (("", benchmark.fine(shots)), ("class ", benchmark.coarse(shots))):
        figures[f"{prefix}R@1"] = recall_at_k(scores, relevant, 1)
        figures[f"{prefix}R@5"] = recall_at_k(scores, relevant, 5)
        figures[f"{prefix}mAP"] = mean_average_precision(scores, relevant)
    return figures


def texts(models: Models, encoder: Encoder, benchmark: Benchmark) -> dict[str, float]:
    """Give recall from photos to descriptions and from descriptions to photos."""
    photos, said = models.vectors(encoder, benchmark.queries.pictures), text_vectors(encoder, benchmark.items)
    scores, fine = photos @ said.T, benchmark.fine(benchmark.queries)
    asked = fine.any(axis=0)
    return {
        "photo to text R@1": recall_at_k(scores, fine, 1),
        "photo to text R@5": recall_at_k(scores, fine, 5),
        "text to photo R@1": recall_at_k(scores.T[asked], fine.T[asked], 1),
        "text to photo R@5": recall_at_k(scores.T[asked], fine.T[asked], 5),
    }


def damages(rankers: Mapping[str, Ranker], benchmark: Benchmark, shots: Shots, seed: int = 17) -> dict[str, Figures]:
    """Give Recall@1 of damaged photos, by kind of damage and by ranker."""
    rows: dict[str, Figures] = {}
    for kind in DAMAGES:
        damaged = [damage(picture, kind, seed + row) for row, picture in enumerate(shots.pictures)]
        seen = Shots(shots.item_ids, lambda damaged=damaged: damaged)  # type: ignore[misc]
        rows[kind] = {name: recall_at_k(ranker(seen), benchmark.fine(seen), 1) for name, ranker in rankers.items()}
    return rows


def held_out(models: Models, benchmark: Benchmark, minutes: float, seed: int = 17) -> dict[str, Figures]:
    """Measure products that a training never saw: neither their pictures, nor their texts, nor their photos."""
    products = [item.item_id for item in benchmark.items]
    unseen = {products[row] for row in np.random.default_rng(seed).choice(len(products), HELD_OUT, replace=False)}
    seen = [item for item in benchmark.items if item.item_id not in unseen]
    folder = models.trained(seen, [_without(benchmark.main, unseen), _without(benchmark.train, unseen)], minutes)
    asked = _only(benchmark.queries, unseen)
    rows: dict[str, Figures] = {}
    for label, extra in (
        ("", None),
        (f" and {ADDED} photos", some_of_each(_only(benchmark.train, unseen), ADDED, seed)),
    ):
        rows[f"frozen tower{label}"] = retrieval(benchmark, frozen_ranker(models, benchmark, extra)(asked), asked)
        if (folder / CARD_FILE).is_file():
            ranker = model_ranker(models, models.encoder(folder), benchmark, extra)
            rows[f"tuned on the other products{label}"] = retrieval(benchmark, ranker(asked), asked)
    return rows


def some_of_each(shots: Shots, most: int, seed: int) -> Shots:
    """Draw so many photos of each product."""
    order, taken, kept = np.random.default_rng(seed).permutation(len(shots)), dict[str, int](), []
    for row in order:
        item_id = shots.item_ids[int(row)]
        taken[item_id] = taken.get(item_id, 0) + 1
        if taken[item_id] <= most:
            kept.append(int(row))
    return shots.of(sorted(kept))


def best_of(scores: NDArray[np.float32], owners: Sequence[str], items: Sequence[Item]) -> Scores:
    """Give the best score of each product's pictures, shape (m, products); those without one get minus infinity."""
    columns = {item.item_id: column for column, item in enumerate(items)}
    best = np.full((len(scores), len(items)), -np.inf, np.float32)
    for column, owner in enumerate(owners):
        np.maximum(best[:, columns[owner]], scores[:, column], out=best[:, columns[owner]])
    return best


def _turned(pair: tuple[Vectors, Vectors]) -> tuple[Vectors, Vectors]:
    return pair[0], pair[1].T


def _only(shots: Shots, item_ids: set[str]) -> Shots:
    return shots.of([row for row, item_id in enumerate(shots.item_ids) if item_id in item_ids])


def _without(shots: Shots, item_ids: set[str]) -> Shots:
    return shots.of([row for row, item_id in enumerate(shots.item_ids) if item_id not in item_ids])
