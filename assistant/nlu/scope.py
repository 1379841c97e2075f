"""The component that decides of a message: answer it, ask which of two things it meant, or admit not to understand."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.examples import Examples
from assistant.nlu.messages import KINDS, kind_of, sentence_vector
from assistant.nlu.per_script import read_each, write_each

FALLBACK = "nlu_fallback"
# Where the output of the parse names the two intents between which the shopper is asked.
BETWEEN = "between"
# Where it holds the score of the likeliest intent, whatever was decided.
SCORE = "score"
# Of Unicode: punctuation, separators and control characters.
_SIGNS = frozenset("PZC")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ScopeGate(IntentClassifier, GraphComponent):
    """Let an intent pass if it is likely, and the message like one that was learnt for it.

    A classifier shares its certainty among the intents it knows, also for a message of none of them; what tells such a
    message is that it lies far from every example. So the probability of an intent is multiplied by the cosine between
    the message and the intent's closest example: an intent's score. If the best reaches `threshold`, and its
    probability leads by `margin`, the message is answered. If the two best reach the threshold together, the intent is
    `nlu_fallback` and `between` names the two. If they do not, the intent is `nlu_fallback` alone.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand before this component."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the defaults, chosen on the validation messages of both languages."""
        return {"threshold": 0.24, "margin": 0.03}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse what is no share."""
        for name in ("threshold", "margin"):
            if config.get(name) is not None and not 0 <= config[name] <= 1:
                raise ValueError(f"{name} of {cls.__name__} must be from 0 to 1, not {config[name]!r}")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ScopeGate:
        """Make one without examples."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ScopeGate:
        """Read the examples; a model that was trained without NLU data has none."""
        return cls(config, model_storage, resource, read_each(model_storage, resource, Examples.load))

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        examples: Mapping[str, Examples] | None = None,
    ) -> None:
        self._config, self._model_storage, self._resource = config, model_storage, resource
        self._examples = dict(examples or {})

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the vectors of all examples."""
        known = [one for one in training_data.intent_examples if one.get(INTENT) and one.get(TEXT)]
        for kind in KINDS:
            own = [one for one in known if kind_of(one) == kind]
            vectors = [vector for one in own if (vector := sentence_vector(one)) is not None]
            if vectors and len(vectors) == len(own):
                self._examples[kind] = Examples.of(np.array(vectors), [one.get(INTENT) for one in own])
        write_each(self._model_storage, self._resource, self._examples)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Turn what is not surely understood into `nlu_fallback`, at the head of the ranking."""
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY) or []
            # "!!!" is like "yes!" to an encoder, and agrees to nothing.
            scores = [] if is_only_signs(message.get(TEXT) or "") else self._scores(message, ranking)
            threshold = self._config["threshold"]
            message.set(SCORE, scores[0] if scores else 0.0, add_to_output=True)
            if scores and scores[0] >= threshold and _lead(ranking) >= self._config["margin"]:
                continue
            between = [one["name"] for one in ranking[:2]] if len(scores) > 1 and sum(scores) >= threshold else []
            unsure = {"name": FALLBACK, "confidence": 1.0 - max(scores, default=0.0)}
            message.set(INTENT, unsure, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [unsure, *ranking], add_to_output=True)
            message.set(BETWEEN, between, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training examples as they are: what they mean is known."""
        return training_data

    def _scores(self, message: Message, ranking: list[dict[str, Any]]) -> list[float]:
        """Give the scores of the two likeliest intents."""
        examples, vector = self._examples.get(kind_of(message)), sentence_vector(message)
        if examples is None or vector is None:  # without vectors the probability is all that is known
            return [float(one["confidence"]) for one in ranking[:2]]
        close = examples.closeness(vector, [one["name"] for one in ranking[:2]])
        return [float(one["confidence"]) * cosine for one, cosine in zip(ranking, close, strict=False)]


def is_only_signs(text: str) -> bool:
    """Tell a message of punctuation alone, or of nothing; an emoji says something."""
    return all(unicodedata.category(letter)[0] in _SIGNS for letter in text)


def _lead(ranking: list[dict[str, Any]]) -> float:
    return float(ranking[0]["confidence"]) - (float(ranking[1]["confidence"]) if len(ranking) > 1 else 0.0)
