"""Tickets: what a shopper wants a person of the shop to look at, opened once, and found again by nobody else."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from shop.addresses import check_field
from shop.audit import Asker, asked_by, note
from shop.changes import lines_of
from shop.customers import customer_row_id
from shop.errors import KeyReused, TicketNotFound, TooManyTickets, UnknownReason
from shop.guest_access import GuestAccess
from shop.models import TICKET_KINDS, Order, Ticket, TicketLine, TicketPhoto, utc_now
from shop.policy_rules import PolicyRules
from shop.public_numbers import new_public_number
from shop.reach import order_in_reach
from shop.shoppers import Shopper
from shop.text import ascii_digits, is_key, tidy_words

PERSON, COMPLAINT, PROBLEM = TICKET_KINDS
MISSING = "missing item"
"""What is wrong where nothing came that could be sent back; the other problems are reasons for a return."""

MOST_WORDS = 1_000
MOST_PHOTOS = 4
WINDOW = dt.timedelta(hours=1)
MAX_TICKETS = 5
"""So many tickets a shopper may open within an hour."""

_LONGEST_NUMBER = 20
_PHOTO_ID = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True)
class TicketRequest:
    """What a ticket is to say.

    Attributes:
        kind: one of TICKET_KINDS.
        email: where the answer goes.
        number: of the order that it is about.
        skus: the lines of that order.
        problem: what is wrong with them.
        words: the shopper's own; what cannot be kept of them is left out.
        photo_ids: of the photos that were sent with it.
    """

    kind: str
    email: str
    number: str | None = None
    skus: tuple[str, ...] = ()
    problem: str | None = None
    words: str = ""
    photo_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check and tidy every field; raise ValueError, or InvalidAddress where the e-mail address is none."""
        if self.kind not in TICKET_KINDS:
            raise ValueError(f"kind is none of {TICKET_KINDS}: {self.kind!r}")
        parts = [bool(part) for part in (self.number, self.skus, self.problem)]
        if not all(parts) if self.kind == PROBLEM else any(parts[1:]):
            raise ValueError("a problem, and nothing else, has an order, its lines and what is wrong with them")
        if len(self.photo_ids) > MOST_PHOTOS or not all(_PHOTO_ID.fullmatch(one) for one in self.photo_ids):
            raise ValueError(f"photo_ids are more than {MOST_PHOTOS} or no ids of photos: {self.photo_ids!r}")
        object.__setattr__(self, "email", check_field("email", self.email))
        object.__setattr__(self, "words", tidy_words(self.words, MOST_WORDS))

    @property
    def fingerprint(self) -> str:
        """Stand for exactly this request."""
        return hashlib.sha256(repr(self).encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True)
class TicketView:
    """A ticket as its shopper sees it."""

    number: str
    kind: str
    state: str
    order_number: str | None
    skus: tuple[str, ...]
    problem: str | None
    words: str
    email: str
    photo_ids: tuple[str, ...]
    created_at: dt.datetime


def known_problems(rules: PolicyRules) -> tuple[str, ...]:
    """Name what can be wrong with something bought: the shop's or the maker's faults, and what is missing."""
    return (*(reason.code for reason in rules.returns.reasons if reason.fault), MISSING)


def open_ticket(
    session: Session, shopper: Shopper, rules: PolicyRules, guests: GuestAccess, request: TicketRequest, key: str
) -> TicketView:
    """Open a ticket; the same key opens it once.

    Raises:
        OrderNotFound, OrderLineNotFound: what it is about is not the shopper's.
        UnknownReason: the shop knows no such problem.
        TooManyTickets: the shopper has opened many within the last hour.
        KeyReused: the key stands for something else.
    """
    asker = asked_by(shopper, key, request.words)
    # A savepoint, so that nothing is half done even where the caller catches the error and commits.
    with session.begin_nested():
        earlier = _of_key(session, asker, request)
        if earlier is not None:
            return _view(earlier)
        _check(session, asker, rules, request)
        order = order_in_reach(session, shopper, request.number, guests) if request.number else None
        ticket = _new(session, shopper, request, order, asker)
        try:
            with session.begin_nested():
                session.add(ticket)
                session.flush()
        except IntegrityError:
            # The same yes came twice at the same moment: the other one has opened it.
            twin = _of_key(session, asker, request)
            if twin is None:
                raise
            return _view(twin)
        facts = {"kind": ticket.kind, "state": ticket.state, "photos": len(ticket.photos)}
        note(session, order, "open_ticket", {f"ticket {ticket.number}": facts}, asker)
    return _view(ticket)


