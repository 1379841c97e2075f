"""Find by picture: take a photo, with or without words, and show what the shop has of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from PIL.Image import Image

from actions.adjustments import HIGHER, LOWER
from actions.base import ShopAction, say_error
from actions.cards import named_button
from actions.facts import price_facts
from actions.pending import PHOTO_PART
from actions.photo_errors import PhotoGone
from actions.photo_moves import Found, find, look, refine_photo, said, say_no_match, show_photo, show_photo_again
from actions.photo_orders import Order, carry_out
from actions.photo_sight import (
    SentPhoto,
    box_of,
    keep_vector,
    last_photo,
    load,
    look_at,
    region_text,
    remember_photo,
    running_photo,
)
from actions.photo_words import Part, distinct, part_said, parts_of
from actions.queries import EVERYTHING, from_state, moved_price, remember_query
from actions.ticket_photos import attach_photo
from actions.turn import Pending, Turn
from actions.waiting import wait_on
from shop.errors import ShopError, ShopUnavailable
from shop.search import SearchQuery
from vision.matcher import ImageMatcher
from vision.matching import Grade

_MOST_PARTS = 4
_AGAIN = "restore"


class ActionSearchByPhoto(ShopAction):
    """Search by a photo."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_search_by_photo"

    def perform(self, turn: Turn) -> None:
        """Take the photo of the message, or a part of the one before; without any, say how to send one."""
        if attach_photo(turn):
            return
        before = turn.pending
        try:
            self._search(turn)
        except ShopUnavailable:
            raise
        except ShopError as error:
            say_error(turn, error)
        wait_on(turn, before)

    def _search(self, turn: Turn) -> None:
        running = running_photo(turn)
        if turn.photo_url:
            look(turn, lambda matcher: _take_photo(turn, matcher, SentPhoto(turn.photo_url or "")))
        elif turn.entity("adjustment") == _AGAIN and last_photo(turn):
            look(turn, lambda matcher: _come_back(turn, matcher))
        elif running and turn.entity("region"):
            show_part(turn, running, turn.entity("region"), Order.waiting(turn.pending))
        elif running:
            refine_photo(turn)
        else:
            turn.say("utter_photo_how")


def show_part(turn: Turn, photo: SentPhoto, region: str | None, order: Order | None = None) -> None:
    """Search for one part of the photo; what was said of another part does not hold for it.

    Args:
        turn: the turn.
        photo: the photo, or another part of it.
        region: the part; the whole photo where it is none that a picture can be cut by.
        order: what to do with the product that it shows.
    """
    part = SentPhoto(photo.url, region if box_of(region) else None)
    state = turn.slot("search_state")
    query = replace(from_state(state), offset=0) if state and photo.region is None else EVERYTHING
    look(turn, lambda matcher: carry_out(turn, order, query, show_photo(turn, matcher, part, query)))


def answer_part(turn: Turn, pending: Pending, order: Order | None = None) -> bool:
    """Take the answer to the question which part is meant; tell whether it was one.

    Args:
        turn: the turn.
        pending: the question.
        order: what the answer asks to be done with what the part shows; else what was asked with the photo.
    """
    photo, region = running_photo(turn), part_said(turn, pending["parts"])
    if photo is None or region is None:
        return False
    show_part(turn, photo, region, order or Order.waiting(pending))
    return True


def drop_filter(turn: Turn, pending: Pending) -> None:
    """Search again by the photo without the filter that was offered to be dropped."""
    show_photo_again(turn, from_state(pending["state"]))


def _come_back(turn: Turn, matcher: ImageMatcher) -> None:
    """Search once more by the photo from before, or by the part of it that was chosen, as if it had just been sent."""
    photo = last_photo(turn)
    if photo is None:
        raise PhotoGone
    # A photo whose time is over is not searched by, even while its vector is still kept.
    if photo.region is None:
        _take_photo(turn, matcher, photo)
    else:
        load(turn, photo)
        show_photo(turn, matcher, photo, said(turn, matcher, EVERYTHING))


def _take_photo(turn: Turn, matcher: ImageMatcher, photo: SentPhoto) -> None:
    image = load(turn, photo)
    query = said(turn, matcher, EVERYTHING)
    whole = find(turn, matcher, look_at(turn, matcher, photo, image), EVERYTHING)
    parts = _parts(turn, matcher, photo, image) if _may_hold_several(whole) else []
    if len(parts) > 1:
        _ask_part(turn, photo, query, parts)
    elif not whole.matches.shows_catalogue:
        say_no_match(turn, whole.matches)
    else:
        priced = _priced(turn, query, whole)
        # Where nothing was said, it is what was searched for already.
        found = show_photo(turn, matcher, photo, priced, whole if priced == EVERYTHING else None)
        carry_out(turn, Order.of(turn), priced, found)


def _may_hold_several(whole: Found) -> bool:
    """Tell whether it is worth looking at parts: one product of the shop's, with nothing of another sort, is no scene.

    Two things side by side are near to both, and one of them may well be the exact match of the whole.
    """
    if not whole.shown or whole.shown[0].match.grade is not Grade.EXACT:
        return True
    first, *others = whole.shown
    near = [one for one in others if one.match.grade is not Grade.SIMILAR]
    return any({*one.product.categories} != {*first.product.categories} for one in near)


def _parts(turn: Turn, matcher: ImageMatcher, photo: SentPhoto, image: Image) -> list[Part]:
    regions = distinct(matcher.regions(image, _MOST_PARTS))
    for region in regions:
        part = replace(photo, region=region_text(region.box))
        keep_vector(turn, matcher, part, region.vector)
    return parts_of(turn.labels, regions) if len(regions) > 1 else []


def _ask_part(turn: Turn, photo: SentPhoto, query: SearchQuery, parts: Sequence[Part]) -> None:
    remember_photo(turn, photo)
    remember_query(turn, query)
    turn.remember(slate=None)
    meant = part_said(turn, [asdict(part) for part in parts]) if not turn.from_button else None
    if meant:
        # Its words have said which part, so they are none to search for.
        remember_query(turn, replace(query, text=""))
        show_part(turn, photo, meant, Order.of(turn))
        return
    order = Order.of(turn)
    waiting = {"order": order.to_state()} if order else {}
    turn.ask_later(PHOTO_PART, parts=[asdict(part) for part in parts], **waiting)
    turn.say(
        "utter_photo_which_part",
        parts=turn.labels.one_of(part.title for part in parts),
        buttons=[named_button(part.title, "search_by_photo", region=part.region) for part in parts],
    )


def _priced(turn: Turn, query: SearchQuery, whole: Found) -> SearchQuery:
    """Understand "cheaper than this": than the product that comes nearest to the photo, which is told."""
    direction = turn.entity("price_direction")
    if direction not in (LOWER, HIGHER) or not whole.shown:
        return query
    nearest = whole.shown[0]
    told = price_facts(one for one in nearest.product.variants if one.sku == nearest.sku)
    turn.say("utter_photo_nearest", told=told, name=nearest.product.name, price=turn.labels.money(nearest.price))
    return moved_price(query, direction, nearest.price.amount)
