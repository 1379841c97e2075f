"""The cart: put in, look at, change, take out, empty."""

from __future__ import annotations

from collections.abc import Sequence

from actions import desk
from actions.adding import add, complete
from actions.base import ShopAction
from actions.cards import button, variant_title
from actions.cart_lines import cart_buttons, cart_lines, filled_cart, pick_line, subtotal_text
from actions.code_lines import code_lines
from actions.desk_choice import names_bought
from actions.desk_words import says_any
from actions.facts import cart_facts, subtotal_facts
from actions.pending import CLEAR_CART, OPTION, PHOTO_PART, QUANTITY, REMOVE
from actions.photo_orders import ADD, Order
from actions.photo_search import answer_part
from actions.references import Mention
from actions.targets import Target, ask_which, names_several, pick_one, pick_several
from actions.turn import Pending, Turn
from actions.waiting import resume
from shop import carts
from shop.carts import CartLineView
from shop.catalogue import ProductView, get_product

# Below this a message that takes something out may as well speak of something else: "get rid of my old one".
_SURE = 0.6


class ActionAddToCart(ShopAction):
    """Put a product into the cart."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_add_to_cart"

    def perform(self, turn: Turn) -> None:
        """Find the product, or products; ask for what has to be chosen; add it."""
        if _adds_part(turn):
            return
        several = pick_several(turn) if names_several(turn) else []
        if len(several) > 1:
            _add_several(turn, several)
            return
        target = pick_one(turn, "add_to_cart")
        if target:
            add(turn, target)


class ActionViewCart(ShopAction):
    """Show the cart."""

    keeps_question = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_view_cart"

    def perform(self, turn: Turn) -> None:
        """Show lines and total at today's prices."""
        show_cart(turn)


class ActionChangeQuantity(ShopAction):
    """Change how many of a line are in the cart."""

    amends_case = True
    yields_to_answer = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_change_quantity"

    def perform(self, turn: Turn) -> None:
        """Find the line and the number; ask for what is missing."""
        if _changes_order(turn):
            return
        line = pick_line(turn, "change_quantity")
        if line:
            change_quantity(turn, line)


class ActionRemoveFromCart(ShopAction):
    """Take a line out of the cart."""

    amends_case = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_remove_from_cart"

    def perform(self, turn: Turn) -> None:
        """Find the line and take it out; where the message may well mean something else, ask first."""
        if _cancels_order(turn):
            return
        line = pick_line(turn, "remove_from_cart")
        if line and turn.intent[1] < _SURE and not _names(turn, line):
            _ask_remove(turn, line)
        elif line:
            remove(turn, line)


