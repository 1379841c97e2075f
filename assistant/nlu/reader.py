"""Read a message: cut it into tokens, forgive typos, and ask each finder in turn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.nlu.artifacts import fingerprint, read_json
from assistant.nlu.catalogue import Catalogue
from assistant.nlu.finders import Finder
from assistant.nlu.finders.adjustments import AdjustmentFinder, AspectFinder, GiftFinder, PhotoAgainFinder
from assistant.nlu.finders.avoided import AvoidedFinder
from assistant.nlu.finders.bought import BoughtFinder
from assistant.nlu.finders.choices import GroupFinder, OptionNameFinder, ReferenceFinder, StockFinder
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
from assistant.nlu.finders.sorts import SortFinder
from assistant.nlu.goods import glossary_of
from assistant.nlu.goods_features import Features, GoodsFeatures
from assistant.nlu.goods_tagger import GoodsTagger
from assistant.nlu.numbers import NumberReader
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Found, Number, Reading
from assistant.nlu.spelling import Speller
from assistant.nlu.tokens import MAX_CHARACTERS, Token, Tokenizer
from assistant.nlu.word_groups import WordGroups
from assistant.nlu.words import WordLists

# What a reader is made of, by the names that `MessageReader.load` and the settings of components have for it.
FILES: Mapping[str, Any] = {
    "lexicon": "artifacts/lexicon.json",
    "words": ["data/lexicon/en.yml", "data/lexicon/zh.yml"],
    "real_words": "artifacts/encoder/tokenizer.json",
    "goods": "data/lexicon/glossary_zh.csv",
    "groups": "artifacts/goods/groups.json",
    "tagger": "artifacts/goods/tagger.crfsuite",
}


def files_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """Give the files that a component's settings name, as `MessageReader.load` takes them."""
    return {name: config[name] for name in FILES}


def hash_of(files: Mapping[str, Any]) -> str:
    """Hash what the files hold.

    Raises:
        ArtifactError: one that the set-up makes is missing.
    """
    named = [path for value in files.values() for path in ([value] if isinstance(value, str) else value or ())]
    return fingerprint(*named)


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
        groups: of like words.
        tagger: tells goods; without one the rules do.
    """

    def __init__(
        self,
        words: WordLists,
        catalogue: Catalogue,
        real_words: Iterable[str] = (),
        glossary: Mapping[str, str] | None = None,
        groups: WordGroups | None = None,
        tagger: GoodsTagger | None = None,
    ) -> None:
        glossary = glossary or {}
        self._tokenizer = tokenizer = Tokenizer(words, glossary)
        self._numbers = NumberReader(words)
        # A message is read twice: for its outline, and once its intent is known.
        self._cut = lru_cache(maxsize=1)(self._cut_anew)
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
        features = GoodsFeatures(groups or WordGroups({}), glossary)
        avoided = AvoidedFinder(words, tokenizer, idle, names, glossary)
        heads = catalogue.heads(tokenizer)
        self._queries = QueryFinder(words, tokenizer, idle, glossary, heads, features, avoided, tagger)
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
            avoided,
            OrderFinder(words, tokenizer, idle),
            bought,
            GroupFinder(words, tokenizer),
            OrdinalFinder(words, tokenizer, idle),
            StockFinder(words, tokenizer),
            ReferenceFinder(words, tokenizer, glossary),
            QuantityFinder(words, tokenizer, idle),
            options,
        )

    @classmethod
    def load(
        cls, lexicon: str, words: Sequence[str], real_words: str, goods: str, groups: str, tagger: str | None
    ) -> MessageReader:
        """Read its files; those of equal content are read once, whoever asks.

        Args:
            lexicon: the shop's own words, as `python -m shop.export lexicon` writes them.
            words: the word lists of each language.
            real_words: the vocabulary of an encoder, of words that are no typos.
            goods: the glossary.
            groups: of like words.
            tagger: the model that tells goods; None: the rules do.

        Raises:
            ArtifactError: a file that the set-up makes is missing or damaged.
            WordListError: a word list is.
        """
        content = hash_of({"words": (lexicon, *words, real_words, goods, groups), "tagger": tagger})
        return _loaded(lexicon, tuple(words), real_words, goods, groups, tagger, content)

    def read(self, text: str, intent: str) -> list[Value]:
        """Give what a message names, in the order of the text; it costs no more for a text of any length."""
        reading = self._reading(text, intent)
        self._queries.find(reading)
        tokens = reading.tokens
        found = _said_once(sorted(reading.found, key=lambda one: (one.first, one.last)))
        return [Value(one.entity, one.value, tokens[one.first].start, tokens[one.last - 1].end) for one in found]

    def describe(self, text: str, intent: str) -> tuple[Sequence[Token], list[Features], list[int]]:
        """Give the tokens of a message, what the tagger is told of each, and the places that the rules search for."""
        reading = self._reading(text, intent)
        return reading.tokens, *self._queries.describe(reading)

    def _reading(self, text: str, intent: str) -> Reading:
        """Read all but the words to search for."""
        text = text[:MAX_CHARACTERS]
        reading = Reading(text, intent, *self._cut(text))
        for finder in self._finders:
            finder.find(reading)
        return reading

    def _cut_anew(self, text: str) -> tuple[Sequence[Token], Sequence[Number]]:
        tokens = self._speller.correct(self._tokenizer.cut(text))
        return tokens, self._numbers.read(tokens)

    def is_lasting(self, text: str) -> bool:
        """Tell whether a wish is said to hold for good: "never", "I'm allergic to", "from now on"."""
        return any(True for _ in self._lasting.find(self._tokenizer.cut(text), lambda _first, _last: True))


@lru_cache(maxsize=1)
def _loaded(
    lexicon: str, words: tuple[str, ...], real_words: str, goods: str, groups: str, tagger: str | None, content: str
) -> MessageReader:
    """Read the files; what they hold is one of the arguments, so that a change is seen."""
    return MessageReader(
        WordLists.load(*words),
        Catalogue.load(lexicon),
        read_json(real_words)["model"]["vocab"],
        glossary_of(goods),
        WordGroups.read(groups),
        GoodsTagger(tagger) if tagger else None,
    )


def _said_once(found: Iterable[Found]) -> Iterator[Found]:
    """Leave out what is said again, as in "便宜点，再便宜点"; "two of these and two of those" are two counts."""
    said: set[tuple[str, str]] = set()
    for one in found:
        if one.entity == "quantity" or (one.entity, one.value) not in said:
            yield one
        said.add((one.entity, one.value))


def _plain_words(words: WordLists) -> Iterable[str]:
    for lists in (words.sort, words.placed, words.superlative, words.direction, words.references, words.price):
        for phrases in lists.values():
            yield from phrases
    yield from words.ordinals
    yield from words.in_stock
