"""What a browser is told: other origins, headers, files."""

from __future__ import annotations

import pytest

from assistant.channels.settings import WebSettings
from assistant.channels.web import page_files
from tests.assistant.channels.live import SECRET, SHOP_ORIGIN, LiveServer

PATHS = [
    "sessions", "messages", "history", "catalogue", "for-you", "demo-sign-in", "widget.js", "static/deep-chat.js"
]  # fmt: skip
OTHERS = ["https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example"]
ALLOW = "Access-Control-Allow-Origin"


@pytest.mark.parametrize("path", PATHS)
def test_a_listed_origin_may_ask_first_and_then_call(server: LiveServer, path: str) -> None:
    headers = {"Origin": SHOP_ORIGIN, "Access-Control-Request-Method": "POST"}
    preflight = server.ask("OPTIONS", f"/webhooks/web/{path}", headers=headers)
    assert preflight.status_code == 204
    assert preflight.headers[ALLOW] == SHOP_ORIGIN
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    answer = server.ask("GET", f"/webhooks/web/{path}", headers=headers)
    if answer.status_code != 405:
        assert answer.headers[ALLOW] == SHOP_ORIGIN
        assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", OTHERS)
def test_no_other_origin_is_let_in(server: LiveServer, path: str, origin: str) -> None:
    for method in ("OPTIONS", "GET", "POST"):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = server.ask(method, f"/webhooks/web/{path}", headers=headers)
        assert ALLOW not in answer.headers
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_without_a_list_no_origin_is_let_in(strict_server: LiveServer) -> None:
    answer = strict_server.ask("GET", "/webhooks/web/settings", headers={"Origin": SHOP_ORIGIN})
    assert answer.status_code == 200
    assert ALLOW not in answer.headers


def test_the_storefront_comes_with_headers_that_keep_other_scripts_out(server: LiveServer) -> None:
    answer = server.ask("GET", "/webhooks/web/")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_the_root_leads_a_browser_to_the_page_and_rasa_still_answers_programs(server: LiveServer) -> None:
    browser = server.ask("GET", "/", headers={"Accept": "text/html,*/*"}, allow_redirects=False)
    assert (browser.status_code, browser.headers["Location"]) == (302, "/webhooks/web/")
    assert server.ask("GET", "/").text.startswith("Hello from Rasa")


def test_a_file_is_sent_compressed_once_and_not_again_while_it_stays_the_same(server: LiveServer) -> None:
    first = server.ask("GET", "/webhooks/web/widget.js")
    assert first.status_code == 200
    assert first.headers["Content-Encoding"] == "gzip"
    assert first.headers["Content-Type"].startswith("text/javascript")
    again = server.ask("GET", "/webhooks/web/widget.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = server.ask("GET", "/webhooks/web/widget.js", headers={"Accept-Encoding": "identity"})
    assert plain.content == first.content


@pytest.mark.parametrize(
    "path",
    [
        "static/../web.py",
        "static/%2e%2e/channels/web.py",
        "static/..%2fchannels%2fweb.py",
        "static//etc/passwd",
        "static/strings",
        "images/..%2fsecret.jpg",
        "images/%2e%2e%2fsecret.jpg",
        "images/.hidden.jpg",
        "images/camera.txt",
        "images/camera.jpg%00.png",
    ],
)
def test_no_path_leads_out_of_the_folders(server: LiveServer, path: str) -> None:
    from urllib3 import PoolManager

    # Not requests: it would tidy the path up before it is sent.
    answer = PoolManager().request("GET", f"{server.url}/webhooks/web/{path}", redirect=False)
    assert answer.status == 404
    assert b"not for shoppers" not in answer.data


def test_a_photo_is_sent_and_may_be_kept_for_a_day(server: LiveServer) -> None:
    answer = server.ask("GET", "/webhooks/web/images/camera.jpg")
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert server.ask("GET", "/webhooks/web/images/a%20red%20camera.png").status_code == 200


def test_every_file_of_the_page_is_served(server: LiveServer) -> None:
    files = {"index.html", "daogou-widget.js", "storefront.js", "widget.css", "strings/en.json", "deep-chat.js"}
    assert files <= set(page_files(WebSettings(SECRET)))
    assert {server.ask("GET", f"/webhooks/web/static/{name}").status_code for name in files} == {200}
