"""Writes what a model is, what it learnt from, how good it is and what it is not good for, beside the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from recsys.blend import WRITTEN_DOWN

MODEL_CARD = "MODEL_CARD.md"

_LIMITS = """\
- It predicts what shoppers of the past went on to do; what nobody was shown, nobody took, and it cannot know better.
- Figures are of days that were judged by lists that were not shown: a shopper may take more of what is recommended.
- Popular items come often. `diversity` and `exploration` in `recsys.recommender` act against it.
- Probabilities hold for shoppers who take anything within as many days as were judged, not for all who look in.
- An item or shopper that is known by features alone is ranked by what is alike, and less surely."""


def model_card(metrics: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    """Write the card of a model from what `metrics.json` and `config.json` hold."""
    learnt, hybrid = metrics["learnt_from"], config["hybrid"]
    return "\n".join(
        [
            f"# Recommender {metrics['version']}",
            "",
            "Ranks a shop's items for its shoppers: a LightFM hybrid (rectools-lightfm) blended with item neighbours,",
            "likeness of features, own history and recent popularity. Made by `python -m recsys.train`.",
            "",
            "## Learnt from",
            "",
            f"{learnt['events']:,} events up to {metrics['trained_until']}; {learnt['users']:,} users and "
            f"{learnt['items']:,} items with events, {learnt['warm_users']:,} users and {learnt['warm_items']:,} items "
            f"known by features only. Dropped in cleaning: {_listed(learnt['dropped'])}.",
            "",
            "## How",
            "",
            f"LightFM: {hybrid['components']} components, {hybrid['loss']}, {_epochs(metrics)}, learning rate "
            f"{hybrid['learning_rate']:g}, seed {hybrid['seed']}. Everything is in `config.json`.",
            f"Neighbours: {metrics['notes'].get('neighbours', 'as planned')}. Blend: {_blend(metrics['blend'])}.",
            _tuning(metrics.get("tuning")),
            "",
            "## How good",
            "",
            *_validation(metrics),
            "",
            "## Limits",
            "",
            _LIMITS,
            "",
        ]
    )


def write_model_card(metrics: Mapping[str, Any], config: Mapping[str, Any], folder: Path) -> None:
    """Write the card into a model's folder."""
    (folder / MODEL_CARD).write_text(model_card(metrics, config), encoding="utf-8")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts.items()) or "nothing"


def _epochs(metrics: Mapping[str, Any]) -> str:
    if not metrics["epochs"]:
        return "no epochs, as there is no behaviour to learn from"
    if metrics["validation"] is None:
        return f"{len(metrics['epochs'])} epochs, as there are too few shoppers to stop by"
    return f"{metrics['best_epoch']} epochs, the best of {len(metrics['epochs'])}"


def _blend(blend: Mapping[str, Any]) -> str:
    weights = ", ".join(f"{name} {weight:.2f}" for name, weight in blend["weights"].items())
    origin = "written down, not learnt" if blend["metadata"].get(WRITTEN_DOWN) else "learnt by logistic regression"
    return f"{origin}: {weights}"


def _tuning(tuning: Mapping[str, Any] | None) -> str:
    if tuning is None:
        return "Settings were not tuned."
    return (
        f"Settings were tuned by Optuna on the validation days: {tuning['trials']} trials in {tuning['seconds']:.0f} s,"
        f" NDCG@10 from {tuning['first']:.4f} to {tuning['best']:.4f} with {_settings(tuning['settings'])}."
    )


def _settings(settings: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in settings.items()
    )


def _validation(metrics: Mapping[str, Any]) -> Iterable[str]:
    validation = metrics["validation"]
    if validation is None:
        yield "Not judged: too few shoppers in the latest days. Its blend and epochs are usual values."
        return
    yield (
        f"Days from {validation['start']} to before {validation['end']}, which the judged model had not seen; what "
        f"counts is `{validation['kind']}`. Epochs{' and settings' if metrics.get('tuning') else ''} were chosen "
        "on the same days, so figures flatter a little; each shopper's blend was learnt from other shoppers."
    )
    for name, title in (("new_items", "Items that the shopper had not met"), ("all_items", "All items")):
        yield from ("", f"{title}, at 10:", "")
        yield "| model | NDCG | 95 % | precision | recall | MRR | hit rate | coverage | novelty | shoppers |"
        yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
        yield from (_row(model, figures) for model, figures in validation[name].items())
    calibration = metrics["calibration"]
    yield ""
    yield (
        f"Expected calibration error {calibration['ece']:.4f} over {calibration['pairs']:,} pairs of a shopper and an "
        "item (`reliability.png`); `curves.png` shows each epoch."
    )


def _row(model: str, figures: Mapping[str, Any]) -> str:
    def shown(name: str, digits: int = 3) -> str:
        return "-" if figures[name] is None else f"{figures[name]:.{digits}f}"

    numbers = [shown(name) for name in ("precision", "recall", "mrr", "hit_rate", "coverage")]
    interval = f"{shown('low')} to {shown('high')}"
    cells = [model, shown("ndcg"), interval, *numbers, shown("novelty", 1), str(figures["shoppers"])]
    return f"| {' | '.join(cells)} |"
