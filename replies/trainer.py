"""Passes over examples until held-out families are told no better; goes on after a kill as if nothing had been."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

from replies.batches import Coder, batches_of, chance_of, rows_of
from replies.copying import copying_examples
from replies.errors import ArtifactDamaged, NothingToLearn
from replies.examples import Example
from replies.learner import Learner, learnt_weights, set_weights
from replies.train_settings import TrainSettings

CHECKPOINT = "training.pt"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Epoch:
    """How one pass went; losses in nats a token, and the share of held-out tokens that were the likeliest.

    The pass with the largest share is kept. Of sentences that could as well be put otherwise the loss grows while
    replies become better, because a model that has decided pays for each other wording.
    """

    number: int
    train: float
    validation: float
    accuracy: float
    seconds: float
    steps: int


@dataclass
class _Course:
    """Where a training stands."""

    epoch: int = 1
    done: int = 0
    total: float = 0.0
    seconds: float = 0.0
    best: float = -1.0
    best_epoch: int = 0


class Trainer:
    """Trains one model on one set of examples.

    Args:
        network: a causal or seq2seq model; what may change of it is changed.
        coder: its tokenizer.
        settings: how to learn.
        folder: where checkpoints lie; one that is found there is gone on from.
        seq2seq: whether the model reads by an encoder.
        say: told of each pass.
    """

    def __init__(
        self,
        network: Any,
        coder: Coder,
        settings: TrainSettings,
        folder: Path,
        seq2seq: bool = False,
        say: Progress = lambda _: None,
    ) -> None:
        self._network, self._coder, self._settings = network, coder, settings
        self._file, self._seq2seq, self._say = folder / CHECKPOINT, seq2seq, say
        self._most_tokens = min(settings.sizes.most_tokens, _most_tokens(network))
        self._best: dict[str, Tensor] = {}
        self.epochs: list[Epoch] = []

    def fit(self, train: Sequence[Example], validation: Sequence[Example]) -> Epoch:
        """Train, and leave the network with the weights that were most often right on validation.

        Returns:
            The pass that was best.

        Raises:
            NothingToLearn: one of the two has no example that the model can read.
        """
        settings = self._settings
        torch.set_num_threads(settings.threads)
        judged = rows_of(validation, self._coder, self._most_tokens, None)
        if not judged or not rows_of(train, self._coder, self._most_tokens, None):
            raise NothingToLearn("training and validation need examples that are short enough to be read")
        steps = (settings.schedule or settings.epochs) * -(-int(len(train) * (1 + settings.copying)) // settings.batch)
        learner = Learner(self._network, settings, steps, self._seq2seq)
        course = self._resumed(learner)
        try:
            while not self._over(course):
                if not self._pass(learner, course, train):
                    break
                # A training that is out of time is judged by what it has.
                self._judge(learner, course, judged)
        finally:
            learner.close()
        set_weights(self._network, self._best)
        return next(epoch for epoch in self.epochs if epoch.number == course.best_epoch)

    def _over(self, course: _Course) -> bool:
        settings = self._settings
        late = course.seconds >= settings.minutes * 60 and course.best_epoch > 0
        return late or course.epoch > settings.epochs or course.epoch - course.best_epoch > settings.patience

    def _pass(self, learner: Learner, course: _Course, train: Sequence[Example]) -> bool:
        settings = self._settings
        seed = f"{settings.seed} {course.epoch}"
        practice = copying_examples(train, settings.copying, chance_of(f"copying {seed}"))
        rows = rows_of([*train, *practice], self._coder, self._most_tokens, settings, course.epoch)
        batches = batches_of(rows, settings.batch, self._coder.pad, self._seq2seq, seed)
        for batch in islice(batches, course.done, None):
            begun = time.perf_counter()
            course.total += learner.step(batch)
            course.done += 1
            course.seconds += time.perf_counter() - begun
            if course.done % settings.save_steps == 0:
                self._save(learner, course)
                self._say(f"pass {course.epoch}, step {course.done}: {course.total / course.done:.4f}")
            if course.seconds > settings.minutes * 60:
                break
        return course.done > 0

    def _judge(self, learner: Learner, course: _Course, judged: Sequence[Any]) -> None:
        batches = batches_of(judged, self._settings.batch, self._coder.pad, self._seq2seq)
        loss, right = learner.judged_on(batches)
        mean = course.total / course.done
        epoch = Epoch(course.epoch, mean, loss, right, course.seconds, learner.step_number)
        self.epochs.append(epoch)
        if right > course.best:
            course.best, course.best_epoch = right, course.epoch
            self._best = learnt_weights(self._network)
        self._say(
            f"pass {epoch.number}: train {mean:.4f}, validation {loss:.4f}, right {right:.4f}, {epoch.seconds:.0f} s"
        )
        course.epoch, course.done, course.total = course.epoch + 1, 0, 0.0
        self._save(learner, course)

    def _save(self, learner: Learner, course: _Course) -> None:
        state = {
            "learner": learner.state(),
            "course": asdict(course),
            "best": self._best,
            "epochs": [asdict(epoch) for epoch in self.epochs],
            "settings": self._settings.as_json(),
        }
        scratch = self._file.with_suffix(".writing")
        with scratch.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._file)

    def _resumed(self, learner: Learner) -> _Course:
        if not self._file.is_file():
            return _Course()
        try:
            state = torch.load(self._file, weights_only=True)
            if TrainSettings.from_json(state["settings"]) != self._settings:
                raise ArtifactDamaged(self._file, "was written by a training of other settings; delete it")
            learner.restore(state["learner"])
            self._best = state["best"]
            self.epochs = [Epoch(**epoch) for epoch in state["epochs"]]
            return _Course(**state["course"])
        except (RuntimeError, KeyError, TypeError, ValueError, EOFError, OSError, UnpicklingError) as error:
            raise ArtifactDamaged(self._file, f"is no checkpoint to go on from, delete it ({error})") from error


def _most_tokens(network: Any) -> int:
    config = network.config
    return int(getattr(config, "max_position_embeddings", 0) or getattr(config, "n_positions", 0) or 1 << 30)
