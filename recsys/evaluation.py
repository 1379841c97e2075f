"""Fits every model on a benchmark and asks each the same questions.

What is chosen (the weights of the blend, when LightFM stops) is chosen by the validation period, by models that learnt
from what came before it. Then all models learn anew from both, as a shop would, and are asked about the test period;
`refit=False` asks those that learnt from the first part alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np
import pandas as pd
from tqdm import tqdm

from recsys import columns as c
from recsys.benchmarks.benchmark import Benchmark
from recsys.blend import Blend
from recsys.blend_model import BlendModel, evidence_of, learn_blend
from recsys.calibration_check import Checked, check_calibration
from recsys.cold_baselines import PopularKind
from recsys.dataset import InteractionDataset
from recsys.errors import InvalidFrame, TooManyItems
from recsys.frames_io import Frames
from recsys.hybrid import HybridSettings, LightFMHybrid
from recsys.measuring import Measured, measure
from recsys.model import Model
from recsys.parts import Parts
from recsys.recommender import Recommender
from recsys.registry import baselines
from recsys.sequential import SASRec
from recsys.split import Truth, cold_item_split, cold_user_split
from recsys.tasks import ALL_ITEMS, NEW_ITEMS, Task, cold_item_task, new_user_tasks, time_tasks, with_strangers
from recsys.trade_off import TradeOff, trade_off

HELD_OUT = 0.2
"""The share of items or of users that is held out."""

LEAST = 2
"""Shoppers and items, with which there is anything to rank and anything to learn from others."""

ASKED_FOR_DIVERSITY = 300
"""Users who are served with each amount of diversity."""


@dataclass(frozen=True)
class Plan:
    """How an evaluation is run.

    Attributes:
        seed: Of everything that is drawn.
        refit: Whether models learn from the validation period too before they are tested.
        quick: Whether to look only whether all works: LightFM learns five epochs at most, SASRec is left out.
        draws: How often users are drawn anew for an interval.
    """

    seed: int = 17
    refit: bool = True
    quick: bool = False
    draws: int = 1_000


@dataclass(frozen=True)
class Chosen:
    """What the validation period chose.

    Attributes:
        blend: The weights.
        epochs: Of LightFM, by the name of the model.
        ndcg: NDCG@10 of new items in the validation period, for the models that were chosen by it.
    """

    blend: Blend
    epochs: Mapping[str, int]
    ndcg: Mapping[str, float]


@dataclass(eq=False)
class Stage:
    """Models that learnt from one data set, and how they did in the tasks on it.

    Attributes:
        dataset: What they learnt from.
        tasks: What was asked.
        measured: By task and model.
        seconds: How long each model took to learn.
        refused: Why a model did not take part.
        blend: The fitted model that is served.
    """

    dataset: InteractionDataset
    tasks: tuple[Task, ...]
    measured: dict[str, dict[str, Measured]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    blend: BlendModel | None = None

    @property
    def of_hot(self) -> bool:
        """Whether hot users are asked about hot items."""
        return all(task.name in (NEW_ITEMS, ALL_ITEMS) for task in self.tasks)


@dataclass(frozen=True, eq=False)
class Result:
    """All that was found out about one benchmark."""

    benchmark: Benchmark
    chosen: Chosen
    stages: tuple[Stage, ...]
    calibration: Mapping[str, Checked]
    diversity: Sequence[TradeOff]
    seconds: float


def evaluate(benchmark: Benchmark, plan: Plan) -> Result:
    """Choose, learn, ask and measure.

    Raises:
        NoInteractions: There is nothing to learn from.
        InvalidFrame: There is nothing to choose by, or there are too few shoppers or items to tell models apart.
    """
    began = perf_counter()
    benchmark = quicker(benchmark) if plan.quick else benchmark
    chosen = choose(benchmark, plan)
    stages = tuple(run(stage, benchmark, chosen, plan) for stage in stages_of(benchmark, plan))
    first = stages[0]
    served = first.blend
    checked = {} if served is None else {task.name: check_calibration(served, task) for task in first.tasks}
    curve = [] if served is None or plan.quick else diversity_of(benchmark, served, first)
    return Result(benchmark, chosen, stages, checked, curve, perf_counter() - began)


def quicker(benchmark: Benchmark) -> Benchmark:
    """Give the same benchmark with a LightFM that stops early."""
    hybrid = replace(benchmark.settings.hybrid, epochs=min(5, benchmark.settings.hybrid.epochs))
    return replace(benchmark, settings=replace(benchmark.settings, hybrid=hybrid))


def choose(benchmark: Benchmark, plan: Plan) -> Chosen:
    """Choose by the validation period, with models that learnt from what came before.

    Raises:
        NoInteractions: There is nothing to learn from.
        InvalidFrame: There is nothing to choose by.
    """
    dataset = benchmark.dataset_of(benchmark.frames_at(benchmark.train_end), benchmark.train_end)
    later = benchmark.happened(benchmark.train_end, benchmark.valid_end)
    new, taken = (Truth.from_frame(later, dataset, new_only=new_only) for new_only in (True, False))
    _check(benchmark, dataset, taken)
    hybrids = [
        LightFMHybrid(settings_of(benchmark, plan), features).fit(dataset, validation=new) for features in (False, True)
    ]
    representations = hybrids[1].representations
    blend = learn_blend(
        evidence_of(dataset, representations), dataset, representations.user_embeddings, taken, plan.seed
    )
    models: list[Model] = [*hybrids, BlendModel(hybrids[1], blend).fit(dataset)]
    task = time_tasks(dataset, later)[0]
    return Chosen(
        blend,
        {model.name: max(model.fitted.best, 1) for model in hybrids},
        {model.name: float(np.mean(measure(model, task, dataset, plan.seed).values["ndcg"])) for model in models},
    )


def _check(benchmark: Benchmark, dataset: InteractionDataset, taken: Truth) -> None:
    """Refuse data that tell no two models apart, before anything takes time.

    Raises:
        InvalidFrame: There are.
    """
    for what, number in (("shoppers", dataset.hot_users.sum()), ("items", dataset.hot_items.sum())):
        if number < LEAST:
            reason = f"{LEAST} {what} or more are wanted before {benchmark.train_end:%Y-%m-%d}; take more data"
            raise InvalidFrame(f"{benchmark.name}, {what}", int(number), reason)
    if not len(taken.users):
        period = f"{benchmark.train_end:%Y-%m-%d} to {benchmark.valid_end:%Y-%m-%d}"
        reason = f"nobody known before bought anything from {period}, by which weights are chosen; take more data"
        raise InvalidFrame(f"{benchmark.name}, purchases", 0, reason)


def settings_of(benchmark: Benchmark, plan: Plan) -> HybridSettings:
    """Give LightFM's settings for this run."""
    return replace(benchmark.settings.hybrid, seed=plan.seed)


