"""What was bought: the shopper's words for it, and none of those that tell what became of it.

"The shoes I got last week fell apart" names shoes. A word counts where a name of the catalogue ends with it ("shoes"),
with the words before it that stand in a name too ("running shoes"); of Chinese words, those of the glossary.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.nlu.catalogue import Catalogue
from assistant.nlu.finders.compounds import Compounds
from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.finders.queries import note_query
from assistant.nlu.intents import ABOUT_BOUGHT, ABOUT_ORDER, INVOICING
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

_BREAKS = frozenset(" ,;!?，。；！？")


class BoughtFinder:
    """Find the product_query where something is talked of that was bought."""

    def __init__(
        self,
        words: WordLists,
        tokenizer: Tokenizer,
        catalogue: Catalogue,
        idle: IdleWords,
        glossary: Mapping[str, str],
    ) -> None:
        self._heads = catalogue.heads(tokenizer) | set(glossary)
        self._parts = {norm for row in catalogue.rows(tokenizer) for norm in row}
        self._idle = idle
        self._compounds = Compounds(words, idle, glossary)
        self._titles = PhraseBook(tokenizer, ((word, True) for word in words.invoice_titles))

    def find(self, reading: Reading) -> None:
        """Take the words, so that "it" in the same message need not say which; those of a product's name are taken."""
        if reading.intent not in ABOUT_BOUGHT | ABOUT_ORDER:
            return
        kept = [place for place in range(len(reading.tokens)) if self._is_of_product(reading, place)]
        for place, token in enumerate(reading.tokens):
            is_idle = self._idle.is_idle(token, reading.intent) or self._is_in_title(reading, place)
            is_head = token.norm in self._heads or self._compounds.is_goods(reading, place)
            is_head = is_head and not is_idle and not self._compounds.counts(reading, place)
            if is_head and reading.is_free(place, place + 1):
                first, last = self._begin(reading, place), place + 1 + self._compounds.closes(reading, place + 1)
                reading.take(first, last, {})
                kept.extend(range(first, last))
        if kept:
            note_query(reading, sorted(kept))

    def _is_in_title(self, reading: Reading, place: int) -> bool:
        """Tell whose name an invoice bears, "抬头写红星幼儿园", from what was bought."""
        first = place
        while first and not _BREAKS & {*reading.between(first - 1, first)}:
            first -= 1
        free = (True for start in range(first, place) if self._titles.at(reading.tokens, start, place)[0])
        return reading.intent == INVOICING and any(free)

    def _begin(self, reading: Reading, head: int) -> int:
        first = head
        while first and self._is_part(reading, first - 1) and not self._compounds.counts(reading, first - 1):
            first -= 1
        return first

    def _is_part(self, reading: Reading, place: int) -> bool:
        token = reading.tokens[place]
        is_known = token.norm in self._parts and not self._idle.is_idle(token, reading.intent)
        return is_known and token.number is None and reading.is_free(place, place + 1)

    def _is_of_product(self, reading: Reading, place: int) -> bool:
        return not reading.is_free(place, place + 1) and any(
            one.entity == "product" and one.first <= place < one.last for one in reading.found
        )
