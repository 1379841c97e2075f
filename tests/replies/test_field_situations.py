"""Situations of values: whole in both languages, licensed by their facts, and refused where a part is missing."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
import yaml

from replies.errors import InvalidSituation
from replies.facts import Language, placeholders
from replies.field_situations import field_situations, read_fields
from replies.topics import PARTS

FOLDER = Path("data/replies/situations")
LANGUAGES = get_args(Language)


def test_both_languages_have_the_same_fields_of_the_same_kinds() -> None:
    first, other = ({field.name: field.kind for field in read_fields(FOLDER, language)} for language in LANGUAGES)
    assert first == other


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_that_can_be_asked_for_in_the_chat_is_learnt(language: Language) -> None:
    assert "fields" in PARTS
    asked = yaml.safe_load(Path(f"data/replies/questions_{language}.yml").read_text(encoding="utf-8"))["fields"]
    assert set(asked) <= {field.name for field in read_fields(FOLDER, language)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reply_only_places_what_its_facts_have(language: Language) -> None:
    every = list(field_situations(FOLDER, language))
    assert len({situation.name for situation in every}) == len(every)
    for situation in every:
        names = {fact.name for fact in situation.facts}
        for reply in situation.replies:
            assert set(placeholders(reply)) <= names, (situation.name, reply)
            assert "<" not in reply


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_one_that_has_more_is_the_one_that_is_chosen(language: Language) -> None:
    chosen = [situation for situation in field_situations(FOLDER, language) if "-more-" in situation.name]
    assert chosen
    for situation in chosen:
        choice = next(fact for fact in situation.facts if fact.kind == "choice")
        assert situation.asked == (choice.name,)
        assert all(f"{{{choice.value}}}" in reply for reply in situation.replies)


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "number", "noun": "weight", "whether": ["how heavy"], "ask": ["how heavy?"]},
        {"kind": "number", "noun": "w", "whether": ["x"], "ask": ["x"], "say": ["x"], "more": {"choice": "lighter"}},
    ],
)
def test_a_field_that_is_not_whole_is_named(tmp_path: Path, row: dict[str, object]) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "fields.yml").write_text(yaml.safe_dump({"weight": row}), encoding="utf-8")
    with pytest.raises(InvalidSituation) as caught:
        read_fields(tmp_path, "en")
    assert caught.value.name == "weight"
