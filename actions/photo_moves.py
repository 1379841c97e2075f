"""A search by photo that lives on over turns: shown, narrowed down, gone on with, and empty where nothing fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from actions.adjustments import HIGHER, LOWER, hidden, steps_of
from actions.cards import button, named_button
from actions.exclusions import excluding, said_exclusions
from actions.facts import cards_facts
from actions.pending import PHOTO_FILTER
from actions.photo_errors import AddressRefusal, PhotoError, PhotoGone, PhotoRefused
from actions.photo_sight import SentPhoto, model_of, remember_photo, running_photo, seen
from actions.photo_vocabulary import known_words
from actions.photo_words import MATCH_LABELS, looks_like, match_reason
from actions.queries import (
    EVERYTHING,
    PAGE,
    criteria_text,
    from_state,
    moved_price,
    refined,
    relaxations,
    remember_query,
    to_state,
)
from actions.slate_cards import lines, matched_card
from actions.slates import Request, ShownSlate, page_of, remember_slate
from actions.targets import pivot_of
from actions.turn import Turn
from shop.catalogue import COLOUR_NAMES, ProductView, get_products
from shop.money import Money
from shop.photo_queries import TASK, log_photo_answer
from shop.search import Filters, SearchQuery, Sort
from shop.slates import ShownItem
from vision.errors import Refusal, VisionError
from vision.matcher import ImageMatcher
from vision.matching import Grade, Match, Matches, Vector

_MOST = 50
_PLAUSIBLE = 0.2
_TOO_LARGE = (Refusal.TOO_MANY_BYTES, Refusal.TOO_MANY_PIXELS)


@dataclass(frozen=True)
class Near:
    """A product that comes near to a photo, and the variant of it that fits the search."""

    product: ProductView
    sku: str
    match: Match

    @property
    def price(self) -> Money:
        """Give what that variant costs."""
        return next(one.price for one in self.product.variants if one.sku == self.sku)


@dataclass(frozen=True)
class Found:
    """What a photo led to within a search.

    Attributes:
        vector: of the photo.
        model: the checksum of the matcher's model.
        matches: what the matcher said.
        shown: every product that may be shown, in the order asked for.
    """

    vector: Vector
    model: str
    matches: Matches
    shown: tuple[Near, ...]


def look(turn: Turn, use: Callable[[ImageMatcher], None]) -> None:
    """Do something with the matcher that is in service; where that cannot be, say why."""
    matcher = turn.services.matchers.current()
    if matcher is None:
        turn.say("utter_photo_search_unavailable")
        return
    try:
        use(matcher)
    except PhotoError as error:
        _say_error(turn, error)
    except VisionError:
        turn.say("utter_photo_search_unavailable")


def show_photo(
    turn: Turn, matcher: ImageMatcher, photo: SentPhoto, query: SearchQuery, found: Found | None = None
) -> Found | None:
    """Search by a photo for the first time and show what was found, or tell that nothing was.

    Args:
        turn: the turn.
        matcher: the matcher in service.
        photo: the photo, or a part of it.
        query: words and filters.
        found: what this search has found, where it was made already.

    Returns:
        What was found; None where the photo shows nothing of the catalogue.
    """
    found = found or find(turn, matcher, seen(turn, matcher, photo), query)
    if not found.matches.shows_catalogue:
        say_no_match(turn, found.matches)
        return None
    remember_photo(turn, photo)
    remember_query(turn, query)
    if found.shown:
        _present(turn, photo, query, found)
    else:
        turn.remember(slate=None)
        _say_nothing_fits(turn, matcher, query, found)
    return found


def only_exact(query: SearchQuery, shown: Sequence[Near]) -> Near | None:
    """Give the product that a photo shows beyond doubt: the first, where it and no other is an exact match."""
    exact = [one for one in shown if _told_grade(one.match, query) is Grade.EXACT]
    return shown[0] if shown and exact == [shown[0]] else None


def refine_photo(turn: Turn) -> None:
    """Search by the same photo with what was said added: filters, words, an order, "cheaper"."""
    look(turn, lambda matcher: _refine(turn, matcher))


def said(turn: Turn, matcher: ImageMatcher, query: SearchQuery) -> SearchQuery:
    """Add what was said to a search by photo: of its words only those that the catalogue knows."""
    query = excluding(turn, query, said_exclusions(turn))
    heard = refined(turn, query)
    words = known_words(matcher.gallery, turn.services.glossary.translated(heard.text[len(query.text) :]))
    return replace(heard, text=" ".join(filter(None, (query.text, words))))


def _refine(turn: Turn, matcher: ImageMatcher) -> None:
    query = said(turn, matcher, _query_of(turn))
    direction = turn.entity("price_direction")
    pivot = pivot_of(turn, direction) if direction in (LOWER, HIGHER) else None
    if direction and pivot is not None:
        query = moved_price(query, direction, pivot)
    _show_again(turn, matcher, query)


def show_photo_again(turn: Turn, query: SearchQuery | None = None) -> None:
    """Search by the same photo from the first page on; what finds nothing leaves the search as it was.

    Args:
        turn: the turn.
        query: words and filters that take the place of those before.
    """
    wanted = replace(query or _query_of(turn), offset=0)
    look(turn, lambda matcher: _show_again(turn, matcher, wanted))


def show_more_of_photo(turn: Turn) -> None:
    """Show the next page."""
    query = _query_of(turn)
    look(turn, lambda matcher: _show_more(turn, matcher, replace(query, offset=query.offset + PAGE)))


def find(turn: Turn, matcher: ImageMatcher, vector: Vector, query: SearchQuery) -> Found:
    """Find what passes the filters and comes near to a photo; filters come before ranking.

    What is of quite another sort than the photo shows is no match, however near it comes among what is left. Who names
    a category looks beyond that, and so do words that bring something of another sort to the first place.
    """
    filters, model = query.filters, model_of(matcher)
    passing = None if filters == Filters() else turn.services.search.passing(filters)
    matches = matcher.match_vector(vector, _MOST, text=query.text or None, filters=passing)
    gone = hidden(steps_of(turn))
    good = {match.item_id: match for match in matches.items if match.item_id not in gone}
    skus = turn.services.search.variants(filters, list(good))
    with turn.reading() as session:
        products = [one for one in get_products(session, list(good)) if one.slug in skus]
    if not filters.categories:
        sorts = _sorts(matches) | ({*products[0].categories} if query.text and products else set())
        products = [one for one in products if good[one.slug].grade is not Grade.SIMILAR or _is_of(one, sorts)]
    shown = [Near(one, skus[one.slug], good[one.slug]) for one in products]
    return Found(vector, model, matches, tuple(_in_order(shown, query.sort)))


def say_no_match(turn: Turn, matches: Matches) -> None:
    """Tell that a photo shows nothing of the catalogue, with the nearest category as a guess."""
    if not matches.classes:
        turn.say("utter_no_photo_match_at_all")
        return
    guess = matches.classes[0]
    turn.say(
        "utter_no_photo_match",
        kind=guess.name,
        buttons=[named_button(guess.name, "search_products", category=guess.name)],
    )


def _show_again(turn: Turn, matcher: ImageMatcher, query: SearchQuery) -> None:
    photo = _photo_of(turn)
    found = find(turn, matcher, seen(turn, matcher, photo), query)
    if found.shown:
        _present(turn, photo, query, found)
    else:
        _say_nothing_fits(turn, matcher, query, found)


def _show_more(turn: Turn, matcher: ImageMatcher, query: SearchQuery) -> None:
    photo = _photo_of(turn)
    found = find(turn, matcher, seen(turn, matcher, photo), query)
    if len(found.shown) > query.offset:
        _present(turn, photo, query, found)
    else:
        turn.say("utter_no_more", total=len(found.shown))


def _photo_of(turn: Turn) -> SentPhoto:
    photo = running_photo(turn)
    if photo is None:
        raise PhotoGone
    return photo


def _query_of(turn: Turn) -> SearchQuery:
    state = turn.slot("search_state")
    return from_state(state) if state else EVERYTHING


def _sorts(matches: Matches) -> set[str]:
    """Name the categories that a photo may well show something of."""
    return {one.name for one in matches.classes[:1]} | {
        one.name for one in matches.classes if one.probability >= _PLAUSIBLE
    }


def _is_of(product: ProductView, sorts: set[str]) -> bool:
    return not sorts or bool(sorts & {*product.categories})


def _in_order(shown: Sequence[Near], sort: Sort) -> Sequence[Near]:
    if sort not in (Sort.PRICE_ASC, Sort.PRICE_DESC):
        return shown
    return sorted(shown, key=lambda one: one.price.amount, reverse=sort is Sort.PRICE_DESC)


def _present(turn: Turn, photo: SentPhoto, query: SearchQuery, found: Found) -> None:
    page = found.shown[query.offset : query.offset + PAGE]
    narrowed = bool(query.text) or query.filters != Filters()
    name = _log(turn, query, found, page, narrowed=narrowed)
    _remember(turn, photo, query, name, page)
    cards = [
        matched_card(turn.labels, one.product, one.sku, MATCH_LABELS[_told_grade(one.match, query)], name)
        for one in page
    ]
    last = query.offset + len(page)
    turn.say(
        _response(query, narrowed=narrowed),
        told=cards_facts((one.product, one.sku) for one in page),
        looks=looks_like(turn.labels, found.matches),
        criteria=criteria_text(turn.labels, query, turn.services.advice.materials),
        listing=lines(turn.labels, cards),
        first=query.offset + 1,
        last=last,
        total=len(found.shown),
        elements=cards,
        buttons=[button(turn.labels, "more", "show_more")] if last < len(found.shown) else [],
    )


def _response(query: SearchQuery, *, narrowed: bool) -> str:
    if query.offset:
        return "utter_photo_found_next"
    return "utter_photo_found_within" if narrowed else "utter_photo_found"


def _told_grade(match: Match, query: SearchQuery) -> Grade:
    """Give what may be said of a match: one in another colour is not exactly what the photo shows."""
    coloured = query.filters.colours or {name.casefold() for name in query.filters.options} & COLOUR_NAMES
    return Grade.VERY_SIMILAR if coloured and match.grade is Grade.EXACT else match.grade


def _log(turn: Turn, query: SearchQuery, found: Found, page: Sequence[Near], *, narrowed: bool) -> str:
    parts = ["image-matcher", *(["words"] if query.text else []), *([query.sort] if query.sort != "relevance" else [])]
    items = [ShownItem(one.product.slug, float(one.match.score)) for one in page]
    with turn.writing() as session:
        return log_photo_answer(
            session, turn.shopper, "+".join(parts), found.model, items, found.vector, narrowed=narrowed
        )


def _remember(turn: Turn, photo: SentPhoto, query: SearchQuery, name: str, page: Sequence[Near]) -> None:
    slugs = tuple(one.product.slug for one in page)
    reasons = {one.product.slug: [match_reason(_told_grade(one.match, query))] for one in page}
    remember_slate(turn, ShownSlate(name, Request(TASK, shown=page_of(slugs, Request())), slugs, reasons))
    remember_photo(turn, photo)
    remember_query(turn, query)
    turn.remember(candidate_skus=[one.sku for one in page])
    turn.focus(_meant(query, page))


def _meant(query: SearchQuery, page: Sequence[Near]) -> str | None:
    """Give what "it" means after an answer: the only one of its first page, or the only exact match there."""
    exact = [one for one in page if _told_grade(one.match, query) is Grade.EXACT]
    clear = page if len(page) == 1 else exact
    return clear[0].sku if len(clear) == 1 and not query.offset else None


def _say_nothing_fits(turn: Turn, matcher: ImageMatcher, query: SearchQuery, found: Found) -> None:
    """Tell that nothing near the photo passes, and offer to drop the filter that keeps most away."""
    criteria = criteria_text(turn.labels, query, turn.services.advice.materials)
    looser = [(len(find(turn, matcher, found.vector, one).shown), label, one) for label, one in _looser(query)]
    total, label, wider = max(looser, key=lambda one: one[0], default=(0, "", query))
    if not total:
        turn.say("utter_photo_found_none", looks=looks_like(turn.labels, found.matches), criteria=criteria)
        return
    turn.ask_later(PHOTO_FILTER, state=to_state(wider))
    turn.say(
        "utter_photo_found_none_offer",
        looks=looks_like(turn.labels, found.matches),
        criteria=criteria,
        filter=turn.labels.text(label),
        total=total,
        buttons=[button(turn.labels, "drop_filter", "affirm"), button(turn.labels, "no", "deny")],
    )


def _looser(query: SearchQuery) -> list[tuple[str, SearchQuery]]:
    """Give the search without each filter; a colour that no fact names may still be seen, so it becomes a word."""
    colours = " ".join((query.text, *query.filters.colours)).strip()
    return [
        (label, replace(one, text=colours) if label == "filters.colours" else one) for label, one in relaxations(query)
    ]


def _say_error(turn: Turn, error: PhotoError) -> None:
    if isinstance(error, PhotoGone):
        turn.say("utter_photo_gone")
    elif not isinstance(error, PhotoRefused):
        turn.say("utter_photo_busy")
    elif error.reason is AddressRefusal.NOT_ALLOWED:
        turn.say("utter_photo_address_refused")
    elif isinstance(error.reason, AddressRefusal):
        turn.say("utter_photo_not_fetched")
    else:
        turn.say("utter_photo_too_large" if error.reason in _TOO_LARGE else "utter_photo_unreadable")
