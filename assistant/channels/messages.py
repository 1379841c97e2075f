"""Reads what a browser sends: a message's text and the little metadata that is let through."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from sanic.request import Request

from assistant.channels.errors import BadRequest, TooLarge
from assistant.photo_address import PHOTO_ADDRESS

MAX_CHARACTERS = 2_000
# Room for 10,000 characters written as JSON escapes, so that a long message gets the answer that says what is wrong.
MAX_BODY_BYTES = 128 * 1024

_PATTERNS = {
    "locale": re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}"),
    "page": re.compile(r"[^\s\x00-\x1f]{1,500}"),
    "title": re.compile(r"[^\x00-\x1f]{1,120}"),
    "message_id": re.compile(r"[A-Za-z0-9-]{8,64}"),
    "photo_url": PHOTO_ADDRESS,
}
# Marks that turn the direction of text around can make a message read as something else.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class IncomingMessage:
    """One message of a shopper, cleaned.

    Attributes:
        text: What was typed, or the payload of a button.
        metadata: `locale`, `page` (where it was written), `title` (what the shopper saw on the button) and `photo_url`
            (of the photo that comes with it).
        message_id: Made by the widget: sending the same id again gives the same answer instead of a second turn.
    """

    text: str
    metadata: dict[str, str]
    message_id: str | None = None


async def read_body(request: Request) -> bytes:
    """Read a request body, never keeping more than `MAX_BODY_BYTES` of it.

    Raises:
        TooLarge: If it is longer than that.
    """
    chunks: list[bytes] = []
    size = 0
    while (chunk := await request.stream.read()) is not None:
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise _too_long()
        chunks.append(chunk)
    return b"".join(chunks)


async def read_json(request: Request) -> dict[str, Any]:
    """Read a JSON object from a request body, never keeping more than `MAX_BODY_BYTES` of it.

    Raises:
        TooLarge: If the body is longer than that.
        BadRequest: If it is not a JSON object.
    """
    body = await read_body(request)
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("not_json", "The body must be a JSON object.") from None
    if not isinstance(content, dict):
        raise BadRequest("not_json", "The body must be a JSON object.")
    return content


async def read_message(request: Request) -> IncomingMessage:
    """Read and clean a shopper's message.

    Raises:
        TooLarge: If the text has more than `MAX_CHARACTERS` characters.
        BadRequest: If the text is missing, empty or not a string.
    """
    content = await read_json(request)
    text = content.get("text")
    if not isinstance(text, str):
        raise BadRequest("text_missing", "'text' must be a string.")
    if len(text) > MAX_CHARACTERS:
        raise _too_long()
    cleaned = clean_text(text)
    if not cleaned:
        raise BadRequest("message_empty", "'text' holds nothing to read.")
    metadata = clean_metadata(content.get("metadata"))
    return IncomingMessage(cleaned, metadata, metadata.pop("message_id", None))


def clean_text(text: str) -> str:
    """Take out control characters, direction marks and half characters; keep emoji, line breaks and HTML as text."""
    kept = (" " if character == "\t" else character for character in text if _is_readable(character))
    return "".join(kept).encode("utf-8", "replace").decode("utf-8").strip()


def clean_metadata(metadata: object) -> dict[str, str]:
    """Keep the values of a client's metadata that have a known name and form, and drop the rest."""
    if not isinstance(metadata, dict):
        return {}
    return {
        name: metadata[name]
        for name, pattern in _PATTERNS.items()
        if isinstance(metadata.get(name), str) and pattern.fullmatch(metadata[name])
    }


def _is_readable(character: str) -> bool:
    return character in "\n\t" or (unicodedata.category(character) != "Cc" and character not in _BIDI_CONTROLS)


def _too_long() -> TooLarge:
    message = f"A message may have at most {MAX_CHARACTERS} characters."
    return TooLarge("message_too_long", message, limit=MAX_CHARACTERS)
