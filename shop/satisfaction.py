"""How shoppers rate a conversation: one rating each, of which the last one counts."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.customers import customer_row_id
from shop.errors import InvalidRating
from shop.models import Satisfaction, utc_now
from shop.models_tickets import BEST_RATING
from shop.shoppers import Shopper


def rate(session: Session, shopper: Shopper, rating: int) -> bool:
    """Keep a rating of this conversation; tell whether it takes the place of an earlier one.

    Raises:
        InvalidRating: it is none of 1 to 5.
    """
    if not 1 <= rating <= BEST_RATING:
        raise InvalidRating(rating, BEST_RATING)
    row = _row(session, shopper)
    if row is None:
        try:
            with session.begin_nested():
                session.add(
                    Satisfaction(
                        shopper_id=shopper.shopper_id, rating=rating, customer_id=customer_row_id(session, shopper)
                    )
                )
                session.flush()
        except IntegrityError:
            # A second tap came at the same moment, and its row is there now.
            row = _row(session, shopper)
    if row is None:
        return False
    row.rating, row.customer_id, row.updated_at = rating, customer_row_id(session, shopper), utc_now()
    return True


def rating_of(session: Session, shopper: Shopper) -> int | None:
    """Give how this conversation was rated; None where it was not."""
    row = _row(session, shopper)
    return row.rating if row else None


def _row(session: Session, shopper: Shopper) -> Satisfaction | None:
    return session.scalar(select(Satisfaction).where(Satisfaction.shopper_id == shopper.shopper_id))
