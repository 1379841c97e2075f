"""The slate that was last shown: kept in a slot, logged in the shop, and where a click on it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions import reasons
from actions.turn import Turn
from recsys.slate import Reason
from shop.interactions import record_interaction
from shop.photo_queries import TASK

RECOMMEND, SIMILAR, GOES_WITH, NEW, DEALS = "recommend", "similar", "goes_with", "new", "deals"
SOURCE = "recommendation"
"""Where an interaction with a product of a slate happened, for the shop's rows."""

_MOST_SHOWN = 200


@dataclass(frozen=True)
class Request:
    """What a slate answers, beside the search in `search_state` that narrows it down.

    Attributes:
        task: one of the five tasks, or that of a photo search.
        seeds: the products that it is about: "like this one".
        shown: what earlier pages of it have shown.
        asked: the questions of taste that were asked already.
    """

    task: str = RECOMMEND
    seeds: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShownSlate:
    """A slate as the shopper sees it.

    Attributes:
        id: its name in the shop's log.
        request: what it answers; its `shown` holds this page too.
        slugs: its products in order.
        reasons: what speaks for each, by slug.
    """

    id: str
    request: Request
    slugs: tuple[str, ...]
    reasons: Mapping[str, list[Reason]] = field(default_factory=dict)


def last_slate(turn: Turn) -> ShownSlate | None:
    """Give the slate that was last shown; None where a search came after it."""
    state: Mapping[str, Any] | None = turn.slot("slate")
    if not state:
        return None
    return ShownSlate(
        id=state["id"],
        request=Request(
            task=state["task"],
            seeds=tuple(state["seeds"]),
            shown=tuple(state["shown"]),
            asked=tuple(state["asked"]),
        ),
        slugs=tuple(state["slugs"]),
        reasons={slug: reasons.from_state(one) for slug, one in state["reasons"].items()},
    )


def remember_slate(turn: Turn, slate: ShownSlate) -> None:
    """Keep a slate: "the second one", "why this?", "cheaper" and "show more" are about it from now on."""
    request = slate.request
    if request.task != TASK:
        forget_photo(turn)
    turn.remember(
        slate={
            "id": slate.id,
            "task": request.task,
            "seeds": list(request.seeds),
            "shown": list(request.shown[-_MOST_SHOWN:]),
            "asked": list(request.asked),
            "slugs": list(slate.slugs),
            "reasons": {slug: reasons.to_state(one) for slug, one in slate.reasons.items()},
        }
    )


def forget_slate(turn: Turn) -> None:
    """Something else is shown now."""
    forget_photo(turn)
    if turn.slot("slate") is not None:
        turn.remember(slate=None)


def forget_photo(turn: Turn) -> None:
    """Search by no photo any more."""
    if turn.slot("photo") is not None:
        turn.remember(photo=None)


def slate_with(turn: Turn, slug: str) -> str | None:
    """Name the slate that a product was taken from: the one of the card that was pressed, else the one last shown."""
    pressed = turn.entity("slate")
    if turn.from_button and pressed:
        return pressed
    slate = last_slate(turn)
    return slate.id if slate and slug in slate.slugs else None


def source_of(turn: Turn, slate: str | None) -> str:
    """Say where an interaction happened."""
    if slate:
        return SOURCE
    return "card" if turn.from_button else "chat"


def note_from_slate(turn: Turn, slug: str, kind: str) -> None:
    """Record what a shopper did with a product, as the doing of the slate that it was taken from, if it was."""
    slate = slate_with(turn, slug)
    with turn.writing() as session:
        record_interaction(session, turn.shopper, slug, kind, source_of(turn, slate), slate=slate)


def page_of(slugs: Sequence[str], request: Request) -> tuple[str, ...]:
    """Give all that was shown for a request, with a new page."""
    return tuple(dict.fromkeys((*request.shown, *slugs)))
