"""The action server's door for thumbs: `POST /feedback` takes one, `GET /feedback` gives those of a conversation.

Only the web channel knocks here, and not as a message: a thumb is no turn of the conversation, asks nothing, and leaves
a form or a question that waits as it is. Whom it speaks for is proven by the same short token as with a message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from actions.bootstrap import Services
from actions.identity import IdentityRefusedError, proven_shopper
from actions.settings import Settings
from shop.errors import InvalidThumb, ReplyNotFound, ShopError
from shop.shoppers import Shopper

logger = logging.getLogger(__name__)

GetServices = Callable[[], Services]


def add_feedback(app: Sanic[Any, Any], services: GetServices, settings: Settings) -> None:
    """Open the door.

    Args:
        app: the action server.
        services: gives the shop's services.
        settings: the keys that the web channel signs with, and how long an answer may take.
    """

    @app.post("/feedback")
    async def _take_thumb(request: Request) -> HTTPResponse:
        body = request.json
        asked = body if isinstance(body, dict) else {}
        reply_id, thumb = asked.get("reply"), asked.get("thumb")
        if not isinstance(reply_id, str) or not isinstance(thumb, str):
            return _error("feedback_invalid", 400)

        def judge(shopper: Shopper) -> HTTPResponse:
            services().given_replies.judge(shopper, reply_id, thumb)
            return json({"reply": reply_id, "thumb": thumb})

        return await _answered(request, judge, settings)

    @app.get("/feedback")
    async def _show_thumbs(request: Request) -> HTTPResponse:
        return await _answered(request, lambda shopper: json(services().given_replies.judged(shopper)), settings)


async def _answered(request: Request, answer: Callable[[Shopper], HTTPResponse], settings: Settings) -> HTTPResponse:
    """Answer whoever a token proves, within the deadline and whatever happens."""
    try:
        shopper = proven_shopper(request.token, settings.keys)
        return await asyncio.wait_for(asyncio.to_thread(answer, shopper), settings.deadline_s)
    except IdentityRefusedError as error:
        logger.warning("A thumb was refused: %s", error.reason)
        return _error("unauthorized", 401)
    except ReplyNotFound:
        return _error("feedback_gone", 404)
    except InvalidThumb:
        return _error("feedback_invalid", 400)
    except (ShopError, TimeoutError) as error:
        logger.warning("Thumbs cannot be kept or read: %s", type(error).__name__)
        return _error("feedback_unavailable", 503)


def _error(code: str, status: int) -> HTTPResponse:
    return json({"error": {"code": code}}, status=status)
