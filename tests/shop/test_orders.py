"""A cart becomes one order, exactly priced, and only its owner ever sees it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select, update

from shop.addresses import DeliveryAddress
from shop.carts import add_to_cart, clear_cart, view_cart
from shop.db import Sessions, reading, writing
from shop.errors import (
    CartChanged,
    EmptyCart,
    InvalidAddress,
    NoDeliveryMethod,
    NotEnoughStock,
    NotForSale,
    OrderNotFound,
    ShopError,
)
from shop.models import (
    Cart,
    Counter,
    DeliveryMethod,
    Interaction,
    Order,
    OrderLine,
    Product,
    Shipment,
    ShipmentLine,
    Variant,
    utc_now,
)
from shop.money import Money
from shop.order_numbers import reserve_numbers
from shop.orders import REPEAT_WINDOW, OrderView, find_order, list_orders, place_order, summarise_cart
from shop.shoppers import Shopper

EMAIL = "ada@example.com"


def put(shelf: Sessions, shopper: Shopper, **quantities: int) -> None:
    with writing(shelf) as session:
        for sku, quantity in quantities.items():
            add_to_cart(session, shopper, sku.replace("_", "-"), quantity)


def order(shelf: Sessions, shopper: Shopper, home: DeliveryAddress, **quantities: int) -> OrderView:
    put(shelf, shopper, **quantities)
    with writing(shelf) as session:
        return place_order(session, shopper, home, EMAIL)


def change(shelf: Sessions, sku: str, **values: object) -> None:
    with writing(shelf) as session:
        session.execute(update(Variant).where(Variant.sku == sku).values(**values))


def stock(shelf: Sessions) -> dict[str, int]:
    with reading(shelf) as session:
        return {row.sku: row.stock for row in session.scalars(select(Variant))}


def test_a_summary_adds_delivery_and_names_its_days(shelf: Sessions, guest: Shopper) -> None:
    put(shelf, guest, SHIRT_RED=3)
    with reading(shelf) as session:
        summary = summarise_cart(session, guest)
        fast = summarise_cart(session, guest, "express")
    assert (summary.subtotal, summary.delivery_price, summary.total) == (
        Money("59.97", "USD"),
        Money("4.95", "USD"),
        Money("64.92", "USD"),
    )
    assert (summary.delivery_method, summary.delivery_name, summary.days_min, summary.days_max) == (
        "standard",
        "Standard",
        3,
        5,
    )
    assert (fast.delivery_method, fast.total) == ("express", Money("74.92", "USD"))
    assert fast.fingerprint != summary.fingerprint


@pytest.mark.parametrize(
    ("price", "delivery"), [("99.99", "4.95"), ("100", "0"), ("100.01", "0")], ids=["below", "at", "above"]
)
def test_delivery_is_free_from_a_subtotal(shelf: Sessions, guest: Shopper, price: str, delivery: str) -> None:
    change(shelf, "SHIRT-RED", price=Decimal(price))
    put(shelf, guest, SHIRT_RED=1)
    with reading(shelf) as session:
        assert summarise_cart(session, guest).delivery_price == Money(delivery, "USD")


def test_without_a_delivery_method_nothing_can_be_ordered(
    shelf: Sessions, guest: Shopper, home: DeliveryAddress
) -> None:
    put(shelf, guest, MUG=1)
    with writing(shelf) as session:
        with pytest.raises(NoDeliveryMethod) as refused:
            summarise_cart(session, guest)
        assert (refused.value.currency, refused.value.code) == ("EUR", None)
        with pytest.raises(NoDeliveryMethod):
            place_order(session, guest, home, EMAIL)
        session.execute(delete(DeliveryMethod))
    with writing(shelf) as session:
        clear_cart(session, guest)
        add_to_cart(session, guest, "SHIRT-RED")
        with pytest.raises(NoDeliveryMethod):
            summarise_cart(session, guest)


def test_a_delivery_method_that_does_not_exist_is_refused(shelf: Sessions, guest: Shopper) -> None:
    put(shelf, guest, SHIRT_RED=1)
    with reading(shelf) as session, pytest.raises(NoDeliveryMethod) as refused:
        summarise_cart(session, guest, "by\x00drone")
    assert refused.value.code == "by\x00drone"


def test_an_empty_cart_cannot_be_ordered(shelf: Sessions, guest: Shopper, home: DeliveryAddress) -> None:
    with writing(shelf) as session:
        for _ in range(2):
            with pytest.raises(EmptyCart):
                summarise_cart(session, guest)
            with pytest.raises(EmptyCart):
                place_order(session, guest, home, EMAIL)
            add_to_cart(session, guest, "MUG")
            clear_cart(session, guest)


def test_an_order_holds_exactly_what_was_summarised(shelf: Sessions, guest: Shopper, home: DeliveryAddress) -> None:
    put(shelf, guest, SHIRT_RED=2, LAPTOP_15_16=1)
    before = utc_now()
    with writing(shelf) as session:
        summary = summarise_cart(session, guest)
        placed = place_order(session, guest, home, " ada@EXAMPLE.com", confirmed=summary.fingerprint)
    assert (placed.number, placed.state, placed.payment_state) == ("1001", "waiting_for_payment", "pending")
    assert (placed.subtotal, placed.delivery_price, placed.total) == (
        summary.subtotal,
        summary.delivery_price,
        summary.total,
    )
    assert placed.total == Money("1739.97", "USD")
    assert [(line.sku, line.options, line.quantity, line.total) for line in placed.lines] == [
        ("SHIRT-RED", {"colour": "red"}, 2, Money("39.98", "USD")),
        ("LAPTOP-15-16", {"screen size": "15 inch", "RAM": "16GB"}, 1, Money("1699.99", "USD")),
    ]
    assert (placed.ship_name, placed.ship_country, placed.email) == ("Ada Lovelace", "GB", EMAIL)
    assert before <= placed.placed_at <= utc_now()
    assert (placed.shipments, placed.simulated, placed.delivery_method) == ((), False, "standard")
    with reading(shelf) as session:
        assert find_order(session, guest, "1001") == placed
        assert view_cart(session, guest).is_empty
    left = stock(shelf)
    assert (left["SHIRT-RED"], left["LAPTOP-15-16"], left["SHIRT-BLACK"]) == (1, 1, 100)


def test_a_purchase_is_noted_for_the_recommender(shelf: Sessions, ada: Shopper, home: DeliveryAddress) -> None:
    order(shelf, ada, home, SHIRT_RED=2)
    with reading(shelf) as session:
        noted = session.scalars(select(Interaction).where(Interaction.kind == "purchase")).one()
    assert (noted.quantity, noted.source, noted.shopper_id) == (2, "order", "web-ada")
    assert noted.customer_id is not None
    assert noted.variant_id is not None


def test_an_order_keeps_its_prices_and_names(shelf: Sessions, guest: Shopper, home: DeliveryAddress) -> None:
    placed = order(shelf, guest, home, SHIRT_RED=1)
    change(shelf, "SHIRT-RED", price=Decimal(1), name="Blouse")
    with reading(shelf) as session:
        assert find_order(session, guest, placed.number) == placed
    with writing(shelf) as session:
        session.delete(session.query(Product).filter_by(slug="shirt").one())
    with reading(shelf) as session:
        assert find_order(session, guest, placed.number) == placed


def test_a_second_yes_gives_the_same_order(shelf: Sessions, guest: Shopper, home: DeliveryAddress) -> None:
    placed = order(shelf, guest, home, SHIRT_RED=2)
    with writing(shelf) as session:
        assert place_order(session, guest, home, EMAIL) == placed
        assert session.scalar(select(func.count()).select_from(Order)) == 1
    assert stock(shelf)["SHIRT-RED"] == 1


def test_a_yes_long_after_means_no_order(shelf: Sessions, guest: Shopper, home: DeliveryAddress) -> None:
    order(shelf, guest, home, SHIRT_RED=2)
    with writing(shelf) as session:
        session.execute(update(Order).values(placed_at=utc_now() - REPEAT_WINDOW - dt.timedelta(seconds=1)))
    with writing(shelf) as session, pytest.raises(EmptyCart):
        place_order(session, guest, home, EMAIL)


def test_a_second_cart_gives_a_second_order(shelf: Sessions, guest: Shopper, home: DeliveryAddress) -> None:
    numbers = [order(shelf, guest, home, SHIRT_BLACK=1).number for _ in range(3)]
    assert numbers == ["1001", "1002", "1003"]
    with reading(shelf) as session:
        assert session.scalar(select(func.count()).select_from(Cart)) == 3


def test_numbers_go_on_after_orders_that_came_from_elsewhere(
    shelf: Sessions, guest: Shopper, home: DeliveryAddress
) -> None:
    order(shelf, guest, home, SHIRT_BLACK=1)
    with writing(shelf) as session:
        session.execute(delete(Counter))
        session.execute(update(Order).values(number="7000"))
    assert order(shelf, guest, home, SHIRT_BLACK=1).number == "7001"
    with writing(shelf) as session:
        assert reserve_numbers(session, 3) == ("7002", "7003", "7004")
    assert order(shelf, guest, home, SHIRT_BLACK=1).number == "7005"


def test_what_was_not_confirmed_is_not_ordered(shelf: Sessions, guest: Shopper, home: DeliveryAddress) -> None:
    put(shelf, guest, SHIRT_RED=1)
    with reading(shelf) as session:
        confirmed = summarise_cart(session, guest).fingerprint
    change(shelf, "SHIRT-RED", price=Decimal("24.99"))
    with writing(shelf) as session, pytest.raises(CartChanged):
        place_order(session, guest, home, EMAIL, confirmed=confirmed)
    assert stock(shelf)["SHIRT-RED"] == 3
    change(shelf, "SHIRT-RED", price=Decimal("19.99"))
    with writing(shelf) as session:
        assert place_order(session, guest, home, EMAIL, confirmed=confirmed).number == "1001"


@pytest.mark.parametrize(
    ("sku", "values", "error"),
    [
        ("SHIRT-RED", {"stock": 1}, NotEnoughStock),
        ("SHIRT-RED", {"stock": 0}, NotEnoughStock),
        ("SHIRT-RED", {"active": False}, NotForSale),
    ],
    ids=["too few", "none", "off the shelf"],
)
def test_a_line_that_cannot_be_had_leaves_everything_unchanged(
    shelf: Sessions, guest: Shopper, home: DeliveryAddress, sku: str, values: dict[str, object], error: type[ShopError]
) -> None:
    put(shelf, guest, LAPTOP_13_8=1, SHIRT_RED=2)
    change(shelf, sku, **values)
    before = stock(shelf)
    with writing(shelf) as session:
        with pytest.raises(error):
            summarise_cart(session, guest)
        # The caller goes on and commits, as an action that words the refusal does.
        with pytest.raises(error):
            place_order(session, guest, home, EMAIL)
    assert stock(shelf) == before
    with reading(shelf) as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 0
        assert session.scalar(select(func.count()).where(Interaction.kind == "purchase")) == 0
        assert view_cart(session, guest).count == 3


def test_a_wrong_email_changes_nothing(shelf: Sessions, guest: Shopper, home: DeliveryAddress) -> None:
    put(shelf, guest, SHIRT_RED=2)
    with writing(shelf) as session, pytest.raises(InvalidAddress) as refused:
        place_order(session, guest, home, "ada at example")
    assert refused.value.field == "email"
    assert stock(shelf)["SHIRT-RED"] == 3


def test_sql_in_an_address_is_stored_as_written(shelf: Sessions, guest: Shopper) -> None:
    address = DeliveryAddress("Robert O'Tables", "'); DROP TABLE orders;--", "X'--", "1; 2".replace(";", ""), "US")
    placed = order(shelf, guest, address, SHIRT_RED=1)
    with reading(shelf) as session:
        assert find_order(session, guest, placed.number).ship_street == "'); DROP TABLE orders;--"


@pytest.mark.parametrize(
    "written",
    ["1001", " #1001 ", "order 1001", "Order no. 1001", "１００１", "١٠٠١", "my order number is 1001!"],
    ids=ascii,
)
def test_an_order_is_found_however_its_number_is_written(
    shelf: Sessions, guest: Shopper, home: DeliveryAddress, written: str
) -> None:
    order(shelf, guest, home, SHIRT_RED=1)
    with reading(shelf) as session:
        assert find_order(session, guest, written).number == "1001"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "   ",
        "none",
        "1002",
        "1" + "0" * 30,
        "1001 OR 1=1",
        "' OR ''='",
        "\x00",
        "\ud800",
        "🦄",
        "-",
        "1001 1002",
        "x" * 10_000,
        "²",
    ],
    ids=ascii,
)
def test_a_weird_number_is_simply_not_found(
    shelf: Sessions, guest: Shopper, home: DeliveryAddress, written: str
) -> None:
    order(shelf, guest, home, SHIRT_RED=1)
    with reading(shelf) as session, pytest.raises(OrderNotFound) as missing:
        find_order(session, guest, written)
    assert missing.value.number == written


def test_anothers_order_is_not_told_from_none(
    shelf: Sessions, guest: Shopper, ada: Shopper, home: DeliveryAddress
) -> None:
    mine = order(shelf, guest, home, SHIRT_BLACK=1)
    hers = order(shelf, ada, home, SHIRT_BLACK=1)
    with reading(shelf) as session:
        for shopper, number in ((guest, hers.number), (ada, mine.number), (guest, "9999")):
            with pytest.raises(OrderNotFound) as missing:
                find_order(session, shopper, number)
            assert str(missing.value) == f"no order {number!r} for this shopper"


def test_a_customer_finds_orders_of_every_conversation(shelf: Sessions, ada: Shopper, home: DeliveryAddress) -> None:
    placed = order(shelf, ada, home, SHIRT_BLACK=1)
    with reading(shelf) as session:
        assert find_order(session, Shopper("web-elsewhere", "ada"), placed.number) == placed


def test_an_account_keeps_its_orders_from_the_next_person_at_the_screen(
    shelf: Sessions, ada: Shopper, home: DeliveryAddress
) -> None:
    placed = order(shelf, ada, home, SHIRT_BLACK=1)
    for next_person in (Shopper(ada.shopper_id), Shopper(ada.shopper_id, "someone-else")):
        with writing(shelf) as session:
            with pytest.raises(OrderNotFound):
                find_order(session, next_person, placed.number)
            with pytest.raises(EmptyCart):
                place_order(session, next_person, home, EMAIL)
            assert list_orders(session, next_person) == []


def test_a_guest_who_signs_in_still_finds_the_order(shelf: Sessions, guest: Shopper, home: DeliveryAddress) -> None:
    placed = order(shelf, guest, home, SHIRT_BLACK=1)
    with reading(shelf) as session:
        assert find_order(session, Shopper(guest.shopper_id, "ada"), placed.number) == placed


def test_orders_are_listed_newest_first(shelf: Sessions, guest: Shopper, ada: Shopper, home: DeliveryAddress) -> None:
    order(shelf, ada, home, SHIRT_BLACK=1)
    numbers = [order(shelf, guest, home, SHIRT_BLACK=1).number for _ in range(4)]
    with reading(shelf) as session:
        assert [found.number for found in list_orders(session, guest)] == numbers[::-1]
        assert [found.number for found in list_orders(session, guest, 2)] == numbers[:1:-1]
        assert list_orders(session, Shopper("web-new")) == []


def test_parcels_show_their_tracking_and_what_is_in_them(
    shelf: Sessions, guest: Shopper, home: DeliveryAddress
) -> None:
    placed = order(shelf, guest, home, SHIRT_BLACK=3, SHIRT_RED=1)
    promised = dt.datetime(2026, 5, 4, 18, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    with writing(shelf) as session:
        line = session.query(OrderLine).filter_by(sku="SHIRT-BLACK").one()
        parcel = Shipment(
            order_id=line.order_id, carrier="Post", tracking_number="P1", state="in_transit", promised_at=promised
        )
        parcel.lines = [ShipmentLine(order_line_id=line.id, quantity=2)]
        session.add(parcel)
    with reading(shelf) as session:
        [shown] = find_order(session, guest, placed.number).shipments
    assert (shown.carrier, shown.tracking_number, shown.tracking_url, shown.state) == ("Post", "P1", None, "in_transit")
    assert (shown.shipped_at, shown.promised_at, shown.delivered_at) == (None, promised, None)
    assert [(part.sku, part.name, part.quantity) for part in shown.lines] == [("SHIRT-BLACK", "Shirt black", 2)]
