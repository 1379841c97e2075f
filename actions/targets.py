"""Which product of the catalogue a message means; where that is not clear, the shopper is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy.orm import Session

from actions.cards import named_button
from actions.pending import WHICH
from actions.queries import price_pivot
from actions.references import THIS, Candidate, Mention, Resolution, Verdict, resolve
from actions.turn import Turn
from shop.catalogue import ProductView, get_product, get_product_by_sku, get_products_by_sku
from shop.search import Filters, SearchQuery

# What a shopper says of a thing before the assistant has to ask which one is meant.
_RECALLED = ("quantity", "option_value", "option_name", "colour")
_OFFERED = 5
_QUESTION_LENGTH = 200
_COUNTED = re.compile(r"\b(?:these|those|the|all) (?:two|three|four|five|\d)\b|[这那](?:两|三|四|五|\d)")
QUESTION = "question"
"""By this name a question is remembered while the assistant asks which product it is about."""
_ABOUT_WORDS = frozenset({"tell_option"})
"""Goals that are met by what the message says, and not by its entities alone."""


@dataclass(frozen=True)
class Target:
    """The product that is meant; `sku` is set where one variant was named outright."""

    product: ProductView
    sku: str | None = None


def candidate_of(product: ProductView, sku: str) -> Candidate:
    """Make a product something that can be pointed at."""
    facts = [value for values in product.attributes.values() for value in values]
    facets = [*product.colours, *product.categories, *facts, *([product.brand] if product.brand else [])]
    options = [text for variant in product.variants for option in variant.options.items() for text in option]
    return Candidate(
        sku=sku,
        slug=product.slug,
        name=product.name,
        price=next((one.price.amount for one in product.variants if one.sku == sku), product.price_min.amount),
        options=frozenset(value.casefold() for value in options),
        facets=frozenset(value.casefold() for value in facets),
    )


def shown_products(turn: Turn, session: Session) -> list[ProductView]:
    """Fetch what was last shown and is still for sale."""
    return get_products_by_sku(session, turn.slot("candidate_skus") or [])


def focused_product(turn: Turn, session: Session) -> ProductView | None:
    """Fetch what "it" means, if that is still for sale."""
    sku = turn.slot("focus_sku")
    return next(iter(get_products_by_sku(session, [sku])), None) if sku else None


def shown_price(turn: Turn, product: ProductView) -> Decimal:
    """Say what a product costs: the variant that was shown of it, else its cheapest."""
    skus = turn.slot("candidate_skus") or []
    return next((one.price.amount for one in product.variants if one.sku in skus), product.price_min.amount)


def pivot_of(turn: Turn, direction: str) -> Decimal | None:
    """Give the price than which "cheaper" and "dearer" are; None where nothing was shown."""
    with turn.reading() as session:
        focus, shown = focused_product(turn, session), shown_products(turn, session)
    if focus is None and not shown:
        return None
    prices = [shown_price(turn, product) for product in shown]
    return price_pivot(direction, prices, shown_price(turn, focus) if focus else None)


def pick_one(turn: Turn, goal: str, mention: Mention | None = None) -> Target | None:
    """Find the product that is meant; None when the shopper had to be asked or told instead.

    Args:
        turn: the turn.
        goal: what is to be done with it; remembered where the shopper is asked, so that the answer completes it.
        mention: what points at it; read from the message where it is not given.
    """
    mention = mention or Mention.of(turn)
    with turn.reading() as session:
        if mention.skus:
            return _by_sku(turn, session, goal, mention.skus)
        found = _resolved(turn, session, mention)
        if isinstance(found, list):
            return _only(turn, goal, found)
        products = get_products_by_sku(session, [one.sku for one in found.candidates])
    if found.verdict is Verdict.FOUND or found.verdict is Verdict.UNCLEAR:
        target = _only(turn, goal, products)
        return _settled(turn, mention, target) if target else None
    say_unresolved(turn, goal, found)
    return None


def pick_asked(turn: Turn, goal: str) -> Target | None:
    """Find the product that a question is about, as `pick_one` does, though it may also say what for.

    "Good for hiking?" names no product: the one that was spoken of is meant, or one of those that were shown. "Does the
    mouse need a cable?" names one by the first of its words that a name has.
    """
    mention = Mention.of(turn)
    with turn.reading() as session:
        focus, shown = focused_product(turn, session), shown_products(turn, session)
    if focus and len(shown) < 2 and mention == Mention(references=("all",)):
        # Of one thing nobody asks for all: a word such as "几个" was taken for it.
        return pick_one(turn, goal, Mention(references=("it",)))
    if set(mention.references) & THIS and not mention.products:
        # "It" is said of one thing; "is it good for a first flat" points at no place of a list.
        return pick_one(turn, goal, Mention(references=mention.references) if focus else replace(mention, words=""))
    if not mention.words or replace(mention, words="").says_something:
        return pick_one(turn, goal, replace(mention, words="") if mention.ordinals else mention)
    with turn.reading() as session:
        found = _searched(turn, session, mention)
    for word in mention.words.casefold().split():
        for pool in ([focus] if focus else [], shown, found):
            fitting = [one for one in pool if _has_word(one, word)]
            if fitting:
                return _only(turn, goal, fitting)
    return pick_one(turn, goal, replace(mention, words="") if focus or shown else mention)


def question_of(turn: Turn) -> str:
    """Give the question that is to be answered: the message, or what was said before the assistant had to ask which."""
    return turn.entity(QUESTION) or turn.text


def _has_word(product: ProductView, word: str) -> bool:
    names = product.name.casefold().split()
    return word in names or word.removesuffix("s") in names


def _by_sku(turn: Turn, session: Session, goal: str, skus: Sequence[str]) -> Target | None:
    products = {product.slug: product for product in (get_product_by_sku(session, sku) for sku in skus)}
    if len(skus) == 1:
        return Target(next(iter(products.values())), skus[0])
    # Two of one product leave its options open; two products leave open which.
    return _only(turn, goal, list(products.values()))


def one_shown(turn: Turn, session: Session) -> ProductView | None:
    """Find the one product of a list that a bare description fits: "the grey one"."""
    mention = Mention.of(turn)
    shown = shown_products(turn, session)
    if len(shown) < 2 or mention.words or not (mention.facets or mention.options):
        return None
    found = resolve(mention, [candidate_of(product, product.variants[0].sku) for product in shown])
    if found.verdict is not Verdict.FOUND:
        return None
    return next(product for product in shown if product.slug == found.candidates[0].slug)


def pick_several(turn: Turn) -> list[ProductView]:
    """Find all products that are meant, at most one page of them."""
    mention = Mention.of(turn)
    with turn.reading() as session:
        shown = shown_products(turn, session)
        if mention.ordinals == (len(shown),) and _COUNTED.search(turn.text.casefold()):
            # "Which of these three" counts the things, and means no place.
            mention = replace(mention, ordinals=(), references=("all",))
        beside = _named_beside(turn, session, mention)
        if not any(_has_word(product, word) for product in shown for word in mention.words.casefold().split()):
            # "Which is better for a small kitchen?" names none of them.
            mention = replace(mention, words="")
        named = [get_product(session, slug) for slug in mention.products]
        named += [get_product_by_sku(session, sku) for sku in mention.skus]
        if mention.ordinals or mention.references or not named:
            for part in _parts(mention):
                found = _pointed(turn, session, part)
                if found.verdict is Verdict.FOUND or not named:
                    named += get_products_by_sku(session, [one.sku for one in found.candidates])
        named += beside
    return list({product.slug: product for product in named}.values())


def _named_beside(turn: Turn, session: Session, mention: Mention) -> list[ProductView]:
    """Find the thing that is named beside "it": "is that better than the Allstar?"."""
    if not (set(mention.references) & THIS and mention.words and turn.slot("focus_sku")):
        return []
    found = _searched(turn, session, mention)
    fitting = [one for one in found if all(_has_word(one, word) for word in mention.words.casefold().split())]
    return fitting if len(fitting) == 1 else []


def _parts(mention: Mention) -> list[Mention]:
    """Take "it" and "the black one" apart, where both stand in one message: they are two things."""
    described = mention.facets or mention.options
    if not (set(mention.references) & THIS and described):
        return [mention]
    return [Mention(references=("it",)), replace(mention, references=())]


def names_several(turn: Turn) -> bool:
    """Tell whether a message speaks of more than one thing: two names, two places, both, all."""
    mention = Mention.of(turn)
    several = max(len(mention.ordinals), len(mention.products), len(mention.skus)) > 1
    return several or bool(set(mention.references) & {"all", "both"})


def _settled(turn: Turn, mention: Mention, target: Target) -> Target:
    """Take "it" as the very variant that was settled on, where nothing else was said."""
    bare = replace(mention, references=tuple(word for word in mention.references if word not in THIS))
    chosen = turn.slot("chosen_sku")
    known = chosen in {variant.sku for variant in target.product.variants}
    return Target(target.product, chosen) if known and not bare.says_something else target


def _resolved(turn: Turn, session: Session, mention: Mention) -> list[ProductView] | Resolution:
    if mention.products:
        return [get_product(session, slug) for slug in mention.products]
    found = _pointed(turn, session, mention)
    describes = mention.words or ((mention.facets or mention.options) and found.verdict is Verdict.NOTHING_SHOWN)
    if describes and found.verdict in (Verdict.NOTHING_SHOWN, Verdict.NO_MATCH):
        return _searched(turn, session, mention)
    return found


def _pointed(turn: Turn, session: Session, mention: Mention) -> Resolution:
    skus = turn.slot("candidate_skus") or []
    shown = [candidate_of(product, _shown_sku(product, skus)) for product in shown_products(turn, session)]
    focus = focused_product(turn, session)
    return resolve(mention, shown, candidate_of(focus, _shown_sku(focus, skus)) if focus else None)


def _shown_sku(product: ProductView, skus: Sequence[str]) -> str:
    """Give the variant by which a product was shown; the same product has one place, whatever variant is spoken of."""
    return next((variant.sku for variant in product.variants if variant.sku in skus), product.variants[0].sku)


def _searched(turn: Turn, session: Session, mention: Mention) -> list[ProductView]:
    filters = Filters(
        brands=tuple(turn.entities("brand")),
        categories=tuple(turn.entities("category")),
        colours=tuple(turn.entities("colour")),
    )
    words = mention.words or " ".join(mention.options)
    results = turn.services.search.search(SearchQuery(text=words, filters=filters, limit=_OFFERED))
    products = get_products_by_sku(session, [hit.sku for hit in results.hits])
    said = set(words.casefold().split())
    exact = [product for product in products if said <= set(product.name.casefold().split())]
    return exact or products


def _only(turn: Turn, goal: str, products: Sequence[ProductView]) -> Target | None:
    if len(products) == 1:
        return Target(products[0])
    if not products:
        turn.say("utter_no_match_shown")
        return None
    ask_which(turn, goal, products[:_OFFERED])
    return None


def ask_which(turn: Turn, goal: str, products: Sequence[ProductView]) -> None:
    """Ask which of several products is meant, and remember what for."""
    skus = [product.variants[0].sku for product in products]
    said = _said(turn, goal)
    turn.ask_later(WHICH, goal=goal, skus=skus, products=[product.slug for product in products], said=said)
    turn.remember(candidate_skus=skus)
    turn.focus(None)
    turn.say(
        "utter_ask_which",
        names=turn.labels.one_of(product.name for product in products),
        buttons=[named_button(product.name, "inform", product=product.slug) for product in products],
    )


def _said(turn: Turn, goal: str) -> dict[str, list[str]]:
    """Give what the message says of a thing, whichever it is."""
    said = {name: turn.entities(name) for name in _RECALLED if turn.entities(name)}
    return {**said, QUESTION: [question_of(turn)[:_QUESTION_LENGTH]]} if goal in _ABOUT_WORDS else said


def say_unresolved(turn: Turn, goal: str, found: Resolution) -> None:
    """Tell that nothing fits what was said; where nothing was shown yet, ask, and remember what for."""
    if found.verdict is Verdict.NO_SUCH_PLACE:
        turn.say("utter_no_such_place", count=len(found.candidates))
    elif found.verdict is Verdict.NO_MATCH:
        turn.say("utter_no_match_shown")
    else:
        said = _said(turn, goal)
        turn.ask_later(WHICH, goal=goal, skus=[], products=[], said=said)
        turn.say("utter_ask_which_product")
