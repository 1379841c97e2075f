"""The intent classifier component: a linear model over the message's dense and sparse features."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
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
from scipy import sparse

from assistant.nlu.feature_rows import feature_rows, filled
from assistant.nlu.linear_model import LinearModel
from assistant.nlu.messages import HAN, KINDS, OTHER, kind_of
from assistant.nlu.per_script import read_each, write_each

NO_INTENT = {"name": None, "confidence": 0.0}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Rank the intents of a message; it trains in seconds and needs no TensorFlow to load.

    Messages with and without Chinese characters share hardly a feature, and each kind has a model of its own: what is
    learnt of one language changes nothing in the other. A kind of which no two intents are known is read by the other.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand before this component."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Name the packages that must be there."""
        return ["scipy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the defaults; `sparse_weight` is the length of the count vector beside a dense one of length 1.

        `han_sparse_weight` is that of messages with Chinese characters.
        """
        weights = {"sparse_weight": 0.6, "han_sparse_weight": 0.6}
        return {"strength": 20.0, "iterations": 150, **weights, "ranking_length": 10}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse numbers that are not above zero."""
        for name in ("strength", "iterations", "sparse_weight", "han_sparse_weight", "ranking_length"):
            if name in config and not config[name] > 0:
                raise ValueError(f"{name} of {cls.__name__} must be above 0, not {config[name]!r}")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Make an untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Read a trained classifier; a model that was trained without NLU data has an untrained one."""
        return cls(config, model_storage, resource, read_each(model_storage, resource, LinearModel.load))

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        models: Mapping[str, LinearModel] | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._models = dict(models or {})
        self._weights = {OTHER: config["sparse_weight"], HAN: config["han_sparse_weight"]}

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has a text and an intent."""
        examples = [one for one in training_data.intent_examples if one.get(INTENT) and one.get(TEXT)]
        features = feature_rows(examples, self._weights)
        if features is None:
            return self._resource
        labels = np.array([example.get(INTENT) for example in examples])
        kinds = np.array([kind_of(example) for example in examples])
        places = {kind: np.flatnonzero(kinds == kind) for kind in KINDS}
        known = {kind: own for kind, own in places.items() if len(set(labels[own])) > 1}
        with ThreadPoolExecutor(len(KINDS)) as pool:
            fitted = pool.map(lambda own: self._fitted(features[own], labels[own]), known.values())
            self._models |= dict(zip(known, fitted, strict=True))
        write_each(self._model_storage, self._resource, self._models)
        return self._resource

    def _fitted(self, features: sparse.csr_matrix, labels: np.ndarray) -> LinearModel:
        return LinearModel.fit_filled(features, labels, self._config["strength"], self._config["iterations"])

    def _model_for(self, message: Message) -> LinearModel:
        other = next(iter(self._models.values()))
        return self._models.get(kind_of(message), other)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking; an empty message gets no intent, at a confidence of zero."""
        if not self._models:
            return messages
        for message in messages:
            row, model = filled(message, self._weights), self._model_for(message)
            # A message without words (empty, blank) lacks the features of one kind or of both.
            if row is None or row.width != model.weights.shape[1]:
                message.set(INTENT, dict(NO_INTENT), add_to_output=True)
                message.set(INTENT_RANKING_KEY, [], add_to_output=True)
                continue
            pairs = model.ranking(model.probabilities_of(row.columns, row.values), self._config["ranking_length"])
            ranking = [{"name": name, "confidence": confidence} for name, confidence in pairs]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Classify the training examples, for components that follow."""
        self.process(training_data.training_examples)
        return training_data
