"""Writes what a model is, what it learnt from, how good it is and what it is not good for, beside the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MODEL_CARD = "MODEL_CARD.md"

_LIMITS = """\
- It writes the replies of nine dialogue acts from facts that it is given, and knows nothing else of a shop.
- It cannot write a digit, a currency sign, an address or a placeholder without a fact: decoding forbids them. What it
  says in words can still be wrong, so every reply is held to the facts by `replies.guard` before it is shown.
- Its words are those of its training replies and of the passages it is given; product names are placeholders.
- It learnt from examples that were written for this project, in English and Chinese; other languages it cannot write.
- A policy text that is unlike all that it has seen it may shorten badly; the next rung then speaks."""


_TUNED = ("epochs", "batch", "rate", "seed")
_TRAINED = (
    *(
        "epochs",
        "schedule",
        "patience",
        "batch",
        "rate",
        "decay",
        "dropout",
        "smoothing",
        "frozen",
        "word_drop",
        "vary",
    ),
    *("copying", "adversarial", "seed"),
)


def model_card(metrics: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    """Write the card of a model from what `metrics.json` and `config.json` hold."""
    learnt, sizes = metrics["learnt_from"], config["sizes"]
    base = metrics["base"]
    lines = [
        f"# Replies {metrics['version']}",
        "",
        *_form(metrics, sizes),
        f"Made by `{command_of(config)}`.",
        f"Fine-tuned from {base}." if base else "Trained from random weights; no other model in it.",
        "Licence: Apache-2.0, as the project's.",
        "",
        "## Learnt from",
        "",
        f"{learnt['train']:,} examples of {learnt['families']:,} families (`data/replies`), judged by "
        f"{learnt['validation']:,} of other families; left out for length or form: {learnt['refused']:,}.",
        "",
        "## How",
        "",
        f"{metrics['best_epoch']} passes, the best of {len(metrics['epochs'])}; {metrics['seconds']:.0f} s on "
        f"{config['threads']} thread(s), beside whatever else ran. Everything is in `config.json`.",
        "",
        "## How good",
        "",
        f"Held-out families: {metrics['validation_right']:.1%} of tokens were the likeliest, "
        f"{metrics['validation_loss']:.3f} nats a token (`curves.png` shows each pass).",
        "",
        "| act | language | tokens right | nats a token | examples |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {row['act']} | {row['language']} | {row['right']:.1%} | {row['loss']:.3f} | {row['examples']} |"
            for row in metrics["validation_by_act"]
        ),
        "",
        *_judged(metrics.get("judged")),
        *_sureness(metrics.get("floor")),
        "## Limits",
        "",
        _LIMITS,
        "",
    ]
    return "\n".join(lines)


def command_of(config: Mapping[str, Any]) -> str:
    """Give the command that trains by these settings."""
    tuned = config["lora"] is not None
    module, options = ("replies.tune", _TUNED) if tuned else ("replies.train", _TRAINED)
    parts = [f"--{name.replace('_', '-')} {config[name]:g}" for name in options]
    return " ".join([f"python -m {module} --data FOLDER --out ROOT", *parts])


def _form(metrics: Mapping[str, Any], sizes: Mapping[str, int] | None) -> list[str]:
    if sizes is None:
        return [
            f"An adapter for `{metrics['hub']}`, {metrics['weights']:,} weights together; see there for its licence."
        ]
    return [
        f"A decoder of {metrics['weights']:,} weights ({sizes['layers']} layers of width {sizes['width']}) with a "
        f"tokenizer of its own, {sizes['vocabulary']:,} tokens, served in eight bits."
    ]


def _judged(judged: Mapping[str, float] | None) -> list[str]:
    if judged is None:
        return []
    return [
        f"Asked for {judged['replies']:,} replies to held-out situations, it stated nothing that the facts do not hold "
        f"in {judged['grounded']:.2%} of those that the guard let through, by a checker of its own; mean chrF beside "
        f"the references, where a reply that was not let through counts nothing: {judged['quality']:.3f}.",
        "",
    ]


def _sureness(floor: float | None) -> list[str]:
    if floor is None:
        return []
    return [
        f"A line whose tokens have a mean log-probability below {floor:g} is not said; it was chosen on validation.",
        "",
    ]
