"""What a message says of the cart that adds nothing new: no more of it, what lies there already, how many of it."""

from __future__ import annotations

import re

from actions.cards import variant_title
from actions.cart_changes import counts_cart, sets_number
from actions.cart_lines import cart_buttons, lines_of
from actions.cart_wishes import takes_all_back, wanted_goods
from actions.goods_said import goods_said
from actions.message_parts import part_before
from actions.references import Mention
from actions.spoken import numbers_in, pattern, says
from actions.targets import focused_product
from actions.turn import Turn
from shop import carts


def adds_no_more(turn: Turn) -> bool:
    """Leave the cart as it is where a message says that more was not asked for; tell whether it does."""
    if turn.from_button:
        return False
    if takes_all_back(turn):
        turn.say("utter_nothing_added")
        return True
    if not says(turn, "not_more"):
        return False
    rest = re.sub(rf"(?:{pattern(turn, 'not_more')})[^,.;!?，。；！？]*", "", turn.text, flags=re.IGNORECASE)
    if says(turn, "says_number", rest):
        # "I didn't ask for four, I want two" says what is wanted.
        return False
    turn.say("utter_nothing_added")
    return True


def lies_already(turn: Turn) -> bool:
    """Say that what is settled on lies in the cart: "I'll go with the bonsai" adds no second one; tell whether it does.

    A number, and "another one", are wishes for more.
    """
    settles = says(turn, "settles") and not numbers_in(turn) and not says(turn, "more")
    if turn.from_button or turn.photo_order or not (settles or says(turn, "missing")):
        return False
    with turn.reading() as session:
        lines = carts.view_cart(session, turn.shopper).lines
        focus = focused_product(turn, session)
    goods = [one for one in wanted_goods(turn) if one.called]
    named = [line for one in goods for line in lines_of(turn, lines, one)]
    lying = named or [line for line in lines if not goods and focus and line.product_slug == focus.slug]
    if len(lying) != 1 or len(goods) > 1:
        return False
    turn.focus(lying[0].sku, exactly=True)
    title = variant_title(lying[0].name, lying[0].options)
    turn.say("utter_lies_in_cart", name=title, quantity=lying[0].quantity, buttons=cart_buttons(turn))
    return True


def stays_so(turn: Turn) -> bool:
    """Leave what is said to stay, with the numbers that are told of it: "the 4 mint and 4 pearl stay" adds none."""
    return says(turn, "stays_so") and not says(turn, "adds") and counts_cart(turn)


def counts_on(turn: Turn) -> bool:
    """Set the number that a message goes on to say of a line it has just spoken of: "Why two? I want twelve"."""
    if part_before(turn) != "change_quantity" or any(one.called for one in goods_said(turn)):
        return False
    return sets_number(turn, Mention())
