"""Bytes to a picture that can be trusted, and a picture to bytes that tell nothing but what it shows."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import GifImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL.Image import DecompressionBombError, DecompressionBombWarning, Resampling, Transpose

from vision.errors import ImageRefused, Refusal
from vision.image_kinds import Kind, kind_of

_DECODER_ERRORS = (
    *(OSError, SyntaxError, ValueError, EOFError, RuntimeError, LookupError, TypeError, ArithmeticError),
    *(AttributeError, MemoryError, struct.error, zlib.error),
)
"""What Pillow's decoders raise on damaged files; they promise no narrower set."""

_BOMBS = (DecompressionBombError, DecompressionBombWarning)
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""EXIF 2.3, table 4.6.4: what turns a picture of each orientation upright."""


@dataclass(frozen=True)
class ImageLimits:
    """What is taken as a photo.

    Attributes:
        max_bytes: the most that a file may weigh.
        max_pixels: the most that it may hold, by its header, before anything is decoded.
        min_side: fewer pixels on a side show nothing.
        longest: a longer side is shrunk to this while decoding: towers read far less, and memory stays small.
    """

    max_bytes: int = 10 * 1024 * 1024
    max_pixels: int = 50_000_000
    min_side: int = 16
    longest: int = 2048


SHOPPER_LIMITS = ImageLimits()
CATALOGUE_LIMITS = ImageLimits(max_bytes=64 * 1024 * 1024, max_pixels=120_000_000)
"""A shop's own pictures may come straight from its photographer."""


def decode(data: bytes, limits: ImageLimits = SHOPPER_LIMITS) -> Image.Image:
    """Read a photo of JPEG, PNG, WebP, HEIC or GIF (its first frame) as upright RGB without any metadata.

    The content decides, never a name. What is transparent becomes white.

    Raises:
        ImageRefused: too many bytes or pixels, too small, damaged, of another kind, or no image at all.
    """
    if len(data) > limits.max_bytes:
        raise ImageRefused(Refusal.TOO_MANY_BYTES, f"{len(data)} bytes, at most {limits.max_bytes}")
    image = _open(data)
    _check_size(image.size, limits)
    try:
        # JPEG can be decoded at a half, a quarter or an eighth; other kinds ignore this.
        image.draft(None, (limits.longest, limits.longest))
        image.load()
        upright = _turned_upright(_shrunk(_to_rgb(image), limits.longest), _orientation(image))
    except _BOMBS as error:
        raise ImageRefused(Refusal.TOO_MANY_PIXELS, str(error)) from None
    except _DECODER_ERRORS as error:
        raise ImageRefused(Refusal.DAMAGED, f"{type(error).__name__}: {error}") from error
    upright.info = {}
    return upright


def open_photo(path: Path, limits: ImageLimits = CATALOGUE_LIMITS) -> Image.Image:
    """Read a catalogue picture.

    Raises:
        OSError: the file cannot be read.
        ImageRefused: it is no usable picture; the detail names the file.
    """
    try:
        return decode(path.read_bytes(), limits)
    except ImageRefused as refused:
        raise ImageRefused(refused.reason, f"{path}: {refused.detail}") from refused


def clean_copy(image: Image.Image, longest: int = 1600, quality: int = 90) -> bytes:
    """Write a picture as a JPEG that holds its pixels and nothing else: no EXIF, place, comment, profile or tail.

    Args:
        image: an RGB picture.
        longest: a longer side is shrunk to this, in pixels.
        quality: of the JPEG, 1 to 95.
    """
    bare = _shrunk(image, longest).copy()
    bare.info = {}
    buffer = BytesIO()
    bare.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _open(data: bytes) -> ImageFile.ImageFile:
    """Read a header with the one reader that its first bytes name: no other plugin of Pillow is ever reached."""
    kind = kind_of(data)
    if kind is Kind.NONE:
        raise ImageRefused(Refusal.NOT_AN_IMAGE, f"starts with {data[:12]!r}")
    if kind is Kind.OTHER:
        raise ImageRefused(Refusal.UNSUPPORTED, f"starts with {data[:12]!r}")
    try:
        return _reader(kind)(BytesIO(data))
    except _BOMBS as error:
        raise ImageRefused(Refusal.TOO_MANY_PIXELS, str(error)) from None
    except _DECODER_ERRORS as error:
        raise ImageRefused(Refusal.DAMAGED, f"{kind} header: {error}") from error


def _reader(kind: Kind) -> Callable[[BytesIO], ImageFile.ImageFile]:
    # Each class is called directly: Image.open would warn of, or take, sizes by a limit that is global to the process.
    if kind is Kind.HEIC:
        # libheif takes a tenth of a second to load, and most photos are of other kinds.
        from pillow_heif import HeifImageFile

        return HeifImageFile
    return {
        Kind.JPEG: JpegImagePlugin.JpegImageFile,
        Kind.PNG: PngImagePlugin.PngImageFile,
        Kind.WEBP: WebPImagePlugin.WebPImageFile,
        Kind.GIF: GifImagePlugin.GifImageFile,
    }[kind]


def _check_size(size: tuple[int, int], limits: ImageLimits) -> None:
    width, height = size
    if width * height > limits.max_pixels:
        raise ImageRefused(Refusal.TOO_MANY_PIXELS, f"{width}x{height}, at most {limits.max_pixels} pixels")
    if min(size) < limits.min_side:
        raise ImageRefused(Refusal.TOO_SMALL, f"{width}x{height}, at least {limits.min_side} on each side")


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return _from_16_bits(image)
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _from_16_bits(image: Image.Image) -> Image.Image:
    # Pillow's own conversion clips at 255, which turns a grey photo of 16 bits white.
    grey = (np.asarray(image).clip(0, 0xFFFF) >> 8).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def _shrunk(image: Image.Image, longest: int) -> Image.Image:
    if max(image.size) <= longest:
        return image
    scale = longest / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Resampling.BICUBIC, reducing_gap=3.0)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (*_DECODER_ERRORS, UserWarning):
        # Metadata that cannot be read is no reason to refuse the picture.
        return 1


def _turned_upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _UPRIGHT.get(orientation)
    return image if turn is None else image.transpose(turn)
