"""The component that writes a message's outline: its words, with what is named replaced by the kind of thing it is.

"have you got wool socks under 20" and "have you got a tent under 300" have one outline, "have you got {product_query}
{price_max}": what was learnt of the one counts for the other (delexicalisation; Henderson et al., SLT 2014).
"""

from __future__ import annotations

from collections.abc import Sequence
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

from assistant.nlu.artifacts import fingerprint
from assistant.nlu.intents import UNSURE
from assistant.nlu.reader import MessageReader, Value

OUTLINE = "outline"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class Outliner(GraphComponent):
    """Set the outline of each message, read as one of which the intent is not known yet."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand before this component."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the defaults: the shop's words, the languages' words, and the words that are no typos."""
        return {
            "lexicon": "artifacts/lexicon.json",
            "words": ["data/lexicon/en.yml", "data/lexicon/zh.yml"],
            "real_words": "artifacts/encoder/tokenizer.json",
            "goods": "data/lexicon/glossary_zh.csv",
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Hash the files; a node that Rasa restores from its cache asks with no settings of its own."""
        own = {**cls.get_default_config(), **config}
        return fingerprint(own["lexicon"], *own["words"], own["real_words"], own["goods"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Outliner:
        """Read the word lists."""
        return cls(MessageReader.load(config["lexicon"], config["words"], config["real_words"], config["goods"]))

    def __init__(self, reader: MessageReader) -> None:
        self._reader = reader

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the outline of every message that has text."""
        for message in messages:
            if message.get(TEXT):
                found = self._reader.read(message.get(TEXT), UNSURE)
                message.set(OUTLINE, outlined(message.get(TOKENS_NAMES[TEXT]) or [], found))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Set the outline of every training example."""
        self.process(training_data.training_examples)
        return training_data


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
