"""Judges a new model beside the one in service, on the same shoppers and days, before it may take its place.

A final model has learnt from all data, so nothing is left to judge it by. What is judged is how it was made: the same
settings, epochs and blend, learnt only from what was before the days that are judged; each shopper by a blend that has
not learnt from that shopper. Lists are asked for as an action asks for them. The days have to be such that the model in
service has not learnt from them either:

1. Both were trained on data that end alike, and judged on the same days: the figure that was stored with the model in
   service stands beside the new one's.
2. The data end alike, but the days differ, because the settings do: the new way is tried on the old one's days.
3. The model in service knows nothing of the new one's days: it is asked, as it is, with all that happened before them.
4. It has learnt from the first part of them: only what happened after its data end counts, and the new way learns from
   all that was before, like it. Otherwise the newer model would be judged with weeks less to learn from.

It is worse where its mean NDCG@10 for new items lies below the other's by more than chance explains: 1.64 standard
errors of the difference, by which one in twenty equally good models would be refused (1. and 2. have one figure of the
old model and no error to know: there it must not lie below at all). Where the days have fewer shoppers than
`MIN_SHOPPERS` nothing can be said, and the model of the newer data is published.

Two things are refused whatever the lists are like: a model whose data end earlier than those of the one in service, and
one that has learnt from less than half as many events, which is what a broken export looks like.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recsys.arrays import FloatArray
from recsys.artifact import read_metadata
from recsys.config import TrainingConfig
from recsys.errors import ArtifactError
from recsys.frames_io import Frames
from recsys.in_service import GATE_METRIC, GateFigures
from recsys.judging import Question, questions_of, served_ndcg
from recsys.learning import Learnt, before, dataset_of, learn, parts_of
from recsys.parts import TRAINED_UNTIL
from recsys.recommender import Recommender
from recsys.split import Truth
from recsys.times import as_utc
from recsys.validation import Validated, Window, in_second_half, truth_after

JUDGED = "judged"
"""The key of a model's metadata with its `Recorded`."""

EVENTS = "events"
"""The key of a model's metadata with the number of events that it has learnt from."""

MIN_SHOPPERS = 10
ERRORS = 1.64
MIN_SHARE_OF_EVENTS = 0.5


@dataclass(frozen=True)
class Recorded:
    """The figure that is stored with a model: of its way of training, on days that it had not seen.

    Attributes:
        ndcg: Mean NDCG@10 of new items, lists as they are served.
        shoppers: How many.
        start: The first moment of those days, ISO 8601; end: the first after them.
        kind: The kind of event that counted.
    """

    ndcg: float
    shoppers: int
    start: str
    end: str
    kind: str

    @property
    def window(self) -> Window:
        """Those days."""
        return Window(as_utc(self.start), as_utc(self.end))


