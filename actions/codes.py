"""Coupons and gift cards: entered and taken back in the chat, each with what it does or why it does not."""

from __future__ import annotations

from actions.base import ShopAction
from actions.cards import named_button
from actions.cart_lines import cart_buttons, subtotal_text
from actions.checkout import show_summary
from actions.code_facts import coupon_facts, gift_card_facts, refusal_facts
from actions.code_lines import until_text, why_text
from actions.facts import policy_facts, subtotal_facts
from actions.pending import CART_CODE, CONFIRM_ORDER, cart_code_said
from actions.turn import Pending, Turn
from shop.carts import CartView, view_cart
from shop.codes import CodeUse, remove_code, use_code
from shop.errors import CodeNotInCart, CodeNotValid, EmptyCart, TooManyGuesses

_UNKNOWN = "unknown"
_USE, _REMOVE = "use_code", "remove_code"


class ActionUseCode(ShopAction):
    """Use a coupon or a gift card for what is in the cart."""

    takes_answers = True
    # A one-time code reads like any other.
    yields_to_answer = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_use_code"

    def perform(self, turn: Turn) -> None:
        """Take the code, or ask for it."""
        _carry_on(turn, _USE)


class ActionRemoveCode(ShopAction):
    """Take a coupon or a gift card out of the cart again."""

    takes_answers = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_remove_code"

    def perform(self, turn: Turn) -> None:
        """Take out the code that is named, or the only one; ask which where there are several."""
        _carry_on(turn, _REMOVE)


def answer_code(turn: Turn, pending: Pending) -> bool:
    """Take a message as the code that was asked for; tell whether it holds one."""
    code = _said(turn)
    if code is None:
        return False
    _GOALS[pending["goal"]](turn, code)
    if pending.get("summarised") and not turn.has_asked:
        show_summary(turn)
    return True


def _carry_on(turn: Turn, goal: str) -> None:
    """Do it, and where an order had been summarised, show what it comes to now: the old yes no longer counts."""
    summarised = turn.pending.get("kind") == CONFIRM_ORDER or bool(turn.pending.get("summarised"))
    code = _said(turn)
    if code is None and goal == _USE:
        _ask(turn, summarised=summarised)
        return
    _GOALS[goal](turn, code or "")
    if turn.has_asked:
        turn.remember(pending={**turn.pending, "summarised": summarised})
    elif summarised:
        show_summary(turn)


def _said(turn: Turn) -> str | None:
    return turn.entity("code") or cart_code_said(turn.text)


def _ask(turn: Turn, *, summarised: bool) -> None:
    with turn.reading() as session:
        if view_cart(session, turn.shopper).is_empty:
            raise EmptyCart
    turn.ask_later(CART_CODE, goal=_USE, summarised=summarised)
    turn.say("utter_ask_cart_code")


def _use(turn: Turn, code: str) -> None:
    try:
        with turn.writing() as session:
            found = use_code(session, turn.shopper, code, turn.terms)
    except TooManyGuesses as error:
        _say_too_many(turn, error)
        return
    if isinstance(found, CodeNotValid):
        say_refusal(turn, found)
    else:
        _say_used(turn, found)


def _say_used(turn: Turn, used: CodeUse) -> None:
    labels, told = turn.labels, subtotal_facts(used.cart)
    if used.coupon:
        told += coupon_facts(used.coupon)
        turn.say(
            "utter_coupon_already" if used.already else "utter_coupon_used",
            told=told,
            code=used.coupon.code,
            amount=labels.money(used.coupon.amount),
            total=subtotal_text(turn, used.cart),
            until=until_text(turn, used.coupon.last_day),
            buttons=cart_buttons(turn),
        )
    elif used.gift_card:
        turn.say(
            "utter_gift_card_already" if used.already else "utter_gift_card_used",
            told=gift_card_facts(used.gift_card),
            hint=used.gift_card.hint,
            balance=labels.money(used.gift_card.balance),
            until=until_text(turn, used.gift_card.last_day),
            buttons=cart_buttons(turn),
        )


def say_refusal(turn: Turn, refusal: CodeNotValid) -> None:
    """Say why a code does not hold, and by which rule of the shop."""
    passage = turn.services.rulebook.passage(refusal.rule.rule, turn.language)
    told = [*refusal_facts(refusal), *policy_facts(passage)]
    if refusal.reason == _UNKNOWN:
        turn.say("utter_code_unknown", told=told, rule=passage.title)
    else:
        turn.say("utter_code_not_valid", told=told, code=refusal.code, why=why_text(turn, refusal), rule=passage.title)


def _say_too_many(turn: Turn, error: TooManyGuesses) -> None:
    passage = turn.services.rulebook.passage(error.rule.rule, turn.language)
    turn.say("utter_too_many_guesses", told=policy_facts(passage), rule=passage.title)


def _remove(turn: Turn, code: str) -> None:
    with turn.reading() as session:
        cart = view_cart(session, turn.shopper, turn.terms)
    names = _names(cart)
    if not names:
        turn.say("utter_no_code_in_cart")
        return
    if not code and len(names) > 1:
        turn.ask_later(CART_CODE, goal=_REMOVE)
        turn.say(
            "utter_ask_which_code",
            codes=turn.labels.one_of(names),
            buttons=[named_button(name, "remove_code", code=name) for name in names],
        )
        return
    _take_out(turn, code or names[0])


def _take_out(turn: Turn, code: str) -> None:
    try:
        with turn.writing() as session:
            cart = remove_code(session, turn.shopper, code, turn.terms)
    except CodeNotInCart:
        turn.say("utter_code_not_in_cart")
        return
    turn.say(
        "utter_code_removed", told=subtotal_facts(cart), total=subtotal_text(turn, cart), buttons=cart_buttons(turn)
    )


def _names(cart: CartView) -> list[str]:
    return [
        *(coupon.code for coupon in cart.coupons),
        *(card.hint for card in cart.gift_cards),
        *(idle.code for idle in cart.idle),
    ]


_GOALS = {_USE: _use, _REMOVE: _remove}
