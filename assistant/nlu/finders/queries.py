"""The words to search for: what is left of a message after everything else has been taken out of it.

The rule: brands, categories, colours, option values, prices, orders, ordinals, quantities, references, SKUs and idle
words leave the query, because each has its own entity or says nothing. Words of a product's name stay, beside the
`product` entity ("the road bike" gives product "road-bike" and product_query "road bike"), and so does every word that
no finder knows ("running shoes", "waterproof"). A message that holds only filters ("black Nike", "Plants") has no
product_query.

Chinese has no blanks by which a verb that no list knows could be told from a name of goods. So an unknown Chinese word
is kept where goods are searched for, a need is told or a question is answered; elsewhere only where the message names
or points at nothing else. Words of common speech never are, but in an answer, which may be a name or an address.

What a name of goods ends with tells one that no list knows, and belongs to the word before it: "升降桌". Of a message
that tells a story first, only what it asks for is kept (`asking_part.py`).

So far the rules, which cannot tell the landlord of "curtain rods, anyone? my landlord forbids drilling" from goods. A
tagger that has learnt it from marked examples has the last word (`goods_tagger.py`). Where it finds no goods, the words
of the rules are kept for a search, which may be for a need, for a question whether something fits one, and of few
words, which tell no story: to be recommended something, and elsewhere if the tagger thinks it possible. To narrow a
search what goods must be counts like goods: "only waterproof ones". What was bought is named by the tagger, too.
What the shop sells is searched for where nothing else is, whatever people mostly say of it: they own sofas.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.nlu.common_words import carrying_characters, carrying_words, common_verbs
from assistant.nlu.finders.asking_part import AskingPart
from assistant.nlu.finders.avoided import AvoidedFinder
from assistant.nlu.finders.compounds import Compounds
from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.goods_features import Features, GoodsFeatures, Known
from assistant.nlu.goods_tagger import GoodsTagger
from assistant.nlu.han import NUMERALS
from assistant.nlu.intents import (
    ABOUT_BOUGHT,
    ABOUT_ORDER,
    AVOIDING,
    BY_PHOTO,
    FITTING,
    HAS_QUERY,
    INFORM,
    NAMES_ANYTHING,
    NAMES_GOODS,
    NAMES_KNOWN_GOODS,
    OFFERING,
    RECOMMENDING,
    SAYS_NEEDS,
    SORTING,
)
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import has_han, is_han, plain
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

_OPTIONS = frozenset({"option_name", "option_value", "colour"})
_POINTING = frozenset({"product", "reference", "ordinal", "sku"})
_SHOWN = frozenset({"reference", "ordinal"})
_BREAKS = frozenset(",;!?，。；：！？、（）")
# So much of an answer in one piece must be unknown for all of it to be a name or an address.
_MOSTLY = 0.6
_WANTING = frozenset("买找卖")
_LENGTHS_OF_SPELLING = range(3, 5)
# So few words tell no story beside what is asked for.
_FEW = 8
_ADDRESS = "省市区县镇乡村路街巷弄号楼栋"
_SURELY_ADDRESS = 2
_LENGTHS_OF_NAMES = range(2, 5)


def note_query(reading: Reading, kept: Sequence[int]) -> None:
    """Note tokens as one value, spelled as the shopper did but for case, width and script."""
    value = reading.text[reading.tokens[kept[0]].start : reading.tokens[kept[0]].end]
    for before, index in pairwise(kept):
        gap = reading.between(before, index) if index == before + 1 else " "
        is_apart = any(letter.isspace() or letter in _BREAKS for letter in gap)
        value += (" " if is_apart else gap) + reading.text[reading.tokens[index].start : reading.tokens[index].end]
    # "The jumper's too small" is about a jumper.
    reading.note(kept[0], kept[-1] + 1, {"product_query": [plain(value).removesuffix("'s")]})


class QueryFinder:
    """Find the product_query, after every other finder.

    Args:
        words: of the languages.
        tokenizer: cuts them.
        idle: words that name nothing.
        glossary: Chinese names of goods.
        sold: words that say what the shop sells, as "sofa" does.
        features: describe tokens to the tagger.
        avoided: finds what is never wanted by phrases, and takes what the tagger finds.
        tagger: tells goods; without one the rules do.
    """

    def __init__(
        self,
        words: WordLists,
        tokenizer: Tokenizer,
        idle: IdleWords,
        glossary: Mapping[str, str],
        sold: Collection[str],
        features: GoodsFeatures,
        avoided: AvoidedFinder,
        tagger: GoodsTagger | None = None,
    ) -> None:
        self._features, self._avoided, self._tagger = features, avoided, tagger
        self._idle, self._goods, self._sold = idle, frozenset(glossary), frozenset(sold)
        self._modifiers, self._heads = frozenset(words.modifiers), frozenset(words.goods_endings)
        self._units = frozenset(words.quantity["units"])
        self._compounds = Compounds(words, idle, glossary)
        self._common, self._carrying = carrying_words() | common_verbs(), carrying_characters() | set(words.counted)
        self._asking = AskingPart(words, tokenizer)

    def find(self, reading: Reading) -> None:
        """Note the words that are left as one value."""
        if reading.intent in ABOUT_BOUGHT | ABOUT_ORDER:
            self._find_bought(reading)
            return
        if reading.intent in AVOIDING and self._tagger is not None:
            self._avoided.believe(reading, self._tagger.avoided(self.describe(reading)[0]))
            return
        # Words for an order are many, "put", "top", "end", which only a tagger tells from goods.
        if reading.intent not in HAS_QUERY or (reading.intent == SORTING and self._tagger is None):
            return
        idle, by_rules = self._by_rules(reading)
        kept = by_rules or _own_name(reading)
        if self._tagger is not None and reading.intent != INFORM:
            kept = self._of_goods(reading, idle, by_rules, self._tagger)
        if all(self._says_nothing(reading, index) for index in kept):
            return
        if reading.intent == "ask_price":
            _count_goods(reading, kept[0])
        if reading.intent == INFORM and self._is_one_answer(reading, kept):
            end = _end_of_name(reading)
            kept = list(range(0 if end or _is_address(reading) else kept[0], end or len(reading.tokens)))
        note_query(reading, kept)

    def _find_bought(self, reading: Reading) -> None:
        """Note goods that were bought, known or not; of those that are known, leave out what only a story names."""
        if self._tagger is None:
            return
        known = _places_of(reading, "product_query")
        idle, by_rules = self._by_rules(reading)
        goods, thinkable = self._tagger.goods(self._described(reading, idle, by_rules))
        named = _places_of(reading, "product")
        kept = sorted(at for at in named.union(goods) if at in known or self._is_word(reading, at))
        kept = kept or sorted(known.intersection(thinkable))
        reading.found[:] = [one for one in reading.found if one.entity != "product_query"]
        if kept:
            note_query(reading, _without_repeats(reading, kept))
            # "The boots are too small, I'm sending them back": what is named needs no pointing at.
            reading.found[:] = [one for one in reading.found if one.entity != "reference" or one.last in kept]

    def describe(self, reading: Reading) -> tuple[list[Features], list[int]]:
        """Give what the tagger is told of each token, and the places that the rules would search for."""
        idle, kept = self._by_rules(reading)
        return self._described(reading, idle, kept), kept

    def _by_rules(self, reading: Reading) -> tuple[frozenset[int], list[int]]:
        """Take the idle words; give their places, and those of the words to search for."""
        idle = self._idle.covered(reading)
        self._idle.take(reading)
        return idle, _without_repeats(reading, list(self._kept(reading)))

    def _described(self, reading: Reading, idle: frozenset[int], kept: Sequence[int]) -> list[Features]:
        goods = {place for place in range(len(reading.tokens)) if self._compounds.is_goods(reading, place)}
        return self._features.of(reading, Known(frozenset(kept), idle, self._asking.asking(reading), goods))

    def _of_goods(self, reading: Reading, idle: frozenset[int], by_rules: list[int], tagger: GoodsTagger) -> list[int]:
        """Leave what names goods and, where it is asked for, what they must be; words of a product's name always do."""
        described = self._described(reading, idle, by_rules)
        named = _places_of(reading, "product")
        asks_need = reading.intent in FITTING and not any(one.entity in _OPTIONS for one in reading.found)
        if asks_need and not (named or tagger.goods(described)[0]):
            return by_rules
        # Which goods are asked about is told by their name, and by nothing that is asked of them.
        goods, thinkable = tagger.goods(described, with_needs=reading.intent in SAYS_NEEDS)
        places = sorted(place for place in named.union(goods) if self._is_word(reading, place))
        if places:
            return _without_repeats(reading, places)
        sold = [place for place in by_rules if reading.tokens[place].norm in self._sold]
        if len(reading.tokens) > _FEW and sold:
            return sold
        if reading.intent in NAMES_ANYTHING:
            return by_rules
        if len(reading.tokens) > _FEW:
            return []
        if reading.intent == RECOMMENDING:  # "something for camping"
            return by_rules
        return sorted({*sold, *(at for at in by_rules if at in thinkable)})

    @staticmethod
    def _is_word(reading: Reading, place: int) -> bool:
        return reading.is_searched(place) and reading.tokens[place].norm[0].isalnum()

    def _says_nothing(self, reading: Reading, index: int) -> bool:
        """Tell numbers, and the letters of "A款和B款"."""
        norm = reading.tokens[index].norm
        return not norm[0].isalpha() or (has_han(reading.text) and len(norm) == 1 and norm.isascii())

    def _kept(self, reading: Reading) -> Iterator[int]:
        with_unknown = self._keeps_unknown(reading)
        places = {index for index in range(len(reading.tokens)) if self._is_kept(reading, index, with_unknown)}
        if reading.intent != INFORM:
            places |= set(self._scraps(reading)) if reading.intent in NAMES_ANYTHING else set()
            places |= {place for index in sorted(places) for place in self._compound(reading, index)}
        places |= {index for index in range(len(reading.tokens)) if self._is_modifier(reading, index, places)}
        yield from self._asking.of(reading, sorted(places), lambda place: self._is_goods(reading, place))

    def _is_kept(self, reading: Reading, index: int, with_unknown: bool) -> bool:
        norm = reading.tokens[index].norm
        if not self._is_word(reading, index):
            return False
        if not is_han(norm[0]) or self._compounds.is_goods(reading, index) or self._compounds.closes(reading, index):
            return True
        if not reading.is_free(index, index + 1):
            return len(norm) > 1
        # A lone Chinese character is a scrap of what other finders and idle words left over, if it is not asked for.
        if len(norm) == 1:
            is_named = norm in self._heads and self._is_pointed_at(reading, index)
            return is_named and not self._compounds.counts(reading, index)
        is_named = with_unknown or (reading.intent in NAMES_GOODS and norm[-1] in self._heads)
        return is_named and not self._is_common(norm, reading.intent)

    @staticmethod
    def _is_pointed_at(reading: Reading, index: int) -> bool:
        """Tell the "包" of "这个包" and "买包" from that of "包安装"."""
        is_behind = any(one.entity == "reference" and one.last == index for one in reading.found)
        return reading.is_glued(index) and (is_behind or reading.tokens[index - 1].norm in _WANTING)

    def _is_goods(self, reading: Reading, index: int) -> bool:
        norm = reading.tokens[index].norm
        return norm in self._goods or norm[-1] in self._heads or not is_han(norm[0])

    def _is_scrap(self, reading: Reading, index: int) -> bool:
        if not 0 <= index < len(reading.tokens) or not reading.is_free(index, index + 1):
            return False
        norm = reading.tokens[index].norm
        return len(norm) == 1 and is_han(norm) and (norm in self._heads or norm not in NUMERALS | self._units)

    def _scraps(self, reading: Reading) -> Iterator[int]:
        """Give single characters that are written together and stand in no list: "牙胶" is a word of its own."""
        for index in range(len(reading.tokens)):
            is_followed = self._is_part(reading, index + 1) and reading.is_glued(index + 1)
            is_behind = self._is_part(reading, index - 1) and reading.is_glued(index)
            if self._is_part(reading, index) and (is_followed or is_behind):
                yield index

    def _is_part(self, reading: Reading, index: int) -> bool:
        if not self._is_scrap(reading, index) or reading.tokens[index].norm in self._carrying:
            return False
        return not (reading.is_glued(index) and reading.tokens[index - 1].norm == "不")

    def _compound(self, reading: Reading, index: int) -> Iterator[int]:
        """Give what belongs to a kept word: the "桌" behind "升降", or the "升降" before "桌"."""
        tokens, behind = reading.tokens, index + 1
        if self._is_scrap(reading, behind) and reading.is_glued(behind) and tokens[behind].norm in self._heads:
            yield behind
        if len(tokens[index].norm) > 1 or tokens[index].norm not in self._heads:
            return
        while index and reading.is_glued(index) and self._joins_name(reading, index - 1):
            index -= 1
            yield index
            if len(tokens[index].norm) > 1:
                return

    def _joins_name(self, reading: Reading, index: int) -> bool:
        norm = reading.tokens[index].norm
        if len(norm) == 1:
            return reading.intent in NAMES_ANYTHING | NAMES_GOODS and self._is_part(reading, index)
        is_unknown = is_han(norm[0]) and reading.is_free(index, index + 1) and reading.is_searched(index)
        return is_unknown and not self._is_common(norm, reading.intent)

    def _is_common(self, norm: str, intent: str) -> bool:
        is_asking = len(norm) == len("带不带") and norm[0] == norm[2] and norm[1] in "不一"
        return intent != INFORM and (is_asking or norm in self._common)

    def _is_modifier(self, reading: Reading, index: int, places: Collection[int]) -> bool:
        """Tell the "小" of "小板凳", whose next word is kept."""
        if index + 1 not in places or not reading.is_glued(index + 1):
            return False
        is_free = reading.is_free(index, index + 1) and reading.tokens[index].norm in self._modifiers
        return is_free and self._is_goods(reading, index + 1)

    def _keeps_unknown(self, reading: Reading) -> bool:
        if reading.intent in NAMES_ANYTHING:
            return True
        if reading.intent in FITTING and any(one.entity in _SHOWN for one in reading.found):
            return True  # "这个扛不扛摔": which one is told, so what else is said is the need
        names_known = reading.intent in NAMES_KNOWN_GOODS | OFFERING | {BY_PHOTO, "ask_stock"}
        if names_known or any(one.entity in _POINTING for one in reading.found):
            return False
        return not any(self._compounds.is_goods(reading, place) for place in range(len(reading.tokens)))

    def _is_one_answer(self, reading: Reading, kept: Sequence[int]) -> bool:
        """Tell a name or an address, of which a character may look idle: "天府大道88号"."""
        if _is_address(reading) or _end_of_name(reading):
            return True
        if reading.found or not has_han(reading.text) or any(reading.tokens[at].norm in self._goods for at in kept):
            return False
        known = sum(reading.tokens[at].end - reading.tokens[at].start for at in kept)
        return known >= _MOSTLY * sum(map(str.isalnum, reading.text))


