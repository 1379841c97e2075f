"""The featurizer component that counts words and pieces of words of a whole message, of its outline or of its sounds.

Rasa's own CountVectorsFeaturizer counts each token's too, for models that read sequences; here nothing reads those, and
they take most of its time.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS, TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import CountVectorizer

from assistant.nlu.blocks import Cells, add_rows
from assistant.nlu.outline import OUTLINE
from assistant.nlu.scripts import has_han
from assistant.nlu.sounds import sounds_of

VOCABULARY, SOUNDS = "vocabulary.json", "sounds"
_NUMBER = re.compile(r"\d+")
# Whatever the number is, it says the same of the intent.
_ANY_NUMBER = "0"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CountFeaturizer(SparseFeaturizer, GraphComponent):
    """Add how often each known word, pair of words or piece of a word stands in a message."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand before this component."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Name the packages that must be there."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the defaults: single words and pairs that at least two examples have.

        `of` says what is counted: the text, its outline, or the sounds of its Chinese characters without tones, which
        stay the same where a keyboard or a microphone picked a wrong character of the right sound.
        """
        own = {"of": TEXT, "analyzer": "word", "min_ngram": 1, "max_ngram": 2, "min_df": 2}
        return {**SparseFeaturizer.get_default_config(), **own}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse what cannot be counted."""
        if config.get("analyzer", "word") not in ("word", "char_wb"):
            raise ValueError(f"analyzer of {cls.__name__} must be word or char_wb, not {config['analyzer']!r}")
        if config.get("of", TEXT) not in _COUNTED:
            raise ValueError(f"of of {cls.__name__} must be one of {', '.join(_COUNTED)}, not {config['of']!r}")
        if not 1 <= config.get("min_ngram", 1) <= config.get("max_ngram", 2):
            raise ValueError(f"{cls.__name__} needs 1 <= min_ngram <= max_ngram")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CountFeaturizer:
        """Make one that knows no words yet."""
        return cls(config, model_storage, resource, execution_context.node_name)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CountFeaturizer:
        """Read the words that training found; without training data there are none."""
        made = cls.create(config, model_storage, resource, execution_context)
        with suppress(ValueError):  # what Rasa's storage raises for a resource that was never written
            with model_storage.read_from(resource) as folder:
                words = (folder / VOCABULARY).read_text(encoding="utf-8")
            made._know(json.loads(words))
        return made

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, name: str) -> None:
        super().__init__(name, config)
        self._model_storage, self._resource = model_storage, resource
        self._counter: CountVectorizer | None = None
        self._places: dict[str, int] = {}
        self._pieces: Callable[[str], list[str]] = str.split

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which words there are."""
        texts = list(filter(None, map(self._counted, training_data.training_examples)))
        if not texts:
            return self._resource
        counter = self._new_counter(min_df=min(self._config["min_df"], len(texts)))
        counter.fit(texts)
        words = sorted(counter.vocabulary_, key=counter.vocabulary_.__getitem__)
        self._know(words)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / VOCABULARY).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the counts to every message that has text."""
        spoken = [message for message in messages if message.get(TEXT)]
        if len(spoken) == 1 and self._counter is not None:
            spoken[0].add_features(self._cells(self._counted(spoken[0])))
        elif spoken and self._counter is not None:
            counts = self._counter.transform([self._counted(message) for message in spoken]).tocsr()
            add_rows(spoken, counts, self._config[FEATURIZER_CLASS_ALIAS])
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the counts to every training example."""
        self.process(training_data.training_examples)
        return training_data

    def _know(self, words: list[str]) -> None:
        self._places = {word: place for place, word in enumerate(words)}
        self._counter = self._new_counter(vocabulary=self._places)
        self._pieces = self._counter.build_analyzer()

    def _cells(self, text: str) -> Cells:
        """Count the known pieces of one text; scikit-learn's way takes half a millisecond for any number of texts."""
        found = Counter(self._places[piece] for piece in self._pieces(text) if piece in self._places)
        columns, counts = np.array(list(found), np.intp), np.array(list(found.values()), np.float32)
        return Cells(columns, counts, len(self._places), self._config[FEATURIZER_CLASS_ALIAS])

    def _new_counter(self, **options: Any) -> CountVectorizer:
        lengths, analyzer = (self._config["min_ngram"], self._config["max_ngram"]), self._config["analyzer"]
        # The text is tokens with blanks between; pieces of words are cut without a tokenizer.
        tokenizer = str.split if analyzer == "word" else None
        return CountVectorizer(
            analyzer=analyzer, ngram_range=lengths, tokenizer=tokenizer, token_pattern=None, **options
        )

    def _counted(self, message: Message) -> str:
        return _NUMBER.sub(_ANY_NUMBER, _COUNTED[self._config["of"]](message))


def _words(message: Message) -> str:
    """Give the words of a message with blanks between."""
    return " ".join(token.lemma for token in message.get(TOKENS_NAMES[TEXT]) or [])


def _outline(message: Message) -> str:
    return message.get(OUTLINE) or ""


def _sounds(message: Message) -> str:
    return " ".join(sounds_of("".join(filter(has_han, _words(message)))))


_COUNTED: Mapping[str, Callable[[Message], str]] = {TEXT: _words, OUTLINE: _outline, SOUNDS: _sounds}
