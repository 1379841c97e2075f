"""How well strangers are told from a catalogue's own photos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL.Image import Image

from vision.calibration import encode
from vision.encoder import Vectors
from vision.matcher import ImageMatcher
from vision.metrics import auroc, false_match_rate


def measure_strangers(matcher: ImageMatcher, known: Sequence[Image], strangers: Sequence[Image]) -> dict[str, float]:
    """Give the figures of abstaining; see `measure_stranger_vectors`."""
    return measure_stranger_vectors(matcher, encode(matcher.encoder, known), encode(matcher.encoder, strangers))


def measure_stranger_vectors(matcher: ImageMatcher, known: Vectors, strangers: Vectors) -> dict[str, float]:
    """Give the figures of abstaining.

    Args:
        matcher: was calibrated without any of these photos.
        known: vectors of photos that show products of its gallery, shape (m, d).
        strangers: of photos that show none, shape (n, d).

    Returns:
        `auroc`; `false_match_rate`: share of strangers that pass the limit which 95 % of the known pass;
        `calibrated_recall` and `calibrated_false_match_rate`: shares of both that pass the limit as calibrated;
        `auroc_similarity`: of the nearest product's similarity alone, the plain way.
    """
    inside, outside = _answers(matcher, known), _answers(matcher, strangers)
    return {
        "auroc": auroc(inside[:, 0], outside[:, 0]),
        "false_match_rate": false_match_rate(inside[:, 0], outside[:, 0]),
        "calibrated_recall": float((inside[:, 0] >= 0.5).mean()),
        "calibrated_false_match_rate": float((outside[:, 0] >= 0.5).mean()),
        "auroc_similarity": auroc(inside[:, 1], outside[:, 1]),
    }


def _answers(matcher: ImageMatcher, vectors: Vectors) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Give certainty and similarity of the best match of each photo, shape (m, 2)."""
    found = [matcher.match_vector(vector, 1) for vector in vectors]
    return np.array([(matches.certainty, matches.items[0].similarity) for matches in found])
