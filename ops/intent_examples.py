"""The training text of the assistant's intents, as its encoders read it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import yaml

_PICTURES = frozenset({"So", "Sk", "Cf"})
_AS_PICTURE = "\ufe0f"
_LONG_NUMBER = re.compile(r"\d{4,}")
_ANY_LONG_NUMBER = "1001"
_MARK = "- "
# "[lamp](goods)", "[waterproof](need)", "[leather](never)": marked for another model.
_MARKED = re.compile(r"\[([^\]]+)\]\((?:goods|need|never)\)")


class ExamplesUnreadable(ValueError):
    """A folder holds no training text, or a file of it is of another form; the message says which."""


@dataclass(frozen=True)
class IntentExample:
    """A message as it is encoded, and what it means."""

    text: str
    intent: str


def as_encoded(text: str) -> str:
    """Leave out emoji, write one number for every long one and capitals small, as the assistant does before it encodes.

    >>> as_encoded("where is order 20261129000017? 😀")
    'where is order 1001?'
    """
    bare = "".join(one for one in text if one != _AS_PICTURE and unicodedata.category(one) not in _PICTURES)
    plain = _LONG_NUMBER.sub(_ANY_LONG_NUMBER, " ".join(bare.split()) or text)
    return plain.lower() if plain.isascii() and plain.isupper() and " " in plain else plain


def read_examples(folder: Path) -> list[IntentExample]:
    """Read the examples of all intents, each once, in the order of the files' names.

    Raises:
        ExamplesUnreadable: there are none, or a file is no training text of Rasa's.
    """
    found: dict[IntentExample, None] = {}
    for file in sorted(folder.rglob("*.yml")):
        try:
            blocks = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
            own = [(one["intent"], one["examples"].splitlines()) for one in blocks if "intent" in one]
        except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise ExamplesUnreadable(f"{file} cannot be read as training text: {error!r}") from error
        found |= {
            IntentExample(as_encoded(_MARKED.sub(r"\1", line.removeprefix(_MARK))), intent): None
            for intent, lines in own
            for line in lines
            if line.strip()
        }
    if len({one.intent for one in found}) < 2:
        raise ExamplesUnreadable(f"{folder} holds no examples of at least two intents")
    return list(found)
