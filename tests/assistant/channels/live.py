"""Runs the real Rasa server app, and an action server that does what a test tells it, on free ports in one thread."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import requests
from aiohttp import web
from rasa.core.agent import Agent, load_agent
from rasa.core.run import configure_app
from rasa.core.utils import AvailableEndpoints
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from assistant.channels.settings import Rate, WebSettings
from assistant.channels.web import WebInput
from tests.assistant.channels.tiny_bot import CARD

SECRET = "a secret for tests, long enough to sign with"
SHOP_ORIGIN = "https://shop.example"
REPLY = "reply-that-may-be-judged"


def free_port() -> int:
    """Ask the system for a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class ScriptedActions:
    """An action server: it answers like one, remembers each call, and hangs or fails when told to."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    mode: str = "well"
    only: str = ""  # the one action that hangs or fails, where not all do
    remembers: dict[str, Any] = field(default_factory=dict)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    started: threading.Event = field(default_factory=threading.Event)
    photos: dict[str, tuple[dict[str, Any], bytes]] = field(default_factory=dict)
    refuses: tuple[int, str] | None = None
    writes: bool = False  # whether its words are a reply that may be judged
    thumbs: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2**24)
        app.router.add_post("/webhook", self.run_action)
        app.router.add_get("/catalogue", self.show_catalogue)
        app.router.add_post("/for-you", self.show_for_you)
        app.router.add_post("/photos", self.take_photo)
        app.router.add_get("/photos/{name}", self.show_photo)
        app.router.add_post("/feedback", self.take_thumb)
        app.router.add_get("/feedback", self.show_thumbs)
        return app

    async def run_action(self, request: web.Request) -> web.Response:
        call = await request.json()
        self.calls.append(call)
        self.started.set()
        mode = self.mode if self.only in ("", call["next_action"]) else "well"
        if mode == "hangs":
            await self.release.wait()
        if mode == "fails":
            return web.json_response({"error": "boom"}, status=500)
        events = [{"event": "slot", "name": name, "value": value} for name, value in self.remembers.items()]
        return web.json_response({"events": events, "responses": self.responses(call)})

    def responses(self, call: dict[str, Any]) -> list[dict[str, Any]]:
        if call["next_action"] == "action_show_cards":
            return [{"text": "I found 1 product:\n1. Camera", "elements": [CARD], "image": "https://x.example/i.png"}]
        if call["next_action"] == "action_add_to_cart":
            return [{"text": "It is in your cart.", **({"feedback": REPLY} if self.writes else {})}]
        return []

    async def show_catalogue(self, request: web.Request) -> web.Response:
        if self.mode == "hangs":
            await self.release.wait()
        return web.json_response({"products": [{"name": "Camera"}], "asked": dict(request.query)})

    async def show_for_you(self, request: web.Request) -> web.Response:
        """Tell what was asked and by whom, as the real one would verify it."""
        if self.mode == "hangs":
            await self.release.wait()
        if self.mode == "fails":
            return web.json_response({"error": "unauthorized"}, status=401)
        return web.json_response({"cards": [], "claims": claims_of(request), "asked": await request.json()})

    async def take_thumb(self, request: web.Request) -> web.Response:
        """Keep a thumb for whoever is proven, of the one reply that was written."""
        if self.mode == "hangs":
            await self.release.wait()
        if self.mode == "fails":
            return web.json_response({"error": {"code": "feedback_unavailable"}}, status=503)
        asked = await request.json()
        if asked["reply"] != REPLY:
            return web.json_response({"error": {"code": "feedback_gone"}}, status=404)
        self.thumbs.setdefault(claims_of(request)["sub"], {})[asked["reply"]] = asked["thumb"]
        return web.json_response(asked)

    async def show_thumbs(self, request: web.Request) -> web.Response:
        if self.mode == "hangs":
            await self.release.wait()
        if self.mode == "fails":
            return web.json_response({"error": {"code": "unauthorized"}}, status=401)
        return web.json_response(self.thumbs.get(claims_of(request)["sub"], {}))

    async def take_photo(self, request: web.Request) -> web.Response:
        """Keep the bytes as they come, or refuse them as the real one would."""
        if self.mode == "hangs":
            await self.release.wait()
        if self.mode == "fails":
            return web.json_response({"error": "unauthorized"}, status=401)
        data = await request.read()
        if self.refuses:
            status, code = self.refuses
            return web.json_response({"error": {"code": code}}, status=status)
        name = f"{len(self.photos):032d}"
        self.photos[name] = claims_of(request), data
        photo = {"photo_url": f"/webhooks/web/photos/{name}", "width": 3, "height": 2}
        return web.json_response(photo, status=201)

    async def show_photo(self, request: web.Request) -> web.Response:
        claims, data = self.photos.get(request.match_info["name"], ({}, b""))
        if self.mode == "fails":
            return web.json_response({"error": "boom"}, status=500)
        if claims.get("sub") != claims_of(request)["sub"]:
            return web.json_response({"error": {"code": "photo_gone"}}, status=404)
        return web.Response(body=data, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})


def claims_of(request: web.Request) -> dict[str, Any]:
    """Verify whom a token is for, as the real action server does."""
    token = request.headers["Authorization"].removeprefix("Bearer ")
    return jwt.decode(token, SECRET, algorithms=["HS256"], audience="daogou-actions")


class Loop:
    """An event loop in a thread of its own, for servers that tests talk to over HTTP."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()


