"""Whether there is a coupon, or less to pay for many: what a shopper asks who has no code."""

from __future__ import annotations

from actions.asides import ask_form_again, is_typed
from actions.cards import button
from actions.checkout import show_summary
from actions.desk_words import says_any
from actions.pending import CART_CODE, cart_code_said
from actions.turn import Turn

# A message of any other intent is about something else, such as pieces that go back as too many were bought.
_INTENTS = frozenset(
    {
        *("ask_deals", "ask_policy", "ask_price", "use_code", "ask_help", "inform", "view_cart", "check_out", "deny"),
        *("nlu_fallback", "out_of_scope", "affirm", "talk_to_person", "search_products", ""),
    }
)


def answer_about_codes(turn: Turn) -> bool:
    """Say honestly that there is no code to hand out, or no price for many; tell whether that was asked."""
    if not is_typed(turn) or turn.entity("code"):
        return False
    pending = turn.pending
    if pending.get("kind") == CART_CODE and says_any(turn, "codes.has_none") and cart_code_said(turn.text) is None:
        turn.drop_now()
        turn.say("utter_no_codes_to_give" if says_any(turn, "codes.asks_for_one") else "utter_no_code_needed")
        if pending.get("summarised"):
            show_summary(turn)
        return True
    if turn.intent[0] not in _INTENTS:
        return False
    if says_any(turn, "codes.asks_for_many"):
        turn.say("utter_no_price_for_many", buttons=[button(turn.labels, "talk_to_person", "talk_to_person")])
    elif says_any(turn, "codes.asks_for_one") and cart_code_said(turn.text) is None:
        turn.say("utter_no_codes_to_give", buttons=[button(turn.labels, "deals", "ask_deals")])
    else:
        return False
    ask_form_again(turn)
    return True
