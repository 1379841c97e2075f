"""A large invented catalogue, for measuring only: names, prices, options and stock as shops have them."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert, select
from tqdm import tqdm

from shop.db import Sessions, writing
from shop.models import Attribute, Category, Product, ProductCategory, Promotion, Variant, VariantOption, utc_now

# Department -> category -> things sold there.
_TREE = {
    "Electronics": {
        "Computers": "laptop tablet monitor keyboard mouse printer router scanner docking-station webcam",
        "Photo": "camera lens tripod flash camera-bag photo-printer action-camera binoculars",
        "Audio": "headphones speaker turntable microphone soundbar radio amplifier earbuds",
    },
    "Sports": {
        "Footwear": "running-shoe trail-shoe sneaker hiking-boot football-boot sandal climbing-shoe",
        "Outdoor": "tent sleeping-bag backpack camping-stove head-torch hammock rain-jacket compass",
        "Fitness": "dumbbell yoga-mat skipping-rope exercise-bike boxing-glove kettlebell rowing-machine",
    },
    "Home": {
        "Furniture": "sofa armchair desk bookcase bed wardrobe stool dining-table bedside-table bench",
        "Kitchen": "saucepan kettle toaster knife blender chopping-board coffee-machine frying-pan teapot mug",
        "Lighting": "floor-lamp desk-lamp ceiling-light lamp-shade candle-holder string-lights",
    },
    "Garden": {
        "Plants": "cactus orchid fern bonsai olive-tree lavender rose-bush palm succulent",
        "Tools": "trowel spade rake lawn-mower hedge-trimmer watering-can hose wheelbarrow",
    },
    "Fashion": {
        "Clothing": "dress shirt jeans jumper coat skirt blouse t-shirt cardigan blazer hoodie",
        "Accessories": "belt scarf hat handbag wallet watch sunglasses gloves umbrella necklace",
    },
}
_QUALITY_WORDS = """
classic modern compact premium lightweight vintage rugged foldable wireless waterproof organic handmade slim deluxe
everyday nordic urban alpine coastal heritage studio pro mini junior quiet rapid solar thermal recycled padded
"""
_MATERIAL_WORDS = "leather cotton steel oak bamboo wool nylon glass ceramic aluminium linen carbon canvas walnut"
QUALITIES = tuple(_QUALITY_WORDS.split())
MATERIALS = tuple(_MATERIAL_WORDS.split())
COLOURS = ("black", "white", "red", "blue", "green", "grey", "brown", "pink", "yellow", "orange")
BRANDS = tuple(
    f"{start}{end}"
    for start in ("Al", "Bor", "Cal", "Dor", "El", "Fen", "Gar", "Hol", "Ist", "Jor")
    for end in ("ano", "bury", "cetti", "dale", "era", "ford", "gate", "holm", "ix", "ona", "stad", "wick")
)
_SIZES = ("S", "M", "L", "XL", "38", "40", "42", "44")
_STARTED = dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)
_BATCH = 2_000
_PROMOTED = 20


def things() -> list[tuple[str, str, str]]:
    """List department, category and thing of everything that can be sold."""
    return [
        (department, category, thing.replace("-", " "))
        for department, categories in _TREE.items()
        for category, names in categories.items()
        for thing in names.split()
    ]


def fill(sessions: Sessions, products: int, seed: int = 7) -> None:
    """Write so many products, with one to four variants each; the same seed gives the same shop."""
    chance = random.Random(seed)  # noqa: S311 - an invented catalogue, no secret
    with writing(sessions) as session:
        nodes = _write_categories(session.connection())
    with tqdm(total=products, desc="products written", unit="", delay=5) as bar:
        for start in range(1, products + 1, _BATCH):
            ids = range(start, min(start + _BATCH, products + 1))
            rows = _Rows(chance, nodes)
            for product_id in ids:
                rows.add(product_id)
            with writing(sessions) as session:
                rows.write(session.connection())
            bar.update(len(ids))


class _Rows:
    """The rows of some products, table by table."""

    def __init__(self, chance: random.Random, nodes: dict[str, int]) -> None:
        self._chance = chance
        self._nodes = nodes
        self._things = things()
        self._rows: dict[Any, list[dict[str, Any]]] = {
            table: [] for table in (Product, ProductCategory, Attribute, Variant, VariantOption)
        }

    def add(self, product_id: int) -> None:
        """Invent one product."""
        chance = self._chance
        department, category, thing = chance.choice(self._things)
        quality, other, material = chance.choice(QUALITIES), chance.choice(QUALITIES), chance.choice(MATERIALS)
        name = f"{quality} {material} {thing} {chance.randint(100, 999)}".title()
        created = _STARTED + dt.timedelta(minutes=chance.randint(0, 1_000_000))
        self._rows[Product].append(
            {
                "id": product_id,
                "slug": f"p-{product_id}",
                "name": name,
                "brand": chance.choice(BRANDS),
                "description": f"A {other} {thing} made of {material} for {category.lower()} and every day. "
                f"It comes well packed and is easy to care for.",
                "created_at": created,
            }
        )
        for node in (department, category):
            self._rows[ProductCategory].append({"product_id": product_id, "category_id": self._nodes[node]})
        colour = chance.choice(COLOURS)
        self._rows[Attribute].append({"product_id": product_id, "name": "color", "value": colour})
        self._add_variants(product_id, name)

    def _add_variants(self, product_id: int, name: str) -> None:
        chance = self._chance
        price = Decimal(chance.randint(500, 50_000)) / 100
        for position, size in enumerate(chance.sample(_SIZES, chance.randint(1, 4))):
            key = product_id * 10 + position
            stock = chance.choice((0, 0, 1, 5, 20, 100))
            self._rows[Variant].append(
                {
                    "id": key,
                    "product_id": product_id,
                    "sku": f"B{key}",
                    "name": f"{name} {size}",
                    "price": price + position,
                    "currency": "USD",
                    "stock": stock,
                    "position": position,
                }
            )
            self._rows[VariantOption].append({"variant_id": key, "name": "size", "value": size})

    def write(self, connection: Connection) -> None:
        """Write the rows of every table."""
        for table, rows in self._rows.items():
            connection.execute(insert(table), rows)


def promote(sessions: Sessions) -> None:
    """Grant the usual price cuts: one on a department, one on a few products; nothing runs before this."""
    now = utc_now()
    time = {"starts_at": now - dt.timedelta(days=1), "ends_at": now + dt.timedelta(days=1)}
    with writing(sessions) as session:
        department = session.scalars(select(Category.id).order_by(Category.id)).first()
        products = session.scalars(select(Product.id).order_by(Product.id).limit(_PROMOTED)).all()
        cuts: list[dict[str, Any]] = [
            {"category_id": department, "percent": 15},
            *({"product_id": one, "percent": 20} for one in products),
        ]
        session.add_all(Promotion(code=f"CUT-{place}", name="A cut", **cut, **time) for place, cut in enumerate(cuts))


def _write_categories(connection: Connection) -> dict[str, int]:
    nodes: dict[str, int] = {}
    for department, categories in _TREE.items():
        for name in (department, *categories):
            nodes[name] = len(nodes) + 1
            parent = None if name == department else nodes[department]
            row = {"id": nodes[name], "slug": name.lower(), "name": name, "parent_id": parent}
            connection.execute(insert(Category), row)
    return nodes
