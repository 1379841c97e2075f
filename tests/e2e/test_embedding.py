"""The chat on a shop's own site, which is another origin: let in when it is listed, and not otherwise."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from ops.stack import Stack
from tests.conftest import LOGS
from tests.e2e.conftest import Arrive

PAGE = """<!doctype html><html lang="en"><title>A shop of one's own</title>
<link rel="icon" href="data:,"><h1>Welcome</h1>
<script src="{base_url}/webhooks/web/widget.js" data-accent="#7a1fa2" defer></script></html>"""


class QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: the tests' output is for the tests."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    """A web server of another origin that serves a folder."""
    handler = functools.partial(QuietFiles, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def put_page(site: ThreadingHTTPServer, folder: Path, base_url: str) -> str:
    (folder / "index.html").write_text(PAGE.format(base_url=base_url))
    return f"http://127.0.0.1:{site.server_port}"


def test_a_listed_site_gets_the_whole_chat(
    site: ThreadingHTTPServer, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, arrive: Arrive
) -> None:
    origin = f"http://127.0.0.1:{site.server_port}"
    settings = {"DAOGOU_ALLOWED_ORIGINS": f"https://elsewhere.example,{origin}"}
    with Stack(tmp_path_factory.mktemp("listed"), LOGS / "listed", settings) as stack:
        visitor = arrive(stack.base_url)
        visitor.page.goto(put_page(site, tmp_path, stack.base_url))
        visitor.open_chat()
        visitor.say("show me cameras")
        expect(visitor.cards.locator("img").first).to_have_js_property("complete", True)
        assert visitor.cards.locator("img").first.evaluate("image => image.naturalWidth") > 0
        Image.linear_gradient("L").resize((320, 240)).save(tmp_path / "photo.jpg")
        visitor.choose_photo(tmp_path / "photo.jpg")
        assert visitor.send_photo()
        expect(visitor.chat.get_by_role("button", name="Try again")).to_have_count(0)
        visitor.page.reload()
        visitor.open_chat()
        # Drawn from what the server keeps, which only the shopper's token opens.
        expect(visitor.photos).to_have_js_property("width", 320)
        assert visitor.errors == []


def test_a_site_that_is_not_listed_gets_no_chat_and_its_developer_reads_why(
    site: ThreadingHTTPServer, tmp_path: Path, stack: Stack, arrive: Arrive
) -> None:
    visitor = arrive(stack.base_url)
    with visitor.page.expect_console_message(lambda message: "DAOGOU_ALLOWED_ORIGINS" in message.text):
        visitor.page.goto(put_page(site, tmp_path, stack.base_url))
    expect(visitor.page.locator("daogou-chat")).to_have_count(0)
    refused = visitor.page.evaluate(
        "address => fetch(address, {method: 'POST'}).then(() => 'let in', () => 'refused')",
        f"{stack.base_url}/webhooks/web/sessions",
    )
    assert refused == "refused"
