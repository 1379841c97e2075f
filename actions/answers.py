"""Yes, no, and bare answers: each goes to the question that waits for it."""

from __future__ import annotations

from collections.abc import Callable

from actions import desk
from actions.adding import add, add_variant, offered_so_many
from actions.arguing import dismiss, less_like, more_like
from actions.base import ShopAction
from actions.cart import change_quantity, clear_asked, remove_asked
from actions.cart_alike import changes_alike
from actions.cart_changes import counts_cart, sets_number
from actions.cart_lines import pick_line
from actions.cart_removal import remove, set_line_quantity
from actions.cart_swaps import SWAP_IN_CART, swap_line, swaps_instead
from actions.cart_wanted import corrects_cart, states_sizes
from actions.catalogue import show_details, tell_option, tell_price, tell_stock
from actions.checkout import ask_other_address, confirm_order, use_address
from actions.checkout_contact import forget_address
from actions.codes import answer_code
from actions.counted_goods import takes_counted
from actions.desk_case import Case
from actions.desk_choice import means_an_order
from actions.desk_consent import wants_done
from actions.desk_misread import means_the_order
from actions.desk_offered import begin_offered
from actions.desk_waits import put_down
from actions.desk_words import says_any, says_only
from actions.found import run_search
from actions.guest_orders import answer_contact, enter_code
from actions.option_answers import answer_option
from actions.options import chosen_options
from actions.orders import answered_number, show_order, track
from actions.pending import (
    ADD,
    CART_CODE,
    CASE,
    CASE_OFFER,
    CASE_YES,
    CLEAR_CART,
    CODE,
    CONFIRM_ORDER,
    CONTACT,
    DETAILS,
    OPTION,
    ORDER,
    PERSON,
    PHOTO_FILTER,
    PHOTO_PART,
    QUANTITY,
    RATING,
    REMOVE,
    SEARCH,
    SIMILAR,
    TASTE,
    USE_ADDRESS,
    WHICH,
    agrees_to_look,
    answers_question,
    code_said,
    said_number,
    said_rating,
)
from actions.photo_search import answer_part, drop_filter
from actions.queries import from_state
from actions.recommendations import show_goes_with, show_similar
from actions.references import Mention
from actions.said_goods import said_kinds
from actions.satisfaction import take_rating
from actions.search import refine, start_search
from actions.slate_moves import answer_taste, stop_photo
from actions.targets import QUESTION, Target, focused_product, one_shown, pick_one
from actions.ticket_parts import PHOTO
from actions.turn import Pending, Turn
from actions.waiting import resume
from actions.which_order import listed_number
from actions.whys import tell_why
from shop.carts import CartLineView
from shop.catalogue import get_product, get_product_by_sku, get_variant

_GOALS: dict[str, Callable[[Turn, Target], None]] = {
    "show_details": show_details,
    "tell_price": tell_price,
    "tell_option": tell_option,
    "tell_stock": tell_stock,
    "add_to_cart": add,
    "show_similar": show_similar,
    "show_goes_with": show_goes_with,
    "tell_why": tell_why,
    "more_like": more_like,
    "less_like": less_like,
    "dismiss_product": dismiss,
}
_LINE_GOALS: dict[str, Callable[[Turn, CartLineView], None]] = {
    "change_quantity": change_quantity,
    "remove_from_cart": remove,
    SWAP_IN_CART: swap_line,
}
# A no to these says nothing of what else lies in the cart.
_LEAVING_CART = frozenset({CONFIRM_ORDER, CLEAR_CART, REMOVE, OPTION, WHICH, CODE, CONTACT, ORDER})
_SELECTING = (
    "colour",
    "brand",
    "category",
    "option_value",
    "price_min",
    "price_max",
    "price_direction",
    "in_stock",
    "exclude",
)


class ActionTakeAnswer(ShopAction):
    """Take a bare answer: to the waiting question, else to what was last shown, else as a search."""

    takes_answers = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_take_answer"

    def perform(self, turn: Turn) -> None:
        """Answer the question that waits, or choose from what was shown."""
        take(turn)


