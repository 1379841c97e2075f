"""Backgrounds that no camera took: seeded, made of numbers alone, or of other pictures of a catalogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Resampling

from vision.edits import as_picture, blur

Size = tuple[int, int]
Drawn = Callable[[Size, np.random.Generator], Image.Image]

_MUTED, _WIDE = 0.35, 80.0


def colour(rng: np.random.Generator, muted: float = _MUTED) -> NDArray[np.float32]:
    """Draw a colour of tones of 0 to 255, greyer the smaller `muted` is; shape (3,)."""
    grey = rng.uniform(25, 245)
    return np.clip(grey + muted * rng.uniform(-_WIDE, _WIDE, 3), 0, 255).astype(np.float32)


def clouds(size: Size, rng: np.random.Generator, cells: int) -> NDArray[np.float32]:
    """Give smooth random light and dark of 0 to 1: a grid of so many cells, blown up; shape (height, width)."""
    grid = Image.fromarray(rng.random((cells, cells), np.float32))
    return np.asarray(grid.resize(size, Resampling.BICUBIC), np.float32)


def plain(size: Size, rng: np.random.Generator) -> Image.Image:
    """Draw a wall: one colour, with light that falls off."""
    fall = rng.uniform(-40, 40, 2)
    across = np.linspace(-1, 1, size[0], dtype=np.float32)[np.newaxis, :, np.newaxis]
    down = np.linspace(-1, 1, size[1], dtype=np.float32)[:, np.newaxis, np.newaxis]
    return as_picture(colour(rng) + np.float32(fall[0]) * across + np.float32(fall[1]) * down)


def texture(size: Size, rng: np.random.Generator) -> Image.Image:
    """Draw cloth, stone or carpet: clouds of several sizes between two colours."""
    mixed = sum(clouds(size, rng, cells) / (place + 1) for place, cells in enumerate((4, 12, 40)))
    share = np.clip(np.asarray(mixed, np.float32) / 1.83, 0, 1)[..., np.newaxis]
    first, second = colour(rng), colour(rng)
    return as_picture(first * share + second * (1 - share))


def planks(size: Size, rng: np.random.Generator) -> Image.Image:
    """Draw a wooden table or the edges of a shelf: stripes of slightly different tones, with grain and dark gaps."""
    height = size[1]
    wide = int(rng.integers(max(2, height // 10), max(3, height // 3)))
    rows = np.arange(height) // wide
    tones = rng.uniform(0.8, 1.15, int(rows[-1]) + 1).astype(np.float32)[rows]
    tones[np.arange(height) % wide < max(1, wide // 20)] *= 0.5
    grain = 0.9 + 0.2 * np.asarray(Image.fromarray(rng.random((height, 6), np.float32)).resize(size), np.float32)
    wood = np.array([rng.uniform(110, 210), rng.uniform(80, 170), rng.uniform(50, 140)], np.float32)
    drawn = as_picture(wood * (tones[:, np.newaxis] * grain)[..., np.newaxis])
    return drawn.transpose(Image.Transpose.ROTATE_90).resize(size) if rng.random() < 0.4 else drawn


def boxes(size: Size, rng: np.random.Generator) -> Image.Image:
    """Draw the disorder behind a product in a shop: blurred rectangles of strong colours."""
    drawn = plain(size, rng)
    for _ in range(int(rng.integers(6, 25))):
        wide, high = (max(2, int(side * rng.uniform(0.08, 0.45))) for side in size)
        tone = tuple(int(part) for part in colour(rng, muted=1.6))
        drawn.paste(tone, (int(rng.uniform(-0.2, 1) * size[0]), int(rng.uniform(-0.2, 1) * size[1]), wide, high))
    return blur(drawn, float(rng.uniform(0.5, 6)))


def collage(size: Size, rng: np.random.Generator, pictures: Sequence[Image.Image]) -> Image.Image:
    """Lay other pictures, RGB or cut out (RGBA), side by side and blur them: the shelf behind a product."""
    across, down = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    wide, high = -(-size[0] // across), -(-size[1] // down)
    drawn = plain(size, rng)
    for place in range(across * down):
        one = pictures[int(rng.integers(len(pictures)))].resize((wide, high))
        drawn.paste(one, (place % across * wide, place // across * high), one if one.mode == "RGBA" else None)
    return blur(drawn, float(rng.uniform(0.5, 5)))


DRAWN: tuple[Drawn, ...] = (plain, texture, planks, boxes)


def background(size: Size, rng: np.random.Generator, pictures: Sequence[Image.Image] = ()) -> Image.Image:
    """Draw one of all kinds; the pictures, if any, serve for collages."""
    if pictures and rng.random() < 0.4:
        return collage(size, rng, pictures)
    return DRAWN[int(rng.integers(len(DRAWN)))](size, rng)
