"""What the web channel refuses, and how a client reads it.

ChannelError
├── BadRequest            400
├── Unauthorized          401
├── NotFound              404
├── MethodNotAllowed      405, with Allow
├── TooSlow               408
├── Conflict              409
├── TooLarge              413
├── UnsupportedMedia      415
├── Unprocessable         422
├── TooMany               429, with Retry-After
└── Unavailable           503

Each becomes ``{"error": {"code", "message"}}``. The code is for programs (the widget words it from
``widget/strings``); the message is for the developer who reads the answer.
"""

from __future__ import annotations

import math
import traceback
from typing import Any, ClassVar

from sanic.response import HTTPResponse, json


class ChannelError(Exception):
    """A request that the channel refuses."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    def headers(self) -> dict[str, str]:
        """Give the HTTP headers that go with the refusal."""
        return {}

    def response(self) -> HTTPResponse:
        """Put the refusal in the one form that clients know."""
        body = {"error": {"code": self.code, "message": self.message, **self.details}}
        return json(body, status=self.status, headers=self.headers())


class BadRequest(ChannelError):
    """A request whose form is wrong."""

    status = 400


class Unauthorized(ChannelError):
    """A session token that is missing, forged, foreign or expired."""

    status = 401

    def headers(self) -> dict[str, str]:
        """Name the scheme, as RFC 6750 asks."""
        return {"WWW-Authenticate": "Bearer"}


class NotFound(ChannelError):
    """A page, a file or a door that is not there."""

    status = 404


class MethodNotAllowed(ChannelError):
    """A page asked for in a way that it does not know."""

    status = 405

    def __init__(self, allowed: str) -> None:
        super().__init__("method_not_allowed", f"This page answers {allowed} only.")
        self.allowed = allowed

    def headers(self) -> dict[str, str]:
        """Name what it does know."""
        return {"Allow": self.allowed}


class TooSlow(ChannelError):
    """A body that takes too long to arrive."""

    status = 408


class Conflict(ChannelError):
    """A request that contradicts what the session already is."""

    status = 409


class TooLarge(ChannelError):
    """A message or a photo larger than the assistant reads."""

    status = 413


class UnsupportedMedia(ChannelError):
    """A file of a kind that the assistant does not read."""

    status = 415


class Unprocessable(ChannelError):
    """A file of the right kind that cannot be used."""

    status = 422


class TooMany(ChannelError):
    """A client that asks faster than the limits allow."""

    status = 429

    def __init__(self, code: str, message: str, retry_after: float) -> None:
        super().__init__(code, message)
        self.retry_after = max(1, math.ceil(retry_after))

    def headers(self) -> dict[str, str]:
        """Say when to come back."""
        return {"Retry-After": str(self.retry_after)}


class Unavailable(ChannelError):
    """A part of the assistant that does not answer now."""

    status = 503


def trace_of(error: BaseException) -> str:
    """Tell of what kind an exception and its causes are and where they were raised, for the log.

    Their messages are left out, because they may hold an address or the shopper's words.
    """
    cause = error.__cause__ or error.__context__
    earlier = trace_of(cause) if cause else ""
    return f"{earlier}{''.join(traceback.format_tb(error.__traceback__))}{type(error).__name__}\n"
