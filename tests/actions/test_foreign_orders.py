"""Nothing that a shopper can send tells of another's order, or changes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from actions.bootstrap import Services
from shop.db import reading
from shop.models import Base, Ticket
from tests.actions.conftest import Chat, rules, signed_in
from tests.actions.test_desk import place

_FOREIGN = "7001"
_OTHERS = {"sku": "MOUSE", "product": "cordless-mouse", "reason": "faulty", "quantity": "1"}
# Logs of what was said and asked; all other tables are the shop's own.
_LOGS = frozenset({"receipts", "receipt_heads", "interactions", "slates", "slate_items", "carts", "cart_lines"})


def tables(services: Services) -> dict[str, list[Any]]:
    with reading(services.sessions) as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
            for table in Base.metadata.sorted_tables
            if table.name not in _LOGS
        }


@pytest.mark.parametrize("intent", sorted(rules()))
@pytest.mark.parametrize(("customer", "typed"), [(None, True), ("bo", False)], ids=["as a payload", "in words"])
def test_no_intent_reaches_another_ones_order(
    services: Services, intent: str, typed: bool, customer: str | None
) -> None:
    place(services, _FOREIGN, {"MOUSE": 2}, "delivered", shopper="web-other")
    chat = signed_in(services, customer) if customer else Chat(services)
    before = tables(services)
    entities = {"order_number": _FOREIGN, **_OTHERS}
    if typed:
        chat.press(f"/{intent}{json.dumps(entities)}")
    else:
        chat.say(intent, f"it is about order {_FOREIGN}", **entities)
    told = json.dumps(chat.messages)
    chat.press("/affirm")
    told += json.dumps(chat.messages)
    for secret in ("T7001", "High Street", "jo@example.com", "$42.88", "delivered on"):
        assert secret not in told
    after = tables(services)
    assert _changed(before, after) <= _MAY_CHANGE.get(intent, frozenset())
    with reading(services.sessions) as session:
        # A ticket that was opened all the same stands for itself: it is of no order.
        assert not session.scalars(select(Ticket).where(Ticket.order_number.is_not(None))).all()


def _changed(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


# What a shopper may write without any order of theirs.
_MAY_CHANGE = dict.fromkeys(
    ("talk_to_person", "complain", "report_problem"),
    frozenset({"tickets", "ticket_lines", "audit"}),
)
