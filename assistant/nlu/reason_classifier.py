"""The component that tells why something comes back, where no list of phrases would ever be whole.

"the kettle trips the fuse" is faulty goods and "鞋子顶脚趾头" shoes that do not fit. A linear model has learnt it of
messages that were labelled, and what the lists of phrases think is among what it is told. Where it is not sure, their
reason stays, and where they have none, none is told, and the desk asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse

from assistant.nlu.artifacts import fingerprint
from assistant.nlu.feature_rows import beside, feature_rows
from assistant.nlu.finders.reasons import REASON
from assistant.nlu.intents import TELLING_WHY
from assistant.nlu.linear_model import LinearModel
from assistant.nlu.messages import KINDS, kind_of
from assistant.nlu.per_script import read_each, write_each
from assistant.nlu.reader import FILES, MessageReader, files_of, hash_of
from assistant.nlu.reason_examples import UNTOLD, read_reasons
from assistant.nlu.words import WordLists

_INTENTS = sorted(TELLING_WHY)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ReasonClassifier(GraphComponent, EntityExtractorMixin):
    """Set the reason of messages that return, exchange or complain of something.

    As with intents, messages with and without Chinese characters have a model each. A model that was trained on text of
    which no message is labelled leaves the reasons that the phrases tell.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand before this component; when it is asked, the extractor stands there too."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the defaults.

        `threshold` is the probability from which a reason is believed, and `told_threshold` the one from which it
        takes the place of what a phrase tells.
        """
        thresholds = {"threshold": 0.65, "told_threshold": 0.85}
        return {
            **FILES,
            "examples": "data/reasons.csv",
            "strength": 10.0,
            "iterations": 100,
            "sparse_weight": 1.0,
            **thresholds,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse numbers that are not above zero, and a threshold that is no probability."""
        thresholds = ("threshold", "told_threshold")
        for name in ("strength", "iterations", "sparse_weight", *thresholds):
            if name in config and not config[name] > 0:
                raise ValueError(f"{name} of {cls.__name__} must be above 0, not {config[name]!r}")
        for name in thresholds:
            if config.get(name, 1) > 1:
                raise ValueError(f"{name} of {cls.__name__} is a probability, and not {config[name]!r}")

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Hash the examples, and what the phrases are read by."""
        settings = {**cls.get_default_config(), **config}
        return fingerprint(settings["examples"]) + hash_of(files_of(settings))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ReasonClassifier:
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
    ) -> ReasonClassifier:
        """Read a trained classifier."""
        return cls(config, model_storage, resource, read_each(model_storage, resource, LinearModel.load))

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        models: Mapping[str, LinearModel] | None = None,
    ) -> None:
        self._config, self._model_storage, self._resource = config, model_storage, resource
        self._models = dict(models or {})
        self._known = sorted(WordLists.load(*config["words"]).reasons)
        self._weights = dict.fromkeys(KINDS, config["sparse_weight"])

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every labelled example."""
        labels = read_reasons(self._config["examples"], self._known)
        own = [
            one for one in training_data.intent_examples if one.get(INTENT) in TELLING_WHY and one.get(TEXT) in labels
        ]
        reader = MessageReader.load(**files_of(self._config)) if own else None
        for kind in KINDS:
            examples = [one for one in own if kind_of(one) == kind]
            reasons = [labels[one.get(TEXT)] for one in examples]
            if reader is None or len(set(reasons)) < 2:
                continue
            phrases = [_reasons_in(reader, one) for one in examples]
            rows = self._rows(examples, [one.get(INTENT) for one in examples], phrases)
            if rows is not None:
                fit = LinearModel.fit_filled
                self._models[kind] = fit(rows, reasons, self._config["strength"], self._config["iterations"])
        write_each(self._model_storage, self._resource, self._models)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the reason of each message that may tell one; what a phrase tells stays where the model is less sure."""
        for message in messages:
            intent, model = (message.get(INTENT) or {}).get("name"), self._models.get(kind_of(message))
            if intent not in TELLING_WHY or model is None:
                continue
            entities = message.get(ENTITIES, [])
            told = [one for one in entities if one["entity"] == REASON]
            rows = self._rows([message], [intent], [[str(one["value"]) for one in told]])
            if rows is None or rows.shape[1] != model.weights.shape[1]:
                continue
            reason, chance = model.ranking(model.probabilities(rows)[0], 1)[0]
            if chance < self._config["told_threshold" if told else "threshold"]:
                continue
            others = [one for one in entities if one["entity"] != REASON]
            found = [] if reason == UNTOLD else [self._entity(message, reason, chance, told)]
            message.set(ENTITIES, others + self.add_extractor_name(found), add_to_output=True)
        return messages

    @staticmethod
    def _entity(message: Message, reason: str, chance: float, told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Place a reason where a phrase says it; else all of the message tells it."""
        said = next((one for one in told if one["value"] == reason), {"start": 0, "end": len(message.get(TEXT))})
        places = {name: said[name] for name in ("start", "end")}
        return {"entity": REASON, "value": reason, "confidence_entity": chance, **places}

    def _rows(
        self, messages: Sequence[Message], intents: Sequence[str], phrases: Sequence[Sequence[str]]
    ) -> sparse.csr_matrix | None:
        """Put beside the features of each message its intent, and the reasons that the phrases tell."""
        features = feature_rows(messages, self._weights)
        if features is None:
            return None
        asked = np.array([[own == each for each in _INTENTS] for own in intents], np.float32)
        told = np.array([[each in own for each in self._known] for own in phrases], np.float32)
        return beside([features, sparse.csr_matrix(asked), sparse.csr_matrix(told)])


def _reasons_in(reader: MessageReader, example: Message) -> list[str]:
    return [one.value for one in reader.read(example.get(TEXT), example.get(INTENT)) if one.entity == REASON]
