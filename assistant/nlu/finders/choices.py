"""Choices from a fixed list: in stock, option names, and "it" or "both"."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.nlu.catalogue import Catalogue
from assistant.nlu.intents import (
    ABOUT_BOUGHT,
    ABOUT_ORDER,
    ANSWERING,
    CHANGE_QUANTITY,
    COMPARING,
    NAMES_OPTIONS,
    OFFERING,
    ORDERS,
    READDRESSING,
    REFINING,
    SEARCHING,
    SMALL_TALK,
    STOCKED,
)
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import has_han, is_han
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

POINTLESS = SMALL_TALK | SEARCHING | OFFERING | ORDERS | ABOUT_ORDER | ANSWERING | {READDRESSING, "ask_source"}
NAMED = frozenset({"ordinal", "product", "brand", "category", "colour", "reference", "product_query"})
_ONE_NAMED = frozenset({"ordinal", "product"})
_ONE_TOLD = _ONE_NAMED | {"it", "that"}
_SINGLE = ("it", "that", "cheapest", "dearest")
_IT, _FEW, _PAIR, _ON, _KIND = "它", "几", "对", "上", ("那", "种")
# "那二十根" is a count.
_MOST_POINTED_AT = 9
_TAKING = frozenset("把将")
_CHOSEN = frozenset({"inform", REFINING})
_TELLING_OPTION = frozenset({"colour", "option_value", "reason"})
_TELLING = frozenset({"ordinal", "reference", "colour", "option_value", "product", "brand"})
# "The pot was in pieces when I unpacked it": what was bought is named already.
SAYS_WHICH = frozenset({"product", "sku", "product_query", "order_number", "ordered"})


class StockFinder:
    """Find that only what is in stock is wanted."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        self._phrases = PhraseBook(tokenizer, ((phrase, True) for phrase in words.in_stock))

    def find(self, reading: Reading) -> None:
        """Take the words that say so, where results are being chosen."""
        if reading.intent in STOCKED:
            for place, (first, last, _) in enumerate(list(self._phrases.find(reading.tokens, reading.is_free))):
                reading.take(first, last, {} if place else {"in_stock": ["true"]})


