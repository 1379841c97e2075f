"""What is wanted otherwise than it was done or offered: kept after all, not bought again, exchanged for a new one."""

from __future__ import annotations

from collections.abc import Mapping

from actions import desk
from actions.cancelling import CANCELLED
from actions.cards import button, named_button, variant_title
from actions.desk_case import Case, close
from actions.desk_words import says_any
from actions.pending import ADD, CASE_YES
from actions.swapping import SWAP
from actions.turn import Turn
from shop.catalogue import VariantView, get_variant
from shop.errors import VariantNotFound

# What a wish for a new one, worded as a question, is taken for.
_ASKING = frozenset({"ask_policy", "nlu_fallback"})


def take_regret(turn: Turn) -> bool:
    """Say that a cancellation cannot be undone, and offer to put it into the cart; tell whether that was wanted."""
    cancelled: Mapping[str, int] = (turn.slot(CANCELLED) or {}).get("items") or {}
    if not cancelled or turn.from_button or not says_any(turn, "desk.regretting"):
        return False
    variants = [variant for sku in cancelled if (variant := _for_sale(turn, sku))]
    close(turn)
    turn.drop_now()
    if not variants:
        turn.say("utter_cancelled_for_good")
        return True
    names = turn.labels.all_of(variant_title(one.name, one.options) for one in variants)
    if len(variants) == 1:
        turn.ask_later(ADD, sku=variants[0].sku, quantity=cancelled[variants[0].sku])
    turn.say("utter_cancelled_buy_again", names=names, buttons=_buttons(turn, variants))
    return True


def leave_refused(turn: Turn) -> bool:
    """Forget an offer to buy something again that a message refuses; what else the message says is answered as it is.

    Returns:
        False: the message is not done with it.
    """
    case = Case.of(turn)
    is_offered = case is not None and case.goal == "reorder" and turn.pending.get("kind") == CASE_YES
    if is_offered and not turn.from_button and says_any(turn, "desk.not_buying") and turn.intent[0] != "deny":
        close(turn)
        turn.drop_now()
    return False


def take_new_one(turn: Turn) -> bool:
    """Turn to an exchange where a new one is wanted, and not the money that waits for its yes; tell whether it is."""
    case = Case.of(turn)
    is_offered = case is not None and case.goal == "return" and turn.pending.get("kind") == CASE_YES
    if not is_offered or turn.from_button or turn.intent[0] not in _ASKING or not says_any(turn, "desk.wants_new"):
        return False
    desk.begin(turn, SWAP.name)
    return True


def _for_sale(turn: Turn, sku: str) -> VariantView | None:
    try:
        with turn.reading() as session:
            variant = get_variant(session, sku)
    except VariantNotFound:
        return None
    return variant if variant.stock > 0 else None


def _buttons(turn: Turn, variants: list[VariantView]) -> list[dict[str, str]]:
    if len(variants) == 1:
        return [button(turn.labels, "add", "affirm"), button(turn.labels, "not_now", "deny")]
    return [named_button(variant_title(one.name, one.options), "add_to_cart", sku=one.sku) for one in variants]
