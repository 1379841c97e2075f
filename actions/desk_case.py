"""What the desk is asked for: what is known of it so far, and the steps to what is not.

It is a change of an order, a ticket, an invoice, or a question about something bought. A case lives in the slot `case`,
so that a question in the middle, or a search, loses nothing of it. It holds no address longer than it is needed, and is
gone once all is done, refused or called off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from actions.turn import Turn
from shop.changes import Yes

SLOT = "case"
_TUPLES = ("photo_ids", "answered", "more")
# The steps whose answer is a text of the shopper's own.
FREE_TEXT = ("street", "city", "postcode", "country", "words", "title", "tax_id", "email", "photo")


@dataclass(frozen=True)
class Case:
    """What is known of a change.

    Attributes:
        goal: the change: "cancel", "address", "swap", "reorder" or "return"; or "problem", "complaint", "person",
            "invoice", "warranty" or "withdraw".
        number: of the order.
        items: how many pieces of each SKU.
        is_part: whether the shopper speaks of a part of the order that is not known yet.
        reason: the code of why something comes back, or of what is wrong with it.
        options: for each SKU the one that is wanted in its place.
        address: the fields of the new address that are known.
        words: the message that it began with, cut, for the audit.
        unread: what was said before the order was known, and may name lines of it and options of these.
        pieces: how many were spoken of then.
        told: what a ticket or an invoice is to say, or which return is withdrawn, by the names of the steps that ask
            for it.
        photo_ids: of the photos that go with a ticket.
        answered: the steps that the shopper was asked and has answered, the last one last.
        more: the numbers of orders for which the same is to be done next.
    """

    goal: str
    number: str | None = None
    items: Mapping[str, int] | None = None
    is_part: bool = False
    reason: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    address: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    unread: str = ""
    pieces: int | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    photo_ids: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    @classmethod
    def of(cls, turn: Turn) -> Case | None:
        """Give the case that is open in a conversation."""
        stored = turn.slot(SLOT)
        return cls(**{**stored, **{name: tuple(stored[name]) for name in _TUPLES}}) if stored else None

    def keep(self, turn: Turn) -> None:
        """Remember it."""
        turn.remember(**{SLOT: asdict(self)})

    @property
    def is_begun(self) -> bool:
        """Tell whether anything is known of it that would have to be said again."""
        return bool(self.items or self.reason or self.options or self.address or self.photo_ids or self.answered)

    def telling(self, **told: str) -> Case:
        """Take what a ticket or an invoice is to say."""
        return replace(self, told={**self.told, **told})

    def not_telling(self, name: str) -> Case:
        """Take it out again."""
        return replace(self, told={key: text for key, text in self.told.items() if key != name})

    def of_order(self, number: str) -> Case:
        """Take an order; what was known of the lines of another one is of no use any more."""
        if number == self.number:
            return self
        return replace(self, number=number, items=None, is_part=False, options={})


@dataclass(frozen=True)
class Step:
    """One thing that must be known.

    Attributes:
        name: what it is called in a waiting question.
        is_known: whether a case holds it.
        read: takes it from a message, where the message says it.
        find: settles it where there is nothing to choose.
        ask: asks for it.
        forget: takes it out of a case.
        skip: goes on without it, where it may be left out.
    """

    name: str
    is_known: Callable[[Case], bool]
    read: Callable[[Turn, Case], Case]
    ask: Callable[[Turn, Case], None]
    forget: Callable[[Case], Case]
    find: Callable[[Turn, Case], Case] = lambda _, case: case
    skip: Callable[[Case], Case] | None = None


@dataclass(frozen=True)
class Goal:
    """A kind of change, or another thing that the desk is asked for.

    Attributes:
        name: as in `Case.goal`.
        steps: what must be known, in the order in which it is asked.
        show: proposes the change, says what it would do, and gives the fingerprint that a yes confirms; an empty one
            where all is said and nothing needs a yes.
        make: makes the change that was confirmed, and says so.
        check: raises PolicyRefusal where a rule forbids the change whatever is still missing, before that is asked for.
        otherwise: which intent, offered as a button, may be the way where a rule refuses it in a state of the order.
        opened: whether an order that a guest has opened by a one-time code will do.
    """

    name: str
    steps: tuple[Step, ...]
    show: Callable[[Turn, Case], str]
    make: Callable[[Turn, Case, Yes], None]
    check: Callable[[Turn, Case], None] = lambda *_: None
    otherwise: Mapping[str, str] = field(default_factory=dict)
    opened: bool = False


def close(turn: Turn) -> None:
    """Forget the case."""
    turn.remember(**{SLOT: None})


def asked_by(turn: Turn) -> str | None:
    """Name the step whose question waits for an answer."""
    pending: dict[str, Any] = turn.pending
    return pending.get("asked") if pending.get("kind") == "case" else None