def find_ticket(session: Session, shopper: Shopper, number: str) -> TicketView:
    """Find one of the shopper's own tickets; another's answers TicketNotFound, just as one that does not exist."""
    wanted = ascii_digits(number).strip().upper()
    row = None
    if is_key(wanted, _LONGEST_NUMBER):
        row = session.scalar(_whole().where(Ticket.number == wanted, Ticket.who == shopper.user_id))
    if row is None:
        raise TicketNotFound(number)
    return _view(row)


def add_words(session: Session, shopper: Shopper, number: str, words: str) -> TicketView:
    """Add what the shopper says to one of their own open tickets; said twice, it stands there once.

    Raises:
        TicketNotFound: none of theirs that is open has this number.
    """
    mine = Ticket.number == number, Ticket.who == shopper.user_id, Ticket.state == "open"
    row = session.scalar(_whole().where(*mine).with_for_update(of=Ticket))
    if row is None:
        raise TicketNotFound(number)
    said = tidy_words(words, MOST_WORDS)
    if said and said not in row.words:
        row.words = tidy_words(f"{row.words} / {said}" if row.words else said, MOST_WORDS)
    return _view(row)


def open_tickets(session: Session, shopper: Shopper, kind: str | None = None) -> tuple[TicketView, ...]:
    """List the shopper's own tickets, of a kind or of all, that are not closed, the newest first."""
    own = [Ticket.who == shopper.user_id, Ticket.state == "open", *([Ticket.kind == kind] if kind else [])]
    return tuple(_view(row) for row in session.scalars(_whole().where(*own).order_by(Ticket.id.desc())))


def _whole() -> Select[Ticket]:
    return select(Ticket).options(selectinload(Ticket.lines), selectinload(Ticket.photos))


def _of_key(session: Session, asker: Asker, request: TicketRequest) -> Ticket | None:
    row: Ticket | None = session.scalar(_whole().where(Ticket.who == asker.who, Ticket.key == asker.key))
    if row is not None and row.fingerprint != request.fingerprint:
        raise KeyReused(row.key)
    return row


def _check(session: Session, asker: Asker, rules: PolicyRules, request: TicketRequest) -> None:
    known = known_problems(rules)
    if request.problem is not None and request.problem not in known:
        raise UnknownReason(request.problem, known)
    recent = Ticket.who == asker.who, Ticket.created_at > utc_now() - WINDOW
    if (session.scalar(select(func.count()).select_from(Ticket).where(*recent)) or 0) >= MAX_TICKETS:
        raise TooManyTickets(MAX_TICKETS)


def _new(session: Session, shopper: Shopper, request: TicketRequest, order: Order | None, asker: Asker) -> Ticket:
    lines = {line.id: line for sku in request.skus for line in (lines_of(order, sku) if order else ())}
    return Ticket(
        number=new_public_number("TKT"),
        kind=request.kind,
        state="open",
        who=asker.who,
        shopper_id=shopper.shopper_id,
        customer_id=customer_row_id(session, shopper),
        order_id=order.id if order else None,
        order_number=order.number if order else None,
        problem=request.problem,
        words=request.words,
        email=request.email,
        key=asker.key,
        fingerprint=request.fingerprint,
        created_at=utc_now(),
        lines=[TicketLine(order_line_id=line.id, sku=line.sku) for line in lines.values()],
        photos=[TicketPhoto(position=place, photo_id=one) for place, one in enumerate(request.photo_ids, start=1)],
    )


def _view(row: Ticket) -> TicketView:
    return TicketView(
        number=row.number,
        kind=row.kind,
        state=row.state,
        order_number=row.order_number,
        skus=tuple(line.sku for line in row.lines),
        problem=row.problem,
        words=row.words,
        email=row.email,
        photo_ids=tuple(photo.photo_id for photo in row.photos),
        created_at=row.created_at,
    )
