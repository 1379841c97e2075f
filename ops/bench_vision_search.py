"""Times one photo, from its bytes to five products, among an invented catalogue of any size."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vision.encoder import EncoderIdentity, Vectors
from vision.gallery import Gallery, ItemRecord
from vision.images import decode
from vision.matcher import ImageMatcher
from vision.onnx_encoder import OnnxEncoder
from vision.vector_index import NO_ROW, Rows, VectorIndex

PHOTOS_A_PRODUCT, MOST_CLASSES, QUERIES, K = 4, 200, 200, 10
_WITHIN_CLASS, _WITHIN_PRODUCT = 0.6, 0.8
"""How far products lie from their class, and photos from their product, beside how far classes lie from each other."""

_DECAY = 20.0
"""Directions of a trained space are not alike: from the first to the hundredth the spread falls to four tenths."""


@dataclass(frozen=True)
class SearchTimes:
    """What a gallery of a size costs; times of one photo are medians in milliseconds, on one thread.

    Attributes:
        index_s: clustering; 0 where none is needed.
        stored_mb: all files of the gallery.
        load_s: reading it and making a matcher, files in the page cache.
        decode_ms, embed_ms, match_ms: from bytes to picture, to vector, to five graded products with classes.
        exact_ms: looking at all vectors; approximate_ms: looking at the likely ones, None where that is not done.
        recall: share of the true best ten that the approximate search finds.
        peak_mib: most memory of the process that served, memory-mapped files that it touched included.
    """

    pictures: int
    index_s: float
    stored_mb: float
    load_s: float
    decode_ms: float
    embed_ms: float
    match_ms: float
    exact_ms: float
    approximate_ms: float | None
    recall: float | None
    peak_mib: float

    @property
    def whole_ms(self) -> float:
        """Give the time from bytes to products."""
        return self.decode_ms + self.embed_ms + self.match_ms


def time_search(pictures: int, model: Path, photo: Path, folder: Path, rounds: int) -> SearchTimes:
    """Make a gallery and ask it, each in a process of its own, so that the memory of making it is not counted.

    Args:
        pictures: rows of the gallery.
        model: the folder of the served model.
        photo: a JPEG.
        folder: an empty one, for the gallery.
        rounds: how often each step is timed.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as maker:
        index_s = maker.submit(_make, pictures, model, folder).result()
    with ProcessPoolExecutor(1, context) as server:
        return server.submit(_serve, pictures, model, photo, folder, rounds, index_s).result()


def invented(count: int, dimensions: int, seed: int = 0) -> tuple[Vectors, list[str], dict[str, ItemRecord], Vectors]:
    """Make vectors as those of a gallery are: classes, products in them, photos of these.

    Returns:
        Vectors of pictures, shape (count, dimensions); their item ids; the products; and vectors of photos of such
        products that are not in the gallery, shape (QUERIES, dimensions).
    """
    random = np.random.default_rng(seed)
    spread = (1 / np.sqrt(1 + np.arange(dimensions) / _DECAY)).astype(np.float32)

    def drawn(rows: int) -> Vectors:
        values: Vectors = random.standard_normal((rows, dimensions), np.float32) * spread
        return values

    classes = drawn(min(MOST_CLASSES, max(2, int(np.sqrt(count)))))
    products = max(1, count // PHOTOS_A_PRODUCT)
    class_of = random.integers(len(classes), size=products)
    centres = classes[class_of] + _WITHIN_CLASS * drawn(products)
    shown = np.sort(random.integers(products, size=count))
    queries = centres[random.integers(products, size=QUERIES)] + _WITHIN_PRODUCT * drawn(QUERIES)
    items = {
        f"product-{number}": ItemRecord(f"Product {number}", ("All", f"Class {one}"))
        for number, one in enumerate(class_of)
    }
    vectors = centres[shown]
    vectors += _WITHIN_PRODUCT * drawn(count)
    return _unit(vectors), [f"product-{number}" for number in shown], items, _unit(queries)


def recall_of(found: Rows, true: Rows) -> float:
    """Give the share of the true rows that were found, line by line, shapes (m, k)."""
    shared = [len({*line.tolist()} - {NO_ROW} & {*best.tolist()}) for line, best in zip(found, true, strict=True)]
    return sum(shared) / true.size


def median_ms(ask: Callable[[int], object], rounds: int) -> float:
    """Time a question, asked each time with another number, after one that is not timed."""
    ask(0)
    spent = []
    for number in range(rounds):
        started = time.perf_counter()
        ask(number)
        spent.append(time.perf_counter() - started)
    return statistics.median(spent) * 1_000


def _unit(vectors: Vectors) -> Vectors:
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _make(pictures: int, model: Path, folder: Path) -> float:
    identity = OnnxEncoder.load(model).identity
    gallery = _gallery(pictures, identity)
    started = time.perf_counter()
    approximate = gallery.index.approximate
    seconds = time.perf_counter() - started
    gallery.save(folder)
    return seconds if approximate else 0.0


def _gallery(pictures: int, identity: EncoderIdentity) -> Gallery:
    vectors, item_ids, items, _ = invented(pictures, identity.dimensions)
    return Gallery.of_vectors(identity, vectors, item_ids, items)


def _serve(pictures: int, model: Path, photo: Path, folder: Path, rounds: int, index_s: float) -> SearchTimes:
    started = time.perf_counter()
    encoder = OnnxEncoder.load(model)
    matcher = ImageMatcher(encoder, Gallery.load(folder, encoder.identity))
    load_s = time.perf_counter() - started
    data = photo.read_bytes()
    image = decode(data)
    vector = matcher.embed(image)
    decode_ms = median_ms(lambda _: decode(data), rounds)
    embed_ms = median_ms(lambda _: matcher.embed(image), rounds)
    match_ms = median_ms(lambda _: matcher.match_vector(vector, 5), rounds)
    # What follows looks at all vectors, which serving does not where they are many.
    peak_mib = _peak_mib()
    queries = invented_queries(pictures, encoder.identity.dimensions)
    index, exact = matcher.gallery.index, VectorIndex(matcher.gallery.vectors)
    approximate_ms = recall = None
    if index.approximate:
        approximate_ms = median_ms(lambda number: index.search(queries[number % QUERIES][np.newaxis], K), rounds)
        recall = recall_of(index.search(queries, K)[1], exact.search(queries, K)[1])
    exact_ms = median_ms(lambda number: exact.search(queries[number % QUERIES][np.newaxis], K), min(rounds, 20))
    stored = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    times = (load_s, decode_ms, embed_ms, match_ms, exact_ms, approximate_ms, recall, peak_mib)
    return SearchTimes(pictures, index_s, stored, *times)


def _peak_mib() -> float:
    """Give the most memory that this process has held, in MiB."""
    if sys.platform == "linux":
        # `ru_maxrss` would count what the process that started this one held: it outlives `exec`.
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def invented_queries(count: int, dimensions: int) -> Vectors:
    """Give the queries that belong to `invented(count, dimensions)`, without keeping the rest."""
    return invented(count, dimensions)[3]
