"""Standing wishes in a conversation: a guest's live in a slot, a customer's in the shop, and the slot mirrors them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy.orm import Session

from actions.dislikes import disliked
from actions.labels import Labels
from actions.own_sizes import is_no_own_size
from actions.queries import price
from actions.turn import Turn, clean_words
from shop.wishes import Wishes, load_wishes, save_wishes

EXCLUDE, SIZE, BUDGET = "exclude", "size", "budget"

_SAVED = "saved"
# What was read as an exclusion of a search may, when the shopper is asked, turn out to be a wish.
_EXCLUDED = ("wish_exclude", "exclude")
_MOST = 20


@dataclass(frozen=True)
class Wish:
    """One standing wish: something never to be shown, a size, or a budget."""

    kind: str
    value: str

    @property
    def name(self) -> str:
        """Write it as one word, for a step that can be undone."""
        return f"{self.kind}:{self.value}"

    @classmethod
    def named(cls, name: str) -> Wish:
        """Read it back."""
        kind, _, value = name.partition(":")
        return cls(kind, value)

    def text(self, labels: Labels) -> str:
        """Say it."""
        value = labels.number(self.value) if self.kind == BUDGET else clean_words(labels.value(self.value))
        return labels.text(f"wishes.{self.kind}", value=value)


def wishes_of(turn: Turn, session: Session) -> Wishes:
    """Give the wishes that hold now; those that a guest stated go with them when they sign in."""
    here, saved_here = _from_slot(turn)
    if turn.shopper.customer_id is None:
        return here
    saved = load_wishes(session, turn.shopper)
    return saved if saved_here else merged(saved, here)


def change_wishes(turn: Turn, session: Session, wishes: Wishes) -> bool:
    """Let these hold from now on; tell whether they are kept beyond this conversation.

    Args:
        turn: the turn.
        session: a session of `turn.writing()`.
        wishes: all of them.
    """
    kept = turn.shopper.customer_id is not None and save_wishes(session, turn.shopper, wishes)
    mirror_wishes(turn, wishes, saved=kept)
    return kept


def settle_wishes(turn: Turn, session: Session, wishes: Wishes) -> None:
    """Save what a guest stated once they have signed in, and let the slot show what holds."""
    if turn.shopper.customer_id is None:
        return
    _, saved = _from_slot(turn)
    if saved or turn.slot("wishes") is None:
        mirror_wishes(turn, wishes, saved=True)
    else:
        change_wishes(turn, session, wishes)


def mirror_wishes(turn: Turn, wishes: Wishes, *, saved: bool) -> None:
    """Keep them in the slot, with whether the shop has them too."""
    turn.remember(wishes=None if wishes == Wishes() else {**wishes.to_state(), _SAVED: saved})


def stated(turn: Turn) -> list[Wish]:
    """Read the wishes that a message states."""
    avoided = [turn.services.glossary.translated(value) for kind in _EXCLUDED for value in turn.entities(kind)]
    avoided = avoided or disliked(turn)
    misfits = not turn.from_button and is_no_own_size(turn)
    sizes = [] if misfits else [*turn.entities("size"), *turn.entities("option_value")]
    budget = price(turn, "price_max")
    if not (avoided or sizes or budget):
        avoided = [value for kind in ("brand", "colour", "category") for value in turn.entities(kind)]
    found = [Wish(EXCLUDE, value.casefold()) for value in avoided] + [Wish(SIZE, value) for value in sizes]
    return [*found, *([Wish(BUDGET, str(budget))] if budget is not None else [])]


def with_wish(wishes: Wishes, wish: Wish) -> Wishes:
    """Add a wish; a new budget, or a new size of the same sort (42, or M), takes the place of the one before."""
    if wish.kind == BUDGET:
        return replace(wishes, price_max=Decimal(wish.value))
    if wish.kind == SIZE:
        return replace(wishes, sizes=(*_other_sizes(wishes, wish.value), wish.value))
    return replace(wishes, exclude=_distinct(*wishes.exclude, wish.value))


def without_wish(wishes: Wishes, wish: Wish, before: str | None = None) -> Wishes:
    """Take a wish away.

    Args:
        wishes: what holds.
        wish: what is taken back.
        before: the budget or size that held before it, and holds again.
    """
    if wish.kind == BUDGET:
        return replace(wishes, price_max=Decimal(before) if before else None)
    if wish.kind == SIZE:
        kept_sizes = tuple(size for size in wishes.sizes if size.casefold() != wish.value.casefold())
        return replace(wishes, sizes=(*kept_sizes, *([before] if before else [])))
    kept = tuple(value for value in wishes.exclude if value.casefold() != wish.value.casefold())
    return replace(wishes, exclude=kept)


def before(wishes: Wishes, wish: Wish) -> str | None:
    """Give what a wish takes the place of."""
    if wish.kind == BUDGET:
        return None if wishes.price_max is None else str(wishes.price_max)
    if wish.kind == SIZE:
        return next(iter(set(wishes.sizes) - set(_other_sizes(wishes, wish.value)) - {wish.value}), None)
    return None


def each_wish(wishes: Wishes) -> list[Wish]:
    """List the wishes one by one."""
    listed = [Wish(EXCLUDE, value) for value in wishes.exclude] + [Wish(SIZE, value) for value in wishes.sizes]
    return [*listed, *([Wish(BUDGET, str(wishes.price_max))] if wishes.price_max is not None else [])]


def merged(saved: Wishes, here: Wishes) -> Wishes:
    """Add what was stated here to what was saved; what was stated last counts."""
    return Wishes(
        price_max=saved.price_max if here.price_max is None else here.price_max,
        sizes=here.sizes or saved.sizes,
        exclude=_distinct(*saved.exclude, *here.exclude),
    )


def _other_sizes(wishes: Wishes, size: str) -> tuple[str, ...]:
    return tuple(known for known in wishes.sizes if _is_number(known) != _is_number(size))


def _is_number(size: str) -> bool:
    return any(sign.isdigit() for sign in size)


def _distinct(*values: str) -> tuple[str, ...]:
    return tuple({value.casefold(): value for value in values}.values())[-_MOST:]


def _from_slot(turn: Turn) -> tuple[Wishes, bool]:
    state = dict(turn.slot("wishes") or {})
    saved = bool(state.pop(_SAVED, False))
    return (Wishes.from_state(state) if state else Wishes()), saved
