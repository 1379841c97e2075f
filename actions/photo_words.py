"""What is said of a photo: what it looks like, how near a product comes, and what its parts are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from actions.labels import Labels
from actions.photo_sight import region_text
from actions.turn import Turn
from recsys.slate import Reason
from shop.glossary import has_han
from vision.matching import Grade, Matches, Region

MATCH_LABELS = {
    Grade.EXACT: "photo.exact",
    Grade.VERY_SIMILAR: "photo.very_similar",
    Grade.SIMILAR: "photo.similar",
}
REASON_FIELDS = {grade: f"photo_{grade}" for grade in Grade}
"""The field of the "feature" reason that a grade is: `actions.reasons` has the words."""

_SURE = 0.5
_SAME_WORD = 80.0
_SIDES = ("left", "right", "middle", "top", "bottom")
_SHORTEST = 3


@dataclass(frozen=True)
class Part:
    """A part of a photo that can be asked for: where it is, and what its button says."""

    region: str
    title: str


def looks_like(labels: Labels, matches: Matches) -> str:
    """Say in a sentence what a photo shows, as surely as that is known."""
    if not matches.classes:
        return labels.text("photo.seen")
    guess = matches.classes[0]
    return labels.text(
        "photo.looks_like" if guess.probability >= _SURE else "photo.could_be", kind=labels.value(guess.name)
    )


def match_reason(grade: Grade) -> Reason:
    """Give a grade the form of a reason, so that "why this?" can tell it."""
    return Reason("feature", REASON_FIELDS[grade])


def distinct(regions: Sequence[Region]) -> list[Region]:
    """Keep the parts of a photo that are worth asking about.

    Each comes near to a product of the shop's, and of two that overlap and show the same sort of thing only the more
    certain one stays: they are one thing.

    Args:
        regions: the most certain first.
    """
    kept: list[Region] = []
    for region in regions:
        near = region.match.grade is not Grade.SIMILAR
        if near and not any(_one_thing(region, other) for other in kept):
            kept.append(region)
    return kept


def parts_of(labels: Labels, regions: Sequence[Region]) -> list[Part]:
    """Name the parts of a photo, each by what it shows and where, from left to right or from the top down."""
    across = _spread(regions, 0, 2) >= _spread(regions, 1, 3)
    ordered = sorted(regions, key=lambda one: _middle(one, 0, 2) if across else _middle(one, 1, 3))
    parts = []
    for place, region in enumerate(ordered):
        side = labels.text(f"photo.sides.{_side(place, len(ordered), across)}")
        kind = labels.value(region.class_guess.name) if region.class_guess else labels.text("photo.something")
        parts.append(Part(region_text(region.box), labels.text("photo.part", kind=kind, side=side)))
    return parts


def part_said(turn: Turn, parts: Sequence[Mapping[str, str]]) -> str | None:
    """Find the one part that a message means, by its place or by the words on its button; None where it is open.

    Args:
        turn: the turn.
        parts: mappings with the keys of `Part`.
    """
    said = [word for text in _texts_of(turn) for word in _words(text)]
    scores = [sum(_is_said(word, said) for word in _words(part["title"])) for part in parts]
    best = max(scores, default=0)
    if best and scores.count(best) == 1:
        # Before a place: "one" in "the right one" reads as the first.
        return parts[scores.index(best)]["region"]
    place = turn.number("ordinal")
    if place == -1:
        return parts[-1]["region"]
    return parts[place - 1]["region"] if place is not None and 1 <= place <= len(parts) else None


def _texts_of(turn: Turn) -> Iterator[str]:
    """Give what was said, in the catalogue's words too, and the sides that it names as every language calls them."""
    yield from (turn.text, turn.services.glossary.translated(turn.text), *turn.entities("category"))
    for side in _SIDES:
        key = f"photo.sides.{side}"
        names = [labels.text(key) for labels in turn.services.languages.values()]
        if any(has_han(name) and name in turn.text for name in names):
            yield from names


def _is_said(word: str, said: Sequence[str]) -> bool:
    # "The bag" is said of "Bags", and mistyped too.
    from rapidfuzz import fuzz

    return any(fuzz.ratio(word, other) >= _SAME_WORD for other in said)


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.casefold()) if len(word) >= _SHORTEST or has_han(word)]


def _one_thing(one: Region, other: Region) -> bool:
    left, top = max(one.box[0], other.box[0]), max(one.box[1], other.box[1])
    right, bottom = min(one.box[2], other.box[2]), min(one.box[3], other.box[3])
    names = [region.class_guess.name if region.class_guess else "" for region in (one, other)]
    return left < right and top < bottom and names[0] == names[1]


def _side(place: int, count: int, across: bool) -> str:
    if place == 0:
        return "left" if across else "top"
    if place == count - 1:
        return "right" if across else "bottom"
    return "middle"


def _middle(region: Region, low: int, high: int) -> float:
    return (region.box[low] + region.box[high]) / 2


def _spread(regions: Sequence[Region], low: int, high: int) -> float:
    middles = [_middle(region, low, high) for region in regions]
    return max(middles) - min(middles)
