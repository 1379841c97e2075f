"""Which things one message speaks of, each with the words that belong to it: "the mouse, and two mint chairs"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from actions.naming import candidate_of, is_part_of_name
from actions.option_values import value_in, without_name
from actions.options import option_having
from actions.references import THIS, Candidate, Mention, Verdict, resolve
from actions.said_goods import halves_of
from actions.spoken import NO_PIECE, Piece, joined, pieces_of, says
from actions.targets import focused_product, shown_products
from actions.turn import Turn
from shop.carts import view_cart
from shop.catalogue import ProductView, get_product, get_products_by_sku
from shop.glossary import has_han
from shop.search import SearchQuery
from shop.search_text import stem, stop_words, words

_FOUND = 5
_SAME_WORD = 85.0
_OPTIONS = ("option_value", "colour")


@dataclass(frozen=True)
class Goods:
    """One thing that a message speaks of.

    Attributes:
        piece: what of the message speaks of it.
        products: what it can be; one where that is clear, none where nothing of the shop fits.
        called: what the shopper calls it; empty where only options were said.
        clause: the part of the piece that names it.
    """

    piece: Piece
    products: tuple[ProductView, ...] = ()
    called: str = ""
    clause: Piece = NO_PIECE

    @property
    def product(self) -> ProductView | None:
        """Give the one product that it is."""
        return self.products[0] if len(self.products) == 1 else None


def goods_said(turn: Turn) -> list[Goods]:
    """Find what a message speaks of, in its order; each option and number belongs to what stands next to it."""
    if turn.from_button:
        return []
    with turn.reading() as session:
        seen = _seen(turn, session)
        read = [replace(one, clause=piece) for piece in pieces_of(turn) for one in _read(turn, session, piece, seen)]
    return _once(turn, [one for one in _gathered(turn, read) if one.products or one.called])


def goods_in(turn: Turn, piece: Piece) -> Goods | None:
    """Find what one stretch of a message calls by a name, of the shop's things or not; None where it calls nothing."""
    with turn.reading() as session:
        read = _read(turn, session, piece, _seen(turn, session), is_wish=True)
    return next((replace(one, clause=piece) for one in read if one.called), None)


def _seen(turn: Turn, session: Session) -> list[ProductView]:
    """Fetch what was spoken of, was shown, or lies in the cart."""
    focus = focused_product(turn, session)
    lying = get_products_by_sku(session, [line.sku for line in view_cart(session, turn.shopper).lines])
    found = [*([focus] if focus else []), *shown_products(turn, session), *lying]
    return list({product.slug: product for product in found}.values())


def _read(
    turn: Turn, session: Session, piece: Piece, seen: Sequence[ProductView], *, is_wish: bool = False
) -> list[Goods]:
    """Find what one piece speaks of; in a wish, words of the glossary are goods though the model has seen none."""
    named = [Goods(piece, (get_product(session, slug),), slug) for slug in piece.values(turn, "product")]
    if named:
        return named
    called = _called(turn, piece, seen, is_wish or _adds(turn, piece))
    apart = _halves_said(turn, session, piece, seen)
    if len(apart) > 1:
        return apart
    if called:
        return [Goods(piece, tuple(_best(turn, session, piece, called, seen)), called)]
    pointed = _pointed(turn, piece, seen)
    return [Goods(piece, (pointed,) if pointed else ())]


def _halves_said(turn: Turn, session: Session, piece: Piece, seen: Sequence[ProductView]) -> list[Goods]:
    """Read two things that stand side by side as two: "键盘鼠标各来一个"."""
    halves = [half for name in piece.values(turn, "product_query") for half in halves_of(turn, name)]
    called = [turn.services.glossary.translated(half) for half in halves]
    found = [(one, tuple(_best(turn, session, piece, one, seen))) for one in called] if len(halves) > 1 else []
    both = [Goods(piece, products, one) for one, products in found if products]
    known = {tuple(product.slug for product in one.products) for one in both}
    return both if len(known) == len(halves) else []


def _adds(turn: Turn, piece: Piece) -> bool:
    return any(says(turn, name, piece.joint + piece.text) for name in ("adds", "commits"))


def _called(turn: Turn, piece: Piece, seen: Sequence[ProductView], is_wish: bool) -> str:
    """Give the words of a piece by which it calls goods, in the catalogue's words."""
    text = piece.text.casefold()
    queried = [word for query in turn.entities("product_query") for word in query.split() if word.casefold() in text]
    # What is written in traditional characters is named in simplified ones.
    queried += [value for value in piece.values(turn, "product_query") if has_han(value) and value not in turn.text]
    known = {stem(word) for product in seen for word in words(product.name)} - stop_words()
    told = [word for word in words(turn.services.glossary.translated(piece.text)) if stem(word) in known]
    queried = queried or (_sold_words(turn, piece) if is_wish else [])
    said = [*words(turn.services.glossary.translated(" ".join(queried))), *told]
    return " ".join(word for word in dict.fromkeys(said) if word not in stop_words() and not word.isdecimal())


def _sold_words(turn: Turn, piece: Piece) -> list[str]:
    """Give the goods that a Chinese piece wishes for in words of the glossary, where the model has seen none."""
    glossary = turn.services.glossary
    if not has_han(piece.text):
        return []
    found = [word for word in glossary.terms if len(word) > 1 and word in piece.text]
    longest = [word for word in found if not any(word != other and word in other for other in found)]
    return [word for word in longest if turn.services.search.sells(glossary.translated(word))]


