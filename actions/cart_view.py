"""How a cart is shown: its lines, what they come to, and what that is with delivery."""

from __future__ import annotations

from typing import Final

from actions.cards import button
from actions.cart_lines import cart_lines, subtotal_text
from actions.cart_totals import delivery_lines
from actions.code_lines import code_lines
from actions.facts import cart_facts
from actions.message_parts import told_before
from actions.references import Mention
from actions.spoken import says
from actions.turn import Turn
from shop.carts import view_cart

SHOWN: Final = frozenset({"utter_cart", "utter_quantity_changed", "utter_cart_is_so"})
"""Responses that show the whole cart."""
CHANGED: Final = SHOWN | {"utter_added_to_cart", "utter_removed_from_cart", "utter_swapped_in_cart"}
"""Responses after which a sum is the cart's."""


def show_cart(turn: Turn, response: str = "utter_cart") -> None:
    """Show the cart's lines with their total; its places are what "the second one" means from now on.

    What a message has just been shown is not shown once more for the next part of it.
    """
    if response == "utter_cart" and told_before(turn) in SHOWN:
        return
    with turn.reading() as session:
        cart = view_cart(session, turn.shopper, turn.terms)
    if cart.is_empty:
        turn.say("utter_cart_is_empty")
        return
    turn.remember(candidate_skus=[line.sku for line in cart.lines])
    turn.focus(None)
    delivery, facts = delivery_lines(turn, cart.subtotal, cart.total) if cart.subtotal and cart.total else ("", [])
    turn.say(
        response,
        told=[*cart_facts(cart), *facts],
        delivery=delivery,
        lines="\n".join([*cart_lines(turn, cart.lines), *code_lines(turn, cart.coupons, cart.gift_cards, cart.idle)]),
        count=cart.count,
        subtotal=subtotal_text(turn, cart),
        buttons=[button(turn.labels, "check_out", "check_out"), button(turn.labels, "clear", "clear_cart")],
    )


def shown_before(turn: Turn) -> bool:
    """Tell whether the part of the message before this one has just shown the cart, as each change of it does."""
    return turn.continues and turn.labels.text("cart.with_delivery", total="") in turn.last_answer[0]


def asks_cart_sum(turn: Turn) -> bool:
    """Tell whether a question after a price that names no thing is of the cart: "how much is all that?"."""
    mention = Mention.of(turn)
    with turn.reading() as session:
        is_empty = view_cart(session, turn.shopper, turn.terms).is_empty
    if turn.from_button or is_empty or mention.products or mention.skus or mention.ordinals or mention.options:
        return False
    # Right after the cart was shown, a bare "how much?" is said of it.
    return says(turn, "sum_of_all") or (mention == Mention() and _told_last(turn) in SHOWN)


def _told_last(turn: Turn) -> str | None:
    said = [event for event in turn.history if event.get("event") == "bot"]
    return (said[-1].get("metadata") or {}).get("utter_action") if said else None
