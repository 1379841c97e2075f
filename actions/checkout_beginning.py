"""What was read as the wish to check out and is none: goods that are taken, and a cart that is to wait."""

from __future__ import annotations

import re

from actions.adding import add_each
from actions.cards import button
from actions.cart_wishes import wanted_goods
from actions.goods_said import goods_said
from actions.message_parts import told_before
from actions.spoken import numbers_in, pattern, says
from actions.targets import focused_product
from actions.turn import Turn
from shop.carts import view_cart
from shop.delivery_text import read_delivery

# From here on a wish to check out is one, whatever words it has.
_SURE = 0.85


def begins_none(turn: Turn) -> bool:
    """Answer a message that was read as the wish to check out and begins none; tell whether it is that.

    "I'll have one for behind the till", "put it in for now, I'll check out once that is approved".
    """
    if turn.from_button or turn.form or read_delivery(turn.text):
        return False
    if says(turn, "orders_later"):
        return _leaves_cart(turn)
    if turn.intent[1] >= _SURE or says(turn, "ordering"):
        return False
    goods = [one for one in wanted_goods(turn) if one.called and one.product]
    if goods:
        add_each(turn, goods)
    # What goes on behind goods that were put in just now says no more of them: "for behind the till".
    return bool(goods) or turn.continues


def leaves_in_cart(turn: Turn) -> bool:
    """Leave a cart as it is that is to wait, though a message reads like one more: "先放在购物车里，回头再结账".

    Nor is anything put in that is to be bought another time: "下次再买".
    """
    if turn.from_button or numbers_in(turn):
        return False
    if _buys_later(turn):
        turn.say("utter_all_right")
        return True
    if not says(turn, "orders_later", turn.whole_text):
        return False
    with turn.reading() as session:
        lying = {line.product_slug for line in view_cart(session, turn.shopper, turn.terms).lines}
        focus = focused_product(turn, session)
    if (focus and focus.slug not in lying) or any(one.called for one in goods_said(turn)):
        return False
    return _leaves_cart(turn)


def _buys_later(turn: Turn) -> bool:
    """Tell "I'll come back for it" from "put it in, I'll buy it later"."""
    rest, times = re.subn(pattern(turn, "buys_later"), "", turn.text, flags=re.IGNORECASE)
    return times > 0 and not says(turn, "adds", rest)


def _leaves_cart(turn: Turn) -> bool:
    if told_before(turn) == "utter_cart_waits":
        return True
    with turn.reading() as session:
        is_empty = view_cart(session, turn.shopper, turn.terms).is_empty
    if is_empty:
        return False
    turn.say("utter_cart_waits", buttons=[button(turn.labels, "check_out", "check_out")])
    return True
