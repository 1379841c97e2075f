"""Takes shoppers' photos, and shows each to its own shopper: the action server reads, keeps and deletes them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
from sanic.request import Request
from sanic.response import HTTPResponse, raw

from assistant.channels.errors import (
    ChannelError,
    NotFound,
    TooLarge,
    TooMany,
    Unavailable,
    Unprocessable,
    UnsupportedMedia,
)
from assistant.channels.photo_body import read_photo
from assistant.channels.tokens import Session, Tokens
from assistant.photo_address import PHOTO_ID

# A photo of 50 million pixels takes seconds to decode.
ANSWER_SECONDS = 10.0
# Each of them is held in memory: at most 240 MB in all, of which one address has a part.
MOST_UPLOADS = 24
MOST_UPLOADS_OF_AN_ADDRESS = 6

_REFUSALS: dict[int, type[ChannelError]] = {413: TooLarge, 415: UnsupportedMedia, 422: Unprocessable}

logger = logging.getLogger(__name__)


class UploadPlaces:
    """Counts the uploads on their way, so that memory stays bounded however many come at once."""

    def __init__(self, most: int = MOST_UPLOADS, most_of_an_address: int = MOST_UPLOADS_OF_AN_ADDRESS) -> None:
        self._most = most
        self._most_of_an_address = most_of_an_address
        self._taken: Counter[str] = Counter()

    @contextmanager
    def place(self, address: str) -> Iterator[None]:
        """Hold a place while a photo is read and passed on.

        Raises:
            TooMany: the address has as many on their way as it may.
            Unavailable: all places are taken.
        """
        if self._taken[address] >= self._most_of_an_address:
            raise TooMany("too_many_requests", "Too many photos at once; wait a moment.", retry_after=2)
        if self._taken.total() >= self._most:
            raise Unavailable("photos_unavailable", "Too many photos are on their way.")
        self._taken[address] += 1
        try:
            yield
        finally:
            self._taken -= Counter([address])


class ShopperPhotos:
    """Passes photos on to the action server's door, where the shopper is proven by the same token as with a message.

    Args:
        actions_url: where the action server answers.
        tokens: sign that token.
        seconds: for how long an upload may take.
    """

    def __init__(self, actions_url: str, tokens: Tokens, seconds: float) -> None:
        self._url = f"{actions_url}/photos"
        self._tokens = tokens
        self._seconds = seconds
        self._places = UploadPlaces()

    async def take(self, request: Request, session: Session, address: str) -> HTTPResponse:
        """Take a photo in; give its address and size.

        Raises:
            ChannelError: it is too large, too slow, no photo, or cannot be taken now.
        """
        with self._places.place(address):
            photo = await read_photo(request, self._seconds)
            headers = {"Content-Type": "application/octet-stream"}
            status, body, _ = await self._asked("POST", self._url, session, headers=headers, data=photo)
        if status != 201:
            raise _refusal(status, body)
        return raw(body, status=201, content_type="application/json", headers={"Cache-Control": "no-store"})

    async def show(self, session: Session, photo_id: str) -> HTTPResponse:
        """Show a photo to the shopper who has sent it.

        Raises:
            NotFound: there is none, it is no longer kept, or it is another's: the answer is the same.
            Unavailable: the action server does not answer.
        """
        gone = NotFound("photo_gone", "There is no such photo, or it is no longer kept.")
        if not PHOTO_ID.fullmatch(photo_id):
            raise gone
        status, body, cached = await self._asked("GET", f"{self._url}/{photo_id}", session)
        if status == 404:
            raise gone
        if status != 200:
            raise _unavailable()
        headers = {"Cache-Control": cached or "no-store", "Content-Disposition": "inline"}
        return raw(body, content_type="image/jpeg", headers=headers)

    async def _asked(
        self, method: str, url: str, session: Session, headers: dict[str, str] | None = None, **options: Any
    ) -> tuple[int, bytes, str | None]:
        sent = {"Authorization": f"Bearer {self._tokens.sign_identity(session)}", **(headers or {})}
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as client,
                client.request(method, url, headers=sent, **options) as answer,
            ):
                return answer.status, await answer.read(), answer.headers.get("Cache-Control")
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            # Its message may hold the photo's name.
            logger.warning("%s does not answer: %s", self._url, type(error).__name__)
            raise _unavailable() from None


def _refusal(status: int, body: bytes) -> ChannelError:
    """Put a refusal of the action server's into the channel's form; what is none of a photo's is trouble of ours."""
    kind, code = _REFUSALS.get(status), _code_in(body)
    if kind is None or code is None:
        logger.warning("The action server answered a photo with %s", status)
        return _unavailable()
    return kind(code, "This file cannot be used as a photo.")


def _code_in(body: bytes) -> str | None:
    try:
        code = json.loads(body)["error"]["code"]
    except (ValueError, LookupError, TypeError):
        return None
    return code if isinstance(code, str) else None


def _unavailable() -> Unavailable:
    return Unavailable("photos_unavailable", "Photos cannot be taken or shown at the moment.")
