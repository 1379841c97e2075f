"""The action server's door for photos: `POST /photos` takes one in, `GET /photos/<id>` gives it back to its owner.

Only the web channel knocks here. Whom it speaks for is proven by the same short token as with a message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json, raw

from actions.bootstrap import Services
from actions.identity import IdentityRefusedError, proven_shopper
from actions.photo_errors import PhotoGone, PhotoRefused
from actions.photos import OWN_PHOTOS, TakenPhoto
from shop.shoppers import Shopper
from vision.errors import Refusal
from vision.images import SHOPPER_LIMITS

# Read and decoded at once; the others wait with their bytes still in the sockets.
_AT_A_TIME = 2
_STATUS: dict[str, int] = {
    Refusal.TOO_MANY_BYTES: 413,
    Refusal.TOO_MANY_PIXELS: 413,
    Refusal.NOT_AN_IMAGE: 415,
    Refusal.UNSUPPORTED: 415,
}

logger = logging.getLogger(__name__)

GetServices = Callable[[], Services]


def add_photos(app: Sanic[Any, Any], services: GetServices, keys: Sequence[str]) -> None:
    """Open the door.

    Args:
        app: the action server.
        services: gives the shop's services.
        keys: the keys that the web channel signs with, or has signed with.
    """
    turns = asyncio.Semaphore(_AT_A_TIME)

    # As a stream: without a good token nothing is read, and of a body that is too long no more than is allowed.
    @app.post("/photos", stream=True)
    async def _take(request: Request) -> HTTPResponse:
        shopper = _shopper(request, keys)
        if shopper is None:
            return _error("unauthorized", 401)
        async with turns:
            data = await _body(request)
            if data is None:
                return _refusal(Refusal.TOO_MANY_BYTES)
            return await _taken(services, shopper, data)

    @app.get("/photos/<photo_id:str>")
    async def _show(request: Request, photo_id: str) -> HTTPResponse:
        shopper = _shopper(request, keys)
        if shopper is None:
            return _error("unauthorized", 401)
        try:
            photo = await asyncio.to_thread(lambda: services().photos.show(shopper, photo_id))
        except PhotoGone:
            return _error("photo_gone", 404)
        except Exception as error:  # noqa: BLE001 - rasa-sdk would log the request, which names the photo
            return _unavailable(error)
        headers = {"Cache-Control": f"private, max-age={int(photo.seconds_left)}"}
        return raw(photo.data, content_type="image/jpeg", headers=headers)


async def _taken(services: GetServices, shopper: Shopper, data: bytes) -> HTTPResponse:
    def take() -> TakenPhoto:
        return services().photos.take(shopper, data)

    try:
        photo = await asyncio.to_thread(take)
    except PhotoRefused as refused:
        return _refusal(refused.reason)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page must hear that it can be tried again
        return _unavailable(error)
    body = {"photo_url": f"{OWN_PHOTOS}{photo.photo_id}", "width": photo.width, "height": photo.height}
    return json(body, status=201)


def _shopper(request: Request, keys: Sequence[str]) -> Shopper | None:
    try:
        return proven_shopper(request.token, keys)
    except IdentityRefusedError as error:
        logger.warning("A photo was refused: %s", error.reason)
        return None


async def _body(request: Request) -> bytes | None:
    """Read a body; None where it is too long."""
    whole = bytearray()
    body: Any = request.stream
    while (part := await body.read()) is not None:
        whole += part
        if len(whole) > SHOPPER_LIMITS.max_bytes:
            return None
    return bytes(whole)


def _refusal(reason: str) -> HTTPResponse:
    # The channel calls its own limit so, and a client need not tell the two apart.
    code = "too_large" if reason == Refusal.TOO_MANY_BYTES else reason
    return _error(f"photo_{code}", _STATUS.get(reason, 422))


def _unavailable(error: Exception) -> HTTPResponse:
    # Not its message, which would hold a photo's name.
    logger.warning("Photos cannot be kept or read: %s", type(error).__name__)
    return _error("photos_unavailable", 503)


def _error(code: str, status: int) -> HTTPResponse:
    return json({"error": {"code": code}}, status=status)
