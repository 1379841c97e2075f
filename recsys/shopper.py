"""Turns a profile into what the model reckons with: a history, a vector, and items that shall not be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from recsys import columns as c
from recsys.arrays import Csr, FloatArray, IntArray
from recsys.components import Evidence
from recsys.edits import ARGUED_WEIGHT
from recsys.fold_in import fold_in
from recsys.parts import TRAINED_UNTIL, Parts
from recsys.profile import Event, Profile
from recsys.slate import Temperature
from recsys.sparse_rows import empty, row_of
from recsys.times import as_utc

DISMISSED_WEIGHT = 4.0
"""What a dismissal weighs in folding in, negative: as much as putting an item in the cart weighs."""


@dataclass(frozen=True, eq=False)
class Shopper:
    """A profile in terms of the model.

    Attributes:
        history: What was done with which items, in worth, shape (1, n_items).
        vector: The hybrid's vector, stored or folded in, float32, shape (d,); zero for a stranger.
        bias: The hybrid's user bias.
        hidden: Rows of items that were dismissed or argued away, never to be shown.
        temperature: "hot" with a history, "warm" with features, "cold" with neither.
    """

    history: Csr
    vector: FloatArray
    bias: float
    hidden: IntArray
    temperature: Temperature

    @property
    def met(self) -> IntArray:
        """Rows of the items that the shopper had to do with."""
        return np.asarray(self.history.indices, dtype=np.int64)


def shopper_of(parts: Parts, evidence: Evidence, profile: Profile) -> Shopper:
    """Work out what the model knows of a shopper.

    A known user's stored history and vector count, unless the talk is of a gift; events that came after training are
    added to the history and folded into the vector, which takes well below a millisecond. Ids that the model does not
    know are passed over.

    Args:
        parts: The model.
        evidence: Of all items; without the fields that the shopper ignores.
        profile: Who asks.
    """
    user = -1 if profile.edits.gift or profile.user_id is None else int(parts.users.rows([profile.user_id])[0])
    events = _new_events(parts, profile.events, user)
    liked, disliked = _session(parts, events)
    liked.update({parts.items.row(item): ARGUED_WEIGHT for item in profile.edits.more_like if item in parts.items})
    prior, bias = _prior(parts, profile, user)
    argued_away = parts.items.rows(profile.edits.less_like)
    hidden = np.union1d(argued_away[argued_away >= 0], sorted(disliked))
    if user >= 0:
        hidden = np.setdiff1d(np.union1d(hidden, row_of(parts.dismissed, user)[0]), sorted(liked))
    history = _history(parts, user, liked)
    vector = _folded(evidence, profile, parts, liked, disliked, prior)
    known = bool(prior is not None and prior.any())
    temperature: Temperature = "hot" if history.nnz else "warm" if known else "cold"
    return Shopper(history, vector, bias, hidden.astype(np.int64), temperature)


def _new_events(parts: Parts, events: Iterable[Event], user: int) -> list[Event]:
    """Leave out the events of a known user that the stored history counts already."""
    until = parts.metadata.get(TRAINED_UNTIL)
    if user < 0 or until is None:
        return list(events)
    moment = as_utc(str(until))
    return [event for event in events if event.at is None or as_utc(event.at) > moment]


def _session(parts: Parts, events: Iterable[Event]) -> tuple[Counter[int], set[int]]:
    """Give the worth of each item that was liked, and the items dismissed; the last word on an item holds."""
    liked: Counter[int] = Counter()
    disliked: set[int] = set()
    for event in events:
        row = int(parts.items.rows([event.item_id])[0])
        if row < 0:
            continue
        if event.kind == c.DISMISS:
            disliked.add(row)
            liked.pop(row, None)
        elif event.kind in parts.worths and (row not in disliked or event.kind in (c.CART, c.PURCHASE)):
            disliked.discard(row)
            liked[row] += parts.worths[event.kind]  # type: ignore[assignment]
    return liked, disliked


def _prior(parts: Parts, profile: Profile, user: int) -> tuple[FloatArray | None, float]:
    """Give the vector and the bias before the session: those trained, else those of the shopper's features."""
    if user >= 0:
        return parts.representations.user_embeddings[user], float(parts.representations.user_biases[user])
    if profile.edits.gift or not profile.features:
        return None, 0.0
    features = parts.user_space.transform(_frame(profile.features), ["shopper"], as_utc("2000-01-01"))
    vectors, biases = parts.representations.of_users(features)
    return vectors[0], float(biases[0])


def _frame(features: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    rows = [("shopper", name, value) for name, values in features.items() for value in values]
    return pd.DataFrame(rows, columns=[c.USER_ID, c.FEATURE, c.VALUE])


def _history(parts: Parts, user: int, liked: Mapping[int, float]) -> Csr:
    shape = (1, parts.n_items)
    stored = parts.history[user] if user >= 0 else empty(shape)
    rows = np.fromiter(liked, dtype=np.int64, count=len(liked))
    worths = np.fromiter(liked.values(), dtype=np.float32, count=len(liked))
    added = sparse.csr_matrix((worths, (np.zeros(len(rows), np.int64), rows)), shape=shape)
    return sparse.csr_matrix(stored + added, dtype=np.float32)


def _folded(
    evidence: Evidence,
    profile: Profile,
    parts: Parts,
    liked: Mapping[int, float],
    disliked: set[int],
    prior: FloatArray | None,
) -> FloatArray:
    argued, argued_weights = profile.edits.rows(parts.items)
    away = argued_weights < 0
    rows = np.concatenate([np.array([*liked, *sorted(disliked)], dtype=np.int64), argued[away]])
    weights = np.concatenate([[*liked.values()], np.full(len(disliked), -DISMISSED_WEIGHT), argued_weights[away]])
    if not len(rows):
        return np.zeros(evidence.item_embeddings.shape[1], np.float32) if prior is None else np.asarray(prior)
    return fold_in(evidence.item_embeddings, evidence.item_biases, evidence.basis, rows, weights, prior, parts.fold_in)
