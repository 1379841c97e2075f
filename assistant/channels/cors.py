"""Says which other sites may call the channel from a browser, and answers their preflight questions."""

from __future__ import annotations

from sanic.request import Request
from sanic.response import HTTPResponse, empty

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}


class CrossOrigin:
    """Lets the listed origins in and no other; sessions travel in a header, so cookies are never allowed."""

    def __init__(self, origins: frozenset[str]) -> None:
        self._origins = origins

    def answer_preflight(self, request: Request) -> HTTPResponse:
        """Answer OPTIONS: empty, with the permissions only for a listed origin."""
        response = empty(204)
        self.permit(request, response)
        if "Access-Control-Allow-Origin" in response.headers:
            response.headers.update(_PREFLIGHT)
        return response

    def permit(self, request: Request, response: HTTPResponse) -> None:
        """Put the permission on a response; the answer depends on the origin, which caches must know."""
        origin = request.headers.get("origin")
        response.headers["Vary"] = "Origin, Accept-Encoding"
        if origin is not None and origin.lower() in self._origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
