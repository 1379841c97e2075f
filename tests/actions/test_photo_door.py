"""The action server's door for photos, asked over HTTP with real bytes."""

from __future__ import annotations

import asyncio
import logging
import os
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import jwt
import pillow_heif
import pytest
from PIL import Image
from sanic import Sanic

from actions import bootstrap
from actions.bootstrap import Services
from actions.identity import AUDIENCE
from actions.photo_errors import PhotoGone
from actions.photos import OWN_PHOTOS
from actions.server import make_app
from shop.shoppers import Shopper
from tests.actions.conftest import SECRET
from tests.actions.test_for_you import identity
from tests.actions.test_server import free_port


class Door:
    """The real action server, in a thread of its own."""

    def __init__(self, app: Sanic[Any, Any]) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._port = free_port()
        self._server = self._run(self._started())
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", trust_env=False)

    def ask(self, method: str, path: str, token: str | None = None, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._client.request(method, path, headers=headers, **options)

    def send(self, data: bytes, token: str | None = None) -> httpx.Response:
        return self.ask("POST", "/photos", token or identity(), content=data)

    def show(self, sent: httpx.Response, token: str | None = None) -> httpx.Response:
        return self.ask("GET", f"/photos/{name_of(sent)}", token or identity())

    def close(self) -> None:
        self._client.close()
        self._run(self._stopped())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    async def _started(self) -> Any:
        server = await self._app.create_server("127.0.0.1", self._port, return_asyncio_server=True, access_log=False)
        assert server is not None
        await server.startup()
        await server.before_start()
        await server.after_start()
        return server

    async def _stopped(self) -> None:
        await self._server.before_stop()
        self._server.close()
        for connection in list(self._server.connections):
            connection.close()
        await self._server.after_stop()
        await self._loop.shutdown_default_executor()


@pytest.fixture
def door(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    # Several servers live in this one process, which Sanic allows only to tests.
    monkeypatch.setattr(Sanic, "test_mode", True)
    monkeypatch.setattr(bootstrap, "services", lambda: services)
    door = Door(make_app(services.settings))
    yield door
    door.close()


def name_of(sent: httpx.Response) -> str:
    assert sent.status_code == 201, sent.text
    return str(sent.json()["photo_url"]).removeprefix(OWN_PHOTOS)


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    grey = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (grey, grey, grey.transpose(Image.Transpose.ROTATE_180))).convert(mode)


def written(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(side: int = 30_000) -> bytes:
    """A whole PNG of 30,000 x 30,000 black pixels that weighs half a megabyte."""
    packer, row = zlib.compressobj(1), bytes(side // 8 + 1)
    packed = b"".join([*(packer.compress(row) for _ in range(side)), packer.flush()])
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def located() -> bytes:
    """A phone's photo: lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Secret Phone Maker"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 26.0)
    return written(picture(60, 40), exif=exif, comment=b"taken at home")


def sixteen_bits() -> bytes:
    return written(Image.linear_gradient("L").resize((60, 40)).convert("I;16"), "PNG")


def heic() -> bytes:
    buffer = BytesIO()
    pillow_heif.from_pillow(picture(64, 48)).save(buffer, format="HEIF")
    return buffer.getvalue()


def animation() -> bytes:
    frames = [picture(60, 40), Image.new("RGB", (60, 40), "red")]
    return written(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)


GOOD: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: written(picture()),
    "PNG": lambda: written(picture(), "PNG"),
    "WebP": lambda: written(picture(), "WEBP"),
    "HEIC": heic,
    "animated GIF": animation,
    "CMYK": lambda: written(picture(mode="CMYK")),
    "16 bits": sixteen_bits,
    "alpha": lambda: written(picture(mode="RGBA"), "PNG"),
    "grey": lambda: written(picture(mode="L")),
    "palette": lambda: written(picture(mode="P"), "PNG"),
    "polyglot": lambda: written(picture()) + b"<script>alert(1)</script>PK\x03\x04",
}

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><script>alert(1)</script></svg>'
BAD: dict[str, tuple[Callable[[], bytes], int, set[str]]] = {
    "text": (lambda: b"not an image at all, whatever it is called", 415, {"photo_not_an_image"}),
    "nothing": (lambda: b"", 415, {"photo_not_an_image"}),
    "page": (lambda: b"<html><script>alert(1)</script>", 415, {"photo_not_an_image"}),
    "SVG": (lambda: SVG, 415, {"photo_not_an_image", "photo_unsupported"}),
    "TIFF": (lambda: written(picture(), "TIFF"), 415, {"photo_unsupported"}),
    "truncated": (lambda: written(picture(600, 400))[:900], 422, {"photo_damaged"}),
    "1x1": (lambda: written(picture(1, 1), "PNG"), 422, {"photo_too_small"}),
    "bomb": (bomb, 413, {"photo_too_many_pixels"}),
    "11 MB": (lambda: written(picture()) + bytes(11 * 1024 * 1024), 413, {"photo_too_large"}),
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_photo_of_any_usual_kind_becomes_a_plain_jpeg(door: Door, kind: str) -> None:
    sent = door.send(GOOD[kind]())
    size = (sent.json()["width"], sent.json()["height"])
    assert size == ((64, 48) if kind == "HEIC" else (60, 40))
    shown = door.show(sent)
    assert shown.headers["content-type"] == "image/jpeg"
    with Image.open(BytesIO(shown.content)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", size)
    assert b"script" not in shown.content


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_usable_photo_is_refused_by_name(door: Door, kind: str, services: Services) -> None:
    data, status, codes = BAD[kind]
    answer = door.send(data())
    assert answer.status_code == status
    assert answer.json()["error"]["code"] in codes
    assert not list(services.settings.photos.rglob("*.*"))


def test_the_photo_is_turned_upright_and_tells_nothing_of_place_or_phone(door: Door) -> None:
    sent = door.send(located())
    assert (sent.json()["width"], sent.json()["height"]) == (40, 60)
    kept = door.show(sent).content
    assert b"Exif" not in kept
    assert b"Secret" not in kept
    assert b"home" not in kept
    with Image.open(BytesIO(kept)) as image:
        assert not image.getexif()


def test_a_large_photo_is_kept_smaller(door: Door) -> None:
    sent = door.send(written(picture(4000, 3000)))
    assert (sent.json()["width"], sent.json()["height"]) == (1600, 1200)


def test_only_who_sent_it_sees_it(door: Door) -> None:
    sent = door.send(written(picture()))
    assert door.show(sent).status_code == 200
    stranger, never = door.show(sent, identity(sender_id="web-2")), door.ask("GET", f"/photos/{'Z' * 32}", identity())
    assert stranger.status_code == never.status_code == 404
    assert stranger.content == never.content
    assert stranger.json() == {"error": {"code": "photo_gone"}}
    assert door.show(sent, identity("ada")).status_code == 200, "who signs in keeps what they sent before"


def test_a_photo_may_be_kept_by_its_owners_browser_alone_and_no_longer_than_here(door: Door) -> None:
    cached = door.show(door.send(written(picture()))).headers["cache-control"]
    assert cached.startswith("private, max-age=")
    assert 24 * 3600 - 60 < int(cached.rpartition("=")[2]) <= 24 * 3600


def test_an_expired_photo_is_gone_and_leaves_with_the_sweep(door: Door, services: Services) -> None:
    sent = door.send(written(picture()))
    (path,) = services.settings.photos.rglob("*.jpg")
    old = path.stat().st_mtime - 24 * 3600
    os.utime(path, (old, old))
    assert door.show(sent).json() == {"error": {"code": "photo_gone"}}
    with pytest.raises(PhotoGone):
        services.photos.load(Shopper("web-1"), OWN_PHOTOS + name_of(sent))
    assert services.photos.sweep() == 1
    assert not path.exists()


def test_an_action_loads_the_photo_of_its_shopper_and_no_other(door: Door, services: Services) -> None:
    url = OWN_PHOTOS + name_of(door.send(written(picture())))
    assert services.photos.load(Shopper("web-1"), url).size == (60, 40)
    for shopper, address in (
        (Shopper("web-2"), url),
        (Shopper("web-1"), f"{OWN_PHOTOS}../../shop.db"),
        (Shopper("web-1"), OWN_PHOTOS),
    ):
        with pytest.raises(PhotoGone):
            services.photos.load(shopper, address)


@pytest.mark.parametrize("path", ["x", "%2e%2e", "%2e%2e%2f%2e%2e%2fshop.db", "a" * 31 + "%00", "a" * 33])
def test_no_name_leads_out_of_the_folder(door: Door, path: str) -> None:
    assert door.ask("GET", f"/photos/{path}", identity()).status_code == 404


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
def test_without_a_good_token_nothing_is_taken_or_shown(door: Door, token: str | None, services: Services) -> None:
    sent = door.send(written(picture()))
    assert door.ask("POST", "/photos", token, content=written(picture())).status_code == 401
    assert door.ask("GET", f"/photos/{name_of(sent)}", token).status_code == 401
    assert len(list(services.settings.photos.rglob("*.jpg"))) == 1


def test_photos_are_never_listed(door: Door) -> None:
    door.send(written(picture()))
    for path in ("/photos", "/photos/", "/photos/*"):
        answer = door.ask("GET", path, identity())
        assert answer.status_code >= 400
        assert OWN_PHOTOS not in answer.text


def test_a_disk_that_takes_nothing_is_a_503(door: Door, services: Services, caplog: pytest.LogCaptureFixture) -> None:
    Path(services.settings.photos).write_text("a file where the folder should be")
    with caplog.at_level(logging.INFO):
        answer = door.send(written(picture()))
    assert answer.status_code == 503
    assert answer.json() == {"error": {"code": "photos_unavailable"}}
    assert ".jpg" not in caplog.text


def test_services_that_cannot_be_built_are_a_503_and_no_log_names_the_photo(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Services:
        raise RuntimeError("no model")

    monkeypatch.setattr(Sanic, "test_mode", True)
    monkeypatch.setattr(bootstrap, "services", broken)
    door = Door(make_app(services.settings))
    answers = [door.send(written(picture())), door.ask("GET", f"/photos/{'Z' * 32}", identity())]
    door.close()
    assert [answer.json() for answer in answers] == [{"error": {"code": "photos_unavailable"}}] * 2
    assert "Z" * 32 not in "".join(record.getMessage() for record in caplog.records if record.name != "httpx")


def test_no_log_names_a_photo_or_quotes_a_file(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="actions"):
        sent = door.send(written(picture()))
        door.show(sent)
        door.show(sent, identity(sender_id="web-2"))
        door.send(b"quoted words")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("actions")]
    assert not [line for line in ours if name_of(sent) in line or "quoted" in line]


def test_many_photos_at_once_are_all_taken(door: Door) -> None:
    data, answers = written(picture(2000, 1500)), []
    threads = [threading.Thread(target=lambda: answers.append(door.send(data).status_code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [201] * 8
