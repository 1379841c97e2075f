"""Puts trained models in service, and takes them out again.

A folder of models, the root, holds

    current.json        which version is in service, those before it, and the figures by which it came in
    versions/VERSION/   the models that were put in service, at most a few
    drafts/VERSION/     models in training, and those that were refused, for a day

`python -m recsys.publish status --root artifacts/recsys/shop`
`python -m recsys.publish rollback --root artifacts/recsys/shop`

Whoever serves needs no restart: `RecommenderStore` sees that `current.json` has changed.
"""

from __future__ import annotations

import argparse
import fcntl
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from recsys.artifact import load
from recsys.errors import ArtifactDamaged, NotBetter, RecsysError
from recsys.in_service import (
    VERSIONS,
    GateFigures,
    InService,
    folder_of,
    read_in_service,
    write_in_service,
)
from recsys.store import RecommenderStore

__all__ = ["Gate", "GateFigures", "InService", "RecommenderStore", "publish", "read_in_service", "rollback"]

DRAFTS = "drafts"
KEPT_VERSIONS = 3
"""Versions that stay: the one in service and those that it can be rolled back to."""

DRAFT_SECONDS = 24 * 3600.0

Gate = Callable[[Path | None], GateFigures]
"""Judges a new model beside the one in service, whose folder it is given; None where there is none."""


def publish(root: Path, folder: Path, gate: Gate) -> InService:
    """Put a model in service, unless it is worse than the one that is.

    The gate is asked while nobody else can publish, so that it judges beside the very model that is replaced. A model
    that cannot be read back whole is never put in service.

    Args:
        root: The folder of models.
        folder: The new model, named like its version; it is moved below `root/versions`.
        gate: Judges it.

    Returns:
        What is in service now. A version that is in service already stays so, unjudged, unless it is damaged.

    Raises:
        NotBetter: It is worse; the one in service stays.
        ArtifactError: It cannot be read back, or `current.json` cannot be read.
    """
    with _alone(root):
        now = read_in_service(root)
        if now is not None and now.version == folder.name and _readable(folder_of(root, now.version)):
            return now
        load(folder, verify=True)
        figures = gate(None if now is None else folder_of(root, now.version))
        if figures.worse and figures.old is not None and figures.new is not None:
            raise NotBetter(figures.metric, figures.old, figures.new)
        _bring_in(root, folder)
        new = InService(folder.name, _history(root, now, folder.name), figures, datetime.now(UTC).isoformat())
        write_in_service(root, new)
        _prune(root, new)
    return new


def rollback(root: Path) -> InService:
    """Put the version before the one in service back.

    Returns:
        What is in service now.

    Raises:
        ArtifactDamaged: There is no version before, or it cannot be read.
    """
    with _alone(root):
        now = read_in_service(root)
        if now is None or now.previous is None:
            raise ArtifactDamaged(root, "there is no earlier version to go back to")
        load(folder_of(root, now.previous), verify=True)
        note = GateFigures(note=f"rolled back from {now.version}")
        earlier = InService(now.previous, now.history[1:], note, datetime.now(UTC).isoformat())
        write_in_service(root, earlier)
    return earlier


def draft_folder(root: Path, version: str) -> Path:
    """Give the folder to write a new model to; one that is left there of an earlier training is emptied."""
    folder = root / DRAFTS / version
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let another process that publishes wait; a killed one leaves no lock behind."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".publishing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _readable(folder: Path) -> bool:
    try:
        load(folder, verify=True)
    except RecsysError:
        return False
    return True


def _bring_in(root: Path, folder: Path) -> None:
    """Move a model below the versions; a left-over of the same name, which was rolled back from, is replaced."""
    target = folder_of(root, folder.name)
    if folder.resolve() == target.resolve():
        return
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(exist_ok=True)
    shutil.move(folder, target)


def _history(root: Path, now: InService | None, version: str) -> tuple[str, ...]:
    """Give the versions that can be gone back to, the latest first."""
    if now is None:
        return ()
    earlier = [name for name in (now.version, *now.history) if name != version and folder_of(root, name).is_dir()]
    return tuple(earlier[: KEPT_VERSIONS - 1])


def _prune(root: Path, now: InService) -> None:
    """Delete versions that nobody can go back to, and drafts of yesterday; a server that has one open keeps it."""
    kept = {now.version, *now.history}
    for folder in (root / VERSIONS).iterdir():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    drafts = root / DRAFTS
    for folder in drafts.iterdir() if drafts.is_dir() else ():
        if time.time() - folder.stat().st_mtime > DRAFT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def described(now: InService | None) -> str:
    """Say in a few lines what is in service."""
    if now is None:
        return "no model is in service\n"
    gate = now.gate
    figures = ", ".join(f"{name} {value:.4f}" for name in ("new", "old") if (value := getattr(gate, name)) is not None)
    return (
        f"in service: {now.version}, since {now.published_at}\n"
        f"before it: {', '.join(now.history) or 'none'}\n"
        f"gate: {gate.metric}: {figures or 'not judged'}; {gate.shoppers} shoppers; {gate.note}\n"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Say what is in service, or go back to the version before; 1 and a message where that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m recsys.publish", description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("status", "rollback"))
    parser.add_argument("--root", type=Path, required=True, help="the folder of models, as artifacts/recsys/shop")
    options = parser.parse_args(arguments)
    try:
        now = rollback(options.root) if options.command == "rollback" else read_in_service(options.root)
    except (RecsysError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(described(now))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
