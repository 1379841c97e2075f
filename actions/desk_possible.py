"""What is only asked of a change, or wished on a condition: "if it isn't out by tomorrow I'd cancel it", "还能退吗".

It is answered by the shop's rules for what is spoken of, with a button that begins the change; nothing is begun by it.
"""

from __future__ import annotations

from actions.cards import button
from actions.case_questions import return_of, say_until
from actions.desk_case import Case, Goal
from actions.desk_orders import case_order
from actions.desk_reasons import reason_said
from actions.desk_words import say_refusal, says_any
from actions.orders import told_of
from actions.pending import CASE_OFFER
from actions.policy_answers import say_passage
from actions.returning import check_returnable
from actions.turn import Turn
from actions.without_orders import general_passage
from shop.cancellations import propose_cancel
from shop.errors import OrderNotFound, PolicyRefusal

_INTENTS = {"cancel": "cancel_order", "return": "return_product"}


def answer_possible(turn: Turn, goal: Goal) -> bool:
    """Say whether something could be done, where no more is asked; tell whether that was asked."""
    if turn.from_button or goal.name not in _INTENTS or not _only_asks(turn, goal):
        return False
    try:
        case = _meant(turn, goal)
    except OrderNotFound:
        return False
    try:
        _answer(turn, goal, case)
    except PolicyRefusal as error:
        say_refusal(turn, error, [button(turn.labels, "talk_to_person", "talk_to_person")])
    return True


def _only_asks(turn: Turn, goal: Goal) -> bool:
    if says_any(turn, "desk.conditional"):
        # "Cancel it if it hasn't been sent" asks for it: whether it can be done is looked up.
        return not says_any(turn, "desk.if_possible")
    gives_reason = turn.entity("reason") or reason_said(turn, turn.text)
    return goal.name == "return" and says_any(turn, "desk.asks_possible") and not gives_reason


def _meant(turn: Turn, goal: Goal) -> Case:
    """Find the order and the things that are spoken of, as the change itself would."""
    case = Case(goal.name)
    for step in goal.steps[:2]:
        case = step.read(turn, case)
        if not step.is_known(case) and (case.number or step is goal.steps[0]):
            case = step.find(turn, case)
    return case


def _answer(turn: Turn, goal: Goal, case: Case) -> None:
    if case.number:
        _say_possible(turn, case)
        turn.remember(focus_order=case.number)
    passage = general_passage(turn, goal.name)
    if passage:
        say_passage(turn, passage)
    named = {"order_number": case.number} if case.number else {}
    sku = next(iter(case.items or {}), "") if len(case.items or {}) == 1 else ""
    named |= {"sku": sku} if sku else {}
    intent = _INTENTS[goal.name]
    if not says_any(turn, "desk.conditional"):
        # "Yes, please" asks for it then.
        turn.ask_later(CASE_OFFER, goal=goal.name, number=case.number, items=case.items)
    turn.say("utter_only_asked", buttons=[button(turn.labels, intent, intent, **named)])


def _say_possible(turn: Turn, case: Case) -> None:
    """Say that it can be done as things are, or raise PolicyRefusal."""
    order = case_order(turn, case)
    if case.goal == "return":
        check_returnable(turn, case)
        if proposal := return_of(turn, case):
            say_until(turn, proposal)
        return
    with turn.reading() as session:
        propose_cancel(session, turn.shopper, turn.services.rulebook.rules, order.number)
    state = turn.labels.text(f"order.states.{order.state}")
    turn.say("utter_can_be_cancelled", told=told_of(turn, [order]), number=order.number, state=state)
