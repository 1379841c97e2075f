"""Groups of like words, made of the encoders' vocabularies at set-up: what is learnt of one holds for the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.nlu.artifacts import read_json
from assistant.nlu.scripts import is_han


class WordGroups:
    """The groups of words.

    Args:
        groups: the number of a word's group among few groups, and among many.
    """

    def __init__(self, groups: Mapping[str, Sequence[int]]) -> None:
        self._groups = groups

    @classmethod
    def read(cls, path: str) -> WordGroups:
        """Read what `python -m ops.word_groups` wrote.

        Raises:
            ArtifactError: the file is missing or damaged.
        """
        return cls(read_json(path))

    def of(self, word: str) -> Sequence[int]:
        """Give the groups of a word, or of what a Chinese word ends with: that is what kind of thing it names."""
        if word in self._groups or not is_han(word[0]):
            return self._groups.get(word, ())
        return next((self._groups[word[at:]] for at in range(1, len(word)) if word[at:] in self._groups), ())
