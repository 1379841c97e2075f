from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from actions.bootstrap import Services
from actions.identity import AUDIENCE
from actions.storefront import Storefront
from shop.db import writing
from shop.models import Variant
from tests.actions.conftest import ROOT, SECRET
from tests.actions.test_for_you import identity

MODULE = [sys.executable, "-m", "actions.server"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def environment(folder: Path, **changes: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("DAOGOU_")}
    return {
        **ours,
        "DAOGOU_DATABASE_URL": f"sqlite:///{folder / 'shop.db'}",
        "DAOGOU_SECRET": SECRET,
        "DAOGOU_SEARCH_CACHE": str(folder / "search"),
        "OMP_NUM_THREADS": "1",
        **changes,
    }


def wait_for(port: int, status: int, path: str = "/health") -> None:
    # Beside other tests on two cores it takes a minute to read its models.
    deadline = time.monotonic() + 300
    pause = 0.05
    while time.monotonic() < deadline:
        # Until it listens, connecting fails.
        with contextlib.suppress(OSError, TimeoutError):
            if get(port, path)[0] == status:
                return
        pause = min(pause * 1.5, 0.5)
        time.sleep(pause)
    pytest.fail(f"{path} never answered {status}")


@pytest.fixture(scope="module")
def folder(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("server")
    shutil.copy(template, path / "shop.db")
    return path


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    number = free_port()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*MODULE, "--port", str(number)], env=environment(folder), cwd=ROOT, stdout=log, stderr=log
        )
        try:
            wait_for(number, 200)
            yield number
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(30)
    assert code == 0, (folder / "server.log").read_text()


def post(port: int, action: str, **message: Any) -> dict[str, Any]:
    tracker = {"sender_id": "web-9", "slots": {}, "latest_message": message, "events": []}
    body = json.dumps(
        {"next_action": action, "sender_id": "web-9", "tracker": tracker, "domain": {}, "version": "3.6.21"}
    )
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/webhook", body.encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return dict(json.load(answer))


def test_actions_answer_over_http(port: int) -> None:
    answer = post(
        port, "action_search_products", text="shoes", entities=[{"entity": "product_query", "value": "running shoe"}]
    )
    assert answer["responses"][0]["response"] == "utter_found_all"
    assert len(answer["responses"][0]["elements"]) == 3


def test_the_storefront_gets_the_catalogue(port: int) -> None:
    status, page = get(port, "/catalogue?limit=2")
    assert status == 200
    assert page["total"] == 9
    assert len(page["products"]) == 2
    laptop = get(port, "/catalogue?category=Computers")[1]["products"]
    assert {one["slug"] for one in laptop} == {"laptop", "tablet", "cordless-mouse"}


@pytest.mark.parametrize(
    "query", ["limit=-1", "limit=99999999999999999999", "offset=x", "category=%27%20OR%201=1", "limit=0"]
)
def test_odd_questions_for_the_catalogue_are_answered(port: int, query: str) -> None:
    assert get(port, f"/catalogue?{query}")[0] == 200


def ask_for_you(port: int, token: str | None, body: bytes = b"{}", **headers: str) -> tuple[int, Any]:
    sent = {"Content-Type": "application/json", **headers, **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/for-you?customer=ada&sub=web-1", body, sent)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_the_storefront_gets_a_row_for_whom_a_signed_token_names(port: int, folder: Path) -> None:
    status, row = ask_for_you(port, identity("ada"))
    assert status == 200
    assert len(row["cards"]) == 5
    assert row == ask_for_you(port, identity("ada"))[1]
    with writing_to(folder) as connection:
        ((task, positions),) = connection.execute(
            "SELECT task, group_concat(position) FROM slates JOIN slate_items ON slate_items.slate_id = slates.id "
            "WHERE public_id = ?",
            [row["slate"]],
        )
    assert (task, positions) == ("storefront", "1,2,3,4,5")


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(None, id="no token"),
        pytest.param("nonsense", id="nonsense"),
        pytest.param(jwt.encode({"aud": AUDIENCE, "sub": "web-1", "exp": 1}, SECRET), id="expired"),
        pytest.param(jwt.encode({"aud": AUDIENCE, "sub": "web-1", "exp": 2**33}, "x" * 32), id="forged"),
        pytest.param(jwt.encode({"aud": "daogou-web", "sub": "web-1", "exp": 2**33}, SECRET), id="a session's"),
    ],
)
def test_no_header_and_no_query_stands_in_for_a_token(port: int, token: str | None) -> None:
    status, _ = ask_for_you(port, token, b'{"customer": "ada", "sender_id": "web-1"}', **{"X-Customer": "ada"})
    assert status == 401


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"slots": 7}', b'{"slots": {"other": {"a": 1}}}'])
def test_odd_bodies_are_read_as_a_conversation_that_remembers_nothing(port: int, body: bytes) -> None:
    assert ask_for_you(port, identity("bo"), body)[0] == 200


