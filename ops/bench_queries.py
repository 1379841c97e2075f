"""What invented shoppers ask of the invented catalogue, kind by kind."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ops.bench_catalogue import BRANDS, COLOURS, MATERIALS, things
from shop.search import Filters, SearchQuery, Sort

_NEEDS = (
    "something to sleep in outdoors", "keeps my head dry in the rain", "a seat for two", "to boil water for tea",
    "for listening to music on the train", "to cut the grass", "light for reading in bed", "to carry books to school",
    "green thing for a dark room", "what runners wear", "to see birds from far away", "for cutting vegetables",
)  # fmt: skip
_ABSENT = (
    "helicopter", "pizza", "airline ticket", "shampoo", "novel", "car tyre", "dog food", "toothpaste", "perfume",
    "concert ticket", "baby food", "insurance",
)  # fmt: skip


def queries_by_kind(count: int, seed: int = 11) -> dict[str, list[SearchQuery]]:
    """Invent so many queries of each kind; few texts come twice, so hardly an encoding is remembered."""
    chance = random.Random(seed)  # noqa: S311 - invented queries, no secret
    sold = [thing for _, _, thing in things()]
    kinds = {
        "one word": _texts(sold, chance),
        "two words": (f"{chance.choice(MATERIALS)} {thing}" for thing in _texts(sold, chance)),
        "misspelt": (_misspelt(thing, chance) for thing in _texts(sold, chance) if len(thing) > 6),
        "described": _texts(_NEEDS, chance),
        "not sold": _texts(_ABSENT, chance),
    }
    asked = {kind: [SearchQuery(next(texts)) for _ in range(count)] for kind, texts in kinds.items()}
    for _ in range(count):
        pair, coloured = _pair(sold, chance), f"{chance.choice(COLOURS)} {chance.choice(sold)}"
        asked.setdefault("words and filters", []).append(_filtered(pair, chance))
        asked.setdefault("words by price", []).append(SearchQuery(coloured, sort=Sort.PRICE_ASC))
        asked.setdefault("filters only", []).append(_filtered("", chance))
    asked["everything"] = [SearchQuery(offset=5 * page) for page in range(count)]
    return asked


def _pair(sold: Sequence[str], chance: random.Random) -> str:
    return f"{chance.choice(sold)} for {chance.choice(sold)}"


def _texts(texts: Sequence[str], chance: random.Random) -> Iterator[str]:
    while True:
        yield from chance.sample(texts, len(texts))


def _misspelt(text: str, chance: random.Random) -> str:
    place = chance.randint(1, len(text) - 2)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _filtered(text: str, chance: random.Random) -> SearchQuery:
    choices = (
        Filters(price_max=Decimal(chance.randint(20, 300))),
        Filters(brands=(chance.choice(BRANDS),)),
        Filters(colours=(chance.choice(COLOURS),), in_stock=True),
        Filters(categories=(chance.choice(things())[1],), options={"size": "42"}),
        Filters(price_min=Decimal(50), price_max=Decimal(150), colours=(chance.choice(COLOURS),), in_stock=True),
    )
    return SearchQuery(text, chance.choice(choices))
