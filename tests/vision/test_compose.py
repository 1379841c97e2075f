"""A photo and words find what satisfies both."""

from __future__ import annotations

import numpy as np
import pytest

from tests.vision.tiny import ColourEncoder, halves, plain
from vision.benchmarks.composed import measure_composed
from vision.calibration import Views
from vision.catalogue import Item
from vision.composed_fit import RememberedTexts, fit_composed
from vision.gallery import Gallery, ItemRecord
from vision.matcher import ImageMatcher
from vision.matcher_settings import MatcherSettings
from vision.wishes import wishes

ENCODER = ColourEncoder()
ITEMS = (
    Item("red-shirt", "Red shirt", category=("Clothes",), facts={"colour": ("red",)}),
    Item("blue-shirt", "Blue shirt", category=("Clothes",), facts={"colour": ("blue",)}),
    Item("striped-shirt", "Red and white shirt", category=("Clothes",), facts={"colour": ("red", "white")}),
    Item("red-lamp", "Red lamp", category=("Lamps",), facts={"colour": ("red",)}),
)
PICTURES = {
    "red-shirt": halves("red", "grey"),
    "blue-shirt": halves("blue", "grey"),
    "striped-shirt": halves("red", "white"),
    "red-lamp": halves("red", "yellow"),
}


def gallery() -> Gallery:
    records = {item.item_id: ItemRecord(item.title, item.category, item.facts) for item in ITEMS}
    vectors = ENCODER.encode_images(list(PICTURES.values()))
    texts = ENCODER.encode_texts([item.title for item in ITEMS])
    return Gallery.of_vectors(ENCODER.identity, vectors, list(PICTURES), records, texts)


def test_words_move_the_ranking_towards_what_they_name() -> None:
    matcher = ImageMatcher(ENCODER, gallery(), MatcherSettings(words_weight=1.0))
    photo = PICTURES["red-shirt"]
    assert matcher.match(photo).items[0].item_id == "red-shirt"
    assert matcher.match(photo, text="this, but blue").items[0].item_id == "blue-shirt"


@pytest.mark.parametrize("text", [None, "", "   "])
def test_nothing_said_changes_nothing(text: str | None) -> None:
    matcher = ImageMatcher(ENCODER, gallery())
    assert matcher.match(plain("red"), text=text) == matcher.match(plain("red"))


def test_words_do_not_change_what_the_photo_shows() -> None:
    matcher = ImageMatcher(ENCODER, gallery())
    silent, spoken = matcher.match(plain("red"), 9), matcher.match(plain("red"), 9, text="blue")
    assert (spoken.classes, spoken.certainty) == (silent.classes, silent.certainty)
    assert {match.item_id: match.probability for match in spoken.items} == {
        match.item_id: match.probability for match in silent.items
    }


def test_a_filtered_search_stays_in_the_photos_class_where_that_has_a_weight() -> None:
    photo = halves("blue", "yellow")
    others = {"striped-shirt", "red-lamp"}
    by_look = ImageMatcher(ENCODER, gallery()).match(photo, filters=others).items[0].item_id
    sure = MatcherSettings(class_weight=3.0, temperature=0.01)
    by_class = ImageMatcher(ENCODER, gallery(), sure).match(PICTURES["blue-shirt"], filters=others).items[0].item_id
    assert (by_look, by_class) == ("red-lamp", "striped-shirt")


def test_wishes_are_for_what_another_product_of_the_class_has() -> None:
    made = {(wish.item_id, wish.text): wish for wish in wishes(ITEMS, {"red-shirt": 30.0, "blue-shirt": 10.0})}
    assert made["red-shirt", "in blue"].good == {"blue-shirt"}
    assert made["blue-shirt", "in red"].passing == {"red-shirt", "striped-shirt", "red-lamp"}
    assert made["blue-shirt", "in red"].good == {"red-shirt", "striped-shirt"}
    assert made["red-shirt", "under 20"].good == {"blue-shirt"}
    assert not [wish for wish in made.values() if wish.item_id == "red-lamp"]


def test_the_weights_of_words_and_class_are_chosen_where_there_are_wishes() -> None:
    views = (ENCODER.encode_images(list(PICTURES.values())), list(PICTURES))
    rng = np.random.default_rng(0)
    fitted = fit_composed(ENCODER, gallery(), ITEMS, views, MatcherSettings(words_weight=0.7), rng)
    unchanged = fit_composed(ENCODER, gallery(), ITEMS[3:], views, MatcherSettings(words_weight=0.7), rng)
    assert unchanged.words_weight == 0.7
    assert fitted.words_weight != 0.7


def test_a_text_is_encoded_once() -> None:
    class Counting(ColourEncoder):
        read = 0

        def encode_texts(self, texts: list[str]) -> np.ndarray:
            self.read += len(texts)
            return super().encode_texts(texts)

    counting = Counting()
    remembered = RememberedTexts(counting)
    first = remembered.encode_texts(["red", "blue", "red"])
    assert np.array_equal(remembered.encode_texts(["blue"])[0], first[1])
    assert counting.read == 2


def test_the_measurement_stands_beside_the_plain_ways() -> None:
    views = Views(ENCODER.encode_images(list(PICTURES.values())), tuple(PICTURES))
    matcher = ImageMatcher(ENCODER, gallery(), MatcherSettings(words_weight=1.0))
    figures = measure_composed(matcher, ITEMS, views, {"red-shirt": 30.0, "blue-shirt": 10.0})
    assert figures["composed colour"] == 1
    assert figures["photo only"] < figures["composed"]
    assert figures["queries"] >= 4
