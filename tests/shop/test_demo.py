"""The demo shop: complete, true to itself to the cent, the same each time, and quick to skip."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, selectinload

from shop.carts import add_to_cart
from shop.customers import get_customer
from shop.db import Sessions, make_sessions, open_engine, reading, writing
from shop.delivery import DeliveryOffer
from shop.demo.__main__ import main
from shop.demo.building import DemoSources, build_demo, write_demo
from shop.demo.offers import EXPRESS, STANDARD, demo_stock, vary_stock
from shop.demo.people import KNOWN, invent_people
from shop.models import (
    Base,
    Customer,
    Image,
    Interaction,
    Order,
    OrderLine,
    Product,
    Promotion,
    Refund,
    Return,
    Shipment,
    Variant,
)
from shop.orders import DeliveryAddress, find_order, place_order
from shop.shoppers import Shopper
from shop.simulator import SimulationSettings
from shop.wishes import Wishes, load_wishes, save_wishes

VENDURE = Path("artifacts/npm/vendure-create")
END = dt.datetime(2026, 5, 4, tzinfo=dt.timezone.utc)
SETTINGS = SimulationSettings(end=END, customers=150)

pytestmark = pytest.mark.skipif(
    not (VENDURE / "assets/products.csv").is_file(), reason="the sample catalogue is not there: run python -m ops.npm"
)


@pytest.fixture(scope="module")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('demo') / 'shop.db'}"


@pytest.fixture(scope="module")
def demo_engine(demo_url: str) -> Iterator[Engine]:
    engine = open_engine(demo_url, timeout_s=30)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("images")


@pytest.fixture(scope="module")
def demo(demo_engine: Engine, demo_url: str, images: Path) -> Sessions:
    sessions = make_sessions(demo_engine)
    counts = build_demo(sessions, demo_url, DemoSources(VENDURE, images, SETTINGS), Console(quiet=True))
    assert counts is not None
    assert counts.customers == 150 + len(KNOWN)
    return sessions


@pytest.fixture
def orders(demo: Sessions) -> list[Order]:
    with reading(demo) as session:
        return everything(session)


def everything(session: Session) -> list[Order]:
    whole = [selectinload(Order.lines), selectinload(Order.shipments).selectinload(Shipment.lines)]
    return list(session.scalars(select(Order).order_by(Order.number).options(*whole)))


def test_the_whole_sample_catalogue_is_there_with_its_photos(demo: Sessions, images: Path) -> None:
    with reading(demo) as session:
        assert session.scalar(select(func.count(Product.id))) == 54
        assert session.scalar(select(func.count(Variant.id))) == 88
        photos = set(session.scalars(select(Image.location)))
    assert len(photos) == 54
    assert photos == {path.name for path in images.iterdir()}


def test_some_variants_are_sold_out_and_some_are_low(demo: Sessions) -> None:
    with reading(demo) as session:
        stock = Counter(session.scalars(select(Variant.stock)))
    assert 2 <= stock[0] <= 10
    assert 5 <= sum(stock[count] for count in range(1, 6)) <= 20
    assert stock[100] > 60


def test_some_products_are_new_and_nobody_did_anything_with_them_before(demo: Sessions) -> None:
    with reading(demo) as session:
        launched = dict(session.execute(select(Product.id, Product.created_at)).all())
        done = session.execute(select(Interaction.product_id, Interaction.happened_at)).all()
        bought = session.execute(
            select(Variant.product_id, Order.placed_at).select_from(Order).join(Order.lines).join(Variant)
        ).all()
    new = {key for key, at in launched.items() if at > END - dt.timedelta(days=41)}
    assert 3 <= len(new) <= 12
    assert all(at < END - dt.timedelta(days=SETTINGS.days) for key, at in launched.items() if key not in new)
    assert all(at >= launched[key] for key, at in (*done, *bought))
    assert new <= {key for key, _ in done}


def test_goods_from_elsewhere_in_the_same_database_keep_their_stock(sessions: Sessions) -> None:
    skus = [f"KITE-{number}" for number in range(100)]
    with writing(sessions) as session:
        kites = Product(slug="kite", name="Kite", description="", source="shopify")
        for sku in skus:
            kites.variants.append(Variant(sku=sku, name="Kite", price=Decimal(9), currency="USD", stock=50))
        session.add(kites)
        session.flush()
        vary_stock(session, keep=frozenset())
        assert any(demo_stock(sku) is not None for sku in skus)
        assert set(session.scalars(select(Variant.stock).where(Variant.sku.in_(skus)))) == {50}


def test_money_adds_up_to_the_cent(orders: list[Order]) -> None:
    offers = {offer.code: offer for offer in (STANDARD, EXPRESS)}
    for order in orders:
        assert order.subtotal == sum(line.unit_price * line.quantity for line in order.lines)
        assert order.delivery_price == offers[order.delivery_method].price_for(order.subtotal)
        assert order.total == order.subtotal + order.delivery_price
        assert order.total == round(order.total, 2)


def test_parcels_agree_with_the_state_of_their_order(orders: list[Order]) -> None:
    for order in orders:
        states = [shipment.state for shipment in order.shipments]
        packed = Counter({line.id: 0 for line in order.lines})
        for shipment in order.shipments:
            packed.update({line.order_line_id: line.quantity for line in shipment.lines})
            assert (shipment.delivered_at is not None) == (shipment.state == "delivered")
            assert (shipment.shipped_at is None) == (shipment.state == "packed")
            assert shipment.tracking_number
        ordered = {line.id: line.quantity for line in order.lines}
        assert all(packed[key] in (0, quantity) for key, quantity in ordered.items())
        if order.state == "delivered":
            assert set(states) == {"delivered"}
            assert dict(packed) == ordered
        elif order.state == "shipped":
            assert set(states) - {"packed"}
            assert set(states) != {"delivered"} or dict(packed) != ordered
        elif order.state == "packed":
            assert set(states) == {"packed"}
        else:
            assert states == []


def test_payment_agrees_with_the_state_of_the_order(orders: list[Order]) -> None:
    allowed = {
        "waiting_for_payment": {"pending"},
        "cancelled": {"failed", "refunded"},
        "delivered": {"paid", "refunded"},
    }
    for order in orders:
        assert order.payment_state in allowed.get(order.state, {"paid"})


def test_refunds_add_up_to_what_each_order_says(demo: Sessions, orders: list[Order]) -> None:
    with reading(demo) as session:
        sums = dict(session.execute(select(Refund.order_id, func.sum(Refund.amount)).group_by(Refund.order_id)).all())
    for order in orders:
        assert order.paid == (0 if order.payment_state in {"pending", "failed"} else order.total)
        assert order.refunded == sums.get(order.id, Decimal(0))
        assert (order.refunded > 0) == (order.payment_state == "refunded" or order.id in sums)


def test_nothing_lies_in_the_future_and_new_orders_are_in_early_states(orders: list[Order]) -> None:
    for order in orders:
        assert order.placed_at <= order.updated_at <= END
        if order.placed_at > END - dt.timedelta(hours=20):
            assert order.state in {"waiting_for_payment", "paid", "packed", "cancelled", "shipped"}
    assert {order.state for order in orders} == {
        *("waiting_for_payment", "paid", "packed", "shipped", "delivered", "cancelled")
    }


def test_purchases_are_the_lines_of_the_orders(demo: Sessions) -> None:
    with reading(demo) as session:
        lines = select(Order.customer_id, OrderLine.variant_id, OrderLine.quantity, Order.placed_at).join(OrderLine)
        bought = select(
            Interaction.customer_id, Interaction.variant_id, Interaction.quantity, Interaction.happened_at
        ).where(Interaction.kind == "purchase")
        assert Counter(map(tuple, session.execute(lines))) == Counter(map(tuple, session.execute(bought)))


def test_returns_are_of_delivered_orders_and_refund_what_came_back(demo: Sessions) -> None:
    with reading(demo) as session:
        returns = session.scalars(select(Return).options(selectinload(Return.lines))).all()
        orders = {order.id: order for order in everything(session)}
    assert len(returns) > 5
    for back in returns:
        order = orders[back.order_id]
        prices = {line.id: line.unit_price for line in order.lines}
        assert order.state == "delivered"
        assert back.created_at > max(shipment.delivered_at for shipment in order.shipments)
        worth = sum((prices[line.order_line_id] * line.quantity for line in back.lines), Decimal(0))
        assert back.refund == (0 if back.state == "refused" else worth)


@pytest.mark.parametrize(
    ("customer", "number", "state", "parcels"),
    [
        ("demo-ada", "1001", "shipped", ["in_transit"]),
        ("demo-ada", "1002", "delivered", ["delivered"]),
        ("demo-ada", "1003", "waiting_for_payment", []),
        ("demo-bo", "1004", "shipped", ["delivered", "packed"]),
        ("demo-bo", "1005", "packed", ["packed"]),
        ("demo-bo", "1006", "paid", []),
        ("demo-cleo", "1007", "delivered", ["delivered"]),
        ("demo-cleo", "1008", "cancelled", []),
        ("demo-cleo", "1009", "delivered", ["delivered"]),
        ("demo-cleo", "1010", "paid", []),
    ],
)
def test_the_known_customers_find_their_orders(
    customer: str, number: str, state: str, parcels: list[str], demo: Sessions
) -> None:
    with reading(demo) as session:
        order = find_order(session, Shopper("web-any", customer), number)
    assert (order.state, [shipment.state for shipment in order.shipments]) == (state, parcels)
    assert order.simulated


def test_the_known_returns_are_under_their_numbers(demo: Sessions) -> None:
    with reading(demo) as session:
        states = {number: state for number, state in session.execute(select(Return.rma_number, Return.state))}
    assert (states["RMA-1007"], states["RMA-1009"]) == ("refunded", "requested")


def test_the_known_customer_is_simulated(demo: Sessions) -> None:
    with reading(demo) as session:
        ada = get_customer(session, "demo-ada")
    assert (ada.name, ada.simulated) == ("Ada Lindqvist", True)


def test_customers_are_invented_marked_and_reachable_nowhere(demo: Sessions) -> None:
    with reading(demo) as session:
        customers = session.scalars(select(Customer).options(selectinload(Customer.addresses))).all()
    assert all(customer.simulated and customer.email.endswith("@example.com") for customer in customers)
    assert all(set(customer.profile) == {"segment", "country", "device"} for customer in customers)
    for customer in customers:
        (address,) = customer.addresses
        DeliveryAddress(address.name, address.street, address.city, address.postcode, address.country)


def test_two_thousand_invented_people_have_two_thousand_addresses_of_their_own() -> None:
    people = invent_people(["Plants"] * 2000, seed=7)
    assert len({person.email for person in people}) == 2000
    assert people == invent_people(["Plants"] * 2000, seed=7)


def test_one_promotion_runs_one_is_over_and_one_is_to_come(demo: Sessions) -> None:
    with reading(demo) as session:
        promotions = session.scalars(select(Promotion)).all()
    assert sorted((offer.starts_at <= END) + (offer.ends_at < END) for offer in promotions) == [0, 1, 2]


def dump(sessions: Sessions) -> dict[str, list[tuple[Any, ...]]]:
    """Give every row but what numbers and stamps of their own making differ in."""
    with reading(sessions) as session:
        return {
            table.name: [
                tuple(value for name, value in row._mapping.items() if name not in {"created_at", "updated_at"})
                for row in session.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in Base.metadata.sorted_tables
            if table.name != "counters"
        }


def test_the_same_seed_and_end_give_the_same_rows(demo: Sessions, tmp_path: Path, images: Path) -> None:
    url = f"sqlite:///{tmp_path / 'again.db'}"
    engine = open_engine(url)
    again = make_sessions(engine)
    build_demo(again, url, DemoSources(VENDURE, images, SETTINGS), Console(quiet=True))
    assert dump(again) == dump(demo)
    engine.dispose()


def test_building_again_keeps_what_a_shopper_did(database_url: str, sessions: Sessions, images: Path) -> None:
    small = DemoSources(VENDURE, images, SimulationSettings(end=END, customers=20))
    build_demo(sessions, database_url, small, Console(quiet=True))
    ada = Shopper("web-1", "demo-ada")
    with writing(sessions) as session:
        add_to_cart(session, ada, "834444", 2)
        own = place_order(session, ada, KNOWN[0].address, "ada@example.com")
        save_wishes(session, ada, Wishes(exclude=("leather",)))
    fewer = SimulationSettings(end=END, customers=15, seed=8)
    counts = write_demo(sessions, fewer, Console(quiet=True))
    with reading(sessions) as session:
        assert session.scalar(select(func.count(Customer.id))) == 15 + len(KNOWN)
        assert find_order(session, ada, own.number).total == own.total
        assert load_wishes(session, ada) == Wishes(exclude=("leather",))
        numbers = session.scalars(select(Order.number)).all()
    assert len(numbers) == len(set(numbers)) == counts.orders + 1
    with writing(sessions) as session:
        add_to_cart(session, ada, "834444", 1)
        following = place_order(session, ada, KNOWN[0].address, "ada@example.com")
    assert int(following.number) > max(int(number) for number in numbers)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., int]:
    def start(*more: str) -> int:
        paths = {"--images": "images", "--stamp": "demo.json"}
        arguments = [part for name, path in paths.items() for part in (name, str(tmp_path / path))]
        return main(["--database-url", f"sqlite:///{tmp_path / 'shop.db'}", "--customers", "20", *arguments, *more])

    return start


def test_a_second_run_is_skipped_until_something_changes(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    assert "simulated: 23 customers" in capsys.readouterr().err
    assert run() == 0
    assert "up to date" in capsys.readouterr().err
    assert run("--seed", "8") == 0
    assert "simulated" in capsys.readouterr().err
    assert run("--seed", "8", "--force") == 0
    assert "simulated" in capsys.readouterr().err
    (tmp_path / "images" / "derick-david-409858-unsplash.jpg").unlink()
    assert run("--seed", "8") == 0
    assert "simulated" in capsys.readouterr().err
    assert json.loads((tmp_path / "demo.json").read_text())["customers"] == 23


def test_a_stamp_without_its_database_is_not_believed(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run()
    for file in tmp_path.glob("shop.db*"):
        file.unlink()
    capsys.readouterr()
    assert run() == 0
    assert "simulated" in capsys.readouterr().err


def test_a_missing_catalogue_says_how_to_get_it(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--vendure", str(tmp_path / "nowhere")) == 1
    assert "run python -m ops.npm first" in capsys.readouterr().err.replace("\n", " ")


def test_a_database_that_is_none_exits_with_1(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop.db").write_text("this is not a database, and long enough to look at" * 50)
    assert run() == 1
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.parametrize("offer", [STANDARD, EXPRESS], ids=lambda offer: offer.code)
def test_the_delivery_policy_says_what_the_rows_charge_and_promise(offer: DeliveryOffer) -> None:
    policy = Path("data/policies/delivery.md").read_text(encoding="utf-8")
    assert f"{offer.name} costs {offer.price} USD" in policy
    assert f"{offer.name} takes {offer.days_min} to {offer.days_max} working days" in policy
    if offer.free_from is not None:
        assert f"free for orders from {offer.free_from:.0f} USD" in policy
