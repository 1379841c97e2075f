"""Scores as probabilities: right on average, in the same order, and safe in a file."""

from __future__ import annotations

import numpy as np
import pytest

from recsys.arrays import BoolArray, FloatArray
from recsys.calibration import Calibration, fit_curve
from recsys.errors import InvalidFrame
from recsys.metrics import expected_calibration_error


def pairs(curve: str, n: int = 4_000) -> tuple[FloatArray, BoolArray, FloatArray]:
    """Scores, labels that were drawn, and the probabilities that they were drawn with."""
    random = np.random.default_rng(5)
    scores = random.normal(size=n) * 3.0 - 10.0
    true = 1 / (1 + np.exp(-(scores + 10.0))) if curve == "logistic" else np.where(scores > -8.0, 0.7, 0.02)
    return scores, random.random(n) < true, true


@pytest.mark.parametrize(("shape", "method"), [("logistic", "platt"), ("a step", "isotonic")])
def test_the_method_that_holds_on_unseen_pairs_is_chosen(shape: str, method: str) -> None:
    scores, labels, true = pairs(shape)
    found = Calibration.fit(scores, labels)
    assert found.curve.method == method
    assert found.log_loss < found.rejected_log_loss
    assert found.ece < 0.03
    assert np.abs(found.probability(scores) - true).mean() < 0.03


def test_calibrated_scores_say_what_is_true_and_raw_ones_do_not() -> None:
    scores, labels, _ = pairs("logistic")
    raw = 1 / (1 + np.exp(-scores))
    assert expected_calibration_error(Calibration.fit(scores, labels).probability(scores), labels) < 0.03
    assert expected_calibration_error(raw, labels) > 0.3


@pytest.mark.parametrize("method", ["platt", "isotonic"])
@pytest.mark.parametrize("shape", ["logistic", "a step"])
def test_the_order_stays_and_every_probability_is_possible(shape: str, method: str) -> None:
    scores, labels, _ = pairs(shape, 500)
    wide = np.linspace(-1e6, 1e6, 20_001)
    said = fit_curve("platt" if method == "platt" else "isotonic", scores, labels).probability(wide)
    assert (np.diff(said) >= 0).all()
    assert said.min() > 0
    assert said.max() < 1


@pytest.mark.parametrize("shape", ["logistic", "a step"])
def test_a_calibration_survives_a_file(shape: str) -> None:
    scores, labels, _ = pairs(shape, 500)
    found = Calibration.fit(scores, labels)
    read = Calibration.from_json(found.to_json())
    assert read == found
    np.testing.assert_array_equal(read.probability(scores), found.probability(scores))


def test_equal_data_give_an_equal_calibration() -> None:
    scores, labels, _ = pairs("logistic", 300)
    assert Calibration.fit(scores, labels) == Calibration.fit(scores, labels)


@pytest.mark.parametrize(
    ("scores", "labels", "share"),
    [([1.0], [True], 0.67), ([1.0, 2.0], [False, False], 0.25), ([3.0] * 9, [True] * 3 + [False] * 6, 0.34)],
    ids=["one pair", "nobody went for anything", "equal scores"],
)
def test_too_little_to_learn_from_gives_a_flat_and_modest_curve(
    scores: list[float], labels: list[bool], share: float
) -> None:
    said = fit_curve("platt", np.array(scores), np.array(labels)).probability(np.array([-9.0, 0.0, 9.0]))
    np.testing.assert_allclose(said, share, atol=0.03)
    found = Calibration.fit(np.array(scores), np.array(labels))
    assert np.isfinite(found.probability(np.array([0.0]))).all()


def test_scores_that_say_the_opposite_never_turn_the_list_around() -> None:
    scores, labels, _ = pairs("logistic", 500)
    for method in ("platt", "isotonic"):
        said = fit_curve("platt" if method == "platt" else "isotonic", -scores, labels).probability(np.arange(-20, 20))
        assert (np.diff(said) >= 0).all()


@pytest.mark.parametrize(
    ("scores", "labels"),
    [([], []), ([1.0, np.nan], [1, 0]), ([np.inf, 0.0], [1, 0]), ([1.0, 2.0], [1])],
    ids=["nothing", "NaN", "infinity", "other lengths"],
)
def test_scores_that_are_none_are_refused(scores: list[float], labels: list[int]) -> None:
    with pytest.raises(InvalidFrame):
        Calibration.fit(np.array(scores), np.array(labels))


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"curve": 3}', '{"curve": {"method": "platt"}}'])
def test_a_text_that_is_no_calibration_is_refused(text: str) -> None:
    with pytest.raises(InvalidFrame):
        Calibration.from_json(text)
