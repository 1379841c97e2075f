"""Which lines of an order a message means: by the words of their names, by options, by their place in a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from actions.cards import variant_title
from actions.desk_case import asked_by
from actions.desk_words import says_any
from actions.references import Candidate, Mention, Verdict, resolve
from actions.targets import candidate_of
from actions.turn import Turn
from shop.catalogue import get_products_by_sku
from shop.orders import OrderLineView
from shop.search_text import stem, stop_words, words
from shop.text import ascii_digits

ITEMS = "items"
# A number, what may say that it counts pieces, and the next words. A number with a sign before it is no count.
_COUNTED = re.compile(
    r"(?<![A-Za-z0-9.#-])(\d{1,3})(?![\d.])\s*(x\b|×|of\b|[个件双台把只根本张盆条部支块顶辆])?\s*((?:[^\W\d]+\s*){0,3})"
)
_ALL = frozenset({"all", "both"})


def line_title(line: OrderLineView) -> str:
    """Call a line by its name and options."""
    return variant_title(line.name, line.options)


def named_lines(turn: Turn, lines: Sequence[OrderLineView]) -> list[OrderLineView] | None:
    """Find the lines that a message means; None where it means none, or does not say which."""
    mention = Mention.of(turn)
    if set(mention.references) & _ALL or says_any(turn, "desk.everything"):
        return list(lines)
    return _mentioned(turn, mention, lines) or (None if turn.from_button else lines_said(turn, turn.text, lines))


def points_at_lines(turn: Turn, lines: Sequence[OrderLineView]) -> bool:
    """Tell whether a message speaks of a part of an order with these lines, though it may not be found in it."""
    mention = Mention.of(turn)
    named = mention.skus or mention.products or mention.facets or mention.words
    # "One of my orders" counts no pieces.
    return bool(named) or (len(lines) > 1 and turn.number("quantity") not in (None, 1))


def lines_said(turn: Turn, text: str, lines: Sequence[OrderLineView]) -> list[OrderLineView] | None:
    """Find lines by the words of their names: "my mouse" means the one that says "mouse"."""
    said = _stems(turn.services.glossary.translated(text))
    found = [said & _name_stems(line) for line in lines]
    best = [
        line
        for line, hits in zip(lines, found, strict=True)
        if hits and found.count(hits) == 1 and not any(hits < others for others in found)
    ]
    return best or None


def count_before(turn: Turn, text: str, line: OrderLineView) -> int | None:
    """Find the number that stands before what a line is called: the 5 of "5 skipping ropes"."""
    text = turn.services.glossary.translated(ascii_digits(text))
    stems = _name_stems(line)
    counted = ((int(number), sign or stems & _stems(rest)) for number, sign, rest in _COUNTED.findall(text))
    return next((number for number, is_count in counted if is_count), None)


def _mentioned(turn: Turn, mention: Mention, lines: Sequence[OrderLineView]) -> list[OrderLineView] | None:
    if mention.skus:
        wanted = {sku.casefold() for sku in mention.skus}
        return [line for line in lines if line.sku.casefold() in wanted] or None
    candidates = _candidates(turn, lines)
    if mention.products:
        fitting = [one for one in candidates if one.slug in mention.products]
    elif asked_by(turn) == ITEMS and (places := _places_said(turn, mention)):
        found = resolve(Mention(ordinals=places), candidates)
        fitting = list(found.candidates) if found.verdict is Verdict.FOUND else []
    elif mention.facets or mention.words:
        fitting = list(resolve(replace(mention, ordinals=(), references=()), candidates).candidates)
    else:
        return None
    return _lines_of(lines, _narrowed(fitting, mention))


def _places_said(turn: Turn, mention: Mention) -> tuple[int, ...]:
    """Read places in the list of lines; a bare number is one, too."""
    bare = turn.text.strip().lstrip("#")
    return mention.ordinals or ((int(bare),) if re.fullmatch(r"\d{1,4}", bare) else ())


def _name_stems(line: OrderLineView) -> frozenset[str]:
    """Give what a line is called, without the options: a size names no product."""
    return _stems(line.name) - _stems(" ".join(line.options.values()))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word not in stop_words() and not word.isdecimal())


def _narrowed(fitting: Sequence[Candidate], mention: Mention) -> list[Candidate]:
    """Leave those that have the options said, where any has: with an exchange they may be those of the other one."""
    said = {*mention.options, *mention.facets}
    return [one for one in fitting if said <= {*one.options, *one.facets}] or list(fitting)


def _lines_of(lines: Sequence[OrderLineView], fitting: Sequence[Candidate]) -> list[OrderLineView] | None:
    skus = {one.sku for one in fitting}
    return [line for line in lines if line.sku in skus] or None


def _candidates(turn: Turn, lines: Sequence[OrderLineView]) -> list[Candidate]:
    """Make lines something that can be pointed at; what is no longer for sale goes by its name."""
    with turn.reading() as session:
        products = get_products_by_sku(session, [line.sku for line in lines])
    owners = {variant.sku: product for product in products for variant in product.variants}
    return [
        replace(candidate_of(owners[line.sku], line.sku), options=_own_options(line))
        if line.sku in owners
        else Candidate(line.sku, "", line.name, line.unit_price.amount, _own_options(line))
        for line in lines
    ]


def _own_options(line: OrderLineView) -> frozenset[str]:
    return frozenset(value.casefold() for value in line.options.values())
