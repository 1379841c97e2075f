"""What shoppers think of replies that were written for them, and what a person would have said instead.

A reply is kept when it is given, under an id that only the shopper who got it is told. Nothing of it is kept for good:
`forget_old` is called by whoever serves.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, case, delete, or_, select
from sqlalchemy.orm import Session

from shop.customers import customer_row_id
from shop.errors import InvalidThumb, ReplyNotFound
from shop.models import ReplyFeedback, utc_now
from shop.models_feedback import THUMBS
from shop.shoppers import Shopper
from shop.text import is_key

UNJUDGED_KEPT = dt.timedelta(days=7)
"""How long a reply is kept on which nobody has said anything: a page that is opened again may still judge it."""

_ID_BYTES, _ID_LENGTH = 18, 40
_LISTED = 200


@dataclass(frozen=True)
class GivenReply:
    """A reply as it is kept; see `ReplyFeedback` for what each part holds."""

    act: str
    language: str
    reply: str
    rung: str
    version: str = ""
    facts: Sequence[Mapping[str, str]] = ()
    placed: Mapping[str, str] = field(default_factory=dict)
    asked: Sequence[str] = ()
    said: Sequence[str] = ()


def keep_reply(session: Session, shopper: Shopper, given: GivenReply) -> str:
    """Keep a reply that a shopper is given, and mint the id by which they may judge it."""
    reply_id = secrets.token_urlsafe(_ID_BYTES)
    session.add(
        ReplyFeedback(
            reply_id=reply_id,
            shopper_id=shopper.shopper_id,
            customer_id=customer_row_id(session, shopper),
            act=given.act,
            language=given.language,
            facts=[dict(fact) for fact in given.facts],
            placed=dict(given.placed),
            asked=list(given.asked),
            said=list(given.said),
            reply=given.reply,
            rung=given.rung,
            version=given.version,
        )
    )
    return reply_id


def give_thumb(session: Session, shopper: Shopper, reply_id: str, thumb: str) -> bool:
    """Set what a shopper thinks of a reply; tell whether that is new. The last word counts.

    Raises:
        InvalidThumb: it is neither up nor down.
        ReplyNotFound: this shopper was given no such reply, or it is no longer kept.
    """
    if thumb not in THUMBS:
        raise InvalidThumb(thumb)
    row = _own(session, shopper, reply_id)
    if row.thumb == thumb:
        return False
    row.thumb, row.thumbed_at = thumb, utc_now()
    return True


def thumbs_of(session: Session, shopper: Shopper) -> dict[str, str]:
    """Give the thumb of each reply that this shopper has judged in this conversation, by its id."""
    owner = _owner(session, shopper)
    rows = session.execute(
        select(ReplyFeedback.reply_id, ReplyFeedback.thumb)
        .where(owner, ReplyFeedback.thumb.is_not(None))
        .order_by(ReplyFeedback.id.desc())
        .limit(_LISTED)
    )
    return {reply_id: str(thumb) for reply_id, thumb in rows}


def find_reply(session: Session, reply_id: str) -> ReplyFeedback:
    """Fetch a reply for a person of the shop.

    Raises:
        ReplyNotFound: there is none, or it is no longer kept.
    """
    row = None
    if is_key(reply_id, _ID_LENGTH):
        row = session.scalar(select(ReplyFeedback).where(ReplyFeedback.reply_id == reply_id))
    if row is None:
        raise ReplyNotFound(reply_id)
    return row


def list_replies(session: Session, thumb: str | None = None, limit: int = _LISTED) -> Sequence[ReplyFeedback]:
    """List replies for a person of the shop: those that were thumbed down first, then the latest first.

    Args:
        session: any session.
        thumb: only those with this thumb; None for all.
        limit: the most.
    """
    query = select(ReplyFeedback) if thumb is None else select(ReplyFeedback).where(ReplyFeedback.thumb == thumb)
    worst = case((ReplyFeedback.thumb == "down", 0), else_=1)
    return session.scalars(query.order_by(worst, ReplyFeedback.id.desc()).limit(limit)).all()


def correct_reply(session: Session, reply_id: str, correction: str, by: str) -> None:
    """Keep what a person would have said; another correction takes its place.

    Args:
        session: a session that writes.
        reply_id: of the reply.
        correction: with placeholders, and already held against the facts.
        by: who corrects.

    Raises:
        ReplyNotFound: there is no such reply, or it is no longer kept.
    """
    row = find_reply(session, reply_id)
    row.correction, row.corrected_by, row.corrected_at = correction, by, utc_now()


def forget_old(session: Session, kept: dt.timedelta) -> int:
    """Delete replies that were given longer ago than they are kept; tell how many.

    Args:
        session: a session that writes.
        kept: how long; those on which nothing was said are kept for a week at most.
    """
    now = utc_now()
    unjudged = and_(ReplyFeedback.thumb.is_(None), ReplyFeedback.correction.is_(None))
    old = or_(
        ReplyFeedback.created_at < now - kept,
        and_(unjudged, ReplyFeedback.created_at < now - min(kept, UNJUDGED_KEPT)),
    )
    return len(session.scalars(delete(ReplyFeedback).where(old).returning(ReplyFeedback.id)).all())


def _own(session: Session, shopper: Shopper, reply_id: str) -> ReplyFeedback:
    """Fetch a reply of this shopper; another's is not there, whoever guesses its id."""
    row = None
    if is_key(reply_id, _ID_LENGTH):
        query = select(ReplyFeedback).where(ReplyFeedback.reply_id == reply_id, _owner(session, shopper))
        row = session.scalar(query.with_for_update())
    if row is None:
        raise ReplyNotFound(reply_id)
    return row


def _owner(session: Session, shopper: Shopper) -> ColumnElement[bool]:
    """Hold a row to the conversation, and to whoever was signed in there: a guest's stays theirs when they sign in."""
    guest, customer = ReplyFeedback.customer_id.is_(None), customer_row_id(session, shopper)
    signed_in = guest if customer is None else or_(guest, ReplyFeedback.customer_id == customer)
    return and_(ReplyFeedback.shopper_id == shopper.shopper_id, signed_in)
