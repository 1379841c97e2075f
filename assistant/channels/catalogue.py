"""Passes the storefront's questions about the catalogue on to the action server, which alone reads the shop."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping

import aiohttp
from sanic.response import HTTPResponse, raw

from assistant.channels.errors import Unavailable

logger = logging.getLogger(__name__)

CATALOGUE_SECONDS = 3.0

_PARAMETERS = re.compile(r"[\w .,&'+-]{1,100}")
_PASSED_ON = ("category", "limit", "offset")


class CatalogueProxy:
    """Fetches ``GET {actions}/catalogue``."""

    def __init__(self, actions_url: str) -> None:
        self._url = f"{actions_url}/catalogue"

    async def fetch(self, arguments: Mapping[str, list[str]]) -> HTTPResponse:
        """Give the catalogue as the action server words it.

        Raises:
            Unavailable: If the action server is down, slow, or answers with anything but the catalogue.
        """
        try:
            body = await self._get(_allowed(arguments))
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            logger.warning("The catalogue cannot be fetched from %s: %r", self._url, error)
            raise Unavailable("catalogue_unavailable", "The catalogue cannot be shown at the moment.") from None
        return raw(body, content_type="application/json", headers={"Cache-Control": "no-store"})

    async def _get(self, parameters: dict[str, str]) -> bytes:
        timeout = aiohttp.ClientTimeout(total=CATALOGUE_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as client,
            client.get(self._url, params=parameters) as response,
        ):
            return await response.read()


def _allowed(arguments: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: arguments[name][0] for name in _PASSED_ON if name in arguments and _fits(arguments[name][0])}


def _fits(value: str) -> bool:
    return _PARAMETERS.fullmatch(value) is not None
