"""Goods are told from the rest of a message by what was learnt of marked examples."""

import json

import pytest
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu import evaluate_goods, goods_training
from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.goods_tagger import GoodsTagger
from assistant.nlu.importer import Example, TrainingTextImporter
from assistant.nlu.marked_goods import MarkedExample, read_marked
from assistant.nlu.reader import FILES, MessageReader
from assistant.nlu.tokens import Token
from assistant.nlu.training_text import TrainingTextError
from assistant.nlu.word_groups import WordGroups

MARKED = """
version: "3.1"
nlu:
- intent: search_products
  examples: |
    - any [teapots](goods) for a small kitchen? my sister is coming
    - a [lamp](goods) please
    - got a [bucket](goods), the roof leaks
- intent: refine_search
  examples: |
    - only [waterproof](need) ones
- intent: state_wish
  examples: |
    - [latex](never) is dead to me
    - velvet makes me shiver, keep [velvet](never) away
- intent: greet
  examples: |
    - good morning to the kitchen
"""
UNMARKED = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "zh").mkdir()
    (tmp_path / "marked.yml").write_text(MARKED, encoding="utf-8")
    (tmp_path / "zh" / "also.yml").write_text(MARKED.replace("kitchen", "bath"), encoding="utf-8")
    (tmp_path / "plain.yml").write_text(UNMARKED, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def house() -> MessageReader:
    return MessageReader.load(**FILES)


def query(reader, text, intent="search_products"):
    return {one.value for one in reader.read(text, intent) if one.entity == "product_query"}


@pytest.mark.parametrize(
    ("text", "intent", "goods"),
    [
        ("my neighbour's dog chewed our old one, so we need a garden hose by friday", "search_products", "garden hose"),
        ("rice cooker please, i have just moved out and my mother worries", "search_products", "rice cooker"),
        ("could you suggest a sleeping bag? my daughter joins the scouts", "recommend", "sleeping bag"),
        ("我妈天天念叨腰疼，想给她买个按摩椅", "search_products", "按摩椅"),
        ("宿舍晚上十一点断电，有没有充电台灯", "search_products", "充电台灯"),
    ],
)
def test_what_is_told_beside_the_goods_is_not_searched_for(house, text, intent, goods):
    assert query(house, text, intent) == {goods}


@pytest.mark.parametrize(
    ("text", "intent", "words"),
    [
        ("something for a sore back", "search_products", {"sore back"}),
        ("only waterproof ones", "refine_search", {"waterproof"}),
        ("i'm hopeless with presents and my boss retires on monday, what shall i do", "recommend", set()),
    ],
)
def test_where_no_goods_are_named_a_need_is_searched_for_and_a_story_is_not(house, text, intent, words):
    assert query(house, text, intent) == words


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("lovely, pop it in my basket", "add_to_cart"),
        ("ooh whats that", "show_details"),
        ("nah, only one", "change_quantity"),
    ],
)
def test_words_of_small_talk_beside_a_request_are_not_searched_for(house, text, intent):
    assert query(house, text, intent) == set()


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        ("sneakers, put the expensive ones last please", {"sneakers"}),
        ("跑鞋，刚到的货放最上面", {"跑鞋"}),
        ("could you put the expensive ones at the end", set()),
        ("move recent ones to the top", set()),
        ("把列表重新排一下，便宜的放前面", set()),
    ],
)
def test_goods_beside_an_order_are_searched_for_and_words_of_the_order_are_not(house, text, goods):
    assert query(house, text, "sort_results") == goods


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        ("Hmm my wife says red only", set()),
        ("sony ones only thx", set()),
        ("just the waterproof ones", {"waterproof"}),
        ("带拉链的", {"拉链"}),
    ],
)
def test_what_goods_must_be_narrows_a_search_and_talk_does_not(house, text, goods):
    assert query(house, text, "refine_search") == goods


