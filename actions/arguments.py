"""What was argued and wished, in words, each with the button that takes it back."""

from __future__ import annotations

from actions.adjustments import DISMISS, EXCLUDE, GIFT, HISTORY, IGNORE, LESS, MORE, PRICE, WISH, Step, add, steps_of
from actions.cards import named_button
from actions.queries import exclusion_text
from actions.turn import Button, Turn
from actions.wishes import BUDGET, SIZE, Wish
from actions.wishes import EXCLUDE as NEVER
from shop.catalogue import get_product
from shop.errors import ProductNotFound
from shop.models import utc_now
from shop.recent import recent_events

_PRODUCTS = (LESS, MORE, DISMISS)


def step_text(turn: Turn, step: Step) -> str:
    """Say what a step changes."""
    labels = turn.labels
    if step.kind == WISH:
        return Wish.named(step.value).text(labels)
    if step.kind == EXCLUDE:
        return exclusion_text(labels, step.value)
    if step.kind == PRICE:
        return labels.text(f"edits.price_{step.value}", price=labels.number(step.reference))
    if step.kind == IGNORE:
        return labels.text("edits.ignore", aspect=labels.text(f"aspects.{step.value}"))
    if step.value == HISTORY:
        return labels.text("edits.history")
    name = _name(turn, step.value) if step.kind in _PRODUCTS else ""
    return labels.text(f"edits.{step.kind}", name=name)


def note_gift(turn: Turn) -> bool:
    """Note that what is asked for is for somebody else, where the message says so; tell whether that is news."""
    if turn.entity("adjustment") != GIFT or any(step.kind == GIFT for step in steps_of(turn)):
        return False
    step = Step(GIFT, reference=utc_now().isoformat())
    with turn.reading() as session:
        did_something = bool(recent_events(session, turn.shopper, 1))
    add(turn, step)
    if did_something:
        turn.say("utter_gift_noted", buttons=[undo_button(turn, step)])
    return True


def undo_button(turn: Turn, step: Step) -> Button:
    """Make the button that takes a step, or a wish, back."""
    title = turn.labels.text("buttons.undo_one", what=step_text(turn, step))
    return named_button(title, "undo_adjustment", **_entities_of(step))


def _entities_of(step: Step) -> dict[str, str]:
    """Name a step as a shopper's words would."""
    if step.kind == WISH:
        wish = Wish.named(step.value)
        return {{NEVER: "wish_exclude", SIZE: "size", BUDGET: "price_max"}[wish.kind]: wish.value}
    if step.kind == EXCLUDE:
        return {"wish_exclude": step.value}
    if step.kind in _PRODUCTS:
        return {"product": step.value}
    if step.kind == GIFT:
        return {"aspect": HISTORY} if step.value == HISTORY else {"adjustment": GIFT}
    return {"aspect": step.value if step.kind == IGNORE else PRICE}


def _name(turn: Turn, slug: str) -> str:
    with turn.reading() as session:
        try:
            return get_product(session, slug).name
        except ProductNotFound:
            return slug.replace("-", " ")
