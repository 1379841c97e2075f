"""What kind of file bytes are, told by how they begin."""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """A kind of picture file; OTHER is a picture, or a document of pictures, that is not read here."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    HEIC = "heic"
    OTHER = "other"
    NONE = "none"


_STARTS = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    *((start, Kind.OTHER) for start in (b"BM", b"II*\0", b"MM\0*", b"%PDF", b"8BPS", b"\0\0\1\0", b"\xff\x0a")),
    *((start, Kind.OTHER) for start in (b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  ", b"%!PS", b"qoif")),
)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
"""ISO/IEC 23008-12, annex B: files whose pictures are coded as HEVC, as phones write them."""
_SVG = re.compile(rb"^(\xef\xbb\xbf)?\s*(<\?xml|<!--|<!DOCTYPE\s+svg|<svg)", re.IGNORECASE)
_MARKUP_LOOKED_AT = 4096


def kind_of(data: bytes) -> Kind:
    """Tell the kind of a file from its content; a name or a declared type plays no part."""
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data[4:8] == b"ftyp":
        return _kind_of_container(data)
    head = data[:_MARKUP_LOOKED_AT]
    return Kind.OTHER if _SVG.match(head) and b"<svg" in head.lower() else Kind.NONE


def _kind_of_container(data: bytes) -> Kind:
    # The box holds its length, "ftyp", a brand, a version, then every brand that the file goes by.
    length = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[start : start + 4] for start in (8, *range(16, length, 4))}
    return Kind.HEIC if brands & _HEIC_BRANDS else Kind.OTHER
