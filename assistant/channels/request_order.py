"""In which order the requests of a message are done: what can be answered at once comes before what has to ask back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.nlu.intents import ABOUT_BOUGHT, ABOUT_ORDER, CHANGING, READDRESSING, SEARCHING

POLICY = "ask_policy"
# These ask for an address, an option, an order or a yes before anything is done.
_ASKING_BACK = ABOUT_BOUGHT | ABOUT_ORDER | {READDRESSING, "add_to_cart", "check_out", "talk_to_person", "complain"}
_TRACKING, _COMPLAINING = "track_order", "complain"
_OF_ORDERS = ABOUT_BOUGHT | ABOUT_ORDER | {READDRESSING}
_OF_GOODS = SEARCHING | {"ask_stock", "ask_price", "show_details"}
_NAMING = frozenset({"product", "product_query", "sku"})
_QUANTITY = "quantity"
_POINTING = frozenset({"reference", "ordinal", "order_number"})


@dataclass(frozen=True)
class Part:
    """One request of a message: its text, what it asks, and what the model has made of it where that is known."""

    text: str
    intent: str
    parsed: Mapping[str, Any] | None = None

    @property
    def kinds(self) -> frozenset[str]:
        """What kinds of things it names."""
        return frozenset(one["entity"] for one in self.parsed["entities"]) if self.parsed else frozenset()


def answerable_first(parts: Sequence[Part]) -> list[Part]:
    """Put questions that stand for themselves before the first request that is likely to ask something back."""
    place = next((at for at, part in enumerate(parts) if _asks_back(part)), len(parts))
    asking, later = parts[place : place + 1], parts[place + 1 :]
    now = [part for part in later if _stands_alone(part, asking)]
    return [*parts[:place], *now, *asking, *(part for part in later if part not in now)]


def _asks_back(part: Part) -> bool:
    return part.intent in _ASKING_BACK and "order_number" not in part.kinds


def _stands_alone(part: Part, asking: Sequence[Part]) -> bool:
    """Tell whether a request is answered the same before as after another: of the shop's rules, or of goods it names.

    Beside what is asked of an order, goods are other goods, where neither points at what was shown.
    """
    if part.intent == POLICY:
        return True
    if part.intent == _TRACKING and all(one.intent == _COMPLAINING for one in asking):
        # Who complains that something has not come wants to know where it is, before anything is written down.
        return True
    is_of_goods = part.intent in _OF_GOODS and bool(part.kinds & _NAMING) and not part.kinds & _POINTING
    return is_of_goods and all(one.intent in _OF_ORDERS and not one.kinds & _POINTING for one in asking)


def is_answered(part: Part, answer: Mapping[str, Any]) -> bool:
    """Tell whether a request that waited only says how many, and the answer to the question has said that.

    Args:
        part: the request, read by the model.
        answer: what the model has made of the answer.
    """
    counted = _counts(part.parsed or {})
    is_bare = part.intent in CHANGING and not part.kinds & (_NAMING | _POINTING)
    return is_bare and bool(counted) and counted <= _counts(answer)


def _counts(parsed: Mapping[str, Any]) -> set[str]:
    return {str(one["value"]) for one in parsed.get("entities", ()) if one["entity"] == _QUANTITY}
