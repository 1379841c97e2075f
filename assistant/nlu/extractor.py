"""The entity extractor component: everything a message names, read by one finder after the other."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.finders.avoided import WISH
from assistant.nlu.photos import ADD, asked_of
from assistant.nlu.reader import FILES, MessageReader, files_of, hash_of

LASTING = "lasting"
"""Where the output of the parse tells whether a wish is said to hold for good, and not for one search alone."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ShoppingEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Add the entities of a message; it stands behind the intent classifier, whose answer tells what "2" means."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand before this component."""
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the defaults: the shop's words, the language's words, and the words that are no typos."""
        return dict(FILES)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Hash the files."""
        return hash_of(files_of(config))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ShoppingEntityExtractor:
        """Read the word lists; nothing of them is kept in the model, so a new catalogue needs a restart only."""
        return cls(MessageReader.load(**files_of(config)))

    def __init__(self, reader: MessageReader) -> None:
        self._reader = reader

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what each message names to its entities."""
        for message in messages:
            intent = (message.get(INTENT) or {}).get("name") or ""
            # An order with a photo says how many, which a search does not.
            intent = ADD if asked_of(message) == ADD else intent
            entities = self._extract(message.get(TEXT) or "", intent)
            if intent == WISH:
                message.set(LASTING, self._reader.is_lasting(message.get(TEXT) or ""), add_to_output=True)
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(entities), add_to_output=True)
        return messages

    def _extract(self, text: str, intent: str) -> list[dict[str, Any]]:
        return [
            {"entity": value.entity, "value": value.value, "start": value.start, "end": value.end}
            for value in self._reader.read(text, intent)
        ]
