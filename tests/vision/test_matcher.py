"""A photo finds its product, through filters, with words, from many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from tests.vision.tiny import ColourEncoder, halves, plain
from vision.errors import InvalidCatalogue, ModelMismatch, NothingToMatch
from vision.gallery import Gallery, ItemRecord
from vision.matcher import ImageMatcher, crop
from vision.matcher_settings import MatcherSettings
from vision.matching import Grade
from vision.seen_photos import FEWEST, SeenPhotos

ENCODER = ColourEncoder()
PHOTOS = {
    "red-shirt": [plain("red"), halves("red", "white")],
    "blue-shirt": [plain("blue")],
    "green-lamp": [plain("green")],
    "yellow-lamp": [plain("yellow"), halves("yellow", "black")],
}
ITEMS = {
    "red-shirt": ItemRecord("A red shirt", ("Clothes", "Shirts")),
    "blue-shirt": ItemRecord("A blue shirt", ("Clothes", "Shirts")),
    "green-lamp": ItemRecord("A green lamp", ("Home", "Lamps")),
    "yellow-lamp": ItemRecord("A yellow lamp", ("Home", "Lamps")),
}


def gallery() -> Gallery:
    ids = [item_id for item_id, photos in PHOTOS.items() for _ in photos]
    vectors = ENCODER.encode_images([photo for photos in PHOTOS.values() for photo in photos])
    return Gallery.of_vectors(
        ENCODER.identity, vectors, ids, ITEMS, ENCODER.encode_texts([item.title for item in ITEMS.values()])
    )


@pytest.fixture(scope="module")
def matcher() -> ImageMatcher:
    return ImageMatcher(ENCODER, gallery())


@pytest.mark.parametrize("item_id", PHOTOS)
def test_every_photo_of_a_product_finds_it_at_rank_one(matcher: ImageMatcher, item_id: str) -> None:
    for photo in PHOTOS[item_id]:
        best = matcher.match(photo).items[0]
        assert best.item_id == item_id
        assert best.similarity == pytest.approx(1, abs=1e-3)


def test_a_product_is_listed_once_however_many_photos_it_has(matcher: ImageMatcher) -> None:
    found = [match.item_id for match in matcher.match(plain("red"), k=10).items]
    assert sorted(found) == sorted(PHOTOS)


def test_the_list_is_ordered_and_as_long_as_asked_for(matcher: ImageMatcher) -> None:
    items = matcher.match(halves("red", "blue"), k=3).items
    assert len(items) == 3
    assert [match.score for match in items] == sorted((match.score for match in items), reverse=True)


def test_probabilities_of_all_products_sum_to_one(matcher: ImageMatcher) -> None:
    assert sum(match.probability for match in matcher.match(plain("red"), k=10).items) == pytest.approx(1)


def test_filters_leave_products_out_before_the_ranking(matcher: ImageMatcher) -> None:
    found = matcher.match(plain("red"), k=2, filters={"blue-shirt", "green-lamp", "gone"})
    assert {match.item_id for match in found.items} == {"blue-shirt", "green-lamp"}


def test_filters_change_neither_certainty_nor_class_nor_probability(matcher: ImageMatcher) -> None:
    free, filtered = matcher.match(plain("red"), k=4), matcher.match(plain("red"), k=4, filters={"green-lamp"})
    assert (filtered.certainty, filtered.classes) == (free.certainty, free.classes)
    assert filtered.items[0].probability == {match.item_id: match.probability for match in free.items}["green-lamp"]


def test_where_nothing_passes_the_filters_there_are_no_products(matcher: ImageMatcher) -> None:
    found = matcher.match(plain("red"), filters=set())
    assert found.items == ()
    assert found.shows_catalogue


def test_the_very_picture_is_an_exact_match_and_another_is_not(matcher: ImageMatcher) -> None:
    found = matcher.match(plain("red"), k=4).items
    assert found[0].grade is Grade.EXACT
    assert {match.grade for match in found[1:]} == {Grade.SIMILAR}


def test_words_do_not_make_another_product_exact(matcher: ImageMatcher) -> None:
    found = matcher.match(plain("red"), k=1, text="blue", filters={"blue-shirt"}).items
    assert found[0].grade is Grade.SIMILAR


def test_a_vector_that_was_made_once_finds_the_same_as_its_photo(matcher: ImageMatcher) -> None:
    photo = halves("blue", "white")
    assert matcher.match_vector(matcher.embed(photo), 4) == matcher.match(photo, 4)


def test_many_threads_get_the_answers_that_one_gets(matcher: ImageMatcher) -> None:
    photos = [photo for several in PHOTOS.values() for photo in several] * 5
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(matcher.match, photos)) == [matcher.match(photo) for photo in photos]


def test_soft_pooling_prefers_a_product_all_of_whose_photos_are_near() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.96, 0.28], [0.96, 0.28]], np.float32)
    identity = ENCODER.identity
    small = type(identity)(identity.name, identity.checksum, identity.preprocess, 2)
    two = Gallery.of_vectors(small, vectors, ["mixed", "mixed", "steady", "steady"])

    class Two(ColourEncoder):
        pass

    Two.identity = small
    query = np.array([1, 0], np.float32)
    best = {
        pooling: ImageMatcher(Two(), two, MatcherSettings(pooling=pooling, pooling_temperature=0.2))
        .match_vector(query)
        .items[0]
        .item_id
        for pooling in ("max", "soft")
    }
    assert best == {"max": "mixed", "soft": "steady"}


def test_captions_take_part_where_they_have_a_weight() -> None:
    captioned = ImageMatcher(ENCODER, gallery(), MatcherSettings(caption_weight=1.0))
    best = captioned.match(halves("yellow", "black")).items[0]
    assert best.item_id == "yellow-lamp"
    assert best.score < 0.9 < best.similarity


def test_centring_keeps_a_photo_of_the_gallery_at_its_product() -> None:
    found = ImageMatcher(ENCODER, gallery(), MatcherSettings(centring=1.0)).match(plain("blue")).items[0]
    assert (found.item_id, round(found.similarity, 3)) == ("blue-shirt", 1.0)


def test_a_gallery_of_another_encoder_is_refused() -> None:
    class Other(ColourEncoder):
        identity = type(ENCODER.identity)("others", "d0" * 32, ENCODER.identity.preprocess, 60)

    with pytest.raises(ModelMismatch):
        ImageMatcher(Other(), gallery())


def test_settings_of_another_encoder_are_refused_with_how_to_make_them_anew() -> None:
    with pytest.raises(ModelMismatch, match=r"vision\.train"):
        ImageMatcher(ENCODER, gallery(), MatcherSettings(model="d0" * 32))


def test_an_empty_gallery_is_refused() -> None:
    empty = Gallery.of_vectors(ENCODER.identity, np.zeros((0, 60), np.float32), [], ITEMS)
    with pytest.raises(NothingToMatch):
        ImageMatcher(ENCODER, empty)


def test_a_region_is_cut_by_shares_of_the_photo() -> None:
    assert crop(Image.new("RGB", (200, 100)), (0.5, 0.0, 1.0, 0.5)).size == (100, 50)


@pytest.mark.parametrize("box", [(0.5, 0, 0.5, 1), (0, 0, 1.2, 1), (0.6, 0, 0.4, 1)])
def test_a_box_that_is_empty_or_outside_is_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(InvalidCatalogue):
        crop(Image.new("RGB", (20, 20)), box)


def test_a_box_of_less_than_a_pixel_still_gives_one() -> None:
    assert crop(Image.new("RGB", (20, 20)), (0.5, 0.5, 0.501, 0.501)).size == (1, 1)


def shots_on_brown(count: int) -> SeenPhotos:
    """Take photos of all products before one and the same background, as a shop's customers may."""
    colours = ("red", "blue", "green", "yellow")
    photos = [halves(colours[number % 4], "brown") for number in range(count)]
    return SeenPhotos(ENCODER.encode_images(photos))


