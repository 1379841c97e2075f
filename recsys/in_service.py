"""Says which of the trained models in a folder is in service: one small file that changes in one step."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from recsys.errors import ArtifactDamaged

POINTER = "current.json"
VERSIONS = "versions"
GATE_METRIC = "NDCG@10, new items"


@dataclass(frozen=True)
class GateFigures:
    """How a new model did beside the one in service, on the same shoppers and the same days.

    Attributes:
        metric: What was measured.
        new: The new model's mean over shoppers; None where nothing could be judged.
        old: That of the one in service; None where there is none, or nothing could be judged.
        tolerance: By how much the new one may lie below the old, as chance explains.
        shoppers: How many were judged.
        start: The first moment of the days, ISO 8601; None where nothing could be judged.
        end: The first moment after them.
        note: How it was judged, or why it was not.
    """

    metric: str = GATE_METRIC
    new: float | None = None
    old: float | None = None
    tolerance: float = 0.0
    shoppers: int = 0
    start: str | None = None
    end: str | None = None
    note: str = ""

    @property
    def worse(self) -> bool:
        """Whether the new model is worse; never so where one of the two has no figure."""
        return self.new is not None and self.old is not None and self.new < self.old - self.tolerance


@dataclass(frozen=True)
class InService:
    """The model in service, and those before it.

    Attributes:
        version: The name of its folder below `versions`.
        history: Earlier versions that are still there, the latest first.
        gate: How it came to be published.
        published_at: ISO 8601, UTC.
    """

    version: str
    history: tuple[str, ...] = ()
    gate: GateFigures = field(default_factory=GateFigures)
    published_at: str = ""

    @property
    def previous(self) -> str | None:
        """The version that a roll-back brings back."""
        return self.history[0] if self.history else None


def folder_of(root: Path, version: str) -> Path:
    """Give the folder of a version."""
    return root / VERSIONS / version


def read_in_service(root: Path) -> InService | None:
    """Read which model is in service; None where none ever was.

    Raises:
        ArtifactDamaged: The file cannot be read.
    """
    path = root / POINTER
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        gate = GateFigures(**state["gate"])
        return InService(_name(state["version"]), tuple(map(_name, state["history"])), gate, str(state["published_at"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArtifactDamaged(path, f"does not say which model is in service ({error})") from error


def write_in_service(root: Path, now: InService) -> None:
    """Put another model in service, in one step: a reader sees the old file or the new one."""
    root.mkdir(parents=True, exist_ok=True)
    draft = root / f".{POINTER}.{os.getpid()}"
    with draft.open("w", encoding="utf-8") as file:
        json.dump({**asdict(now), "previous": now.previous}, file, indent=2, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, root / POINTER)


def _name(value: Any) -> str:
    """Refuse what would lead out of the folder of versions."""
    if not isinstance(value, str) or value in ("", "..") or Path(value).name != value or not value.isprintable():
        raise ValueError(f"{value!r} names no version")
    return value
