"""Reads an uploaded photo: as it arrives, never more than may be kept, and not for longer than a slow phone needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from sanic.request import Request

from assistant.channels.errors import BadRequest, TooLarge, TooSlow, UnsupportedMedia

MAX_PHOTO_BYTES = 10 * 1024 * 1024
# What a form may hold beside the photo: its lines, and a small field or two.
_FORM_BYTES = 64 * 1024
_FIELD = b"photo"


class _Reading(Protocol):
    """Takes a body in as it arrives."""

    def write(self, part: bytes) -> None:
        """Take the next bytes."""

    def end(self) -> bytes:
        """Give the photo, where all has arrived."""


async def read_photo(request: Request, seconds: float) -> bytes:
    """Read the photo of a form's field `photo`, or a body that is one.

    What the client calls the file, or says that it is, is not looked at: its content decides, and elsewhere.

    Args:
        request: whose body is read as a stream.
        seconds: for all of it.

    Raises:
        UnsupportedMedia: the body is neither a form nor an image.
        TooLarge: it is longer than a photo may be.
        TooSlow: it did not arrive in time; the connection ends with the answer.
        BadRequest: there is no photo in it, or several, or the form is broken.
    """
    reading = _reading_of(request.headers.get("content-type", ""))
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MAX_PHOTO_BYTES + _FORM_BYTES:
        raise _too_large()
    try:
        await asyncio.wait_for(_receive(request.stream.read, reading), seconds)
    except asyncio.TimeoutError:
        # Otherwise the rest of the body would be waited for.
        request.stream.request_body = None
        request.stream.keep_alive = False
        raise TooSlow("photo_too_slow", f"A photo must arrive within {seconds:g} seconds.") from None
    photo = reading.end()
    if not photo:
        raise _missing()
    return photo


async def _receive(read: Callable[[], Awaitable[bytes | None]], reading: _Reading) -> None:
    size = 0
    while (part := await read()) is not None:
        size += len(part)
        if size > MAX_PHOTO_BYTES + _FORM_BYTES:
            raise _too_large()
        reading.write(part)


def _reading_of(content_type: str) -> _Reading:
    kind, options = parse_options_header(content_type)
    if kind == b"multipart/form-data":
        return _Form(options.get(b"boundary", b""))
    if kind.startswith(b"image/") or kind == b"application/octet-stream":
        return _Raw()
    message = "Send the photo as the field 'photo' of multipart/form-data, or as a body of type image/*."
    raise UnsupportedMedia("photo_unsupported", message)


class _Raw:
    """A body that is the photo."""

    def __init__(self) -> None:
        self._photo = bytearray()

    def write(self, part: bytes) -> None:
        self._photo += part
        if len(self._photo) > MAX_PHOTO_BYTES:
            raise _too_large()

    def end(self) -> bytes:
        return bytes(self._photo)


class _Form(_Raw):
    """A form whose one file field holds the photo; the bytes of other fields are let go at once."""

    def __init__(self, boundary: bytes) -> None:
        super().__init__()
        self._name, self._value = bytearray(), bytearray()
        self._in_photo = False
        self._photos = 0
        self._complete = False
        if not 0 < len(boundary) <= 200:
            raise _broken()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_begin": self._begin_header,
                "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_part_data": self._take,
                "on_end": self._finish,
            },
        )

    def write(self, part: bytes) -> None:
        try:
            self._parser.write(part)
        except FormParserError:
            raise _broken() from None

    def end(self) -> bytes:
        if not self._complete:
            raise _broken()
        return super().end()

    def _begin_part(self) -> None:
        self._in_photo = False

    def _begin_header(self) -> None:
        self._name.clear()
        self._value.clear()

    def _end_header(self) -> None:
        if self._name.lower() != b"content-disposition":
            return
        _, options = parse_options_header(bytes(self._value))
        self._in_photo = options.get(b"name") == _FIELD
        self._photos += self._in_photo
        if self._photos > 1:
            raise BadRequest("photo_missing", "Send one photo at a time.")

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._in_photo:
            super().write(data[start:end])

    def _finish(self) -> None:
        self._complete = True


def _too_large() -> TooLarge:
    return TooLarge("photo_too_large", "A photo may have at most 10 MB.", limit=MAX_PHOTO_BYTES)


def _missing() -> BadRequest:
    return BadRequest("photo_missing", "There is no photo in the request: send it as the field 'photo'.")


def _broken() -> BadRequest:
    return BadRequest("photo_missing", "The form cannot be read: it is cut short, or not multipart/form-data.")
