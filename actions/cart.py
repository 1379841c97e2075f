"""The cart: put in, look at, change, take out, empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from actions.adding import add, add_each, additions, complete, go_on, offer, pieces_said
from actions.base import ShopAction
from actions.buying_first import buys_before_sum
from actions.cards import button, variant_title
from actions.cart_already import adds_no_more, counts_on, lies_already, stays_so
from actions.cart_cancels import cancels_order
from actions.cart_changes import change_several, counts_cart
from actions.cart_colours import tell_cart_colours
from actions.cart_counts import quantity_after
from actions.cart_keeping import ask_remove, take_out_asked
from actions.cart_lines import filled_cart, lines_of, pick_line
from actions.cart_removal import clears_kind, remove, set_line_quantity
from actions.cart_sums import tell_sum
from actions.cart_swaps import amends_cart, swap_said, swaps_before_sum
from actions.cart_view import show_cart, shown_before
from actions.cart_wishes import apart, look_for, looked_for, only_asks, takes_each, wanted_goods
from actions.checkout_beginning import leaves_in_cart
from actions.counted_goods import takes_counted, unseen_target
from actions.goods_said import Goods, goods_said
from actions.message_parts import told_before, typed_besides
from actions.order_more import asks_more_of_order
from actions.pending import CLEAR_CART, OPTION, PHOTO_PART, QUANTITY
from actions.photo_orders import ADD, Order
from actions.photo_search import answer_part
from actions.references import THIS, Mention
from actions.search import start_search
from actions.spoken import Piece, corrects_number, numbers_in, pieces_of, says, wanted_number, whole
from actions.targets import Target, focused_product, names_several, pick_one, pick_several, shown_products
from actions.turn import Pending, Turn
from actions.waiting import resume
from shop import carts
from shop.carts import CartLineView, CartView
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
        if any(
            leave(turn) for leave in (leaves_in_cart, _adds_part, _clears_first, adds_no_more, stays_so, lies_already)
        ):
            return
        if not (change_several(turn) or counts_on(turn) or (says(turn, "asked_for") and counts_cart(turn))):
            if only_asks(turn):
                _answer_instead(turn)
                return
            looked = looked_for(turn)
            _add_wanted(turn, wanted_goods(turn), looked)
            look_for(turn, looked)
        tell_sum(turn)


class ActionViewCart(ShopAction):
    """Show the cart."""

    keeps_question = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_view_cart"

    def perform(self, turn: Turn) -> None:
        """Show lines and total at today's prices; how long a cart is kept is not seen in it."""
        if says(turn, "saved") and says(turn, "asking"):
            turn.say("utter_policy_unknown", buttons=[button(turn.labels, "talk_to_person", "talk_to_person")])
            return
        if says(turn, "adds", typed_besides(turn)) and not says(turn, "total"):
            # "The ball isn't in there. Add a ball": it is shown as it is then.
            return
        shows = takes_each(turn) or swaps_before_sum(turn) or buys_before_sum(turn)
        if not (shows or tell_cart_colours(turn) or shown_before(turn)):
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
        if not (adds_no_more(turn) or _changes_order(turn)):
            self._change(turn)
            tell_sum(turn)

    def _change(self, turn: Turn) -> None:
        if change_several(turn) or _swaps(turn) or _adds_after_all(turn):
            return
        if _adds_new(turn) or _counts_new(turn):
            return
        if asks_more_of_order(turn):
            return
        line = pick_line(turn, "change_quantity")
        if line and says(turn, "out") and not says(turn, "states"):
            # "Take one mint off" leaves one less, and not one.
            remove(turn, line)
        elif line:
            change_quantity(turn, line)


class ActionRemoveFromCart(ShopAction):
    """Take a line out of the cart."""

    amends_case = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_remove_from_cart"

    def perform(self, turn: Turn) -> None:
        """Find the line and take it out; where the message may well mean something else, ask first."""
        if cancels_order(turn) or change_several(turn) or _looks_for_goods(turn) or _is_swapped(turn):
            return
        line = pick_line(turn, "remove_from_cart")
        if line and turn.intent[1] < _SURE and not _names(turn, line):
            ask_remove(turn, [line])
        elif line:
            remove(turn, line)


def _adds_new(turn: Turn) -> bool:
    """Put in so many of what is named and does not lie in the cart; where a message asks whether there is one, ask.

    "Two more chairs", "have you got mice? five as well".
    """
    goods = [one for one in goods_said(turn) if one.called]
    if turn.from_button or wanted_number(turn) is None or not goods:
        return _adds_shown(turn)
    with turn.reading() as session:
        lines = carts.view_cart(session, turn.shopper).lines
    if any(lines_of(turn, lines, one) for one in goods) or not goods[0].products:
        return False
    wanted = wanted_goods(turn)
    if wanted:
        _add_wanted(turn, wanted, ())
    elif goods[0].product:
        # The last number: the first sign of "一样" counts nothing.
        offer(turn, goods[0].product, numbers_in(turn)[-1].value)
    return bool(wanted or goods[0].product)


