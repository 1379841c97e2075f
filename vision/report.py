"""Writes what an evaluation found: tables for people, JSON for machines."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from vision.evaluation import Section

LIBRARIES: Final = ("open-clip-torch", "timm", "torch", "onnxruntime", "numpy", "pillow")


def report_of(sections: Sequence[Section], seconds: float) -> dict[str, Any]:
    """Give everything that was found, as JSON can hold it."""
    return {
        "made_with": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
        "seconds": round(seconds, 1),
        "sections": {
            section.name: {
                "about": section.about,
                "rows": {
                    name: {key: round(float(value), 4) for key, value in row.items()}
                    for name, row in section.rows.items()
                },
            }
            for section in sections
        },
    }


def show(section: Section, console: Console) -> None:
    """Print a section: a row a model or a kind, a column a figure; a single row is laid on its side."""
    console.print(f"\n[bold]{section.name}[/]: {section.about}", highlight=False)
    if len(section.rows) == 1:
        (name, figures) = next(iter(section.rows.items()))
        table = Table("figure", name)
        for key, value in figures.items():
            table.add_row(key, _text(value))
    else:
        columns = list(dict.fromkeys(key for row in section.rows.values() for key in row))
        table = Table("")
        for column in columns:
            table.add_column(column, justify="right")
        for name, row in section.rows.items():
            table.add_row(name, *(_text(row[column]) if column in row else "-" for column in columns))
    console.print(table)


def _text(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"
