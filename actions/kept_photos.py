"""Photos that belong to a ticket: copies that are kept as long as a chat, and not only for the hours of a search."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from actions.photo_errors import PhotoGone, PhotosFull
from shop.shoppers import Shopper

KEPT_DAYS = 90
"""As the shop's text on privacy says."""

MOST_KEPT_BYTES = 1024**3
_SUFFIX, _UNFINISHED = ".jpg", ".part"


class KeptPhotos:
    """Copies of photos in a folder for each owner; safe to use from several threads of one process.

    Args:
        folder: where they lie; made with the first one.
        clock: seconds since the epoch.
        days: how long each is kept.
        most_bytes: of all together; what no longer fits is not kept, so that nobody's proof gives way to another's.
    """

    def __init__(
        self, folder: Path, clock: Callable[[], float], *, days: float = KEPT_DAYS, most_bytes: int = MOST_KEPT_BYTES
    ) -> None:
        self._folder, self._clock = folder, clock
        self._seconds, self._most_bytes = days * 86_400, most_bytes
        self._lock = Lock()

    def keep(self, shopper: Shopper, photo_id: str, photo: bytes) -> None:
        """Keep a copy of a photo; keeping it twice changes nothing.

        Raises:
            PhotosFull: there is no room.
            OSError: it cannot be written.
        """
        path = self._path(shopper.user_id, photo_id)
        with self._lock:
            if path.exists():
                return
            if len(photo) + sum(file.stat().st_size for file in self._files()) > self._most_bytes:
                raise PhotosFull
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished = path.with_suffix(_UNFINISHED)
            try:
                with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(photo)
                os.utime(unfinished, (self._clock(), self._clock()))
                unfinished.replace(path)
            except OSError:
                unfinished.unlink(missing_ok=True)
                raise

    def read(self, shopper: Shopper, photo_id: str) -> tuple[bytes, float]:
        """Give a photo of this shopper's and for how many seconds it is still kept; raise PhotoGone."""
        path = self._path(shopper.user_id, photo_id)
        # It was never kept, or the sweep takes it just now.
        with suppress(FileNotFoundError):
            left = self._left(path)
            if left > 0:
                return path.read_bytes(), left
        raise PhotoGone

    def sweep(self) -> int:
        """Delete what was kept for long enough; tell how many photos that were."""
        with self._lock:
            old = [file for file in self._files() if self._left(file) <= 0]
            for file in old:
                file.unlink(missing_ok=True)
        return len(old)

    def _left(self, path: Path) -> float:
        return self._seconds - (self._clock() - path.stat().st_mtime)

    def _files(self) -> list[Path]:
        return [path for path in self._folder.glob("*/*") if path.suffix in (_SUFFIX, _UNFINISHED)]

    def _path(self, owner: str, photo_id: str) -> Path:
        return self._folder / hashlib.blake2b(owner.encode(), digest_size=20).hexdigest() / f"{photo_id}{_SUFFIX}"
