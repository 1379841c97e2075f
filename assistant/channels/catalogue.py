"""Passes the storefront's questions about the catalogue on to the action server, which alone reads the shop."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sanic.response import HTTPResponse

from assistant.channels.action_answers import passed_on
from assistant.channels.errors import Unavailable

_PARAMETERS = re.compile(r"[\w .,&'+-]{1,100}")
_PASSED_ON = ("category", "limit", "offset", "language")


class CatalogueProxy:
    """Fetches ``GET {actions}/catalogue``."""

    def __init__(self, actions_url: str) -> None:
        self._url = f"{actions_url}/catalogue"

    async def fetch(self, arguments: Mapping[str, list[str]]) -> HTTPResponse:
        """Give the catalogue as the action server words it.

        Raises:
            Unavailable: If the action server is down, slow, or answers with anything but the catalogue.
        """
        trouble = Unavailable("catalogue_unavailable", "The catalogue cannot be shown at the moment.")
        return await passed_on("GET", self._url, trouble, params=_allowed(arguments))


def _allowed(arguments: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: arguments[name][0] for name in _PASSED_ON if name in arguments and _fits(arguments[name][0])}


def _fits(value: str) -> bool:
    return _PARAMETERS.fullmatch(value) is not None
