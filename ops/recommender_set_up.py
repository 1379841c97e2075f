"""Trains the recommender where that is due: `python -m ops.recommender_set_up`, which is a part of `make train`.

The demo's is made from the demo shop, into artifacts/recsys/demo, and anew when the shop or this code changes. That of
a shop of one's own, whose database DAOGOU_DATABASE_URL names, goes into artifacts/recsys/shop: when there is none, and
then once a day, if anything has changed. DAOGOU_RECSYS names another folder. The database's address may hold a
password: it stands on no command line.

A training that fails, or whose model is worse than the one in service, is told and stops nothing. Only where nothing
can be served afterwards, this ends with 1.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from ops.launch import SERVICES_PYTHON, recommender_folder
from ops.stack import DEMO_SHOP
from ops.stamps import read_stamp, write_stamp
from ops.steps import StepFailed, run_step, say
from recsys.artifact import load
from recsys.errors import RecsysError
from recsys.in_service import POINTER, VERSIONS, folder_of, read_in_service
from recsys.publish import DRAFTS
from shop.db import make_sessions, open_engine, reading
from shop.errors import ShopError
from shop.recsys_export import Exported, write_recsys

TITLE = "Recommender"
STAMP = "trained_from.json"
CODE = Path("recsys")
REFUSED = 3
"""What `recsys.train` ends with when its model is worse than the one in service."""

_TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Source:
    """Where the events come from, and where the models go to.

    Attributes:
        url: The database.
        root: The folder of models.
        demo: Whether it is the demo's, which changes only when the demo shop is made anew.
    """

    url: str
    root: Path
    demo: bool

    @property
    def data(self) -> Path:
        """The folder of frames."""
        return self.root / "data"


@dataclass(frozen=True)
class Stamp:
    """What the last training was made from.

    Attributes:
        at: When, seconds since 1970.
        frames: Checksum of the frames.
        shop: Of the demo: checksum of its database and of the code that learns; else "".
    """

    at: float
    frames: str
    shop: str = ""


def source_of(environ: Mapping[str, str]) -> Source:
    """Read from the settings what to train from."""
    named = environ.get("DAOGOU_DATABASE_URL")
    return Source(named or f"sqlite:///{DEMO_SHOP}", recommender_folder(environ), not named)


def set_up(source: Source, max_age_hours: float, now: float) -> bool:
    """Train where that is due.

    Args:
        source: From what, to where.
        max_age_hours: A younger model of a shop of one's own is left alone.
        now: Seconds since 1970.

    Returns:
        Whether a recommender can be served, or there is nothing yet to recommend.

    Raises:
        ShopError: The database does not answer, or has not the newest tables.
    """
    trouble, last = unusable(source.root), read_stamp(source.root / STAMP, Stamp)
    shop = _checksum([DEMO_SHOP, *sorted(CODE.glob("*.py"))]) if source.demo else ""
    if trouble is None and last is not None and _young(source, last, shop, max_age_hours, now):
        say(f"{TITLE}: fresh")
        return True
    if source.demo:
        # The same demo gives the same model everywhere, whatever was trained here before.
        _begin_anew(source.root, last)
        last = None
    exported = export(source)
    if not exported.item_features:
        say(f"{TITLE}: the shop has no products yet; run `make train` again when it has some")
        return True
    frames = _checksum(sorted(source.data.glob("*.parquet")))
    if trouble is None and last is not None and last.frames == frames:
        say(f"{TITLE}: fresh, nothing has happened since it was trained")
    else:
        _train(source)
    write_stamp(source.root / STAMP, Stamp(now, frames, shop))
    trouble = unusable(source.root)
    if trouble is not None:
        say(f"{TITLE}: none can be served: {trouble}")
        say(f"Its data are in {source.data}; `{' '.join(_command(source))}` trains it and says what is wrong.")
    return trouble is None


def unusable(root: Path) -> str | None:
    """Say why there is no recommender that can be served; None where there is one."""
    try:
        now = read_in_service(root)
        if now is None:
            return f"there is no model in {root}"
        load(folder_of(root, now.version))
    except RecsysError as error:
        return str(error)
    return None


def export(source: Source) -> Exported:
    """Write what shoppers did and what products are into the folder of frames.

    Raises:
        ShopError: The database does not answer.
    """
    engine = open_engine(source.url, timeout_s=_TIMEOUT_S)
    try:
        with reading(make_sessions(engine)) as session:
            return write_recsys(session, source.data)
    finally:
        engine.dispose()


def _young(source: Source, last: Stamp, shop: str, max_age_hours: float, now: float) -> bool:
    if source.demo:
        return last.shop == shop
    return 0 <= now - last.at < max_age_hours * 3600


def _begin_anew(root: Path, last: Stamp | None) -> None:
    """Take away what the demo's trainings made, and nothing else: a setting may name any folder, a home too."""
    if root != recommender_folder({}) and not (last is not None and last.shop):
        return
    for name in ("data", VERSIONS, DRAFTS):
        shutil.rmtree(root / name, ignore_errors=True)
    for name in (POINTER, STAMP):
        (root / name).unlink(missing_ok=True)


def _train(source: Source) -> None:
    """Train in a process of its own; what fails is told, and what was in service is so still."""
    try:
        run_step(TITLE, _command(source), {**os.environ, "PYTHONPATH": "."}, draws_bars=True)
    except StepFailed as failure:
        why = "the new model is not better" if failure.returncode == REFUSED else f"training failed ({failure})"
        say(f"{TITLE}: {why}; a model that was in service before stays so")


def _command(source: Source) -> list[str]:
    command = [SERVICES_PYTHON, "-m", "recsys.train", "--data", str(source.data), "--out", str(source.root)]
    # The tracker takes longer to set itself up than the demo takes to train.
    return [*command, "--tracking", "off"] if source.demo else command


def _checksum(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up the recommender of the settings; 1 where none can be served."""
    parser = argparse.ArgumentParser(prog="python -m ops.recommender_set_up", description=__doc__.splitlines()[0])
    parser.add_argument("--max-age-hours", type=float, default=24.0, help="of a shop of one's own (%(default)s)")
    options = parser.parse_args(arguments)
    source = source_of(os.environ)
    try:
        served = set_up(source, options.max_age_hours, time.time())
    except (ShopError, DBAPIError, OSError) as error:
        sys.stderr.write(f"{TITLE}: {error.orig if isinstance(error, DBAPIError) else error}\n")
        served = unusable(source.root) is None
    return 0 if served else 1


if __name__ == "__main__":
    raise SystemExit(main())
