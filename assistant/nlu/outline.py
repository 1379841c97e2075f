"""The component that writes a message's outline: its words, with what is named replaced by the kind of thing it is.

"have you got wool socks under 20" and "have you got a tent under 300" have one outline, "have you got {product_query}
{price_max}": what was learnt of the one counts for the other (delexicalisation; Henderson et al., SLT 2014).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.artifacts import fingerprint, read_json, sha256
from assistant.nlu.intents import UNSURE
from assistant.nlu.many_messages import read_all
from assistant.nlu.reader import FILES, MessageReader, Value, files_of, hash_of

OUTLINE = "outline"
_CODE = Path(__file__).parent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class Outliner(GraphComponent):
    """Set the outline of each message, read as one of which the intent is not known yet."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand before this component."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the defaults: the shop's words, the languages' words, and the words that are no typos.

        `kept` names a folder in which the outlines of training examples are kept, so that the next training reads only
        what is new.
        """
        return {**FILES, "kept": None}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Hash the files; a node that Rasa restores from its cache asks with no settings of its own."""
        return hash_of(files_of({**cls.get_default_config(), **config}))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Outliner:
        """Read the word lists."""
        kept = config.get("kept")
        return cls(files_of(config), KeptOutlines(Path(kept), cls.fingerprint_addon(config) or "") if kept else None)

    def __init__(self, files: Mapping[str, Any], kept: KeptOutlines | None = None) -> None:
        self._files, self._reader, self._kept = files, MessageReader.load(**files), kept

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the outline of every message that has text."""
        for message in messages:
            if message.get(TEXT):
                _set_outline(message, self._reader.read(message.get(TEXT), UNSURE))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Set the outline of every training example; those that were kept are not read again."""
        spoken = [one for one in training_data.training_examples if one.get(TEXT)]
        known = self._kept.read() if self._kept else {}
        for message in spoken:
            message.set(OUTLINE, known.get(message.get(TEXT)))
        new = [message for message in spoken if message.get(OUTLINE) is None]
        named = read_all(self._files, [message.get(TEXT) for message in new], UNSURE, "reading examples")
        for message, found in zip(new, named, strict=True):
            _set_outline(message, found)
        if self._kept:
            self._kept.write({message.get(TEXT): message.get(OUTLINE) for message in spoken})
        return training_data


def _set_outline(message: Message, found: Sequence[Value]) -> None:
    message.set(OUTLINE, outlined(message.get(TOKENS_NAMES[TEXT]) or [], found))


class KeptOutlines:
    """The outlines of training examples in a file; what shoppers said is never kept here.

    Args:
        folder: of the file.
        files: a hash of the lists that messages are read by. With that of this package's code it tells whether the
            file still holds.
    """

    def __init__(self, folder: Path, files: str) -> None:
        self._path = folder / "outlines.json"
        self._made_by = sha256((files + fingerprint(*map(str, sorted(_CODE.rglob("*.py"))))).encode())

    def read(self) -> dict[str, str]:
        """Give outlines by text; none where there is no file, or it was made by other lists or other code."""
        if not self._path.exists():
            return {}
        found = read_json(str(self._path))
        return dict(found["outlines"]) if found.get("made_by") == self._made_by else {}

    def write(self, outlines: dict[str, str]) -> None:
        """Keep these, and no others."""
        content = json.dumps({"made_by": self._made_by, "outlines": outlines}, ensure_ascii=False)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Whoever reads meanwhile gets the old file or the new one, whole.
        beside = self._path.with_suffix(f".{os.getpid()}.json")
        beside.write_text(content, encoding="utf-8")
        beside.replace(self._path)


def outlined(tokens: Sequence[Token], found: Sequence[Value]) -> str:
    """Write tokens with blanks between, the kind of each thing that was found once in place of all its tokens.

    Args:
        tokens: in the order of the text.
        found: in the order of the text, with places in the same text.
    """
    words, left, last = list[str](), list(found), None
    for token in tokens:
        while left and left[0].end <= token.start:
            left.pop(0)
        named = left[0] if left and left[0].start < token.end else None
        if named is None:
            words.append(token.lemma)
        elif named is not last:
            words.append(f"{{{named.entity}}}")
        last = named
    return " ".join(words)
