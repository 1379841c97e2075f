"""Looks for better settings by Optuna, within a budget, on the validation days alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_limits

from recsys.config import TrainingConfig
from recsys.errors import InvalidFrame
from recsys.frames_io import Frames
from recsys.judging import figures_of, lists_of
from recsys.validation import Validated, validate

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial, Trial

OnTrial = Callable[[int, float], None]


@dataclass(frozen=True)
class Budget:
    """How long to look.

    Attributes:
        trials: How many settings are tried, the given ones first.
        seconds: No trial is begun after that; with a limit of time, equal seeds may end at different settings.
    """

    trials: int
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.trials < 1 or (self.seconds is not None and not self.seconds > 0):
            raise InvalidFrame("budget", self, "at least one trial and a time above 0 are wanted")


@dataclass(frozen=True)
class Tuned:
    """What was found.

    Attributes:
        config: The best settings.
        trials: How many were tried.
        seconds: How long it took.
        first: NDCG@10 for new items of the given settings, by the blend, on the validation days.
        best: That of the best.
        settings: What was chosen, by name.
    """

    config: TrainingConfig
    trials: int
    seconds: float
    first: float
    best: float
    settings: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Give all but the whole configuration as JSON values."""
        return {name: value for name, value in asdict(self).items() if name != "config"}


def tune(frames: Frames, config: TrainingConfig, budget: Budget, on_trial: OnTrial | None = None) -> Tuned | None:
    """Try settings one after the other, those that promise most by what was seen first (TPE, Bergstra et al. 2011).

    Args:
        frames: Raw frames; what lies behind their validation days does not exist, and no test is looked at.
        config: What to begin with; the first trial is these settings as they are.
        budget: How long.
        on_trial: Called with the number of each trial, from 1, and the best figure so far.

    Returns:
        What was found; None where there are too few shoppers to judge by.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    began = time.perf_counter()
    first = judged(frames, config)
    if first is None:
        return None
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=config.seed))
    study.add_trial(_given(config, first))

    def objective(trial: Trial) -> float:
        figure = judged(frames, suggested(trial, config))
        return 0.0 if figure is None else figure

    def told(study: optuna.Study, trial: FrozenTrial) -> None:
        if on_trial is not None:
            on_trial(len(study.trials), study.best_value)

    left = None if budget.seconds is None else max(budget.seconds - (time.perf_counter() - began), 1e-3)
    if budget.trials > 1:
        study.optimize(objective, n_trials=budget.trials - 1, timeout=left, callbacks=[told])
    best = study.best_trial
    chosen = config if best.number == 0 else suggested(optuna.trial.FixedTrial(best.params), config)
    return Tuned(
        chosen, len(study.trials), round(time.perf_counter() - began, 1), first, study.best_value, dict(best.params)
    )


def judged(frames: Frames, config: TrainingConfig) -> float | None:
    """Give NDCG@10 of the blend for new items on the validation days; None where they have too few shoppers."""
    with threadpool_limits(config.hybrid.threads):
        validated = validate(frames, config)
        return None if validated is None else _ndcg(validated, config.seed)


def _ndcg(validated: Validated, seed: int) -> float:
    lists = lists_of(validated.score, validated.dataset, validated.new)
    return figures_of(lists, validated.dataset, validated.new, seed).ndcg


def suggested(trial: Any, config: TrainingConfig) -> TrainingConfig:
    """Ask a trial for settings; all that is not asked for stays as it was."""
    hybrid = replace(
        config.hybrid,
        components=trial.suggest_int("components", 16, 128, step=16),
        learning_rate=trial.suggest_float("learning_rate", 0.01, 0.15, log=True),
        item_alpha=trial.suggest_float("item_alpha", 1e-8, 1e-4, log=True),
        user_alpha=trial.suggest_float("user_alpha", 1e-8, 1e-4, log=True),
        max_sampled=trial.suggest_int("max_sampled", 5, 50),
        weight_power=trial.suggest_float("weight_power", 0.0, 1.0),
    )
    half_life = trial.suggest_float("half_life_days", 15.0, 720.0, log=True)
    return replace(
        config,
        hybrid=hybrid,
        weighting=replace(config.weighting, half_life_days=half_life),
        identity_weight=trial.suggest_float("identity_weight", 0.25, 4.0, log=True),
    )


def _given(config: TrainingConfig, figure: float) -> FrozenTrial:
    """Put the given settings down as the first trial; those that lie outside of what is searched teach nothing."""
    import optuna

    trial = optuna.trial.create_trial(params={}, distributions={}, value=figure)
    trial.set_user_attr("given", config.to_dict())
    return trial
