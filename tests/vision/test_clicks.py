"""What shoppers chose joins the gallery where it can be trusted, and leaves it again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.vision.tiny import ColourEncoder, halves, plain
from vision.benchmarks.clicks import measure_clicks
from vision.clicks import ClickPolicy, PhotoClick, learn_from_clicks, without_clicks
from vision.errors import InvalidCatalogue
from vision.gallery import Gallery
from vision.matcher import ImageMatcher
from vision.matcher_settings import MatcherSettings

ENCODER = ColourEncoder()
MODEL = ENCODER.identity.checksum


NAMES = ("red", "blue", "green", "yellow", "brown", "purple")


def gallery() -> Gallery:
    return Gallery.of_vectors(ENCODER.identity, ENCODER.encode_images([plain(name) for name in NAMES]), NAMES)


def chosen(colours: tuple[str, str], item_id: str, kind: str = "cart", model: str = MODEL) -> PhotoClick:
    return PhotoClick(ENCODER.encode_images([halves(*colours)])[0], item_id, kind, model)


def test_a_photo_that_led_to_a_cart_finds_that_product_from_then_on() -> None:
    photo = halves("green", "yellow")
    before = ImageMatcher(ENCODER, gallery()).match(photo).items[0]
    learnt, report = learn_from_clicks(gallery(), [chosen(("green", "yellow"), "blue")])
    after = ImageMatcher(ENCODER, learnt).match(photo).items[0]
    assert report.added == 1
    assert (after.item_id, round(after.similarity, 3)) == ("blue", 1.0)
    assert before.similarity < 0.9


def test_a_mere_click_that_nothing_agrees_with_is_left_out() -> None:
    _, report = learn_from_clicks(gallery(), [chosen(("green", "yellow"), "red", "click")])
    assert (report.added, report.alone) == (0, 1)


def test_clicks_of_two_photos_that_are_alike_agree_and_those_of_one_photo_do_not() -> None:
    photo = chosen(("pink", "cyan"), "red", "click")
    moved = photo.vector + np.linspace(0, 0.02, 60, dtype=np.float32)
    nearly = replace(photo, vector=moved / np.linalg.norm(moved))
    assert learn_from_clicks(gallery(), [photo, nearly])[1].added == 2
    assert learn_from_clicks(gallery(), [photo, photo])[1].added == 0


def test_a_click_that_is_like_the_products_own_picture_counts() -> None:
    assert learn_from_clicks(gallery(), [chosen(("red", "red"), "red", "click")])[1].added == 1


def test_vectors_of_another_model_are_counted_and_dropped() -> None:
    learnt, report = learn_from_clicks(gallery(), [chosen(("green", "green"), "red", model="other")])
    assert (len(learnt), report.other_model) == (6, 1)


def test_products_that_are_gone_and_numbers_that_are_none_are_counted_and_dropped() -> None:
    broken = replace(chosen(("red", "red"), "red"), vector=np.full(60, np.nan, np.float32))
    short = replace(chosen(("red", "red"), "red"), vector=np.ones(3, np.float32))
    _, report = learn_from_clicks(gallery(), [chosen(("red", "red"), "gone"), broken, short])
    assert (report.added, report.unknown) == (0, 3)


def test_a_product_takes_the_most_trusted_photos_up_to_its_limit() -> None:
    kinds = ("click", "purchase", "cart", "click")
    clicks = [chosen(("red", "red"), "red", kind) for kind in kinds]
    learnt, report = learn_from_clicks(gallery(), clicks, ClickPolicy(most=2))
    assert (report.added, report.over) == (2, 2)
    assert [picture.weight for picture in learnt.pictures[6:]] == [pytest.approx(0.9), pytest.approx(0.7)]


def test_learning_again_replaces_what_was_learnt_and_the_shops_pictures_stay() -> None:
    once, _ = learn_from_clicks(gallery(), [chosen(("green", "yellow"), "blue")])
    again, _ = learn_from_clicks(once, [chosen(("pink", "cyan"), "red")])
    assert [(picture.item_id, picture.kind) for picture in again.pictures] == [
        *((name, "catalogue") for name in NAMES),
        ("red", "click"),
    ]
    assert len(without_clicks(again)) == len(NAMES)


def test_a_photo_of_less_weight_loses_against_an_equally_near_picture() -> None:
    learnt, _ = learn_from_clicks(gallery(), [chosen(("red", "red"), "blue", "cart")])
    found = ImageMatcher(ENCODER, learnt).match(plain("red"), k=2).items
    assert [match.item_id for match in found] == ["red", "blue"]
    assert found[0].score > found[1].score


def test_a_shoppers_photo_is_centred_as_the_queries_are() -> None:
    photo = ENCODER.encode_images([halves("green", "yellow")])[0]
    learnt, _ = learn_from_clicks(gallery(), [chosen(("green", "yellow"), "blue")])
    centre = tuple(float(value) for value in ENCODER.encode_images([halves("pink", "cyan")])[0])
    found = ImageMatcher(ENCODER, learnt, MatcherSettings(centring=1.0, photo_centre=centre)).match_vector(photo)
    assert (found.items[0].item_id, round(found.items[0].similarity, 3)) == ("blue", 1.0)


def test_a_deed_that_is_not_known_is_refused() -> None:
    with pytest.raises(InvalidCatalogue, match="wished"):
        chosen(("red", "red"), "red", "wished")


def test_the_measurement_tells_recall_before_and_after_and_what_became_of_wrong_choices() -> None:
    photos = [halves(left, right) for left in ("red", "blue") for right in ("white", "black", "grey", "pink")]
    truth = ["red"] * 4 + ["blue"] * 4
    shown = (ENCODER.encode_images(photos), truth)
    figures = measure_clicks(ENCODER, gallery(), MatcherSettings(), shown, shown)
    assert figures["wrong 0.0"] >= figures["before"]
    assert 0 <= figures["kept of wrong 0.3"] <= 1
