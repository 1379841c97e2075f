"""Everything that can go wrong with replies, as exceptions that carry their data."""

# RepliesError
# |-- InvalidFact                field, value
# |-- InvalidExample             path, line, reason
# |-- InvalidSituation           path, name, reason
# |-- InvalidLexicon             path, reason
# |-- UnreadableRecords          path, reason
# |-- InvalidRequest             field, value, reason
# |-- InvalidSetting             name, value, reason
# |-- UnknownModel               name, reason
# |-- ArtifactError
# |   |-- ArtifactDamaged        path, reason
# |   `-- BaseMismatch           found, expected
# |-- NothingToLearn             reason
# |-- NotBetter                  metric, old, new
# |-- Unfilled                   names
# `-- NotWritten                 reason, detail

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from pathlib import Path

REBUILD = "python -m replies.train --data data/replies --out FOLDER"
"""The command that makes a model anew."""


class RepliesError(Exception):
    """Base of every error that the replies raise on purpose."""


class InvalidFact(RepliesError):
    """A fact has a name, kind or value that no fact can have."""

    def __init__(self, field: str, value: object) -> None:
        """Keep what was wrong."""
        self.field, self.value = field, value
        super().__init__(f"a fact cannot have {field} {value!r}")


class InvalidExample(RepliesError):
    """A line of a file of examples is none."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        """Keep the place and the reason."""
        self.path, self.line, self.reason = path, line, reason
        super().__init__(f"{path}:{line}: {reason}")


class InvalidSituation(RepliesError):
    """A situation that examples are made of does not hold together."""

    def __init__(self, path: Path, name: str, reason: str) -> None:
        """Keep the place and the reason."""
        self.path, self.name, self.reason = path, name, reason
        super().__init__(f"{path}: {name}: {reason}")


class InvalidLexicon(RepliesError):
    """A lexicon of claims cannot be used."""

    def __init__(self, path: Path, reason: str) -> None:
        """Keep the file and the reason."""
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")


class UnreadableRecords(RepliesError):
    """A file of chat records cannot be read as one."""

    def __init__(self, path: Path, reason: str) -> None:
        """Keep the file and the reason."""
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")


class InvalidRequest(RepliesError):
    """A reply is asked for with what cannot be used."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        """Keep what was wrong."""
        self.field, self.value, self.reason = field, value, reason
        super().__init__(f"{field}: {reason}, got {value!r}")


class InvalidSetting(RepliesError):
    """A setting of training or serving is out of its range."""

    def __init__(self, name: str, value: object, reason: str) -> None:
        """Keep what was wrong."""
        self.name, self.value, self.reason = name, value, reason
        super().__init__(f"{name}: {reason}, got {value!r}")


class UnknownModel(RepliesError):
    """No model can be made from this name or folder."""

    def __init__(self, name: str, reason: str) -> None:
        """Keep the name and the reason."""
        self.name, self.reason = name, reason
        super().__init__(f"{name}: {reason}")


class ArtifactError(RepliesError):
    """A stored model cannot be used."""


class ArtifactDamaged(ArtifactError):
    """A file of a stored model is missing, cut short or changed."""

    def __init__(self, path: object, reason: str, rebuild: str = REBUILD) -> None:
        """Keep the file and the reason."""
        self.path, self.reason, self.rebuild = str(path), reason, rebuild
        super().__init__(f"{path}: {reason}; make it anew: {rebuild}")


class BaseMismatch(ArtifactError):
    """An adapter was trained on another base model than the one it is put on."""

    def __init__(self, found: str, expected: str) -> None:
        """Keep both bases."""
        self.found, self.expected = found, expected
        super().__init__(f"the adapter was trained on base {expected}, this one is {found}; train the adapter anew")


class NothingToLearn(RepliesError):
    """A training has no examples to learn from or to be judged by."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        self.reason = reason
        super().__init__(reason)


class NotBetter(RepliesError):
    """A new model is worse than what is asked of it, so it is not published."""

    def __init__(self, metric: str, old: float, new: float) -> None:
        """Keep the figures."""
        self.metric, self.old, self.new = metric, old, new
        super().__init__(f"{metric}: {new:.4f} where {old:.4f} is needed")


class Unfilled(RepliesError):
    """A reply has placeholders for which no value was given."""

    def __init__(self, names: Collection[str]) -> None:
        """Keep the names."""
        self.names = tuple(sorted(names))
        super().__init__(f"no value for {', '.join(self.names)}")


class Missed(StrEnum):
    """Why a rung gave no reply."""

    LATE = "late"
    BUSY = "busy"
    UNKNOWN_FACT = "unknown_fact"
    TOO_LONG = "too_long"
    UNFINISHED = "unfinished"
    UNSURE = "unsure"
    UNGROUNDED = "ungrounded"
    NOT_ASKED = "not_asked"
    NONE_NEAR = "none_near"
    FAILED = "failed"
    CLOSED = "closed"


class NotWritten(RepliesError):
    """A rung has no reply to give; the next one is asked."""

    def __init__(self, reason: Missed, detail: str = "") -> None:
        """Keep the reason."""
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
