"""The examples: enough of each act, split by family, and made the same way each time."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from replies.dataset import main, written
from replies.errors import InvalidExample, InvalidFact, InvalidSituation
from replies.examples import Example, read_examples, read_folder, split_of, write_examples
from replies.facts import ACTS, LANGUAGES, PLACED, Fact, Language, disputed, placeholders
from replies.situations import fact_of, read_situations
from replies.vocabulary import read_vocabulary, vocabulary_of

FOLDER = Path("data/replies")
EXAMPLE = {"family": "f", "act": "small_talk", "language": "en", "turns": ["hi"], "facts": [], "asked": []}
LINE = json.dumps({**EXAMPLE, "reply": "Hello!"})


@cache
def examples() -> tuple[Example, ...]:
    return tuple(read_folder(FOLDER))


def test_every_act_has_examples_enough_in_each_language() -> None:
    counts = Counter((one.language, one.act) for one in examples())
    assert all(counts[language, act] >= 200 for language in LANGUAGES for act in ACTS), counts
    assert all(sum(counts[language, act] for act in ACTS) >= 1800 for language in LANGUAGES)


def test_every_kind_of_fact_and_gap_is_there() -> None:
    kinds = Counter(fact.kind for one in examples() for fact in one.facts)
    assert set(kinds) == {"name", "money", "number", "date", "text", "truth", "choice", "passage"}
    truths = Counter(fact.value for one in examples() for fact in one.facts if fact.kind == "truth")
    assert min(truths.values()) > 500
    assert sum(not one.facts for one in examples()) > 500
    assert sum(bool(disputed(one.facts)) for one in examples()) > 500
    missing = [one for one in examples() if one.asked and not set(one.asked) & {fact.name for fact in one.facts}]
    assert len(missing) > 500


def test_no_family_is_in_two_parts_and_each_part_has_every_act() -> None:
    parts = defaultdict(set)
    for one in examples():
        parts[one.family].add(one.split)
    assert all(len(each) == 1 for each in parts.values())
    assert {(one.split, one.act, one.language) for one in examples()} == {
        (split, act, language) for split in ("train", "validation", "test") for act in ACTS for language in LANGUAGES
    }
    assert Counter(split_of(f"family {number}") for number in range(1000))["train"] == pytest.approx(800, abs=50)


def test_a_reply_says_values_by_placeholders_that_have_one_clear_fact() -> None:
    for one in examples():
        names = {fact.name for fact in one.facts if fact.kind in PLACED} - disputed(one.facts)
        assert set(placeholders(one.reply)) <= names, one
        assert not any(sign.isdigit() for sign in "".join(one.reply.split("{")[:1])), one
        assert not [fact for fact in one.facts if fact.kind in PLACED and fact.value], one


def test_no_example_stands_there_twice() -> None:
    keys = [(one.language, one.act, one.turns, one.reply) for one in examples()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_committed_is_what_the_situations_make(language: Language) -> None:
    made = written(FOLDER, language)
    assert Counter(made) == Counter(one for one in examples() if one.language == language)
    assert read_vocabulary(FOLDER, language) == vocabulary_of(one.reply for one in made)


def test_examples_written_and_read_are_the_same(tmp_path: Path) -> None:
    some = list(examples()[::500])
    write_examples(tmp_path / "some.jsonl", some)
    assert list(read_examples(tmp_path / "some.jsonl")) == some


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"act": "sing"}, "no such act"),
        ({"language": "de"}, "no such act or language"),
        ({"turns": []}, "at least one turn"),
        ({"turns": [" "]}, "are texts"),
        ({"facts": [{"name": "A!", "kind": "text"}]}, "name 'A!'"),
        ({"facts": [{"name": "a", "kind": "truth", "value": "maybe"}]}, "value 'maybe'"),
        ({"facts": [{"kind": "text"}]}, "name"),
        ({"facts": 5}, "iterable"),
        ({"more": 1}, "keys are"),
    ],
)
def test_a_line_that_is_no_example_is_named(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(LINE + "\n" + json.dumps({**json.loads(LINE), **change}) + "\n")
    with pytest.raises(InvalidExample, match=f"bad.jsonl:2: .*{reason}"):
        list(read_examples(path))


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '"text"'])
def test_a_line_that_is_no_json_object_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text + "\n")
    with pytest.raises(InvalidExample):
        list(read_examples(path))


def test_facts_are_read_from_their_short_form() -> None:
    assert fact_of("price:money") == Fact("price", "money")
    assert fact_of("warm.2=no") == Fact("warm.2", "truth", "no")
    assert fact_of("state=shipped") == Fact("state", "choice", "shipped")
    with pytest.raises(InvalidFact):
        fact_of("price:gold")


def test_a_situation_without_replies_is_named(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "soothe.yml").write_text("angry:\n  turns: [grr]\n")
    with pytest.raises(InvalidSituation, match="angry"):
        list(read_situations(tmp_path, "en"))


def test_check_counts_and_finds_a_reply_that_says_too_much(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in FOLDER.glob("*_*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    good = next(read_examples(FOLDER / "en" / "small_talk.jsonl"))
    write_examples(tmp_path / "en" / "small_talk.jsonl", [good])
    assert main(["--folder", str(tmp_path), "check"]) == 0
    assert "small_talk             1 examples" in capsys.readouterr().out
    (tmp_path / "en" / "small_talk.jsonl").write_text(LINE.replace("Hello!", "All is free today.") + "\n")
    assert main(["--folder", str(tmp_path), "check"]) == 1
    assert "nothing speaks of free" in capsys.readouterr().out
    (tmp_path / "en" / "small_talk.jsonl").write_text("{}\n")
    assert main(["--folder", str(tmp_path), "check"]) == 1
    assert "small_talk.jsonl:1" in capsys.readouterr().err
