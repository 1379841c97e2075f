"""Decides which accepted examples may be learnt, and says of each other one why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.nlu.conflicts import Reviewed, find_conflicts
from assistant.nlu.mining.collecting import LONGEST
from assistant.nlu.mining.grouping import NEW_INTENT
from assistant.nlu.mining.masking import Masker
from assistant.nlu.mining.review import Accepted
from assistant.nlu.neighbours import Neighbourhood
from assistant.nlu.scripts import bare
from assistant.nlu.training_text import TrainingExample


@dataclass
class Admission:
    """What may be learnt, what is known already, and what is wrong."""

    examples: list[TrainingExample] = field(default_factory=list)
    known: list[TrainingExample] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Gatekeeper:
    """Looks at accepted examples.

    Args:
        present: the training text as it is.
        held_out: the bare forms of messages with which models are judged.
        masker: knows what is personal.
    """

    def __init__(self, present: Sequence[TrainingExample], held_out: Collection[str], masker: Masker) -> None:
        self._held_out, self._masker = held_out, masker
        self._intents = {(one.kind, one.intent) for one in present}
        self._meant = {bare(one.text): one.intent for one in present}

    def admit(self, groups: Sequence[Accepted]) -> Admission:
        """Look at all examples, so that one run names all that is wrong."""
        admission, new = Admission(), dict[str, str]()
        for group in groups:
            for text in group.examples:
                example = TrainingExample(" ".join(text.split()), group.intent)
                reason = self._reason(example, new)
                if reason:
                    admission.refused.append(f"{group.place}: {text[:LONGEST]!r} {reason}")
                elif bare(text) in self._meant or bare(text) in new:
                    admission.known.append(example)
                else:
                    new[bare(text)] = group.intent
                    admission.examples.append(example)
        return admission

    def _reason(self, example: TrainingExample, new: Mapping[str, str]) -> str | None:
        text, key = example.text, bare(example.text)
        meant = self._meant.get(key) or new.get(key, example.intent)
        if not text:
            return "is blank"
        if len(text) > LONGEST:
            return f"is longer than {LONGEST} characters"
        if (example.kind, example.intent) not in self._intents:
            return self._unknown(example)
        if self._masker.is_personal(text):
            return f"looks personal: write it as {self._masker.mask(text)!r}, or delete it"
        if text.startswith("/") or _as_rasa_reads(text) != text:
            return "would be read as a command or as marks of entities: leave out the slash or the brackets"
        if meant != example.intent:
            return f"is an example of {meant} already, and cannot be one of {example.intent} too"
        if key in self._held_out:
            return "is one of the messages with which models are judged (tests/data), and must not be learnt"
        return None

    def _unknown(self, example: TrainingExample) -> str:
        if example.intent == NEW_INTENT:
            return f"has the intent {NEW_INTENT!r}: name an intent that exists, or build it first (CONTRIBUTING.md)"
        known = ", ".join(sorted({intent for kind, intent in self._intents if kind == example.kind}))
        return f"has the intent {example.intent!r}, which the training text does not know; it knows {known}"


def close_conflicts(
    examples: Sequence[TrainingExample], places: Mapping[str, Neighbourhood], reviewed: Collection[Reviewed]
) -> list[str]:
    """Tell which examples an encoder hardly tells from one of another intent, so that a test would fail for them."""
    grown = [places[kind].with_examples([one for one in examples if one.kind == kind]) for kind in places]
    added = set(examples)
    pairs = find_conflicts(grown, reviewed).pairs
    return [f"{pair}" for pair in pairs if pair.first in added or pair.other in added]


def _as_rasa_reads(text: str) -> str:
    from rasa.shared.nlu.training_data.entities_parser import parse_training_example

    return str(parse_training_example(text).get("text"))
