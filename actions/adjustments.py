"""What the shopper argues about their recommendations: steps that are kept, told back and undone one by one.

| kind | value | reference |
| --- | --- | --- |
| ignore | a field of `recsys.edits`: brand, colour, category or price | |
| less, more | a product's slug | |
| price | lower or higher | than this amount |
| gift | "history" where only the past is not to count | since when, as ISO time |
| dismiss | a product's slug | |
| wish | a standing wish, as `actions.wishes` names it | what it was before |
| exclude | what the running search leaves out | |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from actions.turn import Turn
from recsys.edits import Edits

IGNORE, LESS, MORE, PRICE, GIFT, DISMISS, WISH = "ignore", "less", "more", "price", "gift", "dismiss", "wish"
EXCLUDE = "exclude"
ASPECTS = ("brand", "colour", "category", "price")
LOWER, HIGHER = "lower", "higher"
HISTORY = "history"
"""The value of a `GIFT` step of who shops for themselves, but not by what they did before."""

_MOST = 30
_CENT = Decimal("0.01")
_OPPOSITE = {LESS: MORE, MORE: LESS}


@dataclass(frozen=True)
class Step:
    """One thing that was said about the recommendations."""

    kind: str
    value: str = ""
    reference: str | None = None


def steps_of(turn: Turn) -> list[Step]:
    """Give what was argued so far, oldest first."""
    return [Step(**state) for state in (turn.slot("edits") or {}).get("steps", ())]


def keep(turn: Turn, steps: Sequence[Step]) -> None:
    """Remember what is argued from now on; of very many only the latest."""
    turn.remember(edits={"steps": [asdict(step) for step in steps[-_MOST:]]} if steps else None)


def add(turn: Turn, step: Step) -> None:
    """Argue one thing more; it takes the place of the same thing, or of its opposite, said before.

    Of prices and wishes each step counts, so that undoing goes back one at a time.
    """
    keep(turn, [*(one for one in steps_of(turn) if not _replaces(step, one)), step])


def forget_prices(turn: Turn) -> None:
    """Drop "cheaper" and "dearer": they were said of what was shown before, and something else is asked for now."""
    steps = steps_of(turn)
    kept = [step for step in steps if step.kind != PRICE]
    if len(kept) < len(steps):
        keep(turn, kept)


def edits_of(steps: Iterable[Step]) -> Edits:
    """Give the steps in the form that the recommender takes."""
    said = list(steps)
    price = next((step for step in reversed(said) if step.kind == PRICE), None)
    return Edits(
        ignore=frozenset(step.value for step in said if step.kind == IGNORE),
        less_like=tuple(step.value for step in said if step.kind == LESS),
        more_like=tuple(step.value for step in said if step.kind == MORE),
        price=None if price is None else ("lower" if price.value == LOWER else "higher"),
        reference_price=None if price is None else float(Decimal(price.reference or 0)),
        gift=any(step.kind == GIFT for step in said),
    )


def hidden(steps: Iterable[Step]) -> frozenset[str]:
    """Name the products that are not to be shown again."""
    return frozenset(step.value for step in steps if step.kind in (LESS, DISMISS))


def gift_since(steps: Iterable[Step]) -> dt.datetime | None:
    """Tell since when the shopper looks for a gift; None where they look for themselves."""
    return next((dt.datetime.fromisoformat(step.reference or "") for step in steps if step.kind == GIFT), None)


def price_bounds(steps: Iterable[Step]) -> tuple[Decimal | None, Decimal | None]:
    """Give the lowest and the highest price that the last "cheaper" or "dearer" leaves."""
    last = next((step for step in reversed(list(steps)) if step.kind == PRICE), None)
    if last is None:
        return None, None
    reference = Decimal(last.reference or 0)
    if last.value == LOWER:
        return None, max(reference - _CENT, Decimal(0))
    return reference + _CENT, None


def _replaces(new: Step, old: Step) -> bool:
    if new.kind in (PRICE, WISH):
        return False
    if new.kind == GIFT:
        return old.kind == GIFT
    return old.value == new.value and old.kind in (new.kind, _OPPOSITE.get(new.kind))