@dataclass(frozen=True, eq=False)
class GateKeeper:
    """Judges one new model; called by `recsys.publish.publish`.

    Attributes:
        frames: What it was trained from.
        config: How.
        validated: How it did on the latest days; None where too few shoppers did anything.
        recorded: The figure that is stored with it; None likewise.
        until: The time of the last event that it has learnt from.
        events: How many it has learnt from.
    """

    frames: Frames
    config: TrainingConfig
    validated: Validated | None
    recorded: Recorded | None
    until: pd.Timestamp
    events: int

    def __call__(self, beside: Path | None) -> GateFigures:
        """Judge it beside the model in that folder; None where there is none."""
        if beside is None:
            return self._alone("the first model")
        try:
            old = read_metadata(beside)
        except ArtifactError as error:
            return self._alone(f"not judged: the model in service cannot be read ({error})")
        return self._broken(old) or self._judged(beside, old)

    def _alone(self, note: str) -> GateFigures:
        mine = self.recorded
        if mine is None:
            return GateFigures(note=note)
        return GateFigures(new=mine.ndcg, shoppers=mine.shoppers, start=mine.start, end=mine.end, note=note)

    def _broken(self, old: dict[str, Any]) -> GateFigures | None:
        """Refuse a model of older or of much less data."""
        was_until, had = as_utc(old[TRAINED_UNTIL]), int(old.get(EVENTS, 0))
        if had and self.events and self.until < was_until:
            new, was = (moment.timestamp() / 86_400 for moment in (self.until, was_until))
            return GateFigures("last event learnt from, days since 1970", new, was, note="older data than in service")
        if self.events < MIN_SHARE_OF_EVENTS * had:
            slack = (1 - MIN_SHARE_OF_EVENTS) * had
            return GateFigures("events learnt from", float(self.events), float(had), slack, note="much less data")
        return None

    def _judged(self, beside: Path, old: dict[str, Any]) -> GateFigures:
        if self.validated is None or self.recorded is None:
            return self._alone("not judged: too few shoppers in the latest days")
        theirs = None if old.get(JUDGED) is None else Recorded(**old[JUDGED])
        was_until = as_utc(old[TRAINED_UNTIL])
        if theirs is not None and self.until == was_until:
            return self._by_record(self.validated, self.recorded, theirs)
        if was_until < self.validated.window.start:
            return self._by_asking(beside, self.validated, self.validated.learnt, self.validated.window)
        if was_until < self.until:
            window = Window(was_until + pd.Timedelta(microseconds=1), self.validated.window.end)
            return self._by_asking(beside, self.validated, self._learnt_before(window), window)
        return self._alone("not judged: the model in service has no figure, and nothing happened since")

    def _by_record(self, validated: Validated, mine: Recorded, theirs: Recorded) -> GateFigures:
        new: float | None = mine.ndcg
        note = "same data and days: the stored figures"
        if (mine.start, mine.end, mine.kind) != (theirs.start, theirs.end, theirs.kind):
            learnt = self._learnt_before(theirs.window)
            questions = self._questions(learnt, theirs.window, theirs.kind)
            new = float(self._served(validated, learnt, questions).mean()) if questions else None
            note = "same data, other days: tried on those of the model in service"
        return GateFigures(GATE_METRIC, new, theirs.ndcg, 0.0, theirs.shoppers, theirs.start, theirs.end, note)

    def _by_asking(self, beside: Path, validated: Validated, learnt: Learnt, window: Window) -> GateFigures:
        questions = self._questions(learnt, window, validated.kind)
        start, end, asked = window.start.isoformat(), window.end.isoformat(), len(questions)
        if asked < MIN_SHOPPERS:
            return GateFigures(shoppers=asked, start=start, end=end, note="not judged: too few shoppers since")
        try:
            old = served_ndcg(Recommender.load(beside), questions)
        except ArtifactError as error:
            return self._alone(f"not judged: the model in service cannot be read ({error})")
        new = self._served(validated, learnt, questions)
        noise = float(ERRORS * np.std(new - old, ddof=1) / np.sqrt(asked))
        note = "both asked as they serve"
        return GateFigures(GATE_METRIC, float(new.mean()), float(old.mean()), noise, asked, start, end, note)

    def _learnt_before(self, window: Window) -> Learnt:
        known = before(self.frames, window.start)
        dataset = dataset_of(known, self.config, window.start)
        epochs = self.validated.learnt.best if self.validated is not None else None
        return learn(known, dataset, self.config, epochs=epochs or None)

    def _questions(self, learnt: Learnt, window: Window, kind: str) -> list[Question]:
        truth = truth_after(self.frames, self.config, learnt.dataset, window, kind)
        return asked_of(self.frames, self.config, learnt, truth)

    def _served(self, validated: Validated, learnt: Learnt, questions: list[Question]) -> FloatArray:
        return as_served(validated, learnt, self.frames, self.config, questions)


def recorded_of(frames: Frames, config: TrainingConfig, validated: Validated) -> Recorded:
    """Ask the model that was learnt before the latest days, as it would serve, and keep the figure."""
    questions = asked_of(frames, config, validated.learnt, validated.new)
    gained = as_served(validated, validated.learnt, frames, config, questions)
    start, end = validated.window.start.isoformat(), validated.window.end.isoformat()
    return Recorded(float(gained.mean()), len(questions), start, end, validated.kind)


def to_metadata(recorded: Recorded | None) -> dict[str, Any] | None:
    """Give a figure as JSON values."""
    return None if recorded is None else asdict(recorded)


def asked_of(frames: Frames, config: TrainingConfig, learnt: Learnt, truth: Truth) -> list[Question]:
    """Draw the shoppers to ask."""
    limit = config.validation.gate_shoppers
    return questions_of(learnt.dataset, truth, frames.user_features, limit, config.seed)


def as_served(
    validated: Validated, learnt: Learnt, frames: Frames, config: TrainingConfig, questions: list[Question]
) -> FloatArray:
    """Ask for each shopper a recommender whose blend has not learnt from that shopper: NDCG@10 of each list, (m,)."""
    second = in_second_half([str(question.profile.user_id) for question in questions])
    gained = np.zeros(len(questions))
    for blend, own in zip(validated.halves, (second, ~second), strict=True):
        asked = [question for question, wanted in zip(questions, own, strict=True) if wanted]
        parts = parts_of(learnt, frames, config, blend, validated.fold_in.settings)
        gained[own] = served_ndcg(Recommender(parts), asked)
    return gained
