"""Training examples of different intents that an encoder hardly tells apart, and those that a person has found right.

Two such examples pull the classifier both ways, and the gate takes either for proof of both. Some must stay: "adidas"
searches and "the adidas" points at what was shown. These are listed in `data/evaluation/neighbours.yml`, each with its
reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError

from assistant.nlu.neighbours import Neighbourhood
from assistant.nlu.scripts import bare
from assistant.nlu.training_text import TrainingExample

REVIEWED = Path("data/evaluation/neighbours.yml")
# Chosen among the 18,000 examples of two languages: of the 35 pairs from here on, a few had their intents by mistake;
# of the 70 between .86 and here hardly any.
CLOSE = 0.90
# Processors round the encoders' eight bits differently: a listed pair is out of date only below this.
STALE = 0.85

Key = frozenset[tuple[str, str]]


class ReviewedError(Exception):
    """The list of reviewed pairs is missing, or not of the form that is read; the message says where."""


@dataclass(frozen=True)
class ClosePair:
    """Two examples of different intents, and the cosine between them around the mean of all examples."""

    first: TrainingExample
    other: TrainingExample
    closeness: float

    @property
    def key(self) -> Key:
        """Name the pair, whichever way round and however it is written."""
        return _key((self.first.text, self.first.intent), (self.other.text, self.other.intent))

    def __str__(self) -> str:
        return (
            f"{self.first.text!r} ({self.first.intent}) and {self.other.text!r} ({self.other.intent}): "
            f"{self.closeness:.3f}"
        )


@dataclass(frozen=True)
class Reviewed:
    """A pair that is right as it is."""

    texts: Mapping[str, str]
    reason: str

    @property
    def key(self) -> Key:
        """Name the pair as `ClosePair.key` does."""
        return _key(*((text, intent) for intent, text in self.texts.items()))

    def __str__(self) -> str:
        return " and ".join(f"{text!r} ({intent})" for intent, text in self.texts.items())


@dataclass(frozen=True)
class Conflicts:
    """What is wrong: close pairs that nobody has reviewed, and reviewed ones that are no longer close, or there."""

    pairs: tuple[ClosePair, ...]
    stale: tuple[Reviewed, ...]


def read_reviewed(path: Path) -> list[Reviewed]:
    """Read the list of reviewed pairs.

    Raises:
        ReviewedError: it is missing or no YAML, or an entry is not two intents with a text each, and a reason.
    """
    try:
        found = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (OSError, YAMLError) as error:
        raise ReviewedError(f"{path} cannot be read: {error}") from error
    if not isinstance(found, list):
        raise ReviewedError(f"{path} holds no list of pairs")
    return [_reviewed(entry, f"{path}, entry {place}") for place, entry in enumerate(found, 1)]


def find_conflicts(neighbourhoods: Iterable[Neighbourhood], reviewed: Collection[Reviewed]) -> Conflicts:
    """Compare close examples of different intents with those that were reviewed."""
    found = (ClosePair(*pair) for place in neighbourhoods for pair in place.close_pairs(STALE))
    close = {pair.key: pair for pair in sorted(found, key=lambda pair: pair.closeness)}
    known = {one.key for one in reviewed}
    pairs = sorted(
        (pair for key, pair in close.items() if pair.closeness >= CLOSE and key not in known),
        key=lambda pair: -pair.closeness,
    )
    return Conflicts(tuple(pairs), tuple(one for one in reviewed if one.key not in close))


def _reviewed(entry: Any, place: str) -> Reviewed:
    if not (isinstance(entry, dict) and len(entry) == 3 and all(isinstance(one, str) for one in entry.values())):
        raise ReviewedError(f"{place}: must name two intents, each with its example, and a reason, all as text")
    reason = entry.get("reason", "").strip()
    if not reason:
        raise ReviewedError(f"{place}: has no reason")
    return Reviewed({str(intent): text for intent, text in entry.items() if intent != "reason"}, reason)


def _key(*examples: tuple[str, str]) -> Key:
    return frozenset((bare(text), intent) for text, intent in examples)
