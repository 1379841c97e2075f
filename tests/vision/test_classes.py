"""What kind of thing a photo shows."""

from __future__ import annotations

import numpy as np
import pytest

from tests.vision.tiny import ColourEncoder, halves, plain
from vision.classes import fit_class_weights, wider
from vision.gallery import Gallery, ItemRecord
from vision.matcher import ImageMatcher
from vision.matcher_settings import ClassWeights, MatcherSettings
from vision.matching import ClassGuess

ENCODER = ColourEncoder()
ITEMS = {
    "scarlet": ItemRecord("Scarlet", ("Warm", "red")),
    "ruby": ItemRecord("Ruby", ("Warm", "red")),
    "sun": ItemRecord("Sun", ("Warm", "yellow")),
    "sea": ItemRecord("Sea", ("Cold", "blue")),
}
PICTURES = {"scarlet": plain("red"), "ruby": halves("red", "pink"), "sun": plain("yellow"), "sea": plain("blue")}


def matcher(settings: MatcherSettings | None = None, items: dict[str, ItemRecord] = ITEMS) -> ImageMatcher:
    vectors = ENCODER.encode_images(list(PICTURES.values()))
    return ImageMatcher(ENCODER, Gallery.of_vectors(ENCODER.identity, vectors, list(PICTURES), items), settings)


@pytest.mark.parametrize("weights", [ClassWeights(), ClassWeights(0, 1), ClassWeights(0, 0, 1)], ids=str)
def test_each_witness_alone_recognises_a_class(weights: ClassWeights) -> None:
    found = matcher(MatcherSettings(classes=weights)).match(halves("blue", "cyan")).classes
    assert (found[0].name, found[0].path) == ("blue", ("Cold", "blue"))


def test_class_probabilities_sum_to_one_and_the_likeliest_is_first() -> None:
    found = matcher().match(halves("red", "white")).classes
    chances = [guess.probability for guess in found]
    assert sum(chances) == pytest.approx(1)
    assert chances == sorted(chances, reverse=True)


def test_a_wider_category_has_the_sum_of_those_inside_it() -> None:
    found = matcher().match(halves("red", "yellow"))
    inside = sum(guess.probability for guess in found.classes if guess.path[0] == "Warm")
    assert found.wider[0].name == "Warm"
    assert found.wider[0].probability == pytest.approx(inside)


def test_wider_categories_of_one_level_are_none() -> None:
    assert wider([ClassGuess("red", ("red",), 1.0)]) == ()


def test_products_without_categories_are_matched_but_not_recognised() -> None:
    found = matcher(items={item_id: ItemRecord() for item_id in ITEMS}).match(plain("red"))
    assert found.classes == ()
    assert found.items[0].item_id == "scarlet"
    assert found.shows_catalogue


def test_a_witness_that_is_always_wrong_gets_no_weight_and_sure_answers_are_kept_sure() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 3, 60)
    witnesses = rng.normal(size=(60, 3, 3)) * 0.1
    witnesses[np.arange(60), 1, true] += 4.0
    witnesses[np.arange(60), 0, (true + 1) % 3] += 4.0
    fitted = fit_class_weights(witnesses, true)
    assert fitted.neighbours == 0
    assert fitted.prototypes == 1