BROWN = {**{colour: plain(colour) for colour in ("red", "blue", "green", "yellow")}, "crate": plain("brown")}
GUESSED = MatcherSettings(centring=1.0)


def brown_matcher(seen: SeenPhotos | None, settings: MatcherSettings = GUESSED) -> ImageMatcher:
    records = {item_id: ItemRecord(item_id, ("Things",)) for item_id in BROWN}
    texts = ENCODER.encode_texts(list(BROWN))
    vectors = ENCODER.encode_images([*BROWN.values()])
    return ImageMatcher(
        ENCODER, Gallery.of_vectors(ENCODER.identity, vectors, [*BROWN], records, texts), settings, seen
    )


def test_what_all_photos_share_no_longer_hides_the_product_once_photos_were_seen() -> None:
    photo = halves("red", "brown", (64, 64))
    photo.paste((120, 70, 20), (26, 0, 64, 64))
    before, after = brown_matcher(None).match(photo), brown_matcher(shots_on_brown(100)).match(photo)
    assert (before.items[0].item_id, after.items[0].item_id) == ("crate", "red")
    told = [(match.item_id, match.similarity, match.probability, match.grade) for match in before.items]
    assert sorted(told) == sorted((m.item_id, m.similarity, m.probability, m.grade) for m in after.items)
    assert (before.certainty, before.classes) == (after.certainty, after.classes), "only the order is corrected"


