"""The training text: examples with their intents, as Rasa reads them out of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.nlu.messages import kind_of_text
from assistant.nlu.scripts import bare


class TrainingTextError(Exception):
    """Training text is missing, or not of the form that is read; the message says where."""


@dataclass(frozen=True)
class TrainingExample:
    """A message, without marks of entities, and what it means."""

    text: str
    intent: str

    @property
    def kind(self) -> str:
        """Tell whether it has Chinese characters."""
        return kind_of_text(self.text)


def read_examples(folder: Path) -> list[TrainingExample]:
    """Read all examples of a folder.

    Raises:
        TrainingTextError: there is no such folder, Rasa cannot read it, or it holds no example.
    """
    from rasa.shared.exceptions import RasaException
    from rasa.shared.nlu.training_data.loading import load_data

    if not folder.exists():
        raise TrainingTextError(f"{folder} does not exist: --data names the folder of the training text")
    try:
        read = load_data(str(folder)).intent_examples
    except (RasaException, ValueError) as error:
        raise TrainingTextError(f"{folder} cannot be read as training text: {error}") from error
    found = [TrainingExample(str(one.get("text")), str(one.get("intent"))) for one in read if one.get("text")]
    if not found:
        raise TrainingTextError(f"{folder} holds no training example")
    return found


def said_twice(examples: Sequence[TrainingExample]) -> list[tuple[TrainingExample, TrainingExample]]:
    """Give pairs of different intents that are the same message, but for signs, blanks, case, width and script."""
    seen: dict[str, TrainingExample] = {}
    pairs = [(seen.setdefault(bare(one.text), one), one) for one in examples]
    return [(first, other) for first, other in pairs if first.intent != other.intent]
