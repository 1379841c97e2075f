"""What shoppers do is noted with who, what, where and when."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from shop.db import Sessions, reading, writing
from shop.errors import ProductNotFound
from shop.interactions import record_interaction
from shop.models import INTERACTION_KINDS, Interaction, Product, Variant, utc_now
from shop.shoppers import Shopper


@pytest.mark.parametrize("kind", INTERACTION_KINDS)
def test_every_kind_is_noted_for_a_product_by_slug(shelf: Sessions, guest: Shopper, kind: str) -> None:
    before = utc_now()
    with writing(shelf) as session:
        record_interaction(session, guest, "laptop", kind, "search")
    with reading(shelf) as session:
        row = session.scalars(select(Interaction)).one()
        product = session.scalars(select(Product).where(Product.slug == "laptop")).one()
    assert (row.shopper_id, row.customer_id, row.kind, row.source) == ("web-guest", None, kind, "search")
    assert (row.product_id, row.variant_id, row.quantity, row.simulated) == (product.id, None, 1, False)
    assert before <= row.happened_at <= utc_now()


def test_a_sku_names_the_variant_and_its_product(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        record_interaction(session, guest, "laptop-15-16", "view", "chat", 2)
    with reading(shelf) as session:
        row = session.scalars(select(Interaction)).one()
        variant = session.scalars(select(Variant).where(Variant.sku == "LAPTOP-15-16")).one()
    assert (row.product_id, row.variant_id, row.quantity) == (variant.product_id, variant.id, 2)


@pytest.mark.parametrize("item", ["", "nothing", "\x00", "x" * 1000], ids=ascii)
def test_what_the_shop_does_not_have_is_not_noted(shelf: Sessions, guest: Shopper, item: str) -> None:
    with writing(shelf) as session, pytest.raises(ProductNotFound):
        record_interaction(session, guest, item, "view", "chat")


def test_an_unknown_kind_is_a_mistake_of_the_caller(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session, pytest.raises(ValueError, match="stare"):
        record_interaction(session, guest, "laptop", "stare", "chat")


@pytest.mark.parametrize("shopper_id", ["", "x" * 81, "a\x00b", "a\nb"], ids=ascii)
def test_a_shopper_without_a_usable_id_is_refused(shopper_id: str) -> None:
    with pytest.raises(ValueError, match="shopper_id"):
        Shopper(shopper_id)
