"""The words and phrases of replies that a person approved: a reply of others may claim what no lexicon knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from replies.facts import PLACEHOLDER, Language

WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
HAN: Final = re.compile(r"[㐀-鿿]")
SENTENCE_END: Final = re.compile(r"[.!?。！？\n]+")
MARK: Final = "#"
"""Stands for a placeholder, whatever its name."""


@dataclass(frozen=True)
class Vocabulary:
    """Words and pairs of neighbouring words; in Chinese each character is a word."""

    words: frozenset[str]
    pairs: frozenset[str]

    def strange(self, text: str, also: str = "") -> list[str]:
        """Give the words of a text that are neither known here nor said in another text, such as a passage."""
        known = self.words | set(words_of(also))
        return list(dict.fromkeys(word for word in words_of(text) if word not in known))

    def share_new(self, text: str, also: str = "") -> float:
        """Give which share of the pairs of a text neither an approved reply nor another text says."""
        pairs, known = pairs_of(text), set(pairs_of(also))
        return sum(pair not in self.pairs and pair not in known for pair in pairs) / max(1, len(pairs))


def words_of(text: str) -> list[str]:
    """Give the words of a text in small letters, and each Chinese character as a word."""
    found: list[str] = []
    for word in WORD.findall(PLACEHOLDER.sub(" ", text).lower().replace("’", "'")):
        found.extend(HAN.findall(word))
        found.extend(part for part in HAN.sub(" ", word).split() if part)
    return found


def pairs_of(text: str) -> list[str]:
    """Give the pairs of neighbouring words of each sentence, with its ends and with a mark for each placeholder."""
    found: list[str] = []
    for sentence in SENTENCE_END.split(PLACEHOLDER.sub(MARK, text)):
        tokens: list[str] = []
        for place, part in enumerate(sentence.split(MARK)):
            tokens.extend([MARK] * (place > 0))
            tokens.extend(words_of(part))
        if tokens:
            ends = ["^", *tokens, "$"]
            found.extend(f"{first} {second}" for first, second in pairwise(ends))
    return found


def vocabulary_of(replies: Iterable[str]) -> Vocabulary:
    """Give the vocabulary of replies."""
    replies = list(replies)
    words = frozenset(word for reply in replies for word in words_of(reply))
    return Vocabulary(words, frozenset(pair for reply in replies for pair in pairs_of(reply)))


def vocabulary_file(folder: Path, part: str, language: Language) -> Path:
    """Name the file of the words or pairs of a language."""
    return folder / f"{part}_{language}.txt"


def read_vocabulary(folder: Path, language: Language) -> Vocabulary:
    """Read the words and pairs of a language."""
    words, pairs = (
        frozenset(vocabulary_file(folder, part, language).read_text(encoding="utf-8").splitlines())
        for part in ("words", "pairs")
    )
    return Vocabulary(words, pairs)


def write_vocabulary(folder: Path, language: Language, vocabulary: Vocabulary) -> None:
    """Write the words and pairs of a language, one a line."""
    for part, lines in (("words", vocabulary.words), ("pairs", vocabulary.pairs)):
        text = "".join(f"{line}\n" for line in sorted(lines))
        vocabulary_file(folder, part, language).write_text(text, encoding="utf-8")
