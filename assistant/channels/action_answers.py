"""Asks the action server for something that is no action, and passes its answer on as it is."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
from sanic.response import HTTPResponse, raw

from assistant.channels.errors import Unavailable

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 3.0


async def passed_on(method: str, url: str, trouble: Unavailable, **options: Any) -> HTTPResponse:
    """Give the JSON that the action server answers.

    Args:
        method: GET or POST.
        url: Where it answers.
        trouble: What is raised when it does not.
        **options: Parameters, headers or a body, as aiohttp takes them.

    Raises:
        Unavailable: If the action server is down, slow, or answers with a refusal.
    """
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as client,
            client.request(method, url, **options) as response,
        ):
            body = await response.read()
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        # Not its repr, which holds the headers that were sent, and so the shopper's token.
        logger.warning("%s does not answer: %s %s", url, type(error).__name__, error)
        raise trouble from None
    return raw(body, content_type="application/json", headers={"Cache-Control": "no-store"})
