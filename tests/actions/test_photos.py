from __future__ import annotations

import threading
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from actions import bootstrap, server
from actions.bootstrap import Services
from actions.photo_errors import AddressRefusal, PhotoRefused
from actions.photo_fetch import PhotoFetch
from actions.photo_store import PhotoStore
from actions.photos import Photos, PhotosFull
from actions.settings import Settings
from shop.errors import ShopUnavailable
from shop.shoppers import Shopper
from tests.actions.conftest import SECRET

ADA = Shopper("web-ada")


def jpeg() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG")
    return buffer.getvalue()


def test_no_more_files_are_decoded_at_once_than_memory_is_set_aside_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: bytes) -> Image.Image:
        begun.set()
        go_on.wait(10)
        return Image.new("RGB", (40, 30))

    monkeypatch.setattr("actions.photos.decode", slow)
    photos = Photos(PhotoStore(tmp_path, 24), PhotoFetch(()), at_a_time=1, patience_s=0.01)
    first = threading.Thread(target=photos.take, args=[ADA, jpeg()])
    first.start()
    begun.wait(10)
    with pytest.raises(PhotosFull):
        photos.take(ADA, jpeg())
    go_on.set()
    first.join()
    assert photos.take(ADA, jpeg()).width == 40, "the next has its turn again"


@pytest.mark.parametrize("url", ["https://img.shop.example/a.jpg", "http://127.0.0.1/", "", "var/photos/x.jpg"])
def test_where_no_host_is_set_only_uploaded_photos_are_loaded(services: Services, url: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        services.photos.load(ADA, url)
    assert refused.value.reason == AddressRefusal.NOT_ALLOWED


def test_photos_leave_after_their_time_even_while_the_shop_is_away(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[int] = []

    def away() -> None:
        raise ShopUnavailable("away")

    monkeypatch.setattr(bootstrap, "services", lambda: services)
    monkeypatch.setattr(bootstrap, "is_ready", lambda: True)
    monkeypatch.setattr(services.photos, "sweep", lambda: swept.append(1))
    monkeypatch.setattr(services.search, "refresh", away)
    with pytest.raises(ShopUnavailable):
        server._refresh()
    assert swept == [1]


def test_the_hosts_of_photos_are_a_list_of_names() -> None:
    hosts = Settings(secret=SECRET, photo_hosts=" img.Shop.example, cdn.shop.example,").photo_host_names
    assert hosts == {"img.shop.example", "cdn.shop.example"}
    assert Settings(secret=SECRET).photo_host_names == frozenset()


@pytest.mark.parametrize(
    "hosts",
    ["*", "https://img.shop.example", "img.shop.example/x", "127.0.0.1:80", "localhost", "*.shop.example", "a b.c"],
)
def test_what_is_no_host_name_stops_the_server(hosts: str) -> None:
    with pytest.raises(ValueError, match="DAOGOU_PHOTO_HOSTS"):
        Settings(secret=SECRET, photo_hosts=hosts)


def test_photos_are_kept_for_some_time() -> None:
    with pytest.raises(ValueError, match="photo_hours"):
        Settings(secret=SECRET, photo_hours=0)
