"""Trains the image tower's last stages and both projections, so that a photo lies near its product's picture and text.

The order of things: projections alone on frozen features, first without some products, to see how far training may go
before products that it never saw get worse; then with all of them; then the last stages too. Whatever was best on what
is held out is kept, and mixed with the frozen weights (WiSE-FT, arXiv 2109.01903).

Where only the products' own pictures are known, the last stages stay frozen, and the image projection is mixed with the
main directions of frozen features: on real photos, what made views teach the tower is worse than what ImageNet did.
"""

from __future__ import annotations

import time
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from vision.feature_cache import FeatureCache
from vision.image_tail import ImageTail
from vision.learner import Learner, State
from vision.train_settings import TrainSettings
from vision.training_data import Ints, TrainingData
from vision.training_split import JUDGED_VIEWS, TrainingSplit

MIXES = (0.3, 0.6, 0.8, 1.0)
"""Shares of the trained weights that are tried."""

_BATCH, _AT_ONCE, _PHOTOS_EACH = 128, 24, 3
_GALLERY_VIEWS = 8
_EMA = 0.98
_RECALL_LOST = 0.02
_JUDGE_BATCH = 64
_PROJECTION_NOTES = 10


@dataclass(frozen=True)
class Figures:
    """Shares of held-out views whose product comes first (or among five) of all products.

    Attributes:
        at_1: photo -> main picture, by kind of view.
        at_5: the same, among the best five.
        text_at_1: photo -> text, by kind of view.
        score: mean of `at_1`, by which the best model is kept.
    """

    at_1: dict[str, float]
    at_5: dict[str, float]
    text_at_1: dict[str, float]
    score: float


@dataclass
class TrainingRecord:
    """What a training did.

    Attributes:
        frozen: figures before it, with projections that only turn and scale frozen features (PCA).
        tuned: figures of the model that was kept.
        unseen: Recall@1 of the products that a probe left out, by share of the trained weights; 0 is frozen.
        seen: score of the others in that probe, by the same.
        mix: the share that was taken.
        history: loss and figures of each pass.
        seconds: by part of the training.
    """

    frozen: Figures
    tuned: Figures
    mix: float = 1.0
    unseen: dict[float, float] = field(default_factory=dict)
    seen: dict[float, float] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_better(self) -> bool:
        """Tell whether training helped on what was held out."""
        return self.tuned.score > self.frozen.score

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return asdict(self)


