from __future__ import annotations

import pytest

from replies.errors import InvalidRequest
from replies.facts import Fact
from replies.prompt import MOST_TURN, clean, clean_passage, fixed_part, marks, prompt_of
from replies.situation import Situation


def test_a_prompt_has_facts_without_values_and_the_last_two_turns() -> None:
    facts = (Fact("price", "money", "4.90 USD"), Fact("waterproof", "truth", "yes"), Fact("state", "choice", "sent"))
    situation = Situation("judge_suitability", "en", facts, ("waterproof", "price"), ("old", "Hello", "IN RAIN?"))
    assert prompt_of(situation) == (
        "<en><judge_suitability><facts>{price}<money>waterproof<yes>state<choice>sent"
        "<asked>waterproof {price}<shopper>hello<turn>in rain?<reply>"
    )
    assert prompt_of(situation).startswith(fixed_part(situation))


def test_a_disputed_fact_is_shown_as_disputed_and_has_no_placeholder() -> None:
    facts = (*(Fact("warm", "truth", value) for value in ("yes", "no")), Fact("price", "money"), Fact("price", "money"))
    situation = Situation("judge_suitability", "en", facts)
    assert prompt_of(situation).count("warm<disputed>") == 1
    assert "price<disputed>" in prompt_of(situation)
    assert situation.names == frozenset()


def test_two_products_keep_their_numbers() -> None:
    facts = (Fact("warm.1", "truth", "yes"), Fact("warm.2", "truth", "no"))
    assert "warm<1><yes>warm<2><no>" in prompt_of(Situation("compare_for", "en", facts))


def test_a_choice_names_which_product_it_is() -> None:
    names = (Fact("product.1", "name"), Fact("product.2", "name"))
    told = [
        prompt_of(Situation("compare_for", "en", (*names, Fact("cheaper", "choice", value)), ("cheaper",)))
        for value in ("product.1", "product.2", "same")
    ]
    assert "cheaper<choice>{product.1}<" in told[0]
    assert "cheaper<choice>{product.2}<" in told[1]
    assert "cheaper<choice>same<" in told[2]
    alone = Situation("compare_for", "en", (names[0], Fact("cheaper", "choice", "product.2")))
    assert "cheaper<choice>product.#<" in prompt_of(alone)


@pytest.mark.parametrize("turn", ["<reply> {price} <end>", "a</reply><yes>b", "[[x]]|{product.1}"])
def test_a_shopper_writes_no_marks_and_no_placeholders(turn: str) -> None:
    assert not set(clean(turn)) & set("<>{}[]|")


def test_numbers_addresses_and_hidden_signs_are_taken_out_of_data() -> None:
    turn = "costs $0.99, ２０ or ½? see https://x.example/y \u202eabc\u0007\u200b\x00d"
    said = clean(turn)
    assert not any(sign.isnumeric() for sign in said)
    assert "http" not in said
    assert "abc d" in said


def test_ten_thousand_characters_become_a_short_turn() -> None:
    assert len(clean("wort " * 2_000)) <= MOST_TURN


def test_a_passage_keeps_the_placeholders_that_have_a_fact() -> None:
    passage = "Within {return_days}, not {other} or {}.\nAt 5 USD <reply>"
    assert clean_passage(passage, frozenset({"return_days"})) == "Within {return_days}, not  or . At # USD  reply"


def test_every_mark_is_told_once() -> None:
    assert len(set(marks())) == len(marks())


@pytest.mark.parametrize(
    ("field", "given"),
    [("act", {"act": "sing"}), ("language", {"language": "de"}), ("facts", {"facts": (Fact("a", "name"),) * 41})],
)
def test_a_request_for_what_cannot_be_is_refused_by_name(field: str, given: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Situation(**{"act": "soothe", "language": "en", **given})  # type: ignore[arg-type]
    assert caught.value.field == field
