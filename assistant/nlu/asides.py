"""What of a message asks for nothing: reasons, how something came about, and what only speaks of a request."""

from __future__ import annotations

import re

from assistant.nlu.apart import ADD, DOING, OF_A_PRODUCT
from assistant.nlu.intents import ABOUT_BOUGHT, ABOUT_ORDER, CHANGE_QUANTITY, INFORM, READDRESSING, SEARCHING
from assistant.nlu.pieces import Piece
from assistant.nlu.request import ORDER, OUT_OF_SCOPE, TRACK, Request
from assistant.nlu.scope import FALLBACK
from assistant.nlu.speech_forms import supposes

CHECK_OUT, HELP = "check_out", "ask_help"
# What these ask is asked by a question or a wish to see; a statement like it is a reason, or tells how it came about.
ONLY_ASKED = OF_A_PRODUCT | {TRACK, "track_refund", "list_orders", "view_cart"}
# "Not a refund" tells what somebody does not want of the desk.
DENIED = ABOUT_BOUGHT | ABOUT_ORDER | {READDRESSING}

_DENYING = re.compile(
    r"\s*(?:不要|不想|不用|不是要|我不要|我不想|not?\b|i (?:do not|don.?t) (?:want|need)\b)", re.IGNORECASE
)


def is_chat(found: Request) -> bool:
    """Tell whether a piece asks for nothing: a reason, or how something came about."""
    if supposes(found.text) and not found.is_marked:
        return True
    if found.asks:
        return False
    if found.intent in ONLY_ASKED | {ADD, CHANGE_QUANTITY}:
        # "It's not in the cart?" complains as well; "it hasn't been sent yet?" asks.
        return found.tells and not found.named(ORDER) and not (found.is_marked and found.intent in ONLY_ASKED)
    if found.is_marked:
        return False
    return found.intent in {FALLBACK, OUT_OF_SCOPE, INFORM} and not found.kinds - {"adjustment"}


def is_own_question(before: Request, found: Request, piece: Piece) -> bool:
    """Tell whether a piece asks something that nobody understands, and not only more of what was looked for."""
    is_apart = piece.is_linked or piece.follows_sentence
    is_of_before = before.intent in SEARCHING or (before.intent in DOING and bool(found.named("reference")))
    return found.is_unknown_question and is_apart and before.is_request and not is_of_before


def adds_nothing(before: Request, found: Request) -> bool:
    """Tell whether a piece only speaks of the request before: how that is done, where to, or what not to do instead."""
    if not before.is_request:
        return False
    if found.intent == HELP:
        return True
    if found.intent in DENIED:
        is_where_to = before.intent == CHECK_OUT and found.intent == READDRESSING
        return (is_where_to or bool(_DENYING.match(found.text))) and not found.named(ORDER)
    return False