class ActionClearCart(ShopAction):
    """Empty the cart, after an explicit yes."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_clear_cart"

    def perform(self, turn: Turn) -> None:
        """Ask whether all of it should go."""
        cart = filled_cart(turn)
        turn.ask_later(CLEAR_CART)
        turn.say(
            "utter_ask_clear_cart",
            count=cart.count,
            buttons=[button(turn.labels, "clear", "affirm"), button(turn.labels, "keep", "deny")],
        )


def _cancels_order(turn: Turn) -> bool:
    """Take "cancel the camera" as meant of an order that holds one, where the cart holds none; tell whether it was."""
    if not says_any(turn, "desk.cancelling"):
        return False
    with turn.reading() as session:
        cart = carts.view_cart(session, turn.shopper, turn.terms)
    products = Mention.of(turn).products
    in_cart = any(not products or line.product_slug in products for line in cart.lines)
    if in_cart or not names_bought(turn):
        return False
    desk.begin(turn, "cancel")
    return True


def _names(turn: Turn, line: CartLineView) -> bool:
    """Tell whether a message names a line of the cart, and does not only point at it."""
    mention = Mention.of(turn)
    return bool(mention.skus or mention.ordinals or line.product_slug in mention.products)


def _ask_remove(turn: Turn, line: CartLineView) -> None:
    turn.ask_later(REMOVE, sku=line.sku)
    turn.say(
        "utter_ask_remove",
        name=variant_title(line.name, line.options),
        buttons=[button(turn.labels, "yes", "affirm"), button(turn.labels, "no", "deny")],
    )


def remove_asked(turn: Turn, pending: Pending) -> None:
    """Take out the line that was asked about, if it is still there."""
    line = next((one for one in filled_cart(turn).lines if one.sku == pending["sku"]), None)
    if line:
        remove(turn, line)
    else:
        turn.say("utter_not_in_cart")


def _changes_order(turn: Turn) -> bool:
    """Take "make it one" while an option is being asked for as how many are to be added; tell whether it was."""
    question, quantity = turn.pending, turn.number("quantity")
    if question.get("kind") != OPTION or quantity is None or turn.entities("product"):
        return False
    with turn.reading() as session:
        product = get_product(session, question["product"])
    complete(turn, product, dict(question["chosen"]), quantity)
    return True


def _adds_part(turn: Turn) -> bool:
    """Take "add the left one" as the answer to the question which part of a photo is meant; tell whether it was."""
    question = turn.pending
    asked = question.get("kind") == PHOTO_PART and not turn.entities("product") and not turn.from_button
    if not asked or not answer_part(turn, question, Order.said(turn, ADD)):
        return False
    resume(turn, question)
    return True


def _add_several(turn: Turn, products: Sequence[ProductView]) -> None:
    """Add what there is nothing to choose of; then ask about the rest, one at a time."""
    open_ones = [product for product in products if len(product.variants) > 1]
    for product in products:
        if product not in open_ones:
            add(turn, Target(product))
    if len(open_ones) == 1:
        add(turn, Target(open_ones[0]))
    elif open_ones:
        ask_which(turn, "add_to_cart", open_ones)


def show_cart(turn: Turn, response: str = "utter_cart") -> None:
    """Show the cart's lines with their total; its places are what "the second one" means from now on."""
    with turn.reading() as session:
        cart = carts.view_cart(session, turn.shopper, turn.terms)
    if cart.is_empty:
        turn.say("utter_cart_is_empty")
        return
    turn.remember(candidate_skus=[line.sku for line in cart.lines])
    turn.focus(None)
    turn.say(
        response,
        told=cart_facts(cart),
        lines="\n".join([*cart_lines(turn, cart.lines), *code_lines(turn, cart.coupons, cart.gift_cards, cart.idle)]),
        count=cart.count,
        subtotal=subtotal_text(turn, cart),
        buttons=[button(turn.labels, "check_out", "check_out"), button(turn.labels, "clear", "clear_cart")],
    )


def change_quantity(turn: Turn, line: CartLineView) -> None:
    """Set how many of a line are wanted, or ask."""
    quantity = turn.number("quantity")
    title = variant_title(line.name, line.options)
    if quantity is None:
        turn.ask_later(QUANTITY, sku=line.sku)
        turn.say("utter_ask_quantity", name=title, quantity=line.quantity)
    else:
        set_line_quantity(turn, line.sku, quantity)


def set_line_quantity(turn: Turn, sku: str, quantity: int) -> None:
    """Set how many of a line are wanted."""
    with turn.writing() as session:
        carts.set_quantity(session, turn.shopper, sku, quantity, turn.terms)
    show_cart(turn, "utter_quantity_changed")
    turn.focus(sku, exactly=True)


def remove(turn: Turn, line: CartLineView) -> None:
    """Take a line out, or as many pieces of it as were said: "remove one" leaves two of three."""
    pieces = None if Mention.of(turn).ordinals else turn.number("quantity")
    if pieces is not None and 0 < pieces < line.quantity:
        set_line_quantity(turn, line.sku, line.quantity - pieces)
        return
    with turn.writing() as session:
        cart = carts.remove_from_cart(session, turn.shopper, line.sku, turn.terms)
    title = variant_title(line.name, line.options)
    if turn.slot("focus_sku") == line.sku:
        turn.focus(None)
    turn.remember(candidate_skus=[left.sku for left in cart.lines])
    if cart.is_empty:
        turn.say("utter_removed_last", name=title)
    else:
        turn.say(
            "utter_removed_from_cart",
            told=subtotal_facts(cart),
            name=title,
            count=cart.count,
            subtotal=subtotal_text(turn, cart),
            buttons=cart_buttons(turn),
        )


def clear(turn: Turn) -> None:
    """Empty the cart: only after a yes."""
    with turn.writing() as session:
        carts.clear_cart(session, turn.shopper)
    turn.remember(candidate_skus=None)
    turn.focus(None)
    turn.say("utter_cart_cleared")
