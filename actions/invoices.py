"""Invoices: of which order, for a person or a company, in whose name, with which tax number, and where they go."""

from __future__ import annotations

import re

from actions.cards import button, named_button
from actions.desk_case import Case, Goal, Step, asked_by
from actions.desk_choice import ORDER, Orders, in_states
from actions.desk_contact import EMAIL, account_of, email_step
from actions.desk_orders import order_step
from actions.desk_words import says_any
from actions.pending import CASE, is_free_text
from actions.turn import Turn
from shop.changes import Yes
from shop.errors import ProposalChanged
from shop.invoices import COMPANY, PERSONAL, InvoiceDetails, check_invoice, check_title, request_invoice
from shop.models import INVOICE_KINDS
from shop.tax_ids import check_tax_id
from shop.text import ascii_digits

KIND, TITLE, TAX_ID = "invoice_kind", "title", "tax_id"
_ALLOWED = "allowed"
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z .-]{6,}")
_ENDS = re.compile(r"[,，。;；、\n]")


def _allowed_step() -> Step:
    """Refuse an order that gets no invoice before anything is asked for it."""
    return Step(
        _ALLOWED,
        is_known=lambda case: case.told.get(_ALLOWED) == case.number,
        read=lambda _, case: case,
        find=_find_allowed,
        ask=lambda _turn, _case: None,
        forget=lambda case: case,
    )


def _kind_step() -> Step:
    return Step(
        KIND,
        is_known=lambda case: KIND in case.told,
        read=_read_kind,
        ask=_ask_kind,
        forget=lambda case: case.not_telling(KIND),
    )


def _title_step() -> Step:
    return Step(
        TITLE,
        is_known=lambda case: TITLE in case.told,
        read=_read_title,
        find=_find_title,
        ask=lambda turn, case: _ask(turn, TITLE, "utter_ask_invoice_title"),
        forget=lambda case: case.not_telling(TITLE),
    )


def _tax_step() -> Step:
    return Step(
        TAX_ID,
        is_known=lambda case: TAX_ID in case.told or case.told.get(KIND) == PERSONAL,
        read=_read_tax_id,
        ask=lambda turn, case: _ask(turn, TAX_ID, "utter_ask_tax_id"),
        forget=lambda case: case.not_telling(TAX_ID),
    )


def _find_allowed(turn: Turn, case: Case) -> Case:
    services = turn.services
    with turn.reading() as session:
        check_invoice(session, turn.shopper, services.rulebook.rules, services.guests, case.number or "")
    return case.telling(allowed=case.number or "")


def _read_kind(turn: Turn, case: Case) -> Case:
    chosen = turn.entity(KIND)
    if chosen in INVOICE_KINDS:
        return _of_kind(case, chosen)
    if turn.from_button or asked_by(turn) in (TITLE, TAX_ID):
        # The name of a company says what it is.
        return case
    if turn.entity(TAX_ID) or says_any(turn, "invoice.company_words"):
        return _of_kind(case, COMPANY)
    return _of_kind(case, PERSONAL) if says_any(turn, "invoice.personal_words") else case


def _of_kind(case: Case, kind: str) -> Case:
    """Take a kind; a name and number for the other one are of no use any more."""
    if case.told.get(KIND) == kind:
        return case
    return case.not_telling(TITLE).not_telling(TAX_ID).telling(invoice_kind=kind)


def _ask_kind(turn: Turn, case: Case) -> None:
    turn.ask_later(CASE, asked=KIND)
    kinds = [(PERSONAL, "invoice.personal"), (COMPANY, "invoice.company")]
    turn.say(
        "utter_ask_invoice_kind",
        number=case.number,
        buttons=[named_button(turn.labels.text(label), "inform", invoice_kind=kind) for kind, label in kinds],
    )


def _read_title(turn: Turn, case: Case) -> Case:
    if turn.from_button:
        return case
    led = _after_lead(turn)
    if led:
        return case.telling(title=check_title(led))
    is_company = says_any(turn, "invoice.company_signs") and asked_by(turn) in (ORDER, TITLE)
    if is_company or (asked_by(turn) == TITLE and is_free_text(turn)):
        return case.telling(title=check_title(turn.text))
    return case


def _after_lead(turn: Turn) -> str | None:
    """Find the name that follows such words as "made out to"."""
    for labels in turn.services.languages.values():
        for lead in labels.text("invoice.title_leads").split("|"):
            found = re.search(rf"(?<![a-z]){re.escape(lead)}\s*[:：]?\s*(?:is\s+|是|为)?(.+)", turn.text, re.IGNORECASE)
            if found:
                return _ENDS.split(found[1])[0].strip()
    return None


def _find_title(turn: Turn, case: Case) -> Case:
    """Take a customer's own name for an invoice of their own."""
    account = account_of(turn) if case.told.get(KIND) == PERSONAL else None
    return case.telling(title=check_title(account.name)) if account else case


def _read_tax_id(turn: Turn, case: Case) -> Case:
    named = turn.entity(TAX_ID)
    if named:
        return case.telling(tax_id=check_tax_id(named))
    if turn.from_button:
        return case
    found = _CODE.findall(ascii_digits(turn.text))
    if asked_by(turn) == TAX_ID and found:
        return case.telling(tax_id=check_tax_id(max(found, key=len)))
    return case


def _ask(turn: Turn, asked: str, response: str) -> None:
    turn.ask_later(CASE, asked=asked)
    turn.say(response)


def _details(case: Case) -> InvoiceDetails:
    told = case.told
    return InvoiceDetails(told[KIND], told[TITLE], told[EMAIL], told.get(TAX_ID) if told[KIND] == COMPANY else None)


def _fingerprint(case: Case) -> str:
    return f"{case.number} {_details(case)!r}"


def _show(turn: Turn, case: Case) -> str:
    labels, details = turn.labels, _details(case)
    tax = labels.text("invoice.tax_id", tax_id=details.tax_id) if details.tax_id else ""
    turn.say(
        "utter_ask_invoice",
        number=case.number,
        title=details.title,
        kind=labels.text(f"invoice.{details.kind}"),
        tax=tax,
        email=details.email,
        buttons=[button(labels, "send_it", "affirm"), button(labels, "leave_it", "deny")],
    )
    return _fingerprint(case)


def _make(turn: Turn, case: Case, yes: Yes) -> None:
    if _fingerprint(case) != yes.confirmed:
        raise ProposalChanged(yes.confirmed, _fingerprint(case))
    services = turn.services
    with turn.writing() as session:
        view = request_invoice(
            session,
            turn.shopper,
            services.rulebook.rules,
            services.guests,
            case.number or "",
            _details(case),
            yes.key,
        )
    turn.say("utter_invoice_asked_for", number=view.number, email=view.email)


_ORDERS = Orders(
    in_states("paid", "packed", "shipped", "delivered"), rule=lambda rules: rules.payment.invoice, opened=True
)
INVOICE = Goal(
    "invoice",
    (
        order_step(_ORDERS),
        _allowed_step(),
        _kind_step(),
        _title_step(),
        _tax_step(),
        email_step(),
    ),
    _show,
    _make,
    opened=True,
)
