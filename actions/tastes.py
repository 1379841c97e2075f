"""What is known of the shopper when something is recommended: what they did, told and argued."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from actions.adjustments import Step, edits_of, gift_since, hidden, steps_of
from actions.turn import Turn
from actions.wishes import wishes_of
from recsys.profile import Event, Profile
from shop.recent import dismissed_slugs, recent_events
from shop.recsys_features import user_features_of
from shop.wishes import Wishes

_EVENTS = 50


@dataclass(frozen=True)
class Taste:
    """What a recommendation goes by.

    Attributes:
        profile: who it is and what they did, in the recommender's form.
        wishes: what every product must pass.
        steps: what was argued in this conversation.
        hidden: the products that the shopper does not want to see.
    """

    profile: Profile
    wishes: Wishes
    steps: tuple[Step, ...] = ()
    hidden: frozenset[str] = frozenset()


def taste_of(turn: Turn, session: Session) -> Taste:
    """Read what is known of the shopper; for a gift, only what they did since they said so."""
    steps, shopper = tuple(steps_of(turn)), turn.shopper
    since = gift_since(steps)
    events = tuple(
        Event(slug, kind, at)
        for slug, kind, at in recent_events(session, shopper, _EVENTS)
        if since is None or at >= since
    )
    profile = Profile(shopper.user_id, events, user_features_of(session, shopper), edits_of(steps))
    unwanted = hidden(steps) | {*dismissed_slugs(session, shopper)}
    return Taste(profile, wishes_of(turn, session), steps, unwanted)
