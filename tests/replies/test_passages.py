"""A policy text as facts: no value stays in it, and each is filled in again as the text has it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from replies.facts import Fact, placeholders
from replies.fill import fill
from replies.passages import passage_facts

HOUSE = sorted(Path("data/policies").rglob("*.md"))


def sections() -> list[str]:
    texts = [re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL) for path in HOUSE]
    return [part.partition("\n")[2].strip() for text in texts for part in re.split(r"^#+ ", text, flags=re.M) if part]


def test_values_become_placeholders() -> None:
    found = passage_facts("You can return it within 30 days. Write to help@shop.example or pay $4.90.", "en")
    assert found is not None
    assert found.facts[-1] == Fact(
        "policy", "passage", "You can return it within {return_days}. Write to {email} or pay {delivery_cost}."
    )
    assert found.values == {"return_days": "30 days", "email": "help@shop.example", "delivery_cost": "$4.90"}
    assert found.asked("how long can i return it") == ("return_days",)
    assert found.asked("what does it cost") == ("delivery_cost",)
    assert found.asked("who are you") == ()


def test_a_question_that_two_values_may_answer_asks_for_none() -> None:
    found = passage_facts("Standard takes 3 to 5 working days, express 1 to 2 working days.", "en")
    assert found is not None
    assert sorted(found.values.values()) == ["1 to 2 working days", "3 to 5 working days"]
    assert found.asked("how long does it take") == ()


@pytest.mark.parametrize("text", ["", "   ", "Open 9-17 and 10-14.", " ".join(f"{n} days" for n in range(1, 9))])
def test_what_cannot_be_made_facts_of_is_left_to_be_quoted(text: str) -> None:
    assert passage_facts(text, "en") is None


def test_the_houses_own_texts_come_back_word_for_word() -> None:
    made = 0
    for text in filter(None, sections()):
        found = passage_facts(text, "zh" if re.search("[\u4e00-\u9fff]", text) else "en")
        if found is None:
            continue
        made += 1
        passage = found.facts[-1].value
        assert not re.search(r"\d", passage)
        assert set(placeholders(passage)) == set(found.values)
        assert fill(passage, found.values) == " ".join(text.split())
    assert made > 60
