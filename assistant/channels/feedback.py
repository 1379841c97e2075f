"""Passes thumbs on to the action server's door: what a shopper thinks of a reply is no message, and asks for none."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

import aiohttp
from sanic.response import HTTPResponse, raw

from assistant.channels.action_answers import ANSWER_SECONDS, passed_on
from assistant.channels.errors import BadRequest, NotFound, Unavailable
from assistant.channels.tokens import Session, Tokens

REPLY_ID = re.compile(r"[A-Za-z0-9_-]{16,40}")
_THUMBS = ("up", "down")

logger = logging.getLogger(__name__)


class FeedbackProxy:
    """Asks the door for one shopper, who is proven by the same short token as with a message.

    Args:
        actions_url: where the action server answers.
        tokens: sign that token.
    """

    def __init__(self, actions_url: str, tokens: Tokens) -> None:
        self._url = f"{actions_url}/feedback"
        self._tokens = tokens

    async def take(self, session: Session, asked: dict[str, Any]) -> HTTPResponse:
        """Take a thumb; the same one again changes nothing.

        Args:
            session: Whose thumb it is.
            asked: The `reply`, by the id that came with it, and the `thumb`: "up" or "down".

        Raises:
            BadRequest: If it is no thumb.
            NotFound: If this shopper got no such reply, or it is no longer kept.
            Unavailable: If the action server is down, slow, or cannot keep it.
        """
        reply_id, thumb = asked.get("reply"), asked.get("thumb")
        if not isinstance(reply_id, str) or thumb not in _THUMBS:
            raise BadRequest("feedback_invalid", "'reply' must be a reply's id, and 'thumb' be 'up' or 'down'.")
        gone = NotFound("feedback_gone", "There is no such reply, or it can no longer be judged.")
        if not REPLY_ID.fullmatch(reply_id):
            raise gone
        status, body = await self._asked(session, {"reply": reply_id, "thumb": thumb})
        if status == 404:
            raise gone
        if status != 200:
            raise _unavailable()
        return raw(body, content_type="application/json", headers={"Cache-Control": "no-store"})

    async def show(self, session: Session) -> HTTPResponse:
        """Give the thumb of each reply that this shopper has judged, by its id.

        Raises:
            Unavailable: If the action server is down, slow, or refuses.
        """
        return await passed_on("GET", self._url, _unavailable(), headers=self._headers(session))

    async def _asked(self, session: Session, asked: dict[str, str]) -> tuple[int, bytes]:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as client,
                client.post(self._url, headers=self._headers(session), json=asked) as answer,
            ):
                return answer.status, await answer.read()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            logger.warning("%s does not answer: %s", self._url, type(error).__name__)
            raise _unavailable() from None

    def _headers(self, session: Session) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens.sign_identity(session)}"}


def _unavailable() -> Unavailable:
    return Unavailable("feedback_unavailable", "What you think of a reply cannot be kept at the moment.")
