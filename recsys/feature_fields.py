"""How the value of a field is read: as it is, as a band of numbers, as a band of ages, or as words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
import pandas as pd

from recsys import columns as c
from recsys.errors import InvalidFrame
from recsys.times import as_utc

FieldKind = Literal["categorical", "band", "age", "words"]
Edges = tuple[float, ...]
"""The inner borders of bands, rising; n borders make n + 1 bands."""

AGE_EDGES: Edges = (7.0, 30.0, 90.0, 180.0, 365.0)
"""Borders of ages in days."""

_SIGNS = "\u3040-\u30ff\u3400-\u9fff"
"""Kana and Han."""
_UNSPACED = re.compile(f"[{_SIGNS}]")
_RUN = re.compile(rf"[{_SIGNS}]+|[^\W_{_SIGNS}]+")


@dataclass(frozen=True)
class FeatureField:
    """How one feature becomes columns.

    Attributes:
        name: the feature, as the frame names it.
        kind: `categorical` takes the value as it is (several a row are fine); `band` cuts a number; `age` cuts the days
            between an ISO time and now; `words` takes each word of the value.
        bands: how many bands of equally many rows a number is cut into.
        edges: the borders to cut at, instead of learning them.
        min_count: a value needs that many rows to get a column.
        max_values: the commonest that many values get a column.
        weight: what the field weighs in a row beside others; its values share it.
    """

    name: str
    kind: FieldKind = "categorical"
    bands: int = 8
    edges: Edges = ()
    min_count: int = 1
    max_values: int = 5_000
    weight: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(FieldKind):
            raise InvalidFrame("kind", self.kind, f"one of {get_args(FieldKind)} is wanted")
        if self.bands < 1 or self.min_count < 1 or self.max_values < 1 or not self.weight > 0:
            raise InvalidFrame(self.name, self, "bands, min_count, max_values and weight are positive")


ITEM_FIELDS = (
    FeatureField(c.CATEGORY),
    FeatureField(c.BRAND),
    FeatureField(c.PRICE, "band"),
    FeatureField(c.COLOUR),
    FeatureField(c.TITLE, "words", min_count=2, max_values=2_000),
    FeatureField(c.IMAGE_CLUSTER),
    FeatureField(c.AVAILABLE_FROM, "age"),
)
USER_FIELDS = (FeatureField(c.SEGMENT), FeatureField(c.COUNTRY), FeatureField(c.DEVICE))


def default_fields(long: pd.DataFrame) -> tuple[FeatureField, ...]:
    """Read the features that the library knows as it usually does, and all others as categories."""
    usual = {one.name: one for one in (*ITEM_FIELDS, *USER_FIELDS)}
    names = {str(name) for name in long[c.FEATURE].unique()}
    others = tuple(FeatureField(name) for name in sorted(names - set(usual)))
    return tuple(one for name, one in usual.items() if name in names) + others


def band_edges(one: FeatureField, long: pd.DataFrame) -> Edges:
    """Give the borders of a field's bands: those it was given, the usual ages, or quantiles of its numbers."""
    if one.edges:
        return tuple(sorted(one.edges))
    if one.kind == "age":
        return AGE_EDGES
    numbers = _numbers(long.loc[long[c.FEATURE] == one.name, c.VALUE])
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return ()
    inner = np.quantile(numbers, np.arange(1, one.bands) / one.bands)
    return tuple(float(edge) for edge in np.unique(inner) if edge > numbers.min())


def band_labels(edges: Edges) -> list[str]:
    """Name bands by their borders, each with its lower one and without its upper: `..10`, `10..25`, `25..`."""
    names = ["", *(f"{edge:g}" for edge in edges), ""]
    return [f"{low}..{high}" for low, high in pairwise(names)]


def labels_of(one: FeatureField, long: pd.DataFrame, edges: Edges | None, now: datetime | pd.Timestamp) -> pd.DataFrame:
    """Give row, label and weight for each value of a field; a value that cannot be read has the label ''."""
    given = long[long[c.FEATURE] == one.name]
    if edges is not None:
        numbers = _numbers(given[c.VALUE]) if one.kind == "band" else _days(given[c.VALUE], now)
        labels = np.array(band_labels(edges), dtype=object)[np.searchsorted(edges, numbers, side="right")]
        texts = pd.Series(np.where(np.isfinite(numbers), labels, ""), index=given.index)
    elif one.kind == "words":
        texts = given[c.VALUE].map(words).explode().dropna()
        given = given.loc[texts.index]
    else:
        texts = given[c.VALUE]
    found = pd.DataFrame(
        {"row": given["row"].to_numpy(), "label": texts.to_numpy(), c.WEIGHT: given[c.WEIGHT].to_numpy()}
    )
    return found.drop_duplicates(["row", "label"])


def words(text: str) -> list[str]:
    """Give the words of a text in lower case, once each; numbers and single letters say nothing of taste.

    Scripts that put no blanks between words give their pairs of neighbouring signs instead, which serve as words where
    no dictionary is at hand (Nie et al. 2000, "On the use of words and n-grams for Chinese information retrieval").
    """
    found: list[str] = []
    for run in _RUN.findall(text.casefold()):
        found += [run[at : at + 2] for at in range(max(len(run) - 1, 1))] if _UNSPACED.match(run) else [run]
    return [word for word in dict.fromkeys(found) if len(word) > 1 and not word.isdigit()]


def _numbers(values: pd.Series[str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64)


def _days(values: pd.Series[str], now: datetime | pd.Timestamp) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    times = pd.to_datetime(values, utc=True, errors="coerce", format="ISO8601")
    return ((as_utc(now) - times) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)
