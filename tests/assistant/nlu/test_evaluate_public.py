"""The comparison on public sets: its parts, its figures, and the command on small copies of the sets."""

import csv
import gzip
import json

import numpy as np
import pytest

from assistant.nlu.evaluate_public import main
from assistant.nlu.families import families_of
from assistant.nlu.intent_metrics import Answer, calibration_error, choose_threshold, figures_of
from assistant.nlu.peers import BagOfWords, intent_part
from assistant.nlu.public_sets import STRANGE, Example, PublicSet, UnreadableSet, read_sets, strangers_in

GREETINGS = ["hello", "hello there", "hello you", "good morning", "good evening", "good day", "hey there", "hey you"]
ORDERS = ["where is my order", "track my order", "my order is late", "has my order left", "find my order"]
ORDERS += ["order status", "is my order on its way", "when does my order come"]
STRANGERS = ["how tall is the eiffel tower", "a poem on the sea", "who won the match"]


def write(path, columns, rows):
    path.parent.mkdir(exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


@pytest.fixture
def sets(tmp_path):
    known = [[text, "greet"] for text in GREETINGS] + [[text, "track"] for text in ORDERS]
    labelled = [*known, *([text, "NO_NODES_DETECTED"] for text in STRANGERS)]
    write(tmp_path / "hint3_curekart/curekart_train.csv.gz", ["sentence", "label"], known)
    write(tmp_path / "hint3_curekart/curekart_test.csv.gz", ["sentence", "label"], labelled)
    for part in ("train", "test"):
        write(tmp_path / f"banking77/banking77_{part}.csv.gz", ["text", "category"], known)
    splits = [[split, *row, ""] for split in ("train", "val", "test") for row in known]
    splits += [[split, text, "oos", ""] for split in ("oos_val", "oos_test") for text in STRANGERS]
    write(tmp_path / "clinc150/clinc150_full.csv.gz", ["split", "text", "intent", "domain"], splits)
    return tmp_path


def test_each_set_is_read_with_what_is_out_of_its_scope(sets):
    curekart, clinc, banking = read_sets(sets)
    assert [len(curekart.train), len(curekart.validation), len(curekart.test)] == [16, 0, 19]
    assert [len(clinc.train), len(clinc.validation), len(clinc.test)] == [16, 19, 19]
    assert [one.intent for one in clinc.test[-3:]] == [STRANGE] * 3
    assert not [one for one in banking.test if one.intent == STRANGE]
    assert [one.text for one in strangers_in([curekart, clinc])] == STRANGERS


def test_a_set_without_validation_gives_up_a_fifth_of_each_intent(sets):
    curekart, clinc, _ = read_sets(sets)
    held = curekart.with_validation([Example("x", STRANGE)], seed=1)
    assert [one.intent for one in held.validation] == ["greet", "greet", "track", "track", STRANGE]
    assert not set(held.train) & set(held.validation)
    assert set(held.train) | set(held.validation) - {Example("x", STRANGE)} == set(curekart.train)
    assert clinc.with_validation((), seed=1) is clinc


def test_paraphrases_are_held_out_together():
    subjects, asked = (
        ("sofa", "lamp", "tent", "bike", "desk"),
        ("what does a {} cost", "is your {} waterproof and warm"),
    )
    known = [Example(form.format(each), "ask") for form in asked for each in subjects]
    families = families_of([one.text for one in known * 3])
    assert all(len(set(families[place :: len(known)])) == 1 for place in range(len(known)))
    data = PublicSet("a", tuple(known * 3), (), ())
    for seed in range(5):
        held = data.with_validation((), seed)
        assert 0 < len(held.validation) <= 6
        assert not set(held.train) & set(held.validation)


def test_one_example_of_an_intent_is_learnt_from():
    assert families_of(["hello"]).tolist() == [0]
    data = PublicSet("a", (Example("hello", "greet"),), (), ())
    assert data.with_validation((), seed=1).train == data.train


def test_a_cut_keeps_so_many_of_each_intent_and_the_same_ones_each_time(sets):
    curekart = read_sets(sets)[0]
    cut = curekart.cut(3, seed=1)
    assert [one.intent for one in cut.train] == ["greet"] * 3 + ["track"] * 3
    assert cut == curekart.cut(3, seed=1)
    assert cut.test == curekart.test


def test_a_missing_set_is_named_with_what_to_do(tmp_path):
    with pytest.raises(UnreadableSet, match=r"curekart_train.* DATASETS"):
        read_sets(tmp_path)


def test_a_set_without_a_column_is_refused(sets):
    write(sets / "banking77/banking77_test.csv.gz", ["text", "intent"], [["a", "b"]])
    with pytest.raises(UnreadableSet, match="no column category"):
        read_sets(sets)


EXAMPLES = [Example("a", "x"), Example("b", "x"), Example("c", "y"), Example("d", STRANGE), Example("e", STRANGE)]
ANSWERS = [Answer("x", score, score, 1.0) for score in (0.9, 0.8, 0.7, 0.5, 0.75)]


def test_figures_count_strangers_only_at_the_threshold():
    found = figures_of(EXAMPLES, ANSWERS, 0.78)
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.macro_f1 == pytest.approx(0.4)  # x: 2 of 3 and 2 of 2; y: none
    assert found.accuracy_at == pytest.approx(2 / 3)
    assert found.strange_recall == 1.0
    assert figures_of(EXAMPLES[:3], ANSWERS[:3], 0.0).strange_recall is None


def test_the_threshold_parts_what_is_known_from_what_is_strange():
    assert 0.75 < choose_threshold(EXAMPLES, ANSWERS) <= 0.8


def test_the_threshold_turns_few_of_the_rightly_understood_away():
    # Every stranger scores 0.5; of 40 messages in scope a tenth scores below, so to refuse the strangers would cost it.
    known = [Example("a", "x"), Example("b", "y")] * 20
    scores = [0.4] * 4 + [0.9] * 36
    answers = [Answer(one.intent, score, score, 1.0) for one, score in zip(known, scores, strict=True)]
    strangers, strange = [Example("?", STRANGE)] * 60, [Answer("x", 0.5, 0.5, 1.0)] * 60
    assert choose_threshold([*known, *strangers], [*answers, *strange]) <= 0.4
    few = [*known[4:], *known[:1]], [*answers[4:], *answers[:1]]
    assert 0.5 < choose_threshold([*few[0], *strangers], [*few[1], *strange]) <= 0.9


def test_calibration_error_is_the_gap_of_confidence_and_accuracy():
    assert calibration_error(np.array([0.9, 0.9]), np.array([True, True])) == pytest.approx(0.1)
    assert calibration_error(np.array([0.5, 0.5, 1.0]), np.array([True, False, True])) == pytest.approx(0)


def test_only_what_tells_intents_is_compared():
    pipeline = [{"name": "a.Tokenizer"}, {"name": "b.ScopeGate", "threshold": 0.5}, {"name": "FallbackClassifier"}]
    part = intent_part({"recipe": "default.v1", "pipeline": pipeline})["pipeline"]
    assert part == [{"name": "a.Tokenizer"}, {"name": "b.ScopeGate", "threshold": 0.0, "margin": 0.0}]
    assert pipeline[1]["threshold"] == 0.5


def test_an_untrained_bag_of_words_is_not_asked():
    with pytest.raises(RuntimeError, match="learn"):
        BagOfWords().answer(["hello"])


def test_a_set_can_be_cut_to_more_than_it_has():
    one = PublicSet("set", (Example("a", "x"),), (), ())
    assert one.cut(5, seed=1).train == one.train


def test_the_command_prints_a_row_a_pipeline_and_writes_json(sets, small_config, tmp_path, capsys):
    target = tmp_path / "figures" / "public.json"
    command = ["--datasets", str(sets), "--config", str(small_config), "--without-stock", "--json", str(target)]
    assert main([*command, "--sets", "hint3_curekart"]) == 0
    ours, words = json.loads(target.read_text())
    assert [ours["pipeline"], words["pipeline"]] == ["daogou", "tf-idf + logistic regression"]
    assert ours["figures"]["accuracy"] == 1.0
    assert ours["figures"]["strange_recall"] > 0.5
    assert ours["examples"] == 16
    assert "hint3_curekart" in capsys.readouterr().out


def test_the_command_says_which_set_is_missing(tmp_path, capsys):
    assert main(["--datasets", str(tmp_path)]) == 1
    assert "DATASETS names the folder" in capsys.readouterr().err
