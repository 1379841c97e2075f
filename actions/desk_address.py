"""The address that a message names while an order is to be sent elsewhere, wherever in the talk it stands."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping

from actions.desk_case import SLOT, Case, asked_by
from actions.pending import UNREAD
from actions.turn import Turn
from shop.address_text import FoundAddress, find_address
from shop.addresses import check_field
from shop.errors import InvalidAddress

GOAL, STREET = "address", "street"
# The words by which an address is led in; whatever else stands before it is a part of it, as the name of a house is.
_LEAD = re.compile(r"(?:\b(?:to|is|at|it's|its|address)\s*:?|[到至是在为往：])\s*$", re.IGNORECASE)

_DISTRICT = re.compile(r"[\u4e00-\u9fff]{1,8}?[区县]")


def said_address(turn: Turn, goal: str) -> FoundAddress | None:
    """Find the address that a message names; None where it names none, or speaks of something else."""
    if goal != GOAL or turn.from_button:
        return None
    found = find_address(turn.text)
    speaks_of_it = asked_by(turn) == STREET or turn.intent[0] in UNREAD | {"change_address"}
    return found if found and (found.has_more or speaks_of_it) else None


def names_address(turn: Turn) -> bool:
    """Tell whether a message names an address for the change that is open."""
    stored = turn.slot(SLOT)
    return bool(stored) and said_address(turn, stored["goal"]) is not None


def is_led_in(turn: Turn, found: FoundAddress) -> bool:
    """Tell whether words stand before an address that are no part of it, and none after it."""
    after = turn.text[found.end :].strip(" .。")
    return not after and _LEAD.search(turn.text[: found.start]) is not None


def address_fields(turn: Turn, found: FoundAddress, known: Mapping[str, str]) -> Mapping[str, str]:
    """Give the fields of an address that was found beside the known ones; what cannot be used of it is left out."""
    before = turn.text[: found.start].strip(" ,，")
    fields = dict(found.fields)
    is_city = before.casefold() == known.get("city", "").casefold()
    if asked_by(turn) == STREET and before and not is_city and not _LEAD.search(before):
        fields[STREET] = f"{before}, {fields[STREET]}"
    district = _DISTRICT.match(known.get(STREET, ""))
    if district and set(fields) == {STREET} and not _DISTRICT.match(fields[STREET]):
        # Who takes back the number of a house is still in the same part of the town.
        fields[STREET] = f"{district[0]}{fields[STREET]}"
    checked = {}
    for name, text in fields.items():
        with contextlib.suppress(InvalidAddress):
            checked[name] = check_field(name, text)
    return {**known, **checked}


def beside_address(turn: Turn, case: Case) -> str:
    """Give a message without the address in it: the numbers there are of houses, and of no orders."""
    found = said_address(turn, case.goal)
    return f"{turn.text[: found.start]} {turn.text[found.end :]}" if found else turn.text


def say_address_read(turn: Turn, case: Case) -> None:
    """Say what was understood of an address that came with other words, or with more than was asked for."""
    found = said_address(turn, case.goal)
    if found and case.address and (found.has_more or asked_by(turn) != STREET):
        address = {**case.address}
        if "country" in address:
            address["country"] = turn.labels.country(address["country"])
        known = [address[name] for name in ("street", "city", "postcode", "country") if name in address]
        turn.say("utter_address_so_far", known=turn.labels.text("address.comma").join(known))
