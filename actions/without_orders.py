"""Who has placed no order asks what the shop's texts say, and not for the number of one."""

from __future__ import annotations

from actions.cards import button
from actions.desk_case import Case, close
from actions.desk_consent import asks_something, beside_yes, opens_with_yes, question_in
from actions.desk_words import says_any
from actions.guest_orders import opened_order
from actions.pending import CASE, ORDER, asks_for_number
from actions.policy_answers import say_passage
from actions.turn import Turn
from shop.orders import list_orders
from shop.policies import Passage

_SHORTEST = 4
"""Digits of the number of an order."""
TRACK, REFUND = "track", "refund"
# Which of the shop's texts speak of what is asked.
_TOPICS = {
    TRACK: "delivery",
    REFUND: "returns",
    "address": "delivery",
    "cancel": "returns",
    "return": "returns",
    "swap": "returns",
    "warranty": "warranty",
    "invoice": "payment",
}
# What asks for nothing else: that nothing was ordered is all that such a message may say.
_SAYS_NO_MORE = frozenset(
    {"track_order", "list_orders", "nlu_fallback", "inform", "ask_help", "deny", "report_problem"}
)


def say_no_order(turn: Turn, goal: str) -> None:
    """Answer a general question by the shop's text; ask for the number where one order must be meant.

    Args:
        turn: the turn.
        goal: what is asked for, as in `Case.goal`; or TRACK, or REFUND.
    """
    is_guest, asked_before = turn.shopper.customer_id is None, asks_for_number(turn.pending)
    passage = general_passage(turn, goal) if is_general(turn, goal) else None
    if passage is None or not has_not_ordered(turn):
        if goal in (TRACK, REFUND):
            turn.ask_later(ORDER, numbers=[])
        else:
            if passage:
                # What was asked in general, and told of no thing, is nothing begun.
                Case(goal).keep(turn)
            turn.ask_later(CASE, asked=ORDER, numbers=[])
    else:
        close(turn)
    if passage is None:
        turn.say("utter_ask_order_number" if is_guest else "utter_no_orders")
        return
    say_passage(turn, passage)
    if is_guest and not (asked_before or has_not_ordered(turn)):
        turn.say("utter_if_of_an_order")


def answer_of_product(turn: Turn, goal: str) -> bool:
    """Answer by the shop's text what is asked of a thing in talk, where nothing was ordered; tell whether it was.

    A number that is too short for an order, such as a price, is none of one.
    """
    is_of_thing = turn.slot("focus_sku") or turn.entities("product")
    if not is_of_thing or any(len(one) >= _SHORTEST for one in turn.entities("order_number")) or may_have_bought(turn):
        return False
    passage = general_passage(turn, goal)
    if passage:
        close(turn)
        say_passage(turn, passage)
    return passage is not None


def may_have_bought(turn: Turn) -> bool:
    """Tell whether there is an order, or a message speaks of one."""
    if turn.from_button or says_any(turn, "desk.of_a_purchase"):
        return True
    with turn.reading() as session:
        orders = list_orders(session, turn.shopper, limit=1)
    return bool(orders or opened_order(turn))


def say_general(turn: Turn, goal: str) -> bool:
    """Answer what is asked of a time to come, before buying or cancelling; tell whether it was."""
    is_early = says_any(turn, "desk.before_buying") or (goal == "cancel" and says_any(turn, "desk.asks_if_later"))
    passage = general_passage(turn, goal) if not turn.from_button and is_early else None
    if passage:
        say_passage(turn, passage)
    return passage is not None


def take_not_ordered(turn: Turn) -> bool:
    """Take "I haven't ordered yet" as leaving the question for a number; tell whether that is all it says."""
    if not (asks_for_number(turn.pending) and has_not_ordered(turn)):
        return False
    case = Case.of(turn)
    close(turn)
    turn.drop_now()
    if turn.intent[0] not in _SAYS_NO_MORE:
        return False
    passage = general_passage(turn, case.goal if case else TRACK) if asks_something(turn.text) else None
    if passage:
        say_passage(turn, passage)
    else:
        turn.say("utter_nothing_ordered_yet")
    return True


def is_general(turn: Turn, goal: str) -> bool:
    """Tell whether a message asks how things are done, and speaks of nothing that was bought.

    "With our tax number, please" still asks whether there is an invoice at all, where there is no order for it.
    """
    if turn.from_button:
        return False
    asks = goal == "invoice" or asks_something(turn.text)
    # "What did I order yesterday?" speaks of something bought.
    is_of_purchase = bool(turn.entities("ordered")) or says_any(turn, "desk.of_a_purchase")
    return has_not_ordered(turn) or (asks and not is_of_purchase)


def has_not_ordered(turn: Turn) -> bool:
    """Tell whether a message says that nothing was ordered, or speaks of what may be bought."""
    return says_any(turn, "desk.not_ordered") or says_any(turn, "desk.before_buying")


def general_passage(turn: Turn, goal: str) -> Passage | None:
    """Find what the shop's texts say to a question, else what they say of its goal in general."""
    topic = _TOPICS.get(goal)
    if topic is None:
        return None
    policies = turn.services.policies_in(turn.language)
    found = policies.answer(question_in(turn.text) or turn.text)
    if found and found.topic == topic:
        return found
    return policies.answer(turn.labels.text(f"desk.general.{goal}"))


def answer_beside(turn: Turn) -> None:
    """Answer a question that stands beside a yes from the shop's texts; of one after it, say where they do not."""
    after = "" if turn.from_button else beside_yes(turn.text)
    asked = "" if turn.from_button else after or question_in(turn.text)
    passage = turn.services.policies_in(turn.language).answer(asked) if asked else None
    if passage:
        say_passage(turn, passage)
    elif after and opens_with_yes(turn):
        turn.say("utter_policy_unknown", buttons=[button(turn.labels, "talk_to_person", "talk_to_person")])
