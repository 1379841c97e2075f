"""Public data are read as their makers meant them, and what is missing or cut short is said with what to do."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from recsys import columns as c
from recsys.benchmarks import complete_journey as journey
from recsys.benchmarks import uci as retail
from recsys.benchmarks.benchmark import Benchmark, utc
from recsys.benchmarks.complete_journey import complete_journey
from recsys.benchmarks.csv_files import read_csv
from recsys.benchmarks.demo import demo
from recsys.benchmarks.uci import uci
from recsys.errors import InvalidFrame, NoInteractions
from recsys.frames_io import Frames as DataFrames
from recsys.frames_io import write_frames
from tests.recsys.conftest import Frames

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
LINES = (
    "536365,85123a,WHITE HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom",
    "536365,84879,BIRD ORNAMENT,3,2010-12-01 08:26:00,1.69,17850,United Kingdom",
    "C536400,84879,BIRD ORNAMENT,-3,2010-12-03 09:00:00,1.69,17850,United Kingdom",
    "536366,POST,POSTAGE,1,2010-12-01 08:30:00,18.00,12583,France",
    "536367,22728,ALARM CLOCK,24,2011-08-05 08:45:00,3.75,,France",
    "536368,22728,ALARM CLOCK,24,2011-08-05 08:45:00,0.0,12583,France",
    "536369,85123A,WHITE HANGING HOLDER,2,2011-08-05 10:00:00,2.95,12583,France",
)


def retail_folder(folder: Path, *lines: str) -> Path:
    (folder / retail.FOLDER).mkdir(parents=True)
    with gzip.open(folder / retail.FOLDER / retail.FILE, "wt", encoding="utf-8") as file:
        file.write("\n".join((HEADER, *lines)) + "\n")
    return folder


@pytest.fixture
def shop(tmp_path: Path) -> Benchmark:
    return uci(retail_folder(tmp_path, *LINES))


def test_postage_nameless_customers_and_gifts_are_left_out(shop: Benchmark) -> None:
    told = shop.interactions
    assert set(told[c.ITEM_ID]) == {"85123A", "84879"}
    assert told[c.USER_ID].notna().all()
    assert shop.notes == {"lines": 7, "lines_of_customers_and_products": 4}


def test_a_cancellation_takes_back_what_it_cancels(shop: Benchmark) -> None:
    assert shop.interactions[c.KIND].tolist() == [c.PURCHASE, c.PURCHASE, c.REFUND, c.PURCHASE]
    kept = shop.happened(utc("2010-12-01"), utc("2011-01-01"))
    assert kept[c.ITEM_ID].tolist() == ["85123A"]


def test_titles_and_prices_are_those_that_were_known_at_the_time(shop: Benchmark) -> None:
    early, late = (shop.features_at(utc(moment))[1] for moment in ("2011-01-01", "2011-10-01"))
    assert early is not None
    assert late is not None
    price = early[(early[c.ITEM_ID] == "85123A") & (early[c.FEATURE] == c.PRICE)][c.VALUE].tolist()
    assert price == ["2.55"]
    again = late[(late[c.ITEM_ID] == "85123A") & (late[c.FEATURE] == c.PRICE)][c.VALUE].tolist()
    assert again == ["2.75"]
    assert set(early[early[c.FEATURE] == c.TITLE][c.VALUE]) == {"WHITE HOLDER", "BIRD ORNAMENT"}


def test_nothing_of_later_is_known_at_a_moment(shop: Benchmark) -> None:
    frames = shop.frames_at(shop.train_end)
    assert frames.interactions[c.TIMESTAMP].max() < shop.train_end
    assert frames.user_features is not None
    assert set(frames.user_features[c.USER_ID]) == {"17850"}


def test_one_period_earlier_the_test_is_what_was_chosen_by(shop: Benchmark) -> None:
    earlier = shop.earlier()
    assert (earlier.valid_end, earlier.test_end) == (shop.train_end, shop.valid_end)
    assert earlier.train_end == utc("2011-07-01")


def test_moments_that_do_not_rise_are_refused(shop: Benchmark) -> None:
    with pytest.raises(InvalidFrame, match="rising moments"):
        Benchmark("x", "", shop.interactions, shop.features_at, shop.valid_end, shop.train_end, shop.test_end)


@pytest.mark.parametrize("read", [uci, complete_journey], ids=["uci", "complete_journey"])
def test_a_missing_folder_is_named_with_what_to_do(tmp_path: Path, read: type) -> None:
    with pytest.raises(InvalidFrame, match=r"no such file; name the folder .* with --datasets"):
        read(tmp_path / "nowhere")


def test_a_file_cut_short_is_named(tmp_path: Path) -> None:
    folder = retail_folder(tmp_path, *(LINES * 200))
    file = folder / retail.FOLDER / retail.FILE
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(InvalidFrame, match=r"online_retail.*not a whole file, copy it again"):
        uci(folder)


def test_a_file_that_is_not_packed_at_all_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_text("InvoiceNo,StockCode\n1,2\n")
    with pytest.raises(InvalidFrame, match="not a whole file"):
        read_csv(tmp_path, "a.csv.gz", ["InvoiceNo"])


def test_a_file_with_other_columns_is_not_the_one_that_is_meant(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(InvalidFrame, match="not the file that is meant"):
        read_csv(tmp_path, "a.csv", ["InvoiceNo"])


def test_an_empty_file_is_not_the_one_that_is_meant(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("")
    with pytest.raises(InvalidFrame, match="not the file that is meant"):
        read_csv(tmp_path, "a.csv", ["InvoiceNo"])


def test_groceries_come_with_their_tree_and_coupons_are_no_goods(tmp_path: Path) -> None:
    folder = tmp_path / journey.FOLDER
    folder.mkdir()
    packed = {
        journey.PRODUCTS: "product_id,manufacturer_id,department,brand,product_category,product_type,package_size\n"
        "1,69,GROCERY,Private,EGGS,EGGS - X-LARGE,1 DZ\n2,70,COUPON,National,,,\n",
        journey.DEMOGRAPHICS: "household_id,age,income,home_ownership,marital_status,household_size,household_comp,"
        "kids_count\n7,65+,35-49K,,Married,2,2 Adults No Kids,0\n",
        journey.TRANSACTIONS: "household_id,store_id,basket_id,product_id,quantity,transaction_timestamp\n"
        "7,1,31,1,2.0,2017-01-01 12:30:27\n7,1,31,2,1.0,2017-01-01 12:30:27\n8,1,32,1,1.0,2017-11-05 12:30:27\n",
    }
    for name, text in packed.items():
        with gzip.open(folder / name, "wt", encoding="utf-8") as file:
            file.write(text)
    read = complete_journey(tmp_path)
    assert read.interactions[c.ITEM_ID].tolist() == ["1", "1"]
    users, items = read.features_at(read.train_end)
    assert users is not None
    assert items is not None
    assert set(items[c.FEATURE]) == {"department", c.CATEGORY, "product_type", c.BRAND, "manufacturer"}
    assert set(users[c.FEATURE]) == {
        "age",
        "income",
        "marital_status",
        "household_size",
        "household_comp",
        "kids_count",
    }


def test_a_shops_own_behaviour_is_cut_into_its_last_weeks(tmp_path: Path, toy_frames: Frames) -> None:
    write_frames(DataFrames(toy_frames.interactions, toy_frames.user_features, toy_frames.item_features), tmp_path)
    read = demo(tmp_path)
    assert read.test_end > read.interactions[c.TIMESTAMP].max()
    assert read.test_end - read.valid_end == read.valid_end - read.train_end == pd.Timedelta(weeks=4)


def test_a_shop_without_behaviour_says_so(tmp_path: Path, toy_frames: Frames) -> None:
    write_frames(DataFrames(toy_frames.interactions[:0], None, None), tmp_path)
    with pytest.raises(NoInteractions):
        demo(tmp_path)