@pytest.mark.parametrize(
    ("text", "intent", "goods", "points"),
    [
        ("the costume arrived too late, halloween is over, so I'm returning it", "return_product", "costume", set()),
        ("my boy's drone doesn't work, he's in tears", "report_problem", "drone", set()),
        ("羽绒服太厚了，退掉", "return_product", "羽绒服", set()),
        ("i don't want it any more, send it back", "return_product", None, {"it"}),
    ],
)
def test_what_was_bought_is_told_though_the_shop_sells_none(house, text, intent, goods, points):
    assert query(house, text, intent) == ({goods} if goods else set())
    assert {one.value for one in house.read(text, intent) if one.entity == "reference"} == points


@pytest.mark.parametrize(
    ("text", "intent", "words"),
    [
        ("do they make this in XL, my husband is a rugby prop", "ask_option", set()),
        ("Does it come in yellow? It's for a nursery", "ask_option", set()),
        ("is that one foldable", "ask_option", {"foldable"}),
        ("gaming pc versus laptop, my grandson keeps changing his mind", "compare_products", {"gaming pc laptop"}),
    ],
)
def test_what_is_told_beside_a_question_about_goods_is_not_asked(house, text, intent, words):
    assert query(house, text, intent) == words


@pytest.mark.parametrize(
    ("text", "intent", "avoided"),
    [
        ("polyester and me are not on speaking terms", "state_wish", {"polyester"}),
        ("Adidas? over my dead body", "state_wish", {"Adidas"}),
        ("the landlord painted it all grey, so please nothing orange", "state_wish", {"orange"}),
        ("my feet are a size 42 and i have 90 euros", "state_wish", set()),
        ("i've made my peace with nylon", "undo_adjustment", {"nylon"}),
        ("搪瓷的不许出现", "state_wish", {"搪瓷"}),
        ("紫色看着心烦", "state_wish", {"purple"}),
        ("孩子对花生过敏，沾一点都不行", "state_wish", {"花生"}),
        ("我脚长四十三码", "state_wish", set()),
        ("我吃纯素", "state_wish", {"leather", "wool", "silk", "fur"}),
        ("亚麻的可以重新拿出来了", "undo_adjustment", {"亚麻"}),
    ],
)
def test_what_is_never_wanted_is_told_in_whatever_words(house, text, intent, avoided):
    assert {one.value for one in house.read(text, intent) if one.entity == "wish_exclude"} == avoided


@pytest.mark.parametrize(
    ("text", "intent", "entity", "values"),
    [
        ("What would six wine glasses set me back?", "ask_price", "quantity", ["6"]),
        ("what do number 2 and 3 cost", "ask_price", "ordinal", ["2", "3"]),
        ("make the candles eight instead of six", "change_quantity", "quantity", ["8"]),
        ("i wanted only one toothbrush, not eleven!!", "change_quantity", "quantity", ["1"]),
        ("蓝的不要，给我看粉色", "refine_search", "exclude", ["blue"]),
        ("蓝的不要，给我看粉色", "refine_search", "colour", ["pink"]),
        ("brand names mean nothing to me, love", "adjust_recommendations", "adjustment", ["ignore"]),
        ("the brand matters most to me", "adjust_recommendations", "adjustment", ["restore"]),
        ("never going over 40 on anything, remember that", "state_wish", "price_max", ["40"]),
        ("jumper's too small, need the next size up", "exchange_product", "product_query", ["jumper"]),
    ],
)
def test_what_is_meant_is_told_from_what_is_denied(house, text, intent, entity, values):
    assert [one.value for one in house.read(text, intent) if one.entity == entity] == values


def test_what_the_shop_sells_is_searched_for_though_people_mostly_own_one(house):
    assert query(house, "recommend a sofa", "recommend") == {"sofa"}
    assert query(house, "we move house next week and everything has to go, so recommend us a sofa", "recommend") == {
        "sofa"
    }


def test_words_of_a_products_name_are_always_searched_for(house):
    assert query(house, "tell me of the road bike, my commute is long and it rains", "show_details") == {"road bike"}


