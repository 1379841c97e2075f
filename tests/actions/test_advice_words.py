"""What the words of advice find in messages of both languages."""

from __future__ import annotations

import pytest

from actions.advice_words import AdviceWords, clauses
from tests.actions.conftest import ROOT

ADVICE = AdviceWords.read(ROOT / "data/advice.yml")


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("reviews", "What do others who bought it think of the tent?"),
        ("reviews", "评价咋样，别人买了说好不好"),
        ("restock", "When will the desk be back?"),
        ("restock", "什么时候到货"),
        ("price_reason", "why is it so cheap, is something wrong with it?"),
        ("price_reason", "怎么这么便宜"),
        ("judgement", "Is 8GB enough for Word and Zoom?"),
        ("judgement", "8g够不够"),
        ("choice", "which of these is best for walking?"),
        ("choice", "你直接帮我定一双"),
    ],
)
def test_a_question_is_known_by_its_words(what: str, text: str) -> None:
    assert ADVICE.asks(what, text)


@pytest.mark.parametrize(
    "text", ["how much is it?", "do you have tents?", "多少钱", "有帐篷吗", "is it in stock?", "有货吗"]
)
def test_other_questions_are_none_of_these(text: str) -> None:
    assert not [what for what in ("reviews", "restock", "price_reason", "judgement") if ADVICE.asks(what, text)]


def test_an_occasion_has_its_goods_where_the_shop_has_them() -> None:
    found = ADVICE.occasion("刚开学 宿舍啥都没有", ["Furniture"])
    assert found is not None
    assert found.kinds["zh"].startswith("凳子, ")
    assert ADVICE.occasion("she is into gardening", ["Furniture"]) is None
    assert ADVICE.occasion("a laptop, please", ["Furniture"]) is None


def test_a_message_falls_into_the_parts_that_it_is_said_in() -> None:
    assert list(clauses("leather is fine, still no pink")) == ["leather is fine", "still no pink"]
    assert list(clauses("皮的可以，但是不要粉色")) == ["皮的可以", "不要粉色"]
