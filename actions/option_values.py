"""Finds the values of a product's options in a text: by a part of them, by their rank, or by a size that was told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from actions.spoken import says
from actions.turn import Turn
from actions.wishes import wishes_of
from shop.catalogue import ProductView, VariantView, select_variants

_TOKEN = re.compile(r"[a-z]*\d+[a-z]*|[a-z]+", re.IGNORECASE)
_UNIT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)
# How many of the smaller unit make one of the larger.
_LARGER = {"tb": 1_000, "kg": 1_000, "m": 100}
_DIGITS_ZH = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_NUMERAL_ZH = re.compile("[一二三四五六七八九百十零]{2,}")
_SHORTEST_NUMBER = 2
# A number before these counts pieces.
_COUNTED = re.compile(r"\d+\s*(?:[个件双台把只根张盆条部支块顶辆副]|x\b|×)")


def value_in(values: Sequence[str], text: str) -> str | None:
    """Find the one value that a text names a part of: "i7" of "i7-8700", "128g" of "128GB"; None of none or several.

    >>> value_in(["i7-8700", "R7-2700"], "i7的，240G"), value_in(["32GB", "128GB"], "就三十二的")
    ('i7-8700', '32GB')
    """
    said = _tokens(_COUNTED.sub(" ", text))
    best: dict[int, list[str]] = {}
    for value in values:
        hits = sum(any(_is_part(word, token) for word in said) for token in _tokens(value) if _tells(token, values))
        best.setdefault(hits, []).append(value)
    hits = max(best, default=0)
    return best[hits][0] if hits and len(best[hits]) == 1 else None


def without_name(text: str, product: ProductView) -> str:
    """Take the product's name out of a text: the 27 of "27-Inch Monitor" is no option."""
    return re.sub(re.escape(product.name), " ", text, flags=re.IGNORECASE)


def ranked(turn: Turn, product: ProductView, chosen: Mapping[str, str], text: str) -> dict[str, str]:
    """Choose what is open by "the cheapest" or "the biggest", where a text says so; nothing where it does not."""
    fitting = [one for one in select_variants(product, chosen) if one.stock > 0]
    if not fitting:
        return {}
    if says(turn, "cheapest", text):
        low = min(fitting, key=lambda one: one.price.amount)
        alone = sum(one.price == low.price for one in fitting) == 1
        return dict(low.options) if alone else {}
    biggest = says(turn, "biggest", text)
    if not biggest and not says(turn, "smallest", text):
        return {}
    return _furthest(product, fitting, chosen, biggest=biggest)


def step_from(turn: Turn, product: ProductView, options: Mapping[str, str]) -> dict[str, str]:
    """Give the value next to the one that a variant has: "a size bigger"; nothing where none is, or none was said."""
    by = 1 if says(turn, "bigger") else -1 if says(turn, "smaller") else 0
    for name in product.option_names if by else ():
        ordered = sorted(product.option_values(name), key=size_of)
        place = next((at for at, value in enumerate(ordered) if value == options.get(name)), None)
        if place is not None and size_of(ordered[0]) and 0 <= place + by < len(ordered):
            return {name: ordered[place + by]}
    return {}


def told_sizes(turn: Turn, product: ProductView) -> dict[str, str]:
    """Choose the size that the shopper has told to wear, where the product comes in it."""
    with turn.reading() as session:
        sizes = wishes_of(turn, session).sizes
    found = {}
    for name in product.option_names:
        values = product.option_values(name)
        fitting = [value for value in values if any(set(_tokens(size)) <= set(_tokens(value)) for size in sizes)]
        if "size" in name.casefold().split() and len(fitting) == 1:
            found[name] = fitting[0]
    return found


def size_of(value: str) -> float:
    """Read how big a value is, in the smaller unit of its kind; 0 where it is no size.

    >>> size_of("1TB") > size_of("500GB"), size_of("Size 42"), size_of("pearl")
    (True, 42.0, 0.0)
    """
    found = _UNIT.search(re.sub(r"^\D+", "", value))
    return float(found[1]) * _LARGER.get(found[2].casefold(), 1) if found else 0.0


def _furthest(
    product: ProductView, fitting: Sequence[VariantView], chosen: Mapping[str, str], *, biggest: bool
) -> dict[str, str]:
    for name in product.option_names:
        values = {one.options[name] for one in fitting if name in one.options}
        if name not in chosen and len(values) > 1 and all(size_of(value) for value in values):
            return {name: (max if biggest else min)(values, key=size_of)}
    return {}


def _tells(token: str, values: Sequence[str]) -> bool:
    """Tell whether a word of a value tells it from others: "size" and "ssd" do not, beside a number."""
    is_number = any(sign.isdigit() for sign in token)
    numbered = any(sign.isdigit() for value in values for sign in value)
    return is_number >= numbered and sum(token in _tokens(value) for value in values) == 1


def _is_part(said: str, token: str) -> bool:
    """Tell whether a word said is one of a value, or its beginning: "128", "128g" and "128gb"."""
    if said == token:
        return True
    number = re.match(r"\d+", token)
    if number is None or len(number[0]) < _SHORTEST_NUMBER:
        return False
    return said.startswith(number[0]) and token.startswith(said)


def _tokens(text: str) -> list[str]:
    plain = _NUMERAL_ZH.sub(lambda found: f" {_read_zh(found[0])} ", text)
    return [token.casefold() for token in _TOKEN.findall(plain)]


def _read_zh(numeral: str) -> int:
    """Read a numeral below a thousand: 一百二十八 is 128."""
    total, digit = 0, 0
    for sign in numeral:
        if sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS_ZH[sign]
    return total + digit
