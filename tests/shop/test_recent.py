"""What a shopper did of late, and what they said no to."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from shop.db import Sessions, reading, writing
from shop.errors import ProductNotFound
from shop.interactions import record_interaction, take_back_dismissal
from shop.models import Interaction, utc_now
from shop.recent import dismissed_slugs, recent_events
from shop.shoppers import Shopper

ADA_PHONE = Shopper("web-ada-phone", "ada")


def do(sessions: Sessions, shopper: Shopper, *steps: tuple[str, str]) -> None:
    for kind, item in steps:
        with writing(sessions) as session:
            record_interaction(session, shopper, item, kind, "chat")


def recent(sessions: Sessions, shopper: Shopper, limit: int = 50) -> list[tuple[str, str]]:
    with reading(sessions) as session:
        return [(event.kind, event.slug) for event in recent_events(session, shopper, limit)]


def dismissed(sessions: Sessions, shopper: Shopper) -> list[str]:
    with reading(sessions) as session:
        return dismissed_slugs(session, shopper)


def test_the_newest_events_come_oldest_first_by_slug_with_their_time(shelf: Sessions, guest: Shopper) -> None:
    do(shelf, guest, ("view", "mug"), ("click", "laptop"), ("cart", "SHIRT-RED"))
    assert recent(shelf, guest) == [("view", "mug"), ("click", "laptop"), ("cart", "shirt")]
    assert recent(shelf, guest, limit=2) == [("click", "laptop"), ("cart", "shirt")]
    with reading(shelf) as session:
        events = recent_events(session, guest)
    assert all(utc_now() - event.happened_at < dt.timedelta(minutes=5) for event in events)


def test_a_stranger_has_done_nothing(shelf: Sessions) -> None:
    assert recent(shelf, Shopper("web-new")) == []
    assert dismissed(shelf, Shopper("web-new", "nobody")) == []


def test_a_customer_brings_along_what_they_did_elsewhere_and_as_a_guest(shelf: Sessions, ada: Shopper) -> None:
    do(shelf, Shopper(ada.shopper_id), ("view", "mug"))
    do(shelf, ADA_PHONE, ("click", "laptop"))
    assert recent(shelf, ada) == [("view", "mug"), ("click", "laptop")]


def test_nobody_sees_what_a_customer_did_after_they_signed_out(shelf: Sessions, ada: Shopper, guest: Shopper) -> None:
    do(shelf, ada, ("click", "laptop"))
    assert recent(shelf, Shopper(ada.shopper_id)) == recent(shelf, guest) == []


def test_a_dismissal_holds_until_the_product_is_wanted_after_all(shelf: Sessions, guest: Shopper) -> None:
    do(shelf, guest, ("cart", "mug"), ("dismiss", "mug"), ("dismiss", "laptop"), ("view", "laptop"))
    assert dismissed(shelf, guest) == ["laptop", "mug"]
    do(shelf, guest, ("purchase", "mug"))
    assert dismissed(shelf, guest) == ["laptop"]


def test_a_dismissal_can_be_taken_back_by_the_shopper_alone(shelf: Sessions, guest: Shopper, ada: Shopper) -> None:
    do(shelf, guest, ("dismiss", "mug"), ("view", "mug"))
    with writing(shelf) as session:
        assert not take_back_dismissal(session, ada, "mug")
        assert take_back_dismissal(session, guest, "mug")
        assert not take_back_dismissal(session, guest, "mug")
        assert list(session.scalars(select(Interaction.kind))) == ["view"]
    assert dismissed(shelf, guest) == []


@pytest.mark.parametrize("slug", ["", "nothing", "\x00"], ids=ascii)
def test_only_what_exists_can_be_taken_back(shelf: Sessions, guest: Shopper, slug: str) -> None:
    with writing(shelf) as session, pytest.raises(ProductNotFound):
        take_back_dismissal(session, guest, slug)