class ActionAffirm(ShopAction):
    """Take a yes."""

    keeps_question = True
    takes_answers = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_affirm"

    def perform(self, turn: Turn) -> None:
        """Do what was asked; a yes to nothing does nothing."""
        pending = turn.pending
        kind = pending.get("kind", "")
        if kind == CASE_YES and desk.amend(turn, pending):
            # "Yes, but only one of them" is a yes to something else.
            return
        if kind == CASE and pending["asked"] == PHOTO:
            turn.say("utter_photo_how_for_ticket")
            return
        if kind == CASE and not says_only(turn, "desk.agreeing") and desk.take_answer(turn, pending):
            # "当然是椅子" says which one.
            return
        if kind in _ANSWERS and kind != RATING:
            if answers_question(turn) and _ANSWERS[kind](turn, pending):
                resume(turn, pending)
            else:
                turn.say("utter_yes_is_not_enough")
        elif kind in _YES:
            turn.drop_now()
            _YES[kind](turn, pending)
            resume(turn, pending)
        elif turn.form:
            turn.say("utter_checkout_waits")
        elif not desk.resume_begun(turn):
            # Who says what to do believes that it is done by now.
            turn.say("utter_nothing_was_done" if wants_done(turn) else "utter_nothing_to_confirm")


class ActionDeny(ShopAction):
    """Take a no."""

    takes_answers = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_deny"

    def perform(self, turn: Turn) -> None:
        """Leave everything as it is."""
        kind = turn.pending.get("kind", "")
        if kind in (CASE, CASE_YES):
            # "They don't fit" and "no, the other one" are answers, too; a no to what needs no answer leaves it out.
            take_up = _take_no if kind == CASE else desk.amend
            if not take_up(turn, turn.pending):
                desk.drop(turn)
        elif kind == USE_ADDRESS:
            ask_other_address(turn)
        elif turn.form and not kind:
            turn.say("utter_checkout_waits")
        elif kind in ("", TASTE) and said_kinds(turn) and says_any(turn, "search.asks_goods"):
            # "No, keyboards is what I want" turns down what was shown, and names what to look for.
            start_search(turn)
        elif kind in _LEAVING_CART or not (counts_cart(turn) or corrects_cart(turn)):
            turn.say(
                {CONFIRM_ORDER: "utter_order_not_placed", CLEAR_CART: "utter_cart_kept", REMOVE: "utter_cart_kept"}.get(
                    kind, "utter_all_right"
                )
            )
            resume(turn, turn.pending)


def _take_no(turn: Turn, pending: Pending) -> bool:
    """Take a no to the desk's question as what it answers, or as leaving that out; tell whether it was either."""
    return desk.leave_out(turn) or (not turn.from_button and desk.take_answer(turn, pending))


