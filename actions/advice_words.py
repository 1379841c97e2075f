"""What shoppers say when they want advice: read from one file, for messages whatever their intent was read as."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from replies.lexicon import one_of
from replies.topics import language_of

_SEPARATORS: Final = re.compile("[,;.!?，、。；！？]| but |但是?|不过")
_JOINTS: Final = {"en": ", ", "zh": ", "}
KINDS: Final = re.compile(", |、")
"""Between the kinds of goods that a search looks for one by one."""

_IN: Final = re.compile(r"\b(?:for|in|into|on|to) (?:(?:my|the|our|his|her|their|a|an) )?(?:\w+ )?$")
"""Before what is a place or a use of goods, and no part of their name: "gardening gloves"."""
_CHAT: Final = "circumstances"

Patterns = Mapping[str, re.Pattern[str]]


@dataclass(frozen=True)
class Occasion:
    """A room, a hobby or a sort of people, and what is recommended for it.

    Attributes:
        said: the words for it, by language.
        kinds: kinds of goods, by language, as one text to search for; empty where categories say it.
        categories: categories of the shop.
        always: whether it counts although a message names other goods.
    """

    said: Patterns
    kinds: Mapping[str, str]
    categories: tuple[str, ...] = ()
    always: bool = False


@dataclass(frozen=True)
class Point:
    """Something that is asked of a thing and that no row has a name for, such as how often to water it.

    Attributes:
        said: the words by which it is asked after, by language.
        stated: as an expression, how the shop's texts speak of it.
        called: what an answer calls it, by language.
    """

    said: Patterns
    stated: str
    called: Mapping[str, str]


@dataclass(frozen=True)
class AdviceWords:
    """The words for occasions, tastes and questions."""

    occasions: tuple[Occasion, ...]
    tastes: Patterns
    colours: tuple[tuple[Patterns, tuple[str, ...]], ...]
    questions: Mapping[str, Patterns]
    wishes: Mapping[str, Patterns]
    materials: Mapping[str, Patterns]
    synonyms: tuple[tuple[Patterns, str], ...]
    needs: Mapping[str, Patterns]
    points: tuple[Point, ...]

    @classmethod
    def read(cls, path: Path) -> AdviceWords:
        """Read the file."""
        rows = yaml.safe_load(path.read_text("utf-8"))
        return cls(
            tuple(_occasion(row) for row in rows["occasions"].values()),
            _patterns(rows["tastes"]),
            tuple((_patterns(row["said"]), tuple(row["colours"])) for row in rows["colours"].values()),
            {name: _patterns(said) for name, said in rows["asks"].items()},
            {name: _patterns(said) for name, said in rows["wishes"].items()},
            {name: _patterns(said) for name, said in rows["materials"].items()},
            tuple((_patterns(row["said"]), row["stated"]) for row in rows["synonyms"]),
            {name: _patterns(said) for name, said in rows["needs"].items()},
            tuple(Point(_patterns(row["said"]), row["stated"], row["called"]) for row in rows["points"].values()),
        )

    def occasion(self, text: str, categories: Collection[str]) -> Occasion | None:
        """Find the occasion that a message speaks of, of those for which the shop has anything.

        Args:
            text: the message.
            categories: the shop's.
        """
        spoken_of = (one for one in self.occasions if _found(one.said, text))
        return next((one for one in spoken_of if one.kinds or {*one.categories} <= {*categories}), None)

    def taste(self, text: str) -> str | None:
        """Give the word for a taste that no data holds, as it was said."""
        found = _found(self.tastes, text)
        return found[0] if found else None

    def needs_in(self, text: str) -> list[str]:
        """Name what a text asks of goods that no row holds, such as to need little light."""
        return [name for name, said in self.needs.items() if name != _CHAT and _found(said, text)]

    def need_places(self, text: str) -> list[tuple[int, int]]:
        """Give where a text speaks of such needs, or of what else is no goods: a use, or "for my living room"."""
        language = language_of(text)
        rooms = (one.said[language] for one in self.occasions if not one.always)
        told = [found.span() for said in self.needs.values() for found in said[language].finditer(text)]
        found = (found for said in rooms for found in said.finditer(text))
        return [*told, *(one.span() for one in found if language == "zh" or _IN.search(text[: one.start()]))]

    def colours_in(self, text: str) -> tuple[str, ...]:
        """Give the colours that a word for several stands for."""
        return next((colours for said, colours in self.colours if _found(said, text)), ())

    def materials_in(self, text: str) -> list[str]:
        """Name the materials that a text speaks of."""
        return [name for name, said in self.materials.items() if _found(said, text)]

    def points_in(self, text: str) -> list[Point]:
        """Give the points that a question asks after."""
        return [point for point in self.points if _found(point.said, text)]

    def stated_as(self, text: str) -> str | None:
        """Give, as an expression, how texts of the shop may call what a question has another word for."""
        return next((stated for said, stated in self.synonyms if _found(said, text)), None)

    def asks(self, what: str, text: str) -> bool:
        """Tell whether a message asks something, such as for "reviews"."""
        return _found(self.questions[what], text) is not None

    def says(self, what: str, text: str) -> bool:
        """Tell whether a message, or a part of it, speaks of a wish in a way, such as of its "acceptance"."""
        return _found(self.wishes[what], text) is not None

    def after(self, what: str, text: str) -> str:
        """Give what a part of a message goes on with after it speaks of a wish in a way; empty where it does not."""
        found = _found(self.wishes[what], text)
        return text[found.end() :] if found else ""


def clauses(text: str) -> Iterator[str]:
    """Take a message apart where commas and stops stand."""
    return (part.strip() for part in _SEPARATORS.split(text) if part.strip())


def _occasion(row: Mapping[str, Any]) -> Occasion:
    kinds = {language: _JOINTS[language].join(words) for language, words in row.get("kinds", {}).items()}
    return Occasion(_patterns(row["said"]), kinds, tuple(row.get("categories", ())), row.get("always", False))


def _patterns(rows: Mapping[str, list[str]]) -> Patterns:
    return {"en": one_of(rows["en"], "en"), "zh": one_of(rows["zh"], "zh")}


def _found(patterns: Patterns, text: str) -> re.Match[str] | None:
    return patterns[language_of(text)].search(text.casefold())
