"""What the catalogue holds: brands, categories, colours, option values and products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assistant.nlu.catalogue import Catalogue
from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.intents import ABOUT_BOUGHT, ABOUT_ORDER, BY_PHOTO, ORDERS, READDRESSING, REPORTING, SMALL_TALK
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import is_han
from assistant.nlu.spelling import Speller
from assistant.nlu.tokens import Token, Tokenizer
from assistant.nlu.words import WordLists

Entry = tuple[str, str]

# What became of things is told there, and a lone character may say it.
_TELLING = ABOUT_BOUGHT | ABOUT_ORDER | ORDERS
_SENDING_PHOTOS = frozenset({BY_PHOTO, REPORTING})
# What a shop sells is searched for by the shopper's own words, as it is in the catalogue's language.
_TRANSLATED = frozenset({"brand", "category", "colour"})


class NameFinder:
    """Find the longest names first come; words of a product stay among the words to search for.

    A category word that is no category ("shoes") is left to the search. A bare letter or number that is an
    option value ("M", "42") is `SizeFinder`'s, because "m" and "42" mean other things too.
    """

    def __init__(
        self,
        words: WordLists,
        tokenizer: Tokenizer,
        catalogue: Catalogue,
        idle: IdleWords,
    ) -> None:
        self._idle, self._tokenizer = idle, tokenizer
        self._before_colours = frozenset(words.colour_leads)
        self._behind_colours = frozenset(words.colour_closing) | frozenset(words.quantity["units"])
        self._goods: set[str] = set()
        self._book: PhraseBook[Entry] = PhraseBook(tokenizer, _entries(words, tokenizer, catalogue))

    def translate(self, glossary: Mapping[str, str], speller: Speller) -> None:
        """Add names in another language; the catalogue may spell a name of its own as nobody else does: "Nikkon"."""
        self._goods.update(glossary)
        for name, meaning in glossary.items():
            for entity, value in self.named(speller.correct(self._tokenizer.cut(meaning))):
                if entity in _TRANSLATED:
                    self._book.add(name, (entity, value))

    def words(self) -> set[str]:
        """Give every word that is looked up, for the speller."""
        return self._book.words()

    def at(self, tokens: Sequence[Token], place: int) -> tuple[int, list[Entry]]:
        """Give the length of the longest name that starts at a place, and what it names; 0 for none."""
        return self._book.at(tokens, place)

    def named(self, tokens: Sequence[Token]) -> list[Entry]:
        """Give what these tokens name, all of them together."""
        length, entries = self._book.at(tokens, 0)
        return entries if length == len(tokens) else []

    def find(self, reading: Reading) -> None:
        """Take every name; "computer program" names no category where no product is talked of.

        Nor does "photo" where the shopper talks of the photo that they send, whatever the shop calls its cameras.
        """
        if reading.intent in (SMALL_TALK | {READDRESSING}) - {"ask_policy"}:
            return
        for first, last, entries in list(self._book.find(reading.tokens, reading.is_free)):
            if reading.intent in _SENDING_PHOTOS and self._is_carrier(reading, first, last):
                continue
            if reading.intent in _TELLING and self._is_no_colour(reading, first, last, entries):
                reading.take(first, last, {})
                continue
            values: dict[str, list[str]] = {}
            for entity, value in entries:
                values.setdefault(entity, []).append(value)
            reading.take(first, last, values, searched="product" in values)

    def _is_no_colour(self, reading: Reading, first: int, last: int, entries: list[Entry]) -> bool:
        """Tell the "黑" of "屏幕黑了" and the "白" of "白修" from that of "黑的", "黑鞋" and "发来的是黑"."""
        norms = "".join(token.norm for token in reading.tokens[first:last])
        if len(norms) > 1 or not is_han(norms) or {entity for entity, _ in entries} != {"colour"}:
            return False
        following = reading.tokens[last].norm if last < len(reading.tokens) and reading.is_glued(last) else ""
        before = reading.tokens[first - 1].norm if first else ""
        return not (following in self._behind_colours or following in self._goods or before in self._before_colours)

    def _is_carrier(self, reading: Reading, first: int, last: int) -> bool:
        return last == first + 1 and self._idle.is_idle(reading.tokens[first], reading.intent)


def is_weak(tokenizer: Tokenizer, value: str) -> bool:
    """Tell whether an option value is too short to be recognised without a word beside it: "M", "XL", "42"."""
    tokens = tokenizer.cut(value)
    return len(tokens) == 1 and (tokens[0].number is not None or len(tokens[0].norm) <= 3)


def _entries(words: WordLists, tokenizer: Tokenizer, catalogue: Catalogue) -> Iterator[tuple[str, Entry]]:
    yield from ((name, ("product", slug)) for name, slug in catalogue.products)
    yield from ((name, ("brand", name)) for name in catalogue.brands)
    for name in catalogue.categories:
        spellings = {name, *(name.replace("&", word) for word in words.ampersand)}
        yield from ((spelling, ("category", name)) for spelling in spellings)
    values = {value for each in catalogue.options.values() for value in each if not is_weak(tokenizer, value)}
    yield from ((value, ("option_value", value)) for value in sorted(values))
    yield from _colours(words, catalogue)


def _colours(words: WordLists, catalogue: Catalogue) -> Iterator[tuple[str, Entry]]:
    own = {colour.casefold(): colour for colour in catalogue.colours}
    yield from ((colour, ("colour", colour)) for colour in catalogue.colours)
    for group in words.colours:
        spelling = next((own[colour] for colour in group if colour in own), group[0])
        yield from ((colour, ("colour", spelling)) for colour in group if colour not in own)
