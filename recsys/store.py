"""Keeps the recommender that is in service, and takes up a new one without a restart."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from recsys.errors import ArtifactDamaged, RecsysError
from recsys.in_service import POINTER, folder_of, read_in_service

if TYPE_CHECKING:
    from recsys.recommender import Recommender

logger = logging.getLogger(__name__)

RETRY_SECONDS = 30.0
"""After that time a model that was refused is looked at again: somebody may have repaired it in place."""

Stamp = tuple[int, int, int] | None
"""Inode, time and size of the file that names the model in service: another file has another stamp."""


def load_recommender(folder: Path) -> Recommender:
    """Read a recommender from the folder of its version."""
    from recsys.recommender import Recommender  # Whoever only publishes needs no code that serves.

    return Recommender.load(folder)


class RecommenderStore:
    """Gives the recommender in service; safe to use from many threads.

    Asking costs one look at a file's time. Where the file has changed, one caller loads the new model while all others
    go on with the old one; only the very first model is waited for by all.
    """

    def __init__(
        self,
        root: Path,
        load: Callable[[Path], Recommender] = load_recommender,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Name the folder of models; nothing is read yet.

        Args:
            root: The folder, as `recsys.publish` keeps it.
            load: Reads one version.
            clock: Seconds, for the time after which a refused model is looked at again.
        """
        self._root = root
        self._load = load
        self._clock = clock
        self._loading = Lock()
        self._served: Recommender | None = None
        self._seen: Stamp = None
        self._trouble: RecsysError | None = None
        self._told = ""
        self._retry_at = 0.0

    def current(self) -> Recommender:
        """Give the recommender in service.

        A new one that cannot be used is refused and logged once, and the old one stays. Where there is no old one, the
        version before it is tried.

        Raises:
            ArtifactError: None is published, or none can be used.
        """
        served = self._served
        if served is not None and not self._stale():
            return served
        # The first model is waited for; later ones are loaded by whoever comes first, beside the old one.
        if self._loading.acquire(blocking=served is None):
            try:
                if self._stale():
                    self._take_up()
            finally:
                self._loading.release()
        if self._served is None:
            raise self._trouble or ArtifactDamaged(self._root / POINTER, "no recommender is published")
        return self._served

    def _stale(self) -> bool:
        changed = _stamp(self._root) != self._seen
        return changed or (self._trouble is not None and self._clock() >= self._retry_at)

    def _take_up(self) -> None:
        """Load what is in service now; where that fails, keep what there is and remember why."""
        stamp, self._trouble = _stamp(self._root), None
        try:
            self._served = self._loaded()
        except RecsysError as error:
            kept = self._served
            self._refuse(error, "nothing is served" if kept is None else f"version {kept.version} stays in service")
        if self._trouble is None:
            self._told = ""
        self._seen = stamp

    def _loaded(self) -> Recommender:
        """Read the version in service; one that is pruned while it is read has a newer one in its place."""
        while True:
            stamp = _stamp(self._root)
            now = read_in_service(self._root)
            if now is None:
                raise ArtifactDamaged(self._root / POINTER, "no recommender is published")
            try:
                return self._read(now.version)
            except RecsysError as error:
                if _stamp(self._root) != stamp:
                    continue
                if self._served is not None or now.previous is None:
                    raise
                before = self._read(now.previous)
                self._refuse(error, f"version {now.previous} is served instead")
                return before

    def _read(self, version: str) -> Recommender:
        """Read one version; a file that goes away while it is read is a damaged model like any other."""
        try:
            return self._load(folder_of(self._root, version))
        except OSError as error:
            raise ArtifactDamaged(folder_of(self._root, version), f"cannot be read ({error})") from error

    def _refuse(self, error: RecsysError, consequence: str) -> None:
        self._trouble = error
        self._retry_at = self._clock() + RETRY_SECONDS
        if str(error) != self._told:
            logger.error("The recommender in %s is refused, %s: %s", self._root, consequence, error)
        self._told = str(error)


def _stamp(root: Path) -> Stamp:
    try:
        found = (root / POINTER).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
