"""Options of a product: what the shopper has chosen so far, and what is left to choose."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actions.naming import is_part_of_name
from actions.option_values import ranked, told_sizes, value_in, without_name
from actions.spoken import Piece
from actions.turn import Turn
from shop.catalogue import ProductView, VariantView, select_variants

_NEAR = 6
_SIZE = re.compile(
    r"\b(?:an?|in|size) (\d{2})\b(?![.,]\d|\s*(?:%|dollars?|bucks?|usd))|有(\d{2})(?!\d)|(?<!\d)(\d{2})[的码号]"
)


@dataclass(frozen=True)
class Chosen:
    """Options by name, and the values that were said but that this product does not have."""

    values: Mapping[str, str]
    unknown: tuple[str, ...] = ()


def chosen_options(turn: Turn, product: ProductView, piece: Piece | None = None) -> Chosen:
    """Match what was said with the product's options.

    A filter of the search that showed the product counts as said: who looks for shoes in size 42 need not say it again.

    Args:
        turn: the turn.
        product: the product.
        piece: what of the message speaks of it; all of it without this.
    """
    said = {}
    unknown = []
    named = _named(turn, piece, "option_value")
    like = None if named or piece or turn.from_button else _bare_number(product, turn.text)
    for word in [*named, *([like] if like else [])]:
        name = option_having(product, word, turn.entity("option_name"))
        if name is None:
            # "The 32 inch one" only calls the 32-Inch Monitor by its name.
            unknown += [] if is_part_of_name(product, word) else [word]
        else:
            said[name] = _spelling(product, name, word)
    for word in _named(turn, piece, "colour"):
        name = option_having(product, word)
        if name is not None:
            said[name] = _spelling(product, name, word)
        elif word.casefold() not in (colour.casefold() for colour in product.colours):
            unknown.append(word)
    return Chosen(
        {**_from_search(turn, product), **_by_part(product, _text(turn, piece), said), **said}, tuple(unknown)
    )


def wanted_options(turn: Turn, product: ProductView, piece: Piece | None = None) -> Chosen:
    """Match what is to be bought with the product's options: a size told once counts, and so does "the cheapest"."""
    said = chosen_options(turn, product, piece)
    known = {**told_sizes(turn, product), **said.values}
    return Chosen({**known, **ranked(turn, product, known, _text(turn, piece))}, said.unknown)


def _text(turn: Turn, piece: Piece | None) -> str:
    return "" if turn.from_button else (piece.text if piece else turn.text)


def _named(turn: Turn, piece: Piece | None, kind: str) -> list[str]:
    return piece.values(turn, kind) if piece else turn.entities(kind)


def _by_part(product: ProductView, text: str, said: Mapping[str, str]) -> dict[str, str]:
    """Find values of which a text names a part, of the options that it names no value of."""
    left = without_name(text, product)
    found = {name: value_in(product.option_values(name), left) for name in product.option_names if name not in said}
    return {name: value for name, value in found.items() if value is not None}


def option_having(product: ProductView, value: str, hint: str | None = None) -> str | None:
    """Name the product's option that has a value; with a hint, such as "size", options of that name come first."""
    names = [name for name in product.option_names if value.casefold() in _folded(product.option_values(name))]
    return next((name for name in names if hint and is_named(name, hint)), next(iter(names), None))


def variants_having(product: ProductView, values: Sequence[str], hint: str | None = None) -> list[VariantView]:
    """Give the variants that have, of each option of which values are said, one of them: "1TB and 2TB" are both."""
    said: dict[str, set[str]] = {}
    for value in values:
        if name := option_having(product, value, hint):
            said.setdefault(name, set()).add(value.casefold())
    fits = [one for one in product.variants if all(one.options.get(name, "").casefold() in said[name] for name in said)]
    return fits if said else []


def says_several(product: ProductView, values: Sequence[str], hint: str | None = None) -> bool:
    """Tell whether several values of one option are said."""
    names = [name for value in values if (name := option_having(product, value, hint))]
    return len(set(names)) < len(names)


def is_named(option: str, word: str) -> bool:
    """Tell whether a shopper's word names an option: "size" and "sizes" name "screen size".

    >>> is_named("screen size", "Sizes"), is_named("RAM", "size")
    (True, False)
    """
    said, name = word.casefold().strip(), option.casefold()
    return said in {name, f"{name}s"} or any(said in {part, f"{part}s"} for part in name.split())


def options_like(product: ProductView, value: str) -> list[str]:
    """Name the options whose values are of a kind with one that the product does not have.

    "17 inch" is a kind of "13 inch", as only the number differs; so is "Size 99" of "Size 42".
    """
    kind = _kind(value)
    return [
        name
        for name in product.option_names
        if kind and any(_kind(known) == kind for known in product.option_values(name))
    ]


def value_like(product: ProductView, text: str) -> str | None:
    """Find in a text a value that is of a kind with the product's, though no product may have it: "17 inch"."""
    for name in product.option_names:
        for kind in {_kind(known) for known in product.option_values(name)} - {""}:
            found = re.search(rf"\b(\d[\d.,]*\s*{re.escape(kind)}|{re.escape(kind)}\s*\d+)\b", text, re.IGNORECASE)
            if found:
                return found[0]
    return _bare_number(product, text)


def _bare_number(product: ProductView, text: str) -> str | None:
    """Read "do you have a 43" as "Size 43", where the product comes in such sizes and the number is near them."""
    for name in product.option_names:
        found = [re.fullmatch(r"([^\W\d]+) (\d{2})", value) for value in product.option_values(name)]
        sizes = [int(match[2]) for match in found if match]
        if not sizes or not all(found):
            continue
        for match in _SIZE.finditer(text.casefold()):
            said = match[1] or match[2] or match[3]
            if min(sizes) - _NEAR <= int(said) <= max(sizes) + _NEAR:
                return f"{product.option_values(name)[0].split()[0]} {said}"
    return None


def next_open(product: ProductView, chosen: Mapping[str, str]) -> tuple[str, list[str]] | None:
    """Give the next option that has to be asked for, with the values that can be had; None where none is left.

    An option with one value is not asked for. One whose other values are sold out is, as the shopper may not want what
    is left.
    """
    fitting = select_variants(product, chosen)
    for name in product.option_names:
        if name in chosen or len(_values(fitting, name)) <= 1:
            continue
        return name, _values([variant for variant in fitting if variant.stock > 0], name)
    return None


def _values(variants: Sequence[VariantView], name: str) -> list[str]:
    return list(dict.fromkeys(variant.options[name] for variant in variants if name in variant.options))


def _from_search(turn: Turn, product: ProductView) -> dict[str, str]:
    filters = (turn.slot("search_state") or {}).get("filters") or {}
    asked: Mapping[str, str] = filters.get("options") or {}
    shown = set(turn.slot("candidate_skus") or ()) & {variant.sku for variant in product.variants}
    if not shown:
        return {}
    found = {value: option_having(product, value, name) for name, value in asked.items()}
    return {name: _spelling(product, name, value) for value, name in found.items() if name is not None}


def _spelling(product: ProductView, name: str, value: str) -> str:
    return next(known for known in product.option_values(name) if known.casefold() == value.casefold())


def _kind(value: str) -> str:
    return re.sub(r"[\d.,\s]+", "", value).casefold() if re.search(r"\d", value) else ""


def _folded(values: Sequence[str]) -> set[str]:
    return {value.casefold() for value in values}
