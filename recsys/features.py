"""Features of items and users as columns of a sparse matrix, the same in training and in serving.

A row of the matrix is the sum of what is known: the identity of a row that was seen in training, its categories,
brand, price band, age, words. The row sums to 1, as LightFM normalises them (`Dataset.build_item_features`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from recsys import columns as c
from recsys.arrays import Csr, IntArray
from recsys.errors import FeatureMismatch, InvalidFrame, NoSpareColumns
from recsys.feature_fields import Edges, FeatureField, band_edges, band_labels, default_fields, labels_of
from recsys.feature_frames import long_frame
from recsys.identifiers import IdMap

__all__ = ["Column", "Encoded", "FeatureSpace", "long_frame"]

Column = tuple[str, str]
"""The field and the value that a column of the matrix stands for."""


@dataclass(frozen=True)
class Encoded:
    """Rows of features (n, n_columns; float32), and how many values of each field the space does not know."""

    matrix: Csr
    unknown: Mapping[str, int]


@dataclass(frozen=True)
class FeatureSpace:
    """Which column stands for which value. It is fitted once, and stored with the model as JSON.

    The first columns are identities, the next are values of fields, and the last are spare: reserved for rows that
    come after training (`with_identities`), so that a model need not change its size to learn about them.
    """

    fields: tuple[FeatureField, ...]
    columns: tuple[Column, ...]
    edges: Mapping[str, Edges] = field(default_factory=dict)
    identity_weight: float = 1.0

    @classmethod
    def fit(
        cls,
        frame: pd.DataFrame | None,
        rows: IdMap,
        fields: Sequence[FeatureField] | None,
        identity_for: IntArray,
        now: datetime | pd.Timestamp,
        *,
        identity_weight: float = 1.0,
        spare: int = 0,
    ) -> FeatureSpace:
        """Learn the columns from a long frame of features.

        Args:
            frame: `user_id` or `item_id`, `feature`, `value`, optional `weight`; None where nothing is known.
            rows: the ids that count; others in the frame are passed over.
            fields: how to read the features; None reads the known ones as usual and all others as categories.
            identity_for: the rows that get a column to themselves. A row without interactions must not: its column
                would keep the random numbers it started with, and they would rank it.
            now: ages are counted from here.
            identity_weight: how much the identity weighs beside a field of weight 1.
            spare: how many columns to reserve for rows of later.

        Raises:
            InvalidFrame: the frame lacks a column.
        """
        long = long_frame(frame, rows)
        fields = tuple(default_fields(long) if fields is None else fields)
        edges = {f.name: band_edges(f, long) for f in fields if f.kind in ("band", "age")}
        values: list[Column] = []
        for one in fields:
            values += [(one.name, value) for value in _vocabulary(one, long, edges.get(one.name), now)]
        identities = [(c.IDENTITY, id) for id in rows.ids(identity_for)]
        reserved = [(c.SPARE, str(number)) for number in range(spare)]
        return cls(fields, (*identities, *values, *reserved), edges, identity_weight)

    @property
    def n_columns(self) -> int:
        """How many columns a matrix of this space has."""
        return len(self.columns)

    @cached_property
    def positions(self) -> Mapping[Column, int]:
        """The number of each column."""
        return {column: number for number, column in enumerate(self.columns)}

    def transform(self, frame: pd.DataFrame | None, ids: IdMap | Sequence[str], now: datetime | pd.Timestamp) -> Csr:
        """Give the features of these ids: (len(ids), n_columns) float32, where each row sums to 1 or is empty."""
        return self.encode(frame, ids, now).matrix

    def encode(self, frame: pd.DataFrame | None, ids: IdMap | Sequence[str], now: datetime | pd.Timestamp) -> Encoded:
        """Give the rows of features of these ids, and count the values that the space does not know.

        An id that is not in the frame has its identity only, if it has one; a value that was not seen in training is
        dropped. `ids` must not repeat.

        Raises:
            InvalidFrame: the frame lacks a column.
        """
        rows = ids if isinstance(ids, IdMap) else IdMap.from_ids(ids)
        long = long_frame(frame, rows)
        parts = [self._identities(rows)]
        unknown: Counter[str] = Counter()
        for one in self.fields:
            cells, missed = self._cells(one, long, now)
            parts.append(cells)
            unknown[one.name] += missed
        unlisted = long[c.FEATURE][~long[c.FEATURE].isin([one.name for one in self.fields])].value_counts()
        unknown.update({str(name): int(count) for name, count in unlisted.items()})
        matrix = _normalised(pd.concat(parts), (len(rows), self.n_columns))
        return Encoded(matrix, {name: count for name, count in unknown.items() if count})

    def _identities(self, rows: IdMap) -> pd.DataFrame:
        found = ((row, self.positions.get((c.IDENTITY, id), -1)) for row, id in enumerate(rows))
        cells = pd.DataFrame(((row, column) for row, column in found if column >= 0), columns=["row", "column"])
        return cells.assign(weight=self.identity_weight)

    def _cells(self, one: FeatureField, long: pd.DataFrame, now: datetime | pd.Timestamp) -> tuple[pd.DataFrame, int]:
        """Give row, column and weight of one field, and the number of values without a column."""
        given = labels_of(one, long, self.edges.get(one.name), now)
        numbers = [self.positions.get((one.name, label), -1) for label in given["label"]]
        known = given.assign(column=np.array(numbers, dtype=np.int64))
        kept = known[known["column"] >= 0]
        share = kept[c.WEIGHT] / kept.groupby("row")[c.WEIGHT].transform("sum")
        return pd.DataFrame({"row": kept["row"], "column": kept["column"], "weight": share * one.weight}), int(
            (known["column"] < 0).sum()
        )

    def with_identities(self, ids: Iterable[str]) -> FeatureSpace:
        """Give a space of the same size in which these ids have an identity, in columns that were spare.

        Raises:
            NoSpareColumns: more ids are new than columns are spare.
        """
        new = [id for id in dict.fromkeys(ids) if (c.IDENTITY, id) not in self.positions]
        spare = [number for number, (name, _) in enumerate(self.columns) if name == c.SPARE]
        if len(new) > len(spare):
            raise NoSpareColumns(len(new), len(spare))
        changed = list(self.columns)
        for number, id in zip(spare, new, strict=False):
            changed[number] = (c.IDENTITY, id)
        return replace(self, columns=tuple(changed))

    def require(self, frame: pd.DataFrame) -> None:
        """Check that a frame has the fields that the space was fitted on, and no others.

        Raises:
            FeatureMismatch: fields came or went since training.
        """
        given = set(frame[c.FEATURE].astype(str).unique())
        learnt = {name for name, _ in self.columns} - {c.IDENTITY, c.SPARE}
        if given - {one.name for one in self.fields} or learnt - given:
            raise FeatureMismatch(learnt - given, given - {one.name for one in self.fields})

    def to_json(self) -> str:
        """Write the space as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> FeatureSpace:
        """Read what `to_json` wrote.

        Raises:
            InvalidFrame: the text is not that of a space.
        """
        try:
            state = json.loads(text)
            return cls(
                tuple(FeatureField(**{**one, "edges": tuple(one["edges"])}) for one in state["fields"]),
                tuple((name, value) for name, value in state["columns"]),
                {name: tuple(edges) for name, edges in state["edges"].items()},
                float(state["identity_weight"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidFrame("feature space", text[:40], f"not the JSON of a feature space ({error})") from error


def _vocabulary(one: FeatureField, long: pd.DataFrame, edges: Edges | None, now: datetime | pd.Timestamp) -> list[str]:
    """Give the values of one field that get a column, in a fixed order."""
    if edges is not None:
        present = bool((long[c.FEATURE] == one.name).any())
        return band_labels(edges) if present else []
    counts = labels_of(one, long, None, now).groupby("label")["row"].nunique()
    counts = counts[counts >= one.min_count]
    kept = counts.reset_index().sort_values(["row", "label"], ascending=[False, True])["label"].head(one.max_values)
    return sorted(kept.tolist())


def _normalised(cells: pd.DataFrame, shape: tuple[int, int]) -> Csr:
    place = (cells["row"].to_numpy(np.int64), cells["column"].to_numpy(np.int64))
    matrix = sparse.coo_matrix((cells["weight"].to_numpy(np.float64), place), shape=shape).tocsr()
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    scale = sparse.diags(np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0))
    return sparse.csr_matrix(scale @ matrix, dtype=np.float32)
