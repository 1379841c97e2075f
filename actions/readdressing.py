"""Sending an order to another address before it is packed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from actions.address_parts import beside_street, changed_parts
from actions.cards import button
from actions.desk_address import STREET, address_fields, is_led_in, said_address, say_address_read
from actions.desk_case import Case, Goal, Step, asked_by
from actions.desk_choice import Orders, allowed_by
from actions.desk_orders import case_order, order_step
from actions.desk_words import rule_facts, rule_text, says_any
from actions.order_addresses import READDRESSED, address_of, same_address
from actions.pending import CASE, is_free_text
from actions.several_orders import several_step
from actions.turn import Turn
from actions.which_order import newest_orders
from shop.address_changes import check_address_change, do_address_change, propose_address_change
from shop.address_text import find_locality
from shop.addresses import DeliveryAddress, check_field
from shop.changes import Yes

# Whoever asks to see tents in the middle wants no tents on the parcel.
_SURE = 0.5
COUNTRY = "country"
_QUESTIONS = {
    "street": "utter_ask_new_street",
    "city": "utter_ask_new_city",
    "postcode": "utter_ask_new_postcode",
    "country": "utter_ask_new_country",
}


def _field_step(name: str) -> Step:
    """Ask for one field of the new address; whose name is on it stays."""
    return Step(
        name,
        is_known=lambda case: name in case.address,
        read=lambda turn, case: _read(turn, case, name),
        find=_find_country if name == COUNTRY else lambda _, case: case,
        ask=lambda turn, case: _ask(turn, case, name),
        forget=lambda case: replace(case, address={key: text for key, text in case.address.items() if key != name}),
    )


def _find_country(turn: Turn, case: Case) -> Case:
    """Leave the country as it was where none is named and the postcode has the form of the one before."""
    old = address_of(case_order(turn, case))
    if _form(case.address.get("postcode", "")) != _form(old["postcode"]):
        return case
    return replace(case, address={**case.address, COUNTRY: old[COUNTRY]})


def _form(postcode: str) -> str:
    """Give what postcodes of a country have in common: "NW1 6XE" and "SW9 8HH" are "AA0 0AA"."""
    plain = "".join(postcode.split()).upper()
    return re.sub(r"[A-Z]", "A", re.sub(r"\d", "0", plain))


def _read(turn: Turn, case: Case, name: str) -> Case:
    """Take a message as the field that was asked for, and an address wherever it is said."""
    if asked_by(turn) == name and name in case.address:
        # It was taken with the step before.
        return case
    if name == STREET and (same := same_address(turn)):
        return replace(case, address=same)
    changed = _changed_parts(turn, case) if name == STREET else None
    case = replace(case, address=changed) if changed else case
    found = said_address(turn, case.goal)
    beside = beside_street(turn.text[found.end :]) if found and asked_by(turn) == STREET else {}
    if found and (found.has_more or asked_by(turn) != STREET or is_led_in(turn, found) or changed or beside):
        known = {**case.address, **beside}
        return replace(case, address=address_fields(turn, found, known)) if name == STREET else case
    if asked_by(turn) != name or name in case.address or not is_free_text(turn, _SURE):
        return case
    said = _locality(turn, name)
    is_alone = name == "postcode" and said.get(name, "").casefold() == turn.text.strip().casefold()
    if name not in said or is_alone:
        said = {name: check_field(name, turn.text)}
    return replace(case, address={**case.address, **{key: check_field(key, text) for key, text in said.items()}})


def _locality(turn: Turn, name: str) -> Mapping[str, str]:
    """Read an answer that may name more of a place than was asked for; what it says besides is no part of one."""
    if name not in ("city", "postcode"):
        return {}
    said = beside_street(turn.text) or find_locality(turn.text)
    return said if name == "city" else {key: text for key, text in said.items() if key in ("postcode", "country")}


def _changed_parts(turn: Turn, case: Case) -> Mapping[str, str] | None:
    """Give the address with what a message changes or keeps of it; None where it says neither."""
    if turn.from_button or not case.number or asked_by(turn) not in (None, *_QUESTIONS):
        return None
    old = address_of(case_order(turn, case))
    changed = changed_parts(turn, old, case.address)
    return changed if changed != dict(case.address) else None


def _ask(turn: Turn, case: Case, name: str) -> None:
    say_address_read(turn, case)
    turn.ask_later(CASE, asked=name)
    turn.say(_QUESTIONS[name], number=turn.labels.all_of([case.number or "", *case.more]))


def _check(turn: Turn, number: str) -> None:
    with turn.reading() as session:
        check_address_change(session, turn.shopper, turn.services.rulebook.rules, number)


def _address(turn: Turn, case: Case) -> DeliveryAddress:
    return DeliveryAddress(case_order(turn, case).ship_name, **case.address)


def _line(turn: Turn, parts: tuple[str, ...]) -> str:
    name, street, city, postcode, country = parts
    return turn.labels.address(name=name, street=street, city=city, postcode=postcode, country=country)


def _show(turn: Turn, case: Case) -> str:
    """Say where the order would go instead."""
    address = _address(turn, case)
    with turn.reading() as session:
        proposal = propose_address_change(
            session, turn.shopper, turn.services.rulebook.rules, case.number or "", address
        )
    turn.say(
        "utter_ask_change_address",
        told=rule_facts(turn, proposal.rule),
        number=proposal.number,
        old=_line(turn, proposal.old),
        new=_line(turn, proposal.new),
        rule=rule_text(turn, proposal.rule),
        more=turn.labels.text("desk.then_next", numbers=turn.labels.all_of(case.more)) if case.more else "",
        buttons=[button(turn.labels, "change_it", "affirm"), button(turn.labels, "leave_it", "deny")],
    )
    return proposal.fingerprint


def _make(turn: Turn, case: Case, yes: Yes) -> None:
    address = _address(turn, case)
    with turn.writing() as session:
        done = do_address_change(session, turn.shopper, turn.services.rulebook.rules, case.number or "", yes, address)
    turn.remember(**{READDRESSED: done.number})
    turn.say("utter_address_changed", number=done.number)


def next_to_readdress(turn: Turn, done: Case) -> Case | None:
    """Give the case of the next order for the address that was just changed to; None where no other one is meant."""
    more = done.more or tuple(_others(turn, done) if says_any(turn, "desk.other_order") else ())
    if not more or (not done.more and len(more) > 1):
        return None
    return Case(done.goal, more[0], address=done.address, words=done.words, more=more[1:])


def _others(turn: Turn, done: Case) -> list[str]:
    orders = [one for one in newest_orders(turn) if one.number != done.number and _ORDERS.fits(turn, one)]
    return [one.number for one in orders if address_of(one) != done.address]


_OTHERWISE = {"shipped": "track_order", "packed": "track_order"}
_ORDERS = Orders(
    allowed_by(lambda turn, order: _check(turn, order.number)),
    rule=lambda rules: rules.delivery.address_change,
    otherwise=_OTHERWISE,
)
ADDRESS = Goal(
    "address",
    (several_step(order_step(_ORDERS), _ORDERS), *map(_field_step, _QUESTIONS)),
    _show,
    _make,
    lambda turn, case: _check(turn, case.number or ""),
    otherwise=_OTHERWISE,
)
