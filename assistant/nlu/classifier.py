"""The intent classifier component: a linear model over the message's dense and sparse features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
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

from assistant.nlu.blocks import stacked
from assistant.nlu.linear_model import LinearModel
from assistant.nlu.messages import HAN, KINDS, OTHER, kind_of, sentence_features
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
        features = self._rows(examples)
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
        """Learn from the columns that these rows fill; the others weigh nothing."""
        filled = np.flatnonzero(features.getnnz(axis=0))
        model = LinearModel.fit(features[:, filled], labels, self._config["strength"], self._config["iterations"])
        weights = np.zeros((len(model.labels), features.shape[1]), model.weights.dtype)
        weights[:, filled] = model.weights
        return replace(model, weights=weights)

    def _model_for(self, message: Message) -> LinearModel:
        other = next(iter(self._models.values()))
        return self._models.get(kind_of(message), other)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking; an empty message gets no intent, at a confidence of zero."""
        if not self._models:
            return messages
        for message in messages:
            row, model = self._rows([message]), self._model_for(message)
            # A message without words (empty, blank) lacks the features of one kind or of both.
            if row is None or row.shape[1] != model.weights.shape[1]:
                message.set(INTENT, dict(NO_INTENT), add_to_output=True)
                message.set(INTENT_RANKING_KEY, [], add_to_output=True)
                continue
            pairs = model.ranking(model.probabilities(row)[0], self._config["ranking_length"])
            ranking = [{"name": name, "confidence": confidence} for name, confidence in pairs]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Classify the training examples, for components that follow."""
        self.process(training_data.training_examples)
        return training_data

    def _rows(self, messages: Sequence[Message]) -> sparse.csr_matrix | None:
        """Lay the features out, a row a message; each kind is stacked once, as a matrix a message takes seconds."""
        kinds = list(zip(*(sentence_features(message) for message in messages), strict=True))
        if not kinds:
            return None
        counts = [_as_rows(stacked(kind)) for kind in kinds if kind[0].is_sparse()]
        dense = [_as_rows(stacked(kind)) for kind in kinds if kind[0].is_dense()]
        weights = np.array([self._weights[kind_of(message)] for message in messages], np.float32)
        return _beside([*([_scaled(_beside(counts), weights)] if counts else []), *dense])


def _as_rows(matrix: np.ndarray | sparse.spmatrix) -> sparse.csr_matrix:
    return sparse.csr_matrix(matrix, dtype=np.float32)


def _scaled(counts: sparse.csr_matrix, weights: np.ndarray) -> sparse.csr_matrix:
    """Give each row its length: counts grow with that of a text, where the dense vector always has length 1."""
    of_each = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    lengths = np.sqrt(np.bincount(of_each, np.square(counts.data), counts.shape[0]))
    scales = np.divide(weights, lengths, out=np.zeros_like(weights), where=lengths > 0)
    return sparse.csr_matrix((counts.data * scales[of_each], counts.indices, counts.indptr), counts.shape)


def _beside(parts: Sequence[sparse.csr_matrix]) -> sparse.csr_matrix:
    """Put matrices side by side; of one row each without SciPy's ado, which takes a millisecond."""
    if parts[0].shape[0] > 1:
        return sparse.hstack(parts, format="csr")
    starts = np.cumsum([0, *(one.shape[1] for one in parts)])
    indices = np.concatenate([one.indices + start for one, start in zip(parts, starts, strict=False)])
    data = np.concatenate([one.data for one in parts])
    return sparse.csr_matrix((data, indices, np.array([0, len(data)])), (1, starts[-1]))