def test_files_with_marks_are_read_and_others_left_out(folder):
    found = read_marked(folder)
    assert [one.source for one in found] == ["marked"] * 7 + ["zh/also"] * 7
    assert found[0] == MarkedExample(
        "any teapots for a small kitchen? my sister is coming", "search_products", ((4, 11),), "marked"
    )
    assert found[6].spans == found[6].needs == found[6].avoided == ()
    assert found[4] == MarkedExample("latex is dead to me", "state_wish", (), "marked", (), ((0, 5),))
    assert [found[4].avoids(Token(first, last, "x")) for first, last in [(0, 5), (6, 8)]] == [True, False]
    assert found[3] == MarkedExample("only waterproof ones", "refine_search", (), "marked", ((5, 15),))
    assert [found[3].needs_of(Token(first, last, "x")) for first, last in [(5, 15), (0, 4)]] == [True, False]
    assert not found[3].marks(Token(5, 15, "x"))
    assert [found[0].marks(Token(first, last, "x")) for first, last in [(4, 11), (0, 3), (9, 14), (2, 13)]] == [
        *(True, False, False, True)
    ]


def test_without_a_mark_nothing_can_be_learnt(folder, capsys):
    for name in ("marked.yml", "zh/also.yml"):
        (folder / name).unlink()
    with pytest.raises(TrainingTextError, match=r"write \[lamp\]\(goods\)"):
        read_marked(folder)
    assert goods_training.main(["--data", str(folder), "--out", str(folder / "model")]) == 1
    assert "no goods are marked" in capsys.readouterr().err


def test_marks_are_no_entities_of_the_assistants_training(folder):
    red = {"entity": "colour", "value": "red"}
    assert Example.of(Message({"text": "a red lamp", "entities": [{"entity": "goods"}, red]})).get("entities") == [red]
    importer = TrainingTextImporter(training_data_paths=[str(folder)])
    read = importer.get_nlu_data().training_examples
    assert {"a lamp please", "only waterproof ones"} <= {one.get("text") for one in read}
    assert not [one for one in read if one.get("entities")]


def test_a_model_is_learnt_and_finds_what_is_like_what_was_marked(folder, capsys):
    out = folder / "made" / "tagger.crfsuite"
    assert goods_training.main(["--data", str(folder), "--out", str(out)]) == 0
    assert "learnt from 14 messages" in capsys.readouterr().out
    assert [one.name for one in out.parent.iterdir()] == [out.name]
    reader = MessageReader.load(**{**FILES, "tagger": str(out)})
    assert query(reader, "any kettles for a small office? my sister is here") == {"kettles"}


def test_each_authors_messages_are_measured_by_what_the_others_teach(folder, capsys):
    file = folder / "figures.json"
    assert evaluate_goods.main(["--data", str(folder), "--parts", "2", "--json", str(file)]) == 0
    rows = json.loads(file.read_text())
    assert [(row["what"], row["author"], row["way"], row["messages"]) for row in rows] == [
        (what, author, way, count)
        for what, count in (("goods", 4), ("never", 2))
        for author in ("marked", "zh/also")
        for way in ("rules", "tagger")
    ]
    assert all(0 <= row[name] <= 1 for row in rows for name in ("exact", "precision", "recall"))
    assert "precision" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, b"", b"no model"])
def test_a_missing_or_damaged_model_is_told_with_the_command_that_makes_it(tmp_path, content):
    path = tmp_path / "tagger.crfsuite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ArtifactError, match="make train"):
        GoodsTagger(str(path))


def test_a_chinese_word_is_of_the_group_of_what_it_ends_with():
    groups = WordGroups({"杯": [1, 2], "水杯": [3, 4], "lamp": [5, 6]})
    assert [groups.of(word) for word in ("水杯", "保温杯", "大水杯", "lamp", "xlamp", "书")] == [
        *([3, 4], [1, 2], [3, 4], [5, 6], (), ())
    ]
