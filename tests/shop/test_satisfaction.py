"""A conversation is rated from 1 to 5, once; a later tap takes the place of the earlier one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from shop.db import Sessions, reading, writing
from shop.errors import InvalidRating
from shop.models import Satisfaction
from shop.satisfaction import rate, rating_of
from shop.shoppers import Shopper


def rated(shelf: Sessions, shopper: Shopper, rating: int) -> bool:
    with writing(shelf) as session:
        return rate(session, shopper, rating)


def rows(shelf: Sessions) -> list[tuple[str, int]]:
    with reading(shelf) as session:
        found = session.scalars(select(Satisfaction).order_by(Satisfaction.id))
        return [(row.shopper_id, row.rating) for row in found]


def test_the_last_tap_counts(shelf: Sessions, guest: Shopper, ada: Shopper) -> None:
    assert not rated(shelf, guest, 2)
    assert rated(shelf, guest, 5)
    assert not rated(shelf, ada, 4)
    assert rows(shelf) == [(guest.shopper_id, 5), (ada.shopper_id, 4)]
    with reading(shelf) as session:
        assert (rating_of(session, guest), rating_of(session, ada)) == (5, 4)
        assert rating_of(session, Shopper("web-new")) is None


def test_taps_at_the_same_moment_leave_one_rating(shelf: Sessions, guest: Shopper) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda rating: rated(shelf, guest, rating), (1, 2, 3, 4)))
    assert len(rows(shelf)) == 1


@pytest.mark.parametrize("rating", [0, 6, -1, 10**30])
def test_what_is_no_rating_is_refused(shelf: Sessions, guest: Shopper, rating: int) -> None:
    with pytest.raises(InvalidRating) as refused:
        rated(shelf, guest, rating)
    assert (refused.value.rating, refused.value.best) == (rating, 5)
    assert rows(shelf) == []
