"""Chinese words that were written with other characters of the same sound are put right; names and words are not."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from assistant.nlu.homophones import HanCounts, Homophones, count_han
from assistant.nlu.slips import Corrected, Correction, Slips

SAID = [
    *["运费怎么算", "你们的运费多少", "订单到哪了", "我的订单", "查一下订单", "快递到哪了", "购物车里有什么"] * 4,
    *["我 妈 的 生日", "给 妈 买", "有没有大码"] * 10,
    *["第一个很好", "看看第二个"] * 3,
]
COUNTS = count_han(SAID)
HOMOPHONES = Homophones(COUNTS)


def read(text: str) -> str:
    return Slips({}, (), ["嗯"], COUNTS).correct(text).text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("运飞怎么算", "运费怎么算"),
        ("我想问下运非", "我想问下运费"),
        ("我的定丹到哪了", "我的订单到哪了"),
        ("块递1001到了没", "快递1001到了没"),
        ("看看够物车", "看看购物车"),
        ("嗯，運飛怎麼算", "运费怎麼算"),
    ],
)
def test_a_word_of_the_same_sound_is_read_as_the_one_of_the_training_text(typed, meant):
    assert read(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "丁丹",  # a whole message may be a name
        "运飞",
        "我叫丁丹",
        "收件人是丁丹",
        "给我牛买",  # spoken like nothing that is known
        "有没有大妈",  # "大码" is spoken so, but "妈" is often said alone
        "帮我看看",
        "teh dingdan",
        "",
        "？！",
        "订" * 1000,
    ],
)
def test_what_is_no_such_slip_is_left_alone(text):
    assert read(text) == text


def test_a_character_that_is_often_said_alone_is_meant():
    often = Homophones(count_han([*SAID, *["这车费油"] * 10, *["飞 了"] * 10]))
    assert HOMOPHONES.find("问下运飞")
    assert not often.find("问下运飞")


def test_a_word_that_the_training_text_itself_writes_is_known():
    assert not Homophones(count_han([*SAID, "定单在哪", "定单在哪"])).find("我的定单到哪了")


def test_of_two_words_of_one_sound_the_much_more_common_one_is_meant():
    words = {"保修": 40, "报修": 3}
    assert Homophones(HanCounts(words)).find("还在包秀期吗") == [(2, 4, "保修")]
    assert Homophones(HanCounts({**words, "报修": 30})).find("还在包秀期吗") == []


def test_a_rare_word_of_the_training_text_is_no_target():
    assert Homophones(HanCounts({"保修": 3})).find("还在包秀期吗") == []


def test_without_training_text_nothing_is_found():
    assert Homophones(HanCounts()).find("运飞多少") == []


def test_places_are_those_of_what_was_typed():
    assert Slips({}, (), ["嗯"], COUNTS).correct("嗯，问下运飞") == Corrected(
        "嗯，问下运飞", "问下运费", (Correction(0, 2, ""), Correction(4, 6, "运费"))
    )


def test_pairs_that_stand_once_may_be_slips_and_are_not_counted():
    counts = count_han(["運費多少", "运费呢", "定单 abc"])
    assert counts.pairs == {"运费": 2}
    assert counts.words["运费"] == 2


def test_counts_are_the_same_once_written_and_read():
    assert HanCounts(**json.loads(json.dumps(asdict(COUNTS)))) == COUNTS
