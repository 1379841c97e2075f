"""A guest's look at one order: its number, the e-mail address or phone number it was made with, and a one-time code.

Whoever asks learns nothing of orders that are not theirs. Whether or not there is such an order, and whether or not the
contact is its own, the same queries and hashes are made, a row is written, and the same is answered; the code goes out
in the background, always to the order's own e-mail address. A code is six digits from `secrets`, kept as a keyed hash,
good for ten minutes, for one use, for the conversation that asked for it, and for five tries; then the number with this
contact is locked for a time. With five codes an hour that is at most 25 guesses of a million for each contact.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from shop.addresses import check_field
from shop.db import Sessions, reading, writing
from shop.errors import AccessLocked, CodeRefused, InvalidAddress, OrderNotFound, Refused, TooManyRequests
from shop.models import Customer, GuestCode, Order, utc_now
from shop.order_numbers import normalise_number
from shop.order_views import OrderView, order_view, whole_orders
from shop.senders import BackgroundSender, Message
from shop.shoppers import Shopper
from shop.text import ascii_digits

CODE_LIFETIME = dt.timedelta(minutes=10)
LOCK_TIME = dt.timedelta(minutes=30)
ACCESS_TIME = dt.timedelta(minutes=30)
MAX_TRIES = 5
REQUEST_WINDOW = dt.timedelta(hours=1)
MAX_REQUESTS = 5
"""So many codes an hour may be asked for in one conversation, and for one contact in all of them."""

_DIGITS = 6
_PHONE_MINIMUM, _PHONE_MAXIMUM, _PHONE_COMPARED = 7, 15, 9
_PHONE_SIGNS = re.compile(r"[\s().+/-]")
_NO_ORDER, _NO_SALT, _NO_HASH = "", "0" * 32, "0" * 64
_KEPT = dt.timedelta(days=1)
_KEY_LENGTH = 32

Clock = Callable[[], dt.datetime]


@dataclass(frozen=True)
class Wording:
    """The message that carries a code, in the shopper's language; `{code}` and `{number}` stand in the body."""

    subject: str
    body: str


