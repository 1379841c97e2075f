"""Serves the page, the widget and the product photos: a fixed list of files, and photos by a plain name only."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sanic.request import Request
from sanic.response import HTTPResponse, empty, raw

from assistant.channels.errors import NotFound

# No slash, no leading dot: a name cannot leave the folder.
_PHOTO = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,199}\.(jpe?g|png|webp|gif)", re.IGNORECASE)
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
}
# The browser asks each time and gets a 304 unless a file changed: a new release shows at once.
_REVALIDATE = "no-cache"
_ONE_DAY = "public, max-age=86400"


@dataclass(frozen=True)
class _Loaded:
    modified: float
    etag: str
    body: bytes
    zipped: bytes


class PageFiles:
    """The page's own files, each read and compressed once and read again when it changes on disk."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = dict(files)
        self._loaded: dict[str, _Loaded] = {}

    def respond(self, request: Request, name: str) -> HTTPResponse:
        """Send one file of the list.

        Raises:
            NotFound: If the name is not in the list, or the set-up has not fetched the file yet.
        """
        loaded = self._load(name)
        headers = {"ETag": loaded.etag, "Cache-Control": _REVALIDATE}
        if request.headers.get("if-none-match") == loaded.etag:
            return empty(304, headers)
        content_type = _TYPES[self._files[name].suffix]
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return raw(loaded.body, headers=headers, content_type=content_type)
        return raw(loaded.zipped, headers={**headers, "Content-Encoding": "gzip"}, content_type=content_type)

    def _load(self, name: str) -> _Loaded:
        path = self._files.get(name)
        if path is None or not path.is_file():
            raise NotFound("not_found", f"There is no file {name!r} here.")
        modified = path.stat().st_mtime
        loaded = self._loaded.get(name)
        if loaded is None or loaded.modified != modified:
            body = path.read_bytes()
            # mtime=0 keeps the same bytes for the same file.
            zipped = gzip.compress(body, mtime=0)
            loaded = _Loaded(modified, f'"{sha256(body).hexdigest()[:20]}"', body, zipped)
            self._loaded[name] = loaded
        return loaded


class Photos:
    """Product photos from one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def respond(self, request: Request, name: str) -> HTTPResponse:
        """Send one photo.

        Raises:
            NotFound: If the name is not a photo's, or the folder holds no such file.
        """
        path = self._folder / name
        if not _PHOTO.fullmatch(name) or not path.is_file():
            raise NotFound("not_found", "There is no such photo.")
        stat = path.stat()
        headers = {"ETag": f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"', "Cache-Control": _ONE_DAY}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return empty(304, headers)
        return raw(path.read_bytes(), headers=headers, content_type=_TYPES[path.suffix.lower()])