def _places_of(reading: Reading, entity: str) -> set[int]:
    return {at for one in reading.found if one.entity == entity for at in range(one.first, one.last)}


def _count_goods(reading: Reading, place: int) -> None:
    """Read the "six" of "what would six wine glasses cost" as how many: before goods a bare number is no place."""
    for at, one in enumerate(reading.found):
        if (
            one.entity == "ordinal"
            and one.last == place
            and any(number.first == one.first for number in reading.numbers)
        ):
            reading.found[at] = replace(one, entity="quantity")


def _is_address(reading: Reading) -> bool:
    """Tell an address of whose place no list knows: "大理双廊镇大建旁村12号"."""
    letters = {letter for letter in _ADDRESS if letter in plain(reading.text)}
    return not reading.found and len(letters) >= _SURELY_ADDRESS and any(map(str.isalnum, reading.text))


def _end_of_name(reading: Reading) -> int:
    """Give where a name ends that is spelled out behind it: "王秀兰 兰花的兰", "张大军 弓长张"; 0 where none is."""
    name, _, spelled = plain(reading.text).strip().replace("，", " ").partition(" ")
    words = spelled.split()
    is_name = len(name) in _LENGTHS_OF_NAMES and all(map(is_han, name)) and not reading.found
    if not (is_name and words and all(len(word) in _LENGTHS_OF_SPELLING and word[-1] in name for word in words)):
        return 0
    return sum(token.start < len(name) for token in reading.tokens)


def _own_name(reading: Reading) -> list[int]:
    """Give all of a short answer of which no character is known: "赵丽华", which the dictionary has not."""
    text = reading.text.strip()
    is_short = reading.intent == INFORM and len(text) in _LENGTHS_OF_NAMES and all(map(is_han, text))
    is_unknown = not reading.found and reading.is_free(0, len(reading.tokens))
    return list(range(len(reading.tokens))) if is_short and is_unknown else []


def _without_repeats(reading: Reading, kept: list[int]) -> list[int]:
    """Leave out the second "防水" of "防水不防水"."""
    norms = [reading.tokens[index].norm for index in kept]
    repeats = {place for place, norm in enumerate(norms) if is_han(norm[0]) and norms.index(norm) < place}
    return [index for place, index in enumerate(kept) if place not in repeats]
