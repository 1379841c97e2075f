"""The words by which a reply claims something, read from `data/replies/claims_<language>.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from replies.errors import InvalidLexicon
from replies.facts import Language
from replies.texts import read_texts

LISTS: Final = (
    *("asking", "unknown", "negations", "refusals", "same", "opposite"),
    *("every", "only", "condition", "later", "sooner", "exceptions", "allowed", "numbers", "instructions"),
)


@dataclass(frozen=True)
class Term:
    """A way to say something of a topic: that it is so or not, which value it has, or only that it is spoken of."""

    topic: str
    says: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """All terms and words of a language."""

    language: Language
    claims: tuple[Term, ...]
    choices: tuple[Term, ...]
    policies: tuple[Term, ...]
    forbidden: tuple[Term, ...]
    values: Mapping[str, re.Pattern[str]]
    words: Mapping[str, re.Pattern[str]]

    def has(self, kind: str, text: str) -> bool:
        """Tell whether a text has a word of a kind: asking, unknown, every ..."""
        return self.words[kind].search(text) is not None


def one_of(patterns: Iterable[str], language: Language) -> re.Pattern[str]:
    """Join expressions to one, whole words where a language has spaces; none of them matches nothing."""
    patterns = list(patterns)
    if not patterns:
        return re.compile(r"(?!)")
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(rf"(?<![\w{{])(?:{joined})(?!\w)" if language == "en" else joined)


def terms_of(rows: Mapping[str, Mapping[str, list[str]]], language: Language) -> tuple[Term, ...]:
    """Make the terms of a part whose topics have several things to say."""
    return tuple(
        Term(topic, says, one_of(patterns, language)) for topic, ways in rows.items() for says, patterns in ways.items()
    )


def lexicon_of(path: Path, language: Language, rows: Mapping[str, Any]) -> Lexicon:
    """Make a lexicon of what a file holds.

    Raises:
        InvalidLexicon: Where a part is missing or an expression is none.
    """
    parts = {"claims", "choices", "policies", "forbidden", "values", *LISTS}
    if set(rows) != parts:
        raise InvalidLexicon(path, f"has the parts {sorted(parts)}")
    try:
        spoken = {part: {topic: {"": ways} for topic, ways in rows[part].items()} for part in ("policies", "forbidden")}
        return Lexicon(
            language,
            terms_of(rows["claims"], language),
            terms_of(rows["choices"], language),
            terms_of(spoken["policies"], language),
            terms_of(spoken["forbidden"], language),
            {name: one_of(patterns, language) for name, patterns in rows["values"].items()},
            {name: one_of(rows[name], language) for name in LISTS},
        )
    except re.error as error:
        raise InvalidLexicon(path, f"no regular expression: {error}") from error


def read_lexicon(folder: Path, language: Language) -> Lexicon:
    """Read the lexicon of a language from a folder."""
    path = folder / f"claims_{language}.yml"
    return lexicon_of(path, language, read_texts(path))
