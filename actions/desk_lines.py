"""Which lines of an order a message means: by the words of their names, by options, by their place in a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from actions.cards import variant_title
from actions.desk_case import SLOT, asked_by
from actions.desk_parts import joined_clauses, parts_of
from actions.desk_words import holds_any
from actions.naming import candidate_of
from actions.references import Candidate, Mention, Verdict, resolve
from actions.turn import Turn
from shop.catalogue import get_products_by_sku
from shop.orders import OrderLineView
from shop.returns import GoodsView
from shop.search_text import stem, stop_words, words
from shop.text import ascii_digits

ITEMS = "items"
# A number, what may say that it counts pieces, and the next words. A number with a sign before it is no count.
_COUNTED = re.compile(
    r"(?<![A-Za-z0-9.#-])(\d{1,3})(?![\d.])(?!(?!x\b)[A-Za-z])\s*(x\b|×|of\b|[个件双台把只根本张盆条部支块顶辆])?\s*((?:[^\W\d]+\s*){0,3})"
)
_ALL = frozenset({"all", "both"})
_NUMBERS = re.compile(r"\d+")


def line_title(line: OrderLineView) -> str:
    """Call a line by its name and options."""
    return variant_title(line.name, line.options)


def named_lines(turn: Turn, lines: Sequence[OrderLineView]) -> list[OrderLineView] | None:
    """Find the lines that a message means; None where it means none, or does not say which."""
    mention = Mention.of(turn)
    if turn.from_button:
        return list(lines) if set(mention.references) & _ALL else _mentioned(turn, mention, lines)
    parts = parts_of(turn, _goal(turn))
    kept, described = (lines_said(turn, joined_clauses(one), lines) or [] for one in (parts.kept, parts.described))
    wanted = [line for line in lines_said(turn, joined_clauses(parts.wanted), lines) or [] if line not in kept]
    if kept or (described and wanted):
        left = [line for line in lines if line not in kept]
        return wanted or (left if len(left) == 1 else None)
    if set(mention.references) & _ALL or holds_any(turn, joined_clauses(parts.wanted), "desk.everything"):
        return list(lines)
    return _mentioned(turn, mention, lines) or lines_said(turn, turn.text, lines) or _of_size(turn, lines)


def kept_lines(turn: Turn, lines: Sequence[OrderLineView]) -> list[OrderLineView]:
    """Find the lines that a message wants to keep as they are."""
    if turn.from_button:
        return []
    return lines_said(turn, joined_clauses(parts_of(turn, _goal(turn)).kept), lines) or []


def words_hit(turn: Turn, lines: Sequence[OrderLineView | GoodsView]) -> int:
    """Count the words of a message by which lines are called: of several orders the one with most of them is meant."""
    said = _stems(turn.services.glossary.translated(turn.text))
    return len(said & frozenset().union(*map(_name_stems, lines)))


def sized_so(turn: Turn, lines: Sequence[OrderLineView]) -> list[OrderLineView]:
    """Find the lines whose size is the number that a message has: there are no 46 pairs of it, but one in size 46."""
    count = turn.number("quantity")
    if count is None or any(line.quantity >= count for line in lines):
        return []
    return [line for line in lines if str(count) in _NUMBERS.findall(" ".join(line.options.values()))]


def _of_size(turn: Turn, lines: Sequence[OrderLineView]) -> list[OrderLineView] | None:
    """Find the one line whose option is all that a message says of it: "the 46"."""
    said = {value.casefold() for value in turn.entities("option_value")}
    fitting = sized_so(turn, lines) or [line for line in lines if said & _own_options(line)]
    return fitting if len(fitting) == 1 else None


def _goal(turn: Turn) -> str | None:
    return (turn.slot(SLOT) or {}).get("goal")


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
    return best or _called_last(said, [line for line, hits in zip(lines, found, strict=True) if hits])


def _called_last(said: frozenset[str], lines: Sequence[OrderLineView]) -> list[OrderLineView] | None:
    """Of lines that share a word, find the one that is what it says: "the lens" is the Camera Lens, no Lens Camera."""
    fitting = [line for line in lines if stem(words(line.name)[-1]) in said]
    return fitting if len(fitting) == 1 else None


def names_nothing_else(turn: Turn, text: str, lines: Sequence[OrderLineView]) -> bool:
    """Tell whether each English word of a text is one that lines are called by, or says nothing: "the mouse pls"."""
    said = {word for word in _stems(turn.services.glossary.translated(text)) if word.isascii()}
    return said <= frozenset().union(*map(_stems, (line.name for line in lines)))


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
        # With an exchange the options said are those of what is wanted, too: they choose among what the words fit.
        named = replace(mention, ordinals=(), references=(), options=())
        fitting = list(resolve(named, candidates).candidates)
    else:
        return None
    return _lines_of(lines, _narrowed(fitting, mention))


def _places_said(turn: Turn, mention: Mention) -> tuple[int, ...]:
    """Read places in the list of lines; a bare number is one, too."""
    bare = turn.text.strip().lstrip("#")
    return mention.ordinals or ((int(bare),) if re.fullmatch(r"\d{1,4}", bare) else ())


def _name_stems(line: OrderLineView | GoodsView) -> frozenset[str]:
    """Give what a line is called, without the options: a size names no product."""
    return _stems(line.name) - _stems(" ".join(line.options.values()))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word not in stop_words() and not word.isdecimal())


def _narrowed(fitting: Sequence[Candidate], mention: Mention) -> list[Candidate]:
    """Leave those that have the options said, where any has: with an exchange they may be those of the other one."""
    said = {*mention.options, *mention.facets}
    exact = [one for one in fitting if said <= {*one.options, *one.facets}]
    return exact or [one for one in fitting if said & {*one.options, *one.facets}] or list(fitting)


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
