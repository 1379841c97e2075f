"""Sending an order to another address than the one it was placed with, before it is packed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from shop.addresses import DeliveryAddress
from shop.changes import Done, Effects, Proposal, Yes, carry_out, check_state
from shop.errors import PolicyRefusal
from shop.models import Order
from shop.orders import own_order
from shop.policy_rules import Citation, PolicyRules
from shop.shoppers import Shopper

_PARTS = ("name", "street", "city", "postcode", "country")


@dataclass(frozen=True)
class AddressProposal(Proposal):
    """Where an order would go instead; each address is name, street, city, postcode and country."""

    action: ClassVar[str] = "change_address"
    old: tuple[str, ...]
    new: tuple[str, ...]


def check_address_change(session: Session, shopper: Shopper, rules: PolicyRules, number: str) -> None:
    """Refuse where no address can be changed any more, whatever the new one is; raises as `propose_address_change`."""
    _check(own_order(session, shopper, number), rules)


def propose_address_change(
    session: Session, shopper: Shopper, rules: PolicyRules, number: str, address: DeliveryAddress
) -> AddressProposal:
    """Say where an order would go instead.

    Raises:
        OrderNotFound: the shopper has no such order.
        PolicyRefusal: it has gone too far, or goes there already.
    """
    return _propose(own_order(session, shopper, number), rules, address)


def do_address_change(
    session: Session, shopper: Shopper, rules: PolicyRules, number: str, yes: Yes, address: DeliveryAddress
) -> Done:
    """Send an order to another address.

    Raises:
        KeyReused, ProposalChanged: see `shop.changes.carry_out`; otherwise what `propose_address_change` raises.
    """
    return carry_out(session, shopper, number, yes, lambda order: _propose(order, rules, address), _make)


def _propose(order: Order, rules: PolicyRules, address: DeliveryAddress) -> AddressProposal:
    rule = _check(order, rules)
    old = tuple(getattr(order, f"ship_{part}") for part in _PARTS)
    new = tuple(getattr(address, part) for part in _PARTS)
    if old == new:
        raise PolicyRefusal(rule.rule, rule.version, "same_address", {"number": order.number})
    return AddressProposal(order.number, rule, old, new)


def _check(order: Order, rules: PolicyRules) -> Citation:
    rule = rules.cite(rules.delivery.address_change)
    check_state(order, rule, rules.delivery.address_change.states)
    return rule


def _make(order: Order, proposal: AddressProposal) -> Effects:
    for part, value in zip(_PARTS, proposal.new, strict=True):
        setattr(order, f"ship_{part}", value)
    return Effects()
