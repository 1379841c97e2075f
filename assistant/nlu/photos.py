"""The component that makes a message with a photo a search by it, whatever its caption reads like."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.artifacts import fingerprint
from assistant.nlu.intents import BY_PHOTO
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.tokens import Token, Tokenizer
from assistant.nlu.words import WordLists
from assistant.photo_address import photo_address

ADD, PRICE, PROBLEM = "add_to_cart", "ask_price", "report_problem"
_SURE = 0.6


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class PhotoIntent(GraphComponent, IntentClassifier):
    """Set the intent of messages that come with a photo; what the caption names is read all the same.

    It stands after `FallbackClassifier`, which would otherwise have the last word on a caption such as "like this", and
    before the extractor, so that a caption is read as words of a search. The photo's address comes from the message's
    metadata, which only the web channel fills.

    Where the caption plainly asks for more than a search, what it asks for stands second in the ranking: to put what
    the photo shows into the cart, to tell its price, or to see what is wrong with something bought.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand before this component: what reads the caption."""
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the default: the words of the languages."""
        return {"words": ["data/lexicon/en.yml", "data/lexicon/zh.yml"]}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Hash the words."""
        return fingerprint(*config["words"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PhotoIntent:
        """Read the words by which an order is known; there is nothing to learn."""
        return cls(WordLists.load(*config["words"]))

    def __init__(self, words: WordLists) -> None:
        self._tokenizer = Tokenizer(words)
        self._signs, self._doubts = (
            PhraseBook(self._tokenizer, ((word, True) for word in words.photo_orders[name]))
            for name in ("signs", "doubts")
        )

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking where there is a photo."""
        for message in messages:
            if photo_address(message.get("metadata")) is not None:
                certain = {"name": BY_PHOTO, "confidence": 1.0}
                asked = dict(message.get(INTENT) or {})
                ranking = [dict(certain), *([asked] if self._is_asked(asked, message.get(TEXT) or "") else [])]
                message.set(INTENT, certain, add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _is_asked(self, intent: dict[str, Any], text: str) -> bool:
        """Tell whether a caption asks for this beyond all doubt."""
        if float(intent.get("confidence") or 0.0) < _SURE:
            return False
        if intent.get("name") == ADD:
            tokens = self._tokenizer.cut(text)
            return _holds(self._signs, tokens) and not _holds(self._doubts, tokens)
        return intent.get("name") in (PRICE, PROBLEM)


def asked_of(message: Message) -> str | None:
    """Give what a message with a photo asks for beside the search; None for nothing, or where there is no photo."""
    ranking = message.get(INTENT_RANKING_KEY) or []
    is_photo = (message.get(INTENT) or {}).get("name") == BY_PHOTO and photo_address(message.get("metadata"))
    return str(ranking[1]["name"]) if is_photo and len(ranking) > 1 else None


def _holds(book: PhraseBook[bool], tokens: list[Token]) -> bool:
    return any(book.at(tokens, place)[0] for place in range(len(tokens)))
