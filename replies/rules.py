"""What may be written at all: held to while a reply is decoded, so that an invented value cannot come about.

No digit or other sign of a number, no currency, no address, no braces but those of a placeholder with a fact; and only
words that replies of the training data or this situation's own passages and choices have, so that no name of a product
or brand can be spelled out.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from replies.errors import ArtifactDamaged
from replies.facts import PLACED, PLACEHOLDER, Kind
from replies.prompt import clean, clean_passage
from replies.situation import Situation

WORDS_FILE = "words.json"
_SIGNS = frozenset("/\\@<>#_|^~`=+*&%‰[]${}")
_FORBIDDEN_KINDS = frozenset({"Nd", "Nl", "No", "Sc", "Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp", "So"})
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
_LATIN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]*)*")
_DOMAIN = re.compile(r"[.。．][A-Za-z]")
_LONG_RUN = re.compile(r"(.{1,8}?)\1{4}")


@lru_cache(maxsize=65_536)
def forbidden_sign(sign: str) -> bool:
    """Whether a character never stands in a reply outside of a placeholder."""
    return (
        sign in _SIGNS
        or unicodedata.category(sign) in _FORBIDDEN_KINDS
        or unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT
    )


@lru_cache(maxsize=65_536)
def is_ideograph(sign: str) -> bool:
    """Whether a character is a Chinese one."""
    return "CJK" in unicodedata.name(sign, "") and unicodedata.category(sign) == "Lo"


@dataclass(frozen=True)
class Words:
    """The closed vocabulary of one language's replies.

    Attributes:
        words: in small letters.
        signs: Chinese characters.
    """

    words: frozenset[str]
    signs: frozenset[str]
    beginnings: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Spell out how each word may begin."""
        begun = {word[:length] for word in self.words for length in range(1, len(word) + 1)}
        object.__setattr__(self, "beginnings", frozenset(begun))

    @classmethod
    def of(cls, texts: Iterable[str]) -> Words:
        """Gather the words and Chinese characters of texts."""
        words: set[str] = set()
        signs: set[str] = set()
        for text in texts:
            plain = PLACEHOLDER.sub(" ", text)
            signs |= {sign for sign in plain if is_ideograph(sign)}
            words |= {word.lower().rstrip("'’") for word in _latin_words(plain)}
        return cls(frozenset(words), frozenset(signs))

    def __or__(self, other: Words) -> Words:
        """Join two vocabularies."""
        return Words(self.words | other.words, self.signs | other.signs)


class Rules:
    """What one situation's reply may hold.

    Args:
        situation: whose facts license placeholders.
        words: the vocabulary of its language.
    """

    def __init__(self, situation: Situation, words: Words) -> None:
        self.names = situation.names
        self._words = words
        own = [_own_text(fact.value, fact.kind, self.names) for fact in situation.facts if fact.kind not in PLACED]
        self._own = Words.of(own)

    def allows(self, text: str) -> bool:
        """Whether a text may be the beginning of a reply."""
        plain, open_name = _outside(text)
        if open_name is not None and not any(name.startswith(open_name) for name in self.names):
            return False
        if any(name not in self.names for name in PLACEHOLDER.findall(text)):
            return False
        if any(forbidden_sign(sign) for sign in plain) or _DOMAIN.search(plain) or _LONG_RUN.search(text):
            return False
        return self._known(plain, finished=False)

    def allows_end(self, text: str) -> bool:
        """Whether a text that may be a beginning may be a whole reply."""
        plain, open_name = _outside(text)
        return open_name is None and bool(text.strip()) and self._known(plain, finished=True)

    def _known(self, plain: str, finished: bool) -> bool:
        known, own = self._words.signs, self._own.signs
        if any(sign not in known and sign not in own and is_ideograph(sign) for sign in plain):
            return False
        found = list(_latin_words(plain))
        if not found:
            return True
        # The last word may still be growing, unless something follows it.
        growing = not finished and plain.endswith(found[-1])
        whole = [word.rstrip("'’") for word in (found[:-1] if growing else found)]
        if not all(self._has(word.lower()) for word in whole):
            return False
        last = found[-1].lower()
        return not growing or last in self._words.beginnings or last in self._own.beginnings

    def _has(self, word: str) -> bool:
        return word in self._words.words or word in self._own.words


def static_mask(pieces: list[str]) -> NDArray[np.bool_]:
    """Tell for each token whether it may ever be written where no placeholder is meant, shape (vocabulary,)."""
    return np.array([bool(piece) and not any(forbidden_sign(sign) for sign in piece) for piece in pieces])


def write_words(words: Mapping[str, Words], file: Path) -> None:
    """Store the vocabularies by language."""
    found = {name: {"words": sorted(own.words), "signs": "".join(sorted(own.signs))} for name, own in words.items()}
    file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_words(file: Path) -> dict[str, Words]:
    """Read the vocabularies by language.

    Raises:
        ArtifactDamaged: the file cannot be read.
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {name: Words(frozenset(own["words"]), frozenset(own["signs"])) for name, own in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArtifactDamaged(file, f"is no vocabulary ({error})") from error


def _own_text(value: str, kind: Kind, names: frozenset[str]) -> str:
    return clean_passage(value, names) if kind == "passage" else clean(value)


def _outside(text: str) -> tuple[str, str | None]:
    """Give what stands outside of placeholders, and the name that is being written in an open brace."""
    plain = PLACEHOLDER.sub(" ", text)
    start = plain.find("{")
    if start < 0:
        return plain, None
    return plain[:start], plain[start + 1 :]


def _latin_words(plain: str) -> Iterable[str]:
    """Give runs of letters that are not Chinese."""
    spaced = "".join(" " if is_ideograph(sign) else sign for sign in plain)
    return (match.group() for match in _LATIN.finditer(spaced))
