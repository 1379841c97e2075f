from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from actions.photo_errors import PhotoGone
from actions.photo_store import PhotoStore
from shop.shoppers import Shopper

ADA, BO = Shopper("web-ada"), Shopper("web-bo")
HOUR = 3600.0


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "photos"


@pytest.fixture
def store(folder: Path, clock: Clock) -> PhotoStore:
    return PhotoStore(folder, 24, clock=clock)


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def gone(store: PhotoStore, shopper: Shopper, photo_id: str) -> bool:
    try:
        store.read(shopper, photo_id)
    except PhotoGone:
        return True
    return False


def test_what_is_kept_comes_back_as_it_was(store: PhotoStore, clock: Clock) -> None:
    photo_id = store.save(ADA, b"a photo")
    clock.now += HOUR
    found = store.read(ADA, photo_id)
    assert (found.data, found.seconds_left) == (b"a photo", 23 * HOUR)


def test_names_are_unguessable_and_tell_nothing(store: PhotoStore, folder: Path) -> None:
    names = {store.save(ADA, b"the same photo") for _ in range(30)}
    assert len(names) == 30
    assert {len(name) for name in names} == {32}
    assert not any("ada" in str(path.relative_to(folder)) for path in files(folder))


def test_only_the_server_may_read_the_files(store: PhotoStore, folder: Path) -> None:
    store.save(ADA, b"a photo")
    (path,) = files(folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_another_shopper_has_no_such_photo(store: PhotoStore) -> None:
    assert gone(store, BO, store.save(ADA, b"a photo"))


def test_who_signs_in_keeps_what_they_sent_before(store: PhotoStore) -> None:
    photo_id = store.save(ADA, b"a photo")
    assert store.read(Shopper("web-ada", "ada"), photo_id).data == b"a photo"


def test_what_a_customer_sent_is_not_shown_to_who_else_comes_back_to_the_conversation(store: PhotoStore) -> None:
    photo_id = store.save(Shopper("web-ada", "ada"), b"a photo")
    assert store.read(Shopper("web-ada", "ada"), photo_id).data == b"a photo"
    assert gone(store, Shopper("web-ada"), photo_id)
    assert gone(store, Shopper("web-ada", "bo"), photo_id)
    assert gone(store, Shopper("web-other", "ada"), photo_id)


@pytest.mark.parametrize(
    "photo_id",
    [
        "",
        ".",
        "..",
        "../" * 10 + "x",
        "a" * 31,
        "a" * 33,
        "a" * 32,
        "/" + "a" * 31,
        "a" * 31 + "\n",
        "é" * 32,
        "\0" * 32,
    ],
    ids=repr,
)
def test_a_name_that_no_photo_has_leads_nowhere(store: PhotoStore, photo_id: str) -> None:
    store.save(ADA, b"a photo")
    assert gone(store, ADA, photo_id)


def test_a_photo_is_gone_on_the_second_before_anything_sweeps_it(store: PhotoStore, clock: Clock) -> None:
    photo_id = store.save(ADA, b"a photo")
    clock.now += 24 * HOUR - 1
    assert store.read(ADA, photo_id).seconds_left == 1
    clock.now += 1
    assert gone(store, ADA, photo_id)


def test_the_sweep_deletes_what_is_old_and_nothing_else(
    store: PhotoStore, folder: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    old = store.save(ADA, b"old")
    clock.now += 23 * HOUR
    young = store.save(BO, b"young")
    clock.now += HOUR
    with caplog.at_level(logging.INFO):
        assert store.sweep() == 1
    assert [path.read_bytes() for path in files(folder)] == [b"young"]
    assert len(list(folder.iterdir())) == 1, "an empty folder leaves with its last photo"
    assert store.read(BO, young).data == b"young"
    assert old not in caplog.text
    assert store.sweep() == 0


def test_a_sweep_of_no_folder_or_a_foreign_one_touches_nothing(store: PhotoStore, folder: Path, clock: Clock) -> None:
    assert store.sweep() == 0
    (folder / "elsewhere").mkdir(parents=True)
    (folder / "elsewhere" / "mine.jpg").write_bytes(b"not a shopper's")
    clock.now += 10**9
    assert store.sweep() == 0
    assert len(list(files(folder))) == 1


def test_a_crash_while_writing_leaves_no_photo_that_could_be_read(
    store: PhotoStore, folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", die)
        with pytest.raises(KeyboardInterrupt):
            store.save(ADA, b"half of a photo")
    assert [path.suffix for path in files(folder)] == [".part"]
    os.utime(next(files(folder)), (clock.now, clock.now))
    clock.now += 25 * HOUR
    assert store.sweep() == 1
    assert not list(files(folder))


def test_a_full_disk_is_told_and_leaves_nothing_behind(
    store: PhotoStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.save(ADA, b"a photo")
    assert not list(files(folder))


def test_the_oldest_of_a_shopper_leave_where_there_are_too_many(folder: Path, clock: Clock) -> None:
    store = PhotoStore(folder, 24, most_of_an_owner=3, clock=clock)
    theirs = store.save(BO, b"of another")
    names = []
    for number in range(5):
        clock.now += 1
        names.append(store.save(ADA, b"%d" % number))
    assert [gone(store, ADA, name) for name in names] == [True, True, False, False, False]
    assert not gone(store, BO, theirs)


def test_the_oldest_of_all_leave_where_the_room_ends(folder: Path, clock: Clock) -> None:
    store = PhotoStore(folder, 24, most_bytes=1000, clock=clock)
    names = []
    for number in range(11):
        clock.now += 1
        names.append((shopper := Shopper(f"web-{number}"), store.save(shopper, b"x" * 100)))
    assert [gone(store, *one) for one in names] == [True, True] + [False] * 9
    assert sum(path.stat().st_size for path in files(folder)) == 900


def test_a_store_that_starts_anew_counts_what_is_there(folder: Path, clock: Clock) -> None:
    PhotoStore(folder, 24, clock=clock).save(BO, b"x" * 900)
    clock.now += 1
    PhotoStore(folder, 24, most_bytes=1000, clock=clock).save(ADA, b"y" * 200)
    assert [path.read_bytes()[:1] for path in files(folder)] == [b"y"]


def test_many_threads_can_save_and_sweep_at_once(folder: Path) -> None:
    store = PhotoStore(folder, 24, most_bytes=50 * 100)
    names: list[str] = []

    def work(number: int) -> None:
        for _ in range(20):
            names.append(store.save(Shopper(f"web-{number}"), b"x" * 100))
            store.sweep()

    threads = [Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 120
    assert sum(path.stat().st_size for path in files(folder)) <= 5000
