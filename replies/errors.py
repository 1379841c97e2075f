"""Everything that can go wrong with replies and their models, as exceptions that carry their data."""

# RepliesError
# |-- InvalidExample           where, value, reason
# |-- InvalidSetting           name, value, reason
# |-- UnknownModel             name, reason
# |-- ArtifactError
# |   |-- ArtifactDamaged      path, reason
# |   `-- BaseMismatch         found, expected
# |-- NothingToLearn           reason
# |-- NotBetter                metric, old, new
# |-- Unfilled                 names
# `-- NotWritten               reason, detail

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

REBUILD = "python -m replies.train --data data/replies --out FOLDER"
"""The command that makes a model anew."""


class RepliesError(Exception):
    """Base of every error that this library raises on purpose."""


class InvalidExample(RepliesError):
    """An example, a fact or a request holds what cannot be used."""

    def __init__(self, where: str, value: object, reason: str) -> None:
        super().__init__(f"{where}: {reason}, got {value!r}")
        self.where = where
        self.value = value
        self.reason = reason


class InvalidSetting(RepliesError):
    """A setting of training or serving is out of its range."""

    def __init__(self, name: str, value: object, reason: str) -> None:
        super().__init__(f"{name}: {reason}, got {value!r}")
        self.name = name
        self.value = value
        self.reason = reason


class UnknownModel(RepliesError):
    """No model can be made from this name or folder."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class ArtifactError(RepliesError):
    """A stored model cannot be used."""


class ArtifactDamaged(ArtifactError):
    """A file of a stored model is missing, cut short or changed."""

    def __init__(self, path: object, reason: str, rebuild: str = REBUILD) -> None:
        super().__init__(f"{path}: {reason}; make it anew: {rebuild}")
        self.path = str(path)
        self.reason = reason
        self.rebuild = rebuild


class BaseMismatch(ArtifactError):
    """An adapter was trained on another base model than the one it is put on."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"the adapter was trained on base {expected}, this one is {found}; train the adapter anew")
        self.found = found
        self.expected = expected


class NothingToLearn(RepliesError):
    """A training has no examples to learn from or to be judged by."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotBetter(RepliesError):
    """A new model is worse than the one in service, so it is not published."""

    def __init__(self, metric: str, old: float, new: float) -> None:
        super().__init__(f"{metric}: {new:.4f} where {old:.4f} is needed")
        self.metric = metric
        self.old = old
        self.new = new


class Unfilled(RepliesError):
    """A reply has placeholders for which no value was given."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = tuple(sorted(names))
        super().__init__(f"no value for {', '.join(self.names)}")


class Missed(StrEnum):
    """Why a rung gave no reply."""

    LATE = "late"
    BUSY = "busy"
    UNKNOWN_FACT = "unknown_fact"
    TOO_LONG = "too_long"
    UNFINISHED = "unfinished"
    UNGROUNDED = "ungrounded"
    NOT_ASKED = "not_asked"
    NONE_NEAR = "none_near"
    FAILED = "failed"
    CLOSED = "closed"


class NotWritten(RepliesError):
    """A rung has no reply to give; the next one is asked."""

    def __init__(self, reason: Missed, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
