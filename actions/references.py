"""What "it", "the second one", "the cheapest" and "the black one" point at, among what was last shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from actions.turn import Turn

THIS = frozenset({"it", "that"})
_BEST_SIMILARITY = 85.0
_SUPERLATIVES = {"price_asc": "cheapest", "price_desc": "dearest"}


@dataclass(frozen=True)
class Candidate:
    """One thing that was shown and can be pointed at: a product of a list, or a line of the cart.

    Attributes:
        sku: what tells it from the others.
        slug: its product.
        options: the names and values of its variants' options, in lower case.
        facets: its brand, categories, colours and attribute values, in lower case.
    """

    sku: str
    slug: str
    name: str
    price: Decimal
    options: frozenset[str] = frozenset()
    facets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Mention:
    """The words of a message that can point at something."""

    skus: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    ordinals: tuple[int, ...] = ()
    references: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    words: str = ""

    @classmethod
    def of(cls, turn: Turn) -> Mention:
        """Read them from a turn."""
        return cls(
            references=_references(turn),
            skus=tuple(turn.entities("sku")),
            products=tuple(turn.entities("product")),
            ordinals=tuple(int(text) for text in turn.entities("ordinal") if _is_place(turn, text)),
            options=tuple(value.casefold() for value in turn.entities("option_value")),
            facets=tuple(value.casefold() for kind in ("colour", "brand", "category") for value in turn.entities(kind)),
            words=turn.services.glossary.translated(turn.entity("product_query") or ""),
        )

    @property
    def says_something(self) -> bool:
        """Tell whether any of the words can point at something."""
        return self != Mention()


class Verdict(Enum):
    """How a reference came out."""

    FOUND = "found"
    UNCLEAR = "unclear"
    NOTHING_SHOWN = "nothing_shown"
    NO_SUCH_PLACE = "no_such_place"
    NO_MATCH = "no_match"


@dataclass(frozen=True)
class Resolution:
    """What a reference points at; with UNCLEAR, the things between which it leaves a choice."""

    verdict: Verdict
    candidates: tuple[Candidate, ...] = ()


def resolve(mention: Mention, shown: Sequence[Candidate], focus: Candidate | None = None) -> Resolution:
    """Say what a mention points at.

    Args:
        mention: what was said.
        shown: what the shopper sees, in the order of their places.
        focus: the one thing that was last spoken of: what "it" means. It need not be among `shown`.
    """
    superlatives = [word for word in mention.references if word in {"cheapest", "dearest"}]
    if mention.ordinals and not superlatives:
        return _by_place(mention.ordinals, shown)
    if set(mention.references) & {"all", "both"}:
        return _everything(shown, "both" in mention.references)
    pool = [*shown, *([focus] if focus and focus.sku not in {one.sku for one in shown} else [])]
    if superlatives:
        # "The cheapest of those" points by its price, and not by "those".
        rank = max(mention.ordinals, default=1)
        return _by_price(superlatives[0], _described(mention, shown or pool), rank)
    if set(mention.references) & THIS:
        return _this(shown, focus)
    if not (mention.options or mention.facets or mention.words):
        return _this(shown, focus)
    if not pool:
        return Resolution(Verdict.NOTHING_SHOWN)
    if focus and _is_about(mention, focus):
        return _found([focus])
    return one_of(_described(mention, pool))


def _is_place(turn: Turn, text: str) -> bool:
    """Tell a place in a list from a price that points: "20块那个"."""
    if not re.fullmatch(r"-?\d{1,4}", text):
        return False
    return not re.search(rf"\$\s*{text}(?!\d)|(?<!\d){text}\s*(?:块|元|刀|美元|dollars?|bucks?)", turn.text.casefold())


def _references(turn: Turn) -> tuple[str, ...]:
    """Read words that point; "the second cheapest" may come as an order by price with a place in it."""
    said = tuple(turn.entities("reference"))
    if not said and turn.entities("ordinal"):
        return tuple(_SUPERLATIVES[sort] for sort in turn.entities("sort") if sort in _SUPERLATIVES)
    return said


def _is_about(mention: Mention, focus: Candidate) -> bool:
    """Tell whether all that was said are options of the thing spoken of: "the 13 inch one", after its details."""
    said = {*mention.options, *mention.facets}
    words = {mention.words.casefold()} - {""}
    return bool(said) and said | words <= focus.options


def _described(mention: Mention, pool: Sequence[Candidate]) -> list[Candidate]:
    said = {*mention.options, *mention.facets}
    fitting = [one for one in pool if said <= {*one.options, *one.facets}]
    return _named(mention.words, fitting) if mention.words else fitting


def _named(words: str, pool: Sequence[Candidate]) -> list[Candidate]:
    # Fuzzy, word by word, as names are shortened and mistyped.
    from rapidfuzz import fuzz

    said = re.findall(r"\w+", words.casefold())

    def fits(one: Candidate) -> bool:
        name = re.findall(r"\w+", one.name.casefold())
        return all(any(fuzz.ratio(word, part) >= _BEST_SIMILARITY for part in name) for word in said)

    return [one for one in pool if fits(one)] if said else []


def _by_place(ordinals: Iterable[int], shown: Sequence[Candidate]) -> Resolution:
    if not shown:
        return Resolution(Verdict.NOTHING_SHOWN)
    places = [len(shown) + 1 + place if place < 0 else place for place in ordinals]
    if not all(1 <= place <= len(shown) for place in places):
        return Resolution(Verdict.NO_SUCH_PLACE, tuple(shown))
    return _found([shown[place - 1] for place in dict.fromkeys(places)])


def _everything(shown: Sequence[Candidate], both: bool) -> Resolution:
    if not shown:
        return Resolution(Verdict.NOTHING_SHOWN)
    if both and len(shown) < 2:
        return Resolution(Verdict.NO_SUCH_PLACE, tuple(shown))
    return Resolution(Verdict.UNCLEAR, tuple(shown)) if both and len(shown) > 2 else _found(shown)


def _this(shown: Sequence[Candidate], focus: Candidate | None) -> Resolution:
    if focus:
        return _found([focus])
    return one_of(shown) if shown else Resolution(Verdict.NOTHING_SHOWN)


def _by_price(superlative: str, pool: Sequence[Candidate], rank: int) -> Resolution:
    """Find the cheapest or dearest; with a rank of 2, the second cheapest."""
    if not pool:
        return Resolution(Verdict.NOTHING_SHOWN)
    prices = sorted((one.price for one in pool), reverse=superlative == "dearest")
    if not 1 <= rank <= len(prices):
        return Resolution(Verdict.NO_SUCH_PLACE, tuple(pool))
    return one_of([one for one in pool if one.price == prices[rank - 1]])


def one_of(fitting: Sequence[Candidate]) -> Resolution:
    """Say that one fits, or several between which a choice is left, or none."""
    if len(fitting) > 1:
        return Resolution(Verdict.UNCLEAR, tuple(fitting))
    return _found(fitting) if fitting else Resolution(Verdict.NO_MATCH)


def _found(candidates: Sequence[Candidate]) -> Resolution:
    return Resolution(Verdict.FOUND, tuple(candidates))
