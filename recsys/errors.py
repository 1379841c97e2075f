"""Everything that can go wrong in the recommender, as exceptions that carry their data."""

# RecsysError
# |-- InvalidFrame               field, value, reason
# |-- NoInteractions             wanted_by
# |-- UnknownId                  id
# |   |-- UnknownItem            item_id
# |   `-- UnknownUser            user_id
# |-- UnknownRow                 row, rows
# |-- NotFitted                  model
# |-- TooManyItems               model, found, limit
# |-- NoSpareColumns             asked, left
# |-- FeatureMismatch            missing, extra
# |-- RowsMoved                  id, before, after
# |-- ArtifactError
# |   |-- ArtifactDamaged        path, reason
# |   `-- ArtifactVersionMismatch  found, expected, rebuild
# `-- NotBetter                  metric, old, new

from __future__ import annotations

from collections.abc import Collection

REBUILD = "python -m recsys.train --data FOLDER --out FOLDER"
"""The command that makes an artifact anew."""


class RecsysError(Exception):
    """Base of every error that the recommender raises on purpose."""


class InvalidFrame(RecsysError):
    """A frame, a file of frames or a setting for them holds what cannot be used."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(f"{field}: {reason}, got {value!r}")
        self.field = field
        self.value = value
        self.reason = reason


class NoInteractions(RecsysError):
    """Something learns from interactions, and none are there."""

    def __init__(self, wanted_by: str) -> None:
        super().__init__(f"{wanted_by} learns from interactions, and after cleaning there are none")
        self.wanted_by = wanted_by


class UnknownId(RecsysError):
    """An id was never seen."""

    def __init__(self, id: str) -> None:
        super().__init__(f"unknown id {id!r}")
        self.id = id


class UnknownItem(UnknownId):
    """The model knows no such item."""

    def __init__(self, item_id: str) -> None:
        super().__init__(item_id)
        self.item_id = item_id


class UnknownUser(UnknownId):
    """The model knows no such user."""

    def __init__(self, user_id: str) -> None:
        super().__init__(user_id)
        self.user_id = user_id


class UnknownRow(RecsysError):
    """A row number lies outside of the data that a model was fitted on."""

    def __init__(self, row: int, rows: int) -> None:
        super().__init__(f"row {row} is not among the {rows} rows that were fitted")
        self.row = row
        self.rows = rows


class NotFitted(RecsysError):
    """A model is asked for scores before it has learnt anything."""

    def __init__(self, model: str) -> None:
        super().__init__(f"{model} has not been fitted")
        self.model = model


class TooManyItems(RecsysError):
    """A model whose memory grows with the square of the number of items is given too many of them."""

    def __init__(self, model: str, found: int, limit: int) -> None:
        super().__init__(f"{model} takes {limit} items with interactions at most, got {found}; use cosine neighbours")
        self.model = model
        self.found = found
        self.limit = limit


class NoSpareColumns(RecsysError):
    """More new rows want an identity than columns were reserved in training: the model has to be trained anew."""

    def __init__(self, asked: int, left: int) -> None:
        super().__init__(f"{asked} new identities, {left} reserved columns left; rebuild with: {REBUILD}")
        self.asked = asked
        self.left = left


class FeatureMismatch(RecsysError):
    """The features of a frame are not those that the model was trained with."""

    def __init__(self, missing: Collection[str] = (), extra: Collection[str] = ()) -> None:
        self.missing = tuple(sorted(missing))
        self.extra = tuple(sorted(extra))
        super().__init__(
            f"features changed since training: missing {list(self.missing)}, new {list(self.extra)}; "
            f"rebuild with: {REBUILD}"
        )


class RowsMoved(RecsysError):
    """Training would go on with data in which an id that was learnt of has another row."""

    def __init__(self, id: str, before: int, after: int) -> None:
        super().__init__(f"{id!r} was row {before} and is {after} now; build the data with recsys.incremental.extended")
        self.id = id
        self.before = before
        self.after = after


class ArtifactError(RecsysError):
    """A stored model cannot be used."""


class ArtifactDamaged(ArtifactError):
    """A file of a stored model is missing, cut short or changed."""

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"{path}: {reason}; rebuild with: {REBUILD}")
        self.path = str(path)
        self.reason = reason


class ArtifactVersionMismatch(ArtifactError):
    """A stored model was written by another version."""

    def __init__(self, found: object, expected: object, rebuild: str = REBUILD) -> None:
        super().__init__(f"stored by version {found}, this code reads {expected}; rebuild with: {rebuild}")
        self.found = found
        self.expected = expected
        self.rebuild = rebuild


class NotBetter(RecsysError):
    """A new model is worse than the one in service, so it is not published."""

    def __init__(self, metric: str, old: float, new: float) -> None:
        super().__init__(f"{metric} would fall from {old:.4f} to {new:.4f}")
        self.metric = metric
        self.old = old
        self.new = new
