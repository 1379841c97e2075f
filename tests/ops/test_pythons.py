import ast
import sys
from pathlib import Path

import pytest

from ops.pythons import PythonMissing, find_python

BOOTSTRAP_FILES = ("__init__", "browser", "environments", "ports", "pythons", "steps")


def fake_python(path: Path, version: str, code: int = 0) -> Path:
    """Write a program that answers as an interpreter of this version would, or fails like a pyenv shim."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\necho {path}\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_an_interpreter_on_path_is_found(tmp_path: Path) -> None:
    python = fake_python(tmp_path / "bin" / "python3.10", "3.10")
    assert find_python("3.10", {"PATH": str(tmp_path / "bin")}) == python


def test_a_plain_python3_counts_when_it_is_the_right_version(tmp_path: Path) -> None:
    python = fake_python(tmp_path / "bin" / "python3", "3.11")
    assert find_python("3.11", {"PATH": str(tmp_path / "bin")}) == python


def test_a_shim_that_fails_is_passed_over_for_the_versions_folder(tmp_path: Path) -> None:
    fake_python(tmp_path / "shims" / "python3.10", "3.10", code=127)
    python = fake_python(tmp_path / ".pyenv" / "versions" / "3.10.13" / "bin" / "python3.10", "3.10")
    assert find_python("3.10", {"PATH": str(tmp_path / "shims"), "HOME": str(tmp_path)}) == python


@pytest.mark.parametrize(
    ("setting", "folder"),
    [
        ("PYENV_ROOT", "versions/3.11.7"),
        ("UV_PYTHON_INSTALL_DIR", "cpython-3.11.9-linux-x86_64-gnu"),
        ("XDG_DATA_HOME", "uv/python/cpython-3.11.9-linux-x86_64-gnu"),
        ("HOME", ".local/share/uv/python/cpython-3.11.9-linux-x86_64-gnu"),
    ],
)
def test_the_folders_of_pyenv_and_uv_are_searched(tmp_path: Path, setting: str, folder: str) -> None:
    python = fake_python(tmp_path / folder / "bin" / "python3.11", "3.11")
    assert find_python("3.11", {setting: str(tmp_path)}) == python


def test_a_named_interpreter_wins_over_path(tmp_path: Path) -> None:
    fake_python(tmp_path / "bin" / "python3.10", "3.10")
    named = fake_python(tmp_path / "mine", "3.10")
    assert find_python("3.10", {"PATH": str(tmp_path / "bin"), "DAOGOU_PYTHON310": str(named)}) == named


def test_a_named_interpreter_of_another_version_is_refused(tmp_path: Path) -> None:
    named = fake_python(tmp_path / "mine", "3.9")
    with pytest.raises(PythonMissing, match=r"DAOGOU_PYTHON310=.*mine is not a working Python 3\.10"):
        find_python("3.10", {"DAOGOU_PYTHON310": str(named)})


def test_a_missing_interpreter_is_told_with_the_ways_to_get_it() -> None:
    with pytest.raises(PythonMissing, match=r"pyenv install 3\.10") as caught:
        find_python("3.10", {})
    assert "uv python install 3.10" in str(caught.value)
    assert "DAOGOU_PYTHON310=" in str(caught.value)


def test_the_interpreter_that_runs_this_is_found() -> None:
    version = "{}.{}".format(*sys.version_info[:2])
    assert find_python(version).exists()


@pytest.mark.parametrize("name", BOOTSTRAP_FILES)
def test_what_a_fresh_machine_runs_first_is_python_3_8_and_needs_no_package(name: str) -> None:
    tree = ast.parse((Path("ops") / f"{name}.py").read_text(), feature_version=(3, 8))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    own = {f"ops.{each}" for each in BOOTSTRAP_FILES}
    assert {module.split(".")[0] for module in imported - own} <= set(sys.stdlib_module_names)
