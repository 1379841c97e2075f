"""Photos that shoppers sent, without any label: they tell where photos lie, which made views only guess.

A correction of products that lie near to all photos (a bank of queries, arXiv 2112.12777) was tried and left out: it
gains where all products are asked for alike, and loses where few are asked for most, as in every shop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.encoder import Vectors
from vision.errors import InvalidCatalogue

FEWEST = 20
"""Photos below which nothing is learnt from them."""
_USUAL_COUNTS = 20
"""The usual centre counts as so many photos."""


@dataclass(frozen=True)
class SeenPhotos:
    """The vectors of photos that were searched for.

    Attributes:
        vectors: shape (n, d), as the matcher's encoder made them.
    """

    vectors: Vectors

    def __post_init__(self) -> None:
        """Refuse what are no rows."""
        if self.vectors.ndim != 2:
            raise InvalidCatalogue("vectors", self.vectors.shape, "must have two dimensions")

    @property
    def suffice(self) -> bool:
        """Tell whether there are enough of them."""
        return len(self.vectors) >= FEWEST

    def centre(self, usual: NDArray[np.float32]) -> NDArray[np.float32]:
        """Move the usual centre of photos, shape (d,), to where these lie."""
        total = self.vectors.sum(axis=0, dtype=np.float64) + _USUAL_COUNTS * usual
        return np.asarray(total / (len(self.vectors) + _USUAL_COUNTS), dtype=np.float32)
