"""The action server: `python -m actions.server --port 5055`.

It binds the loopback address only. Beside rasa-sdk's webhook it answers `GET /health`, with 200 once its services are
built and the database answers, for the storefront `GET /catalogue` and `POST /for-you`, and for shoppers' photos `POST
/photos` and `GET /photos/<id>`, and for their thumbs `POST` and `GET /feedback`.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pydantic import ValidationError
from rasa_sdk.endpoint import create_app  # type: ignore[import-untyped]
from rasa_sdk.executor import ActionExecutor  # type: ignore[import-untyped]
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json
from sqlalchemy import text

from actions import bootstrap
from actions.feedback_door import add_feedback
from actions.for_you import ForYou
from actions.identity import IdentityRefusedError
from actions.photo_door import add_photos
from actions.refreshing import Refreshing
from actions.settings import Settings
from actions.storefront import MOST, Storefront
from shop.db import reading
from shop.errors import ShopError

HOST = "127.0.0.1"
_HEALTH_S = 3.0

logger = logging.getLogger(__name__)


def make_app(settings: Settings) -> Sanic[Any, Any]:
    """Build the web application with all actions of this package."""
    executor = ActionExecutor()
    executor.register_package("actions")
    app: Sanic[Any, Any] = create_app(executor, cors_origins=[])
    storefront = Storefront(bootstrap.services)
    refreshing = Refreshing(_refresh)

    @app.before_server_start
    async def _bound_threads(_app: Sanic[Any, Any], loop: asyncio.AbstractEventLoop) -> None:
        loop.set_default_executor(ThreadPoolExecutor(settings.workers, thread_name_prefix="action"))

    @app.after_server_start
    async def _warm_up(app: Sanic[Any, Any], _loop: asyncio.AbstractEventLoop) -> None:
        app.add_task(_build_services())
        refreshing.start()

    @app.before_server_stop
    async def _stop_refreshing(_app: Sanic[Any, Any], _loop: asyncio.AbstractEventLoop) -> None:
        await asyncio.to_thread(refreshing.stop)

    # rasa-sdk's own /health always answers "ok": this comes before it and lets it answer only when that is true.
    @app.on_request
    async def _check_health(request: Request) -> HTTPResponse | None:
        if request.path != "/health":
            return None
        problem = await _problem()
        return None if problem is None else json({"status": problem}, status=503)

    @app.get("/catalogue")
    async def _catalogue(request: Request) -> HTTPResponse:
        category = (request.args.get("category") or "")[:100]
        limit, offset = _count(request, "limit", MOST), _count(request, "offset", 0)
        language = request.args.get("language") or ""
        try:
            page = await asyncio.wait_for(
                asyncio.to_thread(storefront.page, category, limit, offset, language), settings.deadline_s
            )
        except (ShopError, TimeoutError) as error:
            logger.warning("The catalogue cannot be read: %s", type(error).__name__)
            return json({"error": "unavailable"}, status=503)
        return json(page)

    _add_for_you(app, ForYou(bootstrap.services), settings.deadline_s)
    add_photos(app, bootstrap.services, settings.keys)
    add_feedback(app, bootstrap.services, settings)
    return app


def _add_for_you(app: Sanic[Any, Any], for_you: ForYou, deadline_s: float) -> None:
    @app.post("/for-you")
    async def _for_you(request: Request) -> HTTPResponse:
        body = request.json
        asked = body if isinstance(body, dict) else {}
        slots, language = asked.get("slots"), asked.get("language")
        known, spoken = slots if isinstance(slots, dict) else {}, language if isinstance(language, str) else None
        try:
            row = await asyncio.wait_for(asyncio.to_thread(for_you.row, request.token, known, spoken), deadline_s)
        except IdentityRefusedError as error:
            logger.warning("Recommendations were refused: %s", error.reason)
            return json({"error": "unauthorized"}, status=401)
        except (ShopError, TimeoutError) as error:
            logger.warning("Recommendations for the storefront cannot be made: %s", type(error).__name__)
            return json({"error": "unavailable"}, status=503)
        return json(row)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; give 1 where a setting is wrong."""
    parser = argparse.ArgumentParser(prog="python -m actions.server", description=__doc__)
    parser.add_argument("--port", type=int, help="the port to listen on; DAOGOU_ACTIONS_PORT without it")
    options = parser.parse_args(arguments)
    try:
        settings = bootstrap.settings()
    except ValidationError as error:
        problems = "; ".join(f"DAOGOU_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors())
        parser.exit(1, f"{parser.prog}: {problems}\n")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # rasa-sdk logs each registered action and each slot that is not there.
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
    # httpx logs each address that it asks: those of shoppers' photos are nobody else's business.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    port = options.port or settings.actions_port
    logger.info("The action server listens on http://%s:%s", HOST, port)
    make_app(settings).run(HOST, port, single_process=True, access_log=False, motd=False)
    return 0


async def _build_services() -> None:
    try:
        await asyncio.to_thread(bootstrap.services)
    except Exception as error:  # noqa: BLE001 - the server stays up, and the next message tries again
        logger.error("The services cannot be built: %s", error)
    else:
        logger.info("The shop is ready")


def _refresh() -> None:
    if not bootstrap.is_ready():
        return
    services = bootstrap.services()
    try:
        # Photos leave after their time even while the database is away.
        services.photos.sweep()
        services.given_replies.sweep()
    finally:
        services.search.refresh()
        services.item_updates.refresh()
        services.matchers.refresh()


async def _problem() -> str | None:
    if not bootstrap.is_ready():
        return "starting"
    try:
        await asyncio.wait_for(asyncio.to_thread(_ask_database), _HEALTH_S)
    except (ShopError, TimeoutError):
        return "database unavailable"
    return None


def _ask_database() -> None:
    with reading(bootstrap.services().sessions) as session:
        session.execute(text("SELECT 1 FROM products"))


def _count(request: Request, name: str, default: int) -> int:
    given = request.args.get(name) or ""
    return int(given) if given.isdecimal() and len(given) < 7 else default


if __name__ == "__main__":
    raise SystemExit(main())
