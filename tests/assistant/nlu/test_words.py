"""Word lists and training examples are well formed."""

from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from assistant.nlu.evaluation import load_cases
from assistant.nlu.words import WordListError, WordLists
from tests.assistant.nlu.conftest import ROOT, WORDS

FEWEST = 40


def examples():
    for path in sorted((ROOT / "data/nlu").glob("*.yml")):
        for block in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].strip().splitlines():
                yield block["intent"], line.removeprefix("- ")


def held_out(split):
    return load_cases(ROOT / "tests/data/nlu_en.yml", split)


def test_each_intent_has_enough_different_examples():
    counts = Counter(intent for intent, _ in set(examples()))
    assert min(counts.values()) >= FEWEST, counts


def test_no_example_has_two_intents():
    seen = {}
    for intent, text in examples():
        assert seen.setdefault(text.casefold(), intent) == intent, text


@pytest.mark.parametrize("split", ["validation", "test", "fresh"])
def test_no_held_out_message_is_an_example(split):
    learnt = {text.casefold() for _, text in examples()}
    assert not [case.text for case in held_out(split) if case.text.casefold() in learnt]


def test_each_intent_is_held_out_eight_times():
    counts = Counter(case.intent for case in held_out("test"))
    assert set(counts) == {intent for intent, _ in examples()}
    assert min(counts.values()) >= 8, counts


def write(tmp_path: Path, before: str, after: str) -> str:
    text = WORDS.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "words.yml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return str(path)


def test_a_bare_yes_is_a_word_that_needs_quotes(tmp_path):
    with pytest.raises(WordListError, match=r"size_words holds True"):
        WordLists.load(write(tmp_path, "size_words: [size,", "size_words: [true,"))


def test_a_list_that_is_missing_or_unknown_is_named(tmp_path):
    with pytest.raises(WordListError, match="glued_unit"):
        WordLists.load(write(tmp_path, "glued_units:", "glued:"))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WordListError, match=r"none\.yml"):
        WordLists.load(str(tmp_path / "none.yml"))
