"""Sets up photo search where that is due: `python -m ops.vision_set_up`, which is a part of `make train`.

What is on sale is exported, a model is tuned on it, and its pictures are embedded. The demo's goes into
artifacts/vision/demo, tuned anew when the demo shop, its pictures or this code change. That of a shop of one's own,
whose database DAOGOU_DATABASE_URL names, goes into artifacts/vision/shop, tuned when there is none and then once a day
if anything has changed; new pictures are embedded at each start. DAOGOU_VISION names another folder and DAOGOU_IMAGES
that of the pictures. Where DAOGOU_IMAGE_MODEL names another model of open_clip, nothing is tuned.

A shop without pictures gets no photo search. A training that fails is told, and what was there before stays. Only where
the demo's photo search cannot work afterwards, this ends with 1.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from ops.launch import SERVICES_PYTHON, vision_folder
from ops.stack import DEMO_SHOP
from ops.stamps import read_stamp, write_stamp
from ops.steps import StepFailed, run_step, say
from shop.db import make_sessions, open_engine, reading
from shop.errors import ShopError
from shop.photo_export import ITEMS_FILE, PHOTOS_FILE, PhotoExport, write_photos
from vision.encoder import EncoderIdentity
from vision.errors import VisionError
from vision.gallery import Gallery
from vision.saved_model import read_card

TITLE = "Photo search"
STAMP = "made_from.json"
CODE = Path("vision")
NOT_BETTER = 3
"""What `vision.train` ends with when its model is no better than the frozen tower."""

_TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Source:
    """Where the pictures come from, and where what is made of them goes to.

    Attributes:
        url: the shop's database.
        images: the folder of its pictures.
        root: the folder of exports, model and gallery.
        demo: whether it is the demo's.
        image_model: another model of open_clip; empty for the one that is tuned here.
    """

    url: str
    images: Path
    root: Path
    demo: bool
    image_model: str = ""

    @property
    def data(self) -> Path:
        """The folder of the export."""
        return self.root / "data"

    @property
    def model(self) -> Path:
        """The folder of the tuned model."""
        return self.root / "model"

    @property
    def gallery(self) -> Path:
        """The folder of the gallery."""
        return self.root / "gallery"


@dataclass(frozen=True)
class Stamp:
    """What was made from what.

    Attributes:
        trained_at: when the model was tuned, seconds since 1970.
        trained_from: checksum of the export and of the pictures' bytes.
        code: checksum of the code that tuned the demo's; else "".
        indexed: checksum of the export and of sizes and times of the pictures and of another model's files.
        image_model: the other model of the gallery, if any.
    """

    trained_at: float = 0.0
    trained_from: str = ""
    code: str = ""
    indexed: str = ""
    image_model: str = ""


def source_of(environ: Mapping[str, str]) -> Source:
    """Read from the settings what to make photo search of."""
    named = environ.get("DAOGOU_DATABASE_URL")
    images = Path(environ.get("DAOGOU_IMAGES") or "var/images")
    model = environ.get("DAOGOU_IMAGE_MODEL", "")
    return Source(named or f"sqlite:///{DEMO_SHOP}", images, vision_folder(environ), not named, model)


def set_up(source: Source, max_age_hours: float, now: float) -> bool:
    """Make what is missing or stale.

    Args:
        source: from what, to where.
        max_age_hours: a younger model of a shop of one's own is left alone.
        now: seconds since 1970.

    Returns:
        Whether photos can be searched for, or there are no pictures to find.

    Raises:
        ShopError: the database does not answer, or has not the newest tables.
        OSError: the folder cannot be written.
    """
    exported = export(source)
    if not exported.photos:
        say(f"{TITLE}: the shop has no pictures of its own; run `make train` again when it has some")
        return True
    last = read_stamp(source.root / STAMP, Stamp) or Stamp()
    states = (*(source.images / name for name in _names(exported)), *_model_files(source))
    seen = _checksum(_exported(source), map(_state, states))
    stamp = last if source.image_model else _tuned(source, exported, last, max_age_hours, now)
    indexed = replace(stamp, indexed=seen, image_model=source.image_model)
    if replace(indexed, trained_at=last.trained_at) == last and unusable(source) is None:
        say(f"{TITLE}: fresh")
    elif _index(source):
        stamp = indexed
    write_stamp(source.root / STAMP, stamp)
    trouble = unusable(source)
    if trouble is not None:
        say(f"{TITLE}: photos cannot be searched for: {trouble}")
    return trouble is None


def export(source: Source) -> PhotoExport:
    """Write what is on sale into the folder of the export.

    Raises:
        ShopError: the database does not answer.
    """
    engine = open_engine(source.url, timeout_s=_TIMEOUT_S)
    try:
        with reading(make_sessions(engine)) as session:
            return write_photos(session, source.data)
    finally:
        engine.dispose()


def unusable(source: Source) -> str | None:
    """Say why photos cannot be searched for with what there is; None where they can."""
    try:
        Gallery.load(source.gallery, None if source.image_model else _identity(source))
    except VisionError as error:
        return str(error)
    return None


def _identity(source: Source) -> EncoderIdentity:
    return read_card(source.model).identity


def _tuned(source: Source, exported: PhotoExport, last: Stamp, max_age_hours: float, now: float) -> Stamp:
    """Tune the model where that is due, and give what it was made from."""
    usable = _has_model(source)
    if usable and not source.demo and 0 <= now - last.trained_at < max_age_hours * 3600:
        return last
    pictures = (_content(source.images / name) for name in _names(exported))
    made_from = _checksum(_exported(source), pictures)
    code = _checksum(sorted(CODE.glob("*.py"))) if source.demo else ""
    if usable and (last.trained_from, last.code) == (made_from, code):
        return last if source.demo else replace(last, trained_at=now)
    return replace(last, trained_at=now, trained_from=made_from, code=code) if _train(source) else last


def _has_model(source: Source) -> bool:
    try:
        _identity(source)
    except VisionError:
        return False
    return True


def _train(source: Source) -> bool:
    """Tune in a process of its own, which keeps the model that is there until the new one is whole."""
    try:
        run_step(f"{TITLE}: model", train_command(source), _environment(), draws_bars=True)
    except StepFailed as failure:
        if failure.returncode == NOT_BETTER and _has_model(source):
            say(f"{TITLE}: the new model is not better; the one before stays")
            return True
        say(f"{TITLE}: the model could not be tuned ({failure}); one that was there before stays")
        return False
    return True


def _index(source: Source) -> bool:
    try:
        run_step(f"{TITLE}: gallery", index_command(source), _environment(), draws_bars=True)
    except StepFailed as failure:
        say(f"{TITLE}: the pictures could not be embedded ({failure}); a gallery that was there before stays")
        return False
    return True


def train_command(source: Source) -> list[str]:
    """Give the command that tunes a model; the database's address, which may hold a password, is not in it."""
    folders = ("--data", str(source.data), "--images", str(source.images), "--out", str(source.model))
    return [SERVICES_PYTHON, "-m", "vision.train", *folders]


