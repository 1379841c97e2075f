"""Everything that can go wrong with replies, as exceptions that carry their data."""

# RepliesError
# |-- InvalidFact                field, value
# |-- InvalidExample             path, line, reason
# |-- InvalidSituation           path, name, reason
# |-- InvalidLexicon             path, reason
# `-- UnreadableRecords          path, reason

from __future__ import annotations

from pathlib import Path


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