@dataclass
class LiveServer:
    """The whole web channel as a client meets it."""

    url: str
    actions: ScriptedActions
    agent: Agent
    loop: Loop

    def ask(self, method: str, path: str, token: str | None = None, **options: Any) -> requests.Response:
        headers = dict(options.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return requests.request(method, f"{self.url}{path}", headers=headers, timeout=30, **options)

    def begin(self) -> str:
        return self.ask("POST", "/webhooks/web/sessions").json()["session"]

    def say(self, token: str, text: str, **metadata: Any) -> requests.Response:
        return self.ask("POST", "/webhooks/web/messages", token, json={"text": text, "metadata": metadata})

    def history(self, token: str) -> list[dict[str, Any]]:
        return self.ask("GET", "/webhooks/web/history", token).json()

    @property
    def conversations(self) -> Path:
        """The file in which conversations are kept."""
        return Path(self.agent.tracker_store._tracker_store.engine.url.database)

    def let_go(self) -> None:
        self.loop.loop.call_soon_threadsafe(self.actions.release.set)


class Site:
    """Starts live servers that share one trained model and stops them all."""

    def __init__(self, model: Path, folder: Path) -> None:
        self._model = model
        self._folder = folder
        self._loop = Loop()
        self._stops: list[Any] = []

    def start(self, **settings: Any) -> LiveServer:
        return self._loop.run(self._start(settings))

    def stop(self) -> None:
        for stop in reversed(self._stops):
            self._loop.run(stop())
        self._loop.close()

    async def _start(self, settings: dict[str, Any]) -> LiveServer:
        actions = ScriptedActions()
        actions_url = await self._serve_actions(actions)
        unlimited = dict.fromkeys(("message_rate", "session_rate", "read_rate", "photo_rate"), Rate(0, 1))
        defaults = {**unlimited, "images": self._folder / "images", "actions_url": actions_url}
        channel = WebInput(WebSettings(SECRET, **{**defaults, **settings}))
        app = configure_app([channel], enable_api=False)
        app.ctx.agent = await self._agent(actions_url)
        return LiveServer(await self._serve(app), actions, app.ctx.agent, self._loop)

    async def _agent(self, actions_url: str) -> Agent:
        database = self._folder / f"tracker-{free_port()}.db"
        endpoints = AvailableEndpoints(
            action=EndpointConfig(f"{actions_url}/webhook"),
            tracker_store=EndpointConfig(type="assistant.conversations.ConversationStore", db=str(database)),
        )
        return await load_agent(str(self._model), endpoints=endpoints)

    async def _serve_actions(self, actions: ScriptedActions) -> str:
        runner = web.AppRunner(actions.app())
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()

        async def stop() -> None:
            actions.release.set()
            await runner.cleanup()

        self._stops.append(stop)
        return f"http://127.0.0.1:{port}"

    async def _serve(self, app: Sanic) -> str:
        port = free_port()
        server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        await server.after_start()

        async def stop() -> None:
            await server.before_stop()
            server.close()
            for connection in list(server.connections):
                connection.close()
            await server.after_stop()

        self._stops.append(stop)
        return f"http://127.0.0.1:{port}"


def sign(algorithm: str = "HS256", secret: str = SECRET, **claims: Any) -> str:
    """Sign any claims, as a forger would."""
    return jwt.encode(claims, secret, algorithm)
