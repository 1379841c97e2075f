"""Versions of one product side by side: what each costs, how far the prices are apart, and in what they differ."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from actions.facts import difference_fact, price_facts
from actions.naming import in_catalogue_words
from actions.turn import Turn
from shop.catalogue import ProductView, VariantView, select_variants

_TOKEN: Final = re.compile(r"\d+[a-z]*|[a-z]+\d*[a-z]*|[^\W\da-z]+")
_NUMBER: Final = re.compile(r"(\d+)\s*([a-z]*)")


@dataclass(frozen=True)
class _Pair:
    """Two versions that differ in what was named, and in nothing else."""

    less: VariantView
    more: VariantView


def tell_variants(turn: Turn, product: ProductView, *, must_name: bool) -> bool:
    """Set the versions of a product that a message names side by side; tell whether it names two.

    Args:
        turn: the turn.
        product: the product.
        must_name: whether the message has to name them; else, where a product has two and none is named, these are
            meant.
    """
    named = named_options(product, in_catalogue_words(turn, turn.text.casefold()))
    if not (named or must_name) and len(product.variants) == 2:
        named = [dict(variant.options) for variant in product.variants]
    if len(named) != 2:
        return False
    pairs = _pairs([select_variants(product, chosen) for chosen in named])
    if not pairs:
        return False
    turn.focus(product.variants[0].sku)
    _say(turn, product, pairs)
    return True


def compare(turn: Turn, product: ProductView, one: VariantView, other: VariantView) -> None:
    """Set two versions of a product side by side."""
    _say(turn, product, [_ordered(one, other)])


def _say(turn: Turn, product: ProductView, pairs: Sequence[_Pair]) -> None:
    told = [fact for pair in pairs for fact in price_facts((pair.less, pair.more))]
    told += [difference_fact(pair.more, pair.less) for pair in pairs]
    turn.say(
        "utter_variants_compared",
        told=told,
        name=product.name,
        lines="\n".join(_line(turn, pair) for pair in pairs),
        options=turn.labels.all_of(turn.labels.option(name) for name in _differing(pairs)),
    )


def named_options(product: ProductView, text: str) -> list[dict[str, str]]:
    """Read which versions are named, in their order: "13 inch 16GB and 15 inch 8GB" names two."""
    groups: list[dict[str, str]] = []
    for token in _TOKEN.findall(text):
        found = _option_of(product, token)
        if found is None:
            continue
        name, value = found
        if not groups or (name in groups[-1] and groups[-1][name] != value):
            groups.append({})
        groups[-1][name] = value
    return [dict(one) for one in dict.fromkeys(tuple(sorted(group.items())) for group in groups)]


def _option_of(product: ProductView, token: str) -> tuple[str, str] | None:
    for name in product.option_names:
        for value in product.option_values(name):
            if _says(token, value.casefold()):
                return name, value
    return None


def _says(token: str, value: str) -> bool:
    """Tell whether a word names a value: "27" and "27inch" name "27 inch", "16g" names "16GB", "i7" an "i7-8700"."""
    number, own = _NUMBER.fullmatch(token), _NUMBER.fullmatch(value)
    if number and own:
        return number[1] == own[1] and own[2].startswith(number[2])
    return token == value or token == re.split(r"[-\s]", value)[0] or (token == value.split()[-1] and token.isdigit())


def _pairs(groups: Sequence[Sequence[VariantView]]) -> list[_Pair]:
    """Pair the versions of two groups: one with one, else those whose other options are the same."""
    first, second = groups
    if len(first) == len(second) == 1:
        return [_ordered(first[0], second[0])]
    differing = {name for one in first for other in second for name in _unlike(one, other)}
    fixed = {
        name
        for name in differing
        if {one.options.get(name) for one in first} == {one.options.get(name) for one in second}
    }
    return [
        _ordered(one, other)
        for one in first
        for other in second
        if all(one.options.get(name) == other.options.get(name) for name in fixed)
    ]


def _ordered(one: VariantView, other: VariantView) -> _Pair:
    return _Pair(*sorted((one, other), key=lambda variant: variant.price.amount))


def _differing(pairs: Sequence[_Pair]) -> list[str]:
    return list(dict.fromkeys(name for pair in pairs for name in _unlike(pair.less, pair.more)))


def _unlike(one: VariantView, other: VariantView) -> list[str]:
    options = [name for name, value in one.options.items() if other.options.get(name) != value]
    return [*options, *(name for name, values in one.attributes.items() if other.attributes.get(name) != values)]


def _line(turn: Turn, pair: _Pair) -> str:
    """Write what two versions cost, and by how much one is dearer."""
    labels, difference = turn.labels, pair.more.price - pair.less.price
    less, more = _title(pair.less.options), _title(pair.more.options)
    prices = {"low": labels.money(pair.less.price), "high": labels.money(pair.more.price)}
    if not difference.amount:
        return labels.text("compare.variants_same", less=less, more=more, **prices)
    return labels.text("compare.variants", less=less, more=more, difference=labels.money(difference), **prices)


def _title(options: Mapping[str, str]) -> str:
    return ", ".join(options.values())
