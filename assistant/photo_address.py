"""What the address of a photo may look like in a message: one that was uploaded here, or one on the web."""

from __future__ import annotations

import re

OWN_PHOTOS = "/webhooks/web/photos/"
"""What the address of an uploaded photo starts with."""

PHOTO_ID = re.compile(r"[A-Za-z0-9_-]{32}")
PHOTO_ADDRESS = re.compile(rf"{OWN_PHOTOS}{PHOTO_ID.pattern}|https://[^\s\x00-\x1f\x7f]{{1,1900}}")


def photo_address(metadata: object) -> str | None:
    """Give the address of the photo that came with a message, from the message's metadata."""
    address = metadata.get("photo_url") if isinstance(metadata, dict) else None
    return address if isinstance(address, str) and PHOTO_ADDRESS.fullmatch(address) else None
