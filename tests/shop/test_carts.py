"""A cart holds what the shop has, in one currency, at today's prices."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from shop.carts import MAX_QUANTITY, add_to_cart, clear_cart, remove_from_cart, set_quantity, view_cart
from shop.db import Sessions, reading, writing
from shop.errors import (
    CartLineNotFound,
    CurrencyMismatch,
    InvalidQuantity,
    NotEnoughStock,
    NotForSale,
    VariantNotFound,
)
from shop.models import Cart, Customer, Interaction, Variant
from shop.money import Money
from shop.shoppers import Shopper


def change(shelf: Sessions, sku: str, **values: object) -> None:
    with writing(shelf) as session:
        session.execute(update(Variant).where(Variant.sku == sku).values(**values))


def test_a_new_shopper_has_an_empty_cart(shelf: Sessions, guest: Shopper) -> None:
    with reading(shelf) as session:
        cart = view_cart(session, guest)
    assert (cart.is_empty, cart.count, cart.lines, cart.subtotal) == (True, 0, (), None)


def test_lines_add_up_exactly(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "shirt-black", 3)
        cart = add_to_cart(session, guest, "LAPTOP-15-16")
    assert [(line.sku, line.quantity, line.total) for line in cart.lines] == [
        ("SHIRT-BLACK", 3, Money("59.97", "USD")),
        ("LAPTOP-15-16", 1, Money("1699.99", "USD")),
    ]
    assert (cart.subtotal, cart.count) == (Money("1759.96", "USD"), 4)
    assert cart.lines[1].options == {"screen size": "15 inch", "RAM": "16GB"}
    with reading(shelf) as session:
        assert view_cart(session, guest) == cart


def test_adding_the_same_variant_again_makes_one_line(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "SHIRT-BLACK", 2)
    with writing(shelf) as session:
        cart = add_to_cart(session, guest, "SHIRT-BLACK", 3)
    assert [(line.sku, line.quantity) for line in cart.lines] == [("SHIRT-BLACK", 5)]


def test_each_shopper_has_a_cart_of_their_own(shelf: Sessions, guest: Shopper, ada: Shopper) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "MUG")
        assert view_cart(session, ada).is_empty


def test_a_cart_shows_todays_price_and_stock(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "MUG", 2)
    change(shelf, "MUG", price=Decimal("8.25"), stock=1)
    with reading(shelf) as session:
        cart = view_cart(session, guest)
    assert (cart.subtotal, cart.lines[0].stock) == (Money("16.50", "EUR"), 1)
    change(shelf, "MUG", active=False)
    with reading(shelf) as session:
        assert view_cart(session, guest).lines[0].stock == 0


@pytest.mark.parametrize("quantity", [0, -1, MAX_QUANTITY + 1, 10**9, 10**30], ids=str)
def test_an_impossible_quantity_is_refused(shelf: Sessions, guest: Shopper, quantity: int) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "SHIRT-BLACK", 2)
        for change_cart in (add_to_cart, set_quantity):
            with pytest.raises(InvalidQuantity) as refused:
                change_cart(session, guest, "SHIRT-BLACK", quantity)
            assert (refused.value.quantity, refused.value.minimum, refused.value.maximum) == (quantity, 1, 99)
        assert view_cart(session, guest).count == 2


def test_a_line_never_grows_past_the_limit_piece_by_piece(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "SHIRT-BLACK", MAX_QUANTITY)
        with pytest.raises(InvalidQuantity):
            add_to_cart(session, guest, "SHIRT-BLACK")


def test_more_than_the_stock_is_refused_and_says_how_many_there_are(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "SHIRT-RED", 2)
        with pytest.raises(NotEnoughStock) as refused:
            add_to_cart(session, guest, "SHIRT-RED", 2)
        assert (refused.value.asked, refused.value.available, refused.value.name) == (4, 3, "Shirt red")
        with pytest.raises(NotEnoughStock):
            set_quantity(session, guest, "SHIRT-RED", 4)
        with pytest.raises(NotEnoughStock):
            add_to_cart(session, guest, "LAPTOP-13-16")
        assert view_cart(session, guest).count == 2


def test_what_is_unknown_or_off_the_shelf_cannot_be_added(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        for sku in ("NO-SUCH", "", "' OR 1=1 --", "\x00"):
            with pytest.raises(VariantNotFound):
                add_to_cart(session, guest, sku)
        with pytest.raises(NotForSale):
            add_to_cart(session, guest, "LAMP")
    change(shelf, "MUG", active=False)
    with writing(shelf) as session, pytest.raises(NotForSale):
        add_to_cart(session, guest, "MUG")


def test_a_cart_holds_one_currency(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "MUG")
        with pytest.raises(CurrencyMismatch) as refused:
            add_to_cart(session, guest, "SHIRT-RED")
    assert (refused.value.expected, refused.value.got) == ("EUR", "USD")


def test_a_currency_that_the_shop_changes_under_a_cart_is_noticed(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "SHIRT-RED")
        add_to_cart(session, guest, "SHIRT-BLACK")
    change(shelf, "SHIRT-BLACK", currency="EUR")
    with reading(shelf) as session, pytest.raises(CurrencyMismatch):
        view_cart(session, guest)
    with writing(shelf) as session:
        assert remove_from_cart(session, guest, "SHIRT-BLACK").subtotal == Money("19.99", "USD")


def test_a_quantity_is_set_a_line_removed_and_a_cart_cleared(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "SHIRT-RED")
        add_to_cart(session, guest, "SHIRT-BLACK", 4)
    with writing(shelf) as session:
        assert set_quantity(session, guest, "shirt-black", 7).count == 8
    with writing(shelf) as session:
        assert [line.sku for line in remove_from_cart(session, guest, "shirt-red").lines] == ["SHIRT-BLACK"]
    with writing(shelf) as session:
        assert clear_cart(session, guest).is_empty
        assert clear_cart(session, guest).is_empty
    with reading(shelf) as session:
        assert view_cart(session, guest).is_empty


def test_a_line_that_is_not_there_cannot_be_changed(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        assert clear_cart(session, guest).is_empty
        for _ in range(2):
            with pytest.raises(CartLineNotFound):
                remove_from_cart(session, guest, "MUG")
            with pytest.raises(CartLineNotFound):
                set_quantity(session, guest, "MUG", 1)
            add_to_cart(session, guest, "SHIRT-RED")


def test_a_line_can_come_back_after_it_was_removed_in_the_same_session(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "MUG", 2)
        remove_from_cart(session, guest, "MUG")
        assert add_to_cart(session, guest, "MUG", 1).count == 1


def test_putting_aside_is_noted_for_the_recommender(shelf: Sessions, ada: Shopper) -> None:
    with writing(shelf) as session:
        add_to_cart(session, ada, "MUG", 2)
        add_to_cart(session, ada, "MUG", 1, source="search")
    with reading(shelf) as session:
        noted = session.scalars(select(Interaction).order_by(Interaction.id)).all()
        account = session.scalar(select(Customer.id))
    assert [(row.kind, row.quantity, row.source) for row in noted] == [("cart", 2, "chat"), ("cart", 1, "search")]
    assert {(row.shopper_id, row.customer_id) for row in noted} == {("web-ada", account)}


def test_signing_in_keeps_the_cart_and_ties_it_to_the_account(shelf: Sessions, guest: Shopper) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "MUG")
    signed_in = Shopper(guest.shopper_id, "ada")
    with writing(shelf) as session:
        assert add_to_cart(session, signed_in, "MUG").count == 2
        assert session.scalar(select(Cart.customer_id)) == session.scalar(select(Customer.id))


def test_an_account_that_is_not_in_this_shop_is_a_guest(shelf: Sessions) -> None:
    with writing(shelf) as session:
        assert add_to_cart(session, Shopper("web-1", "nobody"), "MUG").count == 1
        assert session.scalar(select(Cart.customer_id)) is None


def test_a_guest_does_not_see_the_cart_of_the_customer_who_signed_in_before(
    shelf: Sessions, guest: Shopper, ada: Shopper
) -> None:
    same_chat = Shopper(guest.shopper_id, ada.customer_id)
    with writing(shelf) as session:
        add_to_cart(session, guest, "LAPTOP-13-8")
    with writing(shelf) as session:
        add_to_cart(session, same_chat, "SHIRT-BLACK")
    with reading(shelf) as session:
        assert view_cart(session, guest).is_empty
        assert [line.sku for line in view_cart(session, same_chat).lines] == ["LAPTOP-13-8", "SHIRT-BLACK"]
    with writing(shelf) as session:
        assert [line.sku for line in add_to_cart(session, guest, "LAPTOP-13-8").lines] == ["LAPTOP-13-8"]
    with reading(shelf) as session:
        assert [line.sku for line in view_cart(session, same_chat).lines] == ["LAPTOP-13-8", "SHIRT-BLACK"]


def test_two_customers_of_one_conversation_have_two_carts(shelf: Sessions, ada: Shopper) -> None:
    bo = Shopper(ada.shopper_id, "bo")
    with writing(shelf) as session:
        session.add(Customer(public_id="bo", email="bo@example.com", name="Bo"))
    with writing(shelf) as session:
        add_to_cart(session, ada, "LAPTOP-13-8")
    with writing(shelf) as session:
        assert [line.sku for line in add_to_cart(session, bo, "SHIRT-BLACK").lines] == ["SHIRT-BLACK"]
    with reading(shelf) as session:
        assert [line.sku for line in view_cart(session, ada).lines] == ["LAPTOP-13-8"]
