"""Photos that a shopper of a conversation sends: the demo shop's own pictures, damaged, and strange ones."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select

from shop.db import Sessions, reading
from shop.models import Image as ImageRow
from shop.models import Product

IMAGES = Path("var/images")
_SIDE = 480


class PhotoRecipe(BaseModel):
    """How a photo is made, and how it is sent.

    Attributes:
        of: the product whose first picture it is.
        scene: products side by side on a plain wall.
        made: a picture of nothing.
        broken: a file that is no photo, or only half of one.
        crop: the share of each side that is left in the middle.
        blur: radius in pixels, of a picture of 480.
        rotate: degrees, counter-clockwise.
        brightness: 1 leaves it.
        url: an address that is sent as it is, with no upload.
        sent_by: "another" uploads it in another shopper's session.
        expired: whether its time in the store is over when it is looked for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: str | None = None
    scene: list[str] = []
    made: Literal["noise", "gradient", "stripes"] | None = None
    broken: Literal["text", "half"] | None = None
    crop: float = Field(default=1.0, gt=0, le=1)
    blur: float = Field(default=0.0, ge=0)
    rotate: float = 0.0
    brightness: float = Field(default=1.0, gt=0)
    url: str | None = None
    sent_by: Literal["another"] | None = None
    expired: bool = False

    @model_validator(mode="after")
    def _shows_one_thing(self) -> PhotoRecipe:
        given = [self.of, self.scene, self.made, self.broken, self.url]
        if sum(bool(one) for one in given) != 1:
            raise ValueError("a photo has one of `of`, `scene`, `made`, `broken` and `url`")
        return self

    def __str__(self) -> str:
        """Tell it in a transcript."""
        return f"[photo {self.model_dump(exclude_defaults=True)}]"


def photo_bytes(recipe: PhotoRecipe, sessions: Sessions) -> bytes:
    """Make the file that is uploaded."""
    if recipe.broken == "text":
        return b"This is no photo, whatever its name says. " * 50
    image = _damaged(_picture(recipe, sessions), recipe)
    file = BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()[: len(file.getvalue()) // 2] if recipe.broken == "half" else file.getvalue()


def _picture(recipe: PhotoRecipe, sessions: Sessions) -> Image.Image:
    if recipe.of:
        return _catalogue_picture(recipe.of, sessions)
    if recipe.scene:
        wall = Image.new("RGB", (_SIDE * len(recipe.scene), _SIDE), (200, 196, 190))
        for place, slug in enumerate(recipe.scene):
            wall.paste(
                ImageOps.fit(_catalogue_picture(slug, sessions), (_SIDE - 40, _SIDE - 40)), (place * _SIDE + 20, 20)
            )
        return wall
    return _made(recipe.made or "noise")


def _made(kind: str) -> Image.Image:
    rows, columns = np.mgrid[0:_SIDE, 0:_SIDE] / _SIDE
    if kind == "noise":
        return Image.fromarray(np.random.default_rng(4).integers(0, 256, (_SIDE, _SIDE, 3), dtype=np.uint8))
    if kind == "gradient":
        channels: list[Any] = [255 * columns, 255 * (1 - rows), 128 + 0 * rows]
    else:
        wave = 127 * (1 + np.sin(60 * columns))
        channels = [wave, 255 - wave, 0 * wave]
    return Image.fromarray(np.stack(channels, axis=-1).astype(np.uint8))


def _catalogue_picture(slug: str, sessions: Sessions) -> Image.Image:
    with reading(sessions) as session:
        wanted = select(ImageRow.location).join(Product).where(Product.slug == slug).order_by(ImageRow.id)
        location = session.scalars(wanted).first()
    if location is None:
        raise LookupError(f"{slug} has no picture")
    with Image.open(IMAGES / location) as image:
        found = image.convert("RGB")
    found.thumbnail((_SIDE, _SIDE))
    return found


def _damaged(image: Image.Image, recipe: PhotoRecipe) -> Image.Image:
    if recipe.crop < 1:
        width, height = round(image.width * recipe.crop), round(image.height * recipe.crop)
        left, top = (image.width - width) // 2, (image.height - height) // 2
        image = image.crop((left, top, left + width, top + height))
    if recipe.rotate:
        image = image.rotate(recipe.rotate, expand=True, fillcolor=(255, 255, 255))
    if recipe.blur:
        image = image.filter(ImageFilter.GaussianBlur(recipe.blur))
    return ImageEnhance.Brightness(image).enhance(recipe.brightness)
