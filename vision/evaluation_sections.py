"""The tables of an evaluation: which models are asked what, on which data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vision.benchmarks.benchmark import Benchmark, Shots
from vision.benchmarks.clicks import measure_clicks
from vision.benchmarks.clothing import clothing
from vision.benchmarks.composed import measure_composed
from vision.benchmarks.demo import demo
from vision.benchmarks.grocery import grocery
from vision.benchmarks.magento import magento
from vision.benchmarks.regions import measure_regions
from vision.benchmarks.strangers import measure_strangers
from vision.calibration import made_views
from vision.catalogue import Catalogue
from vision.evaluation import (
    Figures,
    Section,
    arriving,
    centroid_ranker,
    damages,
    frozen_ranker,
    held_out,
    model_ranker,
    retrieval,
    served_ranker,
    some_of_each,
    texts,
)
from vision.evaluation_models import Models
from vision.matcher import ImageMatcher
from vision.saved_model import CARD_FILE

CHOSEN_EACH = 8
"""Photos of train that shoppers are made to choose a product for."""


@dataclass(frozen=True)
class Minutes:
    """How long each training may take; no pass begins later."""

    tuned: float = 15.0
    pictures_only: float = 5.0
    held_out: float = 10.0


def grocery_sections(models: Models, datasets: Path, minutes: Minutes) -> Iterator[Section]:
    """Measure photos of groceries, with and without photos to learn from."""
    benchmark, strangers = grocery(datasets), clothing(datasets)
    learnt = {
        "a: packshots and texts alone": models.trained(benchmark.items, [benchmark.main], minutes.pictures_only),
        "b: tuned on train": models.trained(benchmark.items, [benchmark.main, benchmark.train], minutes.tuned),
    }
    folders = {name: folder for name, folder in learnt.items() if (folder / CARD_FILE).is_file()}
    yield _photos_to_packshots(models, benchmark, folders)
    about = "val, 296 photos in 5 drawn orders; Recall@1 as served, whether or not photos that came before are seen"
    yield Section("grocery_store, photos arriving", about, _arriving(models, benchmark, folders))
    rows = {name: texts(models, models.encoder(folder), benchmark) for name, folder in folders.items()}
    yield Section("grocery_store, words", "val, 296 photos and 81 descriptions, both ways", rows)
    about = "val, photos of 16 products that the model never saw, among all 81; 5 photos are of train"
    yield Section("grocery_store, held-out products", about, held_out(models, benchmark, minutes.held_out))
    rankers = {"frozen tower": frozen_ranker(models, benchmark)}
    rankers |= {f"{name}, as served": served_ranker(models, folder, benchmark)[0] for name, folder in folders.items()}
    about = "val, 296 photos with one damage each; Recall@1"
    yield Section("grocery_store, damages", about, damages(rankers, benchmark, benchmark.queries))
    if "b: tuned on train" in folders:
        yield from _matcher_sections(models, benchmark, folders["b: tuned on train"], strangers)


def _photos_to_packshots(models: Models, benchmark: Benchmark, folders: dict[str, Path]) -> Section:
    asked = benchmark.queries
    rankers = {
        "frozen tower": frozen_ranker(models, benchmark),
        "frozen tower, centroids of train": centroid_ranker(models, models.frozen(), benchmark),
    }
    for name, folder in folders.items():
        rankers[name] = model_ranker(models, models.encoder(folder), benchmark)
        rankers[f"{name}, one look"] = model_ranker(models, models.encoder(folder), benchmark, looks=1)
        rankers[f"{name}, 32 bits"] = model_ranker(models, models.full_precision(folder), benchmark)
        rankers[f"{name}, as served"] = served_ranker(models, folder, benchmark)[0]
        rankers[f"{name}, centroids of train"] = centroid_ranker(models, models.encoder(folder), benchmark)
    rows = {name: retrieval(benchmark, ranker(asked), asked) for name, ranker in rankers.items()}
    return Section("grocery_store, photos", benchmark.about, rows)


def _arriving(models: Models, benchmark: Benchmark, folders: dict[str, Path]) -> dict[str, Figures]:
    return {
        f"{name}; asked for: {how}": figures
        for name, folder in folders.items()
        for how, figures in arriving(models, folder, benchmark, benchmark.queries).items()
    }


def _matcher_sections(models: Models, benchmark: Benchmark, folder: Path, strangers: Shots) -> Iterator[Section]:
    _, matcher = served_ranker(models, folder, benchmark)
    found = measure_strangers(matcher, benchmark.queries.pictures, strangers.pictures)
    about = "known: grocery_store val, 296 photos; strangers: clothing_small, 341 photos"
    yield Section("strangers", about, {"b: tuned on train, as served": found})
    chosen, asked = some_of_each(benchmark.train, CHOSEN_EACH, seed=5), benchmark.queries
    figures = measure_clicks(
        matcher.encoder,
        matcher.gallery,
        matcher.settings,
        (models.photo_vectors(matcher.encoder, chosen.pictures), chosen.item_ids),
        (models.photo_vectors(matcher.encoder, asked.pictures), asked.item_ids),
    )
    about = "grocery_store val, Recall@1 after shoppers chose for photos of train, so many of them wrongly"
    yield Section("clicks", about, {"b: tuned on train, as served": figures})


def magento_sections(models: Models, datasets: Path, minutes: Minutes) -> Iterator[Section]:
    """Measure garments in other colours than that of the catalogue's picture."""
    benchmark = magento(datasets)
    asked = benchmark.queries
    rows = {"frozen tower": retrieval(benchmark, frozen_ranker(models, benchmark)(asked), asked)}
    folder = models.trained(benchmark.items, [benchmark.main], minutes.pictures_only)
    if (folder / CARD_FILE).is_file():
        tuned = model_ranker(models, models.encoder(folder), benchmark)
        rows["tuned on the first photo of each"] = retrieval(benchmark, tuned(asked), asked)
    yield Section("magento_luma, other colours", f"{benchmark.about}; {len(asked)} queries", rows)


def demo_sections(models: Models, folder: Path, images: Path) -> Iterator[Section]:
    """Measure a shop's own pictures, damaged; and what its matcher does with words, if it has a model."""
    benchmark, model = demo(folder, images), folder / "model"
    rankers = {"frozen tower": frozen_ranker(models, benchmark)}
    if (model / CARD_FILE).is_file():
        rankers["the shop's model, as served"] = served_ranker(models, model, benchmark)[0]
    rows = damages(rankers, benchmark, benchmark.queries)
    yield Section("demo shop, damages", f"{len(benchmark.queries)} catalogue pictures, Recall@1", rows)
    if (model / CARD_FILE).is_file():
        _, matcher = served_ranker(models, model, benchmark)
        yield _composed(models, benchmark, matcher)
        pictures = list(zip(benchmark.main.item_ids, benchmark.main.pictures, strict=True))
        found = {"the shop's model, as served": measure_regions(matcher, pictures)}
        yield Section("demo shop, several products", "scenes of two and three products, made", found)


def _composed(models: Models, benchmark: Benchmark, matcher: ImageMatcher) -> Section:
    catalogue: Catalogue = models.catalogue(benchmark.items, [benchmark.main])
    # Another seed than calibration's: these views were never used to choose anything.
    rng = np.random.default_rng(1_017)
    views = made_views(matcher.encoder, matcher.gallery, catalogue, 4 * len(benchmark.main), rng)
    figures = measure_composed(matcher, benchmark.items, views)
    return Section("demo shop, photo and words", "generated wishes, first product", {"as served": figures})
