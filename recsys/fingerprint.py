"""Names a training by all that goes into it, so that the same data, settings and code have the same name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from recsys.artifact import FORMAT_VERSION
from recsys.config import TrainingConfig
from recsys.frames_io import Frames


def version_of(frames: Frames, config: TrainingConfig, until: pd.Timestamp | None) -> str:
    """Give the name of a version: the time of the last event, and a few signs of a checksum of everything."""
    digest = hashlib.sha256(f"{FORMAT_VERSION}\n{config.to_json()}\n{_code()}".encode())
    for frame in (frames.interactions, frames.user_features, frames.item_features):
        digest.update(_content(frame))
    name = "no-events" if until is None else until.strftime("%Y%m%dT%H%M%S")
    return f"{name}-{digest.hexdigest()[:10]}"


def _content(frame: pd.DataFrame | None) -> bytes:
    """Give a checksum of what a frame holds, of rows in this order; column by column, so that names count too."""
    if frame is None:
        return b"none"
    columns = [
        name.encode() + np.asarray(pd.util.hash_pandas_object(frame[name], index=False)).tobytes()
        for name in sorted(frame.columns)
    ]
    return hashlib.sha256(b"\n".join(columns)).digest()


def _code() -> str:
    """Give a checksum of this library's source."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()
