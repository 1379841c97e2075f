"""The blend: its parts sum to its score, it survives JSON, and it never ranks without a part of its evidence."""

from __future__ import annotations

import numpy as np
import pytest

from recsys.blend import Blend, normalised
from recsys.components import COMPONENTS, CONTENT, HYBRID, NEIGHBOURS
from recsys.errors import FeatureMismatch, InvalidFrame

BLEND = Blend(
    {HYBRID: 0.5, NEIGHBOURS: 0.4, "month": 0.2},
    {NEIGHBOURS: 0.01},
    -3.0,
    {"left_out": [CONTENT], "neighbours": "ease"},
)


@pytest.fixture
def scores() -> dict[str, np.ndarray]:
    random = np.random.default_rng(5)
    wide = {name: random.normal(size=(3, 7)).astype(np.float32) for name in COMPONENTS}
    return {**wide, "month": wide["month"][:1]}


def test_contributions_and_intercept_sum_to_the_score(scores: dict[str, np.ndarray]) -> None:
    parts = BLEND.contributions(scores)
    assert {*parts} == {*BLEND.weights}
    np.testing.assert_allclose(sum(parts.values()) + BLEND.intercept, BLEND.combine(scores), atol=1e-5)


def test_probabilities_are_those_of_log_odds_and_keep_the_order(scores: dict[str, np.ndarray]) -> None:
    odds = BLEND.combine(scores)
    probabilities = BLEND.probability(odds)
    np.testing.assert_allclose(np.log(probabilities / (1 - probabilities)), odds, atol=1e-4)
    assert (np.argsort(odds) == np.argsort(probabilities)).all()


def test_probabilities_of_extreme_scores_stay_between_nothing_and_certainty() -> None:
    said = BLEND.probability(np.array([-1e9, 0.0, 1e9]))
    assert said.min() >= 0
    assert said.max() <= 1
    assert said[1] == 0.5


def test_json_gives_the_same_blend_back(scores: dict[str, np.ndarray]) -> None:
    again = Blend.from_json(BLEND.to_json())
    assert again == BLEND
    np.testing.assert_array_equal(again.combine(scores), BLEND.combine(scores))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"weights": {"hybrid": "much"}, "scales": {}, "intercept": 0}'])
def test_text_that_is_no_blend_is_refused(text: str) -> None:
    with pytest.raises(InvalidFrame, match="blend"):
        Blend.from_json(text)


def test_a_missing_component_is_refused_by_name_and_never_passed_over(scores: dict[str, np.ndarray]) -> None:
    del scores[NEIGHBOURS]
    with pytest.raises(FeatureMismatch, match=r"missing \['neighbours'\].*rebuild with") as raised:
        BLEND.combine(scores)
    assert raised.value.missing == (NEIGHBOURS,)


@pytest.mark.parametrize(
    ("weights", "scales", "intercept"),
    [
        ({"charm": 1.0}, {}, 0.0),
        ({HYBRID: float("nan")}, {}, 0.0),
        ({NEIGHBOURS: 1.0}, {NEIGHBOURS: 0.0}, 0.0),
        ({HYBRID: 1.0}, {}, float("inf")),
    ],
    ids=["unknown component", "not a number", "no scale", "endless"],
)
def test_a_blend_of_nonsense_is_refused(weights: dict[str, float], scales: dict[str, float], intercept: float) -> None:
    with pytest.raises(InvalidFrame):
        Blend(weights, scales, intercept)


def test_neighbours_count_by_their_ratio_and_what_is_negative_counts_as_nothing() -> None:
    said = normalised(NEIGHBOURS, np.array([-5.0, 0.0, 0.5, 1.0, 2.0], dtype=np.float32), 0.001)
    assert said[0] == said[1]
    assert said[3] - said[2] == pytest.approx(said[4] - said[3], abs=1e-3)
