"""What of an order can come back: what has arrived, is not on its way back already, and which rule says until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.changes import lines_of, pick_pieces
from shop.errors import PolicyRefusal, UnknownReason
from shop.models import Category, Order, OrderLine, ProductCategory, Variant, utc_now
from shop.order_views import kept
from shop.policy_rules import PolicyRules, Rule
from shop.refunds import promised


@dataclass(frozen=True)
class Piece:
    """So many pieces of an order line that may come back for a reason, until a day."""

    line: OrderLine
    quantity: int
    reason: str
    until: dt.date


@dataclass(frozen=True)
class Eligibility:
    """Tells which pieces of one order may come back.

    Attributes:
        categories: of each variant, the slugs of the categories that its product stands in.
    """

    order: Order
    rules: PolicyRules
    categories: dict[int, set[str]]

    @classmethod
    def of(cls, session: Session, order: Order, rules: PolicyRules) -> Eligibility:
        """Read what the rules need to know of an order."""
        return cls(order, rules, categories_of(session, order.lines))

    def pieces(self, sku: str, quantity: int, reason: str) -> list[Piece]:
        """Find pieces of a SKU that may come back.

        Raises:
            OrderLineNotFound, InvalidQuantity: the order has not so many of it.
            UnknownReason: the shop does not know the reason.
            PolicyRefusal: they have not arrived, are on their way back already, or a rule keeps them.
        """
        self._check_state()
        self._check_reason(reason)
        lines = lines_of(self.order, sku)
        self._check_not_all_returned(lines)
        picked = pick_pieces(self.order, sku, quantity, self._not_returned)
        return [self._piece(line, count, reason) for line, count in picked]

    def check(self, skus: Iterable[str]) -> None:
        """Refuse what cannot come back whatever the reason is, before it is asked for; raises as `pieces` does."""
        self._check_state()
        for sku in skus:
            lines = lines_of(self.order, sku)
            self._check_not_all_returned(lines)
            (line, count), *_ = pick_pieces(self.order, sku, 1, self._not_returned)
            self._until(line, count, None)

    def _piece(self, line: OrderLine, count: int, reason: str) -> Piece:
        return Piece(line, count, reason, self._until(line, count, reason))

    def _until(self, line: OrderLine, count: int, reason: str | None) -> dt.date:
        """Say until when pieces may come back; without a reason, none that a rule asks for is missed."""
        arrived, last = self._arrived(line)
        if last is None or count > arrived - promised(self.order, line)[0]:
            self._refuse(self.rules.returns.window, "not_delivered", sku=line.sku, name=line.name)
        rule, days = self._rule_of(line, reason)
        # The last day counts as a whole.
        until = (last + dt.timedelta(days=days)).date()
        if utc_now().date() > until:
            self._refuse(rule, "window", sku=line.sku, name=line.name, until=until, days=days)
        return until

    def _rule_of(self, line: OrderLine, reason: str | None) -> tuple[Rule, int]:
        slugs = self.categories.get(line.variant_id or 0, set())
        for rule in self.rules.returns.exceptions:
            if rule.category in slugs:
                if reason is not None and reason not in rule.reasons:
                    facts = {"category": rule.category, "reasons": tuple(rule.reasons)}
                    self._refuse(rule, "category", sku=line.sku, name=line.name, **facts)
                return rule, rule.days
        return self.rules.returns.window, self.rules.returns.window.days

    def _arrived(self, line: OrderLine) -> tuple[int, dt.datetime | None]:
        """Count the pieces of a line that have arrived, and say when the last did."""
        parts = [
            (part.quantity, parcel.delivered_at)
            for parcel in self.order.shipments
            for part in parcel.lines
            if part.order_line_id == line.id and parcel.state == "delivered" and parcel.delivered_at
        ]
        return sum(count for count, _ in parts), max((moment for _, moment in parts), default=None)

    def _not_returned(self, line: OrderLine) -> int:
        return kept(line) - promised(self.order, line)[0]

    def _check_not_all_returned(self, lines: Sequence[OrderLine]) -> None:
        if all(self._not_returned(line) == 0 for line in lines):
            self._refuse(self.rules.returns.window, "returned", sku=lines[0].sku, name=lines[0].name)

    def _check_state(self) -> None:
        # In any earlier state nothing has arrived; a cancelled order has nothing left to return.
        if self.order.state not in {"shipped", "delivered"}:
            self._refuse(self.rules.returns.window, "state", state=self.order.state)

    def _check_reason(self, reason: str) -> None:
        known = tuple(one.code for one in self.rules.returns.reasons)
        if reason not in known:
            raise UnknownReason(reason, known)

    def _refuse(self, rule: Rule, reason: str, **facts: object) -> NoReturn:
        cited = self.rules.cite(rule)
        raise PolicyRefusal(cited.rule, cited.version, reason, {"number": self.order.number, **facts})


def categories_of(session: Session, lines: Iterable[OrderLine]) -> dict[int, set[str]]:
    """Name for each variant of some lines the categories that its product stands in."""
    wanted = [line.variant_id for line in lines if line.variant_id is not None]
    query = (
        select(Variant.id, Category.slug)
        .join(ProductCategory, ProductCategory.product_id == Variant.product_id)
        .join(Category, Category.id == ProductCategory.category_id)
    )
    found: dict[int, set[str]] = {}
    for variant_id, slug in session.execute(query.where(Variant.id.in_(wanted))):
        found.setdefault(variant_id, set()).add(slug)
    return found
