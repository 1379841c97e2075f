"""Which of a shopper's orders a change may be about: those for which it can still be done, and what is said of none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from actions.cards import button
from actions.desk_address import say_address_read
from actions.desk_case import Case, close
from actions.desk_words import rule_facts, rule_passage, says_any
from actions.orders import days_text, offer_orders, order_line, told_of
from actions.pending import CASE
from actions.references import Mention
from actions.turn import Button, Turn
from actions.which_order import days_said, holding, newest_orders, pointed_at
from actions.without_orders import say_no_order
from shop.days import Days
from shop.errors import Refused
from shop.models import utc_now
from shop.orders import OrderView
from shop.policy_rules import PolicyRules, Rule

ORDER = "order"
# So many are listed at most.
_LISTED = 5
Fits = Callable[[Turn, OrderView], bool]


@dataclass(frozen=True)
class Orders:
    """The orders that a goal can be about.

    Attributes:
        fits: whether it can still be done for an order; where only one fits, nothing needs to be asked.
        rule: which rule of the shop says so; None where none does.
        opened: whether an order that a guest has opened by a one-time code will do.
        otherwise: which intent may be the way instead, by the state of an order for which it cannot be done.
    """

    fits: Fits
    rule: Callable[[PolicyRules], Rule] | None = None
    opened: bool = False
    otherwise: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """What a message leaves to choose from: the orders it can mean, and those of them for which it can be done."""

    meant: tuple[OrderView, ...]
    fitting: tuple[OrderView, ...]

    @classmethod
    def of(cls, turn: Turn, orders: Orders, placed: Days | None = None) -> Choice:
        """Look at the newest orders; one that holds what is named is meant, whether it fits or not.

        Args:
            turn: the turn.
            orders: what they can be about.
            placed: leaves those of some days; all without it.
        """
        listed = _got(turn) if placed and says_any(turn, "desk.received") else newest_orders(turn, placed)
        meant = holding(turn, listed) or listed
        return cls(tuple(meant), tuple(order for order in meant if orders.fits(turn, order)))

    def settled(self, turn: Turn) -> OrderView | None:
        """Give the order where there is no choice; None where there is one, or nothing to choose from."""
        focus = next((order for order in self.meant if order.number == turn.slot("focus_order")), None)
        if focus and not Mention.of(turn).products and (focus in self.fitting or says_any(turn, "desk.that_order")):
            # "Cancel it" means what was just spoken of: where that cannot be done, it is refused with its reason.
            return focus
        pointed = pointed_at(turn)
        if pointed and pointed.number in {order.number for order in self.fitting}:
            return pointed
        among = self.fitting or self.meant
        return among[0] if len(among) == 1 else None


def in_states(*states: str) -> Fits:
    """Tell whether an order is in one of some states."""
    allowed: Collection[str] = frozenset(states)
    return lambda _, order: order.state in allowed


def allowed_by(check: Callable[[Turn, OrderView], object]) -> Fits:
    """Tell whether a check lets an order pass, and refuses nothing."""

    def fits(turn: Turn, order: OrderView) -> bool:
        try:
            check(turn, order)
        except Refused:
            return False
        return True

    return fits


def points_at_order(turn: Turn) -> bool:
    """Tell whether a message leaves fewer orders to choose from: by what is in them, or by their days."""
    by_words = days_past(turn) is not None or pointed_at(turn) is not None
    return not turn.from_button and (by_words or names_bought(turn))


def _got(turn: Turn) -> list[OrderView]:
    """Give the orders that have arrived: "the shoes I got last week" were not ordered in it."""
    orders = newest_orders(turn)
    return [order for order in orders if order.state == "delivered"] or orders


def names_bought(turn: Turn) -> bool:
    """Tell whether a message names something that is in one of the shopper's orders."""
    return bool(holding(turn, newest_orders(turn)))


def means_an_order(turn: Turn) -> bool:
    """Tell whether what is to be stopped, with nothing going on, is an order: "cancel it" of one just spoken of."""
    named = says_any(turn, "desk.cancelling") and (turn.slot("focus_order") or names_bought(turn))
    return bool(turn.entity("order_number") or named or says_any(turn, "desk.wants_to_cancel"))


def days_past(turn: Turn) -> Days | None:
    """Give the days of which a message says that something was ordered; "from Wednesday" is none of them."""
    placed = None if says_any(turn, "desk.ahead") else days_said(turn)
    return None if placed and placed.first and placed.first > utc_now().date() else placed


def ask_order(turn: Turn, case: Case, orders: Orders) -> None:
    """Ask which order is meant, of those for which it can be done; where there is none, say so and why."""
    placed = days_past(turn)
    choice = Choice.of(turn, orders, placed)
    if placed and not choice.meant:
        choice = Choice.of(turn, orders)
        if choice.meant:
            turn.say("utter_case_no_order_of_days", days=days_text(turn, placed))
    if choice.meant and not choice.fitting:
        _say_none_fits(turn, case, orders, choice.meant[:_LISTED])
        return
    if not choice.fitting:
        say_no_order(turn, case.goal)
        return
    say_address_read(turn, case)
    listed = list(choice.fitting[:_LISTED])
    turn.ask_later(CASE, asked=ORDER, numbers=[order.number for order in listed])
    question = turn.labels.text(f"desk.which_order.{case.goal}")
    offer_orders(turn, listed, "utter_ask_case_order", question=question)


def _say_none_fits(turn: Turn, case: Case, orders: Orders, meant: Sequence[OrderView]) -> None:
    """Say that it can be done for none of the orders, which stand there with their states, and quote the rule."""
    close(turn)
    # Of a list none is the one that was spoken of.
    turn.remember(focus_order=None)
    rules, labels = turn.services.rulebook.rules, turn.labels
    cited = rules.cite(orders.rule(rules)) if orders.rule else None
    passage = rule_passage(turn, cited) if cited else None
    quoted = {"title": passage.title, "text": passage.text} if passage else {}
    turn.say(
        "utter_no_order_fits",
        told=[*told_of(turn, meant), *rule_facts(turn, cited)],
        why=labels.text(f"desk.none_fits.{case.goal}"),
        lines="\n".join(order_line(turn, order) for order in meant),
        rule=labels.text("desk.quoted", **quoted) if quoted else "",
        buttons=_ways(turn, orders, meant),
    )


def _ways(turn: Turn, orders: Orders, meant: Sequence[OrderView]) -> list[Button]:
    states = {order.state for order in meant}
    intents = dict.fromkeys(intent for state, intent in orders.otherwise.items() if state in states)
    return [button(turn.labels, intent, intent) for intent in (*intents, "talk_to_person")]
