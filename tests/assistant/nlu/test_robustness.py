"""What is done to messages, and the command that measures what it costs."""

import json
import random

import pytest

from assistant.nlu.damage import DAMAGES, capitals, doubled, emoji, homophone, no_signs, slip, spoken
from assistant.nlu.evaluate_robustness import main
from assistant.nlu.sounds import sounds_of


def drawn():
    return random.Random(1)


def test_a_slip_swaps_two_inner_letters_of_a_word():
    text = slip("show me laptops", drawn())
    assert text != "show me laptops"
    assert sorted(text) == sorted("show me laptops")
    assert [len(word) for word in text.split()] == [4, 2, 7]


def test_a_slip_leaves_out_a_chinese_character():
    assert len(slip("我想买跑鞋", drawn())) == 4


def test_a_message_too_short_for_a_slip_stays():
    assert slip("hi 42", drawn()) == "hi 42"


def test_a_homophone_takes_the_place_of_one_character_of_a_chinese_word():
    text = "我想买一台显示器 Nikon"
    damaged = homophone(text, drawn())
    assert [one != other for one, other in zip(damaged, text, strict=True)].count(True) == 1
    assert sounds_of(damaged) == sounds_of(text)
    assert homophone("show me laptops", drawn()) == "show me laptops"


def test_signs_go_but_those_inside_numbers_stay():
    assert no_signs("Under $19.99, please!", drawn()) == "under 19.99 please"
    assert no_signs("多少钱？", drawn()) == "多少钱"
    assert no_signs("?!", drawn()) == "?!"


def test_what_a_microphone_hears_has_every_word_of_the_message_in_order():
    heard = spoken("Show me the cameras!", drawn()).split()
    assert [word for word in heard if word in ["show", "me", "the", "cameras"]] == ["show", "me", "the", "cameras"]
    assert len(heard) == 6
    assert spoken("有跑鞋吗？", drawn()).replace(" ", "").endswith(("有跑鞋吗", "嗯", "那个", "就是", "呃"))


def test_capitals_emoji_and_doubled_words():
    assert capitals("red Shoes", drawn()) == "RED SHOES"
    assert emoji("hello", drawn()).startswith("hello")
    assert not emoji("hello", drawn()).isascii()
    assert doubled("red shoes", drawn()) == "red shoes shoes"
    assert doubled("我想买跑鞋", drawn()) == "我想我想买跑鞋"


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("text", ["", " ", "?", "😀", "42", "我", "a b"])
def test_every_damage_takes_every_message(name, text):
    assert isinstance(DAMAGES[name](text, drawn()), str)


def test_the_command_prints_the_loss_of_each_kind_and_writes_json(small_model, tmp_path, capsys):
    data = tmp_path / "held.yml"
    greeting, search = '["Hello there!", {}]', '["I need running shoes.", {product_query: running shoes}]'
    data.write_text(f"test:\n  greet:\n    - {greeting}\n  search_products:\n    - {search}\n")
    target = tmp_path / "out" / "robustness.json"
    assert main(["--model", small_model, "--data", str(data), "--json", str(target)]) == 0
    rows = json.loads(target.read_text())
    assert [row["damage"] for row in rows] == ["untouched", *DAMAGES]
    assert rows[0] == {"damage": "untouched", "changed": 0, "intents": 1.0, "entities": 1.0}
    assert {row["damage"] for row in rows if not row["changed"]} == {"untouched", "a homophone"}
    assert "untouched" in capsys.readouterr().out


def test_the_command_says_what_is_wrong_with_the_file(tmp_path, capsys):
    assert main(["--data", str(tmp_path / "none.yml")]) == 1
    assert "none.yml" in capsys.readouterr().err
