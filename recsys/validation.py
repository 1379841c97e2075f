"""Judges a way of training on the latest days: learns from what was before them, and sees how it would have done."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from recsys import columns as c
from recsys.arrays import BoolArray, FloatArray, IntArray
from recsys.blend import Blend
from recsys.blend_model import learn_blend
from recsys.cleaning import clean
from recsys.config import TrainingConfig
from recsys.dataset import InteractionDataset
from recsys.errors import NoInteractions
from recsys.fold_in_choice import Choice, choose_fold_in
from recsys.frames_io import Frames
from recsys.judging import Score, table_of
from recsys.learning import Learnt, OnEpoch, before, dataset_of, learn, span_of
from recsys.lightfm_training import scores_of
from recsys.metrics import expected_calibration_error, reliability
from recsys.neighbours import ItemKNN
from recsys.popular import Popular
from recsys.split import Truth, time_split

STRONGEST_FIRST = (c.PURCHASE, c.CART, c.CLICK, c.VIEW)
CALIBRATION_CELLS = 1_000_000
"""Pairs of a shopper and an item that calibration looks at, about."""

CHOSEN_BY = 2_000
"""Shoppers by whom the way of folding in is chosen, at most."""


@dataclass(frozen=True)
class Window:
    """Days that a model is judged on: `start` belongs to them, `end` does not."""

    start: pd.Timestamp
    end: pd.Timestamp


@dataclass(frozen=True, eq=False)
class Validated:
    """How a configuration did on the latest days.

    Attributes:
        window: Those days.
        kind: The kind of event that counted: purchases, or the strongest kind that enough shoppers did.
        learnt: What was learnt from the time before.
        new: What shoppers took that they had not had to do with; every: what they took.
        blend: Learnt from all shoppers; it is what serves.
        halves: Learnt from either half of the shoppers alone, to judge the other half by.
        fold_in: How shoppers are folded in, and how that stands beside training.
    """

    window: Window
    kind: str
    learnt: Learnt
    new: Truth
    every: Truth
    blend: Blend
    halves: tuple[Blend, Blend]
    fold_in: Choice

    @property
    def dataset(self) -> InteractionDataset:
        """What was known before those days."""
        return self.learnt.dataset

    def score(self, users: IntArray) -> FloatArray:
        """Score all items for some rows of users, each by the blend that has not learnt from that user."""
        second = in_second_half(self.dataset.users.ids(users))[:, np.newaxis]
        first_blend, second_blend = (self.learnt.scores(blend)(users) for blend in self.halves)
        return np.where(second, first_blend, second_blend)

    def table(self, seed: int) -> dict[str, Any]:
        """Judge the blend beside LightFM alone and the two baselines that are hard to beat for their price."""
        models: dict[str, Score] = {
            "blend": self.score,
            "lightfm": lambda users: scores_of(self.learnt.representations, users),
            "item_knn": ItemKNN().fit(self.dataset).score,
            "popular": Popular().fit(self.dataset).score,
        }
        return {
            "new_items": table_of(models, self.dataset, self.new, seed),
            "all_items": table_of(models, self.dataset, self.every, seed),
        }

    def calibration(self, seed: int) -> dict[str, Any]:
        """Compare the probabilities of pairs of a shopper and an item with what came of them.

        Returns:
            `ece`, the expected calibration error; and for each of 10 bins of equally many pairs, by rising
            probability, the mean of what was said, the share that came true, and the pairs.
        """
        wanted = max(1, CALIBRATION_CELLS // max(len(self.dataset.items), 1))
        chosen = np.sort(np.random.default_rng(seed).permutation(len(self.every.users))[:wanted])
        said = self.blend.probability(self.score(self.every.users[chosen])).ravel()
        true = (self.every.items[chosen].toarray() > 0).ravel()
        order = np.argsort(said, kind="stable")
        bins = [
            {"said": float(said[part].mean()), "true": float(true[part].mean()), "pairs": len(part)}
            for part in np.array_split(order, 10)
            if len(part)
        ]
        wide = reliability(said, true)[2]
        return {
            "ece": expected_calibration_error(said, true),
            "pairs": int(wide.sum()),
            "taken": int(true.sum()),
            "bins": bins,
        }


def in_second_half(users: Collection[str]) -> BoolArray:
    """Tell which users are in the second half; a user is always in the same one, whatever else is in the data."""
    return np.array([zlib.crc32(user.encode(errors="surrogatepass")) % 2 for user in users], dtype=bool)


def window_of(frames: Frames, config: TrainingConfig) -> Window | None:
    """Choose the days to judge on, the latest; None where nothing happened, or all at once."""
    span = span_of(frames, config)
    if span is None:
        return None
    first, last = span
    length = min(pd.Timedelta(days=config.validation.days), (last - first) * config.validation.max_share)
    start = (last - length).floor("s")
    return Window(start, last.floor("s") + pd.Timedelta(seconds=1)) if length > pd.Timedelta(0) else None


def validate(frames: Frames, config: TrainingConfig, on_epoch: OnEpoch | None = None) -> Validated | None:
    """Judge a configuration on the latest days.

    Args:
        frames: Raw frames.
        config: The configuration; its LightFM stops by these days too.
        on_epoch: Called after each epoch.

    Returns:
        How it did; None where there are too few shoppers to judge by.
    """
    window = window_of(frames, config)
    if window is None:
        return None
    dataset = dataset_of(before(frames, window.start), config, window.start)
    truths = truths_of(frames, config, dataset, window)
    if truths is None or not dataset.matrix.nnz:
        return None
    kind, new, every = truths
    learnt = learn(frames, dataset, config, validation=new, on_epoch=on_epoch)
    try:
        blend, *halves = (blend_of(learnt, truth, config.seed) for truth in (every, *_halves(every, dataset)))
    except NoInteractions:
        return None
    fold_in = choose_fold_in(learnt.representations, dataset, _some(new, config.seed))
    return Validated(window, kind, learnt, new, every, blend, (halves[0], halves[1]), fold_in)


def blend_of(learnt: Learnt, truth: Truth, seed: int) -> Blend:
    """Learn the weights of the components from what was taken.

    Raises:
        NoInteractions: Nothing was, or everything.
    """
    return learn_blend(learnt.evidence, learnt.dataset, learnt.representations.user_embeddings, truth, seed)


def truths_of(
    frames: Frames, config: TrainingConfig, dataset: InteractionDataset, window: Window
) -> tuple[str, Truth, Truth] | None:
    """Read what shoppers went on to do: new items, and all items, by the strongest kind that enough of them did."""
    rows = time_split(frames.interactions, window.start, window.end).valid
    happened, _ = clean(rows, config.cleaning)
    for kind in STRONGEST_FIRST:
        new, every = (Truth.from_frame(happened, dataset, new_only=only, kinds=(kind,)) for only in (True, False))
        if len(new.users) >= config.validation.min_shoppers:
            return kind, new, every
    return None


def truth_after(
    frames: Frames, config: TrainingConfig, dataset: InteractionDataset, window: Window, kind: str
) -> Truth:
    """Read which new items shoppers took in some days by one kind of event."""
    happened, _ = clean(time_split(frames.interactions, window.start, window.end).valid, config.cleaning)
    return Truth.from_frame(happened, dataset, new_only=True, kinds=(kind,))


def _some(truth: Truth, seed: int) -> Truth:
    """Draw shoppers to choose by; many more would choose the same."""
    chosen = np.sort(np.random.default_rng(seed).permutation(len(truth.users))[:CHOSEN_BY])
    return replace(truth, users=truth.users[chosen], items=truth.items[chosen])


def _halves(truth: Truth, dataset: InteractionDataset) -> tuple[Truth, Truth]:
    second = in_second_half(dataset.users.ids(truth.users))
    first, other = (replace(truth, users=truth.users[part], items=truth.items[part]) for part in (~second, second))
    return first, other
