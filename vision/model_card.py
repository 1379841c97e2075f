"""Writes what an image model is, what it learnt from, how good it is and what it is not good for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

CARD_NAME = "MODEL_CARD.md"

_LIMITS = """\
- It knows the products that it was tuned on best. A product that came later is found less surely until its pictures \
are in the gallery; several photos of it help most.
- Figures are of photos and views held out of training; where they are made views, no camera took them.
- Words reach products by their titles, classes, facts and first sentences; what no text says, no word finds.
- It tells products apart, not people; it is not fit to judge who is in a picture."""


def model_card(told: Mapping[str, Any]) -> str:
    """Write the card of a model from what `metrics.json` holds."""
    data, training, settings = told["data"], told["training"], told["settings"]
    lines = [
        "# Photos to products",
        "",
        f"An open_clip CustomTextCLIP: EfficientNet-{settings['tower']} at {settings['size']} pixels and "
        "all-MiniLM-L6-v2 (frozen), joined by two projections. Made by `python -m vision.train`.",
        "",
        "Weights it starts from: EfficientNet-lite, ImageNet, and all-MiniLM-L6-v2, both Apache-2.0.",
        "",
        "## Learnt from",
        "",
        f"{data['products']:,} products with {data['photos']:,} photos, {data['shoppers_photos']:,} of them shoppers'; "
        f"{data['views']:,} views of these. {len(data['refused']):,} pictures could not be read.",
        f"Held out: {told['held_out']}. Seed {settings['seed']}.",
        "",
        "## How good",
        "",
        *_figures(training),
        "",
        *_unseen(told, training),
        f"Served as {told['served']['image']} (pictures) and {told['served']['text']} (texts), "
        f"{told['seconds']:.0f} s of training.",
        "",
        "## Limits",
        "",
        _LIMITS,
        "",
    ]
    return "\n".join(lines)


def _figures(training: Mapping[str, Any]) -> Iterator[str]:
    yield "Each photo or view against the main picture (or the first text) of every product:"
    yield ""
    yield "| held out | model | Recall@1 | Recall@5 | photo to text @1 |"
    yield "| --- | --- | --- | --- | --- |"
    for kind in training["tuned"]["at_1"]:
        for name in ("frozen", "tuned"):
            row = training[name]
            text = "-" if name == "frozen" else f"{row['text_at_1'][kind]:.3f}"
            yield f"| {kind} | {name} | {row['at_1'][kind]:.3f} | {row['at_5'][kind]:.3f} | {text} |"


def _unseen(told: Mapping[str, Any], training: Mapping[str, Any]) -> Iterator[str]:
    unseen = training["unseen"]
    if not unseen:
        yield "Products that training never saw were not measured: too few have several photos."
        yield ""
        return
    yield (
        f"A probe left {told['unseen_products']} products out of training altogether: Recall@1 of their photos is "
        f"{unseen[training['mix']]:.3f}, with the frozen tower {unseen[0.0]:.3f}. The model is "
        f"{training['mix']:.0%} trained and the rest frozen weights, as suited both known and unknown products."
    )
    yield ""