def _best(
    turn: Turn, session: Session, piece: Piece, called: str, seen: Sequence[ProductView]
) -> Sequence[ProductView]:
    """Find the products whose names have most of the words, and whose facts have the others."""
    results = turn.services.search.search(SearchQuery(text=called, limit=_FOUND))
    found = get_products_by_sku(session, [hit.sku for hit in results.hits])
    pool = list({product.slug: product for product in (*seen, *found)}.values())
    hits = {product.slug: _hits(called, words(product.name)) for product in pool}
    fitting = [product for product in pool if hits[product.slug] and _covers(product, called)]
    if not fitting and has_han(piece.text):
        # The catalogue's name for "花盆" is wider than the thing seen: a flower pot is the Tulip Pot in the cart.
        fitting = [product for product in seen if _is_among(called.split()[-1], words(product.name)[-1:])]
    most = max((hits[product.slug] for product in fitting), default=0)
    best = [product for product in fitting if hits[product.slug] == most]
    said = {value.casefold() for value in piece.values(turn, *_OPTIONS)}
    narrowed = [product for product in best if all(_has(product, value) for value in said)] or best
    known = [product for product in narrowed if product in seen]
    focus = focused_product(turn, session) if set(piece.values(turn, "reference")) & THIS else None
    if focus and focus in known:
        return [focus]
    return known if len(known) == 1 else narrowed


def _hits(called: str, name: Iterable[str]) -> int:
    return sum(_is_among(word, name) for word in called.split())


def _covers(product: ProductView, called: str) -> bool:
    """Tell whether all that something is called can be said of a product."""
    told = [word for fact in (product.name, *product.categories, *_facts(product)) for word in words(fact)]
    return all(_is_among(word, told) for word in called.split())


def _is_among(word: str, others: Iterable[str]) -> bool:
    # Fuzzy, as names are mistyped.
    from rapidfuzz import fuzz

    return any(stem(word) == stem(other) or fuzz.ratio(word, other) >= _SAME_WORD for other in others)


def _has(product: ProductView, value: str) -> bool:
    return value in _facts(product) or is_part_of_name(product, value)


def _facts(product: ProductView) -> set[str]:
    one = candidate_of(product, product.variants[0].sku)
    return {*one.options, *one.facets}


def _pointed(turn: Turn, piece: Piece, seen: Sequence[ProductView]) -> ProductView | None:
    """Find the one thing seen that has the options of a piece which calls it by no name: "the 27 inch curved one"."""
    said = tuple(value.casefold() for value in piece.values(turn, *_OPTIONS))
    if not said:
        return None
    found = resolve(Mention(options=said), [_candidate(product) for product in seen])
    if found.verdict is not Verdict.FOUND:
        return None
    return next(product for product in seen if product.slug == found.candidates[0].slug)


def _candidate(product: ProductView) -> Candidate:
    return candidate_of(product, product.variants[0].sku)


def _gathered(turn: Turn, read: Sequence[Goods]) -> list[Goods]:
    """Give what calls nothing by name to its neighbour; "one mint and one pearl chair" are two of one product."""
    gathered: list[Goods] = []
    waiting: list[Goods] = []
    for one in read:
        before = gathered[-1] if gathered else None
        if one.called:
            gathered += _led_by(turn, waiting, one)
            waiting = []
        elif one.products and (before is None or before.product not in one.products):
            gathered.append(one)
        elif before is None:
            waiting.append(one)
        elif _chooses_anew(turn, before, one):
            gathered.append(replace(one, products=before.products))
        else:
            gathered[-1] = replace(before, piece=joined(turn, before.piece, one.piece))
    return gathered


def _led_by(turn: Turn, waiting: Sequence[Goods], named: Goods) -> list[Goods]:
    """Give the pieces before a name what it names, or the named one their words, where both choose other options."""
    apart = [one for one in waiting if _chooses_anew(turn, named, one)]
    if not waiting or apart:
        return [*(replace(one, products=named.products) for one in apart), named]
    return [replace(named, piece=joined(turn, waiting[0].piece, named.piece))]


def _once(turn: Turn, goods: Sequence[Goods]) -> list[Goods]:
    """Take what is named in Chinese and, right beside it, by its catalogue name as one thing: "盆景小树 Bonsai"."""
    kept: list[Goods] = []
    for one in goods:
        before = kept[-1] if kept else None
        if before and _names_again(before, one):
            product = before.products if before.product else one.products
            piece = joined(turn, before.piece, one.piece)
            kept[-1] = replace(one if one.product else before, piece=piece, products=product, clause=before.clause)
        else:
            kept.append(one)
    return kept


def _names_again(before: Goods, one: Goods) -> bool:
    """Tell whether the second of two neighbours is the first in the other script."""
    if one.piece.joint.strip() or not (one.called and before.called) or not (before.product or one.product):
        return False
    if has_han(before.clause.text) == has_han(one.clause.text):
        return False
    return not (before.products and one.products) or bool(
        {product.slug for product in before.products} & {product.slug for product in one.products}
    )


def _chooses_anew(turn: Turn, known: Goods, other: Goods) -> bool:
    """Tell whether two pieces choose one option of a product twice."""
    product = known.product
    chosen = [_chosen_names(turn, product, one.piece) for one in (known, other)] if product else [set(), set()]
    return bool(chosen[0] & chosen[1])


def _chosen_names(turn: Turn, product: ProductView, piece: Piece) -> set[str]:
    names = {option_having(product, value) for value in piece.values(turn, *_OPTIONS)}
    text = without_name(piece.text, product)
    # "One 44 one 46", of which the language model read no value.
    told = {name for name in product.option_names if value_in(product.option_values(name), text)}
    return {*told, *(name for name in names if name is not None)}
