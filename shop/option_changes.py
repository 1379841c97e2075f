"""Changing a line of an order to another size, colour or the like of the same thing, before it is packed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue import variant_options
from shop.changes import Done, Effects, Proposal, Yes, carry_out, check_state, lines_of
from shop.errors import PolicyRefusal
from shop.models import Order, OrderLine, Variant
from shop.money import Money
from shop.options import other_option, price_difference
from shop.order_views import kept
from shop.orders import own_order
from shop.policy_rules import Citation, PolicyRules
from shop.refunds import close_payment, grant, left_to_refund, worth
from shop.shoppers import Shopper
from shop.stock import give_back_stock, take_stock


@dataclass(frozen=True)
class OptionProposal(Proposal):
    """What changing a line would do.

    Attributes:
        quantity: how many pieces: all that are left of the line.
        unit_price: what a piece would cost; it differs by what the two cost today.
        difference: by how much the order becomes dearer; negative where it becomes cheaper.
        refund: what is paid back: nothing where nothing was paid.
        total: what the order comes to afterwards.
    """

    action: ClassVar[str] = "change_option"
    sku: str
    name: str
    new_sku: str
    new_name: str
    quantity: int
    unit_price: Money
    difference: Money
    refund: Money
    total: Money


def check_option_change(session: Session, shopper: Shopper, rules: PolicyRules, number: str) -> None:
    """Refuse where nothing of an order is changed to another variant any more; raises as `propose_option_change`."""
    check_state(own_order(session, shopper, number), _rule(rules), rules.returns.option_change.states)


def propose_option_change(
    session: Session, shopper: Shopper, rules: PolicyRules, number: str, sku: str, new_sku: str
) -> OptionProposal:
    """Say what changing a line to another variant of its product would do.

    Raises:
        OrderNotFound: the shopper has no such order.
        OrderLineNotFound: it has no such line.
        VariantNotFound, NotForSale, NotEnoughStock: the other one cannot be had.
        PolicyRefusal: the order has gone too far; the other one is of another product, the same, in the order already,
            or dearer while the order is paid.
    """
    return _propose(session, rules, sku, new_sku, own_order(session, shopper, number))


def do_option_change(
    session: Session, shopper: Shopper, rules: PolicyRules, number: str, yes: Yes, sku: str, new_sku: str
) -> Done:
    """Change a line as proposed: the old pieces go back on the shelf, the new ones leave it.

    Raises:
        KeyReused, ProposalChanged: see `shop.changes.carry_out`; otherwise what `propose_option_change` raises.
    """
    propose = partial(_propose, session, rules, sku, new_sku)
    return carry_out(session, shopper, number, yes, propose, partial(_make, session))


def _propose(session: Session, rules: PolicyRules, sku: str, new_sku: str, order: Order) -> OptionProposal:
    rule = _rule(rules)
    check_state(order, rule, rules.returns.option_change.states)
    line = lines_of(order, sku)[0]
    new = other_option(session, order, line, new_sku, kept(line), rule)
    facts = {"number": order.number, "sku": line.sku, "new_sku": new.sku}
    if any(one.sku == new.sku and kept(one) for one in order.lines):
        raise PolicyRefusal(rule.rule, rule.version, "in_order", facts)
    price = max(line.unit_price + price_difference(session, line, new), Decimal(0))
    difference = _worth_at(line, price) - worth(line)
    if difference > 0 and order.payment_state != "pending":
        # Nothing is charged a second time.
        raise PolicyRefusal(rule.rule, rule.version, "dearer", {**facts, "difference": difference})
    return OptionProposal(
        order.number,
        rule,
        line.sku,
        line.name,
        new.sku,
        new.name,
        kept(line),
        unit_price=Money(price, order.currency),
        difference=Money(difference, order.currency),
        refund=Money(
            min(max(-difference, Decimal(0)), left_to_refund(order, order.total + difference)), order.currency
        ),
        total=Money(order.total + difference, order.currency),
    )


def _rule(rules: PolicyRules) -> Citation:
    return rules.cite(rules.returns.option_change)


def _worth_at(line: OrderLine, price: Decimal) -> Decimal:
    """Say what a line would cost at another price; no discount makes it less than nothing."""
    return max(price * kept(line) - line.discount, Decimal(0))


def _make(session: Session, order: Order, proposal: OptionProposal) -> Effects:
    line = lines_of(order, proposal.sku)[0]
    old_id, old_sku, count = line.variant_id, line.sku, kept(line)
    new = session.scalars(select(Variant).where(Variant.sku == proposal.new_sku)).one()
    order.subtotal += proposal.difference.amount
    order.total += proposal.difference.amount
    # Gift cards before the stock, as everyone does who touches both.
    grant(order, "option_change", proposal.refund.amount)
    close_payment(order)
    _move_stock(session, old_id, new, count)
    _rewrite(line, new, proposal.unit_price.amount)
    return Effects({old_sku: count, new.sku: -count}, refund=proposal.refund)


def _move_stock(session: Session, old_id: int | None, new: Variant, count: int) -> None:
    """Give and take in the order of the variants' ids, as everyone does who touches several."""
    if old_id is not None and old_id < new.id:
        give_back_stock(session, [(old_id, count)])
        take_stock(session, new, count)
    else:
        take_stock(session, new, count)
        give_back_stock(session, [(old_id, count)])


def _rewrite(line: OrderLine, new: Variant, price: Decimal) -> None:
    left = _worth_at(line, price)
    # What was cancelled of the line before was of the old option: the audit keeps it.
    line.quantity, line.cancelled = kept(line), 0
    line.variant_id, line.sku, line.name, line.options = new.id, new.sku, new.name, variant_options(new)
    line.unit_price = price
    line.discount = price * line.quantity - left
