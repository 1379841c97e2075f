"""A shop's own chats as examples: nothing personal, nothing ungrounded, and a reason for each that was dropped."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from replies.chat_import import Importer
from replies.chats import Message, exchanges_of, read_chats
from replies.dataset import main
from replies.errors import UnreadableRecords
from replies.examples import Example, read_examples
from replies.facts import LANGUAGES, Fact, Language
from replies.grounding import ProductTable, delexicalised, read_products
from replies.guard import Guard
from replies.lexicon import read_lexicon
from replies.privacy import masked, names_in

FOLDER = Path("data/replies")
PRODUCTS = (
    "name,price,waterproof,weight\n"
    "Trail Tent,129.00 USD,yes,2.1 kg\n"
    "Trail Tent Pro,199.50 USD,no,\n"
    "羽绒服,399元,否,1.2千克\n"
)


@pytest.fixture(scope="module")
def guard() -> Guard:
    return Guard({language: read_lexicon(FOLDER, language) for language in LANGUAGES}, {})


@pytest.fixture(scope="module")
def products(tmp_path_factory: pytest.TempPathFactory) -> ProductTable:
    path = tmp_path_factory.mktemp("shop") / "products.csv"
    path.write_text(PRODUCTS, encoding="utf-8")
    return read_products(path)


def imported(
    guard: Guard, products: ProductTable, asked: str, answer: str, language: Language = "en"
) -> tuple[list[Example], list[str]]:
    chat = [Message("shopper", asked), Message("agent", answer)]
    found, report = Importer(guard, products, language).read([chat])
    return found, list(report.dropped)


def test_values_become_placeholders_and_a_truth_is_held_against_the_table(guard: Guard, products: ProductTable) -> None:
    found, _ = imported(
        guard,
        products,
        "is the Trail Tent waterproof",
        "Yes, the Trail Tent is waterproof, it costs $129 and weighs 2.1 kg.",
    )
    assert found[0].reply == "Yes, the {product.1} is waterproof, it costs {price} and weighs {weight}."
    assert found[0].act == "judge_suitability"
    assert found[0].asked == ("price", "weight")
    assert Fact("waterproof", "truth", "yes") in found[0].facts
    assert Fact("price", "money") in found[0].facts


def test_chinese_chats_are_grounded_as_well(guard: Guard, products: ProductTable) -> None:
    found, _ = imported(guard, products, "羽绒服多少钱", "羽绒服的价格是399元，不防水哦。", "zh")
    assert found[0].reply == "{product.1}的价格是{price}，不防水哦。"
    _, dropped = imported(guard, products, "羽绒服防水吗", "羽绒服防水。", "zh")
    assert dropped == ["not grounded (claim)"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("The Trail Tent Pro is waterproof.", "not grounded (claim)"),
        ("It costs 130 dollars.", "not grounded (digit)"),
        ("You get a discount on it.", "not grounded (policy)"),
        ("I have told my manager, they will call you.", "not grounded (forbidden, promise)"),
        ("Write to joe.doe@mail.com please.", "personal data"),
        ("Your parcel 3348917502 is here.", "personal data"),
        ("Please ask for Crystal there.", "a name that is no fact"),
        ("Hello {{Name}}, welcome!", "a blank of a template"),
        ("Hello {name}, welcome!", "braces"),
        ("您好！", "another language"),
        ("Hello there! " * 60, "too long"),
        ("<br>", "empty"),
    ],
)
def test_what_cannot_be_grounded_is_dropped_with_its_reason(
    guard: Guard, products: ProductTable, answer: str, reason: str
) -> None:
    found, dropped = imported(guard, products, "the Trail Tent Pro, is it good?", answer)
    assert not found
    assert dropped == [reason]


def test_personal_data_is_taken_out_of_what_a_shopper_said(guard: Guard, products: ProductTable) -> None:
    said = "I'm at 6821 1st Ave, call (977) 625-2661 or write to a.b@c.com, order 3348917502, user cminh730"
    found, _ = imported(guard, products, said, "Thank you!")
    assert found[0].turns == ("I'm at [address], call [phone] or write to [email], order [number], user [account]",)
    assert masked("我的手机13812345678，地址广东省深圳市南山区科技路12号", []) == "我的手机[phone]，[address]"


def test_a_name_that_was_given_is_taken_out_everywhere() -> None:
    chat = [
        Message("agent", "May I have your name please?"),
        Message("shopper", "Crystal Minh"),
        Message("agent", "Thanks, Crystal!"),
        Message("shopper", "my name is Joe Miller by the way"),
    ]
    names = names_in(chat)
    assert masked("Thanks, crystal! Joe Miller too.", names) == "Thanks, [name]! [name] too."
    assert masked("王小明先生您好", names_in([Message("shopper", "我叫王小明，想退货")])) == "[name]先生您好"


def test_an_answer_follows_the_last_two_turns_and_messages_in_a_row_are_one() -> None:
    chat = [
        Message("agent", "Hi!"),
        Message("shopper", "one"),
        Message("shopper", "two"),
        Message("shopper", "three"),
        Message("agent", "First part"),
        Message("agent", "Second part."),
    ]
    exchanges = list(exchanges_of(chat))
    assert [(one.turns, one.reply) for one in exchanges] == [(("two", "three"), "First part. Second part.")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("chats.csv", "conversation,speaker,text\n1,customer,hi\n2,customer,yo\n1,agent,Hello!\n2,seller,Hey!\n"),
        ("chats.csv", "input,output\nhi,Hello!\nyo,Hey!\n"),
        (
            "chats.jsonl",
            '{"turns": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "Hello!"}]}\n'
            '{"input": "yo", "output": "Hey!"}\n',
        ),
        (
            "chats.json",
            '[{"original": [["customer", "hi"], ["action", "looked up"], ["agent", "Hello!"]]},'
            ' {"original": [["顾客", "yo"], ["客服", "Hey!"]]}]',
        ),
    ],
)
def test_records_of_several_forms_are_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with gzip.open(tmp_path / f"{name}.gz", "wt", encoding="utf-8") as file:
        file.write(text)
    for path in (tmp_path / name, tmp_path / f"{name}.gz"):
        chats = read_chats(path)
        assert [[one.text for one in chat] for chat in chats] == [["hi", "Hello!"], ["yo", "Hey!"]]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("chats.txt", b"hi"),
        ("chats.json", b"{"),
        ("chats.jsonl", b"5\n"),
        ("chats.csv", b"a,b\n1,2\n"),
        ("chats.csv", b""),
        ("chats.json.gz", b"not packed"),
        ("chats.csv", b"\xff\xfe\x00"),
    ],
)
def test_what_is_no_record_is_named_without_a_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableRecords, match=name):
        read_chats(path)
    assert main(["from-chats", str(path), "--language", "en", "--out", str(tmp_path / "out.jsonl")]) == 1
    assert name in capsys.readouterr().err


def test_the_longer_of_two_names_is_meant(products: ProductTable) -> None:
    facts = products("tell me about the trail tent pro")
    assert [fact.value for fact in facts if fact.kind == "name"] == ["Trail Tent Pro"]
    assert delexicalised("The Trail Tent Pro costs 199.50 USD.", facts) == "The {product.1} costs {price}."
    assert delexicalised("It costs 1199.50 USD or $199.505.", facts) == "It costs 1199.50 USD or $199.505."


def test_a_table_without_names_is_none(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("sku,price\nA,1\n")
    with pytest.raises(UnreadableRecords, match="column name"):
        read_products(tmp_path / "p.csv")


def test_public_chats_give_clean_examples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = os.environ.get("DATASETS")
    if not folder:
        pytest.skip("DATASETS is not set to the folder that holds abcd_sample and bitext_20k")
    files = ("abcd_sample/abcd_sample.json.gz", "bitext_20k/bitext_responses_val.csv.gz")
    kept = []
    for number, name in enumerate(files):
        out = tmp_path / f"{number}.jsonl"
        assert main(["from-chats", str(Path(folder) / name), "--language", "en", "--out", str(out)]) == 0
        kept.append(list(read_examples(out)))
    told = capsys.readouterr().out
    assert "21 answers:" in told
    assert "1344 answers:" in told
    assert "a blank of a template" in told
    assert len(kept[0]) >= 5
    text = json.dumps([one.turns for each in kept for one in each]).lower()
    assert not [secret for secret in ("crystal", "alessandro", "cminh730", "3348917502", "@email") if secret in text]
