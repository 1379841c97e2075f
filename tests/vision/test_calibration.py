"""A matcher's settings are found on made views, kept as JSON, and refused for another model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.vision.tiny import COLOURS, ColourEncoder, halves, plain
from vision.calibration import calibrate, calibrate_vectors, encode, made_views
from vision.catalogue import Catalogue, Item, Photo
from vision.errors import ArtifactDamaged, InvalidCatalogue, ModelMismatch, NothingToMatch
from vision.gallery import Gallery
from vision.grading import NEVER, exact_limits, grade, very_similar_limit
from vision.matcher import ImageMatcher
from vision.matcher_settings import CertaintyWeights, ClassWeights, GradeLimits, MatcherSettings
from vision.matching import Grade

ENCODER = ColourEncoder()
NAMES = [name for name in COLOURS if name not in ("white", "grey", "black")]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("shop")
    for name in NAMES:
        halves(name, "white", (96, 96)).save(folder / f"{name}.png")
    items = tuple(Item(name, f"{name} thing", category=(f"kind-{at % 3}", name)) for at, name in enumerate(NAMES))
    return Catalogue(items, tuple(Photo(name, folder / f"{name}.png") for name in NAMES))


@pytest.fixture(scope="module")
def gallery(catalogue: Catalogue) -> Gallery:
    return Gallery.build(catalogue, ENCODER, progress=False)


@pytest.fixture(scope="module")
def settings(catalogue: Catalogue, gallery: Gallery) -> MatcherSettings:
    return calibrate(ENCODER, gallery, catalogue, seed=3, views=90)


def test_calibrated_settings_are_of_the_encoder_and_find_each_product(
    settings: MatcherSettings, gallery: Gallery
) -> None:
    matcher = ImageMatcher(ENCODER, gallery, settings)
    assert settings.model == ENCODER.identity.checksum
    for name in NAMES:
        found = matcher.match(halves(name, "white"))
        assert found.items[0].item_id == name
        assert found.shows_catalogue


def test_most_views_pass_and_fewer_strangers_do(
    settings: MatcherSettings, gallery: Gallery, catalogue: Catalogue
) -> None:
    matcher = ImageMatcher(ENCODER, gallery, settings)
    views = made_views(ENCODER, gallery, catalogue, 90, np.random.default_rng(9)).vectors
    passing = np.mean([matcher.match_vector(vector, 1).shows_catalogue for vector in views])
    strangers = encode(ENCODER, [plain("black"), plain("grey"), halves("black", "grey")])
    assert passing > 0.85
    assert np.mean([matcher.match_vector(vector, 1).shows_catalogue for vector in strangers]) < passing


def test_strangers_that_come_near_a_product_raise_the_limit_of_exact(catalogue: Catalogue, gallery: Gallery) -> None:
    known = made_views(ENCODER, gallery, catalogue, 90, np.random.default_rng(9))
    far = encode(ENCODER, [plain("black")] * 40)
    near = encode(ENCODER, [halves(name, "grey") for name in NAMES] * 10)
    lax = calibrate_vectors(ENCODER, gallery, known, far, catalogue.items)
    strict = calibrate_vectors(ENCODER, gallery, known, near, catalogue.items)
    assert strict.grades.exact_similarity > lax.grades.exact_similarity
    matcher = ImageMatcher(ENCODER, gallery, strict)
    grades = [matcher.match_vector(vector, 1).items[0].grade for vector in near]
    assert np.mean([given is Grade.EXACT for given in grades]) < 0.05


def test_equal_seeds_find_equal_settings(catalogue: Catalogue, gallery: Gallery) -> None:
    one, again = (calibrate(ENCODER, gallery, catalogue, seed=5, views=30) for _ in range(2))
    assert one == again


def test_real_photos_replace_made_views_where_there_are_enough(catalogue: Catalogue, gallery: Gallery) -> None:
    photos = [(name, halves(name, "grey")) for name in NAMES] * 7
    exactly = calibrate(ENCODER, gallery, catalogue, seed=3, photos=photos, views=30)
    fewer = calibrate(ENCODER, gallery, catalogue, seed=3, photos=photos[:9], views=30)
    made = calibrate(ENCODER, gallery, catalogue, seed=3, views=30)
    assert exactly != made
    assert fewer == made


def test_a_catalogue_without_pictures_cannot_be_calibrated(catalogue: Catalogue, gallery: Gallery) -> None:
    with pytest.raises(NothingToMatch):
        calibrate(ENCODER, gallery, Catalogue(catalogue.items, ()), views=30)


def test_settings_survive_a_file(settings: MatcherSettings, tmp_path: Path) -> None:
    special = MatcherSettings("m", 0.5, (0.1, 0.2), "soft", classes=ClassWeights(0, 1, 0.5, 2))
    for one in (settings, special, MatcherSettings()):
        one.save(tmp_path / "matcher.json")
        assert MatcherSettings.load(tmp_path / "matcher.json") == one


def test_settings_of_another_model_are_refused(settings: MatcherSettings, tmp_path: Path) -> None:
    settings.save(tmp_path / "matcher.json")
    assert MatcherSettings.load(tmp_path / "matcher.json", ENCODER.identity) == settings
    with pytest.raises(ModelMismatch, match=r"vision\.train"):
        MatcherSettings.load(tmp_path / "matcher.json", replace(ENCODER.identity, checksum="d0" * 32))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"form": 99}', '{"form": 1}'])
def test_a_damaged_file_is_refused_with_how_to_make_it_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "matcher.json").write_text(text, encoding="utf-8")
    with pytest.raises(ArtifactDamaged, match=r"vision\.train"):
        MatcherSettings.load(tmp_path / "matcher.json")


def test_a_missing_file_is_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(ArtifactDamaged):
        MatcherSettings.load(tmp_path / "matcher.json")


def test_the_file_names_every_setting(settings: MatcherSettings, tmp_path: Path) -> None:
    settings.save(tmp_path / "matcher.json")
    row = json.loads((tmp_path / "matcher.json").read_text(encoding="utf-8"))
    assert {"form", "model", "temperature", "words_weight", "certainty", "grades"} <= row.keys()


@pytest.mark.parametrize(
    "wrong", [{"pooling": "mean"}, {"temperature": 0}, {"centring": 2}, {"caption_weight": -0.1}], ids=str
)
def test_settings_that_nothing_can_be_scored_by_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidCatalogue):
        MatcherSettings(**wrong)  # type: ignore[arg-type]


def test_exact_is_said_only_where_it_is_right_nineteen_times_of_twenty() -> None:
    rng = np.random.default_rng(1)
    similarity = rng.uniform(0, 1, 2000).astype(np.float32)
    true = rng.random(2000) < similarity**4
    limits = GradeLimits(*exact_limits(similarity, similarity, true))
    said = [grade(float(one), float(one), limits) is Grade.EXACT for one in similarity]
    assert true[said].mean() >= 0.95
    assert sum(said) >= 20


def test_grades_that_cannot_be_proven_are_never_given() -> None:
    similarity = np.linspace(0.9, 1, 60, dtype=np.float32)
    nothing = np.zeros(60, bool)
    exact = exact_limits(similarity, similarity, nothing)
    limits = GradeLimits(*exact, very_similar_similarity=very_similar_limit(similarity, nothing))
    assert limits.exact_similarity == NEVER
    assert grade(1.0, 1.0, limits) is Grade.SIMILAR


def test_both_limits_of_a_grade_have_to_be_reached() -> None:
    limits = GradeLimits(0.9, 0.8, 0.0, 0.5)
    assert grade(0.85, 0.95, limits) is Grade.EXACT
    assert grade(0.85, 0.5, limits) is Grade.VERY_SIMILAR
    assert grade(0.7, 0.95, limits) is Grade.VERY_SIMILAR
    assert grade(0.4, 0.95, limits) is Grade.SIMILAR


def test_unnamed_features_count_nothing() -> None:
    blind = MatcherSettings(certainty=CertaintyWeights({}, 0.0))
    vectors = ENCODER.encode_images([plain("red")])
    matcher = ImageMatcher(ENCODER, Gallery.of_vectors(ENCODER.identity, vectors, ["red"]), blind)
    assert matcher.match(Image.new("RGB", (20, 20))).certainty == 0.5
