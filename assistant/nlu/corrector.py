"""The components that have a message understood without its slips: one puts them right, one gives the words back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.artifacts import fingerprint, read_json
from assistant.nlu.catalogue import Catalogue
from assistant.nlu.homophones import HanCounts, count_han
from assistant.nlu.slips import Corrected, Slips, count_words
from assistant.nlu.words import WordLists

COUNTS, HAN = "words.json", "han.json"
_CORRECTED = "corrected"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SlipCorrector(GraphComponent):
    """Put right the slips of a message before anything reads it; it stands first in the pipeline.

    What it corrects towards are the words of the training text and the catalogue.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the defaults: the shop's words, the languages' words, and the words that are no slips."""
        return {
            "lexicon": "artifacts/lexicon.json",
            "words": ["data/lexicon/en.yml", "data/lexicon/zh.yml"],
            "real_words": "artifacts/encoder/tokenizer.json",
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Hash the files; a node that Rasa restores from its cache asks with no settings of its own."""
        own = {**cls.get_default_config(), **config}
        return fingerprint(own["lexicon"], *own["words"], own["real_words"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SlipCorrector:
        """Make one that has read no training text yet."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SlipCorrector:
        """Read the words that training found; without training data there are none."""
        made = cls(config, model_storage, resource)
        with suppress(ValueError):  # what Rasa's storage raises for a resource that was never written
            with model_storage.read_from(resource) as folder:
                counts, han = (json.loads((folder / name).read_text(encoding="utf-8")) for name in (COUNTS, HAN))
            made._know(counts, HanCounts(**han))
        return made

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._model_storage, self._resource = config, model_storage, resource
        self._slips = Slips({})

    def train(self, training_data: TrainingData) -> Resource:
        """Count the words of the training text."""
        texts = [example.get(TEXT) or "" for example in training_data.training_examples]
        counts, han = count_words(texts), count_han(texts)
        with self._model_storage.write_to(self._resource) as folder:
            for name, found in ((COUNTS, counts), (HAN, asdict(han))):
                (folder / name).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
        self._know(counts, han)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the slips of messages right."""
        for message in messages:
            corrected = self._slips.correct(message.get(TEXT) or "")
            if corrected.corrections:
                message.set(_CORRECTED, corrected)
                message.set(TEXT, corrected.text, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training text as it was written: slips in it are meant."""
        return training_data

    def _know(self, counts: Mapping[str, int], han: HanCounts) -> None:
        words = WordLists.load(*self._config["words"])
        # Read at each start, so that a name that is new in the shop is no slip.
        named = dict.fromkeys(_names(Catalogue.load(self._config["lexicon"])), 1)
        vocabulary = read_json(self._config["real_words"])["model"]["vocab"]
        self._slips = Slips({**named, **counts}, vocabulary, words.hesitations, han)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TypedText(GraphComponent):
    """Give a message its own words back, and entities their places in them; it stands last in the pipeline."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TypedText:
        """Make one; there is nothing to read."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Undo what `SlipCorrector` did to the text; what it made understood stays."""
        for message in messages:
            corrected: Corrected | None = message.get(_CORRECTED)
            if corrected is not None:
                for entity in message.get(ENTITIES, []):
                    entity.update(start=corrected.place(entity["start"]), end=corrected.place(entity["end"]))
                message.set(TEXT, corrected.typed, add_to_output=True)
        return messages


def _names(catalogue: Catalogue) -> list[str]:
    texts = [*catalogue.brands, *catalogue.categories, *catalogue.colours, *(name for name, _ in catalogue.products)]
    return [word.lower() for text in texts for word in text.split() if word.isalpha()]