class GuestAccess:
    """Asks for codes and takes them.

    Args:
        sessions: the shop's database.
        sender: takes the message, or nothing, and returns at once.
        key: a secret of the shop: without it the hashes of six digits would be turned back in a second.
        clock: what time it is; for tests.
    """

    def __init__(self, sessions: Sessions, sender: BackgroundSender, key: str, clock: Clock = utc_now) -> None:
        if len(key) < _KEY_LENGTH:
            raise ValueError(f"the key must have at least {_KEY_LENGTH} characters")
        self._sessions, self._sender, self._clock = sessions, sender, clock
        self._key = hashlib.sha256(b"daogou guest access\0" + key.encode()).digest()

    def request_code(self, shopper: Shopper, number: str, contact: str, wording: Wording) -> None:
        """Send a code to the e-mail address of the order, if there is such an order with such a contact.

        Nobody is told whether there is. A code that was asked for before no longer counts.

        Raises:
            InvalidAddress: the contact is neither an e-mail address nor a phone number, whosoever it may be.
            TooManyRequests: too many codes were asked for.
            AccessLocked: too many wrong codes were entered for this order and contact.
        """
        wanted, normal = normalise_number(number) or _NO_ORDER, normalise_contact(contact)
        # Written with another country's code, it is the same number, and gets no further tries.
        bucket = normal if "@" in normal else _compared_digits(normal)
        code, salt = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}", secrets.token_hex(16)
        now = self._clock()
        row = GuestCode(
            shopper_id=shopper.shopper_id,
            subject_hash=self._hash("subject", f"{wanted}\0{bucket}"),
            contact_hash=self._hash("contact", bucket),
            salt=salt,
            code_hash=self._hash(salt, code),
            tries=0,
            created_at=now,
            expires_at=now + CODE_LIFETIME,
        )
        with writing(self._sessions) as session:
            self._refuse_locked(session, row.subject_hash)
            self._refuse_too_many(session, row)
            order_id, address = self._match(session, wanted, normal)
            row.order_id = order_id
            session.add(row)
            session.execute(delete(GuestCode).where(GuestCode.created_at < now - _KEPT))
        message = Message(address, wording.subject, wording.body.format(code=code, number=wanted))
        self._sender.hand_over(message if order_id is not None else None)

    def enter_code(self, shopper: Shopper, code: str) -> OrderView:
        """Open the order that the last code of this conversation was asked for.

        Raises:
            CodeRefused: it is not the code, or there is none that still counts.
            AccessLocked: it was the last try, or one after it.
        """
        order_id = self._take(shopper, code)
        with reading(self._sessions) as session:
            row = session.scalar(whole_orders().where(Order.id == order_id))
        if row is None:
            raise CodeRefused(0)
        return order_view(row)

    def find_order(self, session: Session, shopper: Shopper, number: str | None = None) -> OrderView:
        """Find the one order that this conversation has opened lately; raise OrderNotFound for any other.

        Args:
            session: a session that reads.
            shopper: who asks; a code that another conversation entered opens nothing here.
            number: which order; the one last opened without it.
        """
        opened = (GuestCode.shopper_id == shopper.shopper_id) & (GuestCode.used_at > self._clock() - ACCESS_TIME)
        last = select(GuestCode.order_id).where(opened).order_by(GuestCode.used_at.desc(), GuestCode.id.desc()).limit(1)
        row = session.scalar(whole_orders().where(Order.id == last.scalar_subquery()))
        if row is None or (number is not None and normalise_number(number) != row.number):
            raise OrderNotFound(number or "")
        return order_view(row)

    def _match(self, session: Session, number: str, contact: str) -> tuple[int | None, str]:
        """Find the order if the contact is its own; the same is compared where there is no such order."""
        query = select(Order.id, Order.email, Customer.phone).outerjoin(Customer, Order.customer_id == Customer.id)
        found = session.execute(query.where(Order.number == number)).one_or_none()
        order_id, email, phone = found or (None, "", "")
        same_email = _same(contact, email.casefold())
        same_phone = _same(_compared_digits(contact), _compared_digits(phone or ""))
        matches = (same_email | (same_phone & ("@" not in contact))) & (found is not None)
        return (order_id, email) if matches else (None, email)

    def _take(self, shopper: Shopper, code: str) -> int:
        """Count a try and give the order that the code opens."""
        typed = re.sub(r"[\s-]", "", ascii_digits(code))
        with writing(self._sessions) as session:
            row = self._open_row(session, shopper)
            salt, expected = (row.salt, row.code_hash) if row else (_NO_SALT, _NO_HASH)
            right = hmac.compare_digest(self._hash(salt, typed), expected)
            found = _count(row, right, self._clock()) if row else CodeRefused(0)
        # Only now: raised before, it would undo the count.
        if isinstance(found, Refused):
            raise found
        return found

    def _open_row(self, session: Session, shopper: Shopper) -> GuestCode | None:
        """Find and lock the last request of this conversation; None where it was used or its time is over."""
        own = select(GuestCode).where(GuestCode.shopper_id == shopper.shopper_id)
        row = session.scalar(own.order_by(GuestCode.id.desc()).limit(1).with_for_update())
        if row is None or row.used_at is not None:
            return None
        now = self._clock()
        still_locked = row.locked_until is not None and row.locked_until > now
        return row if still_locked or (row.locked_until is None and row.expires_at > now) else None

    def _refuse_locked(self, session: Session, subject_hash: str) -> None:
        """Refuse while a number with a contact is locked, whether or not there is such an order, in any conversation.

        Only whoever knows both can lock them: a stranger who guesses numbers keeps nobody from their order.
        """
        query = select(func.max(GuestCode.locked_until)).where(GuestCode.subject_hash == subject_hash)
        until = session.scalar(query)
        if until is not None and until > self._clock():
            raise AccessLocked(until)

    def _refuse_too_many(self, session: Session, row: GuestCode) -> None:
        since = self._clock() - REQUEST_WINDOW
        kinds: tuple[ColumnElement[bool], ...] = (
            GuestCode.shopper_id == row.shopper_id,
            GuestCode.contact_hash == row.contact_hash,
        )
        counts = [
            session.scalar(select(func.count()).select_from(GuestCode).where(kind, GuestCode.created_at > since)) or 0
            for kind in kinds
        ]
        if max(counts) >= MAX_REQUESTS:
            raise TooManyRequests(MAX_REQUESTS)

    def _hash(self, salt: str, text: str) -> str:
        return hmac.digest(self._key, f"{salt}\0{text}".encode("utf-8", "replace"), "sha256").hex()


def _count(row: GuestCode, right: bool, now: dt.datetime) -> int | Refused:
    """Use a request up, or count a wrong try; whoever has had all tries is locked out, with the right code too."""
    if row.locked_until is not None:
        return AccessLocked(row.locked_until)
    row.tries += 1
    if right and row.order_id is not None:
        row.used_at = now
        return row.order_id
    if row.tries < MAX_TRIES:
        return CodeRefused(MAX_TRIES - row.tries)
    row.locked_until = now + LOCK_TIME
    return AccessLocked(row.locked_until)


def normalise_contact(text: str) -> str:
    """Read an e-mail address or a phone number, as it is compared; raise InvalidAddress where it is neither.

    >>> normalise_contact(" Ada@Example.com "), normalise_contact("+44 (0)20 7946-0958")
    ('ada@example.com', '4402079460958')
    """
    if "@" in text:
        return check_field("email", text).casefold()
    digits = _PHONE_SIGNS.sub("", ascii_digits(text))
    if not (digits.isascii() and digits.isdecimal() and _PHONE_MINIMUM <= len(digits) <= _PHONE_MAXIMUM):
        raise InvalidAddress("contact", text)
    return digits


def _compared_digits(phone: str) -> str:
    """Give the end of a phone number, which is the same with and without the code of a country."""
    return "".join(re.findall(r"[0-9]", ascii_digits(phone)))[-_PHONE_COMPARED:]


def _same(given: str, stored: str) -> bool:
    """Compare in a time that does not tell where two texts differ; an empty one is like nothing."""
    same = hmac.compare_digest(given.encode(), stored.encode())
    return same & bool(stored)
