"""From a reviewed file to training text: what is refused, what a trial says, and what is written."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from assistant.nlu import mine
from assistant.nlu.evaluation import Case, Outcome
from assistant.nlu.mining.collecting import Missed, Why
from assistant.nlu.mining.errors import MiningError
from assistant.nlu.mining.grouping import Group
from assistant.nlu.mining.nlu_files import add_examples
from assistant.nlu.mining.review import Accepted, read_review, write_review
from assistant.nlu.mining.trial import compare, report
from assistant.nlu.training_text import TrainingExample, read_examples
from tests.assistant.nlu import small_shop as shop

GOOD = ["any word on my parcel", "我的快递还在路上吗"]


def group(intent, *examples, accept=True):
    return {"accept": accept, "intent": intent, "examples": list(examples)}


@pytest.fixture
def data(tmp_path, shop_data) -> Path:
    return Path(shutil.copytree(shop_data, tmp_path / "nlu"))


@pytest.fixture
def apply(tmp_path, small_config, data, shop_vectors):
    """Run the second step on groups, or on the text of a review."""

    def run(*groups, text: str | None = None, more: tuple[str, ...] = ()) -> int:
        review = tmp_path / "review.yml"
        with review.open("w", encoding="utf-8") as file:
            if text is None:
                YAML().dump({"version": 1, "groups": list(groups)}, file)
            else:
                file.write(text)
        (tmp_path / "none.yml").write_text("[]")
        paths = ["--config", str(small_config), "--data", str(data), "--vectors", str(shop_vectors)]
        held_out = ["--held-out", *map(str, shop.write_held_out(tmp_path))]
        return mine.main(["apply", str(review), *paths, *held_out, "--reviewed", str(tmp_path / "none.yml"), *more])

    return run


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("groups: [", "is no YAML: line 2, column 1: did not find"),
        ("version: 1", "is no review"),
        ("[]", "is no review"),
        ("", "is no review"),
        ("{version: 2, groups: []}", "is no review"),
        ("{version: 1, groups: []}", "no group is accepted"),
        ("{version: 1, groups: [x]}", "group 1 is no group"),
        ("{version: 1, groups: [{accept: true}]}", "group 1 lacks `intent`, `examples`"),
        ("{version: 1, groups: [{accept: sure, intent: greet, examples: [a]}]}", "must be true or false, not 'sure'"),
        ("{version: 1, groups: [{accept: true, intent: [], examples: [a]}]}", "must be the name of an intent"),
        ("{version: 1, groups: [{accept: true, intent: greet, examples: a}]}", "must be a list"),
        ("{version: 1, groups: [{accept: true, intent: greet, examples: [a, 5]}]}", "example 2: 5 is no text"),
        ("{version: 1, groups: [{accept: true, intent: greet, examples: []}]}", "has no examples"),
        ("{version: 1, groups: [{accept: false, intent: greet, examples: [a]}]}", "no group is accepted"),
        ("!!python/object/apply:os.system [echo]", "is no YAML"),
    ],
)
def test_a_damaged_review_says_what_is_wrong(apply, capsys, content, message):
    assert apply(text=content) == 1
    told = capsys.readouterr().err
    assert message in told
    assert "Traceback" not in told


def test_a_review_that_is_missing_or_no_text_says_so(tmp_path):
    with pytest.raises(MiningError, match="cannot be read"):
        read_review(tmp_path / "none.yml")
    (tmp_path / "bytes.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MiningError, match="is no UTF-8 text"):
        read_review(tmp_path / "bytes.yml")


def test_what_was_written_is_read_back_the_same(tmp_path):
    odd = [
        "no",
        "~",
        "1001",
        "2026-11-23",
        "null: [1]",
        "# x",
        "- y",
        "'); DROP TABLE a;--",
        "<b>",
        "12:30",
        "1e3",
        '"',
        "好的",
    ]
    messages = tuple(Missed(text, Counter({Why.UNSURE: 1})) for text in odd)
    path = tmp_path / "review.yml"
    write_review([Group("other", "greet", 1.0, 0.9, False, messages, ())], len(odd), path)
    path.write_text(path.read_text(encoding="utf-8").replace("accept: false", "accept: true"), encoding="utf-8")
    assert read_review(path) == [Accepted(f"{path}, group 1", "greet", tuple(odd))]
    with pytest.raises(MiningError, match="is there already"):
        write_review([], 1, path)


@pytest.mark.parametrize(
    ("intent", "example", "message"),
    [
        ("track_ordr", "any word on my parcel", "which the training text does not know; it knows ask_policy, greet"),
        ("new intent", "any word on my parcel", "build it first"),
        ("ask_policy", "怎么退货", "which the training text does not know"),
        ("greet", "Where is my ORDER?", "is an example of track_order already"),
        ("track_order", "Where has my order got to?!", "messages with which models are judged"),
        ("track_order", "write to ada@example.org", "looks personal: write it as 'write to name@example.com'"),
        ("track_order", "where is order 20431", "looks personal: write it as 'where is order 1001'"),
        ("track_order", " ", "is blank"),
        ("track_order", "x " * 200, "is longer than 300 characters"),
        ("track_order", "/restart the parcel", "would be read as a command"),
        ("track_order", "where is [it](order_number)", "marks of entities"),
    ],
)
def test_an_example_that_must_not_be_learnt_is_refused_and_nothing_is_trained(
    apply, capsys, data, intent, example, message
):
    before = Counter(read_examples(data))
    assert apply(group("track_order", *GOOD), group(intent, example), more=("--write",)) == 1
    told = capsys.readouterr()
    assert "1 examples cannot be learnt; nothing was trained" in told.err
    assert "group 2" in told.err
    assert message in told.err
    assert "macro F1" not in told.out
    assert Counter(read_examples(data)) == before


def test_two_groups_cannot_give_one_message_two_intents(apply, capsys):
    assert apply(group("track_order", "any word on it"), group("greet", "Any word on it?")) == 1
    assert "is an example of track_order already, and cannot be one of greet too" in capsys.readouterr().err


def test_what_the_encoder_hardly_tells_apart_is_refused(apply, capsys):
    assert apply(group("greet", "when does my parcel come then")) == 1
    told = capsys.readouterr().err
    assert "hardly told apart by the encoder: 'when does my parcel come' (track_order)" in told
    assert "none.yml with the reason" in told


def test_what_is_known_already_leaves_nothing_to_try(apply, capsys):
    assert apply(group("track_order", "Where is my order?")) == 1
    assert "in the training text already" in capsys.readouterr().err


def test_good_examples_are_tried_and_only_written_when_that_is_wanted(apply, capsys, data, tmp_path):
    before = read_examples(data)
    figures = tmp_path / "figures.json"
    assert apply(group("track_order", *GOOD, "where is my order"), more=("--json", str(figures))) == 0
    told = capsys.readouterr().out
    assert "2 examples are new, 1 known already" in told
    assert "validation" in told
    assert "Nothing was written" in told
    assert read_examples(data) == before
    found = json.loads(figures.read_text())
    assert set(found["languages"]) == {"en", "zh"}
    assert found["languages"]["en"]["messages"] == 3
    assert 0 < found["languages"]["en"]["accuracy"][0] <= 1

    assert apply(group("track_order", *GOOD), more=("--write", "--anyway")) == 0
    added = Counter(read_examples(data)) - Counter(before)
    assert added == Counter(TrainingExample(text, "track_order") for text in GOOD)
    assert f"    - {GOOD[0]}\n" in (data / "all.yml").read_text(encoding="utf-8")
    assert f"    - {GOOD[1]}\n" in (data / "zh" / "all.yml").read_text(encoding="utf-8")


def test_examples_that_make_it_worse_are_not_written_unless_somebody_insists(apply, capsys, data):
    # Held out are "hello you" and "show me cameras".
    harmful = [f"hello you, {word}" for word in ("one", "two", "dear", "there", "all", "lot", "friend", "people")]
    before = Counter(read_examples(data))
    assert apply(group("ask_policy", *harmful), more=("--write",)) == 1
    told = capsys.readouterr()
    assert "right before, wrong now: 1\n  'hello you': greet -> ask_policy (meant: greet)" in told.out
    assert "en got worse; nothing was written" in told.err
    assert Counter(read_examples(data)) == before
    assert apply(group("ask_policy", *harmful), more=("--write", "--anyway")) == 0
    assert len(read_examples(data)) == sum(before.values()) + len(harmful)


def outcome(text, expected, given):
    return Outcome(Case(text, expected, ()), given, 0.9, ())


def test_a_comparison_names_what_broke_and_what_was_mended():
    before = [outcome("a", "greet", "greet"), outcome("b", "thank", "greet"), outcome("c", "thank", "thank")]
    after = [outcome("a", "greet", "thank"), outcome("b", "thank", "thank"), outcome("c", "thank", "thank")]
    compared = compare(before, after)
    assert [one.text for one in compared.broken] == ["a"]
    assert [one.text for one in compared.mended] == ["b"]
    assert compared.accuracy == (2 / 3, 2 / 3)
    assert compared.is_worse, "macro F1 fell"
    assert not compare(before, before).is_worse
    assert not compare(after[1:], after[1:]).is_worse
    assert compare(after[1:], before[1:]).is_worse
    assert "'a': greet -> thank (meant: greet)" in report({"en": compared})


def test_adding_touches_nothing_but_the_list_of_the_intent(data):
    path = data / "all.yml"
    before = path.read_text(encoding="utf-8").splitlines()
    assert add_examples(data, [TrainingExample("any word on my parcel", "track_order")]) == [path]
    after = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line not in before] == ["    - any word on my parcel"]
    assert [line for line in after if line in before] == before
    assert after[after.index("    - any word on my parcel") - 1] == "    - has my order been sent"


def test_an_intent_without_a_place_changes_nothing(data):
    before = {path: path.read_text(encoding="utf-8") for path in data.rglob("*.yml")}
    with pytest.raises(MiningError, match=r"no file of .*zh has `- intent: ask_policy`"):
        add_examples(data, [TrainingExample("hey there", "greet"), TrainingExample("怎么退货", "ask_policy")])
    assert {path: path.read_text(encoding="utf-8") for path in data.rglob("*.yml")} == before


def test_what_rasa_would_read_as_something_else_is_taken_back(data):
    before = (data / "all.yml").read_text(encoding="utf-8")
    with pytest.raises(MiningError, match="would be read as something else"):
        add_examples(data, [TrainingExample("where is [it](order_number)", "track_order")])
    assert (data / "all.yml").read_text(encoding="utf-8") == before


def test_the_house_has_a_place_for_every_intent(tmp_path):
    data = Path(shutil.copytree("data/nlu", tmp_path / "nlu"))
    places = sorted({(one.kind, one.intent) for one in read_examples(data)})
    new = [
        TrainingExample(f"{'示例' if kind == 'han' else 'zyx'} {number}", intent)
        for number, (kind, intent) in enumerate(places)
    ]
    before = Counter(read_examples(data))
    add_examples(data, new)
    assert Counter(read_examples(data)) - before == Counter(new)


def test_held_out_messages_that_cannot_be_read_say_so(apply, capsys, tmp_path):
    assert apply(group("track_order", *GOOD), more=("--held-out", str(tmp_path / "none_en.yml"))) == 1
    assert "held-out messages cannot be read" in capsys.readouterr().err
