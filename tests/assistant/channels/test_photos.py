"""Uploading a photo and seeing it again: what comes through, what is refused, and who may look."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import jwt
import pytest
import requests

from assistant.channels.errors import TooMany, Unavailable
from assistant.channels.messages import clean_metadata
from assistant.channels.photos import UploadPlaces
from assistant.channels.settings import Rate
from tests.assistant.channels.live import SECRET, SHOP_ORIGIN, LiveServer, Site, free_port

PATH = "/webhooks/web/photos"
MB = 1024 * 1024
LIMIT = 10 * MB
PHOTO = b"\xff\xd8\xff\xe0 some bytes \r\n--not a boundary\r\n\x00 of a photo \xff\xd9"


def upload(server: LiveServer, token: str | None, data: bytes = PHOTO, name: str = "IMG_1.jpg") -> requests.Response:
    return server.ask("POST", PATH, token, files={"photo": (name, data, "image/jpeg")})


def code(answer: requests.Response) -> str:
    return answer.json()["error"]["code"]


def received(server: LiveServer) -> bytes:
    ((_, data),) = server.actions.photos.values()
    return data


@pytest.fixture
def token(server: LiveServer) -> str:
    return server.begin()


def test_a_photo_of_a_form_is_passed_on_whole_with_a_short_word_on_who_sends_it(server: LiveServer, token: str) -> None:
    answer = upload(server, token)
    assert answer.status_code == 201
    assert answer.json() == {"photo_url": f"{PATH}/{'0' * 32}", "width": 3, "height": 2}
    assert answer.headers["Cache-Control"] == "no-store"
    ((claims, data),) = server.actions.photos.values()
    assert data == PHOTO
    assert claims["sub"] == jwt.decode(token, SECRET, ["HS256"], audience="daogou-web")["sub"]
    assert claims["exp"] - time.time() <= 300


@pytest.mark.parametrize("kind", ["image/jpeg", "image/heic; x=y", "IMAGE/PNG", "application/octet-stream"])
def test_a_body_that_is_the_photo_is_taken_too(server: LiveServer, token: str, kind: str) -> None:
    answer = server.ask("POST", PATH, token, data=PHOTO, headers={"Content-Type": kind})
    assert answer.status_code == 201
    assert received(server) == PHOTO


@pytest.mark.parametrize("name", ["photo.exe", "../../etc/passwd", "x" * 3_000, "ä\u202e.jpg", ""], ids=repr)
def test_what_the_file_is_called_plays_no_part(server: LiveServer, token: str, name: str) -> None:
    assert upload(server, token, name=name).status_code == 201
    assert received(server) == PHOTO


def test_other_fields_of_the_form_are_let_go(server: LiveServer, token: str) -> None:
    files = [("note", ("n.txt", b"hello")), ("photo", ("p.jpg", PHOTO)), ("photos", ("q.jpg", b"another"))]
    assert server.ask("POST", PATH, token, files=files, data={"caption": "red"}).status_code == 201
    assert received(server) == PHOTO


def test_a_photo_of_just_ten_megabytes_is_taken_and_no_byte_more(server: LiveServer, token: str) -> None:
    assert upload(server, token, b"x" * LIMIT).status_code == 201
    assert len(received(server)) == LIMIT
    for answer in (upload(server, token, b"x" * (LIMIT + 1)), raw(server, token, b"x" * (LIMIT + 1))):
        assert answer.status_code == 413
        assert code(answer) == "photo_too_large"
        assert answer.json()["error"]["limit"] == LIMIT
    assert len(server.actions.photos) == 1


def raw(server: LiveServer, token: str, data: object) -> requests.Response:
    return server.ask("POST", PATH, token, data=data, headers={"Content-Type": "image/jpeg"})


def test_a_photo_whose_length_nobody_tells_is_not_kept_beyond_the_limit(server: LiveServer, token: str) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(11):
            yield b"x" * MB

    answer = raw(server, token, parts())
    assert answer.status_code == 413
    assert code(answer) == "photo_too_large"


def connect(server: LiveServer, token: str, length: int, kind: str = "image/jpeg") -> socket.socket:
    """Begin an upload on a bare socket."""
    place = urlsplit(server.url)
    connection = socket.create_connection((place.hostname, place.port), timeout=10)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\n"
    connection.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode())
    return connection


def all_of(connection: socket.socket) -> bytes:
    """Read until the server ends the connection."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_photo_that_says_it_is_too_large_is_refused_before_a_byte_of_it_comes(server: LiveServer, token: str) -> None:
    with closing(connect(server, token, 11 * MB)) as connection:
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"photo_too_large" in answer


