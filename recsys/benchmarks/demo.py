"""A shop's own behaviour, from the folder that `python -m shop.export recsys` writes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from recsys import columns as c
from recsys.benchmarks.benchmark import Benchmark, BenchmarkSettings
from recsys.errors import NoInteractions
from recsys.frames_io import read_frames
from recsys.lightfm_training import HybridSettings
from recsys.times import parsed_times

WEEKS: Final = pd.Timedelta(weeks=4)
SETTINGS: Final = BenchmarkSettings(hybrid=HybridSettings(components=32, epochs=30, patience=4))


def demo(folder: Path) -> Benchmark:
    """Read a shop's frames: test on the last four weeks, choose by the four before, learn from all earlier ones.

    Args:
        folder: With `interactions.parquet`, and the features where there are any.

    Raises:
        InvalidFrame: The interactions are missing, or a file is not whole.
        NoInteractions: There are none.
    """
    frames = read_frames(folder)
    times = parsed_times(frames.interactions[c.TIMESTAMP])
    if not times.notna().any():
        raise NoInteractions("demo")
    end = times.max().floor("D") + pd.Timedelta(days=1)
    return Benchmark(
        "demo",
        "the demo shop, most of whose shoppers are simulated",
        frames.interactions,
        lambda moment: (frames.user_features, frames.item_features),
        end - 2 * WEEKS,
        end - WEEKS,
        end,
        SETTINGS,
    )
