"""A photo that shows nothing of the catalogue is told from one that does."""

from __future__ import annotations

import numpy as np
import pytest

from tests.vision.tiny import ColourEncoder, halves, plain
from vision.abstain import FEATURES, certainty, features, fit_certainty
from vision.benchmarks.strangers import measure_strangers
from vision.gallery import Gallery, ItemRecord
from vision.made_strangers import made_strangers
from vision.matcher import ImageMatcher
from vision.matcher_settings import CertaintyWeights
from vision.scoring import Scored


def scored(*similarity: float) -> Scored:
    values = np.array(similarity, np.float32)
    return Scored(np.arange(len(values)), values, values)


def test_features_tell_of_the_nearest_its_lead_and_how_dense_the_catalogue_is() -> None:
    found = features(scored(0.9, 0.5, 0.4), 0.8, 0.1)
    assert found["nearest"] == pytest.approx(0.9)
    assert found["margin"] == pytest.approx(0.4)
    assert found["density"] == pytest.approx(0.6)
    assert found["energy"] == pytest.approx(0.1 * np.log(np.exp([9, 5, 4]).sum()))
    assert tuple(found) == FEATURES


def test_a_catalogue_of_one_product_has_no_margin() -> None:
    assert features(scored(0.9), 1.0, 0.1)["margin"] == 0


def test_certainty_grows_with_similarity_and_stays_a_probability() -> None:
    weights = CertaintyWeights({"nearest": 1e6}, -5e5)
    values = [certainty(features(scored(near), 1, 0.1), weights) for near in (-1.0, 0.4, 0.5, 0.6, 1.0)]
    assert values == sorted(values)
    assert values[2] == pytest.approx(0.5)
    assert 0 <= values[0] < values[-1] <= 1


def test_the_limit_lets_the_wished_share_of_known_photos_pass() -> None:
    rng = np.random.default_rng(3)
    known, strange = rng.normal(1, 1, (400, 5)), rng.normal(-1, 1, (200, 5))
    weights = fit_certainty(known, strange, np.zeros(200, np.int64), recall=0.95)
    passing = [certainty(dict(zip(FEATURES, row, strict=True)), weights) >= 0.5 for row in known]
    refused = [certainty(dict(zip(FEATURES, row, strict=True)), weights) < 0.5 for row in strange]
    assert np.mean(passing) == pytest.approx(0.95, abs=0.005)
    assert np.mean(refused) > 0.8


def test_only_features_that_tell_strangers_are_relied_on() -> None:
    rng = np.random.default_rng(3)
    known, strange = rng.normal(0, 1, (300, 5)), rng.normal(0, 1, (300, 5))
    known[:, 0] += 5
    weights = fit_certainty(known, strange, np.zeros(300, np.int64)).weights
    assert abs(weights["nearest"]) > 5 * max((abs(weights.get(name, 0.0)) for name in FEATURES[1:]), default=0.0)


def test_made_strangers_are_the_same_for_the_same_seed_and_differ_among_each_other() -> None:
    one, again = (made_strangers(8, np.random.default_rng(5)) for _ in range(2))
    assert [image.tobytes() for image in one] == [image.tobytes() for image in again]
    assert len({image.tobytes() for image in one}) == 8
    assert {image.mode for image in one} == {"RGB"}


def test_the_measurement_tells_strangers_from_known_photos() -> None:
    encoder = ColourEncoder()
    vectors = encoder.encode_images([plain("red"), plain("blue")])
    items = {"red": ItemRecord(), "blue": ItemRecord()}
    matcher = ImageMatcher(encoder, Gallery.of_vectors(encoder.identity, vectors, ["red", "blue"], items))
    figures = measure_strangers(matcher, [plain("red"), halves("blue", "white")], [plain("green"), plain("yellow")])
    assert figures["auroc"] == 1
    assert figures["false_match_rate"] == 0
