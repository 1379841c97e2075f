"""Another option of what was bought: changed in the order before it is packed, exchanged once it has arrived."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from actions.cards import button, named_button, variant_title
from actions.desk_case import Case, Goal, Step, asked_by
from actions.desk_choice import Orders, allowed_by
from actions.desk_lines import line_title
from actions.desk_orders import case_order, items_step, order_step
from actions.desk_reasons import reason_step
from actions.desk_words import joined, money_facts, refund_text, rule_facts, rule_text, says_any
from actions.options import option_having
from actions.other_options import not_offered, numbered_so, others_of
from actions.pending import CASE
from actions.returning import check_any_returnable, check_returnable, done_with_return, return_items, say_return
from actions.turn import Turn, clean_words
from shop.catalogue import ProductView, VariantView, get_products_by_sku, get_variant, select_variants
from shop.changes import Yes
from shop.option_changes import check_option_change, do_option_change, propose_option_change
from shop.orders import OrderLineView, OrderView
from shop.returns import do_return, propose_return

OPTION = "option"
_WORDS = re.compile(r"[a-z]+|\d+")
_NUMBER = re.compile(r"\d+")
_BROKEN = frozenset({"faulty", "damaged on arrival"})
_BEFORE_PACKING = frozenset({"waiting_for_payment", "paid"})


def is_packed(order: OrderView) -> bool:
    """Tell whether an order can only be changed by what comes back."""
    return order.state not in _BEFORE_PACKING or bool(order.shipments)


def _swapped(case: Case) -> tuple[str, str]:
    """Give the SKU that was bought and the one that is wanted."""
    sku = next(iter(case.items or {}))
    return sku, case.options[sku]


def bought_line(turn: Turn, case: Case) -> OrderLineView | None:
    """Give the line for which another option is wanted; None where it is not known yet."""
    sku = next(iter(case.items or {}), None)
    return next((line for line in case_order(turn, case).lines if line.sku == sku), None) if case.number else None


def _product(turn: Turn, sku: str) -> ProductView | None:
    with turn.reading() as session:
        return next(iter(get_products_by_sku(session, [sku])), None)


def _read_option(turn: Turn, case: Case) -> Case:
    """Take the option that a message names in place of the one that was bought."""
    line = bought_line(turn, case)
    product = _product(turn, line.sku) if line else None
    if line is None or product is None:
        return case
    named = turn.entity("sku")
    others = [one.sku for one in product.variants if named and one.sku.casefold() == named.casefold()]
    fitting = [sku for sku in others if sku != line.sku] or [one.sku for one in _wanted(turn, product, line)]
    if not fitting and asked_by(turn) == OPTION:
        fitting = [one.sku for one in numbered_so(turn, others_of(turn, product, line))]
    return replace(case, options={line.sku: fitting[0]}) if len(fitting) == 1 else case


def _find_option(turn: Turn, case: Case) -> Case:
    """Take the option that was named before the order was known: the 44 of "44 and not 42"."""
    line = bought_line(turn, case)
    product = _product(turn, line.sku) if line else None
    if line is None or product is None:
        return case
    if says_any(turn, "desk.smaller") or says_any(turn, "desk.bigger"):
        only = others_of(turn, product, line)
        return replace(case, options={line.sku: only[0].sku}) if len(only) == 1 else case
    if not case.unread:
        return case
    words = _words_of(turn.services.glossary.translated(case.unread))
    said: dict[str, str] = {}
    for name in product.option_names:
        bought = line.options.get(name, "").casefold()
        named = [
            value
            for value in product.option_values(name)
            if value.casefold() != bought and _words_of(value) - _words_of(name) <= words
        ]
        if len(named) > 1:
            return case
        if named:
            said[name] = named[0]
    fitting = [one for one in select_variants(product, {**line.options, **said}) if one.sku != line.sku] if said else []
    return replace(case, options={line.sku: fitting[0].sku}) if len(fitting) == 1 else case


def _words_of(text: str) -> set[str]:
    return set(_WORDS.findall(text.casefold()))


def _wanted(turn: Turn, product: ProductView, line: OrderLineView) -> Sequence[VariantView]:
    """Find the variants that have what was said and otherwise the options that were bought."""
    bought = {name: value.casefold() for name, value in line.options.items()}
    said = {}
    for word in _words_said(turn, product):
        name = option_having(product, word, turn.entity("option_name"))
        # "The 42 for a 43" names what was bought, too.
        if name is not None and bought.get(name) != word.casefold():
            said[name] = word
    if not said:
        return []
    wanted = select_variants(product, {**line.options, **said})
    return [one for one in wanted if one.sku != line.sku]


def _words_said(turn: Turn, product: ProductView) -> Iterator[str]:
    """Give what a message may name an option by; a size that is said as a number is the value that holds it."""
    yield from (*turn.entities("option_value"), *turn.entities("colour"))
    values = [value for name in product.option_names for value in product.option_values(name)]
    for size in turn.entities("size"):
        yield from (value for value in values if size.casefold() in value.casefold().split())


def _ask_option(turn: Turn, case: Case) -> None:
    line = bought_line(turn, case)
    product = _product(turn, line.sku) if line else None
    others = others_of(turn, product, line) if product and line else []
    wants_same = case.reason in _BROKEN and says_any(turn, "desk.same_again")
    if line is None or product is None or not others or wants_same:
        # Nothing to choose: what is proposed is refused with the reason.
        _say_no_other(turn, case, line_title(line) if line else "")
        turn.remember(case=None)
        return
    sizes = sorted({number for one in others for number in _NUMBER.findall(" ".join(one.options.values()))})
    turn.ask_later(CASE, asked=OPTION, sizes=sizes)
    titles = [variant_title(one.name, one.options) for one in others]
    missing = not_offered(turn, product)
    turn.say(
        "utter_no_such_option" if missing else "utter_ask_other_option",
        name=product.name if missing else line_title(line),
        value=clean_words(missing or ""),
        names=turn.labels.one_of(titles),
        buttons=[named_button(title, "inform", sku=one.sku) for title, one in zip(titles, others, strict=True)],
    )


def _say_no_other(turn: Turn, case: Case, name: str) -> None:
    """Say that there is no other version; who wants the same again, as it is broken, can be helped by a person."""
    if case.reason in _BROKEN or says_any(turn, "desk.same_again"):
        turn.say(
            "utter_same_again_by_person",
            name=name,
            buttons=[
                button(turn.labels, to, to, order_number=case.number or "", sku=next(iter(case.items or {}), ""))
                for to in ("report_problem", "return_product")
            ],
        )
        return
    turn.say("utter_no_other_option", name=name)


def _needs_no_reason(turn: Turn, case: Case) -> Case:
    """Ask for no reason where nothing has to come back."""
    return case if is_packed(case_order(turn, case)) else replace(case, reason="")


def _check_order(turn: Turn, order: OrderView) -> None:
    """Raise PolicyRefusal where no line of an order can become another option: neither before packing nor by return."""
    if is_packed(order):
        check_any_returnable(turn, order)
        return
    with turn.reading() as session:
        check_option_change(session, turn.shopper, turn.services.rulebook.rules, order.number)


def _check(turn: Turn, case: Case) -> None:
    if is_packed(case_order(turn, case)):
        check_returnable(turn, case)


def _show(turn: Turn, case: Case) -> str:
    if is_packed(case_order(turn, case)):
        with turn.reading() as session:
            rules, items = turn.services.rulebook.rules, return_items(case)
            proposal = propose_return(session, turn.shopper, rules, case.number or "", items)
        return say_return(turn, proposal)
    return _show_option_change(turn, case)


def _show_option_change(turn: Turn, case: Case) -> str:
    with turn.reading() as session:
        proposal = propose_option_change(
            session, turn.shopper, turn.services.rulebook.rules, case.number or "", *_swapped(case)
        )
    labels = turn.labels
    amounts = [proposal.unit_price, proposal.total, proposal.refund]
    turn.say(
        "utter_ask_change_option",
        told=[
            *money_facts(turn, proposal.number, proposal.fingerprint, amounts),
            *rule_facts(turn, proposal.rule),
        ],
        number=proposal.number,
        quantity=proposal.quantity,
        old=proposal.name,
        new=proposal.new_name,
        price=labels.money(proposal.unit_price),
        total=labels.money(proposal.total),
        terms=joined(
            turn,
            refund_text(turn, proposal.refund) if proposal.difference.amount < 0 else "",
            "" if proposal.difference.amount else labels.text("desk.same_price"),
            rule_text(turn, proposal.rule),
        ),
        buttons=[button(labels, "change_it", "affirm"), button(labels, "leave_it", "deny")],
    )
    return proposal.fingerprint


def _make(turn: Turn, case: Case, yes: Yes) -> None:
    number, rules = case.number or "", turn.services.rulebook.rules
    if is_packed(case_order(turn, case)):
        with turn.writing() as session:
            done_return = do_return(session, turn.shopper, rules, number, yes, return_items(case))
        done_with_return(turn, done_return, yes, exchange=True)
        return
    with turn.writing() as session:
        done = do_option_change(session, turn.shopper, rules, number, yes, *_swapped(case))
    turn.say(
        "utter_option_changed",
        told=money_facts(turn, done.number, yes.confirmed, [done.refund]),
        number=done.number,
        refund=refund_text(turn, done.refund) if done.refund and done.refund.amount else "",
    )


_OPTION_STEP = Step(
    OPTION,
    is_known=lambda case: bool(case.options),
    read=_read_option,
    find=_find_option,
    ask=_ask_option,
    forget=lambda case: replace(case, options={}),
)
_OTHERWISE = {"packed": "track_order", "shipped": "track_order"}
_ORDERS = Orders(allowed_by(_check_order), rule=lambda rules: rules.returns.option_change, otherwise=_OTHERWISE)
SWAP = Goal(
    "swap",
    (
        order_step(_ORDERS),
        items_step(whole=False, single=True),
        _OPTION_STEP,
        reason_step(find=_needs_no_reason),
    ),
    _show,
    _make,
    _check,
    otherwise=_OTHERWISE,
)


def repeats_option(turn: Turn, case: Case) -> bool:
    """Tell whether a message names nothing but what was proposed in the place of something: "yes, make it a 44"."""
    said = {value.casefold() for value in (*turn.entities("option_value"), *turn.entities("colour"))}
    if not (said and case.options) or set(turn.named) - {"option_value", "option_name", "colour", "reference"}:
        return False
    with turn.reading() as session:
        proposed = [get_variant(session, sku).options.values() for sku in case.options.values()]
    return said <= {value.casefold() for values in proposed for value in values}
