"""SKUs: those of the catalogue, and what looks like one or is called one, so that an unknown one can be refused."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import HAN
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

_CHUNK = re.compile(rf"[^\s{HAN}]+")
_WRAPPING = "\"'()[]{}<>,;:!?.#*“”"
# Six characters or more, at least three digits and an upper-case letter, as no word, size or postcode has.
_LOOKS_LIKE_ONE = re.compile(r"(?=(?:.*\d){3})(?=.*[A-Z])[A-Z0-9][A-Z0-9./_-]{5,}")
_NAMED = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9./_-]{2,}")


class SkuFinder:
    """Find SKUs as whole chunks between blanks or Chinese characters, whatever their case."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer, skus: Iterable[str]) -> None:
        self._skus = {sku.casefold(): sku for sku in skus}
        self._leads = PhraseBook(tokenizer, ((lead, True) for lead in words.sku_leads))

    def find(self, reading: Reading) -> None:
        """Take each SKU with the word that says it is one ("sku L2201308")."""
        places = {token.start: index for index, token in enumerate(reading.tokens)}
        end = reading.tokens[-1].end if reading.tokens else 0
        for chunk in _CHUNK.finditer(reading.text, 0, end):
            bare = chunk[0].strip(_WRAPPING)
            start = chunk.start() + chunk[0].find(bare)
            if not bare or start not in places or not reading.is_free(places[start], places[start] + 1):
                continue
            first = places[start]
            lead = self._lead_before(reading, first)
            sku = self._read(bare, lead < first)
            if sku:
                last = first + sum(start <= token.start < start + len(bare) for token in reading.tokens[first:])
                reading.take(lead, last, {"sku": [sku]})

    def _read(self, chunk: str, is_named: bool) -> str | None:
        known = self._skus.get(chunk.casefold())
        if known:
            return known
        looks = _NAMED.fullmatch(chunk) if is_named else _LOOKS_LIKE_ONE.fullmatch(chunk)
        return chunk.upper() if looks else None

    def _lead_before(self, reading: Reading, first: int) -> int:
        for start in range(max(first - 2, 0), first):
            length, _ = self._leads.at(reading.tokens, start)
            if start + length == first:
                return start
        return first
