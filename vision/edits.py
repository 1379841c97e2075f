"""What happens to pictures between a camera and a search: each takes an RGB picture and gives a new one."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter
from PIL.Image import Resampling

Rgb = tuple[int, int, int]


def border_colour(image: Image.Image) -> Rgb:
    """Give the median colour of the picture's outermost pixels: what a rotated picture is filled up with."""
    pixels = np.asarray(image.convert("RGB"))
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = np.median(edge, axis=0).astype(int).tolist()
    return red, green, blue


def shrink(image: Image.Image, longest: int) -> Image.Image:
    """Bring the longer side down to so many pixels; a smaller picture stays as it is."""
    share = longest / max(image.size)
    if share >= 1:
        return image
    width, height = (max(1, round(side * share)) for side in image.size)
    return image.resize((width, height), Resampling.BILINEAR, reducing_gap=2.0)


def pixelate(image: Image.Image, longest: int) -> Image.Image:
    """Lose what a picture of so many pixels cannot hold; the size stays."""
    return shrink(image, longest).resize(image.size, Resampling.BILINEAR)


def blur(image: Image.Image, radius: float) -> Image.Image:
    """Blur as a lens out of focus does, by a Gaussian of this radius in pixels."""
    return image.filter(ImageFilter.GaussianBlur(radius))


def shake(image: Image.Image, pixels: int, degrees: float) -> Image.Image:
    """Blur along a line as a moving hand does: the mean of copies that lie up to so many pixels apart."""
    x, y = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    mixed = image
    for step in range(1, max(2, min(pixels, 5))):
        along = pixels * step / 5
        mixed = Image.blend(mixed, ImageChops.offset(image, round(x * along), round(y * along)), 1 / (step + 1))
    return mixed


def rotate(image: Image.Image, degrees: float, fill: Rgb | None = None) -> Image.Image:
    """Turn against the clock; the picture grows to hold its corners, and gaps take the colour of its border."""
    if degrees % 90 == 0:
        return image.rotate(degrees, expand=True)
    return image.rotate(degrees, Resampling.BILINEAR, expand=True, fillcolor=fill or border_colour(image))


def crop(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """Cut out a part that is given in shares of 0 to 1 of the sides."""
    width, height = image.size
    x, y = min(int(left * width), width - 1), min(int(top * height), height - 1)
    return image.crop((x, y, max(x + 1, round(right * width)), max(y + 1, round(bottom * height))))


def relight(
    image: Image.Image, exposure: float = 1.0, gamma: float = 1.0, gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
) -> Image.Image:
    """Light it otherwise.

    Args:
        image: what is lit.
        exposure: times so much light.
        gamma: above 1 darkens the middle tones.
        gains: times so much of red, green and blue, such as a lamp's colour.
    """
    tones = np.linspace(0.0, 1.0, 256)
    tables = [np.clip(np.power(tones, gamma) * exposure * gain, 0.0, 1.0) for gain in gains]
    return image.point((np.concatenate(tables) * 255.0).round().astype(int).tolist())


def shade(image: Image.Image, across: float, down: float) -> Image.Image:
    """Let light fall off from one side to the other: -0.5 to 0.5 of it across and down."""
    height, width = image.height, image.width
    light = 1.0 + across * np.linspace(-1, 1, width)[np.newaxis, :] + down * np.linspace(-1, 1, height)[:, np.newaxis]
    return as_picture(np.asarray(image, np.float32) * light[..., np.newaxis].astype(np.float32))


def recolour(image: Image.Image, turn: float, saturation: float = 1.0) -> Image.Image:
    """Turn all hues by this share of the colour wheel and make them that much stronger."""
    hue, strength, value = image.convert("HSV").split()
    hue = hue.point([round(tone + turn * 256) % 256 for tone in range(256)])
    strength = strength.point([min(255, round(tone * saturation)) for tone in range(256)])
    return Image.merge("HSV", (hue, strength, value)).convert("RGB")


def noise(image: Image.Image, strength: float, rng: np.random.Generator) -> Image.Image:
    """Add what a sensor adds in the dark: normal noise of this standard deviation in tones of 255."""
    pixels = np.asarray(image, np.float32)
    return as_picture(pixels + rng.standard_normal(pixels.shape, np.float32) * np.float32(strength))


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """Save as JPEG of a quality of 1 to 95, and read it again."""
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def perspective(image: Image.Image, corners: NDArray[np.float64], fill: Rgb | None = None) -> Image.Image:
    """See it from an angle: its corners move to these.

    Args:
        image: what is seen.
        corners: shape (4, 2), in shares of the sides: left top, right top, right bottom, left bottom.
        fill: of what is then outside the picture; the colour of its border if not given.
    """
    width, height = image.size
    here = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    there = corners * np.array([width, height])
    rows = [
        row
        for (x, y), (u, v) in zip(there, here, strict=True)
        for row in ((x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y))
    ]
    terms = np.linalg.solve(np.array(rows, np.float64), here.reshape(-1))
    filled = fill if fill is not None or image.mode != "RGB" else border_colour(image)
    return image.transform(
        image.size, Image.Transform.PERSPECTIVE, terms.tolist(), Resampling.BILINEAR, fillcolor=filled
    )


def as_picture(pixels: NDArray[np.float32]) -> Image.Image:
    """Make a picture of tones of 0 to 255, shape (height, width, 3); what is beyond is cut off."""
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
