"""Photos of tickets outlive the hours of a search, are shown to their owner alone, and leave in their turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.kept_photos import KEPT_DAYS, KeptPhotos
from actions.photo_errors import PhotoGone, PhotosFull
from actions.photo_store import PhotoStore
from shop.shoppers import Shopper

ADA, EVE = Shopper("web-ada", "ada"), Shopper("web-eve")
DAY = 86_400.0
NAME = "a" * 32


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> PhotoStore:
    return PhotoStore(tmp_path, 24, clock=clock)


def test_a_kept_photo_outlives_its_hours_and_not_its_days(store: PhotoStore, clock: Clock) -> None:
    kept, lost = store.save(ADA, b"kept"), store.save(ADA, b"lost")
    store.keep(ADA, kept)
    clock.now += 2 * DAY
    assert store.sweep() == 2
    assert store.read(ADA, kept).data == b"kept"
    with pytest.raises(PhotoGone):
        store.read(ADA, lost)
    clock.now += KEPT_DAYS * DAY
    with pytest.raises(PhotoGone):
        store.read(ADA, kept)
    assert store.sweep() == 1
    assert store.sweep() == 0


def test_only_its_owner_keeps_or_sees_it(store: PhotoStore) -> None:
    name = store.save(ADA, b"a photo")
    with pytest.raises(PhotoGone):
        store.keep(EVE, name)
    store.keep(ADA, name)
    store.keep(ADA, name)
    assert store.read(Shopper("web-elsewhere", "ada"), name).data == b"a photo"
    for shopper in (EVE, Shopper("web-ada"), Shopper("web-eve", "bo")):
        with pytest.raises(PhotoGone):
            store.read(shopper, name)


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "x" * 33, "\x00" * 32])
def test_a_name_leads_nowhere_else(store: PhotoStore, name: str) -> None:
    with pytest.raises(PhotoGone):
        store.keep(ADA, name)


def test_what_does_not_fit_is_not_kept_and_nothing_else_leaves(tmp_path: Path, clock: Clock) -> None:
    kept = KeptPhotos(tmp_path, clock, most_bytes=10)
    kept.keep(ADA, NAME, b"12345678")
    with pytest.raises(PhotosFull):
        kept.keep(EVE, "b" * 32, b"123")
    assert kept.read(ADA, NAME)[0] == b"12345678"
    assert [path.stat().st_mode & 0o777 for path in tmp_path.rglob("*.jpg")] == [0o600]


def test_a_folder_that_takes_nothing_says_so(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "tickets").write_text("no folder")
    with pytest.raises(OSError, match="tickets"):
        KeptPhotos(tmp_path / "tickets", clock).keep(ADA, NAME, b"1")
