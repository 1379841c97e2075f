"""Turn the products.csv of the magento_luma data set into a Google merchant feed (TSV), to import a second shop.

    python tests/data/luma_feed.py ../shared/datasets/magento_luma/products.csv feed.tsv

One item a product: id = sku, title = name, product_type = the category paths, price in USD, availability in_stock (the
data set holds no stock), and material, pattern, gender as in the file. Climate and style become product details.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

COLUMNS = (
    *("id", "title", "description", "link", "price", "availability", "brand", "product_type", "material", "pattern"),
    *("gender", "product_detail"),
)


def item(row: dict[str, str]) -> dict[str, str]:
    """Write one product as a feed item."""
    details = [
        f"Luma:{name}:{value.replace(',', ' ')}"
        for name in ("climate", "style")
        for value in row[name].split("|")
        if value
    ]
    return {
        "id": row["sku"],
        "title": row["name"],
        "description": row["description"],
        "link": f"https://luma.example.com/{row['sku'].lower()}",
        "price": f"{row['price']} USD",
        "availability": "in_stock",
        "brand": "Luma",
        # A feed may hold several paths only in XML; the first is the shop's main tree.
        "product_type": row["category"].split(" | ")[0].replace("/", " > "),
        "material": row["material"].replace("|", "/"),
        "pattern": row["pattern"],
        "gender": row["gender"],
        "product_detail": ",".join(details),
    }


def convert(source: Path, target: Path) -> int:
    """Write the feed and give the number of its items."""
    with source.open(encoding="utf-8", newline="") as file:
        items = [item(row) for row in csv.DictReader(file)]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t")
        writer.writeheader()
        writer.writerows(items)
    return len(items)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
