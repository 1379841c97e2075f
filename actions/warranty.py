"""Whether something that was bought is still under warranty: told for each thing, with the text that says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from actions.cards import button
from actions.desk_case import Case, Goal, Step
from actions.desk_choice import Orders, in_states
from actions.desk_lines import named_lines
from actions.desk_orders import case_order, order_step
from actions.desk_words import date_fact, rule_passage
from actions.facts import policy_facts
from actions.turn import Turn
from shop.changes import Yes
from shop.policy_rules import Citation
from shop.receipts import Fact
from shop.warranty import COVERED, UNKNOWN, WarrantyView, warranties

_THINGS = "things"


def _things_step() -> Step:
    """Take which things of the order are meant; where none is named, all of them are."""
    return Step(
        _THINGS,
        is_known=lambda _: True,
        read=_read,
        ask=lambda _turn, _case: None,
        forget=lambda case: replace(case, items=None),
    )


def _read(turn: Turn, case: Case) -> Case:
    if case.number is None:
        return case
    named = named_lines(turn, case_order(turn, case).lines)
    return replace(case, items={line.sku: line.quantity for line in named}) if named else case


def _show(turn: Turn, case: Case) -> str:
    services, number = turn.services, case.number or ""
    with turn.reading() as session:
        of_all = warranties(session, turn.shopper, services.rulebook.rules, services.guests, number)
    told = [view for view in of_all if not case.items or view.sku in case.items]
    if not told:
        turn.say("utter_warranty_of_nothing", number=number)
        return ""
    rules = list(dict.fromkeys(view.rule for view in told if view.rule))
    turn.say(
        "utter_warranty",
        told=[*_facts(turn, told), *(fact for rule in rules for fact in policy_facts(rule_passage(turn, rule)))],
        number=number,
        lines="\n".join(_line(turn, view) for view in told),
        text_quoted=_quoted(turn, rules),
        buttons=[button(turn.labels, "report_problem", "report_problem", order_number=number)]
        if any(view.state == COVERED for view in told)
        else [],
    )
    return ""


def _line(turn: Turn, view: WarrantyView) -> str:
    labels = turn.labels
    key = f"warranty.{view.why}" if view.state == UNKNOWN else f"warranty.{view.state}"
    return labels.text(key, name=view.name, until=labels.date(view.until) if view.until else "")


def _quoted(turn: Turn, rules: list[Citation]) -> str:
    """Quote each text that was gone by, once."""
    passages = {passage.source: passage for passage in (rule_passage(turn, rule) for rule in rules)}
    return "\n".join(
        turn.labels.text("warranty.text", title=passage.title, text=passage.text) for passage in passages.values()
    )


def _facts(turn: Turn, told: list[WarrantyView]) -> Iterator[Fact]:
    for view in told:
        if view.until and view.rule:
            yield date_fact(turn, view.number, view.rule.version, view.until)


def _make(turn: Turn, case: Case, yes: Yes) -> None:
    """Do nothing: a warranty is told, and nothing waits for a yes."""


WARRANTY = Goal(
    "warranty",
    (order_step(Orders(in_states("delivered", "shipped"), opened=True)), _things_step()),
    _show,
    _make,
    opened=True,
)
