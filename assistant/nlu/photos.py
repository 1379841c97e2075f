"""The component that makes a message with a photo a search by it, whatever its caption reads like."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from assistant.photo_address import photo_address

SEARCH_BY_PHOTO = "search_by_photo"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class PhotoIntent(GraphComponent, IntentClassifier):
    """Set the intent of messages that come with a photo; what the caption names is read all the same.

    It stands after `FallbackClassifier`, which would otherwise have the last word on a caption such as "like this", and
    before the extractor, so that a caption is read as words of a search. The photo's address comes from the message's
    metadata, which only the web channel fills.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand before this component: what reads the caption."""
        return [IntentClassifier]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PhotoIntent:
        """Make the component; it has nothing to learn or to set."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking where there is a photo."""
        for message in messages:
            if photo_address(message.get("metadata")) is not None:
                certain = {"name": SEARCH_BY_PHOTO, "confidence": 1.0}
                message.set(INTENT, certain, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [dict(certain)], add_to_output=True)
        return messages
