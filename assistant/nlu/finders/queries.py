"""The words to search for: what is left of a message after everything else has been taken out of it.

The rule: brands, categories, colours, option values, prices, orders, ordinals, quantities, references, SKUs and idle
words leave the query, because each has its own entity or says nothing. Words of a product's name stay, beside the
`product` entity ("the road bike" gives product "road-bike" and product_query "road bike"), and so does every word that
no finder knows ("running shoes", "waterproof"). A message that holds only filters ("black Nike", "Plants") has no
product_query.

Chinese has no blanks by which a verb that no list knows could be told from a name of goods. So an unknown Chinese word
is kept where goods are searched for or a question is answered; elsewhere only where the message names or points at
nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.intents import HAS_QUERY, NAMES_ANYTHING, NAMES_KNOWN_GOODS
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import is_han, plain

_POINTING = frozenset({"product", "reference", "ordinal", "sku"})


def note_query(reading: Reading, kept: Sequence[int]) -> None:
    """Note tokens as one value, spelled as the shopper did but for case, width and script."""
    value = reading.text[reading.tokens[kept[0]].start : reading.tokens[kept[0]].end]
    for before, index in pairwise(kept):
        gap = reading.between(before, index) if index == before + 1 else " "
        value += (" " if any(letter.isspace() for letter in gap) else gap) + reading.text[
            reading.tokens[index].start : reading.tokens[index].end
        ]
    reading.note(kept[0], kept[-1] + 1, {"product_query": [plain(value)]})


class QueryFinder:
    """Find the product_query, after every other finder."""

    def __init__(self, idle: IdleWords, glossary: Mapping[str, str]) -> None:
        self._idle, self._goods = idle, frozenset(glossary)

    def find(self, reading: Reading) -> None:
        """Note the words that are left as one value."""
        if reading.intent not in HAS_QUERY:
            return
        self._idle.take(reading)
        with_unknown = self._keeps_unknown(reading)
        kept = [index for index in range(len(reading.tokens)) if self._is_kept(reading, index, with_unknown)]
        if not any(reading.tokens[index].norm[0].isalpha() for index in kept):
            return
        note_query(reading, kept)

    def _is_kept(self, reading: Reading, index: int, with_unknown: bool) -> bool:
        norm = reading.tokens[index].norm
        if not (reading.is_searched(index) and norm[0].isalnum()):
            return False
        if not is_han(norm[0]) or norm in self._goods:
            return True
        # A lone Chinese character is a scrap of what other finders and idle words left over.
        return len(norm) > 1 and (with_unknown or not reading.is_free(index, index + 1))

    def _keeps_unknown(self, reading: Reading) -> bool:
        if reading.intent in NAMES_ANYTHING:
            return True
        if reading.intent in NAMES_KNOWN_GOODS or any(one.entity in _POINTING for one in reading.found):
            return False
        return not any(token.norm in self._goods for token in reading.tokens)