def test_a_photo_that_stops_coming_ends_with_408_and_the_connection(site: Site) -> None:
    server = site.start(photo_seconds=0.2)
    with closing(connect(server, server.begin(), 1000)) as connection:
        connection.sendall(b"\xff\xd8\xff")
        answer = all_of(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"photo_too_slow" in answer
    assert b"connection: close" in answer.lower()
    assert server.actions.photos == {}


def test_a_photo_that_dribbles_in_for_ever_has_no_more_time_than_one_that_stops(site: Site) -> None:
    server = site.start(photo_seconds=0.3)
    boundary = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
    with closing(connect(server, server.begin(), 9 * MB, "multipart/form-data; boundary=b")) as connection:
        connection.sendall(boundary)
        connection.settimeout(0.02)
        answer = b""
        until = time.monotonic() + 5
        while not answer and time.monotonic() < until:
            connection.sendall(b"x")
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", "", "im age/"])
def test_a_body_of_another_kind_is_refused(server: LiveServer, token: str, kind: str) -> None:
    answer = server.ask("POST", PATH, token, data=PHOTO, headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert code(answer) == "photo_unsupported"


def part(name: str, data: bytes = PHOTO) -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="%b"; filename="a"\r\n\r\n%b\r\n' % (name.encode(), data)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data", part("photo") + b"--b--"),
        ("multipart/form-data; boundary=" + "b" * 201, part("photo") + b"--b--"),
        ("multipart/form-data; boundary=b", part("photo")),
        ("multipart/form-data; boundary=b", part("photo")[:-10]),
        ("multipart/form-data; boundary=b", part("other") + b"--b--"),
        ("multipart/form-data; boundary=b", part("photo", b"") + b"--b--"),
        ("multipart/form-data; boundary=b", part("photo") + part("photo") + b"--b--"),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"X: y\r\n" * 500 + b"\r\n" + PHOTO + b"\r\n--b--"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: " + b"x" * 60_000),
        ("multipart/form-data; boundary=b", PHOTO),
        ("image/jpeg", b""),
    ],
    ids=[
        *("empty", "no boundary", "long boundary", "no end", "cut", "other field", "no bytes", "two photos"),
        *("many headers", "long header", "no form", "no body"),
    ],
)
def test_a_form_without_one_whole_photo_is_refused(server: LiveServer, token: str, kind: str, body: bytes) -> None:
    answer = server.ask("POST", PATH, token, data=body, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert code(answer) == "photo_missing"
    assert server.actions.photos == {}


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (415, "photo_not_an_image"),
        (415, "photo_unsupported"),
        (422, "photo_damaged"),
        (413, "photo_too_many_pixels"),
        (422, "photo_too_small"),
    ],
)
def test_what_the_action_server_finds_wrong_is_told(server: LiveServer, token: str, status: int, refusal: str) -> None:
    server.actions.refuses = (status, refusal)
    answer = upload(server, token)
    assert (answer.status_code, code(answer)) == (status, refusal)


