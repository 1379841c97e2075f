from __future__ import annotations

from pathlib import Path

import pytest

from replies.errors import ArtifactDamaged
from replies.facts import Fact
from replies.rules import Rules, Words, read_words, static_mask, write_words
from replies.situation import Situation

WORDS = Words.of(["Yes, it isn't warm. Don't worry.", "是的，很保暖。"])
FACTS = (Fact("price", "money"), Fact("price_old", "money"), Fact("policy", "passage", "Plants stay. {price}"))


@pytest.fixture
def rules() -> Rules:
    return Rules(Situation("answer_policy", "en", FACTS), WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "Yes",
        "Yes, it is",
        "don'",
        "don't wor",
        "{pri",
        "{price}",
        "{price_",
        "warm {price}, yes",
        "Plan",
        "plants st",
        "很保",
    ],
)
def test_what_may_become_a_reply_is_allowed(rules: Rules, text: str) -> None:
    assert rules.allows(text)


@pytest.mark.parametrize(
    "text",
    [
        *("1", "it ５", "①", "٣", "$", "¥", "€ it", "100%", "yes.com", "https:", "a@b", "it/warm", "{x", "{cost}", "}"),
        *("{price}{z", "{price}}", "Nike", "warm Nik", "冰", "\u202e", "שלום", "yes \n", "it is 🙂"),
    ],
)
def test_what_cannot_be_a_reply_is_not(rules: Rules, text: str) -> None:
    assert not rules.allows(text)


@pytest.mark.parametrize(
    ("text", "whole"), [("Yes.", True), ("wor", False), ("{price", False), ("", False), (" ", False)]
)
def test_a_reply_ends_only_where_it_is_whole(rules: Rules, text: str, whole: bool) -> None:
    assert rules.allows_end(text) is whole


def test_nobody_repeats_without_end(rules: Rules) -> None:
    assert not rules.allows("yes yes yes yes yes yes")


def test_words_of_a_passage_are_allowed_in_its_own_situation_only() -> None:
    assert not Rules(Situation("answer_policy", "en"), WORDS).allows("plants ")


def test_a_passage_lends_no_digit_and_no_foreign_placeholder() -> None:
    order = Fact("policy", "passage", "It costs 1 dollar {discount}")
    rules = Rules(Situation("answer_policy", "en", (order,)), WORDS)
    assert not rules.allows("it costs 1")
    assert not rules.allows("{discount}")


def test_the_static_mask_leaves_out_what_is_never_written() -> None:
    pieces = ["yes", " is", "", "7", "$", "{price}", "a/b", "好", "。"]
    assert static_mask(pieces).tolist() == [True, True, False, False, False, False, False, True, True]


def test_stored_words_are_the_same(tmp_path: Path) -> None:
    write_words({"en": WORDS}, tmp_path / "w.json")
    assert read_words(tmp_path / "w.json") == {"en": WORDS}
    (tmp_path / "w.json").write_text('{"en": 1}')
    with pytest.raises(ArtifactDamaged):
        read_words(tmp_path / "w.json")
