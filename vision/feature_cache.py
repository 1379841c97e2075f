"""What the frozen part of an image tower made of each view, kept on disk, so that it runs once and never again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL.Image import Image
from torch import Tensor
from tqdm import tqdm

from vision.encoder import Preprocess
from vision.image_tail import ImageTail
from vision.preprocess import pixels
from vision.training_data import Ints, TrainingData, Views

MAPS_FILE = "maps.float16"
_BATCH = 32


@dataclass(frozen=True)
class FeatureCache:
    """Views of photos, one after another: all of the first photo, all of the second, and so on.

    Attributes:
        counts: how many views each photo has, shape (n,).
        maps: what the trained part reads, float16 in a file, shape (views, channels, side, side).
        features: what the untrained trained part makes of them, float16, shape (views, f).
    """

    counts: Ints
    maps: NDArray[np.float16]
    features: NDArray[np.float16]

    def places(self, rows: Sequence[int] | Ints, number: int = 0) -> Ints:
        """Give where view `number` of each photo lies."""
        starts = np.cumsum(self.counts) - self.counts
        return np.asarray(starts[np.asarray(rows, np.int64)] + number, np.int64)

    def places_of(self, row: int, first: int = 0) -> Ints:
        """Give where all views of a photo lie, from view `first` on."""
        start = int(self.places([row])[0])
        return np.arange(start + first, start + int(self.counts[row]))

    def maps_of(self, places: Ints) -> Tensor:
        """Read maps as float32; the file is read in its own order, which disks like."""
        order = np.argsort(places, kind="stable")
        found = np.empty((len(places), *self.maps.shape[1:]), np.float32)
        for place in order:
            found[place] = self.maps[places[place]]
        return torch.from_numpy(found)

    def features_of(self, places: Ints) -> Tensor:
        """Give features as float32."""
        return torch.from_numpy(self.features[places].astype(np.float32))


def view_counts(data: TrainingData, views: int, main_views: int, lone_views: int) -> Ints:
    """Say how often each photo is seen: main pictures more often, and most where there is little else to learn from."""
    counts = np.full(len(data.photos), views, np.int64)
    counts[data.main] = main_views if len(data.others) > len(data.main) else lone_views
    return counts


def build_cache(
    tail: ImageTail, views: Views, counts: Ints, preprocess: Preprocess, folder: Path, threads: int, progress: bool
) -> FeatureCache:
    """Run the frozen part over all views.

    Args:
        tail: of the tower, as yet untrained.
        views: of the photos.
        counts: how many views each photo has, shape (n,).
        preprocess: how pictures are prepared.
        folder: gets a file of some 24 kB a view; whoever made the folder deletes it.
        threads: that make views.
        progress: draw a bar.
    """
    asked = [(row, number) for row, count in enumerate(counts) for number in range(int(count))]
    maps: NDArray[np.float16] | None = None
    features: NDArray[np.float16] | None = None
    done = 0
    with tqdm(total=len(asked), desc="views", unit="view", disable=not progress) as bar:
        for batch in _made(asked, views.view, threads):
            lower = tail.lower(torch.from_numpy(pixels(batch, preprocess)))
            upper = tail.quickly(lower)
            if maps is None or features is None:
                shape = (len(asked), *lower.shape[1:])
                maps = np.memmap(folder / MAPS_FILE, np.float16, "w+", shape=shape)
                features = np.zeros((len(asked), upper.shape[1]), np.float16)
            here = slice(done, done + len(batch))
            maps[here], features[here] = lower.numpy(), upper.numpy()
            done += len(batch)
            bar.update(len(batch))
    if maps is None or features is None:
        raise ValueError("no view was asked for")
    return FeatureCache(counts, maps, features)


def _made(
    asked: Sequence[tuple[int, int]], make: Callable[[int, int], Image], threads: int
) -> Iterator[Sequence[Image]]:
    with ThreadPoolExecutor(threads) as pool:
        for batch in _batches(asked):
            yield list(pool.map(lambda one: make(*one), batch))


def _batches(asked: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    rows = iter(asked)
    while batch := list(islice(rows, _BATCH)):
        yield batch