def contestants(benchmark: Benchmark, chosen: Chosen, plan: Plan, stage: Stage) -> list[Model]:
    """Make every model of the table, the simplest first, the served one last.

    SASRec, by far the slowest, is not trained where it can only answer by lot: it knows no item and no user without
    interactions. Nor do others, but they cost nothing.
    """
    simple: list[Model] = [model for model in baselines(plan.seed) if not isinstance(model, LightFMHybrid)]
    if plan.quick or not stage.of_hot:
        reason = "left out of a quick look" if plan.quick else "knows nobody and nothing without interactions"
        stage.refused[SASRec.name] = reason
        simple = [model for model in simple if not isinstance(model, SASRec)]
    if any(task.candidates is not None for task in stage.tasks):
        simple.append(PopularKind())
    hybrids = []
    for features in (False, True):
        model = LightFMHybrid(settings_of(benchmark, plan), features)
        epochs = chosen.epochs[model.name]
        hybrids.append(replace(model, settings=replace(model.settings, epochs=epochs, patience=epochs + 1)))
    return [*simple, *hybrids, BlendModel(hybrids[1], chosen.blend)]


def stages_of(benchmark: Benchmark, plan: Plan) -> list[Stage]:
    """Make the data sets to learn from and the tasks on them."""
    moment = benchmark.valid_end if plan.refit else benchmark.train_end
    frames = benchmark.frames_at(moment)
    later = benchmark.happened(benchmark.valid_end, benchmark.test_end)
    between = None if plan.refit else benchmark.happened(benchmark.train_end, benchmark.valid_end)
    dataset = benchmark.dataset_of(frames, moment)
    stages = [Stage(dataset, time_tasks(dataset, later, between))]
    if benchmark.cold_items:
        stages.append(cold_item_stage(benchmark, frames, later, moment, plan.seed))
    if benchmark.cold_users:
        stages.append(new_user_stage(benchmark, frames, later, moment, plan.seed))
    return stages


def cold_item_stage(
    benchmark: Benchmark, frames: Frames, later: pd.DataFrame, moment: pd.Timestamp, seed: int
) -> Stage:
    """Hold out a share of the items, with everything that was done with them."""
    split = cold_item_split(frames.interactions, HELD_OUT, seed)
    dataset = benchmark.dataset_of(replace(frames, interactions=split.train), moment)
    return Stage(dataset, (cold_item_task(dataset, later, split.held_out),))


def new_user_stage(benchmark: Benchmark, frames: Frames, later: pd.DataFrame, moment: pd.Timestamp, seed: int) -> Stage:
    """Hold out a share of the users, with everything that they did."""
    split = cold_user_split(frames.interactions, HELD_OUT, seed)
    kept = with_strangers(replace(frames, interactions=split.train), split.held_out)
    dataset = benchmark.dataset_of(kept, moment)
    asked = later[later[c.USER_ID].isin(split.held_out)].reset_index(drop=True)
    return Stage(dataset, new_user_tasks(dataset, asked))


def run(stage: Stage, benchmark: Benchmark, chosen: Chosen, plan: Plan) -> Stage:
    """Let every model learn, and ask it at once: no more than one large model is in memory beside the served one."""
    stage.measured = {task.name: {} for task in stage.tasks}
    names = ", ".join(task.name for task in stage.tasks)
    models = contestants(benchmark, chosen, plan, stage)
    for model in tqdm(models, desc=f"{benchmark.name}: {names}", unit="model", disable=None):
        began = perf_counter()
        try:
            model.fit(stage.dataset)
        except TooManyItems as refused:
            stage.refused[model.name] = str(refused)
            continue
        stage.seconds[model.name] = perf_counter() - began
        for task in stage.tasks:
            stage.measured[task.name][model.name] = measure(model, task, stage.dataset, plan.seed)
        if isinstance(model, BlendModel):
            stage.blend = model
    return stage


def diversity_of(benchmark: Benchmark, served: BlendModel, stage: Stage) -> list[TradeOff]:
    """Serve some users of the new-items task with several amounts of diversity."""
    task = stage.tasks[0]
    evenly = np.linspace(0, len(task.users) - 1, min(ASKED_FOR_DIVERSITY, len(task.users))).astype(np.int64)
    parts = Parts.of(
        stage.dataset,
        served.hybrid.representations,
        served.evidence,
        served.blend,
        None,
        worths=benchmark.settings.weighting.kinds,
    )
    return trade_off(Recommender(parts), Truth(task.users[evenly], task.truth[evenly], new_only=True))
