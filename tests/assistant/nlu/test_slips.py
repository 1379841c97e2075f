"""Slips of the keyboard are put right before a message is understood, and names are left alone."""

import pytest

from assistant.nlu.slips import Corrected, Correction, Slips, count_words

COUNTS = {
    "order": 40,
    "what": 30,
    "where": 30,
    "please": 20,
    "running": 9,
    "shoes": 12,
    "camp": 3,
    "left": 9,
    "less": 8,
    "cheaper": 7,
}
SLIPS = Slips(COUNTS, ["lamp", "form", "from", "the", "is", "my", "show"], ["um", "uh", "嗯", "呃"])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("waht is my oredr", "what is my order"),
        ("plese show runing sheos", "please show running shoes"),
        ("WAHT IS MY ORDER", "what IS MY ORDER"),
        ("Waht is it", "what is it"),
        ("看看 runnning shoes", "看看 running shoes"),
        ("给我runnning的", "给我running的"),
    ],
)
def test_a_slip_is_put_right(typed, read):
    assert SLIPS.correct(typed).text == read


@pytest.mark.parametrize(
    "text",
    [
        "the lamp",  # a real word that is one letter from another
        "damp",  # four letters, and not two swapped
        "show me Ordre shoes",  # a name
        "ordr@example.com",
        "SHEOS-42",
        "orders and ordered",  # other forms of a known word
        "xqzzy",
        "订单在哪",
        "",
        "?!",
        "x" * 5000,
        " ".join(["zzzz", "yyyy"] * 1000),
    ],
)
def test_what_is_no_slip_is_left_alone(text):
    assert SLIPS.correct(text) == Corrected(text, text)


COMMON = Slips({"the": 400, "and": 300, "you": 200, "ant": 120, "saw": 99, "can": 150}, ["are", "nad"])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("show teh shoes adn hte lamp", "show the shoes and the lamp"),
        ("Cna yuo see it", "can you see it"),
        ("给我看看teh lamp", "给我看看the lamp"),
    ],
)
def test_swapped_letters_of_a_very_common_short_word_are_put_right(typed, read):
    assert COMMON.correct(typed).text == read


@pytest.mark.parametrize(
    "text",
    [
        "nad",  # a real word
        "wsa",  # "saw" is not common enough
        "thr",  # no letters are swapped
        "the TEH lamp",  # a name
        "RSU 42",
        "teh-42",
    ],
)
def test_other_short_words_are_left_alone(text):
    assert COMMON.correct(text).text == text


def test_of_two_common_short_words_none_is_guessed():
    assert Slips({"ant": 400, "nat": 400}).correct("show ant").text == "show ant"
    assert Slips({"tea": 400, "eat": 400}).correct("show eta").text == "show eta"


def test_of_two_words_that_are_as_near_the_much_more_common_one_is_meant():
    assert Slips({"stock": 40, "stick": 3}).correct("sttck").text == "stock"
    assert Slips({"stock": 4, "stick": 3}).correct("stxck").text == "stxck"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("um show the uh lamp", "show the lamp"),
        ("Um, what is it", "what is it"),
        ("嗯，订单在哪", "订单在哪"),
        ("呃呃 看看鞋", "看看鞋"),
        ("um", "um"),
        ("嗯嗯", "嗯嗯"),
        ("the drum", "the drum"),
        ("show shoes shoes in blue", "show shoes in blue"),
        ("Please please show Shoes shoes", "please show shoes"),
        ("bye bye", "bye bye"),
    ],
)
def test_hesitation_is_left_out_unless_it_is_all_there_is(typed, read):
    assert SLIPS.correct(typed).text == read


def test_a_slip_that_the_training_text_writes_on_purpose_is_put_right_too():
    slips = Slips({"cancel": 90, "cancle": 3, "cancer": 9}, ["cancel", "cancer"])
    assert slips.correct("please cancle it").text == "please cancel it"
    assert slips.correct("the zodiac sign cancer").text == "the zodiac sign cancer"


def test_a_short_slip_that_the_training_text_writes_on_purpose_is_put_right_too():
    assert Slips({"the": 400, "teh": 2, "tea": 2}).correct("show me teh tea").text == "show me the tea"


def test_places_are_those_of_what_was_typed():
    corrected = SLIPS.correct("um waht is runing left")
    assert corrected.text == "what is running left"
    assert corrected.corrections == (Correction(0, 3, ""), Correction(3, 7, "what"), Correction(11, 17, "running"))
    start = corrected.text.index("running")
    assert corrected.typed[corrected.place(start) : corrected.place(start + len("running"))] == "runing"
    start = corrected.text.index("left")
    assert corrected.typed[corrected.place(start) : corrected.place(len(corrected.text))] == "left"
    assert corrected.place(0) == 3


def test_words_that_stand_once_are_not_counted_for_they_may_be_slips_themselves():
    assert count_words(["where is it", "Where was it", "wher is"]) == {"where": 2}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("购物购物车里有什么", "购物车里有什么"),
        ("第二第二个多少钱", "第二个多少钱"),
        ("帮我帮我看看跑鞋", "帮我看看跑鞋"),
    ],
)
def test_a_chinese_word_that_is_typed_twice_is_read_once(typed, read):
    assert SLIPS.correct(typed).text == read


@pytest.mark.parametrize("text", ["算了算了", "人工！人工！", "看看", "订单一零一零", "给我看看"])
def test_a_chinese_word_that_is_meant_twice_stays(text):
    assert SLIPS.correct(text).text == text