@pytest.mark.parametrize("count", [0, FEWEST - 1])
def test_too_few_photos_teach_nothing(count: int) -> None:
    photo = halves("red", "brown")
    seen = SeenPhotos(ENCODER.encode_images([photo] * count) if count else np.zeros((0, 60), np.float32))
    assert brown_matcher(seen).match(photo) == brown_matcher(None).match(photo)


def test_a_centre_that_was_measured_on_real_photos_stays() -> None:
    measured = MatcherSettings(centring=1.0, centre_is_measured=True)
    photo = halves("red", "brown")
    assert brown_matcher(shots_on_brown(100), measured).match(photo) == brown_matcher(None, measured).match(photo)


def test_filters_hold_also_where_photos_have_taught() -> None:
    found = brown_matcher(shots_on_brown(100)).match(halves("red", "brown"), filters={"blue", "crate"})
    assert {match.item_id for match in found.items} == {"blue", "crate"}


def test_a_list_of_numbers_is_no_photos() -> None:
    with pytest.raises(InvalidCatalogue):
        SeenPhotos(np.zeros(3, np.float32))


@pytest.mark.parametrize(
    "vector",
    [np.full(60, np.nan, np.float32), np.r_[np.inf, np.zeros(59)].astype(np.float32), np.zeros(16, np.float32)],
    ids=["no numbers", "infinite", "of another model"],
)
def test_what_is_no_vector_of_this_model_is_refused_instead_of_taken_for_certain(
    matcher: ImageMatcher, vector: np.ndarray
) -> None:
    with pytest.raises(InvalidCatalogue, match="60 finite numbers"):
        matcher.match_vector(vector)


@pytest.mark.parametrize("centring", [0.0, 1.0])
def test_a_photo_of_which_nothing_is_seen_gets_numbers_all_the_same(centring: float) -> None:
    found = ImageMatcher(ENCODER, gallery(), MatcherSettings(centring=centring)).match_vector(np.zeros(60, np.float32))
    values = [found.certainty, *(value for match in found.items for value in (match.score, match.probability))]
    assert np.isfinite(values).all()
    assert not any(match.grade is Grade.EXACT for match in found.items)


@pytest.mark.parametrize(
    "text", [" \n\t ", "red " * 2_500, "红色的衬衫", "👟🔴", "\0\ud7ff", "a" * 10_000], ids=lambda text: repr(text[:6])
)
def test_any_words_are_read(matcher: ImageMatcher, text: str) -> None:
    plainly, found = matcher.match(plain("blue"), 9), matcher.match(plain("blue"), 9, text=text)
    assert sorted(match.item_id for match in found.items) == sorted(PHOTOS)
    assert found.classes == plainly.classes
    assert np.isfinite([match.score for match in found.items]).all()
    if not text.strip():
        assert found == plainly


@pytest.mark.parametrize("centring", [0.0, 1.0])
@pytest.mark.parametrize("pooling", ["max", "soft"])
def test_a_gallery_of_one_product_finds_it(centring: float, pooling: str) -> None:
    one = Gallery.of_vectors(ENCODER.identity, ENCODER.encode_images([plain("red")]), ["red"])
    found = ImageMatcher(ENCODER, one, MatcherSettings(centring=centring, pooling=pooling)).match(plain("red"), 99)
    assert [match.item_id for match in found.items] == ["red"]
    assert found.items[0].probability == pytest.approx(1)
    assert found.classes == ()


@pytest.mark.parametrize("pooling", ["max", "soft"])
def test_filters_that_leave_nothing_leave_nothing_with_words_too(pooling: str) -> None:
    found = ImageMatcher(ENCODER, gallery(), MatcherSettings(pooling=pooling, caption_weight=0.5, class_weight=0.5))
    assert found.match(plain("red"), text="in blue", filters=["unknown"]).items == ()
    assert found.match(plain("red"), text="in blue", filters=[]).items == ()


@pytest.mark.parametrize("k", [0, -1])
def test_no_product_is_given_where_none_is_asked_for(matcher: ImageMatcher, k: int) -> None:
    assert matcher.match(plain("red"), k).items == ()


def test_products_without_pictures_are_never_found_and_harm_nothing() -> None:
    items = {"mute": ItemRecord("A red thing", ("Clothes", "Shirts")), **ITEMS}
    texts = ENCODER.encode_texts([item.title for item in items.values()])
    whole = gallery()
    wider = Gallery(whole.identity, whole.vectors, whole.pictures, items, texts)
    found = ImageMatcher(ENCODER, wider, MatcherSettings(caption_weight=0.5)).match(plain("red"), 9, filters=[*items])
    assert found == ImageMatcher(ENCODER, whole, MatcherSettings(caption_weight=0.5)).match(plain("red"), 9)
