"""Trains this house's pipeline, Rasa's stock one and a bag of words on the same examples, and asks them."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from assistant.nlu.evaluate import quiet_agent
from assistant.nlu.intent_metrics import Answer
from assistant.nlu.public_sets import Example, intents_of
from assistant.nlu.scope import FALLBACK, SCORE
from assistant.nlu.training import train_apart

# What decides and reads entities plays no part where intents alone are compared.
_LEFT_OUT = (
    *("FallbackClassifier", "ResponseSelector", "PhotoIntent", "LanguageDetector"),
    *("ShoppingEntityExtractor", "ReasonClassifier"),
)
_GATE = "ScopeGate"


class Peer(ABC):
    """A way of telling intents apart."""

    name: str

    @abstractmethod
    def learn(self, examples: Sequence[Example]) -> None:
        """Train from nothing."""

    @abstractmethod
    def answer(self, texts: Sequence[str]) -> list[Answer]:
        """Tell the intent of each text, one at a time as shoppers come."""


class RasaPeer(Peer):
    """The intent part of a Rasa pipeline.

    Args:
        config: a Rasa configuration; of its pipeline, what reads entities or decides is left out.
    """

    def __init__(self, name: str, config: Path) -> None:
        self.name = name
        self._config = intent_part(yaml.safe_load(config.read_text(encoding="utf-8")))
        self._intents: list[str] = []
        self._agent: Any = None

    def learn(self, examples: Sequence[Example]) -> None:
        """Train with Rasa, in a folder and with a cache that are thrown away."""
        self._intents = intents_of(examples)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "config.yml").write_text(yaml.safe_dump(self._config), encoding="utf-8")
            data = yaml.safe_dump(_training_data(examples, self._intents), allow_unicode=True)
            (folder / "nlu.yml").write_text(data, encoding="utf-8")
            with redirect_stdout(sys.stderr):  # where Rasa says that it has trained
                model = train_apart(folder / "config.yml", folder / "nlu.yml", folder)
            self._agent = quiet_agent(model)

    def answer(self, texts: Sequence[str]) -> list[Answer]:
        """Parse one message after the other."""
        return asyncio.run(self._parse_all(texts))

    async def _parse_all(self, texts: Sequence[str]) -> list[Answer]:
        answers = []
        for text in texts:
            start = time.perf_counter()
            parsed = await self._agent.parse_message(text)
            taken = (time.perf_counter() - start) * 1000
            name, confidence = parsed["intent"]["name"], float(parsed["intent"]["confidence"])
            # A gate that lets all pass declines a message of signs alone still.
            intent = self._intents[int(name[1:])] if name and name != FALLBACK else ""
            answers.append(Answer(intent, float(parsed.get(SCORE, confidence)), confidence, taken))
        return answers


class BagOfWords(Peer):
    """Tf-idf of words and pairs of words with logistic regression, as scikit-learn has them."""

    name = "tf-idf + logistic regression"

    def __init__(self) -> None:
        self._model: Pipeline | None = None

    def learn(self, examples: Sequence[Example]) -> None:
        """Fit with C = 10, which serves sets of this size well; nothing is searched."""
        self._model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10.0, max_iter=1000)
        )
        self._model.fit([one.text for one in examples], [one.intent for one in examples])

    def answer(self, texts: Sequence[str]) -> list[Answer]:
        """Ask for one text after the other."""
        return [self._answer(text) for text in texts]

    def _answer(self, text: str) -> Answer:
        if self._model is None:
            raise RuntimeError("learn must be called before answer")
        start = time.perf_counter()
        shares = self._model.predict_proba([text])[0]
        taken = (time.perf_counter() - start) * 1000
        best = int(shares.argmax())
        return Answer(str(self._model.classes_[best]), float(shares[best]), float(shares[best]), taken)


def intent_part(config: Mapping[str, Any]) -> dict[str, Any]:
    """Give a configuration with the part of its pipeline that tells intents; a gate scores, and lets all pass."""
    kept = [dict(one) for one in config["pipeline"] if not one["name"].endswith(_LEFT_OUT)]
    for one in kept:
        for store in ("vectors", "kept"):  # each training is timed from nothing
            one.pop(store, None)
        if one["name"].endswith(_GATE):
            one.update(threshold=0.0, margin=0.0)
    return {"recipe": config["recipe"], "assistant_id": "comparison", "language": "en", "pipeline": kept}


def _training_data(examples: Sequence[Example], intents: Sequence[str]) -> dict[str, Any]:
    codes = {intent: f"i{place}" for place, intent in enumerate(intents)}
    texts: dict[str, list[dict[str, str]]] = {code: [] for code in codes.values()}
    for one in examples:
        # Brackets would be read as an entity.
        plain = " ".join(one.text.replace("[", "(").replace("]", ")").split())
        texts[codes[one.intent]].append({"text": plain})
    return {"version": "3.1", "nlu": [{"intent": code, "examples": found} for code, found in texts.items()]}
