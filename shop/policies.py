"""The shop's own texts about delivery, returns and the like, and which passage of them answers a question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shop.embedding import QueryCache, TextEmbedder, Vectors, normalised

MAX_QUESTION = 300
# `python -m ops.evaluate_policies` finds it for all-MiniLM-L6-v2 on the validation part of
# `data/evaluation/policies.csv`; another model needs its own.
THRESHOLD = 0.44
# The same for multilingual-e5-small, centred, and `data/evaluation/policies_zh.csv`.
MULTILINGUAL_THRESHOLD = 0.345
_HEADING = re.compile(r"^#+(.*)$", re.MULTILINE)
# One that is never closed reaches to the end of the file, as in a browser.
_COMMENT = re.compile(r"(<!--.*?(?:-->|\Z))", re.DOTALL)
_WAY = re.compile(r"^[ \t]*-[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
_GAP = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Passage:
    """A short text that answers one question.

    Attributes:
        topic: the file it stands in, without its ending: "delivery".
        title: its heading.
        text: its words as they were written; nothing is added or left out.
        source: file and heading: "delivery.md#How long delivery takes".
        asked: other ways to ask for it, which shoppers are not shown.
    """

    topic: str
    title: str
    text: str
    source: str
    asked: tuple[str, ...] = ()


def load_passages(folder: Path) -> list[Passage]:
    """Read all `.md` files of a folder, split at their headings.

    HTML comments are never quoted. Their lines that begin with "- " are ways in which the passage is asked for. A
    heading with such ways but no text is a question that the shop is known not to answer; with neither it is left out.
    """
    return [passage for path in sorted(folder.glob("*.md")) for passage in _split(path)]


class PolicyIndex:
    """Finds the passage that answers a question, or none.

    Args:
        passages: what can be answered.
        embedder: turns texts into vectors.
        threshold: the score below which nothing answers the question.
        centred: whether what all passages have in common is taken away first: the vectors of some models, as those of
            E5, lie within a narrow cone, where everything is close to everything.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        embedder: TextEmbedder,
        threshold: float = THRESHOLD,
        centred: bool = False,
    ) -> None:
        self._passages = tuple(passages)
        self._embedder = embedder
        self._questions = QueryCache(embedder)
        self._threshold = threshold
        self._centred = centred
        self._meanings: _Meanings | None = None

    def answer(self, question: str) -> Passage | None:
        """Give the passage that answers a question; None where none is close enough, or the closest has no text."""
        best = self.closest(question)
        return best[0] if best and best[0].text and best[1] >= self._threshold else None

    def closest(self, question: str) -> tuple[Passage, float] | None:
        """Give the closest passage with its score, near or far; None where there is nothing to compare.

        A passage is close where one way of asking for it is, and where all of them are together: the first finds what
        is put in almost the same words, the second what nobody thought of. Its score is the mean of the two cosines.
        """
        text = question[:MAX_QUESTION].encode("utf-8", "ignore").decode("utf-8").strip()
        if not self._passages or not any(char.isalnum() for char in text):
            return None
        if self._meanings is None:
            self._meanings = _meanings(self._passages, self._embedder, self._centred)
        scores = self._meanings.scores(self._questions.encode_one(text))
        best = int(np.argmax(scores))
        return self._passages[best], float(scores[best])


@dataclass(frozen=True)
class _Meanings:
    """Every way to come upon a passage: its own words, and each way in which it is asked for.

    Attributes:
        ways: one row per way; the ways of a passage stand together.
        starts: for each passage the row of its first way.
        middles: for each passage the middle of its ways.
        origin: what is taken away from every vector, a question's too; zeros for nothing.
    """

    ways: Vectors
    starts: NDArray[np.intp]
    middles: Vectors
    origin: Vectors

    def scores(self, question: Vectors) -> Vectors:
        """Give each passage's closeness to a question."""
        asked = normalised((question - self.origin)[None, :])[0]
        closest = np.maximum.reduceat(self.ways @ asked, self.starts)
        return np.asarray((closest + self.middles @ asked) / 2, dtype=np.float32)


def _meanings(passages: Sequence[Passage], embedder: TextEmbedder, centred: bool) -> _Meanings:
    # A question is close to the heading, or to the text, or a little to both.
    headings = [f"{passage.topic}: {passage.title}" for passage in passages]
    texts = [f"{heading}. {passage.text}" for heading, passage in zip(headings, passages, strict=True)]
    asked = iter(embedder.encode([way for passage in passages for way in passage.asked]))
    own = normalised(embedder.encode(headings) + embedder.encode(texts))
    ways = [np.stack([row, *islice(asked, len(passage.asked))]) for row, passage in zip(own, passages, strict=True)]
    starts = np.cumsum([0, *map(len, ways[:-1])])
    together = np.concatenate(ways)
    origin = together.mean(axis=0) if centred else np.zeros(together.shape[1], np.float32)
    near = [normalised(rows - origin) for rows in ways]
    middles = normalised(np.stack([rows.sum(axis=0) for rows in near]))
    return _Meanings(np.concatenate(near), starts, middles, origin)


@dataclass
class _Section:
    title: str
    text: str = ""
    asked: tuple[str, ...] = ()


def _split(path: Path) -> list[Passage]:
    passages = []
    for section in _sections(path.read_text(encoding="utf-8")):
        text = _GAP.sub("\n\n", section.text).strip()
        if text or section.asked:
            source = f"{path.name}#{section.title}"
            passages.append(Passage(path.stem, section.title, text, source, section.asked))
    return passages


def _sections(text: str) -> Iterator[_Section]:
    section = _Section("")
    for number, part in enumerate(_COMMENT.split(text)):
        if number % 2:
            section.asked += tuple(_WAY.findall(part))
            continue
        below, *rest = _HEADING.split(part)
        section.text += below
        for title, below in zip(rest[::2], rest[1::2], strict=True):
            yield section
            section = _Section(title.strip(), below)
    yield section
