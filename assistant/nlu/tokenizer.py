"""The tokenizer component: words at blanks, and Chinese cut by jieba, for the counting of words and letters."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.artifacts import fingerprint
from assistant.nlu.goods import glossary_of
from assistant.nlu.scripts import HAN, has_han, plain
from assistant.nlu.segmenting import Segmenter

_RUN = re.compile(f"[{HAN}]+|[^{HAN}]+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ScriptTokenizer(WhitespaceTokenizer):
    """Cut each message as its script is written; the places of tokens are those in the text as it was typed.

    What featurizers count is the plain form (`scripts.plain`): traditional and simplified characters, full and half
    width are the same to them. A message without a Chinese character is cut as Rasa's own tokenizer cuts it.
    """

    @staticmethod
    def not_supported_languages() -> list[str] | None:
        """Name no language: every one passes."""
        return None

    @staticmethod
    def required_packages() -> list[str]:
        """Name the packages that must be there."""
        return ["jieba", "opencc"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the defaults: names of goods that are never cut."""
        return {**WhitespaceTokenizer.get_default_config(), "goods": "data/lexicon/glossary_zh.csv"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Hash the names of goods."""
        return fingerprint(config.get("goods", cls.get_default_config()["goods"]))

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Cut a text."""
        text = message.get(attribute)
        if not has_han(text):
            return list(super().tokenize(message, attribute))
        simple, tokens = plain(text), list[Token]()
        for run in _RUN.finditer(simple):
            start = run.start()
            if has_han(run[0]):
                spans = [
                    (start + first, start + last)
                    for _, first, last in _segmenter(self._config["goods"]).tokenize(run[0])
                ]
            else:
                words = super().tokenize(Message({attribute: run[0]}), attribute)
                spans = [(start + word.start, start + word.end) for word in words if any(map(str.isalnum, word.text))]
            tokens += [Token(text[first:last], first, lemma=simple[first:last]) for first, last in spans]
        return tokens


@cache
def _segmenter(goods: str) -> Segmenter:
    return Segmenter(glossary_of(goods))
