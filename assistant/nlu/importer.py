"""Reads what the assistant is trained on, for `rasa train`: Rasa's own readers, without their copies and their hashes.

Rasa merges training text a dozen times on its way to the first component, and copies and hashes each example each time,
which took three times as long as reading it.
"""

from __future__ import annotations

import hashlib
from copy import deepcopy
from typing import Any

from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method
from rasa.shared.utils.io import deep_container_fingerprint

from assistant.nlu.marked_goods import MARKS


class Example(Message):
    """A training example that is copied, compared and hashed quickly."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._data_hash: str | None = None

    @classmethod
    def of(cls, message: Message) -> Example:
        """Take over what a message holds; the goods that are marked in it are another model's (`marked_goods.py`)."""
        data = {name: value for name, value in message.data.items() if name != ENTITIES}
        if kept := [one for one in message.get(ENTITIES, []) if one["entity"] not in MARKS]:
            data[ENTITIES] = kept
        return cls(data, set(message.output_properties), message.time, list(message.features))

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """Set a property; one that stays the same word leaves the hash."""
        if isinstance(info, str) and not add_to_output and self.data.get(prop) == info:
            return
        self._data_hash = None
        super().set(prop, info, add_to_output)

    def fingerprint(self) -> str:
        """Hash data and features; the data, of which each component adds little, only when they change."""
        if self._cached_fingerprint is None:
            if self._data_hash is None:
                self._data_hash = repr(sorted((name, _content(value)) for name, value in self.data.items()))
            parts = [self._data_hash, *(one.fingerprint() for one in self.features)]
            self._cached_fingerprint = hashlib.md5("\n".join(parts).encode(), usedforsecurity=False).hexdigest()
        return self._cached_fingerprint

    def __deepcopy__(self, memo: dict[int, Any]) -> Example:
        """Copy all but texts, which never change."""
        made = Example.__new__(Example)
        made.__dict__.update(self.__dict__)
        made.output_properties = set(self.output_properties)
        made.data = {name: one if isinstance(one, str) else deepcopy(one, memo) for name, one in self.data.items()}
        made.features = [deepcopy(one, memo) for one in self.features]
        return made


class TrainingTextImporter(RasaFileImporter):
    """Read each file once, and give its examples in the quick form."""

    @cached_method
    def get_domain(self) -> Domain:
        """Read the domain; Rasa asks for it here and for the stories."""
        return super().get_domain()

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Read the training text; the language changes nothing, and Rasa asks for two of them."""
        return self._training_text()

    @cached_method
    def _training_text(self) -> TrainingData:
        read = [load_data(path) for path in self._nlu_files]
        for one in read:
            one.training_examples = [Example.of(example) for example in one.training_examples]
        return TrainingData().merge(*read)


def _content(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(one, Token) and not one.data for one in value):
        return repr([(one.text, one.start, one.end, one.lemma) for one in value])
    return deep_container_fingerprint(value)
