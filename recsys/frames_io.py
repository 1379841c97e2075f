"""The folder of three Parquet files from which a model is trained, checked when it is written and when it is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from recsys import columns as c
from recsys.errors import InvalidFrame
from recsys.feature_frames import id_column_of

INTERACTIONS = "interactions.parquet"
USER_FEATURES = "user_features.parquet"
ITEM_FEATURES = "item_features.parquet"

_TEXT = {c.USER_ID, c.ITEM_ID, c.KIND, c.BASKET_ID, c.MARKET, c.FEATURE}
_NUMBERS = {c.QUANTITY, c.WEIGHT}


@dataclass(frozen=True)
class Frames:
    """What `InteractionDataset.from_frames` takes; features may be missing."""

    interactions: pd.DataFrame
    user_features: pd.DataFrame | None = None
    item_features: pd.DataFrame | None = None


def write_frames(frames: Frames, folder: Path) -> None:
    """Write the frames to a folder, each file in one step, so that a reader never sees half of one.

    Raises:
        InvalidFrame: a frame lacks a column or a column has a wrong type; then nothing is written.
    """
    named = {
        INTERACTIONS: check_interactions(frames.interactions),
        USER_FEATURES: check_features(frames.user_features, c.USER_ID),
        ITEM_FEATURES: check_features(frames.item_features, c.ITEM_ID),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in named.items():
        if frame is None:
            (folder / name).unlink(missing_ok=True)
            continue
        half = folder / f".{name}.half"
        frame.to_parquet(half, index=False)
        half.replace(folder / name)


def read_frames(folder: Path) -> Frames:
    """Read the frames of a folder; files of features may be missing.

    Raises:
        InvalidFrame: the interactions are missing, or a file is cut short, or has not the columns that it must have.
    """
    if not (folder / INTERACTIONS).is_file():
        raise InvalidFrame(INTERACTIONS, str(folder), "no such file in the folder")
    return Frames(
        check_interactions(read_file(folder / INTERACTIONS)),
        check_features(read_file(folder / USER_FEATURES), c.USER_ID),
        check_features(read_file(folder / ITEM_FEATURES), c.ITEM_ID),
    )


def check_interactions(frame: pd.DataFrame | None) -> pd.DataFrame:
    """Give the frame when it is one of interactions; what its rows hold is left to cleaning.

    Raises:
        InvalidFrame: a column is missing or has a wrong type.
    """
    if frame is None:
        raise InvalidFrame("interactions", None, "a frame is wanted")
    _check_columns(frame, c.REQUIRED_INTERACTIONS)
    if len(frame) and not pd.api.types.is_datetime64_any_dtype(frame[c.TIMESTAMP]):
        raise InvalidFrame(c.TIMESTAMP, str(frame[c.TIMESTAMP].dtype), "times are wanted")
    return frame


def check_features(frame: pd.DataFrame | None, id_column: str) -> pd.DataFrame | None:
    """Give the frame when it is one of features of users or of items, or None when there is none.

    Raises:
        InvalidFrame: a column is missing or has a wrong type.
    """
    if frame is None:
        return None
    _check_columns(frame, (id_column, c.FEATURE, c.VALUE))
    id_column_of(frame)
    return frame


def _check_columns(frame: pd.DataFrame, required: tuple[str, ...]) -> None:
    for name in required:
        if name not in frame.columns:
            raise InvalidFrame(name, list(frame.columns), "a column is missing")
    for name in sorted(_TEXT & set(frame.columns)):
        if len(frame) and not _is_text(frame[name]):
            raise InvalidFrame(name, str(frame[name].dtype), "text is wanted")
    for name in sorted(_NUMBERS & set(frame.columns)):
        if len(frame) and not pd.api.types.is_numeric_dtype(frame[name]):
            raise InvalidFrame(name, str(frame[name].dtype), "numbers are wanted")


def _is_text(values: pd.Series[str]) -> bool:
    """Tell whether a column holds text or nothing; one that is empty throughout may have any type."""
    there = values[values.notna().to_numpy(dtype=bool)]
    return not len(there) or all(isinstance(value, str) for value in there.tolist())


def read_file(path: Path, filters: list[tuple[str, str, object]] | None = None) -> pd.DataFrame | None:
    """Read one Parquet file, None where there is none.

    Args:
        path: The file.
        filters: Conditions that rows must meet, as pyarrow takes them: [("market", "==", "DE")].

    Raises:
        InvalidFrame: It is not a whole Parquet file, or lacks a column of the conditions.
    """
    if not path.is_file():
        return None
    try:
        return pd.read_parquet(path, filters=filters)
    except (OSError, ValueError, NotImplementedError) as error:
        raise InvalidFrame(path.name, str(path), f"not a whole Parquet file ({error})") from error