def _adds_shown(turn: Turn) -> bool:
    """Put in so many of the one at a place of a list that shows other things than the cart: "ten of the first"."""
    places = Mention.of(turn).ordinals
    shown = turn.slot("candidate_skus") or []
    with turn.reading() as session:
        lying = {line.sku for line in carts.view_cart(session, turn.shopper).lines}
    if turn.from_button or len(places) != 1 or wanted_number(turn) is None or not shown or set(shown) <= lying:
        return False
    target = pick_one(turn, "add_to_cart")
    if target:
        add(turn, target)
    return True


def _looks_for_goods(turn: Turn) -> bool:
    """Look for goods that are named while the cart is empty, "不用 鼠标呢"; tell whether they were."""
    with turn.reading() as session:
        is_empty = carts.view_cart(session, turn.shopper, turn.terms).is_empty
    if turn.from_button or not is_empty or not turn.entities("product_query") or not says(turn, "how_about"):
        return False
    start_search(turn)
    return True


class ActionClearCart(ShopAction):
    """Empty the cart, after an explicit yes."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_clear_cart"

    def perform(self, turn: Turn) -> None:
        """Ask whether all of it should go; where a kind is named, that goes."""
        if not clears_kind(turn):
            _ask_clear(turn, filled_cart(turn))


def _ask_clear(turn: Turn, cart: CartView, later: Sequence[Mapping[str, Any]] = ()) -> None:
    turn.ask_later(CLEAR_CART, **({"later": list(later)} if later else {}))
    turn.say(
        "utter_ask_clear_cart",
        count=cart.count,
        buttons=[button(turn.labels, "clear", "affirm"), button(turn.labels, "keep", "deny")],
    )


def _clears_first(turn: Turn) -> bool:
    """Empty the cart before something is added, where both are asked for; tell whether they are.

    What was asked whether to empty it is a yes; without that question it is asked first, and then added.
    """
    if not says(turn, "clear") or turn.from_button:
        return False
    with turn.reading() as session:
        cart = carts.view_cart(session, turn.shopper, turn.terms)
    wanted = [one for one in wanted_goods(turn) if one.product]
    if cart.is_empty or not wanted:
        return False
    if turn.pending.get("kind") == CLEAR_CART:
        clear(turn)
        add_each(turn, wanted)
    else:
        _ask_clear(turn, cart, additions(turn, wanted))
    return True


def clear_asked(turn: Turn, pending: Pending) -> None:
    """Empty the cart after a yes, and add what was asked for with it."""
    clear(turn)
    go_on(turn, pending.get("later", []))


def _add_wanted(turn: Turn, goods: Sequence[Goods], looked: Sequence[Goods]) -> None:
    """Put in what is wanted; where all that is named is only looked for, what is pointed at beside it."""
    pointed = _pointed_beside(turn, goods)
    if len(goods) > 1 or pointed:
        add_each(turn, [*pointed, *goods])
        return
    if looked and not goods:
        _add_pointed(turn, looked)
        return
    several = pick_several(turn) if names_several(turn) else []
    if len(several) > 1:
        _add_several(turn, several, goods)
        return
    mention = replace(Mention.of(turn), ordinals=()) if corrects_number(turn) else None
    target = _named_target(turn, goods) or pick_one(turn, "add_to_cart", mention)
    if target:
        add(turn, target, goods[0].piece if goods and len(goods_said(turn)) > 1 else None)


def _pointed_beside(turn: Turn, goods: Sequence[Goods]) -> list[Goods]:
    """Find what "that" means in "I'll take that and a pot for it", beside what is called by name."""
    with turn.reading() as session:
        focus = focused_product(turn, session)
    if focus is None or not goods or any(one.product == focus or not one.called for one in goods):
        return []
    first = min(one.clause.start for one in goods)
    before = [one for one in pieces_of(turn) if one.end <= first and set(one.values(turn, "reference")) & THIS]
    taken = [one for one in before if any(says(turn, name, one.text) for name in ("adding", "takes"))]
    return [Goods(taken[0], (focus,), clause=taken[0])] if taken else []


def _add_pointed(turn: Turn, looked: Sequence[Goods]) -> None:
    """Put in what is spoken of, where a message says so before it goes on to look for other things."""
    before = Piece(turn.text[: looked[0].clause.start], 0, looked[0].clause.start)
    with turn.reading() as session:
        focus = focused_product(turn, session)
        shown = [focus] if focus else shown_products(turn, session)
    others = [one for one in shown if all(one not in each.products for each in looked)]
    if len(others) == 1 and says(turn, "adds", before.text):
        add(turn, Target(others[0]), before)


def _answer_instead(turn: Turn) -> None:
    """Put nothing in unasked: ask whether the thing that is spoken of is wanted, or say how to go on."""
    with turn.reading() as session:
        product = focused_product(turn, session)
    if product is None or says(turn, "not_goods"):
        turn.say("utter_not_understood")
    else:
        offer(turn, product, 1)


def _swaps(turn: Turn) -> bool:
    """Take "make it 128GB" as a wish for another version; tell whether it was one."""
    return swap_said(turn) or (wanted_number(turn) is None and amends_cart(turn))


def _adds_after_all(turn: Turn) -> bool:
    """Take "only five left, so I'd like three" as a wish for what is spoken of, where that is not in the cart yet."""
    if turn.from_button or wanted_number(turn) is None or goods_said(turn):
        return False
    with turn.reading() as session:
        lying = {line.product_slug for line in carts.view_cart(session, turn.shopper).lines}
        spoken_of = focused_product(turn, session)
        shown = [spoken_of] if spoken_of else shown_products(turn, session)
    if len(shown) != 1 or shown[0].slug in lying:
        return False
    add(turn, Target(shown[0]))
    return True


def _counts_new(turn: Turn) -> bool:
    """Take "网球3份" as a wish where nothing of it is in the cart; tell whether it was one."""
    with turn.reading() as session:
        lying = {line.product_slug for line in carts.view_cart(session, turn.shopper).lines}
    goods = goods_said(turn)
    return not any(product.slug in lying for one in goods for product in one.products) and takes_counted(turn)


def _named_target(turn: Turn, goods: Sequence[Goods]) -> Target | None:
    """Take the one thing that a message calls by name, whatever "it" or "that" stands beside the name."""
    mention = Mention.of(turn)
    if not goods and not mention.says_something:
        return unseen_target(turn)
    if len(goods) != 1 or goods[0].product is None or not goods[0].called or mention.ordinals or mention.skus:
        return None
    return Target(goods[0].product)


def _is_swapped(turn: Turn) -> bool:
    """Tell whether what a part of a message takes out has gone with the swap before: "orchid in, and pot out"."""
    if told_before(turn) != "utter_swapped_in_cart":
        return False
    with turn.reading() as session:
        lines = carts.view_cart(session, turn.shopper).lines
    return not any(lines_of(turn, lines, one) for one in goods_said(turn))


def _names(turn: Turn, line: CartLineView) -> bool:
    """Tell whether a message names a line of the cart, and does not only point at it."""
    mention = Mention.of(turn)
    return bool(mention.skus or mention.ordinals or line.product_slug in mention.products)


def remove_asked(turn: Turn, pending: Pending) -> None:
    """Take out the line that was asked about, if it is still there, or the lines."""
    line = next((one for one in filled_cart(turn).lines if [one.sku] == pending["skus"]), None)
    if line:
        remove(turn, line)
    else:
        take_out_asked(turn, pending)


def _changes_order(turn: Turn) -> bool:
    """Take "make it one" while an option is being asked for as how many are to be added; tell whether it was."""
    question, quantity = turn.pending, turn.number("quantity")
    if question.get("kind") != OPTION or quantity is None or turn.entities("product") or says(turn, "own_wish"):
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


def _add_several(turn: Turn, products: Sequence[ProductView], goods: Sequence[Goods]) -> None:
    """Add what there is nothing to choose of; then ask about the rest, one after the other."""
    add_each(turn, [Goods(apart(turn, goods, product.slug) or whole(turn), (product,)) for product in products])


def change_quantity(turn: Turn, line: CartLineView) -> None:
    """Set how many of a line are wanted, or ask."""
    told = quantity_after(turn, line)
    quantity = pieces_said(turn, line) if told is None else told
    title = variant_title(line.name, line.options)
    if quantity is None and says(turn, "says_number", typed_besides(turn)):
        # "How come it's two? I want twelve": the number comes.
        turn.focus(line.sku, exactly=True)
    elif quantity is None:
        turn.ask_later(QUANTITY, sku=line.sku)
        turn.say("utter_ask_quantity", name=title, quantity=line.quantity)
    else:
        set_line_quantity(turn, line.sku, quantity)


def clear(turn: Turn) -> None:
    """Empty the cart: only after a yes."""
    with turn.writing() as session:
        carts.clear_cart(session, turn.shopper)
    turn.remember(candidate_skus=None)
    turn.focus(None)
    turn.say("utter_cart_cleared")
