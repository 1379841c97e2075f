from __future__ import annotations

from decimal import Decimal

import pytest

from actions.references import Candidate, Mention, Verdict, resolve


def candidate(sku: str, price: str, options: str = "", facets: str = "") -> Candidate:
    return Candidate(
        sku=sku,
        slug=sku,
        name=f"{sku} Shoe",
        price=Decimal(price),
        options=frozenset(options.split("|")) if options else frozenset(),
        facets=frozenset(facets.split("|")) if facets else frozenset(),
    )


FREERUN = candidate("freerun", "160", "size 40|size 42", "nike|black|footwear")
RUNX = candidate("runx", "44.95", "size 40", "adidas|black|footwear")
ULTRA = candidate("ultraboost", "99.99", "size 40", "adidas|blue|pink|footwear")
TWIN = candidate("twin", "44.95", "", "puma|white")
SHOWN = (FREERUN, RUNX, ULTRA)


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        pytest.param(Mention(ordinals=(2,)), ["runx"], id="the second"),
        pytest.param(Mention(ordinals=(-1,)), ["ultraboost"], id="the last"),
        pytest.param(Mention(ordinals=(3, 1)), ["ultraboost", "freerun"], id="the third and the first"),
        pytest.param(Mention(references=("cheapest",)), ["runx"], id="the cheapest"),
        pytest.param(Mention(references=("dearest",)), ["freerun"], id="the dearest"),
        pytest.param(Mention(references=("cheapest",), ordinals=(2,)), ["ultraboost"], id="the second cheapest"),
        pytest.param(Mention(references=("dearest",), ordinals=(1,)), ["freerun"], id="the most expensive one"),
        pytest.param(Mention(references=("cheapest",), facets=("blue",)), ["ultraboost"], id="the cheapest blue one"),
        pytest.param(Mention(facets=("pink",)), ["ultraboost"], id="the pink one"),
        pytest.param(Mention(facets=("nike",)), ["freerun"], id="the Nike one"),
        pytest.param(Mention(facets=("adidas", "black")), ["runx"], id="the black Adidas"),
        pytest.param(Mention(options=("size 42",)), ["freerun"], id="the one in size 42"),
        pytest.param(Mention(words="ultraboost"), ["ultraboost"], id="a part of its name"),
        pytest.param(Mention(words="ultrabost"), ["ultraboost"], id="a mistyped part of its name"),
        pytest.param(Mention(references=("all",)), ["freerun", "runx", "ultraboost"], id="all of them"),
    ],
)
def test_one_reading_is_found(mention: Mention, expected: list[str]) -> None:
    found = resolve(mention, SHOWN)
    assert found.verdict is Verdict.FOUND
    assert [one.sku for one in found.candidates] == expected


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        pytest.param(Mention(facets=("black",)), ["freerun", "runx"], id="two are black"),
        pytest.param(Mention(references=("it",)), ["freerun", "runx", "ultraboost"], id="it, of three"),
        pytest.param(Mention(references=("both",)), ["freerun", "runx", "ultraboost"], id="both, of three"),
        pytest.param(Mention(), ["freerun", "runx", "ultraboost"], id="nothing said"),
        pytest.param(Mention(words="shoe"), ["freerun", "runx", "ultraboost"], id="a word of every name"),
    ],
)
def test_two_readings_are_asked_about(mention: Mention, expected: list[str]) -> None:
    found = resolve(mention, SHOWN)
    assert found.verdict is Verdict.UNCLEAR
    assert [one.sku for one in found.candidates] == expected


def test_two_equally_cheap_ones_are_asked_about() -> None:
    found = resolve(Mention(references=("cheapest",)), (FREERUN, RUNX, TWIN))
    assert found.verdict is Verdict.UNCLEAR
    assert {one.sku for one in found.candidates} == {"runx", "twin"}


@pytest.mark.parametrize("ordinal", [0, 4, -4, 9999])
def test_a_place_that_is_not_there_is_told(ordinal: int) -> None:
    assert resolve(Mention(ordinals=(ordinal,)), SHOWN).verdict is Verdict.NO_SUCH_PLACE


@pytest.mark.parametrize(
    "mention",
    [
        Mention(),
        Mention(ordinals=(1,)),
        Mention(references=("it",)),
        Mention(references=("cheapest",)),
        Mention(facets=("red",)),
    ],
)
def test_nothing_shown_is_told(mention: Mention) -> None:
    assert resolve(mention, ()).verdict is Verdict.NOTHING_SHOWN


def test_a_description_that_fits_none_is_told() -> None:
    assert resolve(Mention(facets=("green",)), SHOWN).verdict is Verdict.NO_MATCH


@pytest.mark.parametrize("mention", [Mention(), Mention(references=("it",)), Mention(references=("that",))])
def test_it_is_what_was_last_spoken_of(mention: Mention) -> None:
    assert resolve(mention, SHOWN, ULTRA).candidates == (ULTRA,)


def test_an_option_of_what_was_spoken_of_means_that_one_and_not_the_others() -> None:
    assert resolve(Mention(options=("size 40",)), SHOWN, FREERUN).candidates == (FREERUN,)


def test_a_colour_that_others_have_too_is_asked_about_even_then() -> None:
    assert resolve(Mention(facets=("black",)), SHOWN, FREERUN).verdict is Verdict.UNCLEAR


def test_both_are_two() -> None:
    assert resolve(Mention(references=("both",)), SHOWN[:2]).candidates == SHOWN[:2]


def test_what_was_spoken_of_need_not_be_in_the_list() -> None:
    assert resolve(Mention(facets=("white",)), SHOWN, TWIN).candidates == (TWIN,)
