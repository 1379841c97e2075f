"""Several things in one photo are offered apart; one thing, or none, is not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.vision.tiny import ColourEncoder, halves, plain
from vision.benchmarks.regions import measure_regions, scene
from vision.errors import InvalidCatalogue
from vision.gallery import Gallery, ItemRecord
from vision.matcher import ImageMatcher, crop
from vision.matcher_settings import CertaintyWeights, MatcherSettings
from vision.matching import Grade, Match, Region
from vision.regions import overlap, windows

ENCODER = ColourEncoder()
COLOURS = ("red", "blue", "green", "yellow")


@pytest.fixture(scope="module")
def matcher() -> ImageMatcher:
    items = {colour: ItemRecord(colour, (colour,)) for colour in COLOURS}
    vectors = ENCODER.encode_images([plain(colour) for colour in COLOURS])
    sure = MatcherSettings(certainty=CertaintyWeights({"nearest": 20.0}, -17.0))
    return ImageMatcher(ENCODER, Gallery.of_vectors(ENCODER.identity, vectors, list(COLOURS), items), sure)


def test_two_things_side_by_side_are_two_regions_that_lie_where_they_are(matcher: ImageMatcher) -> None:
    found = {region.match.item_id: region for region in matcher.regions(halves("red", "blue", (200, 200)))}
    assert found.keys() == {"red", "blue"}
    assert found["red"].box[2] <= 0.65
    assert found["blue"].box[0] >= 0.35
    assert all(0.5 <= region.certainty <= 1 for region in found.values())
    assert found["red"].class_guess is not None
    assert found["red"].class_guess.name == "red"


def test_a_regions_vector_and_its_cut_out_part_find_the_same(matcher: ImageMatcher) -> None:
    photo = halves("red", "blue", (200, 200))
    for region in matcher.regions(photo):
        by_vector = matcher.match_vector(region.vector, 1).items[0].item_id
        assert by_vector == matcher.match(crop(photo, region.box), 1).items[0].item_id == region.match.item_id


@pytest.mark.parametrize("photo", [plain("red", (200, 200)), plain("purple", (200, 200))], ids=["one", "none"])
def test_one_thing_and_nothing_are_not_offered_as_regions(matcher: ImageMatcher, photo: Image.Image) -> None:
    assert matcher.regions(photo) == ()


def test_no_more_regions_are_given_than_asked_for(matcher: ImageMatcher) -> None:
    photo = Image.new("RGB", (200, 200))
    for colour, corner in zip(COLOURS, [(0, 0), (100, 0), (0, 100), (100, 100)], strict=True):
        photo.paste(plain(colour, (100, 100)), corner)
    assert len(matcher.regions(photo, most=4)) == 4
    assert len(matcher.regions(photo, most=2)) == 2


def test_windows_lie_inside_the_photo_and_cover_it() -> None:
    covered = np.zeros((100, 100), bool)
    for left, top, right, bottom in windows():
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        covered[int(top * 100) : int(bottom * 100), int(left * 100) : int(right * 100)] = True
    assert covered.all()


def test_overlap_is_intersection_over_union() -> None:
    assert overlap((0, 0, 0.5, 1), (0, 0, 0.5, 1)) == 1
    assert overlap((0, 0, 0.5, 1), (0.5, 0, 1, 1)) == 0
    assert overlap((0, 0, 1, 1), (0, 0, 0.5, 1)) == pytest.approx(0.5)


def test_a_region_outside_the_photo_is_refused() -> None:
    match = Match("red", 1.0, 1.0, Grade.EXACT, 1.0)
    with pytest.raises(InvalidCatalogue, match="box"):
        Region((0.5, 0, 1.5, 1), 1.0, None, match, np.zeros(60, np.float32))


def test_scenes_are_equal_for_equal_seeds() -> None:
    one, again = (scene([plain("red"), plain("blue")], np.random.default_rng(4)) for _ in range(2))
    assert one.tobytes() == again.tobytes()


def test_the_measurement_gives_shares_of_what_was_shown_and_a_time(matcher: ImageMatcher) -> None:
    pictures = [(colour, plain(colour, (100, 100))) for colour in COLOURS]
    figures = measure_regions(matcher, pictures, seed=1, scenes=3)
    assert figures.pop("milliseconds") > 0
    assert all(0 <= figure <= 1 for figure in figures.values())
    assert figures["recall whole"] == 1
