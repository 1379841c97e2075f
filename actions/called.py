"""Which thing a message calls by words of its own: among what is shown, in the whole catalogue, and shown before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from sqlalchemy.orm import Session

from actions.naming import (
    Wording,
    best_named,
    candidate_of,
    costs,
    fits,
    in_catalogue_words,
    says_kind,
    stems,
    wording_of,
)
from actions.references import THIS, Candidate, Mention, Resolution, one_of
from actions.turn import Turn
from shop.catalogue import ProductView, get_products_by_sku
from shop.search import SearchQuery

ASKS_WHETHER: Final = "tell_option"
"""The goal of a question whose other words tell what is asked, and not of what."""
_COUNTS: Final = {"two": 2, "three": 3, "four": 4, "five": 5, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5}
_COUNTED: Final = re.compile(
    r"\b(?:those|these|the|all) (two|three|four|five)\b(?!-)|(?:[那这]|刚才的?|之前的?)([两俩三四五])"
)


def called(
    turn: Turn, goal: str, mention: Mention, shown: Sequence[Candidate], focus: Candidate | None
) -> Resolution | None:
    """Find what a message calls by words of its own; None where it points by a place, or at what is spoken of.

    Args:
        turn: the turn.
        goal: what is to be done with it.
        mention: what the language model has found in the message.
        shown: what the shopper sees.
        focus: what was last spoken of; where it is, other things are only meant where they are pointed at, or where
            their kind is named.
    """
    if mention.ordinals or set(mention.references) - THIS:
        return None
    wording = wording_of(turn)
    pool = [*shown, *([focus] if focus and focus.sku not in {one.sku for one in shown} else [])]
    best = _best(wording, mention, pool, focus)
    if goal != ASKS_WHETHER:
        best = [one for one in best if not _means_others(wording, one, goal)]
    return one_of(best) if best else None


def called_outright(turn: Turn, *, has_focus: bool, several: bool = False) -> list[str]:
    """Give the products, by slug, that a message names by a word that stands in the name of no other.

    Args:
        turn: the turn.
        has_focus: whether something is spoken of already.
        several: whether the message lists names, so that a capital is enough of a sign.
    """
    wording = wording_of(turn)
    found = [_only_one(turn, word) for word in sorted(wording.proper | (wording.capitals if several else set()))]
    goods = frozenset() if has_focus else _of_kind(turn, wording.goods)
    # "Is it leather?" asks of what is spoken of, and points at no leather sofa.
    stuffs = frozenset(turn.services.advice.materials) if has_focus else frozenset()
    likely = sorted((wording.pointing | goods) - stuffs)
    found += [slug for word in likely if (slug := _only_one(turn, word)) and _finds_only(turn, word)]
    return list(dict.fromkeys(slug for slug in found if slug))


def called_by_name(turn: Turn) -> list[str]:
    """Give the products, by slug, that a name of their own calls: "RunX", or two words in a row: "Compact SLR"."""
    points = set(turn.entities("reference")) & THIS
    goods = set() if points else set(" ".join(turn.entities("product_query")).casefold().split())
    said = [word for word in re.findall(r"[a-z0-9]+", turn.heard.casefold()) if word in goods]
    pairs = [turn.services.vocabulary.products_with(*pair) for pair in pairwise(said)]
    proper = [slug for word in sorted(wording_of(turn).proper) if (slug := _only_one(turn, word))]
    return list(dict.fromkeys([*proper, *(slugs[0] for slugs in pairs if len(slugs) == 1)]))


def called_in_rest(turn: Turn) -> list[str]:
    """Give the products, by slug, whose kind a message names in what is left of it once the rest was set aside.

    The language model reads one thing of "the gloves are no good, isn't a skateboard too early": the first.
    """
    if not turn.has_set_aside:
        return []
    said = stems(in_catalogue_words(turn, turn.heard.casefold()))
    kinds = [word for word in sorted(said) if turn.services.vocabulary.ends_name(word)]
    return list(dict.fromkeys(slug for word in kinds if (slug := _only_one(turn, word))))


def of_that_sort(turn: Turn, named: ProductView, shown: Sequence[ProductView]) -> ProductView:
    """Give the one of a list that "the basketball ones" means, where the word alone is the name of something else."""
    if named in shown or not re.search(rf"\b{re.escape(named.name)} ones?\b", turn.heard, re.IGNORECASE):
        return named
    fitting = [one for one in shown if stems(named.name) <= stems(one.name)]
    return fitting[0] if len(fitting) == 1 else named


def names_choice(turn: Turn, pending: Mapping[str, Any]) -> bool:
    """Tell whether a message names some of the products between which the shopper was asked to choose, and not all."""
    with turn.reading() as session:
        choices = get_products_by_sku(session, pending["skus"])
    wording = wording_of(turn)
    pool = [candidate_of(product, product.variants[0].sku) for product in choices]
    return len(choices) == len(pending["skus"]) and bool(best_named(wording.said, pool, wording.amounts))


def count_said(turn: Turn) -> int:
    """Read of how many things of a list a message speaks: "those three"; 0 where it does not say."""
    counted = _COUNTED.search(turn.text.casefold())
    return _COUNTS[counted[1] or counted[2]] if counted else 0


def list_meant(turn: Turn, session: Session, shown: list[ProductView]) -> list[ProductView]:
    """Give the list of which so many things are spoken of, "those three": what is shown, else one shown before."""
    count = count_said(turn)
    if count in (0, len(shown)):
        return shown
    return next((products for products in shown_before(turn, session) if len(products) == count), shown)


def shown_before(turn: Turn, session: Session) -> list[list[ProductView]]:
    """Fetch the lists that were shown before what is shown now, the latest first."""
    return [get_products_by_sku(session, skus) for skus in turn.slot("earlier_skus") or []]


def _best(wording: Wording, mention: Mention, pool: Sequence[Candidate], focus: Candidate | None) -> list[Candidate]:
    if focus is None:
        return best_named(wording.said, pool, wording.amounts)
    amounts = [amount for amount in wording.amounts if str(amount) in wording.pointing]
    best = best_named(wording.pointing, pool, amounts)
    if not best:
        # "那还是RunX吧": a word that can only be a name calls another thing than the one spoken of.
        best = best_named(wording.proper, pool, names_only=True)
    if not best:
        kinds = wording.said if set(mention.references) & THIS else wording.goods
        best = [one for one in best_named(kinds, pool, names_only=True) if says_kind(kinds, one)]
    return best if len(best) == 1 and best[0].sku != focus.sku else []


def _means_others(wording: Wording, one: Candidate, goal: str) -> bool:
    """Tell whether the goods of a message are something else: a "camera bag" is no camera."""
    if any(costs(one, amount) for amount in wording.amounts):
        return False
    if goal != "add_to_cart" and any(fits(one, word) for word in wording.pointing):
        return False
    return any(word.isascii() and not fits(one, word) for word in wording.goods)


def _of_kind(turn: Turn, goods: frozenset[str]) -> frozenset[str]:
    """Leave out what only describes: "leather" says no kind of thing where no name ends with it."""
    return frozenset(word for word in goods if any(turn.services.vocabulary.ends_name(each) for each in goods))


def _only_one(turn: Turn, word: str) -> str | None:
    slugs = turn.services.vocabulary.products_called(word)
    return slugs[0] if len(slugs) == 1 else None


def _finds_only(turn: Turn, word: str) -> bool:
    """Tell whether a word speaks of one product only: "light" stands in one name, and is said of many things."""
    return turn.services.search.search(SearchQuery(text=word, limit=1)).total == 1
