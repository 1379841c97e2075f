"""What answers a question of the check-out: one field, or a message that names several at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from actions.asides import is_typed
from actions.checkout_asides import tell_of_invoice
from actions.checkout_contact import (
    COMPANY_SLOT,
    METHOD_SLOT,
    SLOTS,
    earlier_contact,
    remember_fields,
    says_same_address,
)
from actions.delivery_choice import method_name, only_asks, said_method, say_choices, tell_total_with
from actions.desk_words import says_any
from actions.turn import Turn
from shop.addresses import check_field
from shop.contact_text import find_contact, find_corrections, find_delivery, with_company
from shop.countries import country_code
from shop.errors import InvalidAddress
from shop.text import ascii_digits

_ASKS = ("?", "？", "吗")
_BESIDE_EMAIL = re.compile(r"\s|[\u3000-\u303f\u4e00-\u9fff\uff00-\uff1f]")


def take_several(turn: Turn, slot: str) -> bool:
    """Take what a message says besides, or in the place of, the one field that was asked for; tell whether it does."""
    if not is_typed(turn):
        return False
    if says_same_address(turn) and (contact := earlier_contact(turn)):
        turn.remember(**contact)
        return True
    if _asks_for_order(turn):
        turn.remember(**{slot: None})
        turn.say("utter_not_ordered_yet")
        return True
    asked = SLOTS[slot]
    fields = _fields(turn, asked)
    chosen = _choose_method(turn, slot, with_fields=bool(fields))
    if not fields:
        return chosen or _refuse_no_email(turn, asked)
    remember_fields(turn, fields)
    tell_of_invoice(turn)
    if asked not in fields:
        _say_so_far(turn)
    return True


def _fields(turn: Turn, asked: str) -> Mapping[str, str]:
    known = {field: turn.slot(slot) or "" for slot, field in SLOTS.items()}
    if whole := find_delivery(turn.text, is_answer=asked == "name"):
        return whole
    fields = {**find_contact(turn.text, asked), **find_corrections(turn.text, known)}
    if asked in fields and not set(fields) - {asked, *_unsaid(turn, asked)} and _is_usable(asked, turn.text):
        # Then the whole message is the answer, and nothing of it is left out.
        return {}
    asks_more = turn.text.rstrip().endswith(_ASKS) and not set(fields) - {"city", "street", "country", asked}
    # "Do you ship to France?" asks for something, and says of no address where it is.
    return {} if asks_more and asked not in fields else fields


def _unsaid(turn: Turn, asked: str) -> set[str]:
    """Name what only follows from the rest: whoever names a town alone is still asked for the country."""
    parts = ascii_digits(turn.text).replace("，", ",").split(",")
    if asked == "postcode":
        # "62704 USA" says both.
        parts += turn.text.split()[-1:]
    return set() if any(country_code(part) for part in parts) else {"country"}


def _is_usable(field: str, text: str) -> bool:
    if field == "email" and _BESIDE_EMAIL.search(text.strip()):
        # "Will mine do? jo@example.com" holds an address, and is none.
        return False
    try:
        check_field(field, text)
    except InvalidAddress:
        return False
    return True


def _choose_method(turn: Turn, slot: str, *, with_fields: bool) -> bool:
    """Keep the way to send it that a message names; where that is all, the form asks its question again."""
    offer = said_method(turn)
    if not with_fields and tell_total_with(turn, offer):
        turn.remember(**{slot: None})
        return True
    if offer is None:
        return False
    if not with_fields:
        turn.remember(**{slot: None})
    if only_asks(turn):
        say_choices(turn)
        return True
    turn.remember(**{METHOD_SLOT: offer.code})
    turn.say("utter_delivery_chosen", delivery=method_name(turn, offer.code, offer.name))
    return True


def _asks_for_order(turn: Turn) -> bool:
    """Tell whether a message wants to know whether it is ordered, or wants it to be, while the address is not whole."""
    is_place = says_any(turn, "checkout.place_words") and not says_any(turn, "checkout.not_placing")
    return says_any(turn, "checkout.asks_placed") or (is_place and turn.intent[0] != "change_address")


def _refuse_no_email(turn: Turn, asked: str) -> bool:
    """Say what the e-mail is for to who has none: another person's will do."""
    if asked != "email" or not says_any(turn, "checkout.no_email"):
        return False
    turn.remember(ship_email=None)
    turn.say("utter_email_is_needed")
    return True


def _say_so_far(turn: Turn) -> None:
    """Say what was understood where it is not what was asked for."""
    known = {field: turn.slot(slot) for slot, field in SLOTS.items() if turn.slot(slot)}
    if "street" in known:
        known["street"] = with_company(known["street"], turn.slot(COMPANY_SLOT))
    parts = [known[name] for name in ("street", "city", "postcode", "country") if name in known]
    if parts:
        turn.say("utter_contact_so_far", known=turn.labels.text("address.comma").join(parts))
