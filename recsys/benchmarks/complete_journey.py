"""The Complete Journey: a year of groceries, a product tree, and what some households told of themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from recsys import columns as c
from recsys.benchmarks.benchmark import Benchmark, BenchmarkSettings, long, utc
from recsys.benchmarks.csv_files import read_csv
from recsys.feature_fields import FeatureField
from recsys.lightfm_training import HybridSettings
from recsys.weighting import Weighting

FOLDER: Final = "complete_journey"
TRANSACTIONS, PRODUCTS = "transactions_sample.csv.gz", "products.csv.gz"
DEMOGRAPHICS: Final = "demographics.csv.gz"
NOT_GOODS: Final = ("COUPON", "MISCELLANEOUS", "FUEL", "CNTRL/STORE SUP", "POSTAL CENTER")
"""Departments that are no goods to recommend."""

_ITEM_FIELDS: Final = {
    "department": "department",
    "product_category": c.CATEGORY,
    "product_type": "product_type",
    "brand": c.BRAND,
    "manufacturer_id": "manufacturer",
}
_USER_FIELDS: Final = (
    *("age", "income", "home_ownership", "marital_status"),
    *("household_size", "household_comp", "kids_count"),
)

SETTINGS: Final = BenchmarkSettings(
    weighting=Weighting(half_life_days=180.0),
    fields=(
        *(FeatureField(name) for name in _ITEM_FIELDS.values()),
        *(FeatureField(name, weight=0.2) for name in _USER_FIELDS),
    ),
    hybrid=HybridSettings(components=16, learning_rate=0.02, epochs=20, patience=5, max_sampled=60),
)
"""Chosen on November 2017."""


def complete_journey(datasets: Path) -> Benchmark:
    """Read the data: learn to October 2017, choose by November, test on December.

    Args:
        datasets: The folder that holds `complete_journey/`.

    Raises:
        InvalidFrame: A file is missing, cut short or another one.
    """
    folder = datasets / FOLDER
    times = ("transaction_timestamp",)
    columns = ("household_id", "basket_id", "product_id", "quantity", *times)
    bought = read_csv(folder, TRANSACTIONS, columns, times)
    products = read_csv(folder, PRODUCTS, ("product_id", *_ITEM_FIELDS)).set_index("product_id")
    households = read_csv(folder, DEMOGRAPHICS, ("household_id", *_USER_FIELDS)).set_index("household_id")
    goods = products[~products["department"].isin(NOT_GOODS)]
    kept = bought[bought["product_id"].isin(goods.index)].reset_index(drop=True)
    users = long(households, c.USER_ID, {name: name for name in _USER_FIELDS})
    items = long(goods, c.ITEM_ID, dict(_ITEM_FIELDS))
    return Benchmark(
        "complete_journey",
        "The Complete Journey (84.51), CC0, 75,000 lines of 2017",
        interactions_of(kept),
        lambda moment: (users, items),
        utc("2017-11-01"),
        utc("2017-12-01"),
        utc("2018-01-02"),
        SETTINGS,
        cold_users=True,
        notes={"lines": len(bought), "lines_of_goods": len(kept), "households_with_demographics": len(households)},
    )


def interactions_of(bought: pd.DataFrame) -> pd.DataFrame:
    """Turn receipt lines into purchases; what weighs nothing is left to cleaning."""
    return pd.DataFrame(
        {
            c.USER_ID: bought["household_id"],
            c.ITEM_ID: bought["product_id"],
            c.KIND: c.PURCHASE,
            c.TIMESTAMP: bought["transaction_timestamp"],
            c.QUANTITY: pd.to_numeric(bought["quantity"], errors="coerce"),
            c.BASKET_ID: bought["basket_id"],
        }
    )
