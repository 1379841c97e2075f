"""Why something comes back, read in the shopper's words: for answers, which may be taken for any wish."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

_SAYS_LEAST = "changed my mind"


class ReasonWords:
    """The phrases that say a reason, with its code.

    Args:
        codes: the code of each phrase.
    """

    def __init__(self, codes: Mapping[str, str]) -> None:
        self._codes = {phrase.casefold(): code for phrase, code in codes.items()}
        longest_first = sorted(self._codes, key=len, reverse=True)
        # Only letters of a script with blanks make a longer word of a phrase.
        self._found = re.compile(rf"(?<![a-z])({'|'.join(map(re.escape, longest_first))})(?![a-z])")

    @classmethod
    def read(cls, folder: Path, languages: Iterable[str]) -> ReasonWords:
        """Read the `reasons` of the word lists in a folder, one list a language."""
        lists = (yaml.safe_load((folder / f"{language}.yml").read_text("utf-8"))["reasons"] for language in languages)
        return cls({phrase: code for each in lists for code, phrases in each.items() for phrase in phrases})

    def find(self, text: str) -> str | None:
        """Give the code of the first reason in a text; that it is not wanted says least, where there is another."""
        codes = [self._codes[found[1]] for found in self._found.finditer(text.casefold())]
        return next((code for code in codes if code != _SAYS_LEAST), codes[0] if codes else None)
