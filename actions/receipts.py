"""Where what was told came from: the receipts of the last answer, with record, version and time."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy.orm import Session

from actions.base import ShopAction
from actions.catalogue import tell_option
from actions.desk_words import rule_passage, says_any
from actions.facts import DATE, NO, PRICE, STOCK, YES, product_record, variant_record
from actions.labels import Labels
from actions.policy_answers import say_passage
from actions.targets import focused_product, pick_asked
from actions.turn import Turn
from shop.catalogue import get_products, get_products_by_sku
from shop.money import Money
from shop.receipts import Fact, last_told

_LISTED = 12
_GAP = "gap"


class ActionTellSource(ShopAction):
    """Say from which records the last answer was read."""

    keeps_question = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_tell_source"

    def perform(self, turn: Turn) -> None:
        """Show the receipts of the last answer, or of what was last told of the products that are named.

        What only reads like that, but asks for a size or how long a price holds, gets its own answer.
        """
        if not turn.from_button and _answered_otherwise(turn):
            return
        with turn.reading() as session:
            records = _records_named(turn, session)
            told = [fact for fact in last_told(session, turn.shopper, records) if fact.kind != _GAP]
        if not told:
            turn.say("utter_source_unknown")
            return
        lines = [_line(turn.labels, fact) for fact in told[:_LISTED]]
        if len(told) > _LISTED:
            lines.append(turn.labels.text("variant.more", count=len(told) - _LISTED))
        turn.say("utter_source", lines="\n".join(lines))


def _answered_otherwise(turn: Turn) -> bool:
    """Answer how long a price holds, or whether the product comes in a size; False where neither is asked."""
    if says_any(turn, "receipts.holding") and turn.terms.hold is not None:
        say_passage(turn, rule_passage(turn, turn.terms.quote_rule))
        return True
    value = _value_named(turn)
    if value is None:
        return False
    turn.recall({"option_value": [value]})
    target = pick_asked(turn, "tell_option")
    if target:
        tell_option(turn, target)
    return True


def _value_named(turn: Turn) -> str | None:
    """Find the value of an option, of what was shown, whose number stands in the message: "got that in 42"."""
    with turn.reading() as session:
        focused = focused_product(turn, session)
        shown = [focused] if focused else get_products_by_sku(session, turn.slot("candidate_skus") or [])
    values = [value for one in shown for name in one.option_names for value in one.option_values(name)]
    said = set(re.findall(r"\d+", turn.text))
    return next((value for value in values if said & set(re.findall(r"\d+", value))), None)


def _records_named(turn: Turn, session: Session) -> list[str]:
    products = [
        *get_products(session, turn.entities("product")),
        *get_products_by_sku(session, turn.entities("sku")),
    ]
    variants = [variant_record(variant.sku) for product in products for variant in product.variants]
    return [*(product_record(product.slug) for product in products), *variants]


def _line(labels: Labels, fact: Fact) -> str:
    return labels.text(
        "receipts.line",
        told=_told(labels, fact),
        record=fact.record,
        version=fact.version,
        date=labels.date(fact.read_at),
        time=f"{fact.read_at:%H:%M:%S}",
    )


def _told(labels: Labels, fact: Fact) -> str:
    if fact.kind == PRICE:
        amount, _, currency = fact.value.partition(" ")
        return labels.text("receipts.price", value=labels.money(Money(amount, currency)))
    if fact.kind == STOCK:
        return labels.text("receipts.stock", value=_stock(labels, fact.value))
    return labels.text("receipts.date" if fact.kind == DATE else "receipts.policy", value=_day(labels, fact.value))


def _stock(labels: Labels, value: str) -> str:
    return labels.text("stock.yes" if value == YES else "stock.none") if value in (YES, NO) else value


def _day(labels: Labels, value: str) -> str:
    try:
        return labels.date(dt.datetime.fromisoformat(value))
    except ValueError:
        # "3-5 days", or the title of a text.
        return value
