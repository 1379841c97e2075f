"""How an order is changed: what would happen is proposed, and on a yes to exactly that it happens once.

A yes carries the fingerprint of the proposal and a key of its own. The order is locked, then the key is looked up:
where it has done this change already, the first answer is given again. Otherwise the proposal is worked out anew; only
where it is still the one that was confirmed are order, stock, refund and audit written, in one transaction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from sqlalchemy.orm import Session

from shop.audit import Asker, Change, Facts, asked_by, entry_of_key, order_facts, record
from shop.errors import InvalidQuantity, KeyReused, OrderLineNotFound, PolicyRefusal, ProposalChanged
from shop.models import AuditEntry, Order, OrderLine
from shop.money import Money
from shop.order_views import kept
from shop.orders import own_order
from shop.policy_rules import Citation
from shop.shoppers import Shopper


@dataclass(frozen=True)
class Yes:
    """A shopper's yes.

    Attributes:
        confirmed: the fingerprint of the proposal they said it to.
        key: stands for this one yes; a repeated message carries the same.
        why: their words, for the audit.
    """

    confirmed: str
    key: str
    why: str = ""


@dataclass(frozen=True)
class Proposal:
    """What a change would do; nothing is changed or reserved. `rule` is None where no policy has a say."""

    action: ClassVar[str]
    number: str
    rule: Citation | None

    @property
    def fingerprint(self) -> str:
        """Stand for exactly this proposal; a yes takes it along."""
        return hashlib.sha256(f"{self.action} {self!r}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class PieceView:
    """So many pieces of an order line that a change is about, and what was paid for them."""

    sku: str
    name: str
    quantity: int
    amount: Money


@dataclass(frozen=True)
class Done:
    """A change that was made; a repeated yes gets the same one.

    Attributes:
        refund: what is paid back because of it.
        rma_number: of a return or an exchange.
        rule: by which it was allowed.
    """

    number: str
    action: str
    at: dt.datetime
    rule: Citation | None
    refund: Money | None
    rma_number: str | None


@dataclass(frozen=True)
class Effects:
    """What making a change has done outside of the order, and what whoever asked is told."""

    stock: Mapping[str, int] = field(default_factory=dict)
    refund: Money | None = None
    rma_number: str | None = None
    beside: tuple[Facts, Facts] = ({}, {})


_P = TypeVar("_P", bound=Proposal)


def carry_out(
    session: Session,
    shopper: Shopper,
    number: str,
    yes: Yes,
    propose: Callable[[Order], _P],
    make: Callable[[Order, _P], Effects],
) -> Done:
    """Make a change that a shopper has said yes to: all of it or nothing, and once.

    Raises:
        OrderNotFound: the shopper has no such order.
        KeyReused: the key has made another change.
        ProposalChanged: it would no longer do what was confirmed.
        PolicyRefusal: what `propose` raises.
    """
    asker = asked_by(shopper, yes.key, yes.why)
    # A savepoint, so that nothing is half done even where the caller catches the error and commits.
    with session.begin_nested():
        order = own_order(session, shopper, number, lock=True)
        earlier = entry_of_key(session, asker)
        if earlier is not None:
            return _repeated(earlier, order, yes)
        proposal = propose(order)
        if proposal.fingerprint != yes.confirmed:
            raise ProposalChanged(yes.confirmed, proposal.fingerprint)
        return _made(session, order, asker, proposal, make)


def check_state(order: Order, rule: Citation, allowed: Iterable[str]) -> None:
    """Refuse by a rule where an order has gone too far for it."""
    state = order.state
    if state in {"waiting_for_payment", "paid"} and order.shipments:
        # A parcel that stands there packed counts, whatever the order says.
        state = "packed"
    if state not in allowed:
        raise PolicyRefusal(rule.rule, rule.version, "state", {"number": order.number, "state": state})


def lines_of(order: Order, sku: str) -> list[OrderLine]:
    """Find the lines of a SKU of which something is left; raise OrderLineNotFound."""
    wanted = sku.strip().casefold()
    found = [line for line in order.lines if line.sku.casefold() == wanted and kept(line)]
    if not found:
        raise OrderLineNotFound(order.number, sku)
    return found


def pick_pieces(order: Order, sku: str, quantity: int, free: Callable[[OrderLine], int]) -> list[tuple[OrderLine, int]]:
    """Take pieces of a SKU out of the order's lines, the first lines first; raise InvalidQuantity."""
    lines = lines_of(order, sku)
    available = sum(free(line) for line in lines)
    if not 1 <= quantity <= available:
        raise InvalidQuantity(quantity, min(1, available), available)
    picked = []
    for line in lines:
        taken = min(quantity, free(line))
        if taken:
            picked.append((line, taken))
        quantity -= taken
    return picked


def _made(session: Session, order: Order, asker: Asker, proposal: _P, make: Callable[[Order, _P], Effects]) -> Done:
    before = order_facts(order)
    effects = make(order, proposal)
    change = Change(
        proposal.action,
        before,
        effects.stock,
        proposal.rule,
        proposal.fingerprint,
        _result(effects),
        effects.beside,
    )
    return _done(record(session, order, change, asker))


def _result(effects: Effects) -> dict[str, Any]:
    refund = effects.refund
    return {
        "refund": [str(refund.amount), refund.currency.code] if refund else None,
        "rma_number": effects.rma_number,
    }


def _repeated(entry: AuditEntry, order: Order, yes: Yes) -> Done:
    if entry.order_id != order.id or entry.fingerprint != yes.confirmed:
        raise KeyReused(yes.key)
    return _done(entry)


def _done(entry: AuditEntry) -> Done:
    refund = entry.result["refund"]
    return Done(
        number=entry.order_number,
        action=entry.action,
        at=entry.at,
        rule=Citation(entry.rule, entry.policy_version) if entry.rule and entry.policy_version else None,
        refund=Money(*refund) if refund else None,
        rma_number=entry.result["rma_number"],
    )
