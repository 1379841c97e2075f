"""Tells whether two neighbouring pieces of a message surely ask for different things."""

from __future__ import annotations

from assistant.nlu.intents import (
    ABOUT_BOUGHT,
    CHANGING,
    CHOOSING,
    COMPLAINING,
    EXCHANGING,
    JUDGING,
    NUMBERED,
    READDRESSING,
    REASONED,
    RECOMMENDING,
    REPORTING,
    SEARCHING,
    STARTING_FROM_ONE,
)
from assistant.nlu.pieces import Piece
from assistant.nlu.request import ORDER, POINTING, TRACK, Request

# The score that both neighbours must reach: behind a word such as "then", a question mark or a semicolon, and behind
# nothing but a comma or a point, where a reason is often given. Chosen on the validation messages. A question between
# two such signs is one, however sure it is what it asks.
LINKED, ENDED, UNLINKED = 0.35, 0.5, 0.6

POLICY, ADD, REMOVE = "ask_policy", "add_to_cart", "remove_from_cart"
REFINE, WISH, CART, UNDO = "refine_search", "state_wish", "view_cart", "undo_adjustment"
NAMING = frozenset({"product_query", "product", "category", "brand", "sku", "ordinal", "reference"})
# Asked of one thing at a time, so that a second thing is a second request.
OF_A_PRODUCT = frozenset({"show_details", "ask_price", "ask_stock", "ask_option", "ask_similar"})
# What is judged or taken back is often only remarked, and needs as much certainty behind a question as behind a comma.
REMARKS = JUDGING | {UNDO, COMPLAINING}
# What is done, and neither asked nor told.
DOING = CHANGING | ABOUT_BOUGHT - {REPORTING, "ask_warranty"} | {"clear_cart", "check_out"}

# What something is changed to stands behind these.
_CHANGED_TO = ("换成", "改成", "改为", "换到", "改到", "換成", "改為", "換到")


def are_apart(before: Request, found: Request, piece: Piece) -> bool:
    """Tell whether two neighbours surely ask for different things."""
    if not (before.is_request and found.is_request):
        return False
    if not all(one.score >= _needed(one, found, piece) or _names_order(one) for one in (before, found)):
        return False
    if before.intent != found.intent:
        if _tells_of(before.intent, found.intent, piece):
            return False
        if _sets_right(before, found, piece) or _tells_of_goods(before, found) or _says_to_what(before, found, piece):
            return False
        if not piece.is_linked and any(tell(before, found) for tell in (_completes, _leads_to, _tells_of_bought)):
            return False
        return not (_are_one_search({before.intent, found.intent}) or _names_nothing(before, found))
    if _is_more_of_one(before, found):
        return False
    asks_each = piece.follows_question or (before.asks and found.asks)
    return differ(before, found) or (before.intent == POLICY and asks_each)


def _needed(one: Request, found: Request, piece: Piece) -> float:
    """Give the score that one of two neighbours must reach."""
    is_parted = piece.is_linked or piece.follows_sentence
    if one.intent in REMARKS or found.intent in REMARKS:
        return UNLINKED
    if one.asks and is_parted:
        return 0.0
    # "Swap it. What's the total?": the question leaves no doubt that another thing ends before it.
    is_done_before = found.asks and piece.follows_sentence and one.intent in DOING
    if piece.is_linked or one.asks or is_done_before:
        return LINKED
    return ENDED if piece.follows_sentence else UNLINKED


def _tells_of(before: str, found: str, piece: Piece) -> bool:
    """Tell whether one tells of the other: "not for me, it's a gift", "a sofa, not leather", "return it, it broke"."""
    if found == WISH:
        return before in SEARCHING | CHOOSING | OF_A_PRODUCT | ABOUT_BOUGHT
    if not piece.is_linked and {before, found} <= REASONED and REPORTING in {before, found}:
        return True
    return not piece.is_linked and {before, found} <= JUDGING | STARTING_FROM_ONE


