"""Reads the files of texts that a person wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def read_texts(path: Path) -> Any:
    """Give what a YAML file holds, with every scalar as the text that stands there: `yes` and `no` are words here."""
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.BaseLoader)  # noqa: S506 - makes nothing but texts, lists and mappings
