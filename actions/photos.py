"""Shoppers' photos: taken in, shown again to who sent them, and loaded for a search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore

from PIL import Image

from actions.photo_errors import AddressRefusal, PhotoError, PhotoGone, PhotoRefused, PhotosFull
from actions.photo_store import PhotoStore, StoredPhoto
from shop.shoppers import Shopper
from vision.errors import ImageRefused
from vision.images import clean_copy, decode

__all__ = ["OWN_PHOTOS", "AddressRefusal", "PhotoError", "PhotoGone", "PhotoRefused", "Photos", "PhotosFull"]

OWN_PHOTOS = "/webhooks/web/photos/"
"""What the address of an uploaded photo starts with, as the web channel serves it."""

# A photo of 50 million pixels takes up to 400 MB while it is decoded.
_AT_A_TIME = 2
_PATIENCE_S = 3.0

Fetch = Callable[[str], bytes]
"""Gives the bytes at an address, or raises PhotoRefused."""


@dataclass(frozen=True)
class TakenPhoto:
    """A photo that was taken in: its name, and its size in pixels."""

    photo_id: str
    width: int
    height: int


class Photos:
    """All that actions and the door know of photos; safe to use from several threads.

    Args:
        store: keeps what shoppers upload.
        fetch: gets a photo from an address that a shopper gives.
        at_a_time: how many foreign files are decoded at once; each can take much memory.
        patience_s: for how long a photo waits for its turn to be decoded.
    """

    def __init__(
        self, store: PhotoStore, fetch: Fetch, *, at_a_time: int = _AT_A_TIME, patience_s: float = _PATIENCE_S
    ) -> None:
        self._store = store
        self._fetch = fetch
        self._turns = BoundedSemaphore(at_a_time)
        self._patience_s = patience_s

    def take(self, shopper: Shopper, data: bytes) -> TakenPhoto:
        """Read a file as a photo and keep a clean copy of it; the file itself is kept nowhere.

        Raises:
            PhotoRefused: it is no photo that can be used.
            PhotosFull: too many are being read.
            OSError: it cannot be kept.
        """
        copy = clean_copy(self._decoded(data))
        with Image.open(BytesIO(copy)) as image:
            width, height = image.size
        return TakenPhoto(self._store.save(shopper, copy), width, height)

    def show(self, shopper: Shopper, photo_id: str) -> StoredPhoto:
        """Give a photo to who has sent it, as a JPEG.

        Raises:
            PhotoGone: it is not there, no longer, or not this shopper's.
        """
        return self._store.read(shopper, photo_id)

    def keep(self, shopper: Shopper, photo_id: str) -> None:
        """Keep a photo beyond its hours, for the ticket that it was sent with.

        Raises:
            PhotoGone: it is not there, no longer, or not this shopper's.
            PhotosFull: there is no room.
            OSError: it cannot be written.
        """
        self._store.keep(shopper, photo_id)

    def load(self, shopper: Shopper, url: str) -> Image.Image:
        """Give the photo at an address as an upright RGB picture.

        Args:
            shopper: who asks.
            url: as in a message's metadata: of a photo of their own, or of one at an https host of the settings.

        Raises:
            PhotoGone: their own is not there, no longer, or not theirs.
            PhotoRefused: the address may not be asked, did not answer, or holds no photo that can be used.
            PhotosFull: too many are being read.
        """
        if url.startswith(OWN_PHOTOS):
            # Written by this server and small: it waits for no turn.
            return _read(self._store.read(shopper, url.removeprefix(OWN_PHOTOS)).data)
        return self._decoded(self._fetch(url))

    def sweep(self) -> int:
        """Delete what was kept for long enough; tell how many photos that were."""
        return self._store.sweep()

    def _decoded(self, data: bytes) -> Image.Image:
        with self._turn():
            return _read(data)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=self._patience_s):
            raise PhotosFull
        try:
            yield
        finally:
            self._turns.release()


def _read(data: bytes) -> Image.Image:
    try:
        return decode(data)
    except ImageRefused as refused:
        # Not chained: the detail quotes the file.
        raise PhotoRefused(refused.reason) from None
