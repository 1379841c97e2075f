"""Until when a thing that was bought is under warranty: covered until a day, over since one, or not known.

It is worked out from the day on which the order's parcels arrived, the categories of the product, and the rules of
`warranty.toml`. Where one of them is missing it is not guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.eligibility import categories_of
from shop.errors import OrderLineNotFound
from shop.guest_access import GuestAccess
from shop.models import Order, OrderLine, utc_now
from shop.order_views import kept
from shop.policy_rules import Citation, PolicyRules, WarrantyRule
from shop.reach import order_in_reach
from shop.refunds import promised
from shop.shoppers import Shopper

COVERED, OVER, NONE, UNKNOWN = "covered", "over", "none", "unknown"
NOT_DELIVERED, GONE = "not_delivered", "gone"


@dataclass(frozen=True)
class WarrantyView:
    """What is known of the warranty of a thing.

    Attributes:
        state: COVERED; OVER; NONE where things of its sort have no warranty; UNKNOWN.
        delivered_on: when the first of its pieces arrived.
        until: the last day of the warranty.
        rule: which rule says so; None where it is not known which does.
        why: of what is UNKNOWN: NOT_DELIVERED, or GONE where the product has left the catalogue.
    """

    number: str
    sku: str
    name: str
    state: str
    delivered_on: dt.date | None = None
    until: dt.date | None = None
    rule: Citation | None = None
    why: str | None = None


def warranties(
    session: Session, shopper: Shopper, rules: PolicyRules, guests: GuestAccess, number: str, skus: Iterable[str] = ()
) -> tuple[WarrantyView, ...]:
    """Tell the warranty of each thing of an order that the shopper still has, or of some of them.

    Raises:
        OrderNotFound: the shopper has no such order.
        OrderLineNotFound: the order has no such line.
    """
    order = order_in_reach(session, shopper, number, guests)
    wanted = {sku.strip().casefold() for sku in skus}
    lines = [line for line in order.lines if kept(line) - promised(order, line)[0] > 0]
    for sku in wanted - {line.sku.casefold() for line in lines}:
        raise OrderLineNotFound(order.number, sku)
    chosen = [line for line in lines if not wanted or line.sku.casefold() in wanted]
    categories = categories_of(session, chosen)
    return tuple(_warranty(order, line, rules, categories) for line in chosen)


def _warranty(order: Order, line: OrderLine, rules: PolicyRules, categories: dict[int, set[str]]) -> WarrantyView:
    plain = WarrantyView(order.number, line.sku, line.name, UNKNOWN)
    if line.variant_id is None:
        return _with(plain, why=GONE)
    rule = _rule_of(categories.get(line.variant_id, set()), rules)
    cited = rules.cite(rule)
    if not rule.years:
        return _with(plain, state=NONE, rule=cited)
    arrived = _arrived(order, line)
    if arrived is None:
        return _with(plain, rule=cited, why=NOT_DELIVERED)
    until = _years_after(arrived, rule.years)
    # The last day counts as a whole.
    state = COVERED if utc_now().date() <= until else OVER
    return _with(plain, state=state, delivered_on=arrived, until=until, rule=cited)


def _with(view: WarrantyView, **values: object) -> WarrantyView:
    return WarrantyView(**{**vars(view), **values})


def _rule_of(slugs: set[str], rules: PolicyRules) -> WarrantyRule:
    fitting = (rule for rule in rules.warranty.categories if rule.category in slugs)
    return next(fitting, rules.warranty.otherwise)


def _arrived(order: Order, line: OrderLine) -> dt.date | None:
    """Say when the first pieces of a line arrived: until the day that follows from it, each of them is covered."""
    days = [
        parcel.delivered_at.date()
        for parcel in order.shipments
        for part in parcel.lines
        if part.order_line_id == line.id and parcel.state == "delivered" and parcel.delivered_at
    ]
    return min(days, default=None)


def _years_after(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        # The 29th of February, in a year that has none.
        return day.replace(year=day.year + years, day=28)
