"""Varied examples say of other products and by other names what the facts then hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from replies.batches import chance_of, rows_of
from replies.copying import copying_examples
from replies.examples import Example, read_folder
from replies.facts import PLACED, Fact, placeholders
from replies.guard import load_guard
from replies.situation import Situation
from replies.train_settings import TrainSettings
from replies.variation import new_names, renamed, swapped, varied

HOUSE = Path("data/replies")


@pytest.fixture(scope="module")
def house() -> list[Example]:
    return read_folder(HOUSE)


def test_swapped_products_take_their_facts_and_the_choice_with_them() -> None:
    facts = (Fact("product.1", "name"), Fact("product.2", "name"), Fact("price.1", "money"), Fact("price.2", "money"))
    said = "{product.1} is cheaper: {price.1} against {price.2}."
    example = Example(
        "f", "compare_for", "en", ("which?",), (*facts, Fact("cheaper", "choice", "product.1")), ("warm.1",), said
    )
    other = swapped(example)
    assert other.reply == "{product.2} is cheaper: {price.2} against {price.1}."
    assert Fact("cheaper", "choice", "product.2") in other.facts
    assert other.asked == ("warm.2",)
    assert swapped(other) == example


def test_what_the_house_says_of_two_products_is_as_true_when_they_change_places(house: list[Example]) -> None:
    guard = load_guard(HOUSE)
    compared = [example for example in house if example.act == "compare_for"][::25]
    assert len(compared) > 100
    for example in map(swapped, compared):
        verdict = guard.check(example.reply, example.facts, example.language, example.asked)
        assert verdict.ok, (example, verdict.problems)


def test_new_names_stand_in_the_passage_the_question_and_the_reply(house: list[Example]) -> None:
    example = next(example for example in house if example.family == "answer_policy-delivery-cost")
    seen = set()
    for number in range(20):
        names = new_names(example, chance_of(str(number)))
        other = renamed(example, names)
        assert set(names) == {"standard_cost", "free_from", "express_cost"}
        assert len(set(names.values())) == 3
        assert set(placeholders(other.reply)) == {names[name] for name in placeholders(example.reply)}
        assert other.asked == tuple(names[name] for name in example.asked)
        passage = next(fact.value for fact in other.facts if fact.kind == "passage")
        assert set(placeholders(passage)) == set(names.values())
        seen.add(tuple(names.values()))
    assert len(seen) > 5


def test_an_example_without_a_passage_keeps_its_names(house: list[Example]) -> None:
    example = next(example for example in house if example.family == "apologise-late-due")
    assert varied(example, 1.0, chance_of("x")) == example


def test_no_example_is_varied_where_none_is_to_be(house: list[Example]) -> None:
    chance = chance_of("x")
    assert [varied(example, 0.0, chance) for example in house[:500]] == house[:500]


def test_practice_beside_other_policies_answers_from_one_of_two_passages(house: list[Example]) -> None:
    policies = [example for example in house if example.act == "answer_policy" and example.split == "train"]
    made = [example for example in copying_examples(policies, 0.3, chance_of("x")) if example.family == "copying"]
    guard = load_guard(HOUSE)
    assert len(made) > 200
    for example in made:
        names = {fact.name for fact in example.facts if fact.kind in PLACED}
        assert set(placeholders(example.reply)) <= names
        assert len(names) == sum(fact.kind in PLACED for fact in example.facts)
        assert set(example.asked) <= Situation.of(example).names
    grounded = [guard.check(one.reply, one.facts, one.language).ok for one in made]
    assert sum(grounded) > 0.9 * len(grounded)


def test_rows_of_a_pass_are_varied_and_those_that_are_judged_are_not(house: list[Example]) -> None:
    class Letters:
        pad, end = 0, 1

        def encode(self, text: str) -> list[int]:
            return [ord(sign) for sign in text]

    compared = [example for example in house if example.family == "compare_for-price-difference-first"]
    rows = rows_of(compared, Letters(), 2_000, TrainSettings(vary=1.0, word_drop=0.0), 1)
    said = ["".join(map(chr, reply[:-1])) for _, reply in rows]
    assert said == [swapped(example).reply for example in compared]
    plain = rows_of(compared, Letters(), 2_000, None)
    assert ["".join(map(chr, reply[:-1])) for _, reply in plain] == [example.reply for example in compared]
