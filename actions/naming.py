"""What a message calls a thing in its own words: by a word of its name, an option, a colour, or its price.

The language model finds goods, colours and options in a message, but not that "the curvy one" is the Curvy Monitor that
is shown. Here the words of the message are held against those that are true of each thing that can be meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from actions.references import Candidate
from actions.turn import Turn
from shop.catalogue import ProductView
from shop.search_text import stem

_TOKEN: Final = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,}")
_HAN: Final = re.compile("[\u3400-\u9fff]")
_IDLE: Final = frozenset(map(stem, ("and", "for", "the", "with", "one", "size", "inch", "in", "of", "no", "yes", "on")))
# No number of inches, of pieces, or of a size.
_AMOUNT: Final = re.compile(r"(?<![a-z0-9.,-])(\d{2,6}(?:\.\d{1,2})?)(?![\d.]*\d|[a-z%寸吋码号件双个把台只张盆])")
_ALIKE: Final = 85.0
_SHORTEST_ALIKE: Final = 4
# "14" may be anything where nothing is pointed at by it.
_PLAINLY_AMOUNT: Final = 3
_NAME, _FACT, _PRICE = 3, 1, 4
_PIECE: Final = "[个双款台把张条件种只盆部支本套辆顶块家瓶]"
_CLAUSE: Final = r"[^\s，。,.!?？！;；、]"
# Where what is pointed at is said: "the grey fabric one", "那个布艺沙发是灰色的吧"; and before it: "mint那个".
_POINTED: Final = (
    re.compile(r"\b(?:the|that|this|those|these|your)\s+(?=((?:[\w'-]+\s*){1,5}))"),
    re.compile(rf"[那这]一?{_PIECE}\s*({_CLAUSE}{{1,10}})"),
)
_POINTED_BEFORE: Final = (
    re.compile(rf"((?:[a-z0-9-]+ )*{_CLAUSE}{{1,10}}?)[那这]一?{_PIECE}"),
    re.compile(rf"({_CLAUSE}{{1,10}})的(?:多少钱|什么价|$|[，。,.!?？！])"),
)
_PHRASE_END: Final = re.compile(
    r"\b(?:is|are|was|has|have|does|do|did|can|will|would|comes?|costs?|looks?|sounds?|seems?|in|with|of|for|from|to|an?|"
    r"how|what|which|when|and|or|but|only|please|too)\b|是|有|多少|什么|能|会|吗|呢|还|怎|适合|要"
)


@dataclass(frozen=True)
class Wording:
    """The words of one message.

    Attributes:
        said: all of them, as the catalogue would say them, without their endings.
        pointing: those that stand where something is pointed at: "the grey one".
        goods: those that the language model took for goods.
        proper: those that can only be names: Latin words in a Chinese message, and words with a capital within.
        capitals: words with a capital that no sentence begins with.
        amounts: what may be a price.
    """

    said: frozenset[str] = frozenset()
    pointing: frozenset[str] = frozenset()
    goods: frozenset[str] = frozenset()
    proper: frozenset[str] = frozenset()
    capitals: frozenset[str] = frozenset()
    amounts: frozenset[Decimal] = frozenset()


def wording_of(turn: Turn) -> Wording:
    """Read the words of a turn; a button says nothing in words."""
    if turn.from_button:
        return Wording()
    plain = turn.heard.casefold()
    limits = {value for kind in ("price_min", "price_max") for value in turn.entities(kind)}
    values = [value for kind in ("colour", "option_value") for value in turn.named.get(kind, ())]
    goods = " | ".join([*(queries := turn.named.get("product_query", [])), *_half_said(turn, " ".join(queries))])
    pointing = pointing_in(turn, plain)
    return Wording(
        said=stems(in_catalogue_words(turn, f"{plain} | {' | '.join(values)} | {goods}")),
        pointing=pointing,
        goods=stems(in_catalogue_words(turn, goods)),
        proper=_proper(turn.heard),
        capitals=_capitals(turn.heard),
        amounts=frozenset(
            Decimal(said)
            for said in _AMOUNT.findall(plain)
            if said not in limits and (said in pointing or len(said) >= _PLAINLY_AMOUNT)
        ),
    )


def _half_said(turn: Turn, goods: str) -> list[str]:
    """Give the words that Chinese goods begin with, where no whole word says them: "软垫" of "软垫椅"."""
    glossary = turn.services.glossary
    begun = [part for part in re.findall("[\u3400-\u9fff]{2,}", goods) if not glossary.speaks_of(part)]
    return [meant for part in begun for said, meant in glossary.terms.items() if said.startswith(part)]


def pointing_in(turn: Turn, text: str) -> frozenset[str]:
    """Give the words of a text that stand where something is pointed at, without their endings."""
    return stems(in_catalogue_words(turn, _pointing(text.casefold())))


def in_catalogue_words(turn: Turn, text: str) -> str:
    """Put what a shopper says into the catalogue's words, also where they say it in a word of their own."""
    for labels in turn.services.languages.values():
        for pair in labels.text("naming.also").split("|"):
            own, _, meant = pair.partition("=")
            edge = r"\b" if own.isascii() else ""
            text = re.sub(f"{edge}{re.escape(own)}{edge}", f" {meant} ", text)
    return turn.services.glossary.translated(text)


def stems(text: str) -> frozenset[str]:
    """Give the words of a text that can tell one thing from another, without their endings.

    >>> sorted(stems("the 32-inch Monitors"))
    ['32', 'monitor']
    """
    # One colour has two spellings, and a single digit is a number of pieces.
    tokens = _TOKEN.findall(text.casefold().replace("grey", "gray"))
    return frozenset(stem(token) for token in tokens if len(token) > 1 or not token.isdigit()) - _IDLE