class Trainer:
    """Trains one model; its weights change in place.

    Args:
        model: open_clip's, of two towers with a linear projection each.
        tail: the trained part of its image tower.
        data: products and photos.
        cache: views of the photos.
        split: what is learnt from, and what judged by.
        texts: features of each caption before the projection, one tensor a product, shape (captions, t).
        settings: how to train.
        started: when the minutes began to count, as `time.monotonic` tells.
    """

    def __init__(
        self,
        model: nn.Module,
        tail: ImageTail,
        data: TrainingData,
        cache: FeatureCache,
        split: TrainingSplit,
        texts: list[Tensor],
        settings: TrainSettings,
        started: float,
    ) -> None:
        self._data, self._cache, self._split, self._settings = data, cache, split, settings
        self._deadline = started + 60 * settings.minutes
        self._rng = np.random.default_rng(settings.seed)
        self._learner = Learner(model, tail, texts, settings)
        self._learner.start_from(cache.features_of(self._plain()))

    def run(self, progress: bool = True) -> TrainingRecord:
        """Train, keep the best, the frozen weights where training helped nothing, and say what was done."""
        torch.manual_seed(self._settings.seed)
        frozen_state = self._learner.state()
        frozen = self.judge(trained=False)
        record = TrainingRecord(frozen, frozen)
        with _Timed(record, "probe"):
            self._probe(record, frozen_state)
        with _Timed(record, "projections"):
            self._learner.restore(frozen_state)
            everything = np.arange(len(self._data.item_ids))
            self._projections(everything, progress, record)
        best = self._learner.state()
        if self._split.has_photos:
            with _Timed(record, "last stages"):
                best = self._tail(record, best, progress)
        self._learner.restore(self._learner.mixed(frozen_state, best, record.mix))
        if not self._split.has_photos:
            places = np.concatenate(self._split.queries)
            self._learner.steady(self._cache.features_of(places), self._settings.steady)
        record.tuned = self.judge(trained=True)
        if not record.is_better:
            self._learner.restore(frozen_state)
        return record

    def judge(self, trained: bool) -> Figures:
        """Judge the model as it is now, by what was held out; `trained` says whether the last stages ever learnt."""
        main = self._vectors(self._cache.places(self._data.main), trained)
        texts, with_text = self._learner.first_texts()
        at_1, at_5, text = {}, {}, {}
        for name, places in self._split.judged.items():
            found, products = self._vectors(places, trained), torch.from_numpy(self._products(places))
            at_1[name], at_5[name] = (_recall(found, main, products, k) for k in (1, 5))
            text[name] = _recall(found, texts.masked_fill(~with_text[:, None], 0), products, 1)
        return Figures(at_1, at_5, text, round(float(np.mean(list(at_1.values()))), 4))

    def _probe(self, record: TrainingRecord, frozen: State) -> None:
        """See what training does to products that it never saw, and take the mix that is best for both."""
        if not len(self._split.unseen):
            return
        self._projections(np.setdiff1d(np.arange(len(self._data.item_ids)), self._split.unseen), progress=False)
        trained = self._learner.state()
        for mix in (0.0, *MIXES):
            self._learner.restore(self._learner.mixed(frozen, trained, mix))
            record.unseen[mix], record.seen[mix] = self._unseen_recall(), self._seen_score()
        best_seen = max(record.seen[mix] for mix in MIXES)
        fair = [mix for mix in MIXES if record.seen[mix] >= best_seen - _RECALL_LOST]
        record.mix = max(fair, key=lambda mix: (record.unseen[mix], mix))

    def _unseen_recall(self) -> float:
        places = self._split.unseen_queries
        main = self._vectors(self._cache.places(self._data.main), trained=False)
        return _recall(self._vectors(places, trained=False), main, torch.from_numpy(self._products(places)), 1)

    def _seen_score(self) -> float:
        main = self._vectors(self._cache.places(self._data.main), trained=False)
        scores = []
        for places in self._split.judged.values():
            kept = places[~np.isin(self._products(places), self._split.unseen)]
            products = torch.from_numpy(self._products(kept))
            scores.append(_recall(self._vectors(kept, trained=False), main, products, 1))
        return round(float(np.mean(scores)), 4)

    def _projections(self, products: Ints, progress: bool, record: TrainingRecord | None = None) -> None:
        learner, rng = self._learner, self._rng
        pools = [self._split.queries[number] for number in products]
        owners = np.repeat(products, [len(pool) for pool in pools])
        places = np.concatenate(pools)
        chances = self._weights(places) / self._weights(places).sum()
        at_once = min(_BATCH, len(places))
        steps = self._settings.projection_epochs * max(1, round(self._photos(places) / at_once))
        learner.begin(steps, with_tail=False)
        between = max(1, steps // _PROJECTION_NOTES)
        for step in tqdm(range(1, steps + 1), desc="projections", disable=not progress, leave=False):
            drawn = rng.choice(len(places), at_once, replace=False, p=chances)
            bank = learner.images(self._cache.features_of(self._gallery_views(products)))
            queries = learner.images(self._cache.features_of(places[drawn]))
            weights = torch.ones(at_once)
            loss = learner.step(queries, bank, bank, products, products, owners[drawn], weights)
            if record is not None and (step == steps or step % between == 0):
                self._note(record, "projections", loss, step / steps - 1, trained=False)

    def _tail(self, record: TrainingRecord, best: State, progress: bool) -> State:
        """Train the last stages pass by pass until time, patience or passes are used up; gives the best weights."""
        everything = np.arange(len(self._data.item_ids))
        learner = self._learner
        per_pass = max(1, round(self._photos(np.concatenate(self._split.queries)) / (_AT_ONCE * _PHOTOS_EACH)))
        passes = self._affordable(per_pass)
        if not passes:
            return best
        learner.begin(passes * per_pass, with_tail=True)
        with torch.no_grad():
            bank = learner.images(self._cache.features_of(self._cache.places(self._data.main)))
        average, best_score, waited = _Average(learner), max(row["score"] for row in record.history), 0
        chances = np.sqrt([len(pool) for pool in self._split.queries])
        for number in range(1, passes + 1):
            for _ in tqdm(range(per_pass), desc=f"pass {number} of {passes}", disable=not progress, leave=False):
                loss = self._tail_step(bank, everything, chances / chances.sum())
                average.update()
            raw = learner.state()
            learner.restore(average.state())
            state = self._note(record, f"pass {number}", loss, number, trained=True)
            learner.restore(raw)
            if record.history[-1]["score"] > best_score:
                best, best_score, waited = state, record.history[-1]["score"], 0
            else:
                waited += 1
            if waited >= self._settings.patience or time.monotonic() > self._deadline:
                break
        return best

    def _tail_step(self, bank: Tensor, everything: Ints, chances: NDArray[np.float64]) -> float:
        rng, cache, learner = self._rng, self._cache, self._learner
        chosen = rng.choice(everything, min(_AT_ONCE, len(everything)), replace=False, p=chances)
        drawn = [self._drawn(int(number)) for number in chosen]
        places, gallery = np.concatenate(drawn), self._gallery_views(chosen)
        owners = np.repeat(chosen, [len(some) for some in drawn])
        both = np.concatenate([places, gallery])
        maps = cache.maps_of(both)
        mirrored = torch.from_numpy(rng.random(len(both)) < self._settings.flips)
        maps[mirrored] = maps[mirrored].flip(-1)
        features = learner.tail(maps)
        vectors = learner.images(features)
        queries, pictures = vectors[: len(places)], vectors[len(places) :]
        rows = torch.from_numpy(chosen)
        filled = bank.index_copy(0, rows, pictures)
        near = learner.near(features, cache.features_of(both))
        weights = torch.ones(len(places))
        loss = learner.step(queries, filled, pictures, everything, chosen, owners, weights, near)
        bank[rows] = pictures.detach()
        return loss

    def _drawn(self, number: int) -> Ints:
        pool = self._split.queries[number]
        chances = self._weights(pool)
        count = min(_PHOTOS_EACH, len(pool))
        return np.asarray(self._rng.choice(pool, count, replace=False, p=chances / chances.sum()), np.int64)

    def _gallery_views(self, products: Ints) -> Ints:
        """Show main pictures as they are half of the time, else as one of their views that nothing is judged by."""
        first = self._cache.places(self._data.main[products])
        spare = np.clip(self._cache.counts[self._data.main[products]] - JUDGED_VIEWS, 1, _GALLERY_VIEWS)
        numbers = (self._rng.random(len(products)) * spare).astype(np.int64)
        changed: Ints = first + np.where(self._rng.random(len(products)) < 0.5, numbers, 0)
        return changed

    def _affordable(self, per_pass: int) -> int:
        """Count the passes that the time left allows, by the time that one step takes."""
        left = self._deadline - time.monotonic()
        self._learner.tail.requires_grad_(True)
        start = time.monotonic()
        places = self._cache.places(np.resize(self._data.main, _AT_ONCE * (_PHOTOS_EACH + 1)))
        self._learner.tail(self._cache.maps_of(places)).square().mean().backward()
        seconds = per_pass * (time.monotonic() - start) * 1.2
        return int(min(self._settings.tail_epochs, left // seconds))

    def _note(self, record: TrainingRecord, name: str, loss: float, number: float, trained: bool) -> State:
        figures = self.judge(trained)
        record.history.append({"part": name, "pass": round(number, 2), "loss": round(loss, 4), **asdict(figures)})
        return self._learner.state()

    def _vectors(self, places: Ints, trained: bool) -> Tensor:
        with torch.no_grad():
            if not trained:
                return self._learner.images(self._cache.features_of(places), learning=False)
            parts = [places[start : start + _JUDGE_BATCH] for start in range(0, len(places), _JUDGE_BATCH)]
            made = [self._learner.tail.quickly(self._cache.maps_of(part)) for part in parts]
            return self._learner.images(torch.cat(made), learning=False)

    def _plain(self) -> Ints:
        """Give training photos as they are, main pictures only where there is nothing else."""
        rows = self._data.others if len(self._data.others) > len(self._data.main) else np.arange(len(self._data.photos))
        judged = np.concatenate(list(self._split.judged.values()))
        return np.setdiff1d(self._cache.places(rows), judged)

    def _rows(self, places: Ints) -> Ints:
        return np.asarray(np.searchsorted(np.cumsum(self._cache.counts), places, side="right"), np.int64)

    def _products(self, places: Ints) -> Ints:
        return np.asarray(self._data.products[self._rows(places)], np.int64)

    def _weights(self, places: Ints) -> NDArray[np.float64]:
        return self._data.weights[self._rows(places)]

    def _photos(self, places: Ints) -> float:
        """Count what one pass looks at: each photo once, and each view of a main picture that has no others beside."""
        of_main = np.isin(self._rows(places), self._data.main)
        return float(of_main.sum() + (~of_main).sum() / self._settings.views)


class _Average:
    """The running mean of weights while they are trained."""

    def __init__(self, learner: Learner) -> None:
        self._learner, self._state, self._steps = learner, learner.state(), 0

    def update(self) -> None:
        self._steps += 1
        kept = min(_EMA, (1 + self._steps) / (10 + self._steps))
        for name, tensor in self._learner.live().items():
            self._state[name].lerp_(tensor.detach(), 1 - kept)

    def state(self) -> State:
        return deepcopy(self._state)


class _Timed:
    """Notes how long a part took."""

    def __init__(self, record: TrainingRecord, name: str) -> None:
        self._record, self._name = record, name

    def __enter__(self) -> None:
        self._start = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._record.seconds[self._name] = round(time.monotonic() - self._start, 1)


def _recall(queries: Tensor, gallery: Tensor, products: Tensor, k: int) -> float:
    best = (queries @ gallery.T).topk(min(k, len(gallery)), dim=1).indices
    return round(float((best == products[:, None]).any(1).float().mean()), 4)
