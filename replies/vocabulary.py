"""The words of replies that a person approved: a reply of other words may claim what no lexicon knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from replies.facts import PLACEHOLDER, Language

WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
HAN: Final = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True)
class Vocabulary:
    """The words of a language: words between spaces, and in Chinese single characters."""

    words: frozenset[str]

    def strange(self, text: str, also: str = "") -> list[str]:
        """Give the words of a text that are neither known here nor said in another text, such as a passage."""
        known = self.words | set(words_of(also))
        return list(dict.fromkeys(word for word in words_of(text) if word not in known))


def words_of(text: str) -> list[str]:
    """Give the words of a text in small letters, and each Chinese character as a word."""
    found: list[str] = []
    for word in WORD.findall(PLACEHOLDER.sub(" ", text).lower().replace("’", "'")):
        found.extend(HAN.findall(word))
        found.extend(part for part in HAN.sub(" ", word).split() if part)
    return found


def vocabulary_of(replies: Iterable[str]) -> Vocabulary:
    """Give the vocabulary of replies."""
    return Vocabulary(frozenset(word for reply in replies for word in words_of(reply)))


def vocabulary_file(folder: Path, language: Language) -> Path:
    """Name the file of the words of a language."""
    return folder / f"words_{language}.txt"


def read_vocabulary(folder: Path, language: Language) -> Vocabulary:
    """Read the words of a language."""
    return Vocabulary(frozenset(vocabulary_file(folder, language).read_text(encoding="utf-8").split()))


def write_vocabulary(folder: Path, language: Language, vocabulary: Vocabulary) -> None:
    """Write the words of a language, one a line."""
    text = "".join(f"{word}\n" for word in sorted(vocabulary.words))
    vocabulary_file(folder, language).write_text(text, encoding="utf-8")
