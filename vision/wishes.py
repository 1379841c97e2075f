"""Wishes that a shopper may add to a photo, made of a catalogue's facts, with the products that satisfy them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vision.catalogue import Item

_WORD = re.compile(r"[a-z]{3,}")
_SENTENCES: Mapping[str, str] = {"colour": "in {}", "color": "in {}", "gender": "for {}", "brand": "from {}"}


@dataclass(frozen=True)
class Wish:
    """What is said with a photo of a product.

    Attributes:
        item_id: whose photo.
        kind: "price", "kind" for words that only texts hold, or the name of a fact.
        text: what is said.
        passing: products that pass as a shop's database would decide; None where it decides nothing.
        good: products of the photo's own class that satisfy the wish; at least one.
    """

    item_id: str
    kind: str
    text: str
    passing: frozenset[str] | None
    good: frozenset[str]


def wishes(items: Sequence[Item], prices: Mapping[str, float] | None = None, spoken: bool = True) -> tuple[Wish, ...]:
    """Make all wishes that some other product of the same class satisfies.

    Args:
        items: products.
        prices: by product, if wishes for cheaper ones are to be made.
        spoken: say them in a sentence, "in black, please"; otherwise only the word.
    """
    made: list[Wish] = []
    for item in items:
        peers = [other for other in items if other.category == item.category and other.category]
        made += _facts(item, items, peers, spoken)
        made += _kinds(item, peers, spoken)
        made += _cheaper(item, peers, prices or {})
    return tuple(made)


def _facts(item: Item, items: Sequence[Item], peers: Sequence[Item], spoken: bool) -> Iterator[Wish]:
    """Wish for another value of a fact that others of the class have."""
    found = {(name, value) for peer in peers for name, values in peer.facts.items() for value in values}
    for name, value in sorted(found):
        if value in item.facts.get(name, ()):
            continue
        passing = frozenset(one.item_id for one in items if value in one.facts.get(name, ()))
        text = _SENTENCES.get(name, "with {}").format(value) if spoken else value
        yield Wish(item.item_id, name, text, passing, passing & {peer.item_id for peer in peers})


def _kinds(item: Item, peers: Sequence[Item], spoken: bool) -> Iterator[Wish]:
    """Wish for what two or more titles of the class end with, "running shoe", and this one's does not."""
    ends: dict[str, set[str]] = {}
    for peer in peers:
        words = _WORD.findall(peer.title.lower())
        for length in (1, 2):
            if len(words) >= length:
                ends.setdefault(" ".join(words[-length:]), set()).add(peer.item_id)
    for end, good in sorted(ends.items()):
        if len(good) > 1 and item.item_id not in good:
            yield Wish(item.item_id, "kind", f"but a {end}" if spoken else end, None, frozenset(good))


def _cheaper(item: Item, peers: Sequence[Item], prices: Mapping[str, float]) -> Iterator[Wish]:
    """Wish for a price between this product's and that of the cheapest of its class."""
    lower = sorted(prices[peer.item_id] for peer in peers if peer.item_id in prices)
    if item.item_id not in prices or not lower or lower[0] >= prices[item.item_id]:
        return
    limit = (lower[0] + prices[item.item_id]) / 2
    passing = frozenset(one for one, price in prices.items() if price <= limit)
    yield Wish(item.item_id, "price", f"under {limit:.0f}", passing, passing & {peer.item_id for peer in peers})
