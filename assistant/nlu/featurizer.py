"""The featurizer component: a sentence vector for Rasa's pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.artifacts import fingerprint
from assistant.nlu.blocks import add_rows
from assistant.nlu.encoder import OnnxEncoder
from assistant.nlu.example_vectors import ExampleVectors, encode_each
from assistant.nlu.messages import KINDS, kind_of

ALL = "all"
SCRIPTS = (ALL, *KINDS)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Add the encoder's vector as the dense feature of a whole message.

    An encoder may be for messages with Chinese characters alone (`script: han`), or for those without (`other`); every
    message that is not for it gets a vector of zeros, so that each has the features of all encoders. `weight` is the
    length of the vectors: those of E5 lie within a narrow cone, and tell less apart at the same length. `vectors` names
    a folder in which the vectors of training examples are kept, so that the next training encodes only what is new.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand before this component."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Name the packages that must be there."""
        return ["onnxruntime", "tokenizers"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the defaults: the folder that `ops.export_encoder` writes, one thread, and no file of vectors."""
        own = {"encoder": "artifacts/encoder", "threads": 1, "script": ALL, "weight": 1.0, "vectors": None}
        return {**DenseFeaturizer.get_default_config(), **own}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse a number of threads that is none."""
        threads = config.get("threads", 1)
        if not isinstance(threads, int) or threads < 1:
            raise ValueError(f"threads of {cls.__name__} must be a whole number from 1, not {threads!r}")
        if not config.get("weight", 1.0) > 0:
            raise ValueError(f"weight of {cls.__name__} must be above 0, not {config['weight']!r}")
        if config.get("script", ALL) not in SCRIPTS:
            raise ValueError(f"script of {cls.__name__} must be one of {', '.join(SCRIPTS)}, not {config['script']!r}")

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Hash the encoder's card, which holds the hashes of its files."""
        return fingerprint(str(Path(config["encoder"]) / "encoder.json"))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """Open the encoder."""
        return cls(config, execution_context.node_name)

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._encoder = OnnxEncoder(config["encoder"], config["threads"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the feature to every message that has text."""
        spoken = [message for message in messages if message.get(TEXT)]
        self._add_to(spoken, encode_each(self._encoder, [one.get(TEXT) for one in spoken if self._is_for(one)]))
        return messages

    def _is_for(self, message: Message) -> bool:
        return self._config["script"] in (ALL, kind_of(message))

    def _add_to(self, spoken: list[Message], vectors: np.ndarray) -> None:
        """Add vectors to the messages that this encoder is for, in their order, and zeros to the others."""
        alias, weight, left = self._config[FEATURIZER_CLASS_ALIAS], np.float32(self._config["weight"]), iter(vectors)
        for message in spoken:
            vector = next(left) * weight if self._is_for(message) else np.zeros(self._encoder.dimension, np.float32)
            message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, alias))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the feature to every training example; those that were encoded before are read from the file."""
        folder = self._config["vectors"]
        if not folder:
            self.process(training_data.training_examples)
            return training_data
        spoken = [example for example in training_data.training_examples if example.get(TEXT)]
        own = np.array([self._is_for(one) for one in spoken], bool)
        texts = [one.get(TEXT) for one, is_own in zip(spoken, own, strict=True) if is_own]
        vectors = np.zeros((len(spoken), self._encoder.dimension), np.float32)
        vectors[own] = ExampleVectors(self._encoder, Path(folder)).of(texts) * np.float32(self._config["weight"])
        add_rows(spoken, vectors, self._config[FEATURIZER_CLASS_ALIAS])
        return training_data
