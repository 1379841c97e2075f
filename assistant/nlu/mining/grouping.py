"""Puts messages that say the same into groups, and proposes an intent for each group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from assistant.nlu.examples import of_length_1
from assistant.nlu.mining.collecting import Missed
from assistant.nlu.neighbours import Neighbour, Neighbourhood

NEW_INTENT = "new intent"
# What follows was chosen on the validation messages of both languages. Nearly all that mean something known have an
# example this close.
NEAR = 0.5
_NEIGHBOURS = 5
# The closest example tells more than the four behind it.
_SHARPNESS = 8
# Messages go into one group if they are alike, and so are the intents of what is near them: by meaning alone, "is it
# waterproof" joins "show me waterproof ones".
_APART = 0.45
# Memory grows with the square of it.
MOST = 5000

Ballot = dict[str, float]


@dataclass(frozen=True)
class Group:
    """Messages that say the same.

    Attributes:
        kind: of script.
        intent: what is proposed, or NEW_INTENT.
        share: of the votes of near examples, or of the shoppers' own labels, that say so.
        closeness: the median over the messages of the cosine to the nearest example.
        labelled: whether shoppers' own choices decided.
        messages: the most typical first, then each the one least like those before it.
        nearest: examples close to the most typical message.
    """

    kind: str
    intent: str
    share: float
    closeness: float
    labelled: bool
    messages: tuple[Missed, ...]
    nearest: tuple[Neighbour, ...]

    @property
    def count(self) -> int:
        """Tell how often its messages were said."""
        return sum(one.count for one in self.messages)

    @property
    def labels(self) -> Counter[str]:
        """Count what shoppers chose or then said."""
        return sum((one.labels for one in self.messages), Counter[str]())


def group_messages(messages: Mapping[str, Sequence[Missed]], places: Mapping[str, Neighbourhood]) -> list[Group]:
    """Group the messages of each kind of script; the group that was said most often comes first.

    Args:
        messages: at most MOST of each kind.
        places: the training examples of each kind.
    """
    groups = [group for kind, own in messages.items() for group in _groups_of(kind, own, places[kind])]
    return sorted(groups, key=lambda group: (-group.count, group.messages[0].text))


def _groups_of(kind: str, messages: Sequence[Missed], place: Neighbourhood) -> list[Group]:
    if not messages:
        return []
    placed = place.place([one.text for one in messages], "encoding messages")
    near = place.nearest(placed, _NEIGHBOURS)
    numbers = _cluster(np.hstack([placed, _votes(near)]))
    return [_group(kind, np.flatnonzero(numbers == number), messages, placed, near) for number in np.unique(numbers)]


def _cluster(vectors: np.ndarray) -> np.ndarray:
    if len(vectors) == 1:
        return np.zeros(1, int)
    clusters = AgglomerativeClustering(None, affinity="cosine", linkage="average", distance_threshold=_APART)
    return np.asarray(clusters.fit_predict(vectors))


def _ballot(near: Sequence[Neighbour]) -> Ballot:
    """Let near examples vote for their intents; where none is near, nobody votes."""
    votes: Ballot = {}
    if near and near[0].closeness >= NEAR:
        for one in near:
            weight = max(one.closeness, 0.0) ** _SHARPNESS
            votes[one.example.intent] = votes.get(one.example.intent, 0.0) + weight
    return votes


def _together(ballots: Sequence[Ballot]) -> Ballot:
    """Give each ballot that says something one vote."""
    votes: Ballot = {}
    for ballot in ballots:
        for intent, weight in ballot.items():
            votes[intent] = votes.get(intent, 0.0) + weight / sum(ballot.values())
    return votes


def _votes(near: Sequence[Sequence[Neighbour]]) -> np.ndarray:
    ballots = [_ballot(one) for one in near]
    columns = {intent: column for column, intent in enumerate(sorted({intent for one in ballots for intent in one}))}
    votes = np.zeros((len(near), max(len(columns), 1)), np.float32)
    for row, ballot in enumerate(ballots):
        for intent, weight in ballot.items():
            votes[row, columns[intent]] = weight
    return of_length_1(votes)


def _group(
    kind: str,
    rows: np.ndarray,
    messages: Sequence[Missed],
    placed: np.ndarray,
    near: Sequence[Sequence[Neighbour]],
) -> Group:
    order = [int(rows[one]) for one in _most_different(placed[rows])]
    closeness = median(near[row][0].closeness for row in order) if near[order[0]] else 0.0
    labels: Ballot = dict(sum((messages[row].labels for row in order), Counter[str]()))
    ballot = labels or (_together([_ballot(near[row]) for row in order]) if closeness >= NEAR else {})
    intent = min(ballot, key=lambda name: (-ballot[name], name)) if ballot else NEW_INTENT
    return Group(
        kind=kind,
        intent=intent,
        share=ballot[intent] / sum(ballot.values()) if ballot else 0.0,
        closeness=closeness,
        labelled=bool(labels),
        messages=tuple(messages[row] for row in order),
        nearest=tuple(near[order[0]]),
    )


def _most_different(placed: np.ndarray) -> list[int]:
    """Order vectors: the one closest to all first, then each the one farthest from those before it."""
    cosines = placed @ placed.T
    order = [int(cosines.sum(axis=1).argmax())]
    closest = cosines[order[0]].copy()
    while len(order) < len(placed):
        closest[order] = np.inf
        order.append(int(closest.argmin()))
        closest = np.minimum(closest, cosines[order[-1]])
    return order
