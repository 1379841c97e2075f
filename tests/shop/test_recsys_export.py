"""The frames for training say what shoppers did and what products are, and nothing that names a person."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import delete, select, update

from shop.carts import add_to_cart
from shop.customers import get_customer
from shop.db import Sessions, reading, writing
from shop.export import main
from shop.interactions import record_interaction
from shop.models import (
    Address,
    Attribute,
    Category,
    Customer,
    Interaction,
    Order,
    OrderLine,
    Product,
    Return,
    ReturnLine,
    Variant,
    VariantOption,
    utc_now,
)
from shop.orders import DeliveryAddress, place_order
from shop.recsys_export import interaction_frame, item_feature_frame, user_feature_frame, write_recsys
from shop.shoppers import Shopper, guest_user_id

DAY = dt.timedelta(days=1)


def did(sessions: Sessions, since: dt.datetime | None = None) -> list[dict[str, Any]]:
    with reading(sessions) as session:
        rows: list[dict[str, Any]] = interaction_frame(session, since).to_dict("records")
    return rows


def order(sessions: Sessions, shopper: Shopper, home: DeliveryAddress, **skus: int) -> str:
    """Put things in the cart, and order them."""
    with writing(sessions) as session:
        for sku, quantity in skus.items():
            add_to_cart(session, shopper, sku.replace("_", "-"), quantity)
    with writing(sessions) as session:
        return place_order(session, shopper, home, "ada@example.com").number


def refunds(sessions: Sessions) -> list[tuple[str, float, str]]:
    return [(row["item_id"], row["quantity"], row["basket_id"]) for row in did(sessions) if row["kind"] == "refund"]


def features(sessions: Sessions, slug: str) -> set[tuple[str, str]]:
    with reading(sessions) as session:
        frame = item_feature_frame(session)
    assert list(frame.columns) == ["item_id", "feature", "value"]
    assert not frame.duplicated().any()
    mine = frame[frame["item_id"] == slug]
    return {*zip(mine["feature"], mine["value"], strict=True)}


def test_nothing_done_is_an_empty_frame_with_all_columns(shelf: Sessions) -> None:
    with reading(shelf) as session:
        frame = interaction_frame(session)
    columns = ["user_id", "item_id", "kind", "timestamp", "quantity", "basket_id", "market"]
    assert list(frame.columns) == columns
    assert len(frame) == 0
    assert str(frame["timestamp"].dtype) == "datetime64[us, UTC]"


def test_a_customer_goes_by_their_id_and_a_guest_by_a_hash(shelf: Sessions, guest: Shopper, ada: Shopper) -> None:
    before = utc_now()
    with writing(shelf) as session:
        record_interaction(session, guest, "mug", "view", "chat")
        record_interaction(session, ada, "laptop", "dismiss", "chat")
        record_interaction(session, ada, "SHIRT-RED", "cart", "chat", 3)
    rows = did(shelf)
    assert [(row["user_id"], row["item_id"], row["kind"], row["quantity"], row["market"]) for row in rows] == [
        (guest.user_id, "mug", "view", 1.0, "EUR"),
        ("ada", "laptop", "dismiss", 1.0, "USD"),
        ("ada", "shirt", "cart", 3.0, "USD"),
    ]
    assert guest.user_id == guest_user_id("web-guest") != guest.shopper_id
    assert ada.user_id == "ada"
    assert all(row["basket_id"] is None and before <= row["timestamp"] <= utc_now() for row in rows)


def test_an_order_is_one_purchase_a_product_with_its_number(
    shelf: Sessions, ada: Shopper, home: DeliveryAddress
) -> None:
    number = order(shelf, ada, home, SHIRT_RED=1, SHIRT_BLACK=2, LAPTOP_13_8=1)
    bought = [row for row in did(shelf) if row["kind"] == "purchase"]
    assert sorted((row["user_id"], row["item_id"], row["quantity"], row["basket_id"]) for row in bought) == [
        ("ada", "laptop", 1.0, number),
        ("ada", "shirt", 3.0, number),
    ]


def test_an_order_without_interactions_counts_and_so_does_a_purchase_without_order(
    shelf: Sessions, guest: Shopper, home: DeliveryAddress
) -> None:
    number = order(shelf, guest, home, SHIRT_RED=1)
    with writing(shelf) as session:
        session.execute(delete(Interaction))
        record_interaction(session, guest, "mug", "purchase", "till", 2)
    assert [(row["item_id"], row["quantity"], row["basket_id"]) for row in did(shelf)] == [
        ("mug", 2.0, None),
        ("shirt", 1.0, number),
    ]


def test_a_cancelled_order_comes_once_more_as_refund(shelf: Sessions, ada: Shopper, home: DeliveryAddress) -> None:
    number = order(shelf, ada, home, SHIRT_RED=2)
    with writing(shelf) as session:
        session.execute(update(Order).values(state="cancelled"))
    assert refunds(shelf) == [("shirt", 2.0, number)]
    kinds = {row["kind"]: row["timestamp"] for row in did(shelf)}
    assert kinds["refund"] >= kinds["purchase"]


@pytest.mark.parametrize(("state", "given_back"), [("refunded", True), ("received", False), ("refused", False)])
def test_only_pieces_that_were_paid_back_are_refunds(
    shelf: Sessions, ada: Shopper, home: DeliveryAddress, state: str, given_back: bool
) -> None:
    number = order(shelf, ada, home, SHIRT_RED=3, LAPTOP_13_8=1)
    with writing(shelf) as session:
        line = session.scalars(select(OrderLine).where(OrderLine.sku == "SHIRT-RED")).one()
        back = Return(rma_number="RMA-1", order_id=line.order_id, state=state, refund=Decimal(5), currency="USD")
        back.lines = [ReturnLine(order_line_id=line.id, quantity=2, reason="does not fit")]
        session.add(back)
    assert refunds(shelf) == ([("shirt", 2.0, number)] if given_back else [])


def test_what_happened_before_a_moment_can_be_left_out(shelf: Sessions, ada: Shopper, home: DeliveryAddress) -> None:
    number = order(shelf, ada, home, SHIRT_RED=1)
    old = utc_now() - 30 * DAY
    with writing(shelf) as session:
        session.execute(update(Interaction).values(happened_at=old))
        session.execute(update(Order).values(placed_at=old, updated_at=utc_now(), state="cancelled"))
        record_interaction(session, ada, "mug", "view", "chat")
    recent = [(row["kind"], row["basket_id"]) for row in did(shelf, since=utc_now() - DAY)]
    assert recent == [("view", None), ("refund", number)]
    assert len(did(shelf)) == 4


def test_an_item_says_all_that_its_rows_say_once(shelf: Sessions) -> None:
    with writing(shelf) as session:
        laptop = session.scalars(select(Product).where(Product.slug == "laptop")).one()
        laptop.categories.append(Category(slug="electronics", name="Electronics"))
        laptop.variants[0].options.append(VariantOption(name="Colour", value="Space Grey"))
        laptop.attributes.append(Attribute(name="colour", value="Silver"))
        session.add(Variant(product=laptop, sku="L-OLD", name="Old", price=Decimal(1), currency="USD", active=False))
        made = laptop.created_at.isoformat()
    assert features(shelf, "laptop") == {
        ("title", "Laptop"),
        ("brand", "Apple"),
        ("category", "Computers"),
        ("category", "Electronics"),
        ("colour", "silver"),
        ("colour", "space grey"),
        ("price", "1299"),
        ("available_from", made),
    }


def test_a_product_off_the_shelf_or_without_variants_still_has_features(shelf: Sessions) -> None:
    with writing(shelf) as session:
        session.add(Product(slug="bare", name="Bare"))
    assert ("price", "30") in features(shelf, "lamp")
    assert {name for name, _ in features(shelf, "bare")} == {"title", "available_from"}


def test_features_of_some_products_are_those_of_all(shelf: Sessions) -> None:
    with reading(shelf) as session:
        whole = item_feature_frame(session)
        some = item_feature_frame(session, ["mug", "shirt", "unknown", "mug"])
        none = item_feature_frame(session, [])
    expected = whole[whole["item_id"].isin(["mug", "shirt"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(some, expected)
    assert len(none) == 0


def test_a_customer_is_a_segment_a_country_and_a_device_where_they_are_known(shelf: Sessions) -> None:
    with writing(shelf) as session:
        profile = {"segment": "Computers", "country": "US", "device": "phone", "wishes": {"exclude": ["leather"]}}
        ada = session.scalars(select(Customer)).one()
        ada.profile = profile
        ada.addresses = [
            Address(name="Ada", street="1 Lane", city="Cambridge", postcode="CB1", country=country)
            for country in ("GB", "DE")
        ]
        session.add(Customer(public_id="bo", email="bo@example.com", name="Bo", profile={"country": "FR", "device": 7}))
        session.add(Customer(public_id="cy", email="cy@example.com", name="Cy"))
    with reading(shelf) as session:
        frame = user_feature_frame(session)
    assert [tuple(row) for row in frame.itertuples(index=False)] == [
        ("ada", "segment", "Computers"),
        ("ada", "country", "GB"),
        ("ada", "device", "phone"),
        ("bo", "country", "FR"),
    ]


def test_the_command_writes_three_files_and_counts_that_hold_nothing_personal(
    shelf: Sessions, database_url: str, guest: Shopper, ada: Shopper, home: DeliveryAddress, tmp_path: Path
) -> None:
    order(shelf, ada, home, SHIRT_RED=1)
    order(shelf, guest, home, SHIRT_BLACK=1)
    with reading(shelf) as session:
        secrets = [get_customer(session, "ada").name, "ada@example.com", home.street, guest.shopper_id, ada.shopper_id]
    out = tmp_path / "data"
    assert main(["recsys", "--database-url", database_url, "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "export.json",
        "interactions.parquet",
        "item_features.parquet",
        "user_features.parquet",
    ]
    frames = {path.stem: pd.read_parquet(path) for path in out.glob("*.parquet")}
    counts = json.loads((out / "export.json").read_text())
    assert {name: counts[name] for name in frames} == {name: len(frame) for name, frame in frames.items()}
    assert counts["simulated"] == 0
    texts = " ".join(frame.to_csv() for frame in frames.values())
    assert not [secret for secret in secrets if secret in texts]


def test_files_hold_what_the_frames_hold_and_a_failed_export_leaves_the_old_ones(
    shelf: Sessions, guest: Shopper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(shelf) as session:
        for item in ("mug", "laptop", "mug"):
            record_interaction(session, guest, item, "view", "chat")
    monkeypatch.setattr("shop.recsys_interactions.BATCH", 2)
    with reading(shelf) as session:
        write_recsys(session, tmp_path)
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "interactions.parquet"), interaction_frame(session))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    # An id that no frame can hold stops the writing half-way.
    monkeypatch.setattr("shop.recsys_interactions.guest_user_id", lambda _: 7)
    with reading(shelf) as session, pytest.raises(TypeError):
        write_recsys(session, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_command_leaves_out_what_happened_before(
    shelf: Sessions, database_url: str, guest: Shopper, tmp_path: Path
) -> None:
    with writing(shelf) as session:
        record_interaction(session, guest, "mug", "view", "chat")
    arguments = ["recsys", "--database-url", database_url, "--out", str(tmp_path), "--since", "2100-01-01"]
    assert main(arguments) == 0
    assert len(pd.read_parquet(tmp_path / "interactions.parquet")) == 0


def test_a_database_without_tables_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    assert main(["recsys", "--database-url", url, "--out", str(tmp_path / "data")]) == 1
    assert "database" in capsys.readouterr().err
    assert not [*(tmp_path / "data").glob("*.parquet")]