def _pointing(plain: str) -> str:
    """Give what is said where something is pointed at, up to what is said of it."""
    after = [_PHRASE_END.split(found[1])[0] for each in _POINTED for found in each.finditer(plain)]
    before = [_PHRASE_END.split(found[1])[-1] for each in _POINTED_BEFORE for found in each.finditer(plain)]
    return " | ".join([*after, *before])


def candidate_of(product: ProductView, sku: str) -> Candidate:
    """Make a product something that can be pointed at."""
    facts = [value for values in product.attributes.values() for value in values]
    facets = [*product.colours, *product.categories, *facts, *([product.brand] if product.brand else [])]
    options = [text for variant in product.variants for option in variant.options.items() for text in option]
    return Candidate(
        sku=sku,
        slug=product.slug,
        name=product.name,
        price=next((one.price.amount for one in product.variants if one.sku == sku), product.price_min.amount),
        options=frozenset(value.casefold() for value in options),
        facets=frozenset(value.casefold() for value in facets),
    )


def best_named(
    words: Collection[str], pool: Sequence[Candidate], amounts: Collection[Decimal] = (), *, names_only: bool = False
) -> list[Candidate]:
    """Give those that the words fit best; none where no word tells any of them from the others.

    Args:
        words: of a message, without endings.
        pool: what can be meant.
        amounts: what may be a price.
        names_only: whether only words of names count, and not what else is true of a thing.
    """
    facts = {} if names_only else {one.sku: stems(" | ".join((*one.options, *one.facets))) for one in pool}
    names = {one.sku: stems(one.name) for one in pool}
    scores = dict.fromkeys(names, 0)
    # The 44 of "is there a 44" is a size where there are such.
    taken = {word for own in (*names.values(), *facts.values()) for word in own}
    prices = [amount for amount in amounts if str(amount) not in taken]
    for word in words:
        by_name = {sku for sku, own in names.items() if _holds(own, word)}
        by_fact = {sku for sku, own in facts.items() if _holds(own, word)} - by_name
        if 0 < len(by_name | by_fact) < max(len(pool), 2):
            for sku in by_name | by_fact:
                scores[sku] += _NAME if sku in by_name else _FACT
    for one in pool:
        scores[one.sku] += _PRICE * any(costs(one, amount) for amount in prices)
    top = max(scores.values(), default=0)
    return [one for one in pool if top and scores[one.sku] == top]


def each_named(words: Collection[str], pool: Sequence[Candidate]) -> list[Candidate]:
    """Give every one of several that has a word of its own in a message: "Allstar, Hi-Top and RunX"."""
    names = {one.sku: stems(one.name) for one in pool}
    own = {one.sku: [word for word in words if _only(names, one.sku, word)] for one in pool}
    return [one for one in pool if own[one.sku]]


def says_kind(words: Collection[str], one: Candidate) -> bool:
    """Tell whether words hold what kind of thing one is: the last word of its name."""
    return _holds(words, stem((_TOKEN.findall(one.name.casefold()) or [""])[-1]))


def fits(one: Candidate, word: str) -> bool:
    """Tell whether a word is said of a thing: in its name, its options, or what else is true of it."""
    return _holds(stems(" | ".join((one.name, *one.options, *one.facets))), word)


def costs(one: Candidate, amount: Decimal) -> bool:
    """Tell whether a shopper's amount is the price of a thing: 899 and 900 are both said of 899.99."""
    return amount in (one.price, one.price.to_integral_value(), Decimal(int(one.price)))


def is_part_of_name(product: ProductView, value: str) -> bool:
    """Tell whether a value only repeats the name of a product: "32 inch" of the 32-Inch Monitor."""
    return bool(stems(value)) and stems(value) <= stems(product.name)


def has_word(product: ProductView, word: str) -> bool:
    """Tell whether a word stands in the name of a product, in whatever number."""
    names = product.name.casefold().split()
    return word in names or word.removesuffix("s") in names


def is_kind(product: ProductView, word: str) -> bool:
    """Tell whether a word says of what kind a product is: the last word of its name."""
    return word.removesuffix("s") == product.name.casefold().split()[-1].removesuffix("s")


def _only(names: dict[str, frozenset[str]], sku: str, word: str) -> bool:
    return [other for other, own in names.items() if _holds(own, word)] == [sku]


def _holds(own: Collection[str], word: str) -> bool:
    from rapidfuzz import fuzz

    if word in own:
        return True
    if len(word) < _SHORTEST_ALIKE or any(sign.isdigit() for sign in word):
        return False
    return any(len(part) >= _SHORTEST_ALIKE and fuzz.ratio(word, part) >= _ALIKE for part in own)


def _proper(text: str) -> frozenset[str]:
    """Give the words that can only be a name: "RunX"; what is in capitals, as "USB", is no name of a product."""
    latin = {word for word in _LATIN.findall(text) if not word.isupper()}
    if _HAN.search(text):
        return frozenset(word.casefold() for word in latin if len(word) >= _SHORTEST_ALIKE)
    return frozenset(word.casefold() for word in latin if re.search(r"[a-z][A-Z]", word))


def _capitals(text: str) -> frozenset[str]:
    later = {word for each in re.split(r"[.!?]\s+", text) for word in _LATIN.findall(each)[1:]}
    return frozenset(word.casefold() for word in later if word[0].isupper() and not word.isupper())
