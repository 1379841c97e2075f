"""Holds the arrays that LightFM learns, to be copied, put back, and carried over to other columns."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from zipfile import BadZipFile

import numpy as np

from recsys.arrays import BoolArray, FloatArray
from recsys.errors import ArtifactDamaged
from recsys.features import Column

Side = Literal["item", "user"]
SIDES: tuple[Side, Side] = ("item", "user")
PARTS = (
    *("embeddings", "embedding_gradients", "embedding_momentum"),
    *("biases", "bias_gradients", "bias_momentum"),
)
"""What LightFM keeps of each side, a row a feature: values, and the two memories of its step sizes."""

FRESH: Mapping[str, float] = {"embedding_gradients": 1.0, "bias_gradients": 1.0}
"""What a part holds before anything was learnt, 0 where it is not named; adagrad's memory starts at 1."""


@dataclass(frozen=True, eq=False)
class LightFMState:
    """The learnt arrays, as `<side>_<part>` -> (n_columns, d) or (n_columns,) float32."""

    arrays: Mapping[str, FloatArray]

    @classmethod
    def of(cls, model: Any) -> LightFMState:
        """Copy the state of a `lightfm.LightFM`, which goes on to change its own."""
        return cls({name: getattr(model, name).copy() for name in _names()})

    def put_into(self, model: Any) -> None:
        """Give a `lightfm.LightFM` a copy of this state, to go on learning from."""
        for name in _names():
            setattr(model, name, self.arrays[name].copy())

    def save(self, path: Path) -> None:
        """Write the arrays to one `.npz` file."""
        with path.open("wb") as file:
            np.savez(file, **self.arrays)

    @classmethod
    def load(cls, path: Path) -> LightFMState:
        """Read what `save` wrote.

        Raises:
            ArtifactDamaged: The file is missing, cut short, or holds something else.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in _names()}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
            raise ArtifactDamaged(path, f"not the state of a LightFM model ({error})") from error
        return cls(arrays)

    def side(self, side: Side) -> tuple[FloatArray, FloatArray]:
        """Give the embeddings (n_columns, d) and biases (n_columns,) of one side."""
        return self.arrays[f"{side}_embeddings"], self.arrays[f"{side}_biases"]

    def untouched(self, side: Side) -> BoolArray:
        """Tell the columns that no step has reached: their memory is what it was at the start, (n_columns,)."""
        return np.asarray((self.arrays[f"{side}_embedding_gradients"] == FRESH["embedding_gradients"]).all(axis=1))

    def without_noise(self) -> LightFMState:
        """Give the state in which columns that nothing was learnt of are zero, not the random numbers they began with.

        Such a column is a spare one, or that of a value which only items without interactions have: random numbers
        would rank those.
        """
        arrays = dict(self.arrays)
        for side in SIDES:
            learnt = ~self.untouched(side)
            name = f"{side}_embeddings"
            arrays[name] = arrays[name] * learnt[:, None].astype(np.float32)
        return LightFMState(arrays)

    def carried(self, side: Side, old: Sequence[Column], new: Sequence[Column]) -> LightFMState:
        """Carry one side over to other columns: a column keeps what it learnt wherever it now stands.

        Args:
            side: Whose columns they are.
            old: The columns of this state.
            new: The wanted ones; one that is not among the old begins at zero, so that nothing is ranked by chance.
        """
        places = {column: number for number, column in enumerate(old)}
        source = np.array([places.get(column, -1) for column in new], dtype=np.int64)
        arrays = dict(self.arrays)
        for part in PARTS:
            known = self.arrays[f"{side}_{part}"]
            moved = np.full((len(new), *known.shape[1:]), FRESH.get(part, 0.0), dtype=np.float32)
            moved[source >= 0] = known[source[source >= 0]]
            arrays[f"{side}_{part}"] = moved
        return LightFMState(arrays)


def _names() -> list[str]:
    return [f"{side}_{part}" for side in SIDES for part in PARTS]
