"""The component that tells in which language a message is written, so that it is answered in it."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.artifacts import fingerprint
from assistant.nlu.finders.idle import EVERY
from assistant.nlu.scripts import has_han, plain
from assistant.nlu.words import WordLists

ENTITY = "language"
CHINESE, ENGLISH = "zh", "en"
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# A lone word may be one that everybody uses, whatever their language: "ok", "XL", "iPhone", "Nike".
_SENTENCE = 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageDetector(GraphComponent, EntityExtractorMixin):
    """Name the language of each message that tells one, as an entity from which a slot is filled.

    A message with a Chinese character is Chinese, whatever else it holds. One of several words is English where one of
    them carries English sentences ("the", "show", "want"). A lone word, a number, a name or an address tells nothing,
    and the conversation goes on in its language.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the default: the English words."""
        return {"words": "data/lexicon/en.yml"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Hash the words."""
        return fingerprint(config["words"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetector:
        """Read the words; there is nothing to learn."""
        return cls(WordLists.load(config["words"]))

    def __init__(self, words: WordLists) -> None:
        self._carriers = frozenset(words.carrier[EVERY])

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the language to the entities of each message."""
        for message in messages:
            text = message.get(TEXT) or ""
            found = language_of(text, self._carriers)
            if found is not None:
                named = [{"entity": ENTITY, "value": found, "start": 0, "end": len(text)}]
                message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(named), add_to_output=True)
        return messages


def language_of(text: str, carriers: Collection[str]) -> str | None:
    """Give the language that a text tells.

    Args:
        text: of a shopper.
        carriers: words that carry English sentences, in small letters.

    >>> language_of("我要买 iPhone 15", {"is"}), language_of("where is it?", {"is"}), language_of("Li Na", {"is"})
    ('zh', 'en', None)
    """
    if has_han(text):
        return CHINESE
    words = _WORD.findall(plain(text))
    return ENGLISH if len(words) >= _SENTENCE and any(word in carriers for word in words) else None
