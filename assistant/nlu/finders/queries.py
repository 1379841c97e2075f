"""The words to search for: what is left of a message after everything else has been taken out of it.

The rule: brands, categories, colours, option values, prices, orders, ordinals, quantities, references, SKUs and idle
words leave the query, because each has its own entity or says nothing. Words of a product's name stay, beside the
`product` entity ("the road bike" gives product "road-bike" and product_query "road bike"), and so does every word that
no finder knows ("running shoes", "waterproof"). A message that holds only filters ("black Nike", "Plants") has no
product_query.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.intents import HAS_QUERY
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import is_han, plain


class QueryFinder:
    """Find the product_query, after every other finder."""

    def __init__(self, idle: IdleWords, glossary: Mapping[str, str]) -> None:
        self._idle, self._goods = idle, frozenset(glossary)

    def find(self, reading: Reading) -> None:
        """Note the words that are left as one value, spelled as the shopper did but for case, width and script."""
        if reading.intent not in HAS_QUERY:
            return
        self._idle.take(reading)
        kept = [index for index, token in enumerate(reading.tokens) if self._is_kept(reading, index)]
        if not any(reading.tokens[index].norm[0].isalpha() for index in kept):
            return
        value = reading.text[reading.tokens[kept[0]].start : reading.tokens[kept[0]].end]
        for before, index in pairwise(kept):
            gap = reading.between(before, index) if index == before + 1 else " "
            value += (" " if any(letter.isspace() for letter in gap) else gap) + reading.text[
                reading.tokens[index].start : reading.tokens[index].end
            ]
        reading.note(kept[0], kept[-1] + 1, {"product_query": [plain(value)]})

    def _is_kept(self, reading: Reading, index: int) -> bool:
        norm = reading.tokens[index].norm
        # A lone Chinese character is a scrap of what other finders and idle words left over, unless it names goods.
        is_scrap = len(norm) == 1 and is_han(norm) and norm not in self._goods
        return reading.is_searched(index) and norm[0].isalnum() and not is_scrap
