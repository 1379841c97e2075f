"""One tiny trained bot for all tests of the channels, and live servers around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.model_training import train
from sanic import Sanic

from assistant.channels.settings import Rate
from tests.assistant.channels.live import SHOP_ORIGIN, LiveServer, Site
from tests.assistant.channels.tiny_bot import FILES


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny-bot")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    result = train(
        str(folder / "domain.yml"), str(folder / "config.yml"), [str(folder / "data")], str(folder / "models")
    )
    return Path(result.model)


@pytest.fixture(scope="session")
def site(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    # Several servers live in this one process, which Sanic allows only to tests.
    Sanic.test_mode = True
    folder = tmp_path_factory.mktemp("site")
    (folder / "images").mkdir()
    (folder / "images" / "camera.jpg").write_bytes(b"\xff\xd8\xff a photo")
    (folder / "images" / "a red camera.png").write_bytes(b"\x89PNG a photo")
    (folder / "secret.jpg").write_bytes(b"not for shoppers")
    site = Site(tiny_model, folder)
    yield site
    site.stop()


@pytest.fixture(scope="session")
def shared_server(site: Site) -> LiveServer:
    return site.start(demo=True, allowed_origins=frozenset({SHOP_ORIGIN}))


@pytest.fixture
def server(shared_server: LiveServer) -> LiveServer:
    shared_server.actions.mode = "well"
    shared_server.actions.only = ""
    shared_server.actions.calls.clear()
    shared_server.actions.remembers.clear()
    shared_server.actions.started.clear()
    shared_server.actions.photos.clear()
    shared_server.actions.refuses = None
    return shared_server


@pytest.fixture(scope="session")
def strict_server(site: Site) -> LiveServer:
    """A server with narrow limits, no demo and no other origin."""
    return site.start(message_rate=Rate(3, 60), session_rate=Rate(20, 3600))
