"""A shop of plain colours, small enough to train on in seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.vision.tiny import COLOURS
from vision.catalogue import Catalogue, write_catalogue


def colour_shop(folder: Path, products: int = 6, photos: int = 8) -> Catalogue:
    """Write a shop with a main picture a product, and noisy photos of it."""
    rng = np.random.default_rng(3)
    names = list(COLOURS)[:products]
    rows = []
    for name in names:
        for number in range(photos + 1):
            noise = rng.normal(0, 25 if number else 0, (40, 40, 3))
            picture = Image.fromarray(np.clip(np.array(COLOURS[name]) + noise, 0, 255).astype(np.uint8))
            picture.save(folder / f"{name}{number}.png")
            rows.append({"item_id": name, "photo": f"{name}{number}.png"})
    write_catalogue(folder, [{"item_id": name, "title": f"a {name} tile"} for name in names], rows)
    return Catalogue.read(folder, folder)
