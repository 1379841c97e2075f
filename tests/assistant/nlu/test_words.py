"""Word lists and training examples are well formed."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from assistant.nlu.evaluation import load_cases
from assistant.nlu.language import language_of
from assistant.nlu.scripts import bare
from assistant.nlu.training_text import read_examples
from assistant.nlu.words import WordListError, WordLists
from tests.assistant.nlu.conftest import CHINESE_WORDS, ROOT, WORDS

FEWEST = 40


LANGUAGES = {"en": ROOT / "data/nlu", "zh": ROOT / "data/nlu/zh"}


def examples(language="en"):
    for path in sorted(LANGUAGES[language].glob("*.yml")):
        for block in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].strip().splitlines():
                yield block["intent"], line.removeprefix("- ")


@cache
def learnt(language):
    return frozenset(one.text.casefold() for one in read_examples(LANGUAGES[language]))


def held_out(split, language="en"):
    return load_cases(ROOT / f"tests/data/nlu_{language}.yml", split)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_intent_has_enough_different_examples(language):
    counts = Counter(intent for intent, _ in {(intent, bare(text)) for intent, text in examples(language)})
    assert min(counts.values()) >= FEWEST, counts


def test_both_languages_have_the_same_intents():
    assert {intent for intent, _ in examples("zh")} == {intent for intent, _ in examples("en")}


def test_chinese_examples_are_chinese_or_have_no_language():
    carriers = WordLists.load(str(WORDS)).carrier["all"]
    assert not [text for _, text in examples("zh") if language_of(text, carriers) == "en"]


@pytest.mark.parametrize(
    ("language", "split"),
    [
        *(("en", split) for split in ("validation", "development", "test", "fresh", "strangers")),
        *(("zh", split) for split in ("validation", "development", "test", "strangers")),
    ],
)
def test_no_held_out_message_is_an_example(language, split):
    assert not [case.text for case in held_out(split, language) if case.text.casefold() in learnt(language)]


@pytest.mark.parametrize(("language", "fewest"), [("en", 8), ("zh", 5)])
def test_each_intent_is_held_out_several_times(language, fewest):
    counts = Counter(case.intent for case in held_out("test", language))
    assert set(counts) == {intent for intent, _ in examples(language)}
    assert min(counts.values()) >= fewest, counts


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


def test_the_words_of_another_language_are_added(tmp_path):
    both = WordLists.load(str(WORDS), str(CHINESE_WORDS))
    assert {"under", "以内"} <= {*both.price["most"], *both.price["most_after"]}
    assert next(group for group in both.colours if group[0] == "red")[:2] == ("red", "红色")
    assert both.ordinals["first"] == both.ordinals["第一"] == 1


def test_a_list_that_nobody_reads_is_named_in_another_language_too(tmp_path):
    (tmp_path / "xx.yml").write_text("colour: [rouge]", encoding="utf-8")
    with pytest.raises(WordListError, match="colour"):
        WordLists.load(str(WORDS), str(tmp_path / "xx.yml"))


def test_a_list_cannot_be_added_to_a_table(tmp_path):
    (tmp_path / "xx.yml").write_text("price: [euros]", encoding="utf-8")
    with pytest.raises(WordListError, match="price cannot be added"):
        WordLists.load(str(WORDS), str(tmp_path / "xx.yml"))