def index_command(source: Source) -> list[str]:
    """Give the command that makes the gallery; a model that was not tuned here is calibrated with it."""
    folders = ("--data", str(source.data), "--images", str(source.images), "--out", str(source.gallery))
    other = ("--calibrate", str(source.root / "other-model" / "matcher.json")) if source.image_model else ()
    return [SERVICES_PYTHON, "-m", "vision.index", *folders, "--model", source.image_model or str(source.model), *other]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": "."}


def _names(exported: PhotoExport) -> Iterable[str]:
    return dict.fromkeys(row["photo"] for row in exported.photos)


def _model_files(source: Source) -> list[Path]:
    """Give the files of another model where it lies on this disk: in their place may come those of a third."""
    path = Path(source.image_model.removeprefix("local-dir:"))
    if not source.image_model or not path.exists():
        return []
    return sorted(path.iterdir()) if path.is_dir() else [path, path.with_suffix(".json")]


def _exported(source: Source) -> list[Path]:
    return [source.data / ITEMS_FILE, source.data / PHOTOS_FILE]


def _checksum(files: Iterable[Path], states: Iterable[str] = ()) -> str:
    digest = hashlib.sha256()
    for state in (*map(_content, files), *states):
        digest.update(state.encode())
    return digest.hexdigest()


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def _state(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "unreadable"
    return f"{found.st_size} {found.st_mtime_ns};"


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up the photo search of the settings; 1 where the demo's cannot work."""
    parser = argparse.ArgumentParser(prog="python -m ops.vision_set_up", description=__doc__.splitlines()[0])
    parser.add_argument("--max-age-hours", type=float, default=24.0, help="of a shop of one's own (%(default)s)")
    options = parser.parse_args(arguments)
    source = source_of(os.environ)
    try:
        works = set_up(source, options.max_age_hours, time.time())
    except (ShopError, DBAPIError, OSError) as error:
        sys.stderr.write(f"{TITLE}: {error.orig if isinstance(error, DBAPIError) else error}\n")
        works = unusable(source) is None
    # A shop can be run without photo search; the demo has to show it.
    return 0 if works or not source.demo else 1


if __name__ == "__main__":
    raise SystemExit(main())
