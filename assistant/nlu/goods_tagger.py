"""Tells of each token of a message whether it is part of a name of goods that the shopper speaks of.

"curtain rods, anyone? my landlord forbids drilling" asks for curtain rods, and for no landlord: no list of words tells
that. A conditional random field (Lafferty, McCallum and Pereira, 2001) has learnt it of examples in which
the goods are marked; what the rules make of a message is among what it is told (`goods_features.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pycrfsuite

from assistant.nlu.artifacts import MAKE_THEM, ArtifactError
from assistant.nlu.goods_features import Features

GROUPS, MODEL = "groups.json", "tagger.crfsuite"
"""The files of a folder: the groups of words, and what was learnt."""

INSIDE, NEEDED, AVOIDED, OUTSIDE = "in", "need", "never", "out"
"""The labels: goods, what they must be, what shall never be shown, and anything else.

One label for goods and what they must be would take verbs for goods.
"""

# A word of the goods that is missing costs a search more than one too many. Chosen on authors that were left out: below
# it, fewer messages are found whole.
_LIKELY = 0.4
# What the rules take for goods in a message of few words need only be thinkable: "g'day" and "thx" are not. Of what
# goods must be a little more is asked, as any word might be.
_THINKABLE, _THINKABLE_NEED = 0.1, 0.2
# A wish that is not heard costs more than one too many, which is told back and can be undone. Chosen in the same way.
_AVOIDED = 0.35


class GoodsTagger:
    """A trained tagger.

    Args:
        path: of the model, as `python -m assistant.nlu.goods_training` writes it.

    Raises:
        ArtifactError: it is missing, or no model.
    """

    def __init__(self, path: str) -> None:
        self._tagger = pycrfsuite.Tagger()
        try:
            # The library takes an empty file for a model and dies of it later.
            if not Path(path).stat().st_size:
                raise ValueError("it is empty")
            self._tagger.open(path)
        except (OSError, ValueError) as error:
            raise ArtifactError(f"{path} is no model of goods ({error}): delete it and run `{MAKE_THEM}`") from error
        # What was learnt of examples without such marks knows no such labels.
        known = self._tagger.labels()
        self._labels = [label for label in (INSIDE, NEEDED) if label in known]
        self._knows_avoided = AVOIDED in known
        if INSIDE not in self._labels:
            raise ArtifactError(f"{path} is a model of something else: delete it and run `{MAKE_THEM}`")

    def goods(self, described: Sequence[Features], *, with_needs: bool = False) -> tuple[list[int], list[int]]:
        """Give the places of the tokens that name goods, and of those that might.

        Args:
            described: the tokens of a message.
            with_needs: whether what the goods must be is asked for as well.
        """
        self._tagger.set(described)
        labels = self._labels if with_needs else [INSIDE]
        chances = [sum(self._tagger.marginal(label, place) for label in labels) for place in range(len(described))]
        least = _THINKABLE_NEED if with_needs else _THINKABLE
        likely, thinkable = ([at for at, one in enumerate(chances) if one >= limit] for limit in (_LIKELY, least))
        return likely, thinkable

    def avoided(self, described: Sequence[Features]) -> list[int]:
        """Give the places of the tokens that name what shall never be shown, or may be shown again."""
        if not self._knows_avoided:
            return []
        self._tagger.set(described)
        return [at for at in range(len(described)) if self._tagger.marginal(AVOIDED, at) >= _AVOIDED]
