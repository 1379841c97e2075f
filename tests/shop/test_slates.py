"""Recommended lists are kept, and an interaction names the list that led to it only where that is so."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from shop.db import Sessions, reading, writing
from shop.interactions import record_interaction
from shop.models import Customer, Interaction, Product, Slate, SlateItem
from shop.shoppers import Shopper
from shop.slates import MAX_SHOWN, ShownItem, log_slate

SHOWN = (ShownItem("shirt", 2.5, 0.9), ShownItem("laptop", -1.0, 0.1))


def shown_to(sessions: Sessions, shopper: Shopper) -> str:
    with writing(sessions) as session:
        return log_slate(session, shopper, "recommend", "blend+exploration=0.1", "v1", SHOWN)


def followed(sessions: Sessions) -> list[str | None]:
    """The slates that interactions name, in order."""
    query = select(Slate.public_id).select_from(Interaction).outerjoin(Slate, Slate.id == Interaction.slate_id)
    with reading(sessions) as session:
        return list(session.scalars(query.order_by(Interaction.id)))


def click(sessions: Sessions, shopper: Shopper, item: str, slate: str | None) -> None:
    with writing(sessions) as session:
        record_interaction(session, shopper, item, "click", "recommendation", slate=slate)


def test_a_slate_is_kept_with_who_saw_what_where_and_how_likely(shelf: Sessions, ada: Shopper) -> None:
    slate = shown_to(shelf, ada)
    with reading(shelf) as session:
        row = session.scalars(select(Slate)).one()
        kept = session.execute(
            select(SlateItem.position, Product.slug, SlateItem.score, SlateItem.propensity)
            .join(Product)
            .order_by(SlateItem.position)
        ).all()
        customer = session.scalar(select(Customer.public_id).where(Customer.id == row.customer_id))
    assert (row.public_id, row.shopper_id, customer) == (slate, "web-ada", "ada")
    assert (row.task, row.policy, row.model_version) == ("recommend", "blend+exploration=0.1", "v1")
    assert [tuple(item) for item in kept] == [(1, "shirt", 2.5, 0.9), (2, "laptop", -1.0, 0.1)]


def test_a_product_that_is_gone_leaves_its_place_empty(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        log_slate(session, guest, "recommend", "blend", "v1", [ShownItem("gone", 1.0), ShownItem("mug", 0.5)])
        assert list(session.scalars(select(SlateItem.position))) == [2]


def test_an_empty_slate_is_kept_too(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        assert log_slate(session, guest, "deals", "none", "v1", [])


@pytest.mark.parametrize("score", [float("nan"), float("inf")], ids=str)
def test_a_score_that_is_no_number_is_refused(score: float) -> None:
    with pytest.raises(ValueError, match="score of 'mug'"):
        ShownItem("mug", score)


@pytest.mark.parametrize("propensity", [0.0, -0.1, 1.1, float("nan")], ids=str)
def test_a_propensity_that_is_no_chance_is_refused(propensity: float) -> None:
    with pytest.raises(ValueError, match="propensity of 'mug'"):
        ShownItem("mug", 1.0, propensity)


def test_the_database_refuses_a_propensity_of_nothing(shelf: Sessions, guest: Shopper) -> None:
    shown_to(shelf, guest)
    with pytest.raises(IntegrityError), writing(shelf) as session:
        session.scalars(select(SlateItem)).first().propensity = 0.0


@pytest.mark.parametrize(
    ("task", "policy", "version", "shown"),
    [
        ("", "blend", "v1", SHOWN),
        ("recommend", "x" * 201, "v1", SHOWN),
        ("recommend", "blend", "a\nb", SHOWN),
        ("recommend", "blend", "v1", [SHOWN[0], SHOWN[0]]),
        ("recommend", "blend", "v1", [ShownItem(f"p{n}", 1.0) for n in range(MAX_SHOWN + 1)]),
    ],
    ids=["no task", "long policy", "broken version", "twice the same", "too many"],
)
def test_what_no_slate_can_be_is_a_mistake_of_the_caller(
    shelf: Sessions, guest: Shopper, task: str, policy: str, version: str, shown: list[ShownItem]
) -> None:
    with writing(shelf) as session, pytest.raises(ValueError, match=r"is empty|each once"):
        log_slate(session, guest, task, policy, version, shown)


def test_a_click_names_the_slate_that_showed_the_product(shelf: Sessions, guest: Shopper) -> None:
    slate = shown_to(shelf, guest)
    click(shelf, guest, "laptop", slate)
    click(shelf, guest, "LAPTOP-13-8", slate)
    assert followed(shelf) == [slate, slate]


def test_a_slate_that_did_not_show_the_product_is_not_named(shelf: Sessions, guest: Shopper) -> None:
    click(shelf, guest, "mug", shown_to(shelf, guest))
    assert followed(shelf) == [None]


def test_a_slate_of_another_conversation_is_not_named(shelf: Sessions, guest: Shopper) -> None:
    click(shelf, Shopper("web-thief"), "laptop", shown_to(shelf, guest))
    assert followed(shelf) == [None]


@pytest.mark.parametrize("slate", ["", "no such id", "x" * 100, "\x00"], ids=ascii)
def test_a_slate_that_does_not_exist_is_not_named(shelf: Sessions, guest: Shopper, slate: str) -> None:
    click(shelf, guest, "laptop", slate)
    assert followed(shelf) == [None]


def test_what_a_guest_was_shown_is_theirs_after_signing_in(shelf: Sessions, guest: Shopper) -> None:
    slate = shown_to(shelf, guest)
    click(shelf, Shopper(guest.shopper_id, "ada"), "laptop", slate)
    assert followed(shelf) == [slate]


def test_a_customer_follows_a_slate_of_their_other_conversation(shelf: Sessions, ada: Shopper) -> None:
    slate = shown_to(shelf, ada)
    click(shelf, Shopper("web-ada-phone", "ada"), "laptop", slate)
    assert followed(shelf) == [slate]


def test_nobody_follows_a_customers_slate_after_they_signed_out(shelf: Sessions, ada: Shopper) -> None:
    click(shelf, Shopper(ada.shopper_id), "laptop", shown_to(shelf, ada))
    assert followed(shelf) == [None]


def test_a_deleted_product_takes_its_places_along(shelf: Sessions, guest: Shopper) -> None:
    slate = shown_to(shelf, guest)
    click(shelf, guest, "laptop", slate)
    with writing(shelf) as session:
        session.execute(delete(Product).where(Product.slug == "shirt"))
        assert list(session.scalars(select(SlateItem.position))) == [2]
    assert followed(shelf) == [slate]


def test_a_deleted_slate_leaves_the_interactions(shelf: Sessions, guest: Shopper) -> None:
    click(shelf, guest, "laptop", shown_to(shelf, guest))
    with writing(shelf) as session:
        session.execute(delete(Slate))
        assert session.scalar(select(func.count()).select_from(SlateItem)) == 0
    assert followed(shelf) == [None]


def test_a_deleted_customer_leaves_slates_without_a_name(shelf: Sessions, ada: Shopper) -> None:
    shown_to(shelf, ada)
    with writing(shelf) as session:
        session.execute(delete(Customer))
        assert session.scalars(select(Slate.customer_id)).one() is None
