"""The one public door: sessions, messages, thumbs, photos, history, catalogue and the demo page, below /webhooks/web.

Rasa loads `WebInput` by its path in `credentials.yml`. Shopper ids come only from tokens that this channel signed; a
client's own idea of who it is is never read.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.exceptions import MethodNotSupported, SanicException
from sanic.exceptions import NotFound as NoSuchRoute
from sanic.request import Request
from sanic.response import HTTPResponse, json, redirect
from sanic_cors.core import SANIC_CORS_EVALUATED

from assistant.channels import action_guard, several
from assistant.channels.catalogue import CatalogueProxy
from assistant.channels.cors import CrossOrigin
from assistant.channels.errors import (
    BadRequest,
    ChannelError,
    Conflict,
    MethodNotAllowed,
    NotFound,
    Unavailable,
    trace_of,
)
from assistant.channels.feedback import FeedbackProxy
from assistant.channels.files import PageFiles, Photos
from assistant.channels.for_you import ForYouProxy
from assistant.channels.history import read_history
from assistant.channels.limits import RateLimit
from assistant.channels.messages import MAX_CHARACTERS, read_body, read_json, read_message
from assistant.channels.photos import ShopperPhotos
from assistant.channels.settings import WebSettings
from assistant.channels.streams import send_lines, wants_lines
from assistant.channels.tokens import Session, Tokens, is_demo_customer_id
from assistant.channels.turns import CHANNEL, Turns

logger = logging.getLogger(__name__)

PREFIX = f"/webhooks/{CHANNEL}"
# Whole offices share an address; together they may write as much as so many shoppers who never pause.
SHOPPERS_AT_AN_ADDRESS = 5
# Scripts and styles only from this server; photos may come from a shop's own image host.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class WebInput(InputChannel):
    """Rasa's input channel for browsers."""

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings
        self._tokens = Tokens(settings.secret, settings.old_secrets)
        self._cross_origin = CrossOrigin(settings.allowed_origins)
        self._catalogue = CatalogueProxy(settings.actions_url)
        self._for_you = ForYouProxy(settings.actions_url, self._tokens)
        self._feedback = FeedbackProxy(settings.actions_url, self._tokens)
        self._files = PageFiles(page_files(settings))
        self._photos = Photos(settings.images)
        self._shopper_photos = ShopperPhotos(settings.actions_url, self._tokens, settings.photo_seconds)
        self._message_limit = RateLimit(settings.message_rate)
        self._session_limit = RateLimit(settings.session_rate)
        # A session is cheap to get: one address with many sessions has a limit too.
        self._address_limit = RateLimit(settings.message_rate.times(SHOPPERS_AT_AN_ADDRESS))
        self._sign_in_limit = RateLimit(settings.session_rate)
        self._read_limit = RateLimit(settings.read_rate)
        self._photo_limit = RateLimit(settings.photo_rate)
        self._photo_address_limit = RateLimit(settings.photo_rate.times(SHOPPERS_AT_AN_ADDRESS))

    @classmethod
    def name(cls) -> str:
        """Give the channel's name, which is also its part of the path."""
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> WebInput:
        """Build the channel from the environment; `credentials.yml` only names it, and holds no secret."""
        return cls(WebSettings.from_environment())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Give Rasa the routes of this channel."""
        action_guard.install()
        several.install()
        turns = Turns(on_new_message, self._tokens)
        routes = Blueprint("daogou_web")
        self._add_sessions(routes)
        self._add_conversation(routes, turns)
        self._add_feedback(routes)
        self._add_shopper_photos(routes)
        self._add_shop(routes)
        self._add_pages(routes)
        self._add_manners(routes)
        return routes

    def _add_sessions(self, routes: Blueprint) -> None:
        # Read as a stream, because Sanic would otherwise keep up to 100 MB of a body that nothing looks at.
        @routes.post("/sessions", stream=True)
        async def begin_session(request: Request) -> HTTPResponse:
            self._session_limit.spend(_address(request))
            await read_body(request)
            return json(self._tokens.sign_session(Session.begin()).as_dict(), status=201)

        @routes.post("/demo-sign-in", stream=True)
        async def sign_in(request: Request) -> HTTPResponse:
            if not self._settings.demo:
                raise NotFound("not_found", "There is no such page.")
            session = self._session(request)
            self._sign_in_limit.spend(_address(request))
            customer = (await read_json(request)).get("customer")
            # Where demo mode was left on in a shop with real customers, none of their accounts can be entered.
            if not is_demo_customer_id(customer):
                raise BadRequest("customer_invalid", "'customer' must be the id of one of the demo's customers.")
            if session.customer not in (None, customer):
                raise Conflict("already_signed_in", "This session belongs to another customer; begin a new one.")
            return json(self._tokens.sign_session(Session(session.shopper_id, customer)).as_dict())

    def _add_conversation(self, routes: Blueprint, turns: Turns) -> None:
        @routes.post("/messages", stream=True)
        async def answer_message(request: Request) -> HTTPResponse | None:
            session = self._session(request)
            self._message_limit.spend(session.shopper_id)
            self._address_limit.spend(_address(request))
            message = await read_message(request)
            if wants_lines(request):
                return await send_lines(request, turns.stream(_agent(request), session, message))
            return json(await turns.answer(_agent(request), session, message))

        @routes.get("/history")
        async def show_history(request: Request) -> HTTPResponse:
            session = self._session(request)
            self._read_limit.spend(session.shopper_id)
            return json(await read_history(_agent(request).tracker_store, session, self._tokens))

    def _add_feedback(self, routes: Blueprint) -> None:
        @routes.post("/feedback", stream=True)
        async def take_thumb(request: Request) -> HTTPResponse:
            session = self._session(request)
            self._message_limit.spend(session.shopper_id)
            self._address_limit.spend(_address(request))
            return await self._feedback.take(session, await read_json(request))

        @routes.get("/feedback")
        async def show_thumbs(request: Request) -> HTTPResponse:
            session = self._session(request)
            self._read_limit.spend(session.shopper_id)
            return await self._feedback.show(session)

    def _add_shopper_photos(self, routes: Blueprint) -> None:
        @routes.post("/photos", stream=True)
        async def take_photo(request: Request) -> HTTPResponse:
            session = self._session(request)
            self._photo_limit.spend(session.shopper_id)
            self._photo_address_limit.spend(_address(request))
            return await self._shopper_photos.take(request, session, _address(request))

        @routes.get("/photos/<photo_id:str>")
        async def show_own_photo(request: Request, photo_id: str) -> HTTPResponse:
            session = self._session(request)
            self._read_limit.spend(session.shopper_id)
            return await self._shopper_photos.show(session, photo_id)

    def _add_shop(self, routes: Blueprint) -> None:
        @routes.get("/catalogue")
        async def show_catalogue(request: Request) -> HTTPResponse:
            self._read_limit.spend(_address(request))
            return await self._catalogue.fetch(request.args)

        @routes.get("/for-you")
        async def show_for_you(request: Request) -> HTTPResponse:
            session = self._session(request)
            self._read_limit.spend(session.shopper_id)
            return await self._for_you.fetch(_agent(request).tracker_store, session, request.args.get("language"))

        @routes.get("/images/<name:str>")
        async def show_photo(request: Request, name: str) -> HTTPResponse:
            return self._photos.respond(request, unquote(name))

        @routes.get("/settings")
        async def show_settings(request: Request) -> HTTPResponse:
            return json({"demo": self._settings.demo, "max_characters": MAX_CHARACTERS})

        @routes.get("/health")
        async def show_health(request: Request) -> HTTPResponse:
            if not _agent(request).is_ready():
                raise Unavailable("not_ready", "The assistant is still starting.")
            return json({"status": "ok"})

    def _add_pages(self, routes: Blueprint) -> None:
        @routes.get("/")
        async def show_storefront(request: Request) -> HTTPResponse:
            response = self._files.respond(request, "index.html")
            response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
            return response

        @routes.get("/widget.js")
        async def show_widget(request: Request) -> HTTPResponse:
            return self._files.respond(request, "daogou-widget.js")

        @routes.get("/static/<name:path>")
        async def show_file(request: Request, name: str) -> HTTPResponse:
            return self._files.respond(request, name)

    def _add_manners(self, routes: Blueprint) -> None:
        @routes.middleware("response")
        async def add_headers(request: Request, response: HTTPResponse) -> None:
            self._complete(request, response)

        @routes.exception(Exception)
        async def explain(request: Request, error: Exception) -> HTTPResponse:
            return _refusal(error)

        @routes.listener("before_server_start")
        async def greet_at_the_root(app: Sanic, _: Any) -> None:
            # First in line: Rasa's own CORS layer would answer every OPTIONS request, and its root page "/".
            app.request_middleware.appendleft(self._receive)
            for kind in (NoSuchRoute, MethodNotSupported):
                app.error_handler.add(kind, explain_no_route)

        async def explain_no_route(request: Request, error: SanicException) -> HTTPResponse:
            # Such a request belongs to no channel: what is not below the prefix is answered as Rasa does.
            if not request.path.startswith(f"{PREFIX}/"):
                return request.app.error_handler.default(request, error)
            response = _refusal(error)
            self._complete(request, response)
            return response

    async def _receive(self, request: Request) -> HTTPResponse | None:
        if request.path.startswith(f"{PREFIX}/"):
            # Says to Rasa's CORS layer that it has had its turn: with `--cors "*"` it would let any origin in.
            setattr(request.ctx, SANIC_CORS_EVALUATED, True)
            return self._cross_origin.answer_preflight(request) if request.method == "OPTIONS" else None
        if request.method == "GET" and request.path == "/" and "text/html" in request.headers.get("accept", ""):
            return redirect(f"{PREFIX}/")
        return None

    def _complete(self, request: Request, response: HTTPResponse) -> None:
        self._cross_origin.permit(request, response)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)

    def _session(self, request: Request) -> Session:
        return self._tokens.read_session(request.headers.get("authorization"))


def page_files(settings: WebSettings) -> dict[str, Path]:
    """List the files that the page consists of, by the name under which each is served."""
    files = {
        path.relative_to(settings.widget).as_posix(): path
        for path in settings.widget.rglob("*")
        if path.suffix in (".html", ".js", ".css", ".json", ".svg") and path.is_file()
    }
    files["deep-chat.js"] = settings.deep_chat
    return files


def _agent(request: Request) -> Agent:
    agent = getattr(request.app.ctx, "agent", None)
    if agent is None:
        raise Unavailable("not_ready", "The assistant is still starting.")
    return agent


def _address(request: Request) -> str:
    # remote_addr is the client's behind a proxy that SANIC_PROXIES_COUNT or SANIC_REAL_IP_HEADER declares. Behind one
    # that is not declared every shopper has the proxy's address, and all of them share one limit.
    return request.remote_addr or request.ip


def _refusal(error: Exception) -> HTTPResponse:
    if isinstance(error, ChannelError):
        return error.response()
    if isinstance(error, NoSuchRoute):
        return NotFound("not_found", "There is no such page.").response()
    if isinstance(error, MethodNotSupported):
        return MethodNotAllowed(error.headers["Allow"]).response()
    if isinstance(error, SanicException):
        body = {"error": {"code": "http_error", "message": str(error)}}
        return json(body, status=getattr(error, "status_code", 500))
    logger.error("A request to the web channel failed.\n%s", trace_of(error))
    return json({"error": {"code": "internal", "message": "Something went wrong on our side."}}, status=500)
