"""Reads a packed CSV of a benchmark, and says what to do when it is not there or not whole."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from recsys.errors import InvalidFrame


def read_csv(folder: Path, name: str, columns: Sequence[str], times: Sequence[str] = ()) -> pd.DataFrame:
    """Read some columns of a CSV file as text, and some of those as times.

    Args:
        folder: Where it lies.
        name: The file, packed or not.
        columns: Which to read; all must be there.
        times: Which of them are times, UTC where they say nothing.

    Returns:
        A frame of text, with None where nothing stands.

    Raises:
        InvalidFrame: There is no such file, it is cut short, or it has not these columns.
    """
    path = folder / name
    if not path.is_file():
        raise InvalidFrame(name, str(folder), "no such file; name the folder that holds the data set with --datasets")
    try:
        frame = pd.read_csv(path, usecols=list(columns), dtype=str, keep_default_na=False, na_values=[""])
    except (EOFError, OSError, zlib.error, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise InvalidFrame(name, str(folder), f"not a whole file, copy it again ({error})") from error
    except ValueError as error:
        raise InvalidFrame(name, str(folder), f"not the file that is meant ({error})") from error
    for column in times:
        frame[column] = pd.to_datetime(frame[column], utc=True, errors="coerce", format="ISO8601")
    return frame
