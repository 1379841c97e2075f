"""What learning from shoppers' choices is worth, and what wrong choices cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vision.clicks import ClickPolicy, PhotoClick, learn_from_clicks
from vision.encoder import Encoder, Vectors
from vision.gallery import Gallery
from vision.matcher import ImageMatcher
from vision.matcher_settings import MatcherSettings

WRONG = (0.0, 0.1, 0.2, 0.3)
"""Shares of choices that are of another product than the photo shows."""
_CARTS, _PURCHASES = 0.2, 0.1
_LIKELY_MISTAKES = 5


def measure_clicks(
    encoder: Encoder,
    gallery: Gallery,
    settings: MatcherSettings,
    chosen: tuple[Vectors, Sequence[str]],
    queries: tuple[Vectors, Sequence[str]],
    seed: int = 0,
    policy: ClickPolicy | None = None,
) -> dict[str, float]:
    """Give Recall@1 without choices and with them, by the share of wrong ones.

    Args:
        encoder: made the gallery.
        gallery: pictures of the shop alone.
        settings: of the matcher.
        chosen: vectors of photos that shoppers sent, and what they show: they chose that, or were wrong.
        queries: vectors of other photos, and what they show.
        seed: for who is wrong, and who bought.
        policy: how much choices are trusted.

    Returns:
        `before`; `wrong 0.1` and the like; `rejected right 0.1` and `rejected wrong 0.1`: shares of right and wrong
        choices that did not join the gallery.
    """
    matcher = ImageMatcher(encoder, gallery, settings)
    figures = {"before": recall_at_1(matcher, *queries)}
    for share in WRONG:
        clicks, right = simulated(matcher, *chosen, share, np.random.default_rng(seed))
        learnt, report = learn_from_clicks(gallery, clicks, policy)
        figures[f"wrong {share}"] = recall_at_1(ImageMatcher(encoder, learnt, settings), *queries)
        figures[f"kept {share}"] = report.added / max(1, len(clicks))
        figures[f"kept of wrong {share}"] = _kept(gallery, clicks, ~right, policy) if share else 0.0
    return figures


def simulated(
    matcher: ImageMatcher, vectors: Vectors, item_ids: Sequence[str], wrong: float, rng: np.random.Generator
) -> tuple[list[PhotoClick], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Let shoppers choose what their photos show, and a share of them one of the other products that were listed.

    Returns:
        The choices, and which of them are right.
    """
    model, clicks = matcher.encoder.identity.checksum, []
    right = rng.random(len(item_ids)) >= wrong
    for vector, item_id, true in zip(vectors, item_ids, right, strict=True):
        kind = str(rng.choice(["click", "cart", "purchase"], p=[1 - _CARTS - _PURCHASES, _CARTS, _PURCHASES]))
        listed = [match.item_id for match in matcher.match_vector(vector, _LIKELY_MISTAKES + 1).items]
        others = [other for other in listed if other != item_id]
        choice = item_id if true or not others else others[int(rng.integers(len(others)))]
        clicks.append(PhotoClick(vector, choice, kind, model))
    return clicks, right


def recall_at_1(matcher: ImageMatcher, vectors: Vectors, item_ids: Sequence[str]) -> float:
    """Give the share of photos whose product is found first."""
    best = [matcher.match_vector(vector, 1).items[0].item_id for vector in vectors]
    return float(np.mean([found == true for found, true in zip(best, item_ids, strict=True)]))


def _kept(
    gallery: Gallery,
    clicks: Sequence[PhotoClick],
    some: np.ndarray[tuple[int], np.dtype[np.bool_]],
    policy: ClickPolicy | None,
) -> float:
    """Give the share of these choices that joined the gallery, all others being there too."""
    learnt, _ = learn_from_clicks(gallery, clicks, policy)
    inside = {vector.tobytes() for vector in learnt.vectors[len(gallery) :]}
    asked = [click for click, one in zip(clicks, some, strict=True) if one]
    return float(np.mean([click.vector.tobytes() in inside for click in asked])) if asked else 0.0
