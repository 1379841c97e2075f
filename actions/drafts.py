"""What a shopper is about to send to a person of the shop, or asks about an order: known so far, and asked for next.

A draft lives in the slot `draft`, so that a question in the middle, or a search, loses nothing of it, and is gone once
it is sent, refused or called off. Each goal has its steps; what a message says is taken for each of them, and only what
is missing is asked for.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

from actions.cards import button
from actions.guest_orders import offer_look
from actions.pending import CONFIRM_DRAFT, DRAFT
from actions.turn import Pending, Turn
from shop.errors import OrderNotFound

SLOT = "draft"
ORDER, PHOTO = "order", "photo"
_MAY_BE_LEFT_OUT = frozenset({PHOTO})
_LISTS = ("skus", "photo_ids", "passed")


@dataclass(frozen=True)
class Draft:
    """What is known.

    Attributes:
        goal: "person", "complaint", "problem", "invoice" or "warranty".
        key: the idempotency key of the yes to it.
        number: of the order that it is about; `skus` are the lines of it.
        problem: what is wrong with them.
        words: the shopper's own.
        photo_ids: of the photos that go with it.
        email: where the answer, or the invoice, goes.
        kind: of an invoice, as are `title` and `tax_id`.
        passed: the steps that were asked and need no more.
    """

    goal: str
    key: str
    number: str | None = None
    skus: tuple[str, ...] = ()
    problem: str | None = None
    words: str = ""
    photo_ids: tuple[str, ...] = ()
    email: str | None = None
    kind: str | None = None
    title: str | None = None
    tax_id: str | None = None
    passed: tuple[str, ...] = ()

    @classmethod
    def begin(cls, goal: str) -> Draft:
        """Begin one of which nothing is known."""
        return cls(goal, secrets.token_hex(8))

    @classmethod
    def of(cls, turn: Turn) -> Draft | None:
        """Give the one that is open in a conversation."""
        stored = turn.slot(SLOT)
        return cls(**{**stored, **{name: tuple(stored[name]) for name in _LISTS}}) if stored else None

    def keep(self, turn: Turn) -> None:
        """Remember it."""
        turn.remember(**{SLOT: {**asdict(self), **{name: list(getattr(self, name)) for name in _LISTS}}})

    def of_order(self, number: str) -> Draft:
        """Take an order; the lines of another one are of no use any more."""
        return self if number == self.number else replace(self, number=number, skus=())

    @property
    def fingerprint(self) -> str:
        """Stand for exactly what it says now; a yes takes it along."""
        return hashlib.sha256(repr(replace(self, passed=())).encode("utf-8", "replace")).hexdigest()[:16]


class Unusable(Exception):
    """What was said cannot be used for a step; the shopper is told why and asked again.

    Attributes:
        response: what is said.
    """

    def __init__(self, response: str) -> None:
        super().__init__(response)
        self.response = response


@dataclass(frozen=True)
class Step:
    """One thing that is wanted.

    Attributes:
        name: what it is called in a waiting question.
        is_known: whether a draft holds it, or needs it not.
        read: takes it from a message, where the message says it; raises Unusable, or OrderNotFound.
        ask: asks for it.
        find: settles it where there is nothing to choose.
    """

    name: str
    is_known: Callable[[Draft], bool]
    read: Callable[[Turn, Draft], Draft]
    ask: Callable[[Turn, Draft], None]
    find: Callable[[Turn, Draft], Draft] = lambda _, draft: draft


@dataclass(frozen=True)
class Goal:
    """A kind of draft.

    Attributes:
        steps: what must be known, in the order in which it is asked.
        show: says what a yes would do; tells whether a yes is asked for at all.
        make: does it, and says so.
        allows: tells whether it can be done for the order, and says why not.
    """

    steps: tuple[Step, ...]
    show: Callable[[Turn, Draft], bool]
    make: Callable[[Turn, Draft], None]
    allows: Callable[[Turn, Draft], bool] = lambda _turn, _draft: True


class Desk:
    """Leads through the goals.

    Args:
        goals: by the name that a draft has of them.
    """

    def __init__(self, goals: Mapping[str, Goal]) -> None:
        self._goals = goals

    def begin(self, turn: Turn, goal: str) -> None:
        """Begin a draft, or go on with the one that is open, with all that the message says of it."""
        open_one = Draft.of(turn)
        asked = turn.pending.get("kind") in (DRAFT, CONFIRM_DRAFT)
        if open_one is None or open_one.goal != goal:
            self._hear(turn, Draft.begin(goal))
        elif asked or not _named(turn):
            self._hear(turn, open_one)
        else:
            self._hear(turn, Draft.begin(goal))

    def go_on(self, turn: Turn, draft: Draft) -> None:
        """Ask for the next thing that is missing; where nothing is, show what a yes would do."""
        goal = self._goals[draft.goal]
        for step in goal.steps:
            draft = draft if step.is_known(draft) else step.find(turn, draft)
            if not step.is_known(draft):
                draft.keep(turn)
                turn.ask_later(DRAFT, asked=step.name)
                step.ask(turn, draft)
                return
            if step.name == ORDER and draft.number and not goal.allows(turn, draft):
                close(turn)
                return
        draft.keep(turn)
        if goal.show(turn, draft):
            turn.ask_later(CONFIRM_DRAFT, fingerprint=draft.fingerprint)
        else:
            close(turn)

    def answer(self, turn: Turn, pending: Pending) -> bool:
        """Take a message as the answer to the question that waits; tell whether it was one."""
        draft = Draft.of(turn)
        return draft is not None and self._hear(turn, draft, must_say=True)

    def resume(self, turn: Turn) -> bool:
        """Come back to the draft that is open, if there is one."""
        draft = Draft.of(turn)
        if draft is not None:
            self.go_on(turn, draft)
        return draft is not None

    def confirm(self, turn: Turn, pending: Pending) -> None:
        """Do what the shopper has said yes to; where that is no longer what it says, show it again."""
        draft = Draft.of(turn)
        if draft is None:
            turn.say("utter_nothing_to_confirm")
        elif draft.fingerprint != pending["fingerprint"]:
            self.go_on(turn, draft)
        else:
            # First: a second yes finds nothing.
            close(turn)
            self._goals[draft.goal].make(turn, draft)

    def pass_over(self, turn: Turn, pending: Pending) -> None:
        """Take a no: what may be left out is left out, and all else is called off."""
        draft, asked = Draft.of(turn), pending.get("asked")
        if draft is not None and asked in _MAY_BE_LEFT_OUT:
            self.go_on(turn, replace(draft, passed=(*draft.passed, asked)))
            return
        close(turn)
        turn.say("utter_not_sent")

    def _hear(self, turn: Turn, draft: Draft, *, must_say: bool = False) -> bool:
        """Take what a message says; with `must_say`, tell whether it says anything, and do nothing where not."""
        heard = draft
        try:
            for step in self._goals[draft.goal].steps:
                heard = step.read(turn, heard)
        except Unusable as error:
            draft.keep(turn)
            turn.remember(pending=turn.pending or None)
            turn.say(error.response)
            if not turn.pending:
                self.go_on(turn, draft)
            return True
        except OrderNotFound as error:
            self._say_no_such_order(turn, draft, error.number)
            return True
        if must_say and heard == draft:
            return False
        self.go_on(turn, heard)
        return True

    def _say_no_such_order(self, turn: Turn, draft: Draft, number: str) -> None:
        """Say that there is no such order; a guest may prove that it is theirs, and comes back here."""
        draft.keep(turn)
        turn.drop_now()
        offer_look(turn, number)
        if turn.has_asked:
            turn.remember(pending={**turn.pending, "waiting": {"kind": DRAFT, "asked": ORDER}})
        else:
            turn.ask_later(DRAFT, asked=ORDER, numbers=[])


def asked_by(turn: Turn) -> str | None:
    """Name the step whose question waits for an answer."""
    pending = turn.pending
    return pending.get("asked") if pending.get("kind") == DRAFT else None


def close(turn: Turn) -> None:
    """Forget the draft."""
    turn.remember(**{SLOT: None})


def ask_yes(turn: Turn, response: str, yes: str, **variables: object) -> bool:
    """Say what a yes would do, with a button for it and one against it."""
    labels = turn.labels
    turn.say(response, buttons=[button(labels, yes, "affirm"), button(labels, "no", "deny")], **variables)
    return True


def _named(turn: Turn) -> bool:
    """Tell whether a message names what a draft is about, so that it may be about another thing."""
    return any(turn.entities(name) for name in ("order_number", "product", "sku", "reason", "tax_id"))