@pytest.mark.parametrize("mode", ["hangs", "fails", "down", "speaks nonsense"])
def test_an_action_server_that_does_not_take_it_is_a_readable_503(
    site: Site, mode: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.channels.photos.ANSWER_SECONDS", 0.3)
    server = site.start(actions_url=f"http://127.0.0.1:{free_port()}") if mode == "down" else site.start()
    server.actions.mode = mode
    server.actions.refuses = (422, 7) if mode == "speaks nonsense" else None
    answer = upload(server, server.begin())
    server.let_go()
    assert answer.status_code == 503
    assert code(answer) == "photos_unavailable"
    assert "Bearer" not in caplog.text


@pytest.mark.parametrize("authorization", [None, "Bearer forged"])
def test_without_a_session_nothing_is_taken_or_shown(server: LiveServer, token: str, authorization: str | None) -> None:
    address = upload(server, token).json()["photo_url"]
    headers = {"Authorization": authorization} if authorization else {}
    assert server.ask("POST", PATH, data=PHOTO, headers={**headers, "Content-Type": "image/png"}).status_code == 401
    assert server.ask("GET", address, headers=headers).status_code == 401
    assert len(server.actions.photos) == 1


def test_who_sends_photos_without_end_is_asked_to_wait(site: Site) -> None:
    server = site.start(photo_rate=Rate(2, 3600))
    token = server.begin()
    assert [upload(server, token).status_code for _ in range(3)] == [201, 201, 429]
    others = [upload(server, server.begin()).status_code for _ in range(9)]
    assert others == [201] * 8 + [429], "an address with many sessions has a limit too"
    assert server.say(token, "hello").status_code == 200, "words have a limit of their own"


def test_only_so_many_uploads_are_held_at_once() -> None:
    places = UploadPlaces(most=3, most_of_an_address=2)
    with places.place("a"), places.place("a"):
        with pytest.raises(TooMany), places.place("a"):
            pytest.fail("a third of one address")
        with places.place("b"), pytest.raises(Unavailable), places.place("c"):
            pytest.fail("a fourth of all")
    with places.place("a"), places.place("c"):
        assert True


def test_a_page_of_an_embedding_shop_may_send_and_show_photos(server: LiveServer, token: str) -> None:
    asked = {"Origin": SHOP_ORIGIN, "Access-Control-Request-Method": "POST"}
    preflight = server.ask("OPTIONS", PATH, headers=asked)
    assert preflight.status_code == 204
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    sent = server.ask("POST", PATH, token, files={"photo": ("a.jpg", PHOTO)}, headers={"Origin": SHOP_ORIGIN})
    shown = server.ask("GET", sent.json()["photo_url"], token, headers={"Origin": SHOP_ORIGIN})
    refused = server.ask("POST", PATH, token, data=PHOTO, headers={"Origin": SHOP_ORIGIN, "Content-Type": "text/plain"})
    for answer in (sent, shown, refused):
        assert answer.headers["Access-Control-Allow-Origin"] == SHOP_ORIGIN
    stranger = server.ask("POST", PATH, token, files={"photo": PHOTO}, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in stranger.headers


def test_a_shopper_sees_their_photo_again(server: LiveServer, token: str) -> None:
    address = upload(server, token).json()["photo_url"]
    answer = server.ask("GET", address, token)
    assert answer.status_code == 200
    assert answer.content == PHOTO
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, max-age=60"
    assert answer.headers["Content-Disposition"] == "inline"


def test_a_shopper_who_signs_in_meanwhile_still_sees_it(server: LiveServer, token: str) -> None:
    address = upload(server, token).json()["photo_url"]
    signed_in = server.ask("POST", "/webhooks/web/demo-sign-in", token, json={"customer": "demo-ada"}).json()["session"]
    assert server.ask("GET", address, signed_in).content == PHOTO


def test_another_session_learns_no_more_than_of_a_photo_that_never_was(server: LiveServer, token: str) -> None:
    address = upload(server, token).json()["photo_url"]
    theirs, never = server.ask("GET", address, server.begin()), server.ask("GET", f"{PATH}/{'Z' * 32}", token)
    assert theirs.status_code == never.status_code == 404
    assert theirs.content == never.content
    assert code(theirs) == "photo_gone"


@pytest.mark.parametrize(
    "name", ["x", "%2e%2e", "%2e%2e%2fsecret", "a" * 31 + "%00", "a" * 33, "0" * 31 + "/", "é" * 32]
)
def test_a_name_that_no_photo_has_leads_nowhere(server: LiveServer, token: str, name: str) -> None:
    answer = server.ask("GET", f"{PATH}/{name}", token)
    assert answer.status_code == 404
    assert code(answer) in ("photo_gone", "not_found")


def test_a_photo_that_cannot_be_shown_now_is_a_readable_503(
    server: LiveServer, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    address = upload(server, token).json()["photo_url"]
    server.actions.mode = "fails"
    answer = server.ask("GET", address, token)
    assert (answer.status_code, code(answer)) == (503, "photos_unavailable")
    assert "0" * 32 not in caplog.text


@pytest.mark.parametrize("how", ["PUT", "DELETE", "PATCH"])
def test_photos_are_not_listed_changed_or_deleted(server: LiveServer, token: str, how: str) -> None:
    address = upload(server, token).json()["photo_url"]
    assert server.ask(how, address, token).status_code == 405
    assert server.ask("GET", PATH, token).status_code == 405


OWN = f"{PATH}/{'a' * 32}"


@pytest.mark.parametrize("text", ["/search_by_photo", "cameras"], ids=["bare", "caption"])
@pytest.mark.parametrize("address", [OWN, "https://img.shop.example/a.jpg?w=1"], ids=["own", "elsewhere"])
def test_a_message_with_a_photo_reaches_the_search_by_it(
    server: LiveServer, token: str, text: str, address: str
) -> None:
    assert server.say(token, text, photo_url=address).json()[0]["elements"]
    message = server.actions.calls[-1]["tracker"]["latest_message"]
    assert message["intent"]["name"] == "search_by_photo"
    assert message["metadata"]["photo_url"] == address


def test_a_region_of_the_photo_can_be_pressed(server: LiveServer, token: str) -> None:
    server.say(token, '/search_by_photo{"region": "0.1,0.2,0.5,0.9"}', photo_url=OWN)
    (entity,) = server.actions.calls[-1]["tracker"]["latest_message"]["entities"]
    assert (entity["entity"], entity["value"]) == ("region", "0.1,0.2,0.5,0.9")


def test_the_command_without_a_photo_does_no_harm(server: LiveServer, token: str) -> None:
    assert server.say(token, "/search_by_photo").json()[0]["text"]
    assert "photo_url" not in server.actions.calls[-1]["tracker"]["latest_message"]["metadata"]


def test_the_history_tells_of_photos_with_and_without_a_caption(server: LiveServer, token: str) -> None:
    server.say(token, "/search_by_photo", photo_url=OWN)
    server.say(token, "cameras like this", photo_url=OWN)
    server.say(token, "/search_by_photo", photo_url="file:///etc/passwd")
    shopper = [entry for entry in server.history(token) if entry["role"] == "shopper"]
    assert shopper == [
        {"role": "shopper", "photo_url": OWN},
        {"role": "shopper", "text": "cameras like this", "photo_url": OWN},
    ]


@pytest.mark.parametrize(
    "address",
    [
        *("http://x.example/a.jpg", "ftp://x.example/a", "javascript:alert(1)", "data:image/png;base64,AAAA"),
        *(
            f"{PATH}/",
            f"{PATH}/../history",
            f"{OWN}/x",
            f"{OWN}?x",
            "https://",
            "https://x/\n",
            "https://" + "x" * 1901,
        ),
        *(7, None, [OWN], ""),
    ],
    ids=repr,
)
def test_an_address_that_is_no_photos_is_dropped(address: object) -> None:
    assert clean_metadata({"photo_url": address}) == {}
    assert clean_metadata({"photo_url": OWN}) == {"photo_url": OWN}
