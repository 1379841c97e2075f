"""Answers line by line: each message of a turn is sent when it is said, as one line of JSON.

A client asks for it with ``Accept: application/x-ndjson``. Until the first message there is nothing on the way, so that
a refusal has its status as ever; one that comes later is the last line, with the key ``error``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

from sanic.request import Request

from assistant.channels.errors import ChannelError, trace_of

NDJSON = "application/x-ndjson"

logger = logging.getLogger(__name__)


def wants_lines(request: Request) -> bool:
    """Tell whether a client asks for an answer line by line."""
    return NDJSON in request.headers.get("accept", "")


async def send_lines(request: Request, messages: AsyncIterator[dict[str, Any]]) -> None:
    """Send each message when it comes.

    Args:
        request: What is answered.
        messages: Of one turn; the turn goes on where the client goes away.

    Raises:
        ChannelError: If there is a refusal instead of a first message.
    """
    first = await messages.__anext__()
    # A proxy that gathers what it passes on would take the point away.
    response = await request.respond(
        content_type=NDJSON, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    await response.send(_line(first))
    try:
        async for message in messages:
            await response.send(_line(message))
    except ChannelError as error:
        await response.send(_line({"error": {"code": error.code, "message": error.message, **error.details}}))
    except Exception as error:  # noqa: BLE001 - the status is sent: only a line can still tell of it
        logger.error("An answer broke off.\n%s", trace_of(error))
        await response.send(_line({"error": {"code": "internal", "message": "Something went wrong on our side."}}))
    await response.eof()


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"
