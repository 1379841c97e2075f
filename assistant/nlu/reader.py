"""Read a message: cut it into tokens, forgive typos, and ask each finder in turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.nlu.catalogue import Catalogue
from assistant.nlu.finders import Finder
from assistant.nlu.finders.adjustments import AdjustmentFinder, AspectFinder, GiftFinder, PhotoAgainFinder
from assistant.nlu.finders.avoided import AvoidedFinder
from assistant.nlu.finders.bought import BoughtFinder
from assistant.nlu.finders.choices import GroupFinder, OptionNameFinder, ReferenceFinder, SortFinder, StockFinder
from assistant.nlu.finders.codes import CodeFinder
from assistant.nlu.finders.counts import OrdinalFinder, QuantityFinder
from assistant.nlu.finders.dates import OrderedFinder
from assistant.nlu.finders.desk_numbers import RmaFinder, TaxIdFinder
from assistant.nlu.finders.excluded import ExcludedFinder
from assistant.nlu.finders.idle import CountedFinder, IdleWords
from assistant.nlu.finders.names import NameFinder
from assistant.nlu.finders.orders import OrderFinder
from assistant.nlu.finders.own_sizes import OwnSizeFinder
from assistant.nlu.finders.prices import PriceFinder
from assistant.nlu.finders.queries import QueryFinder
from assistant.nlu.finders.ratings import RatingFinder
from assistant.nlu.finders.reasons import ReasonFinder
from assistant.nlu.finders.sizes import SizeFinder
from assistant.nlu.finders.skus import SkuFinder
from assistant.nlu.numbers import NumberReader
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.spelling import Speller
from assistant.nlu.tokens import MAX_CHARACTERS, Tokenizer
from assistant.nlu.words import WordLists


@dataclass(frozen=True)
class Value:
    """A value named in a message, with its place in the text."""

    entity: str
    value: str
    start: int
    end: int


class MessageReader:
    """Everything that can be named, in the languages of the words and in one catalogue.

    Args:
        words: of the languages.
        catalogue: the shop's own words.
        real_words: words that are no typos.
        glossary: names of goods in a language that is written without blanks, with the catalogue's words for them.
    """

    def __init__(
        self,
        words: WordLists,
        catalogue: Catalogue,
        real_words: Iterable[str] = (),
        glossary: Mapping[str, str] | None = None,
    ) -> None:
        glossary = glossary or {}
        self._tokenizer = tokenizer = Tokenizer(words, glossary)
        self._numbers = NumberReader(words)
        idle = IdleWords(words, tokenizer)
        names = NameFinder(words, tokenizer, catalogue, idle)
        options = OptionNameFinder(words, tokenizer, catalogue)
        aspects, adjustments = AspectFinder(words, tokenizer), AdjustmentFinder(words, tokenizer)
        gifts, reasons = GiftFinder(words, tokenizer), ReasonFinder(words, tokenizer)
        bought = BoughtFinder(words, tokenizer, catalogue, idle, glossary)
        known = PhraseBook(tokenizer, ((word, True) for word in _plain_words(words)))
        known_words = (each.words() for each in (names, options, aspects, adjustments, gifts, reasons, known, idle))
        self._lasting = PhraseBook(tokenizer, ((word, True) for word in words.lasting))
        self._speller = Speller(set(glossary).union(*known_words), real_words)
        names.translate(glossary, self._speller)
        # The order matters: each takes what it is sure of before the next, which knows less, looks at the rest.
        self._finders: tuple[Finder, ...] = (
            RmaFinder(),
            TaxIdFinder(words, tokenizer),
            CodeFinder(words, tokenizer, idle, catalogue.skus),
            RatingFinder(words, tokenizer),
            OrderedFinder(words),
            SkuFinder(words, tokenizer, catalogue.skus),
            reasons,
            ExcludedFinder(words, tokenizer, idle, names, glossary),
            names,
            aspects,
            adjustments,
            gifts,
            PhotoAgainFinder(words, tokenizer),
            CountedFinder(words, tokenizer),
            OwnSizeFinder(words, tokenizer, idle),
            SizeFinder(words, tokenizer, catalogue, idle),
            SortFinder(words, tokenizer),
            PriceFinder(words, tokenizer),
            AvoidedFinder(words, tokenizer, idle, names, glossary),
            OrderFinder(words, tokenizer, idle),
            bought,
            GroupFinder(words, tokenizer),
            OrdinalFinder(words, tokenizer, idle),
            StockFinder(words, tokenizer),
            ReferenceFinder(words, tokenizer, glossary),
            QuantityFinder(words, tokenizer, idle),
            options,
            QueryFinder(words, idle, glossary),
        )

    def read(self, text: str, intent: str) -> list[Value]:
        """Give what a message names, in the order of the text; it costs no more for a text of any length."""
        text = text[:MAX_CHARACTERS]
        tokens = self._speller.correct(self._tokenizer.cut(text))
        reading = Reading(text, intent, tokens, self._numbers.read(tokens))
        for finder in self._finders:
            finder.find(reading)
        found = sorted(reading.found, key=lambda one: (one.first, one.last))
        return [Value(one.entity, one.value, tokens[one.first].start, tokens[one.last - 1].end) for one in found]

    def is_lasting(self, text: str) -> bool:
        """Tell whether a wish is said to hold for good: "never", "I'm allergic to", "from now on"."""
        return any(True for _ in self._lasting.find(self._tokenizer.cut(text), lambda _first, _last: True))


def _plain_words(words: WordLists) -> Iterable[str]:
    for lists in (words.sort, words.superlative, words.direction, words.references, words.price):
        for phrases in lists.values():
            yield from phrases
    yield from words.ordinals
    yield from words.in_stock
