"""Figures over answers to messages that are in scope and messages that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from sklearn.metrics import f1_score, matthews_corrcoef

from assistant.nlu.public_sets import STRANGE, Example

_BINS = 15
_TRIED = 201
# The share of rightly understood messages that a threshold may turn away: a shop loses more by each than by an odd
# answer to a question that is none of its own.
MOST_LOST = 0.05


@dataclass(frozen=True)
class Answer:
    """What a model makes of a message.

    Attributes:
        score: how surely the message is of this intent; compared with a threshold.
        confidence: the probability that the model states.
    """

    intent: str
    score: float
    confidence: float
    milliseconds: float


@dataclass(frozen=True)
class IntentFigures:
    """How well intents are told; shares from 0 to 1, and None where the set has nothing out of scope.

    Attributes:
        accuracy: in-scope messages with the right intent, without a threshold.
        macro_f1: of the in-scope messages, without a threshold.
        accuracy_at: in-scope messages answered with the right intent, at the threshold.
        strange_recall: messages out of scope that are not answered, at the threshold.
        mcc: Matthews's correlation over all messages at the threshold, "out of scope" being one more class.
        ece: expected calibration error of the confidence over in-scope messages, 15 bins of equal width (Guo et al.,
            On Calibration of Modern Neural Networks, 2017).
    """

    accuracy: float
    macro_f1: float
    threshold: float
    accuracy_at: float
    strange_recall: float | None
    mcc: float
    ece: float
    parse_ms: float


def choose_threshold(examples: Sequence[Example], answers: Sequence[Answer]) -> float:
    """Give the threshold with the best correlation (MCC) of what was meant and what is decided.

    It is the best of those that turn at most `MOST_LOST` of the messages away whose intent was told rightly.

    Args:
        examples: of validation, with some out of scope.
        answers: to each of them.
    """
    meant = [one.intent for one in examples]
    right = [answer.score for one, answer in zip(examples, answers, strict=True) if one.intent == answer.intent]
    highest = np.quantile(right, MOST_LOST, method="lower") if right else np.inf
    scores = np.unique(np.quantile([one.score for one in answers], np.linspace(0, 1, _TRIED)))
    tried = [0.0, *scores[scores <= highest]]
    return float(max(tried, key=lambda threshold: matthews_corrcoef(meant, decide(answers, threshold))))


def decide(answers: Sequence[Answer], threshold: float) -> list[str]:
    """Give the intent of each answer, or STRANGE where its score is below the threshold."""
    return [one.intent if one.score >= threshold else STRANGE for one in answers]


def figures_of(examples: Sequence[Example], answers: Sequence[Answer], threshold: float) -> IntentFigures:
    """Compare answers with what was meant."""
    meant = np.array([one.intent for one in examples])
    given = np.array([one.intent for one in answers])
    decided = np.array(decide(answers, threshold))
    is_strange = meant == STRANGE
    right = (given == meant)[~is_strange]
    confidences = np.array([one.confidence for one in answers])[~is_strange]
    return IntentFigures(
        accuracy=float(right.mean()),
        macro_f1=float(f1_score(meant[~is_strange], given[~is_strange], average="macro", zero_division=0)),
        threshold=threshold,
        accuracy_at=float((decided == meant)[~is_strange].mean()),
        strange_recall=float((decided == meant)[is_strange].mean()) if is_strange.any() else None,
        mcc=float(matthews_corrcoef(meant, decided)),
        ece=calibration_error(confidences, right),
        parse_ms=median(one.milliseconds for one in answers),
    )


def calibration_error(confidences: np.ndarray, right: np.ndarray) -> float:
    """Give the mean distance of confidence and accuracy over bins, weighted by how many fall into each."""
    bins = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(confidences[bins == one].mean() - right[bins == one].mean()) * (bins == one).mean() for one in set(bins)
    ]
    return float(sum(gaps))
