"""What a shopper asks of a photo beside the search: to put what it shows into the cart, or to tell its price."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.adding import add, offer
from actions.catalogue import tell_price
from actions.photo_moves import Found, only_exact
from actions.photo_sight import running_photo
from actions.queries import PAGE
from actions.targets import Target, ask_which
from actions.turn import Pending, Turn
from shop.catalogue import ProductView
from shop.search import SearchQuery

ADD = "add_to_cart"
_SAID = ("quantity", "option_value", "option_name", "colour")
_DO: Mapping[str, Callable[[Turn, Target], None]] = {ADD: add, "ask_price": tell_price}


@dataclass(frozen=True)
class Order:
    """What is asked for, with what was said of it: it holds on while the shopper is asked which part is meant."""

    goal: str
    details: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, turn: Turn) -> Order | None:
        """Read it from the words that came with a photo; None where they ask for no more than the search."""
        goal = turn.photo_order
        return cls.said(turn, goal) if goal in _DO and goal is not None else None

    @classmethod
    def said(cls, turn: Turn, goal: str) -> Order:
        """Make it of a goal and of what the message says of it."""
        return cls(goal, {name: turn.entities(name) for name in _SAID if turn.entities(name)})

    @classmethod
    def waiting(cls, pending: Pending) -> Order | None:
        """Read it from the question which part is meant."""
        order = pending.get("order")
        return cls(order["goal"], order["details"]) if order else None

    def to_state(self) -> dict[str, Any]:
        """Write it as JSON values, for that question."""
        return {"goal": self.goal, "details": {name: list(values) for name, values in self.details.items()}}


def carry_out(turn: Turn, order: Order | None, query: SearchQuery, found: Found | None) -> None:
    """Do what was asked with the product that the photo surely shows.

    Where that is not beyond doubt, nothing is put into the cart: the shopper, who has seen what comes nearest, is
    asked. Prices stand on the cards.
    """
    if order is None or found is None or not found.shown:
        return
    turn.recall(order.details)
    photo = running_photo(turn)
    # "The second one" of a whole photo is not what comes first; of a part it has said which part.
    is_place = bool(turn.entities("ordinal")) and not (photo and photo.region)
    sure = None if is_place else only_exact(query, found.shown)
    if sure:
        _DO[order.goal](turn, Target(sure.product))
    elif order.goal == ADD:
        _ask(turn, [one.product for one in found.shown[:PAGE]])


def _ask(turn: Turn, products: Sequence[ProductView]) -> None:
    if len(products) == 1:
        offer(turn, products[0], turn.number("quantity") or 1)
    else:
        ask_which(turn, ADD, products)
