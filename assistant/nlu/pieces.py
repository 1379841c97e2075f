"""Cuts a message where one request may end and the next begin: at sentence signs, commas and words such as "and then".

A cut is only a possibility, and costs nothing: `several` decides by what the model makes of the pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.nlu.scripts import HAN, has_han, plain
from assistant.nlu.words import WordLists

# A point or comma between digits is part of a number, a point within a word part of an address. Chinese joins two
# numbers by words that elsewhere join names of goods.
_SIGN = r"[?!;。？！；…\n]|\.(?=\s|$)|[,，](?!\d)|(?<!\d)[,，]|(?<=\d)\s*[和跟与、&,，]\s*(?=#?\d)"
_EDGES = " \t\n,，、.。?？!！;；…"
# What ends or interrupts a sentence, where nothing else says that another request follows.
_WEAK = " \t\n,，、.。!！…"
_ENDS = ".。!！?？;；\n"
# "It has a cable, I take it?" asks nothing more than what stands before.
_TAG = re.compile(r"(?:i (?:take it|suppose|guess|think|hope|assume|presume)|right|correct|yes|no)(?: then)?", re.I)
# "And I also want a plant": what joins stands within.
_SUBJECT = re.compile(r"i|we|you|he|she|it|they", re.I)


@dataclass(frozen=True)
class Piece:
    """A stretch of a message.

    Attributes:
        text: without the words and signs that join it to the others.
        start: where it begins in the message.
        end: one past its last letter.
        joined: where the joining words before it begin, which may be part of it: "还有" in "还有货吗".
        link: all that stands between the piece before and this one.
        closing: all that stands between this one and the piece behind, or the end.
    """

    text: str
    start: int
    end: int
    joined: int
    link: str
    closing: str = ""

    @property
    def is_linked(self) -> bool:
        """Tell whether a word such as "then", a question mark or a semicolon stands before it, more than a comma."""
        return bool(self.link.strip(_WEAK))

    @property
    def follows_question(self) -> bool:
        """Tell whether a question mark stands before it."""
        return "?" in self.link or "？" in self.link

    @property
    def follows_sentence(self) -> bool:
        """Tell whether a sign that ends a sentence stands before it."""
        return any(sign in self.link for sign in _ENDS)


class Cutter:
    """Cut messages by the joining words of the languages."""

    def __init__(self, words: WordLists) -> None:
        lists = words.several
        self._cut = re.compile(f"{_SIGN}|{_any_of(lists['joins'])}")
        self._lead = re.compile(_any_of(lists["leads"]))
        self._empty = re.compile(_any_of(word for each in lists.values() for word in each))

    def cut(self, text: str) -> list[Piece]:
        """Give the pieces of a message in order, empty ones left out."""
        read, pieces, joined, start = plain(text), list[Piece](), 0, 0
        for last, after in [*(one.span() for one in self._cut.finditer(read)), (len(read), len(read))]:
            start = self._after_lead(read, start, last) if pieces else _skip(read, start, last)
            own = text[start:last].rstrip(_EDGES)
            if _SUBJECT.fullmatch(own):
                continue
            if own and pieces and _is_tag(own, read[last:after]):
                joined = last
            elif own:
                end = pieces[-1].end if pieces else 0
                pieces.append(Piece(own, start, start + len(own), _skip(read, joined, start), text[end:start]))
                joined = last
            start = after
        if not pieces:
            # "???" has none.
            return []
        ends = [*(piece.start for piece in pieces[1:]), len(text)]
        return [replace(piece, closing=text[piece.end : end]) for piece, end in zip(pieces, ends, strict=True)]

    def is_empty(self, text: str) -> bool:
        """Tell whether a text has nothing but signs and words that say nothing beside a value: "what about", "呢"."""
        return not self._empty.sub(" ", plain(text)).strip(_EDGES + "#")

    def _after_lead(self, read: str, start: int, last: int) -> int:
        start = _skip(read, start, last)
        lead = self._lead.match(read, start, last)
        return _skip(read, lead.end(), last) if lead else start


def _is_tag(own: str, sign: str) -> bool:
    return bool(_TAG.fullmatch(own)) and any(mark in sign for mark in "?？")


def _skip(text: str, start: int, last: int) -> int:
    while start < last and text[start] in _EDGES:
        start += 1
    return start


def _any_of(words: Iterable[str]) -> str:
    """Match any of some words or phrases, the longest first; those of the alphabet only as whole words."""
    longest = sorted({plain(word) for word in words}, key=len, reverse=True)
    han = "|".join(re.escape(word) for word in longest if has_han(word))
    other = "|".join(r"\s+".join(map(re.escape, word.split())) for word in longest if not has_han(word))
    return f"(?:{han}|(?<![^\\W{HAN}])(?:{other})(?![^\\W{HAN}]))"
