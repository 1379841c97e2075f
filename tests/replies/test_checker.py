from __future__ import annotations

from pathlib import Path

import pytest

from replies.adversarial import ATTEMPTS, adversarial_situations
from replies.checker import Checker
from replies.errors import InvalidSetting
from replies.examples import Example, read_folder
from replies.facts import Fact
from replies.judging import held_out, is_missing, read_checkers, says_asked
from replies.situation import Situation

HOUSE = Path("data/replies")
PRODUCTS = (Fact("product.1", "name"), Fact("product.2", "name"))


@pytest.fixture(scope="module")
def checkers() -> dict[str, Checker]:
    return read_checkers(HOUSE)


@pytest.fixture(scope="module")
def house() -> list[Example]:
    return read_folder(HOUSE)


@pytest.mark.parametrize(
    ("language", "reply", "value"),
    [
        ("en", "Yes, {product.1} is waterproof, so rain is no problem.", "yes"),
        ("en", "No, {product.1} isn't waterproof. Shall I look for something waterproof?", "no"),
        ("zh", "{product.1}是防水的。", "yes"),
        ("zh", "{product.1}并不是防水的，需要帮您找防水的款式吗？", "no"),
    ],
)
def test_a_claim_is_held_to_the_fact(checkers: dict[str, Checker], language: str, reply: str, value: str) -> None:
    checker = checkers[language]
    for held in ("yes", "no", "unknown"):
        facts = (*PRODUCTS, Fact("waterproof", "truth", held))
        assert bool(checker.wrong(reply, facts)) is (held != value)
    assert checker.wrong(reply, PRODUCTS)


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "Our data doesn't say how well it can stay outside. I can pass the question to a colleague."),
        ("zh", "两款都可以：{product.1}是不锈钢，{product.2}也一样。"),
    ],
)
def test_what_is_left_open_and_a_not_within_a_word_are_read_rightly(
    checkers: dict[str, Checker], language: str, reply: str
) -> None:
    open_ones = [Fact("outdoor", "truth", "unknown")]
    of_steel = [Fact("stainless.1", "truth", "yes"), Fact("stainless.2", "truth", "yes")]
    assert checkers[language].wrong(reply, [*PRODUCTS, *open_ones, *of_steel]) == []


@pytest.mark.parametrize(
    ("language", "wrong", "right"),
    [
        ("en", "The material of {product.1} is {weight.1}.", "The weight of {product.1} is {weight.1}."),
        ("zh", "{product.1}的材质是{weight.1}。", "{product.1}的重量是{weight.1}。"),
        ("en", "{product.1} weighs {weight.2}.", "{product.2} weighs {weight.2}."),
        ("zh", "{product.2}重{weight.1}。", "{product.2}重{weight.2}。"),
        ("en", "Its size is {screen_size.1}.", "Its screen size is {screen_size.1}."),
    ],
)
def test_a_value_is_held_to_its_field_and_product(
    checkers: dict[str, Checker], language: str, wrong: str, right: str
) -> None:
    values = [Fact(f"{name}.{number}", "number") for name in ("weight", "screen_size") for number in "12"]
    assert checkers[language].wrong(wrong, [*PRODUCTS, *values])
    assert not checkers[language].wrong(right, [*PRODUCTS, *values])


def test_each_claim_belongs_to_its_product(checkers: dict[str, Checker]) -> None:
    reply = "I'd take {product.2}: it keeps the rain out. {product.1} isn't waterproof."
    right = (*PRODUCTS, Fact("waterproof.1", "truth", "no"), Fact("waterproof.2", "truth", "yes"))
    turned = (*PRODUCTS, Fact("waterproof.1", "truth", "yes"), Fact("waterproof.2", "truth", "no"))
    assert not checkers["en"].wrong(reply, right)
    assert len(checkers["en"].wrong(reply, turned)) == 2


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "It costs 5."),
        ("en", "It costs {price}, not $."),
        ("en", "You have thirty days."),
        ("en", "You get a full refund, guaranteed."),
        ("en", "It cures back pain."),
        ("en", "See www.shop.example"),
        ("zh", "只要三元。"),
        ("zh", "保证假一赔十，包邮。"),
        ("zh", "可以治疗腰疼。"),
    ],
)
def test_what_no_fact_holds_is_found(checkers: dict[str, Checker], language: str, reply: str) -> None:
    assert checkers[language].wrong(reply, PRODUCTS)


def test_replies_that_people_wrote_are_hardly_ever_wrong(checkers: dict[str, Checker], house: list[Example]) -> None:
    wrong = [example for example in house if checkers[example.language].wrong(example.reply, example.facts)]
    assert len(wrong) < 0.005 * len(house)


def test_turned_facts_are_nearly_always_found(checkers: dict[str, Checker], house: list[Example]) -> None:
    turn = {"yes": "no", "no": "yes"}
    asked = [
        example
        for example in held_out(house, "train", 4_000)
        if example.act in ("judge_suitability", "compare_for")
        and {fact.value for fact in example.facts if fact.kind == "truth"} in ({"yes"}, {"no"})
        and not {fact.name for fact in example.facts} & {"in_stock", "in_budget", "size_available"}
    ]
    # What is in stock or within a budget is no attribute, and is not read.
    found = 0
    for example in asked:
        facts = [Fact(f.name, f.kind, turn[f.value]) if f.kind == "truth" else f for f in example.facts]
        found += bool(checkers[example.language].wrong(example.reply, facts))
    assert len(asked) > 200
    assert found > 0.9 * len(asked)


def test_refusals_are_told_from_answers(checkers: dict[str, Checker], house: list[Example]) -> None:
    missing = [example for example in house if is_missing(Situation.of(example))]
    refused = [checkers[example.language].refuses(example.reply) for example in missing]
    assert sum(refused) > 0.97 * len(refused)
    answers = [example for example in house if example.act == "explain_pick"]
    assert sum(checkers[e.language].refuses(e.reply) for e in answers) < 0.04 * len(answers)


def test_what_was_asked_is_looked_for(checkers: dict[str, Checker]) -> None:
    facts = (*PRODUCTS, Fact("waterproof", "truth", "yes"), Fact("price", "money"))
    asked = Situation("judge_suitability", "en", facts, ("waterproof", "price"))
    checker = checkers["en"]
    assert says_asked(asked, "{product.1} is waterproof, so rain is no problem, and costs {price}.", checker)
    assert says_asked(asked, "It costs {price}.", checker) is False
    assert says_asked(asked, "{product.1} keeps the rain out.", checker) is False
    assert says_asked(Situation("small_talk", "en"), "Hello!", checker) is None


def test_misleading_situations_are_many_and_the_same_each_time(house: list[Example]) -> None:
    examples = held_out(house, "validation")
    made = adversarial_situations(examples, 300)
    assert made == adversarial_situations(examples, 300)
    assert {one.language for one in made[:150]} == {"en", "zh"}
    assert sum(any(order in turn for order in ATTEMPTS[one.language] for turn in one.turns) for one in made) >= 60
    assert any(not one.facts for one in made)
    assert any(one.disputed for one in made)
    assert any(len(one.turns[-1]) > 10_000 for one in made)


def test_wordings_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting):
        read_checkers(tmp_path)