class GroupFinder:
    """Find what points at several things ("those two"), before a number in it is read as an ordinal."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        several = ((word, name) for name in ("all", "both") for word in words.references[name])
        self._several = PhraseBook(tokenizer, several)
        self._not = PhraseBook(tokenizer, ((phrase, True) for phrase in words.not_reference))
        self._determiners = frozenset(words.determiners)
        self._before_many = frozenset({*words.ordinals_of_many, *words.ordinals, *words.ordinal_leads})
        self._worded = PhraseBook(tokenizer, words.quantity["words"].items())
        self._units = PhraseBook(tokenizer, ((word, True) for word in (*words.quantity["units"], _PAIR)))

    def find(self, reading: Reading) -> None:
        """Take each phrase, but for the "all" of "not at all"."""
        if reading.intent in POINTLESS or any(one.entity == "aspect" for one in reading.found):
            return
        for first, last, _ in list(self._not.find(reading.tokens, reading.is_free)):
            reading.take(first, last, {})
        is_whole = any(one.entity == "order_number" for one in reading.found) and reading.intent in ABOUT_BOUGHT
        for first, last, names in list(self._several.find(reading.tokens, reading.is_free)):
            # "1036里的东西全部再买一次" is about the order.
            is_order = is_whole and is_han(reading.tokens[first].norm[0]) and names[0] == "all"
            reading.take(first, last, {} if is_order else {"reference": names[:1]})
        for place in range(len(reading.tokens)):
            self._find_counted(reading, place)

    def _find_counted(self, reading: Reading, place: int) -> None:
        """Find "这两盏", "那三双" and "这几副"; in a comparison, "两盏灯哪个亮" and "俩谁省电" too."""
        count, last = self._count_at(reading, place)
        if count == 0 or not is_han(reading.tokens[last - 1].norm[0]):
            return
        before = reading.tokens[place - 1].norm if place else ""
        first = place - (before in self._determiners and reading.is_free(place - 1, place))
        is_compared = reading.intent == COMPARING and before not in self._before_many and count > 0
        if (first < place or is_compared) and reading.is_free(first, last):
            # "那两顶帽子改三顶" is about one line of the cart.
            is_line = reading.intent == CHANGE_QUANTITY
            reading.take(first, last, {} if is_line else {"reference": ["both" if count == len("两个") else "all"]})

    def _count_at(self, reading: Reading, place: int) -> tuple[int, int]:
        """Give how many are counted from a place on, -1 for "几" and 0 for none, and where the count ends."""
        tokens, number = reading.tokens, reading.number_at(place)
        length, counts = self._worded.at(tokens, place)
        if length == 1:
            return int(counts[0]), place + 1
        is_few = number is not None and number.is_whole and len("两个") <= number.value <= _MOST_POINTED_AT
        if tokens[place].norm != _FEW and not is_few:
            return 0, place
        end = number.last if number else place + 1
        unit = self._units.at(tokens, end)[0] if end < len(tokens) else 0
        return (int(number.value) if number else -1, end + unit) if unit else (0, place)


class ReferenceFinder:
    """Find what points at one thing shown before: "it", "that one"."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer, goods: Iterable[str]) -> None:
        self._goods = frozenset(goods)
        self._ones = PhraseBook(tokenizer, ((word, True) for word in words.one_words))
        single = ((word, name) for name in _SINGLE for word in words.references[name])
        self._points = PhraseBook(tokenizer, single)
        self._group = {tuple(token.norm for token in tokenizer.cut(word)) for word in words.group_words}
        self._determiners = frozenset(tokenizer.singular(word) for word in words.determiners)
        self._orders = PhraseBook(tokenizer, ((word, True) for word in words.orders["leads"]))
        self._putting = frozenset(words.putting)

    def find(self, reading: Reading) -> None:
        """Take each pointer; "them" means all that was shown in a comparison, and the one in view elsewhere."""
        if reading.intent in POINTLESS or any(one.entity == "aspect" for one in reading.found):
            return  # "it doesn't matter who makes it" is about the brand
        says_which = reading.intent in ABOUT_BOUGHT and any(one.entity in SAYS_WHICH for one in reading.found)
        for first, last, (name, *_) in list(self._points.find(reading.tokens, reading.is_free)):
            if says_which and not self._is_of_goods(reading, first, last):
                continue
            norms = tuple(token.norm for token in reading.tokens[first:last])
            if norms[-1] in self._determiners and self._is_named(reading, last):
                continue
            if self._is_one_of(reading, first, last):
                reading.take(first, last, {})
                continue
            is_group = norms in self._group and reading.intent == COMPARING
            if norms[0] == _ON and reading.is_glued(first) and reading.tokens[first - 1].norm in self._putting:
                continue  # "捎上一个" is no "上一个"
            is_again = self._is_again(reading, first, name, norms)
            reading.take(first, last, {} if is_again else {"reference": ["all" if is_group else name]})

    def _is_again(self, reading: Reading, first: int, name: str, norms: tuple[str, ...]) -> bool:
        """Tell the "it" that stands for what the message has named already: "the third is hideous, hide it"."""
        if not has_han(norms[0]):
            if reading.intent in ABOUT_BOUGHT:
                return any(one.entity == "reference" for one in reading.found)
            told_before = {one.entity for one in reading.found if one.first < first}
            return name == "it" and reading.intent != COMPARING and bool(told_before & _ONE_NAMED)
        if reading.intent in ABOUT_BOUGHT:
            return any(one.entity == "reference" for one in reading.found)
        told = {one.value if one.entity == "reference" else one.entity for one in reading.found if one.first < first}
        if reading.intent == COMPARING:
            return norms in self._group and bool(told & {"all", "both"})
        return name in told or (norms == (_IT,) and bool(told & _ONE_TOLD))

    def _is_of_goods(self, reading: Reading, first: int, last: int) -> bool:
        """Tell whether a pointer belongs to a Chinese name of goods: "这双鞋太小了", but not "我那双鞋"."""
        begins = not reading.is_glued(first) or reading.tokens[first - 1].norm in _TAKING
        is_named = last < len(reading.tokens) and reading.tokens[last].norm in self._goods
        return begins and (is_named or "product_query" in reading.names_at(last))

    def _is_one_of(self, reading: Reading, first: int, last: int) -> bool:
        """Tell whether a pointer is the "one" of "the black one": "黑色那个", "最贵的那双"."""
        if tuple(token.norm for token in reading.tokens[first:last]) == _KIND:
            return reading.is_glued(first)  # "右手版的那种"
        if self._ones.at(reading.tokens, first)[0] != last - first:
            return False
        if not first or not reading.is_glued(first):
            return False
        places = {first, first - 1} if reading.tokens[first - 1].norm == "的" else {first}
        names = {one.entity for one in reading.found if one.last in places}
        return bool(names & _TELLING) or any(reading.tokens[place - 1].norm in self._goods for place in places if place)

    def _is_named(self, reading: Reading, place: int) -> bool:
        """Tell whether a name stands at a place, or, where something bought is talked of, a word for an order."""
        is_order = place < len(reading.tokens) and self._orders.at(reading.tokens, place)[0] > 0
        return bool(reading.names_at(place) & NAMED) or (is_order and reading.intent in ABOUT_BOUGHT)


class OptionNameFinder:
    """Find the name of an option: "what sizes are there?", "16GB of memory"; in the catalogue's spelling."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer, catalogue: Catalogue) -> None:
        own = {name.casefold(): name for name in catalogue.options}
        self._names: PhraseBook[str] = PhraseBook(tokenizer, ((name, name) for name in catalogue.options))
        for group in words.option_names:
            held = [own[name] for name in group if name in own]
            for word in group:
                if word not in own:
                    self._names.add(word, held[0] if held else group[0])

    def words(self) -> set[str]:
        """Give every word that is looked up, for the speller."""
        return self._names.words()

    def find(self, reading: Reading) -> None:
        """Take each name where an option is being talked of; in a search it stays a word to search for."""
        said = {one.entity for one in reading.found}
        if reading.intent not in NAMES_OPTIONS or (reading.intent in _CHOSEN and said & _TELLING_OPTION):
            return  # "颜色就要蓝的" has told which
        for first, last, names in list(self._names.find(reading.tokens, reading.is_free)):
            reading.take(first, last, {"option_name": names[:1]})
