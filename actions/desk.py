"""The desk: leads from what a shopper says first to an explicit yes, and does it once.

It changes orders, opens tickets, asks for invoices, and tells what is known of something bought.

What a message says is taken wherever it stands, and only what is missing is asked. A question in the middle is
answered, and the desk's own question asked again; whatever else the shopper turns to, the case waits to be resumed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace

from actions.base import say_error
from actions.cancelling import CANCEL
from actions.cards import button
from actions.desk_address import said_address
from actions.desk_case import Case, Goal, Step, asked_by
from actions.desk_case import close as close
from actions.desk_choice import ORDER, points_at_order
from actions.desk_consent import consents, opens_with_yes
from actions.desk_corrections import corrected, file_corrected
from actions.desk_lines import ITEMS
from actions.desk_misread import means_the_order, only_looks, says_why_else, taken_over, wants_the_same
from actions.desk_orders import keep_unread, names_lines_of, names_order_alone, offers_look
from actions.desk_possible import answer_possible
from actions.desk_reasons import REASON
from actions.desk_words import begins_with, say_refusal, says_any
from actions.handoff import PERSON
from actions.invoices import INVOICE
from actions.other_options import keeps_it
from actions.pending import CASE_YES
from actions.readdressing import ADDRESS, next_to_readdress
from actions.reordering import REORDER
from actions.returning import RETURN
from actions.swapping import OPTION, SWAP, bought_line, repeats_option
from actions.ticket_parts import with_words
from actions.tickets import COMPLAINT, PROBLEM
from actions.turn import Pending, Turn, clean_words
from actions.warranty import WARRANTY
from actions.withdrawing import WITHDRAW
from actions.without_orders import answer_beside, say_general
from shop.changes import Yes
from shop.errors import (
    InvalidAddress,
    InvalidInvoice,
    InvalidQuantity,
    OrderNotFound,
    PolicyRefusal,
    ProposalChanged,
    Refused,
)

_CHANGES = (CANCEL, ADDRESS, SWAP, REORDER, RETURN)
_REPORTS = frozenset({PROBLEM.name, COMPLAINT.name})
_OTHERS = (PROBLEM, COMPLAINT, PERSON, INVOICE, WARRANTY, WITHDRAW)
GOALS: Mapping[str, Goal] = {goal.name: goal for goal in (*_CHANGES, *_OTHERS)}


def begin(turn: Turn, goal: str) -> None:
    """Begin a change, or go on with it where it is open already, with all that the message says."""
    case = Case.of(turn)
    if goal in _REPORTS and asked_by(turn) == REASON and not turn.from_button and take_answer(turn, turn.pending):
        # "It arrived broken" says why it goes back, where that was asked.
        return
    if asked_by(turn) == ORDER and names_order_alone(turn) and take_answer(turn, turn.pending):
        return
    if goal == SWAP.name and case is not None and _stays_with(turn, case):
        return
    if turn.pending.get("kind") == CASE_YES and says_why_else(turn, goal) and amend(turn, turn.pending):
        return
    if say_general(turn, goal) or (goal == CANCEL.name and only_looks(turn)):
        return
    if (case is None or case.goal != goal) and answer_possible(turn, GOALS[goal]):
        return
    if case is None or case.goal != goal:
        if case is not None and case.is_begun:
            turn.say("utter_case_left", goal=turn.labels.text(f"desk.goals.{case.goal}"))
        case = taken_over(turn, case, Case(goal, words=clean_words("" if turn.from_button else turn.text)))
    _take_and_go_on(turn, case)


def _stays_with(turn: Turn, case: Case) -> bool:
    """Take what seems to ask for another version, and asks for none; tell whether it was that.

    A new one for a broken one is a wish for whoever reads the report; "then not, 44 it is" calls an exchange off.
    """
    if case.goal == PROBLEM.name and wants_the_same(turn):
        go_on(turn, with_words(turn, case, turn.text))
        return True
    line = bought_line(turn, case) if case.goal == SWAP.name else None
    if line is None or not keeps_it(turn, line):
        return False
    drop(turn)
    return True


def begin_with_address(turn: Turn) -> bool:
    """Take an address that is said with nothing asked: nothing in a shop is called so; tell whether there was one."""
    found, case = said_address(turn, ADDRESS.name), Case.of(turn)
    is_open = case is not None and case.goal == ADDRESS.name
    if found is None or not (found.has_more or is_open):
        return False
    begin(turn, ADDRESS.name)
    return True


def take_answer(turn: Turn, pending: Pending) -> bool:
    """Take a message as the answer to the desk's question; tell whether it was one."""
    case = Case.of(turn)
    if case is None:
        return False
    try:
        told = read_all(turn, case)
    except (InvalidAddress, InvalidInvoice) as error:
        turn.say(f"utter_invalid_{error.field}")
        go_on(turn, case)
        return True
    except OrderNotFound as error:
        if not offers_look(turn, GOALS[case.goal], case, error):
            say_error(turn, error)
            go_on(turn, case)
        return True
    if pending["asked"] == ORDER and not told.number and points_at_order(turn):
        # "The one with the camera" and "the one from Friday" name it, or leave fewer to choose from.
        told = _step(told, ORDER).find(turn, told)
    elif replace(told, unread=case.unread, pieces=case.pieces) == case:
        return False
    go_on(turn, replace(told, answered=(*case.answered, pending["asked"])), reads=True)
    return True