class ActionCancel(ShopAction):
    """Stop what is going on."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_cancel"

    def perform(self, turn: Turn) -> None:
        """Forget the question and the address; the cart stays."""
        kind = turn.pending.get("kind", "")
        if means_an_order(turn) and kind in ("", CASE_OFFER) and not turn.form:
            # With nothing going on, what is to be stopped is the order.
            desk.begin(turn, "cancel")
            return
        forget_address(turn)
        stop_photo(turn)
        if kind == CASE_YES and means_the_order(turn):
            # "Yes, cancel it" agrees to what was proposed, and calls nothing off; "only the mouse" changes it.
            if not desk.amend(turn, turn.pending):
                desk.ask_again(turn)
        elif kind in (CASE, CASE_YES):
            desk.drop(turn)
        elif turn.form or kind in {USE_ADDRESS, CONFIRM_ORDER}:
            turn.say("utter_checkout_stopped")
        elif not kind and Case.of(turn) is not None:
            # What was put aside is gone now, too.
            put_down(turn)
        else:
            turn.say("utter_stopped" if kind else "utter_nothing_to_cancel")


def take(turn: Turn) -> None:
    """Answer the question that waits; where none does, choose from what was shown, else search."""
    pending = turn.pending
    if pending.get("kind") == CASE_YES and desk.amend(turn, pending):
        return
    if pending.get("kind") == SEARCH and agrees_to_look(turn):
        _YES[SEARCH](turn, pending)
        return
    answer = _ANSWERS.get(pending.get("kind", ""))
    if answer is None or not answer(turn, pending):
        turn.leave_out_rest()
        _select(turn)
    else:
        resume(turn, pending)


def _answer_which(turn: Turn, pending: Pending) -> bool:
    said = dict(pending["said"])
    if not Mention.of(turn).says_something:
        said["product_query"] = [turn.text]
    if QUESTION in said and turn.intent[0] == "ask_option":
        # "The orchid. Does it mind the sun?" asks on.
        said[QUESTION] = [f"{said[QUESTION][0]} {turn.text}"]
    turn.recall(said)
    goal = pending["goal"]
    if goal in _LINE_GOALS:
        line = pick_line(turn, goal, among=pending["skus"])
        if line:
            _LINE_GOALS[goal](turn, line)
    else:
        target = pick_one(turn, goal)
        if target:
            _GOALS[goal](turn, target)
    return True


def _answer_quantity(turn: Turn, pending: Pending) -> bool:
    quantity = said_number(turn)
    if quantity is None:
        return False
    set_line_quantity(turn, pending["sku"], quantity)
    return True


def _answer_order(turn: Turn, pending: Pending) -> bool:
    number = answered_number(turn, pending["numbers"]) or listed_number(turn, pending["numbers"])
    if number is None:
        return False
    track(turn, number)
    return True


def _answer_rating(turn: Turn, pending: Pending) -> bool:
    rating = said_rating(turn)
    if rating is not None:
        take_rating(turn, rating)
    return rating is not None


def _answer_code(turn: Turn, pending: Pending) -> bool:
    if code_said(turn.text) is None:
        return False
    order = enter_code(turn)
    if order:
        show_order(turn, order)
    return True


def _select(turn: Turn) -> None:
    """Take an answer to no question as a choice among what was shown, or else as words to search for."""
    mention = Mention.of(turn)
    with turn.reading() as session:
        focus = focused_product(turn, session)
        described = one_shown(turn, session)
    if desk.begin_with_address(turn) or states_sizes(turn) or changes_alike(turn) or swaps_instead(turn):
        return
    if sets_number(turn, mention) or takes_counted(turn):
        return
    if not described and offered_so_many(turn, mention):
        return
    if mention.skus or mention.products or mention.ordinals or (mention.references and not described):
        target = pick_one(turn, "show_details")
        if target:
            show_details(turn, target)
        return
    if described:
        show = tell_option if chosen_options(turn, described).values else show_details
        show(turn, Target(described))
    elif turn.entity("order_number"):
        track(turn, turn.entity("order_number") or "")
    elif focus and (mention.options or turn.entities("colour")) and chosen_options(turn, focus).values:
        tell_option(turn, Target(focus))
    elif turn.slot("search_state") and any(turn.entities(name) for name in _SELECTING) and not mention.words:
        refine(turn)
    elif mention.words or any(turn.entities(name) for name in _SELECTING):
        start_search(turn)
    else:
        turn.say("utter_not_understood")


def _add_offered(turn: Turn, pending: Pending) -> None:
    with turn.reading() as session:
        product = get_product_by_sku(session, pending["sku"])
        variant = get_variant(session, pending["sku"])
    add_variant(turn, product, variant, pending["quantity"])


def _show_offered(turn: Turn, pending: Pending) -> None:
    with turn.reading() as session:
        product = get_product(session, pending["product"])
    show_details(turn, Target(product))


def _show_similar_offered(turn: Turn, pending: Pending) -> None:
    with turn.reading() as session:
        product = get_product(session, pending["product"])
    show_similar(turn, Target(product))


_ANSWERS: dict[str, Callable[[Turn, Pending], bool]] = {
    OPTION: answer_option,
    WHICH: _answer_which,
    QUANTITY: _answer_quantity,
    ORDER: _answer_order,
    CONTACT: answer_contact,
    CODE: _answer_code,
    CASE: desk.take_answer,
    CART_CODE: answer_code,
    RATING: _answer_rating,
    TASTE: answer_taste,
    PHOTO_PART: answer_part,
}
_YES: dict[str, Callable[[Turn, Pending], None]] = {
    ADD: _add_offered,
    DETAILS: _show_offered,
    SIMILAR: _show_similar_offered,
    PHOTO_FILTER: drop_filter,
    SEARCH: lambda turn, pending: run_search(turn, from_state(pending["state"])),
    USE_ADDRESS: use_address,
    CONFIRM_ORDER: confirm_order,
    CLEAR_CART: clear_asked,
    REMOVE: remove_asked,
    CASE_OFFER: begin_offered,
    CASE_YES: desk.confirm,
    PERSON: lambda turn, _: desk.begin(turn, "person"),
}