def _completes(before: Request, found: Request) -> bool:
    """Tell whether the second only says what to do with what the first names: "三脚架要5个，加购物车"."""
    return before.intent in CHANGING | {CART} and found.intent in CHANGING and not found.named(*POINTING, "reference")


def _sets_right(before: Request, found: Request, piece: Piece) -> bool:
    """Tell whether the second says what the first complains of not being so: "怎么变成2把了？要12把"."""
    is_change = before.intent in CHANGING and found.intent in CHANGING
    return is_change and piece.follows_question and not found.named(*POINTING, "reference")


def _says_to_what(before: Request, found: Request, piece: Piece) -> bool:
    """Tell whether the second, which reads like a question on exchanges, says to what the first is to be changed.

    "我想改一下收货地址，换成朋友家可以吗？" asks for one thing.
    """
    is_change = before.intent in {EXCHANGING, READDRESSING} and found.intent == POLICY and not piece.is_linked
    return is_change and piece.text.startswith(_CHANGED_TO)


def _tells_of_goods(before: Request, found: Request) -> bool:
    """Tell whether the second only says more of the goods: "do you have headsets? must be in stock"."""
    if found.asks:
        return False
    says_more = before.intent in SEARCHING and found.intent in OF_A_PRODUCT and not found.kinds & NAMING
    # "Cancel the rope? The rest can come" asks for no more of a list.
    keeps_rest = found.intent == "show_more" and not found.kinds & NAMING
    return says_more or (before.intent in ABOUT_BOUGHT and (found.intent in STARTING_FROM_ONE or keeps_rest))


def _leads_to(before: Request, found: Request) -> bool:
    """Tell whether the first, which hardly asks, only says of which order the second is: "订单1001里买了42码，想换"."""
    about_one = found.intent in NUMBERED - {TRACK} and not found.named(ORDER)
    return before.intent == TRACK and before.score < UNLINKED and about_one


def _tells_of_bought(before: Request, found: Request) -> bool:
    """Tell whether the second says why what was bought comes back, or as what: "退货，用不上了", "换货，要46码"."""
    is_of_shown = found.intent in SEARCHING | JUDGING | {REMOVE, WISH}
    return before.intent in ABOUT_BOUGHT and is_of_shown and not found.named(*POINTING)


def _are_one_search(intents: set[str]) -> bool:
    """Tell whether two intents look for one thing: it is named, narrowed down, sorted, or like another but smaller."""
    return intents <= SEARCHING or (REFINE in intents and intents <= SEARCHING | CHOOSING)


def _names_nothing(before: Request, found: Request) -> bool:
    """Tell whether the second looks for what the first is about: "is it a zoom? I need something like 70-200"."""
    is_choice = before.intent in SEARCHING | OF_A_PRODUCT and found.intent in {RECOMMENDING, *SEARCHING}
    return is_choice and not found.kinds & NAMING


def _is_more_of_one(before: Request, found: Request) -> bool:
    """Tell whether the same is hardly asked of something else: "is it mechanical, and good for gaming?"."""
    names_one = found.named("product", "sku", "ordinal")
    return found.intent == "ask_option" and before.intent == found.intent and not names_one and found.score < UNLINKED


def _names_order(request: Request) -> bool:
    """Tell whether an order is asked after by its number, which leaves little doubt; scores waver with the digits."""
    return request.intent == TRACK and bool(request.named(ORDER))


def differ(before: Request, found: Request) -> bool:
    """Tell whether two requests of one intent are about different orders or products."""
    own, other = (one.named(*POINTING) for one in (before, found))
    if not own or not other or own & other:
        return False
    if before.intent == ADD:  # which adds several things at once, but not so many of one and so many of another
        return bool(before.named("quantity") | found.named("quantity"))
    return before.intent in OF_A_PRODUCT | CHANGING | {TRACK}
