"""Which product of the catalogue a message means; where that is not clear, the shopper is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy.orm import Session

from actions.called import (
    called,
    called_by_name,
    called_in_rest,
    called_outright,
    count_said,
    list_meant,
    of_that_sort,
    shown_before,
)
from actions.cards import named_button
from actions.missing import say_none
from actions.naming import (
    candidate_of,
    each_named,
    fits,
    has_word,
    in_catalogue_words,
    is_kind,
    is_part_of_name,
    pointing_in,
    stems,
    wording_of,
)
from actions.pending import WHICH
from actions.queries import price_pivot
from actions.references import THIS, Candidate, Mention, Resolution, Verdict, resolve
from actions.turn import Turn
from replies.topics import Asked
from shop.catalogue import ProductView, get_product, get_product_by_sku, get_products_by_sku
from shop.search import Filters, SearchQuery

# What a shopper says of a thing before the assistant has to ask which one is meant.
_RECALLED = ("quantity", "option_value", "option_name", "colour")
_OFFERED, _QUESTION_LENGTH = 5, 200
QUESTION = "question"
"""By this name a question is remembered while the assistant asks which product it is about."""
_LONG_HAN = 4
_ABOUT_WORDS = frozenset({"tell_option"})
"""Goals that are met by what the message says, and not by its entities alone."""


@dataclass(frozen=True)
class Target:
    """The product that is meant; `sku` is set where one variant was named outright."""

    product: ProductView
    sku: str | None = None


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
        found = _resolved(turn, session, mention, goal)
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
    if mention == Mention() and (rest := called_in_rest(turn)):
        with turn.reading() as session:
            return _only(turn, goal, [get_product(session, slug) for slug in rest])
    is_named = bool(mention.products or mention.skus)
    by_words = None if is_named else _called(turn, goal, mention, shown, focus)
    if by_words and by_words.verdict is Verdict.FOUND:
        return pick_one(turn, goal, mention)
    if set(mention.references) & THIS and not mention.products:
        # "It" is said of one thing; "is it good for a first flat" points at no place of a list.
        return pick_one(turn, goal, Mention(references=mention.references) if focus else replace(mention, words=""))
    if own := _of_kind_in_sight(mention, focus, shown):
        return _only(turn, goal, own)
    if not mention.words or replace(mention, words="").says_something:
        return pick_one(turn, goal, replace(mention, words="") if mention.ordinals else mention)
    with turn.reading() as session:
        found = _searched(turn, session, mention)
    for word in mention.words.casefold().split():
        for pool in ([focus] if focus else [], shown, found):
            # Of what is not shown, only its kind is a name: "is it leather?" speaks of no leather sofa.
            fitting = [one for one in pool if has_word(one, word) and (pool is not found or is_kind(one, word))]
            if fitting:
                return _only(turn, goal, fitting)
    return pick_one(turn, goal, replace(mention, words="") if focus or shown else mention)


def _of_kind_in_sight(mention: Mention, focus: ProductView | None, shown: Sequence[ProductView]) -> list[ProductView]:
    """Find what a message calls by its kind beside a colour that nothing in sight has: "the chair, is it pink?"."""
    if not mention.words or replace(mention, words="", facets=(), options=()).says_something:
        return []
    in_sight = [*([focus] if focus else []), *shown]
    said = {*mention.facets, *mention.options}
    facts = [candidate_of(one, one.variants[0].sku) for one in in_sight]
    if not said or any(said & {*one.facets, *one.options} for one in facts):
        return []
    words = mention.words.casefold().split()
    fitting = [one for one in in_sight if any(is_kind(one, word) for word in words)]
    return fitting[:1] if focus and fitting[:1] == [focus] else _distinct(fitting)


def question_of(turn: Turn) -> str:
    """Give the question that is to be answered: the message, or what was said before the assistant had to ask which."""
    return turn.entity(QUESTION) or turn.text


def asked_values(turn: Turn, product: ProductView) -> list[str]:
    """Give the options and colours that a question is about; what only says which product is meant is left out.

    The answer to "which one?" names the product. So does "the grey one" in "how wide is the grey one?".
    """
    question, kinds = question_of(turn), ("option_value", "colour")
    is_answer = bool(turn.recalled(QUESTION))
    said = [value for kind in kinds for value in (turn.recalled(kind) if is_answer else turn.entities(kind))]
    pointing = pointing_in(turn, question)
    own = candidate_of(product, product.variants[0].sku)
    calling = [
        value
        for value in said
        if is_part_of_name(product, value)
        or (stems(value) and stems(value) <= pointing and all(fits(own, word) for word in stems(value)))
    ]
    asked = [value for value in said if value not in calling]
    return asked if asked or is_answer or _asks_more(turn, question, pointing) else said


def _asks_more(turn: Turn, question: str, pointing: frozenset[str]) -> bool:
    """Tell whether a question has words besides those that say what it is about."""
    rest = stems(in_catalogue_words(turn, question.casefold())) - pointing
    has_words = turn.services.topics.content(" ".join(rest)) or any(
        len(word) > _LONG_HAN for word in rest if not word.isascii()
    )
    return bool(turn.entity("option_name") or turn.services.topics.asked(question) != Asked() or has_words)


def _by_sku(turn: Turn, session: Session, goal: str, skus: Sequence[str]) -> Target | None:
    products = {product.slug: product for product in (get_product_by_sku(session, sku) for sku in skus)}
    if len(skus) == 1:
        return Target(next(iter(products.values())), skus[0])
    # Two of one product leave its options open; two products leave open which.
    return _only(turn, goal, list(products.values()))


def one_shown(turn: Turn, session: Session) -> ProductView | None:
    """Find the one product of a list that a bare description fits: "the grey one", "the 615 one"."""
    mention = Mention.of(turn)
    shown = shown_products(turn, session)
    if len(shown) < 2:
        return None
    found = _called(turn, "show_details", mention, shown, focused_product(turn, session))
    if found is None and not mention.words and (mention.facets or mention.options):
        found = _pointed(turn, mention, shown, None)
    if found is None or found.verdict is not Verdict.FOUND:
        return None
    return next(product for product in shown if product.slug == found.candidates[0].slug)


def pick_several(turn: Turn) -> list[ProductView]:
    """Find all products that are meant, at most one page of them."""
    mention = Mention.of(turn)
    with turn.reading() as session:
        shown, focus = list_meant(turn, session, shown_products(turn, session)), focused_product(turn, session)
        beside = _named_beside(turn, session, mention)
        if not any(has_word(product, word) for product in shown for word in mention.words.casefold().split()):
            # "Which is better for a small kitchen?" names none of them.
            mention = replace(mention, words="")
        if count_said(turn):
            # The three of "those three" is no place.
            mention = replace(mention, ordinals=(), references=("all",))
        named = [get_product(session, slug) for slug in mention.products]
        named += [get_product_by_sku(session, sku) for sku in mention.skus]
        named = _distinct([*named, *_each_called(turn, session, shown)])
        if len(named) < 2:
            named = next((each for each in _earlier_called(turn, session) if len(each) > 1), named)
        if len(named) == 1 and focus and not mention.ordinals:
            named = [focus, *named]
        if len(_distinct(named)) < 2 and (mention.ordinals or mention.references or not named):
            for part in _parts(mention):
                found = _pointed(turn, part, shown, focus)
                if found.verdict is Verdict.FOUND or not named:
                    named += get_products_by_sku(session, [one.sku for one in found.candidates])
    return _distinct([*named, *beside])


def _each_called(turn: Turn, session: Session, shown: Sequence[ProductView]) -> list[ProductView]:
    """Find every product that a message calls by a word that is said of it alone, shown or not."""
    slugs = {one.slug for one in each_named(wording_of(turn).said, _candidates(turn, shown))}
    further = dict.fromkeys([*called_by_name(turn), *called_outright(turn, has_focus=True, several=True)])
    outright = [get_product(session, slug) for slug in further if slug not in slugs]
    return [*(product for product in shown if product.slug in slugs), *outright]


def _earlier_called(turn: Turn, session: Session) -> Iterator[list[ProductView]]:
    """Find in each list that was shown before the products that a choice names: "the padded one or the eaves?"."""
    if turn.services.advice.asks("choice", turn.text):
        said = wording_of(turn).said
        for products in shown_before(turn, session):
            slugs = {one.slug for one in each_named(said, _candidates(turn, products))}
            yield [product for product in products if product.slug in slugs]


def _distinct(products: Iterable[ProductView]) -> list[ProductView]:
    return list({product.slug: product for product in products}.values())


def _named_beside(turn: Turn, session: Session, mention: Mention) -> list[ProductView]:
    """Find the thing that is named beside "it": "is that better than the Allstar?"."""
    if not (set(mention.references) & THIS and mention.words and turn.slot("focus_sku")):
        return []
    found = _searched(turn, session, mention)
    fitting = [one for one in found if all(has_word(one, word) for word in mention.words.casefold().split())]
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


def _resolved(turn: Turn, session: Session, mention: Mention, goal: str) -> list[ProductView] | Resolution:
    shown = list_meant(turn, session, shown_products(turn, session))
    if mention.products:
        return [of_that_sort(turn, get_product(session, slug), shown) for slug in mention.products]
    if by_name := called_by_name(turn):
        return [get_product(session, slug) for slug in by_name]
    focus = focused_product(turn, session)
    if by_words := _called(turn, goal, mention, shown, focus):
        return by_words
    if outright := called_outright(turn, has_focus=focus is not None):
        return [get_product(session, slug) for slug in outright]
    found = _pointed(turn, mention, shown, focus)
    describes = mention.words or mention.facets or mention.options
    if describes and found.verdict is Verdict.NO_MATCH:
        found = _called_before(turn, session, goal, mention) or found
    nothing_shown = found.verdict is Verdict.NOTHING_SHOWN
    if (mention.words and found.verdict is Verdict.NO_MATCH) or (describes and nothing_shown):
        return _searched(turn, session, mention)
    return found


def _called_before(turn: Turn, session: Session, goal: str, mention: Mention) -> Resolution | None:
    """Find what a message describes in a list that was shown before, where nothing in this one fits."""
    found = (_called(turn, goal, mention, products, None) for products in shown_before(turn, session))
    return next((one for one in found if one), None)


def _called(
    turn: Turn, goal: str, mention: Mention, shown: Sequence[ProductView], focus: ProductView | None
) -> Resolution | None:
    return called(
        turn, goal, mention, _candidates(turn, shown), next(iter(_candidates(turn, filter(None, [focus]))), None)
    )


def _pointed(turn: Turn, mention: Mention, shown: Sequence[ProductView], focus: ProductView | None) -> Resolution:
    return resolve(mention, _candidates(turn, shown), next(iter(_candidates(turn, filter(None, [focus]))), None))


def _candidates(turn: Turn, products: Iterable[ProductView]) -> list[Candidate]:
    skus = turn.slot("candidate_skus") or []
    return [candidate_of(product, _shown_sku(product, skus)) for product in products]


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
        say_none(turn)
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
