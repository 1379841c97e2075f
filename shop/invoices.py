"""Invoices that shoppers ask for: in whose name, with which tax number, and to which e-mail address they go."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.addresses import check_field
from shop.audit import asked_by, note
from shop.changes import check_state
from shop.errors import InvalidInvoice, InvoiceAsked
from shop.guest_access import GuestAccess
from shop.models import INVOICE_KINDS, InvoiceRequest, Order, utc_now
from shop.policy_rules import PolicyRules
from shop.reach import order_in_reach
from shop.shoppers import Shopper
from shop.tax_ids import check_tax_id

PERSONAL, COMPANY = INVOICE_KINDS
_LONGEST_TITLE, _SHORTEST_TITLE = 100, 2
_NOT_IN_TITLES = frozenset("<>{}")


@dataclass(frozen=True)
class InvoiceDetails:
    """What an invoice is to say; made only of checked, normalised fields.

    Raises:
        InvalidInvoice: the kind, the title or the tax number cannot be used; a company has a tax number, a person none.
        InvalidAddress: the e-mail address is none.
    """

    kind: str
    title: str
    email: str
    tax_id: str | None = None

    def __post_init__(self) -> None:
        """Check and normalise every field."""
        if self.kind not in INVOICE_KINDS:
            raise InvalidInvoice("kind", self.kind)
        object.__setattr__(self, "title", check_title(self.title))
        if (self.kind == COMPANY) != (self.tax_id is not None):
            raise InvalidInvoice("tax_id", self.tax_id or "")
        if self.tax_id is not None:
            object.__setattr__(self, "tax_id", check_tax_id(self.tax_id))
        object.__setattr__(self, "email", check_field("email", self.email))


@dataclass(frozen=True)
class InvoiceView:
    """An invoice request as its shopper sees it."""

    number: str
    kind: str
    title: str
    tax_id: str | None
    email: str
    state: str
    created_at: dt.datetime


def check_title(text: str) -> str:
    """Normalise in whose name an invoice is made out: a name of a person or a company, in any script.

    Raises:
        InvalidInvoice: it is too short, too long, holds no letter, or what is no text.
    """
    tidy = " ".join(unicodedata.normalize("NFC", text).split())
    plain = tidy.isprintable() and not _NOT_IN_TITLES & set(tidy)
    if not (plain and _SHORTEST_TITLE <= len(tidy) <= _LONGEST_TITLE and any(char.isalpha() for char in tidy)):
        raise InvalidInvoice("title", text)
    return tidy


def check_invoice(session: Session, shopper: Shopper, rules: PolicyRules, guests: GuestAccess, number: str) -> None:
    """Say before anything is asked whether an invoice of an order can be asked for.

    Raises:
        OrderNotFound: the shopper has no such order.
        PolicyRefusal: the order is in no state for one.
        InvoiceAsked: one has been asked for that is not sent yet.
    """
    order = order_in_reach(session, shopper, number, guests)
    _check_state(order, rules)
    if _open_request(session, order) is not None:
        raise InvoiceAsked(order.number)


def request_invoice(
    session: Session,
    shopper: Shopper,
    rules: PolicyRules,
    guests: GuestAccess,
    number: str,
    details: InvoiceDetails,
    key: str,
) -> InvoiceView:
    """Ask for an invoice of an order; asking for the same again gets the same request.

    Raises:
        OrderNotFound, PolicyRefusal: see `check_invoice`.
        InvoiceAsked: an open request says something else.
        KeyReused: the key stands for another change.
    """
    asker = asked_by(shopper, key)
    with session.begin_nested():
        # The lock keeps a second request for the same order waiting until this one is there to be found.
        order = order_in_reach(session, shopper, number, guests, lock=True)
        _check_state(order, rules)
        earlier = _open_request(session, order)
        if earlier is not None:
            if _details(earlier) != details:
                raise InvoiceAsked(order.number)
            return _view(earlier, order)
        row = InvoiceRequest(
            order_id=order.id,
            who=asker.who,
            shopper_id=shopper.shopper_id,
            kind=details.kind,
            title=details.title,
            tax_id=details.tax_id,
            email=details.email,
            state="open",
            created_at=utc_now(),
        )
        session.add(row)
        session.flush()
        note(session, order, "request_invoice", {f"invoice {row.id}": {"kind": row.kind, "state": row.state}}, asker)
    return _view(row, order)


def _check_state(order: Order, rules: PolicyRules) -> None:
    rule = rules.payment.invoice
    check_state(order, rules.cite(rule), rule.states)


def _open_request(session: Session, order: Order) -> InvoiceRequest | None:
    here = InvoiceRequest.order_id == order.id, InvoiceRequest.state == "open"
    return session.scalar(select(InvoiceRequest).where(*here))


def _details(row: InvoiceRequest) -> InvoiceDetails:
    return InvoiceDetails(row.kind, row.title, row.email, row.tax_id)


def _view(row: InvoiceRequest, order: Order) -> InvoiceView:
    return InvoiceView(order.number, row.kind, row.title, row.tax_id, row.email, row.state, row.created_at)