def test_a_body_that_is_no_json_is_refused(port: int) -> None:
    assert ask_for_you(port, identity("bo"), b"{")[0] == 400


def test_without_its_database_the_server_has_no_row(port: int, folder: Path) -> None:
    with writing_to(folder) as connection:
        connection.execute("ALTER TABLE interactions RENAME TO away")
    assert ask_for_you(port, identity("bo"))[0] == 503
    with writing_to(folder) as connection:
        connection.execute("ALTER TABLE away RENAME TO interactions")
    assert ask_for_you(port, identity("bo"))[0] == 200


def test_health_fails_while_the_database_is_away_and_recovers(port: int, folder: Path) -> None:
    assert get(port, "/health") == (200, {"status": "ok"})
    with writing_to(folder) as connection:
        connection.execute("ALTER TABLE products RENAME TO away")
    assert get(port, "/health") == (503, {"status": "database unavailable"})
    with writing_to(folder) as connection:
        connection.execute("ALTER TABLE away RENAME TO products")
    assert get(port, "/health")[0] == 200


def writing_to(folder: Path) -> Any:
    import contextlib
    import sqlite3

    return contextlib.closing(sqlite3.connect(folder / "shop.db", isolation_level=None))


def test_the_server_binds_the_loopback_address_only(port: int) -> None:
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for address in others:
        if address.startswith("127."):
            continue
        with socket.socket() as probe:
            probe.settimeout(1)
            assert probe.connect_ex((address, port)) != 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"DAOGOU_SECRET": ""}, "DAOGOU_SECRET"),
        ({"DAOGOU_SECRET": "x" * 40}, "DAOGOU_SECRET"),
        ({"DAOGOU_PAYMENT_URL": "https://pay.example.com"}, "DAOGOU_PAYMENT_URL"),
        ({"DAOGOU_PAYMENT_URL": "https://pay.example.com/{shop}/{number}"}, "DAOGOU_PAYMENT_URL"),
        ({"DAOGOU_THREADS": "0"}, "DAOGOU_THREADS"),
    ],
)
def test_a_wrong_setting_ends_the_start_with_its_name(tmp_path: Path, changes: dict[str, str], named: str) -> None:
    done = subprocess.run(
        [*MODULE, "--port", "1"],
        env=environment(tmp_path, **changes),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_the_catalogue_has_the_prices_of_the_pages_language(services: Services) -> None:
    storefront = Storefront(lambda: services)

    def price(language: str) -> str:
        page = storefront.page(category="Plants", language=language)
        return next(one["price"] for one in page["products"] if one["slug"] == "cactus")

    assert [price(language) for language in ("en", "zh", "xx", "")] == ["$15.50", "US$15.50", "$15.50", "$15.50"]


def test_the_catalogue_shows_live_stock_after_a_few_seconds(services: Services) -> None:
    now = [0.0]
    storefront = Storefront(lambda: services, clock=lambda: now[0])

    def stock() -> str:
        page = storefront.page(category="Plants")
        return next(one["stock"] for one in page["products"] if one["slug"] == "cactus")

    assert stock() == "few"
    with writing(services.sessions) as session:
        session.query(Variant).filter_by(sku="CACTUS").update({"stock": 0})
    assert stock() == "few"
    now[0] = 4.0
    assert stock() == "none"
