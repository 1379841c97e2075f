"""Who wants to think it over first: "ok I'll sleep on it", "好我考虑下哦". Nothing is done, and the cart stays."""

from __future__ import annotations

from typing import Final

from actions.pending import ADD, CLEAR_CART, DETAILS, OPTION, REMOVE, SEARCH, SIMILAR, WHICH
from actions.spoken import says
from actions.turn import Turn
from shop.carts import view_cart

_INTENTS: Final = frozenset({"add_to_cart", "affirm", "cancel", "deny", "inform", "nlu_fallback", "out_of_scope", ""})
# Before any other question another has its own words for what is put off.
_BEFORE: Final = frozenset({"", ADD, CLEAR_CART, DETAILS, OPTION, REMOVE, SEARCH, SIMILAR, WHICH})


def take_thinking_over(turn: Turn) -> bool:
    """Leave all as it is where a message says no more than that; tell whether it does."""
    waits = turn.pending.get("kind", "") not in _BEFORE or turn.form
    if turn.from_button or waits or turn.intent[0] not in _INTENTS or not says(turn, "thinks_over"):
        return False
    turn.drop_now()
    with turn.reading() as session:
        is_empty = view_cart(session, turn.shopper, turn.terms).is_empty
    turn.say("utter_all_right" if is_empty else "utter_cart_kept")
    return True
