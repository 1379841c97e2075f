"""Turns a profile into what the model reckons with: a history, a vector, and items that shall not be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
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

Features = tuple[tuple[str, tuple[str, ...]], ...]
"""Fields with their values, in one order."""

Prior = tuple[FloatArray, float]
PriorOf = Callable[[Features], Prior]

DISMISSED_WEIGHT = 4.0
"""What a dismissal weighs: as much as putting an item in the cart."""

AWAY = 1 / 80
"""What a push away counts beside a pull of the same weight.

What is dismissed was recommended, so it stands far above the mean, and the same force would turn the whole taste round:
with the uci_online_retail data, a dismissal at full weight left 1 in 10 of the list's other items, at this share half.
"""


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


def shopper_of(parts: Parts, evidence: Evidence, profile: Profile, prior_of: PriorOf) -> Shopper:
    """Work out what the model knows of a shopper.

    A known user's stored history and vector count, unless the talk is of a gift; events that came after training are
    added to the history. Once there are any, or something was argued, the vector is solved for anew from the whole
    history with the trained one as prior: the session alone drowns what was learnt of all that was before, see
    `recsys.fold_in`. What was dismissed or argued away is no part of the history: nothing is shown because of it, and
    no reason names it. Ids that the model does not know are passed over.

    Args:
        parts: The model.
        evidence: Of all items; without the fields that the shopper ignores.
        profile: Who asks.
        prior_of: Gives what features say of a shopper; `prior_of_features`, or what keeps its answers.
    """
    user = -1 if profile.edits.gift or profile.user_id is None else int(parts.users.rows([profile.user_id])[0])
    events = _new_events(parts, profile.events, user)
    liked, disliked = _session(parts, events)
    liked.update({parts.items.row(item): ARGUED_WEIGHT for item in profile.edits.more_like if item in parts.items})
    prior, bias = _prior(parts, profile, user, prior_of)
    hidden = _hidden(parts, user, profile, events, disliked)
    history = _history(parts, user, liked, hidden)
    unmoved = not (liked or disliked or profile.edits.less_like or profile.edits.ignore)
    if prior is not None and unmoved:
        vector = np.asarray(prior)
    else:
        vector = _folded(evidence, profile, parts, history, disliked, prior)
    known = bool(prior is not None and prior.any())
    temperature: Temperature = "hot" if history.nnz else "warm" if known else "cold"
    return Shopper(history, vector, bias, hidden, temperature)


def _new_events(parts: Parts, events: Iterable[Event], user: int) -> list[Event]:
    """Leave out the events of a known user that the stored history counts already."""
    if user < 0:
        return list(events)
    moment = as_utc(str(parts.metadata[TRAINED_UNTIL]))
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


def _hidden(parts: Parts, user: int, profile: Profile, events: Iterable[Event], disliked: set[int]) -> IntArray:
    """Give the items not to be shown; what was dismissed before training a cart or "more like this" takes back."""
    argued_away = parts.items.rows(profile.edits.less_like)
    hidden = np.union1d(argued_away[argued_away >= 0], np.array(sorted(disliked), np.int64))
    if user >= 0:
        wanted = [event.item_id for event in events if event.kind in (c.CART, c.PURCHASE)]
        taken_back = parts.items.rows((*wanted, *profile.edits.more_like))
        hidden = np.union1d(hidden, np.setdiff1d(row_of(parts.dismissed, user)[0], taken_back))
    return np.asarray(hidden, dtype=np.int64)


def prior_of_features(parts: Parts, features: Features) -> Prior:
    """Give the vector (d,) and the bias of a shopper of whom only features are known; takes some milliseconds."""
    rows = [("shopper", name, value) for name, values in features for value in values]
    frame = pd.DataFrame(rows, columns=[c.USER_ID, c.FEATURE, c.VALUE])
    encoded = parts.user_space.transform(frame, ["shopper"], as_utc(str(parts.metadata[TRAINED_UNTIL])))
    vectors, biases = parts.representations.of_users(encoded)
    return vectors[0], float(biases[0])


def _prior(parts: Parts, profile: Profile, user: int, prior_of: PriorOf) -> tuple[FloatArray | None, float]:
    """Give the vector and the bias before the session: those trained, else those of the shopper's features."""
    if user >= 0:
        return parts.representations.user_embeddings[user], float(parts.representations.user_biases[user])
    if profile.edits.gift or not profile.features:
        return None, 0.0
    return prior_of(tuple(sorted((name, tuple(values)) for name, values in profile.features.items())))


def _history(parts: Parts, user: int, liked: Mapping[int, float], hidden: IntArray) -> Csr:
    """Give what was done in worth, stored and in the session, (1, n_items), without what the shopper does not want."""
    shape = (1, parts.n_items)
    stored = parts.history[user] if user >= 0 else empty(shape)
    rows = np.fromiter(liked, dtype=np.int64, count=len(liked))
    worths = np.fromiter(liked.values(), dtype=np.float32, count=len(liked))
    added = sparse.csr_matrix((worths, (np.zeros(len(rows), np.int64), rows)), shape=shape)
    history = sparse.csr_matrix(stored + added, dtype=np.float32)
    history.data[np.isin(history.indices, hidden)] = 0.0
    history.eliminate_zeros()
    return history


def _folded(
    evidence: Evidence, profile: Profile, parts: Parts, history: Csr, disliked: set[int], prior: FloatArray | None
) -> FloatArray:
    argued, argued_weights = profile.edits.rows(parts.items)
    away = argued_weights < 0
    rows = np.concatenate([history.indices.astype(np.int64), np.array(sorted(disliked), np.int64), argued[away]])
    pushed = np.concatenate([np.full(len(disliked), -DISMISSED_WEIGHT), argued_weights[away]])
    weights = np.concatenate([history.data, AWAY * pushed])
    return fold_in(evidence.item_embeddings, evidence.item_biases, evidence.basis, rows, weights, prior, parts.fold_in)
