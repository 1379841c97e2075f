"""What an import did, and what it refused: as a table and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from shop.importers.errors import BadRow

_SHOWN_VALUE = 40
_SHOWN_PROBLEMS = 50


@dataclass(frozen=True)
class Problem:
    """A row that did not land, and why."""

    line: int
    field: str
    reason: str
    value: str


@dataclass
class Tally:
    """How many were new, changed, or already as the file says."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass
class ImportReport:
    """Everything that is to be said about one file.

    Attributes:
        notes: what was assumed or left out, with the number of rows it touched.
    """

    format: str
    file: str
    products: Tally = field(default_factory=Tally)
    variants: Tally = field(default_factory=Tally)
    problems: list[Problem] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    unreadable: str | None = None

    @property
    def exit_code(self) -> int:
        """0: every row landed; 1: some rows did not; 2: nothing could be read."""
        return 2 if self.unreadable else int(bool(self.problems))

    def refuse(self, line: int, error: BadRow) -> None:
        """Add a row that cannot be used."""
        self.problems.append(Problem(line, error.field, error.reason, _shorten(error.value)))

    @contextmanager
    def row(self, line: int) -> Iterator[None]:
        """Report a BadRow raised inside, and go on."""
        try:
            yield
        except BadRow as error:
            self.refuse(line, error)

    def note(self, text: str, rows: int = 1) -> None:
        """Count something that was assumed or left out."""
        self.notes[text] += rows

    def as_dict(self) -> dict[str, Any]:
        """Give the report as JSON can hold it."""
        return {**asdict(self), "exit_code": self.exit_code}

    def print_to(self, console: Console) -> None:
        """Show the report to a person."""
        console.print(Text(f"{self.format}: {self.file}", style="bold"))
        if self.unreadable:
            console.print(Text(f"nothing was read: {self.unreadable}", style="red"), soft_wrap=True)
            return
        console.print(self._counts())
        for text, rows in self.notes.items():
            console.print(Text(f"note: {text} ({rows} {'row' if rows == 1 else 'rows'})"), soft_wrap=True)
        if self.problems:
            console.print(self._refused())
            if len(self.problems) > _SHOWN_PROBLEMS:
                console.print(f"... and {len(self.problems) - _SHOWN_PROBLEMS} more; --json FILE writes all of them")

    def _counts(self) -> Table:
        table = Table("", "new", "updated", "unchanged")
        for name, tally in (("products", self.products), ("variants", self.variants)):
            table.add_row(name, str(tally.created), str(tally.updated), str(tally.unchanged))
        return table

    def _refused(self) -> Table:
        table = Table("line", "field", "reason", "value", title=f"{len(self.problems)} rows did not land")
        for problem in sorted(self.problems, key=lambda problem: problem.line)[:_SHOWN_PROBLEMS]:
            # Text, not str: a value from the file must not be read as the console's own markup.
            table.add_row(str(problem.line), Text(problem.field), Text(problem.reason), Text(problem.value))
        return table


def write_json(reports: list[ImportReport], path: Path) -> None:
    """Write the reports of all files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = [report.as_dict() for report in reports]
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _shorten(value: str) -> str:
    plain = "".join(char if char.isprintable() else "·" for char in value)
    return plain if len(plain) <= _SHOWN_VALUE else plain[: _SHOWN_VALUE - 1] + "…"
