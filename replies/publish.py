"""Puts trained models in service, two side by side where that is wanted, and takes them out again.

A folder of models, the root, holds

    current.json        which versions are in service with which share, and what was in service before
    versions/VERSION/   models that were put in service
    drafts/VERSION/     models in training, and those that were refused

`python -m replies.publish status --root artifacts/replies/shop`
`python -m replies.publish rollback --root artifacts/replies/shop`
`python -m replies.publish beside --root artifacts/replies/shop --version VERSION --share 0.1`
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from replies.errors import ArtifactDamaged, InvalidSetting, NotBetter, RepliesError
from replies.model_folder import read_manifest

POINTER, VERSIONS, DRAFTS = "current.json", "versions", "drafts"
KEPT = 5
"""How many earlier states can be gone back to."""

QUALITY_NOISE = 0.01
"""By how much chrF may lie below that of the model in service, as chance explains on a few hundred replies."""


@dataclass(frozen=True)
class Judged:
    """How a model did on held-out families.

    Attributes:
        grounded: share of replies in which an independent checker found nothing that the facts do not hold.
        quality: mean chrF beside the references.
        replies: how many were judged.
    """

    grounded: float
    quality: float
    replies: int


Judge = Callable[[Path], Judged]


@dataclass(frozen=True)
class InService:
    """What is in service.

    Attributes:
        shares: of the shoppers, by version; they add up to one.
        history: the shares of earlier states, the latest first.
        judged: figures of the versions, where they were judged.
        since: ISO 8601, UTC.
    """

    shares: Mapping[str, float]
    history: tuple[Mapping[str, float], ...] = ()
    judged: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    since: str = ""

    @property
    def main(self) -> str:
        """The version with the largest share."""
        return max(self.shares, key=lambda version: self.shares[version])


def publish(root: Path, draft: Path, judge: Judge) -> InService:
    """Put a model in service for all shoppers, unless it invents something or is worse than the one that is.

    Both are judged now, on the same families, while nobody else can publish.

    Args:
        root: the folder of models.
        draft: the new model, named like its version; it is moved below `root/versions`.
        judge: gives a model's figures.

    Raises:
        NotBetter: it is not good enough; what is in service stays.
        ArtifactError: it cannot be read back.
    """
    with _alone(root):
        now = read_in_service(root)
        read_manifest(draft)
        mine = judge(draft)
        if mine.grounded < 1:
            raise NotBetter("grounded replies", 1.0, mine.grounded)
        judged = {draft.name: asdict(mine)}
        if now is not None:
            theirs = judge(folder_of(root, now.main))
            judged[now.main] = asdict(theirs)
            if mine.quality < theirs.quality - QUALITY_NOISE:
                raise NotBetter("chrF on held-out families", theirs.quality, mine.quality)
        target = folder_of(root, draft.name)
        if draft.resolve() != target.resolve():
            shutil.rmtree(target, ignore_errors=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(draft, target)
        return _put(root, now, {draft.name: 1.0}, judged)


def beside(root: Path, version: str, share: float) -> InService:
    """Let a version serve a share of the shoppers beside the one in service.

    Raises:
        InvalidSetting: the share is not between 0 and 1, or the version is the one in service.
        ArtifactError: the version cannot be read, or nothing is in service.
    """
    if not 0 < share < 1:
        raise InvalidSetting("share", share, "must lie between 0 and 1")
    with _alone(root):
        now = _required(root)
        if version == now.main:
            raise InvalidSetting("version", version, "is the one in service")
        read_manifest(folder_of(root, version))
        return _put(root, now, {now.main: 1 - share, version: share}, now.judged)


def rollback(root: Path) -> InService:
    """Go back to what was in service before.

    Raises:
        ArtifactError: nothing was, or it cannot be read.
    """
    with _alone(root):
        now = _required(root)
        if not now.history:
            raise ArtifactDamaged(root, "there is nothing earlier to go back to")
        for version in now.history[0]:
            read_manifest(folder_of(root, version))
        back = InService(now.history[0], now.history[1:], now.judged, datetime.now(UTC).isoformat())
        _write(root, back)
        return back


def read_in_service(root: Path) -> InService | None:
    """Read what is in service; None where nothing ever was.

    Raises:
        ArtifactDamaged: the file cannot be read.
    """
    path = root / POINTER
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        shares = {_name(name): float(share) for name, share in found["shares"].items()}
        history = tuple({_name(name): float(share) for name, share in old.items()} for old in found["history"])
        if not shares or abs(sum(shares.values()) - 1) > 1e-6:
            raise ValueError(f"shares are {shares}")
        return InService(shares, history, dict(found["judged"]), str(found["since"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArtifactDamaged(path, f"does not say what is in service ({error})") from error


def folder_of(root: Path, version: str) -> Path:
    """Give the folder of a version."""
    return root / VERSIONS / version


def _required(root: Path) -> InService:
    now = read_in_service(root)
    if now is None:
        raise ArtifactDamaged(root / POINTER, "no model is in service")
    return now


def _put(
    root: Path, now: InService | None, shares: Mapping[str, float], judged: Mapping[str, Mapping[str, float]]
) -> InService:
    earlier = () if now is None or now.shares == shares else (now.shares, *now.history)
    new = InService(shares, earlier[:KEPT], judged, datetime.now(UTC).isoformat())
    _write(root, new)
    return new


def _write(root: Path, state: InService) -> None:
    """Change what is in service in one step: a reader sees the old file or the new one."""
    scratch = root / f".{POINTER}.{os.getpid()}"
    with scratch.open("w", encoding="utf-8") as file:
        json.dump(asdict(state), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(root / POINTER)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let another process that publishes wait; a killed one leaves no lock behind."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".publishing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _name(version: str) -> str:
    if not version or Path(version).name != version:
        raise ValueError(f"{version!r} is no version")
    return version


def described(now: InService | None) -> str:
    """Say in a few lines what is in service."""
    if now is None:
        return "no model is in service\n"
    lines = [f"{version}: {share:.0%} of shoppers" for version, share in now.shares.items()]
    lines += [f"before: {', '.join(old)}" for old in now.history]
    lines += [
        f"judged {version}: grounded {own['grounded']:.4f}, chrF {own['quality']:.4f}, {own['replies']} replies"
        for version, own in now.judged.items()
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Say what is in service or change it; 1 and a message where that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m replies.publish", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=("status", "rollback", "beside"))
    parser.add_argument("--root", type=Path, required=True, help="the folder of models, as artifacts/replies/shop")
    parser.add_argument("--version", default="", help="of `beside`: the version that joins")
    parser.add_argument("--share", type=float, default=0.1, help="of `beside`: its share of shoppers (%(default)g)")
    options = parser.parse_args(arguments)
    try:
        if options.command == "rollback":
            now: InService | None = rollback(options.root)
        elif options.command == "beside":
            now = beside(options.root, options.version, options.share)
        else:
            now = read_in_service(options.root)
    except (RepliesError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(described(now))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