def amend(turn: Turn, pending: Pending) -> bool:
    """Take what a message changes of a proposal, as "no, only one of them" does; tell whether it changed any of it."""
    case = Case.of(turn)
    if case is None or turn.from_button:
        return False
    told = read_all(turn, case)
    if told == case and means_the_order(turn) and begins_with(turn, "desk.agreeing"):
        agree(turn, pending)
        return True
    if case.items and not told.items and told.number == case.number:
        # All that was proposed is to stay: nothing is left to be done.
        return False
    if told == case and not (names_order_alone(turn) or names_lines_of(turn, case)):
        return False
    # The order or the things that the proposal is about, said once more, change none of it: it is shown again.
    go_on(turn, told, reads=told != case)
    return True


def agree_in_words(turn: Turn) -> bool:
    """Take a yes in other words, which changes nothing of what was proposed; tell whether it was one."""
    case, pending = Case.of(turn), turn.pending
    if case is None or pending.get("kind") != CASE_YES or not consents(turn, case.goal):
        return False
    try:
        if not (opens_with_yes(turn) or repeats_option(turn, case) or read_all(turn, case) == case):
            return False
    except (OrderNotFound, InvalidAddress, InvalidInvoice):
        return False
    turn.drop_now()
    confirm(turn, pending)
    return True


def take_reason(turn: Turn) -> bool:
    """Take another reason for what waits for its yes, and file it where the message agrees; tell whether it does."""
    case = corrected(turn)
    if case is None:
        return False
    if not file_corrected(turn, case):
        go_on(turn, case)
    return True


def shows_cost(turn: Turn) -> bool:
    """Show a proposal again to who asks what it costs in words that are not understood: it says so."""
    case = Case.of(turn)
    asks = turn.intent[0] in ("nlu_fallback", "ask_price") and says_any(turn, "desk.asks_cost")
    if case is None or turn.from_button or turn.pending.get("kind") != CASE_YES or not asks:
        return False
    go_on(turn, case)
    return True


def confirm(turn: Turn, pending: Pending) -> None:
    """Make the change that was confirmed; where it would no longer do the same, show it again."""
    case = Case.of(turn)
    if case is None:
        turn.say("utter_nothing_to_confirm")
        return
    try:
        GOALS[case.goal].make(turn, case, Yes(pending["fingerprint"], pending["key"], case.words))
    except ProposalChanged:
        turn.say("utter_case_changed")
        go_on(turn, case)
        return
    except PolicyRefusal as error:
        _refuse(turn, case, error)
        return
    except Refused as error:
        _ask_otherwise(turn, case, error)
        return
    if case.number:
        turn.remember(focus_order=case.number)
    close(turn)
    answer_beside(turn)
    if case.goal == ADDRESS.name and (another := next_to_readdress(turn, case)):
        go_on(turn, another)


def leave_out(turn: Turn) -> bool:
    """Take a no to a question that needs no answer, and go on without; tell whether it was one."""
    case, asked = Case.of(turn), asked_by(turn)
    skip = _step(case, asked).skip if case is not None and asked else None
    if case is None or skip is None:
        return False
    go_on(turn, skip(case))
    return True


def agree(turn: Turn, pending: Pending) -> None:
    """Make the cancellation where the message says yes, too; otherwise show it again, as it might mean either."""
    if begins_with(turn, "desk.agreeing"):
        turn.drop_now()
        confirm(turn, pending)
    else:
        ask_again(turn)


def drop(turn: Turn) -> None:
    """Call a change off: nothing is changed."""
    close(turn)
    turn.say("utter_case_dropped")


def go_back(turn: Turn) -> None:
    """Ask the last answered question again; where none was, the first, which was settled without asking."""
    case = Case.of(turn)
    if case is None:
        turn.say("utter_nothing_to_go_back_to")
        return
    step = _step(case, case.answered[-1]) if case.answered else GOALS[case.goal].steps[0]
    case = replace(step.forget(case), answered=case.answered[:-1])
    case.keep(turn)
    step.ask(turn, case)


def start_over(turn: Turn) -> bool:
    """Forget all that was said of the open change and begin it anew; tell whether there was one."""
    case = Case.of(turn)
    if case is None:
        return False
    turn.remember(focus_order=None)
    turn.say("utter_case_started_over", goal=turn.labels.text(f"desk.goals.{case.goal}"))
    go_on(turn, Case(case.goal, words=case.words))
    return True


def resume(turn: Turn) -> bool:
    """Go on with the open change where it was left; tell whether there is one."""
    case = Case.of(turn)
    if case is not None:
        go_on(turn, case)
    return case is not None


