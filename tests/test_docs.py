"""Holds the documents to what they describe: commands, settings and addresses cannot drift."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from actions.settings import Settings

README = Path("README.md")
PREFIX = "DAOGOU_"
PHONY_ONLY = {
    *(
        "ports",
        "environments",
        "packages",
        "shop",
        "recommender",
        "vision",
        "replies",
        "encoder",
        "goods",
        "lint",
        "check-browser",
    ),
}
"""Targets that are steps of others."""


def targets() -> set[str]:
    text = Path("Makefile").read_text()
    return set(re.findall(r"^([a-z-]+):", text, re.MULTILINE)) - PHONY_ONLY


def settings_read() -> set[str]:
    """Give every setting that the code reads: the action server's, the web channel's and the set-up's."""
    names = {PREFIX + name.upper() for name in Settings.model_fields}
    for file in (*Path("assistant").rglob("*.py"), *Path("ops").rglob("*.py"), *Path("assistant").glob("*.yml")):
        text = file.read_text()
        names |= set(re.findall(rf"\b{PREFIX}[A-Z0-9_]*[A-Z0-9]\b", text))
        names |= {PREFIX + name for name in re.findall(r'\bread\("([A-Z_]+)"', text)}
    return names


def settings_told() -> set[str]:
    """Give the settings in the table of the README: the first cell of a row is the name in backquotes."""
    return set(re.findall(rf"^\| `({PREFIX}[A-Z0-9_]+)` \|", README.read_text(), re.MULTILINE))


def test_the_readme_names_exactly_the_settings_that_are_read() -> None:
    assert settings_told() == settings_read()


def test_make_help_lists_every_command() -> None:
    listed = subprocess.run(["make", "help"], capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make ([a-z-]+)", listed, re.MULTILINE)) == targets()


def test_the_contributors_guide_lists_every_command() -> None:
    told = re.findall(r"^\| `make ([a-z-]+)` \|", Path("CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert set(told) == targets()


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_command_that_a_document_names_exists(document: str) -> None:
    text = Path(document).read_text()
    assert set(re.findall(r"\bmake ([a-z-]+)`", text)) <= targets()
    for module in re.findall(r"python -m ((?:shop|recsys|vision|replies|ops|actions)[a-z_.]*)", text):
        path = Path(*module.split("."))
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "tests/conversations/README.md"])
def test_every_file_that_a_document_links_or_names_exists(document: str) -> None:
    text = Path(document).read_text()
    linked = re.findall(r"\]\((?!https?://|#)([^)#]+)", text)
    named = re.findall(r"`((?:actions|assistant|shop|replies|ops|data|tests|requirements|docs)/[\w/.-]+)`", text)
    missing = [path for path in {*linked, *named} if not Path(path).exists()]
    assert not missing
