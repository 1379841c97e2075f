"""UCI Online Retail: ten months of a British gift shop, most of whose customers are traders who come again."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from recsys import columns as c
from recsys.benchmarks.benchmark import Benchmark, BenchmarkSettings, Features, long, utc
from recsys.benchmarks.csv_files import read_csv
from recsys.feature_fields import FeatureField
from recsys.lightfm_training import HybridSettings
from recsys.weighting import Weighting

FOLDER: Final = "uci_online_retail"
FILE: Final = "online_retail_to_2011-09-30.csv.gz"
_COLUMNS: Final = (
    *("InvoiceNo", "StockCode", "Description", "Quantity"),
    *("InvoiceDate", "UnitPrice", "CustomerID", "Country"),
)
PRODUCT_CODE: Final = r"\d{5}[A-Z]*"
"""Postage, samples, fees, vouchers and corrections have other codes."""

SETTINGS: Final = BenchmarkSettings(
    weighting=Weighting(half_life_days=30.0),
    fields=(
        FeatureField(c.TITLE, "words", min_count=2, weight=3.0),
        FeatureField(c.PRICE, "band", weight=0.3),
        FeatureField(c.COUNTRY, weight=0.1),
    ),
    hybrid=HybridSettings(epochs=25, patience=4, max_sampled=60, weight_power=1.0),
)
"""Chosen on August 2011. Nearly all customers share a country, so it weighs little."""


def uci(datasets: Path) -> Benchmark:
    """Read the data: learn to July 2011, choose by August, test on September.

    Invoice lines without a customer and codes that are no products are left out here. Cancellations (invoices that
    start with C, quantities that are not positive) become refunds, which cleaning takes off the purchases they undo.

    Args:
        datasets: The folder that holds `uci_online_retail/`.

    Raises:
        InvalidFrame: The file is missing, cut short or another one.
    """
    lines = read_csv(datasets / FOLDER, FILE, _COLUMNS, times=("InvoiceDate",))
    kept = products(lines)
    return Benchmark(
        "uci",
        "UCI Online Retail (Chen 2015), CC BY 4.0, lines to 2011-09-30",
        interactions_of(kept),
        lambda moment: features_at(kept, moment),
        utc("2011-08-01"),
        utc("2011-09-01"),
        utc("2011-10-01"),
        SETTINGS,
        notes={"lines": len(lines), "lines_of_customers_and_products": len(kept)},
    )


def products(lines: pd.DataFrame) -> pd.DataFrame:
    """Keep the lines of known customers and real products, with numbers read and codes in one spelling."""
    codes = lines["StockCode"].str.strip().str.upper()
    kept = lines.assign(
        StockCode=codes,
        Quantity=pd.to_numeric(lines["Quantity"], errors="coerce"),
        UnitPrice=pd.to_numeric(lines["UnitPrice"], errors="coerce"),
    )
    real = codes.str.fullmatch(PRODUCT_CODE).fillna(False) & lines["CustomerID"].notna() & lines["InvoiceDate"].notna()
    paid = (kept["UnitPrice"] > 0) | cancelled(kept)
    return kept[real.astype(bool) & paid].reset_index(drop=True)


def cancelled(lines: pd.DataFrame) -> pd.Series[bool]:
    """Tell the lines that undo a purchase."""
    return lines["InvoiceNo"].str.startswith("C").fillna(False).astype(bool) | ~(lines["Quantity"] > 0)


def interactions_of(lines: pd.DataFrame) -> pd.DataFrame:
    """Turn invoice lines into purchases and refunds."""
    return pd.DataFrame(
        {
            c.USER_ID: lines["CustomerID"],
            c.ITEM_ID: lines["StockCode"],
            c.KIND: np.where(cancelled(lines), c.REFUND, c.PURCHASE),
            c.TIMESTAMP: lines["InvoiceDate"],
            c.QUANTITY: lines["Quantity"].abs().astype(float),
            c.BASKET_ID: lines["InvoiceNo"],
        }
    )


def features_at(lines: pd.DataFrame, moment: pd.Timestamp) -> Features:
    """Give the commonest title and the median price of each item, and each customer's country, as known by then."""
    known = lines[lines["InvoiceDate"] < moment]
    titles = known.groupby(["StockCode", "Description"]).size().reset_index(name="n")
    titles = titles.sort_values(["StockCode", "n", "Description"], ascending=[True, False, True])
    prices = known[~cancelled(known)].groupby("StockCode")["UnitPrice"].median()
    items = pd.DataFrame({"price": prices}).join(titles.drop_duplicates("StockCode").set_index("StockCode"))
    users = known.drop_duplicates("CustomerID").set_index("CustomerID")
    return (
        long(users, c.USER_ID, {"Country": c.COUNTRY}),
        long(items, c.ITEM_ID, {"Description": c.TITLE, "price": c.PRICE}),
    )
