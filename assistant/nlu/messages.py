"""What components read off a message of Rasa's: its kind of script, its features."""

from __future__ import annotations

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.scripts import has_han

HAN, OTHER = KINDS = ("han", "other")


def kind_of(message: Message) -> str:
    """Tell whether a message has Chinese characters."""
    return kind_of_text(message.get(TEXT) or "")


def kind_of_text(text: str) -> str:
    """Tell whether a text has Chinese characters."""
    return HAN if has_han(text) else OTHER


def sentence_features(message: Message) -> list[Features]:
    """List the features of the whole message, in the order of the pipeline."""
    return [one for one in message.features if one.attribute == TEXT and one.type == FEATURE_TYPE_SENTENCE]


def sentence_vector(message: Message) -> np.ndarray | None:
    """Give the vectors of all encoders behind one another; None where there is none."""
    dense = [np.asarray(one.features).ravel() for one in sentence_features(message) if one.is_dense()]
    return np.concatenate(dense) if dense else None
