"""The array types that the whole library speaks of."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
Csr: TypeAlias = sparse.csr_matrix
"""Compressed rows. The matrix class, not the newer array class: LightFM and implicit accept only that one."""
