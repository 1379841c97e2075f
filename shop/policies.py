"""The shop's own texts about delivery, returns and the like, and which passage of them answers a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shop.embedding import QueryCache, TextEmbedder, Vectors

MAX_QUESTION = 300
# `python -m ops.evaluate_policies` finds it for all-MiniLM-L6-v2 on the validation part of
# `data/evaluation/policies.csv`; another model needs its own.
THRESHOLD = 0.385


@dataclass(frozen=True)
class Passage:
    """A short text that answers one question.

    Attributes:
        topic: the file it stands in, without its ending: "delivery".
        title: its heading.
        text: its words as they were written; nothing is added or left out.
        source: file and heading: "delivery.md#How long delivery takes".
    """

    topic: str
    title: str
    text: str
    source: str


def load_passages(folder: Path) -> list[Passage]:
    """Read all `.md` files of a folder, split at their headings; a heading with no text below it is left out."""
    return [passage for path in sorted(folder.glob("*.md")) for passage in _split(path)]


class PolicyIndex:
    """Finds the passage that answers a question, or none.

    Args:
        passages: what can be answered.
        embedder: turns texts into vectors.
        threshold: the cosine below which nothing answers the question.
    """

    def __init__(self, passages: Sequence[Passage], embedder: TextEmbedder, threshold: float = THRESHOLD) -> None:
        self._passages = tuple(passages)
        self._embedder = embedder
        self._questions = QueryCache(embedder)
        self._threshold = threshold
        self._vectors: Vectors | None = None

    def answer(self, question: str) -> Passage | None:
        """Give the passage that answers a question; None where no passage is close enough."""
        best = self.closest(question)
        return best[0] if best and best[1] >= self._threshold else None

    def closest(self, question: str) -> tuple[Passage, float] | None:
        """Give the closest passage with its cosine, near or far; None where there is nothing to compare."""
        text = question[:MAX_QUESTION].encode("utf-8", "ignore").decode("utf-8").strip()
        if not self._passages or not any(char.isalnum() for char in text):
            return None
        if self._vectors is None:
            self._vectors = self._encode()
        cosines = self._vectors @ self._questions.encode_one(text)
        best = int(np.argmax(cosines))
        return self._passages[best], float(cosines[best])

    def _encode(self) -> Vectors:
        # A question is close to the heading, or to the text, or a little to both.
        headings = [f"{passage.topic}: {passage.title}" for passage in self._passages]
        texts = [f"{heading}. {item.text}" for heading, item in zip(headings, self._passages, strict=True)]
        middle = self._embedder.encode(headings) + self._embedder.encode(texts)
        return np.asarray(middle / np.linalg.norm(middle, axis=1, keepdims=True), dtype=np.float32)


def _split(path: Path) -> list[Passage]:
    passages = []
    title, lines = "", list[str]()
    for line in [*path.read_text(encoding="utf-8").splitlines(), "## "]:
        if not line.startswith("#"):
            lines.append(line)
            continue
        if text := "\n".join(lines).strip():
            passages.append(Passage(path.stem, title, text, f"{path.name}#{title}"))
        title, lines = line.lstrip("#").strip(), []
    return passages
