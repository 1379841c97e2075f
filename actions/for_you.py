"""The row of recommendations above the storefront's catalogue: ranked as in a chat, shown as JSON."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from rasa_sdk import Tracker  # type: ignore[import-untyped]

from actions.bootstrap import Services
from actions.candidates import Candidates, candidates_of, shown_variant
from actions.cards import image_address, price_text
from actions.identity import proven_shopper
from actions.labels import Labels
from actions.queries import EVERYTHING
from actions.ranking import Ranking, log_shown, rank
from actions.reasons import products_named, reason_words
from actions.slates import Request
from actions.tastes import Taste, taste_of
from actions.turn import Turn
from shop.catalogue import ProductView, VariantView, get_products
from shop.eligible import eligible_skus
from shop.shoppers import Shopper

TASK = "storefront"
"""The task of its slates in the shop's log."""

REMEMBERED_S = 300.0
_MOST_REMEMBERED = 2_000
# What a conversation remembers that recommendations go by.
_SLOTS = ("wishes", "edits", "remembered_for")

Row = dict[str, Any]


@dataclass(frozen=True)
class _Shown:
    """A row that a shopper has been shown, and what it was made from."""

    made_at: float
    version: str
    taste: Taste
    ranking: Ranking
    name: str


class ForYou:
    """Makes the row of a shopper.

    A reload within five minutes shows the same list and logs no second one, unless the shopper did or said something
    since, another model came into service, or one of its products can no longer be bought. Prices are always as of now.

    Args:
        services: gives the shop's services.
        clock: seconds that only go forward.
    """

    def __init__(self, services: Callable[[], Services], clock: Callable[[], float] = time.monotonic) -> None:
        self._services = services
        self._clock = clock
        self._shown: OrderedDict[Shopper, _Shown] = OrderedDict()
        self._lock = Lock()

    def row(self, token: object, slots: Mapping[str, Any], language: str | None = None) -> Row:
        """Give the cards, the slate that they stand in, and whether they are chosen for this shopper.

        Args:
            token: the channel's signed word on who is asking; nothing else is believed.
            slots: what the shopper's conversation remembers.
            language: of the page, such as "zh"; the shop's own where it speaks no such.

        Raises:
            IdentityRefusedError: the token is missing, forged, expired or made for something else.
            ShopUnavailable: the database does not answer, or the deadline has passed.
        """
        turn = _turn(self._services(), token, slots, language)
        with turn.reading() as session:
            taste = taste_of(turn, session)
        before = self._known(turn, taste)
        if before:
            row = _drawn(turn, before)
            if len(row["cards"]) == len(before.ranking.slate):
                return row
        shown = self._made(turn, taste)
        return _drawn(turn, shown)

    def _known(self, turn: Turn, taste: Taste) -> _Shown | None:
        with self._lock:
            shown = self._shown.get(turn.shopper)
        if shown is None or self._clock() - shown.made_at >= REMEMBERED_S:
            return None
        same = (shown.version, shown.taste) == (turn.services.advisors.current().advisor.version, taste)
        return shown if same else None

    def _made(self, turn: Turn, taste: Taste) -> _Shown:
        version = turn.services.advisors.current().advisor.version
        ranking = rank(turn, Request(), taste, candidates_of(turn, EVERYTHING, taste).slugs)
        name = ""
        if ranking.slate.items:
            with turn.writing() as session:
                name = log_shown(turn, session, TASK, ranking)
        shown = _Shown(self._clock(), version, taste, ranking, name)
        with self._lock:
            self._shown[turn.shopper] = shown
            self._shown.move_to_end(turn.shopper)
            while len(self._shown) > _MOST_REMEMBERED:
                self._shown.popitem(last=False)
        return shown


def _turn(services: Services, token: object, slots: Mapping[str, Any], language: str | None) -> Turn:
    shopper = proven_shopper(token, services.settings.keys)
    kept = {name: slots[name] for name in _SLOTS if slots.get(name) is not None} | {"language": language}
    message = {"metadata": {"identity": token}}
    tracker = Tracker(shopper.shopper_id, kept, message, [], False, None, {}, None)
    return Turn(tracker, services, time.monotonic() + services.settings.deadline_s)


def _drawn(turn: Turn, shown: _Shown) -> Row:
    """Write a row with the prices of now; what can no longer be bought is left out."""
    slate, everything = shown.ranking.slate, Candidates(frozenset())
    spoken_of = [slug for item in slate for slug in products_named(item.reasons)]
    with turn.reading() as session:
        fitting = eligible_skus(session, shown.taste.wishes, slate.item_ids)
        products = get_products(session, [slug for slug in slate.item_ids if slug in fitting])
        names = {one.slug: one.name for one in get_products(session, spoken_of)}
    reasons = {item.item_id: reason_words(turn.labels, item.reasons, names) for item in slate}
    return {
        "slate": shown.name,
        "personal": not shown.ranking.advice.simple and slate.temperature != "cold",
        "cards": [
            _card(turn.labels, one, shown_variant(one, everything, fitting[one.slug]), reasons[one.slug])
            for one in products
        ],
    }


def _card(labels: Labels, product: ProductView, variant: VariantView, reasons: str) -> dict[str, Any]:
    return {
        "slug": product.slug,
        "name": product.name,
        "price": price_text(labels, product, variant),
        "image_url": image_address(variant.image or next(iter(product.images), None)),
        "reason": labels.text("card.because", reasons=reasons) if reasons else None,
    }
