"""Holds what the recommender is told of one shopper: who it is, what just happened, and what was argued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from recsys.columns import DISMISS, KINDS, POSITIVE_KINDS
from recsys.edits import Edits


@dataclass(frozen=True)
class Event:
    """One thing that a shopper did with an item.

    Attributes:
        item_id: The item, by its external id; an id that the model does not know is passed over.
        kind: A kind of `recsys.columns`: view, click, cart, purchase, dismiss or refund.
        at: When, with a time zone; None means "just now".

    Raises:
        ValueError: If the item is empty or the kind is none of those.
    """

    item_id: str
    kind: str
    at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.item_id:
            raise ValueError("Event.item_id is empty")
        if self.kind not in KINDS:
            raise ValueError(f"Event.kind is one of {', '.join(KINDS)}, got {self.kind!r}")


@dataclass(frozen=True)
class Profile:
    """All that is known of the shopper who asks; an empty one is a stranger.

    Attributes:
        user_id: The shopper's external id, None for a stranger; an unknown one is served as a stranger.
        events: What happened since the model was trained or in this session, oldest first.
        features: The shopper's features, as field -> values: {"country": ("GB",)}.
        edits: What the shopper argued; see `recsys.edits`.
    """

    user_id: str | None = None
    events: tuple[Event, ...] = ()
    features: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    edits: Edits = field(default_factory=Edits)

    def with_event(self, event: Event) -> Profile:
        """Give the same profile with one more thing that happened."""
        return replace(self, events=(*self.events, event))

    def with_edits(self, edits: Edits) -> Profile:
        """Give the same profile as the shopper has argued it to be."""
        return replace(self, edits=edits)

    @property
    def wanted(self) -> tuple[Event, ...]:
        """Give the events that speak for their item."""
        return tuple(event for event in self.events if event.kind in POSITIVE_KINDS)

    @property
    def dismissed(self) -> frozenset[str]:
        """Give the items that the shopper does not want to see."""
        return frozenset(event.item_id for event in self.events if event.kind == DISMISS)
