"""Finds which word of the glossary is meant by one that it does not have: 营帐 is nearest 帐篷.

Terms are placed around their mean by the encoder for several languages, and the nearest ten vote for what the
catalogue calls them. The glossary also has what a shop of this kind does not sell, so that such things stay unfound.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path

import numpy as np

from shop.embedding import TextEmbedder, Vectors, normalised
from shop.files import replacing
from shop.glossary import Glossary

# Chosen on the validation part of data/evaluation/search_zh.csv: the lowest floor at which nothing more is found of
# what the shop does not have.
FLOOR = 0.4
_VOTERS = 10
_SHARPNESS = 0.15


class NearestTerms:
    """The terms of a glossary by meaning; their vectors are kept in a folder.

    Args:
        glossary: whose terms are looked through.
        embedder: of the language that shoppers speak.
        folder: where vectors are kept; made where missing.
        floor: how near the nearest term must be, by the cosine around the mean of all terms.
    """

    def __init__(self, glossary: Glossary, embedder: TextEmbedder, folder: Path, floor: float = FLOOR) -> None:
        self._terms: list[str] = list(glossary.terms)
        self._meanings = [glossary.terms[term] for term in self._terms]
        self._embedder, self._folder, self._floor = embedder, folder, floor
        raw = self._vectors()
        self._mean = raw.mean(axis=0) if len(raw) else np.zeros(0, np.float32)
        self._placed = normalised(raw - self._mean)

    def nearest(self, text: str) -> str | None:
        """Give the term that a text means; None where none is near."""
        if not self._terms:
            return None
        cosines = self._placed @ normalised(self._embedder.encode([text]) - self._mean)[0]
        voters = np.argsort(-cosines, kind="stable")[:_VOTERS]
        if cosines[voters[0]] < self._floor:
            return None
        votes: defaultdict[str, float] = defaultdict(float)
        for place in voters:
            votes[self._meanings[place]] += float(np.exp(cosines[place] / _SHARPNESS))
        meant = max(votes, key=lambda meaning: votes[meaning])
        nearest: str = next(self._terms[place] for place in voters if self._meanings[place] == meant)
        return nearest

    def _vectors(self) -> Vectors:
        path = self._folder / f"terms-{self._digest()}.npy"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            rows = self._embedder.encode(self._terms) if self._terms else np.zeros((0, 0), np.float32)
            with replacing(path) as draft, draft.open("wb") as file:
                np.save(file, rows)
            for other in self._folder.glob("terms-*.npy"):
                if other != path:
                    other.unlink(missing_ok=True)
        kept: Vectors = np.load(path, allow_pickle=False)
        return kept

    def _digest(self) -> str:
        content = "\n".join([self._embedder.model_name, *self._terms])
        return hashlib.sha256(content.encode()).hexdigest()[:16]
