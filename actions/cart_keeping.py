"""Keeps what is named in the cart and takes the rest out: "only keep the tripod"."""

from __future__ import annotations

from collections.abc import Sequence

from actions.cards import button, variant_title
from actions.cart_lines import lines_of
from actions.cart_view import show_cart
from actions.goods_said import goods_said
from actions.pending import REMOVE
from actions.spoken import says, wanted_number
from actions.turn import Pending, Turn
from shop.carts import CartLineView, remove_from_cart, set_quantity, view_cart


def keeps_only(turn: Turn) -> bool:
    """Take out all but what is to stay, and say what has gone; tell whether that was asked for."""
    if turn.from_button or not says(turn, "keeps"):
        return False
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper, turn.terms).lines
    goods = [one for one in goods_said(turn) if one.called]
    staying = [one for one in goods if says(turn, "keeps", one.clause.text)]
    kept = [line for one in staying for line in lines_of(turn, lines, one)]
    going = [line for line in lines if line not in kept]
    if not kept:
        return False
    number = wanted_number(turn, staying[0].piece)
    if number is not None and len(kept) == 1:
        with turn.writing() as session:
            set_quantity(session, turn.shopper, kept[0].sku, number, turn.terms)
    _drop_rest(turn, going)
    return True


def _drop_rest(turn: Turn, going: Sequence[CartLineView]) -> None:
    """Take out what is not kept: who says so plainly is not asked again, and is told how to have it back."""
    if len(going) > 1:
        names = turn.labels.all_of(variant_title(line.name, line.options) for line in going)
        turn.say("utter_rest_dropped", name=names)
    take_out(turn, [line.sku for line in going])


def keeps_of_cart(turn: Turn) -> bool:
    """Take a wish to keep one thing only as said of the cart, where nothing else is shown than what lies in it."""
    with turn.reading() as session:
        lying = {line.sku for line in view_cart(session, turn.shopper).lines}
    shown = set(turn.slot("candidate_skus") or ())
    return (shown <= lying or says(turn, "cart")) and keeps_only(turn)


def ask_remove(turn: Turn, lines: Sequence[CartLineView]) -> None:
    """Ask whether lines are to leave the cart."""
    turn.ask_later(REMOVE, skus=[line.sku for line in lines])
    turn.say(
        "utter_ask_remove",
        name=turn.labels.all_of(variant_title(line.name, line.options) for line in lines),
        buttons=[button(turn.labels, "yes", "affirm"), button(turn.labels, "no", "deny")],
    )


def take_out_asked(turn: Turn, pending: Pending) -> None:
    """Take out the lines that were asked about, as far as they are still there."""
    with turn.reading() as session:
        lying = {line.sku for line in view_cart(session, turn.shopper).lines}
    there = [sku for sku in pending["skus"] if sku in lying]
    if there:
        take_out(turn, there)
    else:
        turn.say("utter_not_in_cart")


def take_out(turn: Turn, skus: Sequence[str]) -> None:
    """Take lines out, all or none, and show the cart."""
    with turn.writing() as session:
        for sku in skus:
            remove_from_cart(session, turn.shopper, sku, turn.terms)
    show_cart(turn, "utter_quantity_changed")
