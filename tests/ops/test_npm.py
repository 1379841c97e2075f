"""Fetching pinned npm packages: what is unpacked, what is refused, and what the messages say."""

from __future__ import annotations

import errno
import io
import tarfile
from pathlib import Path

import pytest

from ops.npm import FetchError, NpmPackage, fetch, integrity_of, is_fresh, load_packages, main, npm_pack


def archive_of(path: Path, files: dict[str, str], links: dict[str, str] | None = None) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            tar.addfile(entry)
    return path


class Registry:
    """Stands where npm's registry would: hands out one archive and counts the downloads."""

    def __init__(self, archive: Path) -> None:
        self.archive, self.downloads = archive, 0

    def pack(self, package: NpmPackage, folder: Path) -> Path:
        self.downloads += 1
        copy = folder / "package.tgz"
        copy.write_bytes(self.archive.read_bytes())
        return copy


def pinned(archive: Path, **changes: str) -> NpmPackage:
    fields = {"name": "kettle", "version": "1.2.3", "integrity": integrity_of(archive), "folder": "kettle"}
    return NpmPackage(**{**fields, **changes})


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return archive_of(tmp_path / "good.tgz", {"package/package.json": "{}", "package/assets/a.csv": "a,b"})


def test_a_package_is_unpacked_without_its_top_folder(good: Path, tmp_path: Path) -> None:
    assert fetch(pinned(good), tmp_path / "npm", Registry(good).pack)
    assert (tmp_path / "npm/kettle/assets/a.csv").read_text() == "a,b"
    assert [path.name for path in (tmp_path / "npm").iterdir()] == ["kettle"]


def test_what_is_fresh_is_not_downloaded_again(good: Path, tmp_path: Path) -> None:
    registry = Registry(good)
    fetch(pinned(good), tmp_path / "npm", registry.pack)
    assert not fetch(pinned(good), tmp_path / "npm", registry.pack)
    assert registry.downloads == 1


def test_another_pinned_version_replaces_the_old_folder(good: Path, tmp_path: Path) -> None:
    fetch(pinned(good), tmp_path / "npm", Registry(good).pack)
    newer = archive_of(tmp_path / "newer.tgz", {"package/new.txt": "new"})
    assert fetch(pinned(newer, version="1.2.4"), tmp_path / "npm", Registry(newer).pack)
    assert not (tmp_path / "npm/kettle/package.json").exists()
    assert (tmp_path / "npm/kettle/new.txt").read_text() == "new"


def test_an_archive_with_another_sha512_is_refused_and_both_are_shown(good: Path, tmp_path: Path) -> None:
    forged = archive_of(tmp_path / "forged.tgz", {"package/package.json": "{} "})
    with pytest.raises(FetchError, match="not the pinned archive") as caught:
        fetch(pinned(good), tmp_path / "npm", Registry(forged).pack)
    assert integrity_of(good) in str(caught.value)
    assert integrity_of(forged) in str(caught.value)
    assert list((tmp_path / "npm").iterdir()) == []


@pytest.mark.parametrize("name", ["../escaped.txt", "/tmp/escaped.txt", "package/../../escaped.txt"])
def test_a_file_that_would_land_outside_is_refused(name: str, tmp_path: Path) -> None:
    bad = archive_of(tmp_path / "bad.tgz", {"package/ok.txt": "ok", name: "bad"})
    if name.startswith("/"):
        # The data filter makes an absolute name relative, so there are two top folders instead of an escape.
        with pytest.raises(FetchError, match="should hold one folder"):
            fetch(pinned(bad), tmp_path / "npm", Registry(bad).pack)
    else:
        with pytest.raises(FetchError, match="not a safe archive"):
            fetch(pinned(bad), tmp_path / "npm", Registry(bad).pack)
    assert not is_fresh(pinned(bad), tmp_path / "npm")


def test_a_link_that_leads_outside_is_refused(tmp_path: Path) -> None:
    bad = archive_of(tmp_path / "bad.tgz", {"package/ok.txt": "ok"}, links={"package/link": "../../../secret"})
    with pytest.raises(FetchError, match="not a safe archive"):
        fetch(pinned(bad), tmp_path / "npm", Registry(bad).pack)


def test_something_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.tgz"
    page.write_text("<html>sign in to the hotel network</html>")
    with pytest.raises(FetchError, match="not a safe archive"):
        fetch(pinned(page), tmp_path / "npm", Registry(page).pack)


def test_a_full_disk_is_named(good: Path, tmp_path: Path) -> None:
    def pack(package: NpmPackage, folder: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FetchError, match="the disk is full"):
        fetch(pinned(good), tmp_path / "npm", pack)


def test_no_network_is_named_and_exits_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    assert main(["--into", str(tmp_path / "npm")]) == 1
    assert "no network for deep-chat@2.4.2 (ECONNREFUSED)" in capsys.readouterr().err


def test_npm_says_no_network_for_one_package(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with pytest.raises(FetchError, match="no network"):
        npm_pack(pinned(good), tmp_path)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": "^1.2.0"}, "not pinned"),
        ({"integrity": "sha1-x"}, "not a sha512"),
        ({"folder": "../x"}, "plain name"),
    ],
    ids=["a range", "a weak hash", "a folder outside"],
)
def test_an_entry_that_pins_nothing_is_refused(good: Path, changes: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        pinned(good, **changes)


def test_the_packages_of_the_house_are_pinned() -> None:
    assert {(package.name, package.version) for package in load_packages()} == {
        ("deep-chat", "2.4.2"),
        ("@vendure/create", "2.3.4"),
    }
