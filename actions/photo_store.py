"""Keeps shoppers' photos for some hours: a folder for each owner, unguessable names, and no list of them anywhere."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from actions.kept_photos import KeptPhotos
from actions.photo_errors import PhotoGone
from shop.shoppers import Shopper

MOST_BYTES = 2 * 1024**3
MOST_OF_AN_OWNER = 40
_RANDOM_BYTES = 24
# Exactly what `token_urlsafe` makes of them: no dot and no slash, so that a name cannot leave its folder.
_PHOTO_ID = re.compile(r"[A-Za-z0-9_-]{32}")
_FOLDER = re.compile(r"[0-9a-f]{40}")
_SUFFIX, _UNFINISHED = ".jpg", ".part"
_KEPT_FOLDER = "tickets"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredPhoto:
    """A photo as it lies in the store, and for how long it will."""

    data: bytes
    seconds_left: float


@dataclass(frozen=True, order=True)
class _Kept:
    written_at: float
    size: int
    path: Path


class PhotoStore:
    """Photos on disk; safe to use from several threads of one process.

    What was uploaded as a guest belongs to the conversation; what was uploaded while signed in, to the customer in it,
    so that nobody who comes back to the conversation as someone else sees it. What belongs to a ticket is copied, and
    outlives the hours.

    Args:
        folder: where they lie; made with the first photo.
        hours: how long each is kept.
        most_bytes: of all photos together; the oldest leave first.
        most_of_an_owner: how many one owner may have; their oldest leave first.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        folder: Path,
        hours: float,
        *,
        most_bytes: int = MOST_BYTES,
        most_of_an_owner: int = MOST_OF_AN_OWNER,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._seconds = hours * 3600
        self._most_bytes = most_bytes
        self._most_of_an_owner = most_of_an_owner
        self._clock = clock
        self._lock = Lock()
        self._bytes: int | None = None
        self._of_tickets = KeptPhotos(folder / _KEPT_FOLDER, clock)

    def save(self, shopper: Shopper, photo: bytes) -> str:
        """Keep a photo; give its id.

        Raises:
            OSError: it cannot be written.
        """
        photo_id = secrets.token_urlsafe(_RANDOM_BYTES)
        folder = self._folder_of(shopper.shopper_id, shopper.customer_id)
        with self._lock:
            known = self._sum() if self._bytes is None else self._bytes
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(folder / f"{photo_id}{_SUFFIX}", photo)
            self._bytes = known + len(photo)
            self._thin_out(folder)
            if self._bytes > self._most_bytes:
                self._make_room()
        return photo_id

    def read(self, shopper: Shopper, photo_id: str) -> StoredPhoto:
        """Give a photo of this shopper's.

        Raises:
            PhotoGone: there is none of this name, it is too old, or it is someone else's.
        """
        if not _PHOTO_ID.fullmatch(photo_id):
            raise PhotoGone
        for customer in dict.fromkeys((shopper.customer_id, None)):
            path = self._folder_of(shopper.shopper_id, customer) / f"{photo_id}{_SUFFIX}"
            # It is not in this folder, or the sweep takes it just now.
            with suppress(FileNotFoundError):
                left = self._seconds_left(path.stat().st_mtime)
                if left > 0:
                    return StoredPhoto(path.read_bytes(), left)
        return StoredPhoto(*self._of_tickets.read(shopper, photo_id))

    def keep(self, shopper: Shopper, photo_id: str) -> None:
        """Keep a photo of this shopper's beyond the hours, because it belongs to a ticket.

        Raises:
            PhotoGone: it is not there, no longer, or not theirs.
            PhotosFull: there is no room.
            OSError: it cannot be written.
        """
        self._of_tickets.keep(shopper, photo_id, self.read(shopper, photo_id).data)

    def sweep(self) -> int:
        """Delete what is too old, what a crash left half written, and empty folders; tell how many files left."""
        with self._lock:
            old = [one for one in self._all() if self._seconds_left(one.written_at) <= 0]
            for one in old:
                one.path.unlink(missing_ok=True)
            for folder in self._folders():
                # One that still holds something stays.
                with suppress(OSError):
                    folder.rmdir()
            self._bytes = self._sum()
        gone = len(old) + self._of_tickets.sweep()
        if gone:
            logger.info("%s photos were deleted after their time", gone)
        return gone

    def _write(self, path: Path, photo: bytes) -> None:
        """Put a whole file there or none: a crash leaves at most one that no name leads to."""
        unfinished = path.with_suffix(_UNFINISHED)
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(photo)
                file.flush()
                os.fsync(file.fileno())
            now = self._clock()
            os.utime(unfinished, (now, now))
            unfinished.replace(path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise

    def _thin_out(self, folder: Path) -> None:
        """Let an owner's oldest photos leave where there are too many."""
        kept = sorted(_kept(folder))
        for one in kept[: max(0, len(kept) - self._most_of_an_owner)]:
            self._forget(one)

    def _make_room(self) -> None:
        """Let the oldest photos leave until a tenth of the room is free, so that not every upload has to look."""
        for one in sorted(self._all()):
            if (self._bytes or 0) <= self._most_bytes * 0.9:
                break
            self._forget(one)

    def _forget(self, one: _Kept) -> None:
        one.path.unlink(missing_ok=True)
        self._bytes = max(0, (self._bytes or 0) - one.size)

    def _seconds_left(self, written_at: float) -> float:
        return self._seconds - (self._clock() - written_at)

    def _folder_of(self, shopper_id: str, customer_id: str | None) -> Path:
        # The zero byte stands in neither id: no two owners are written alike.
        owner = f"{shopper_id}\0{customer_id or ''}"
        return self._folder / hashlib.blake2b(owner.encode(), digest_size=20).hexdigest()

    def _folders(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [path for path in self._folder.iterdir() if _FOLDER.fullmatch(path.name) and path.is_dir()]

    def _all(self) -> list[_Kept]:
        return [one for folder in self._folders() for one in _kept(folder)]

    def _sum(self) -> int:
        return sum(one.size for one in self._all())


def _kept(folder: Path) -> Iterator[_Kept]:
    for path in folder.iterdir():
        if path.suffix in (_SUFFIX, _UNFINISHED):
            found = path.stat()
            yield _Kept(found.st_mtime, found.st_size, path)
