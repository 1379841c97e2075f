"""What is several requests and what is one, by a model of a few lines that knows whole sentences."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.nlu import evaluate_several
from assistant.nlu.evaluate_several import Splitter, is_right, several_messages
from assistant.nlu.pieces import Cutter
from assistant.nlu.request import Request
from assistant.nlu.several import CASE_YES, FORM, MOST_PIECES, ORDER_YES, VALUE, YES, requests_of
from assistant.nlu.training_text import read_examples
from assistant.nlu.words import WordLists

INTENTS = {
    r"where (is|are) .*\d|.*到哪了|do .* track .*, .* track .*": "track_order",
    r"(show|see) my cart|看看购物车": "view_cart",
    r"remove .*|删掉.*": "remove_from_cart",
    r"add .*": "add_to_cart",
    r"(show me|find) .*": "search_products",
    r"how much is .*|.*多少钱": "ask_price",
    r"compare .*": "compare_products",
    r"can i return .*|do you ship .*": "ask_policy",
    r"(hi|hello)( there)?|你好": "greet",
    r"thanks|谢谢": "thank",
    r"yes|ok": "affirm",
    r"return it": "return_product",
    r"tell me a joke": "out_of_scope",
    r"i never want .*|(but )?not leather": "state_wish",
    r"not for me": "dismiss_product",
    r"return the .*": "return_product",
    r"it is faulty": "report_problem",
    r"i don't need it any more": "remove_from_cart",
    r"三脚架要5个": "view_cart",
    r"(三脚架要5个，)?加购物车": "add_to_cart",
    r"it's a gift": "adjust_recommendations",
    r"anything similar": "ask_similar",
    r"#?\d+|(the )?(laptop|tent|tripod)": "inform",
    r"有货吗|还有货吗": "ask_stock",
    r"check out|结账吧": "check_out",
    r"how does that work|怎么弄呀": "ask_help",
    r"send it to the office|寄到公司": "change_address",
    r"exchange the .*|要换货": "exchange_product",
    r"(i do )?not (want )?a refund|不要退款": "track_refund",
    r"do you have a .*|is it a zoom": "ask_option",
    r"i need something like 70-200": "search_products",
    r"有啥推荐": "recommend",
    r"是我的错": "undo_adjustment",
}
VALUES = {
    "order_number": r"\d{4}",
    "quantity": r"\b\d\b",
    "product": r"laptop|tent|tripod",
    "ordinal": r"first|second|第.个",
}


class Model:
    """Knows the sentences above at a score, and notes what it is asked."""

    def __init__(self, score: float = 0.9) -> None:
        self.asked: list[str] = []
        self._score = score

    async def __call__(self, text: str) -> Mapping[str, Any]:
        self.asked.append(text)
        name = next(
            (name for sign, name in INTENTS.items() if re.fullmatch(sign, text.strip("?,. "), re.I)), "nlu_fallback"
        )
        entities = [
            {"entity": kind, "value": found[0], "start": found.start(), "end": found.end()}
            for kind, sign in VALUES.items()
            for found in re.finditer(sign, text)
        ]
        language = "zh" if re.search("[一-龥]", text) else "en"
        entities.append({"entity": "language", "value": language, "start": 0, "end": len(text)})
        return {"intent": {"name": name, "confidence": 1.0}, "score": self._score, "entities": entities, "text": text}


@pytest.fixture(scope="session")
def cutter() -> Cutter:
    return Cutter(WordLists.load("data/lexicon/en.yml", "data/lexicon/zh.yml"))


def split(cutter: Cutter, text: str, model: Model | None = None) -> list[Request]:
    return asyncio.run(requests_of(text, cutter, model or Model()))


def texts(cutter: Cutter, text: str, model: Model | None = None) -> list[str]:
    return [one.text for one in split(cutter, text, model)]


@pytest.mark.parametrize("text", ["!!!", "？？？", "...", ", ,", " "])
def test_a_message_of_signs_alone_has_no_pieces(cutter: Cutter, text: str) -> None:
    assert cutter.cut(text) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("where is 1001 and where is 1002?", ["where is 1001", "where is 1002"]),
        ("where is 1001? and what about #1002?", ["where is 1001", "where is 1002"]),
        ("where are 1001 and 1002", ["where are 1001", "where are 1002"]),
        (
            "do please track 1001, do please track 1002",
            ["do please track 1001", "do please track 1002"],
        ),
        ("1001到哪了，1002呢", ["1001到哪了", "1002到哪了"]),
        ("1001和1002到哪了", ["1001到哪了", "1002到哪了"]),
        ("add the second to my cart, and then show my cart", ["add the second to my cart", "show my cart"]),
        ("删掉第一个，然后看看购物车", ["删掉第一个", "看看购物车"]),
        ("hello, show me tents; can i return them? thanks", ["show me tents", "can i return them"]),
        ("how much is the laptop and the tent", ["how much is the laptop", "how much is the tent"]),
        ("can i return shoes? do you ship abroad?", ["can i return shoes", "do you ship abroad"]),
        ("add 2 tripods and add 3 tents", ["add 2 tripods", "add 3 tents"]),
        ("add 2 tripod to my cart and 3 tent", ["add 2 tripod to my cart", "add 3 tent to my cart"]),
        ("第二个多少钱，还有货吗", ["第二个多少钱", "还有货吗"]),
        ("return the laptop, remove the tent", ["return the laptop", "remove the tent"]),
        ("i never want wool and show me tents", ["i never want wool", "show me tents"]),
        ("yes, show my cart and show me tents", ["show my cart", "show me tents"]),
        (
            "where is 1001, show my cart and find shoes under $19.99",
            ["where is 1001", "show my cart", "find shoes under $19.99"],
        ),
    ],
)
def test_several_requests_are_told_apart(cutter: Cutter, text: str, parts: list[str]) -> None:
    assert texts(cutter, text) == parts


@pytest.mark.parametrize(
    ("text", "waits", "parts"),
    [
        ("yes. show my cart", YES, ["yes", "show my cart"]),
        ("yes, return it. show my cart", CASE_YES, ["yes", "show my cart"]),
        ("ok, return it, show my cart", CASE_YES, ["ok", "show my cart"]),
        ("ok, ok. show my cart", YES, ["ok, ok. show my cart"]),
        ("yes, show my cart and show me tents", YES, ["yes, show my cart and show me tents"]),
        ("ok. show my cart", YES, ["ok. show my cart"]),
        ("ok. show my cart and show me tents", YES, ["show my cart", "show me tents"]),
        ("yes. but show my cart", YES, ["yes. but show my cart"]),
        ("yes. add 3 tents", ORDER_YES, ["yes. add 3 tents"]),
        ("yes. show my cart", "", ["yes. show my cart"]),
        ("2. show my cart", VALUE, ["2", "show my cart"]),
        ("2. show my cart", "", ["2", "show my cart"]),
        ("2. show my cart", YES, ["2. show my cart"]),
        ("2. show my cart", FORM, ["2. show my cart"]),
    ],
)
def test_what_a_message_begins_with_answers_the_question_that_waits(
    cutter: Cutter, text: str, waits: str, parts: list[str]
) -> None:
    found = asyncio.run(requests_of(text, cutter, Model(), waits))
    assert [one.text for one in found] == parts


def test_a_question_that_nobody_understands_is_a_part_of_its_own(cutter: Cutter) -> None:
    found = split(cutter, "show my cart; what would grandma say?")
    assert [(one.text, one.intent) for one in found] == [
        ("show my cart", "view_cart"),
        ("what would grandma say", "nlu_fallback"),
    ]
    assert texts(cutter, "show my cart; grandma would love it") == ["show my cart; grandma would love it"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("check out, how does that work", ["check out"]),
        ("结账吧，怎么弄呀", ["结账吧"]),
        ("结账吧，寄到公司", ["结账吧"]),
        ("check out; send it to the office", ["check out"]),
        ("exchange the laptop, not a refund", ["exchange the laptop"]),
        ("要换货，不要退款", ["要换货"]),
        ("show my cart; exchange the laptop, not a refund", ["show my cart", "exchange the laptop"]),
    ],
)
def test_what_only_speaks_of_a_request_is_none(cutter: Cutter, text: str, parts: list[str]) -> None:
    assert texts(cutter, text) == parts


def test_a_remark_behind_a_question_is_a_request_only_where_it_surely_is_one(cutter: Cutter) -> None:
    text = "第二个多少钱？是我的错"
    assert texts(cutter, text, Model(0.5)) == [text]
    assert texts(cutter, text) == ["第二个多少钱", "是我的错"]


@pytest.mark.parametrize(
    "text",
    [
        "show me black and white shoes",
        "show me a laptop and a mouse",
        "show me shoes between 50 and 80",
        "add the laptop and the tent",
        "add the first and the second",
        "compare the laptop and the tent",
        "hi there, show me tents",
        "yes, and thanks",
        "show me tents and tell me a joke",
        "show me tents. show me only the small ones",
        "where is 1001? where is 1001?",
        "remove the first and remove the second",
        "Ada Lovelace, 12 Long Street, Springfield",
        "show me sofas, but not leather",
        "not for me, it's a gift",
        "return the laptop, it is faulty",
        "return the laptop, order 1001, it is faulty",
        "return the laptop, i don't need it any more",
        "return the laptop, order 1001, i don't need it any more",
        "not for me, anything similar?",
        "三脚架要5个，加购物车",
        "what goes with the laptop and the tent",
        "is it a zoom? i need something like 70-200",
    ],
)
def test_one_request_stays_whole(cutter: Cutter, text: str) -> None:
    assert texts(cutter, text) == [text]


def test_a_message_without_a_cut_point_asks_the_model_nothing(cutter: Cutter) -> None:
    model = Model()
    assert split(cutter, "show me tents for $19.99 from shop.example.com", model) == []
    assert split(cutter, "42 then", model) == []
    assert model.asked == []


def test_prose_is_not_split_and_asks_the_model_nothing(cutter: Cutter) -> None:
    model = Model()
    assert split(cutter, "show my cart. " * (MOST_PIECES + 1), model) == []
    assert model.asked == []


def test_what_is_not_sure_is_not_split(cutter: Cutter) -> None:
    text = "where is 1001 and show my cart"
    assert texts(cutter, text, Model(score=0.4)) == ["where is 1001", "show my cart"]
    assert texts(cutter, text, Model(score=0.3)) == [text]


def test_what_only_says_of_which_order_is_no_request_of_its_own(cutter: Cutter) -> None:
    text = "where is 1001, return the laptop"
    assert texts(cutter, text, Model(score=0.5)) == [text]
    assert texts(cutter, text, Model(score=0.9)) == ["where is 1001", "return the laptop"]
    assert len(texts(cutter, "where is 1001, show my cart", Model(score=0.9))) == 2


def test_a_comma_alone_takes_more_certainty_than_a_word(cutter: Cutter) -> None:
    assert len(texts(cutter, "show my cart, where is 1001", Model(score=0.5))) == 1
    assert len(texts(cutter, "show my cart, then where is 1001", Model(score=0.5))) == 2


def test_each_request_is_answered_in_the_language_of_the_message(cutter: Cutter) -> None:
    found = split(cutter, "show my cart，然后删掉第一个")
    languages = [[one["value"] for one in each.parsed["entities"] if one["entity"] == "language"] for each in found]
    assert languages == [["zh"], ["zh"]]


def test_right_means_all_requests_in_order_with_their_intents() -> None:
    given = [Request("Show my cart!", {"intent": {"name": "view_cart"}, "entities": []})]
    assert is_right([], [])
    assert is_right(given, [])
    assert is_right(given, [("show my cart", "view_cart")])
    assert not is_right(given, [("show my cart", "check_out")])
    assert not is_right(given, [("show my cart", "view_cart"), ("check out", "check_out")])
    assert not is_right([*given, *given], [])


def test_none_of_the_messages_is_training_text() -> None:
    training = {one.text for one in read_examples(Path("data/nlu"))}
    for split_name in ("validation", "test"):
        several = several_messages(Path("tests/data/several.yml"), split_name)[:2]
        assert not training & {text for group in several for text in group.messages}
        assert all(len(group.messages) >= 20 for group in several)


def test_the_command_counts_parses_of_messages_with_a_cut_point_alone(small_model: str) -> None:
    splitter = Splitter(small_model)
    assert asyncio.run(splitter.split("hello")).parses == 0
    assert asyncio.run(splitter.split("hello, and show my cart")).parses >= 3


def test_an_unknown_split_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "several.yml"
    path.write_text("test: {en: [], zh: [], whole: []}\n")
    assert evaluate_several.main(["--data", str(path), "--split", "train"]) == 1
    assert "only ['test']" in capsys.readouterr().err
