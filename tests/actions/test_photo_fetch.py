"""Fetching from a real local https server: only what is listed and public is asked, and never too long or too much."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
import trustme
from PIL import Image

from actions.photo_errors import AddressRefusal, PhotoRefused
from actions.photo_fetch import PhotoFetch, Target, is_public, resolved
from actions.photo_store import PhotoStore
from actions.photos import Photos
from shop.shoppers import Shopper
from vision.errors import Refusal

HOST, OTHER, INSIDE = "img.shop.example", "cdn.shop.example", "db.shop.example"


def jpeg() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG")
    return buffer.getvalue()


@dataclass
class Web:
    """A server that stands for the whole web, and a resolver whose answers a test gives."""

    port: int
    trust: ssl.SSLContext
    asked: list[tuple[str, str]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    addresses: dict[str, list[str]] = field(
        default_factory=lambda: {HOST: ["127.0.0.1"], OTHER: ["127.0.0.1"], INSIDE: ["10.0.0.7"]}
    )
    resolutions: list[str] = field(default_factory=list)

    def resolve(self, host: str) -> Sequence[Target]:
        self.resolutions.append(host)
        if host not in self.addresses:
            raise OSError("no such host")
        return [(address, self.port) for address in self.addresses[host]]

    def fetch(self, *hosts: str, **changes: object) -> PhotoFetch:
        options = {"resolve": self.resolve, "permits": self.permits, "trust": self.trust, "seconds": 10.0, **changes}
        return PhotoFetch(hosts or (HOST, OTHER, INSIDE), **options)  # type: ignore[arg-type]

    @staticmethod
    def permits(address: str) -> bool:
        # The local server stands for a public one; everything else is judged as it is.
        return address == "127.0.0.1" or is_public(address)


REDIRECTS = {
    "/moved": f"https://{OTHER}/photo.jpg",
    "/relative": "photo.jpg",
    "/twice": "/moved",
    "/thrice": "/twice",
    "/for-ever": "/for-ever",
    "/inside": f"https://{INSIDE}/photo.jpg",
    "/to-http": f"http://{HOST}/photo.jpg",
    "/to-loopback": "https://127.0.0.1/photo.jpg",
    "/to-a-stranger": "https://evil.example/photo.jpg",
    "/to-a-file": "file:///etc/passwd",
    "/to-metadata": "https://169.254.169.254/latest/meta-data",
    "/nonsense": "https://[",
}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def web(authority: trustme.CA) -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.headers["Host"], self.path))
            if self.path in REDIRECTS:
                self.send_response(302)
                self.send_header("Location", REDIRECTS[self.path])
                self.end_headers()
            elif self.path == "/missing":
                self.send_error(404)
            else:
                self.send_response(200)
                self.end_headers()
                self.send_body()

        def send_body(self) -> None:
            try:
                if self.path == "/endless":
                    while not found.release.is_set():
                        self.wfile.write(b"x" * 65536)
                elif self.path == "/stops":
                    self.wfile.write(b"\xff\xd8")
                    self.wfile.flush()
                    found.release.wait(10)
                elif self.path == "/dribbles":
                    while not found.release.wait(0.02):
                        self.wfile.write(b"x")
                        self.wfile.flush()
                else:
                    self.wfile.write(b"<html>" if self.path == "/page" else jpeg())
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, OTHER).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    found = Web(server.server_address[1], trust)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.release.set()
    server.shutdown()
    thread.join()
    server.server_close()


def refusal(fetch: PhotoFetch, url: str) -> str:
    with pytest.raises(PhotoRefused) as refused:
        fetch(url)
    return refused.value.reason


def test_a_photo_of_a_listed_host_is_fetched(web: Web) -> None:
    assert web.fetch()(f"https://{HOST}/photo.jpg?w=600") == jpeg()
    assert web.asked == [(HOST, "/photo.jpg?w=600")]


def test_where_no_host_is_listed_nothing_is_asked(web: Web) -> None:
    fetch = PhotoFetch((), resolve=web.resolve, permits=web.permits, trust=web.trust)
    assert refusal(fetch, f"https://{HOST}/photo.jpg") == AddressRefusal.NOT_ALLOWED
    assert (web.asked, web.resolutions) == ([], [])


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/photo.jpg",
        f"http://{HOST}/photo.jpg",
        f"ftp://{HOST}/photo.jpg",
        "file:///etc/passwd",
        f"//{HOST}/photo.jpg",
        f"https://{HOST}:8443/photo.jpg",
        f"https://{HOST}:99999/photo.jpg",
        f"https://user@{HOST}/photo.jpg",
        f"https://user:word@{HOST}/photo.jpg",
        f"https://{HOST}@evil.example/photo.jpg",
        f"https://{HOST}\\@evil.example/photo.jpg",
        f"https://evil.example\\.{HOST}/",
        f"https://{HOST}./photo.jpg",
        f"https://{HOST}.evil.example/photo.jpg",
        f"https://sub.{HOST}/photo.jpg",
        f"https://{HOST}%2eevil.example/photo.jpg",
        f"https://{HOST}%00.evil.example/",
        "https://127.0.0.1/photo.jpg",
        "https://2130706433/photo.jpg",
        "https://0x7f000001/photo.jpg",
        "https://0177.0.0.1/photo.jpg",
        "https://127.1/photo.jpg",
        "https://[::1]/photo.jpg",
        "https://[::ffff:127.0.0.1]/photo.jpg",
        "https://localhost/photo.jpg",
        "https:///photo.jpg",
        "https://",
        "https://[",
        "https://ⓘmg.shop.example/photo.jpg",
        f"https://{HOST}/" + "x" * 2000,
        "",
    ],
    ids=lambda url: url[:40],
)
def test_an_address_that_is_not_of_a_listed_host_is_not_asked(web: Web, url: str) -> None:
    assert refusal(web.fetch(), url) == AddressRefusal.NOT_ALLOWED
    assert (web.asked, web.resolutions) == ([], [])


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
            "0.0.0.0",
        ),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "fec0::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
        *("2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fe80::1%eth0", "nonsense", ""),
    ],
)
def test_an_address_that_is_not_of_the_open_internet_is_told(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111"])
def test_an_address_of_the_open_internet_is_told(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("addresses", [["10.0.0.7"], ["127.0.0.1", "10.0.0.7"], ["::ffff:127.0.0.1"]], ids=str)
def test_a_listed_host_that_leads_to_a_private_address_is_not_asked(web: Web, addresses: list[str]) -> None:
    web.addresses[HOST] = addresses
    assert refusal(web.fetch(), f"https://{HOST}/photo.jpg") == AddressRefusal.NOT_ALLOWED
    assert web.asked == []


def test_the_systems_own_name_for_itself_is_refused_even_where_it_is_listed() -> None:
    assert {address for address, _ in resolved("localhost")} <= {"127.0.0.1", "::1"}
    assert refusal(PhotoFetch(["localhost"]), "https://localhost/photo.jpg") == AddressRefusal.NOT_ALLOWED


def test_a_name_that_changes_its_address_is_asked_for_only_once(web: Web) -> None:
    addresses = iter([["127.0.0.1"], ["10.0.0.7"]])

    def rebinding(_: str) -> list[Target]:
        return [(address, web.port) for address in next(addresses)]

    assert web.fetch(resolve=rebinding)(f"https://{HOST}/photo.jpg") == jpeg()
    assert next(addresses) == ["10.0.0.7"], "the connection went to the address that was checked"


def test_an_address_that_does_not_answer_gives_way_to_the_next(web: Web) -> None:
    def resolve(_: str) -> list[Target]:
        return [("127.0.0.1", 1), ("127.0.0.1", web.port)]

    assert web.fetch(resolve=resolve)(f"https://{HOST}/photo.jpg") == jpeg()


@pytest.mark.parametrize("path", ["/moved", "/relative", "/twice"])
def test_a_redirect_to_a_listed_host_is_followed(web: Web, path: str) -> None:
    assert web.fetch()(f"https://{HOST}{path}") == jpeg()


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/thrice",
            "/for-ever",
            "/inside",
            "/to-http",
            "/to-loopback",
            "/to-a-stranger",
            "/to-a-file",
            "/to-metadata",
        ),
        "/nonsense",
    ],
)
def test_a_redirect_to_anywhere_else_is_refused(web: Web, path: str) -> None:
    assert refusal(web.fetch(), f"https://{HOST}{path}") in (AddressRefusal.NOT_ALLOWED, AddressRefusal.UNREACHABLE)
    assert not [host for host, target in web.asked if target == "/photo.jpg"]


def test_no_more_than_the_limit_is_read(web: Web) -> None:
    assert refusal(web.fetch(most_bytes=100_000), f"https://{HOST}/endless") == Refusal.TOO_MANY_BYTES


@pytest.mark.parametrize("path", ["/stops", "/dribbles"])
def test_a_slow_answer_is_given_up(web: Web, path: str) -> None:
    assert refusal(web.fetch(seconds=0.4), f"https://{HOST}{path}") == AddressRefusal.TOO_SLOW


def test_what_is_not_there_is_told(web: Web) -> None:
    assert refusal(web.fetch(), f"https://{HOST}/missing") == AddressRefusal.UNREACHABLE
    del web.addresses[HOST]
    assert refusal(web.fetch(), f"https://{HOST}/photo.jpg") == AddressRefusal.UNREACHABLE


def test_a_certificate_that_nobody_vouches_for_is_not_believed(web: Web) -> None:
    stranger = ssl.create_default_context()
    assert refusal(web.fetch(trust=stranger), f"https://{HOST}/photo.jpg") == AddressRefusal.UNREACHABLE


def test_a_certificate_of_another_host_is_not_believed(web: Web) -> None:
    web.addresses["shop.example"] = ["127.0.0.1"]
    assert refusal(web.fetch("shop.example"), "https://shop.example/photo.jpg") == AddressRefusal.UNREACHABLE
    assert web.asked == []


def test_what_is_fetched_must_be_a_photo(web: Web, tmp_path: Path) -> None:
    photos = Photos(PhotoStore(tmp_path, 24), web.fetch())
    assert photos.load(Shopper("web-1"), f"https://{HOST}/photo.jpg").size == (40, 30)
    with pytest.raises(PhotoRefused) as refused:
        photos.load(Shopper("web-1"), f"https://{HOST}/page")
    assert refused.value.reason == Refusal.NOT_AN_IMAGE
