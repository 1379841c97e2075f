"""The figures are what a reader would count by hand."""

import json
from pathlib import Path

import pytest

from assistant.nlu import evaluate
from assistant.nlu.evaluation import Case, Outcome, accuracy, confusion, load_cases, macro_f1, score_entities

A, B = Case("a", "greet", (("colour", "black"),)), Case("b", "thank", ())
OUTCOMES = [
    Outcome(A, "greet", 0.9, (("colour", "black"), ("brand", "Nike"))),
    Outcome(A, "thank", 0.5, (("colour", "white"),)),
    Outcome(B, "thank", 0.8, ()),
    Outcome(B, "nlu_fallback", 0.3, ()),
]


def test_a_fallback_is_a_miss():
    assert accuracy(OUTCOMES) == 0.5
    assert confusion(OUTCOMES) == [("greet", "thank", 1), ("thank", "nlu_fallback", 1)]


def test_macro_f1_is_the_mean_over_the_expected_intents():
    assert macro_f1(OUTCOMES) == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_a_wrong_value_is_wrong_and_one_too_many_as_well():
    score = score_entities(OUTCOMES)
    assert (score.precision, score.recall, score.expected) == (pytest.approx(1 / 3), 0.5, 2)
    assert score_entities(OUTCOMES, "brand").precision == 0.0


def write(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "cases.yml"
    path.write_text(content)
    return path


def test_which_kind_of_option_is_meant_is_judged_where_no_value_tells_it():
    size, name = ("option_value", "Size 42"), ("option_name", "size")
    told = Outcome(Case("boots in size 42", "search_products", (size,)), "search_products", 0.9, (size, name))
    asked = Outcome(Case("which sizes?", "ask_option", (name,)), "ask_option", 0.9, ())
    assert score_entities([told]).f1 == 1
    assert score_entities([asked]).recall == 0


def test_cases_are_read_with_one_or_several_values(tmp_path):
    path = write(tmp_path, 'test:\n  compare: [["1 or 2", {ordinal: ["1", "2"], colour: black}]]\n')
    assert load_cases(path, "test") == [
        Case("1 or 2", "compare", (("ordinal", "1"), ("ordinal", "2"), ("colour", "black")))
    ]


def test_where_nobody_said_what_is_named_intents_alone_are_judged(tmp_path):
    (case,) = load_cases(write(tmp_path, "test:\n  greet: [hello]\n"), "test")
    assert case == Case("hello", "greet", None)
    outcomes = [*OUTCOMES, Outcome(case, "greet", 0.9, (("brand", "Nike"),))]
    assert score_entities(outcomes) == score_entities(OUTCOMES)
    assert accuracy(outcomes) == 0.6


@pytest.mark.parametrize("entry", ["1", "[hello]", "[1, {}]", "[hello, black]"])
def test_a_case_of_another_form_is_refused(tmp_path, entry):
    with pytest.raises(ValueError, match="is not"):
        load_cases(write(tmp_path, f"test:\n  greet: [{entry}]\n"), "test")


def test_an_unknown_split_exits_with_the_ones_there_are(tmp_path, capsys):
    path = write(tmp_path, "test:\n  greet: [[hi, {}]]\n")
    assert evaluate.main(["--data", str(path), "--split", "train"]) == 1
    assert "only ['test']" in capsys.readouterr().err


def test_the_command_prints_the_figures_and_writes_them(tmp_path, capsys, small_model):
    path = write(
        tmp_path, "test:\n  greet: [[hello, {}]]\n  search_products: [[show me cameras, {product_query: cameras}]]\n"
    )
    out = tmp_path / "figures" / "nlu.json"
    assert evaluate.main(["--model", small_model, "--data", str(path), "--json", str(out)]) == 0
    assert "intent accuracy  100.0%" in capsys.readouterr().out
    assert json.loads(out.read_text())["entities"]["f1"] == 1.0