def resume_begun(turn: Turn) -> bool:
    """Come back to what waits, where a yes finds nothing else to agree to; tell whether something does."""
    case = Case.of(turn)
    return case is not None and case.is_begun and resume(turn)


def ask_again(turn: Turn) -> None:
    """Repeat the desk's question after something in the middle was answered."""
    resume(turn)


def remind(turn: Turn) -> None:
    """Say in a line that a proposal waits for its yes; any other question of the desk is asked again."""
    case = Case.of(turn)
    if case is None or turn.pending.get("kind") != CASE_YES:
        ask_again(turn)
        return
    # It goes on waiting, whatever was asked in the middle.
    turn.remember(pending=turn.pending)
    yes = "cancel_it" if case.goal == CANCEL.name else "return_it"
    turn.say(
        "utter_case_still_open",
        question=turn.labels.text(f"desk.still.{case.goal}"),
        buttons=[button(turn.labels, yes, "affirm"), button(turn.labels, "leave_it", "deny")],
    )


def _take_and_go_on(turn: Turn, case: Case) -> None:
    try:
        case = read_all(turn, case)
    except (InvalidAddress, InvalidInvoice) as error:
        turn.say(f"utter_invalid_{error.field}")
    except OrderNotFound as error:
        # Another's order and one that does not exist are told the same, and nothing is begun by it.
        if not offers_look(turn, GOALS[case.goal], case, error):
            close(turn)
            say_error(turn, error)
        return
    go_on(turn, case, reads=True)


def read_all(turn: Turn, case: Case) -> Case:
    """Take all that a message says of a change."""
    for step in GOALS[case.goal].steps:
        case = step.read(turn, case)
    has_lines = any(step.name == ITEMS for step in GOALS[case.goal].steps)
    return keep_unread(turn, case) if has_lines and not case.number else case


def go_on(turn: Turn, case: Case, *, reads: bool = False) -> None:
    """Settle what needs no question, ask for what is missing, or propose the change.

    Args:
        turn: the turn.
        case: what is known.
        reads: whether the message speaks of the change, and not of something in the middle.
    """
    try:
        _settle(turn, case, reads=reads)
    except PolicyRefusal as error:
        _refuse(turn, case, error)
    except (OrderNotFound, Refused) as error:
        close(turn)
        say_error(turn, error)


def _settle(turn: Turn, case: Case, *, reads: bool) -> None:
    for step in GOALS[case.goal].steps:
        if not step.is_known(case):
            found = step.find(turn, case)
            # With the order known, what the message says of its lines can be understood; with the line, its options.
            case = read_all(turn, found) if reads and found != case else found
        if not step.is_known(case):
            if case.number is not None:
                GOALS[case.goal].check(turn, case)
            case.keep(turn)
            step.ask(turn, case)
            return
    case.keep(turn)
    try:
        _propose(turn, case)
    except PolicyRefusal:
        raise
    except Refused as error:
        _ask_otherwise(turn, case, error)


def _ask_otherwise(turn: Turn, case: Case, error: Refused) -> None:
    """Say what cannot be had as it was said, and ask for that anew; where nothing can be said otherwise, stop."""
    if isinstance(error, InvalidQuantity):
        turn.say("utter_case_quantity", minimum=error.minimum, maximum=error.maximum)
    else:
        say_error(turn, error)
    goal = GOALS[case.goal]
    # What cannot be bought again cannot be bought in another number, either.
    is_open = goal in _CHANGES and goal is not REORDER
    step = next((one for one in reversed(goal.steps) if is_open and one.name in (OPTION, ITEMS)), None)
    if step is None:
        close(turn)
        return
    case = step.forget(case)
    case.keep(turn)
    step.ask(turn, case)


def _propose(turn: Turn, case: Case) -> None:
    fingerprint = GOALS[case.goal].show(turn, case)
    if case.number:
        turn.remember(focus_order=case.number)
    if not fingerprint:
        close(turn)
        return
    # The key stands for this one yes: a message that comes twice changes nothing twice.
    turn.ask_later(CASE_YES, fingerprint=fingerprint, key=secrets.token_hex(16))


def _refuse(turn: Turn, case: Case, error: PolicyRefusal) -> None:
    close(turn)
    state = str(error.facts.get("state", ""))
    if case.goal == CANCEL.name and state in ("shipped", "delivered") and says_any(turn, "desk.giving_back"):
        # One word may stand for both, and only one of them is possible.
        _take_and_go_on(turn, Case(RETURN.name, number=case.number, words=case.words))
        return
    intent = GOALS[case.goal].otherwise.get(state)
    offered = [button(turn.labels, intent, intent, order_number=case.number or "")] if intent else []
    say_refusal(turn, error, [*offered, button(turn.labels, "talk_to_person", "talk_to_person")])


def _step(case: Case, name: str) -> Step:
    return next(step for step in GOALS[case.goal].steps if step.name == name)
