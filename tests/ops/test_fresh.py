import sys
from pathlib import Path

import pytest

from ops.fresh import main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with one input."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nlu.yml").write_text("one")
    return tmp_path


def run(*inputs: str, code: str = "open('out', 'a').write('x')") -> int:
    return main(["step", "--inputs", *inputs, "--outputs", "out", "--", sys.executable, "-c", code])


def runs(folder: Path) -> int:
    return len((folder / "out").read_text())


def test_the_command_runs_once_while_nothing_changes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("data") == 0
    assert run("data") == 0
    assert runs(folder) == 1
    assert capsys.readouterr().out.endswith("step: fresh\n")


def test_a_touched_file_is_no_change(folder: Path) -> None:
    run("data")
    (folder / "data" / "nlu.yml").touch()
    run("data")
    assert runs(folder) == 1


def test_a_changed_a_new_and_a_renamed_file_are_changes(folder: Path) -> None:
    run("data")
    (folder / "data" / "nlu.yml").write_text("two")
    run("data")
    (folder / "data" / "more.yml").write_text("")
    run("data")
    (folder / "data" / "more.yml").rename(folder / "data" / "other.yml")
    run("data")
    assert runs(folder) == 4


def test_an_input_that_appears_is_a_change(folder: Path) -> None:
    run("data", "config.yml")
    (folder / "config.yml").write_text("")
    run("data", "config.yml")
    assert runs(folder) == 2


def test_another_command_is_a_change(folder: Path) -> None:
    run("data")
    run("data", code="open('out', 'a').write('y')")
    assert runs(folder) == 2


def test_a_deleted_output_is_made_again(folder: Path) -> None:
    run("data")
    (folder / "out").unlink()
    run("data")
    assert runs(folder) == 1


def test_a_failure_is_passed_on_and_tried_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("data")
    (folder / "data" / "nlu.yml").write_text("two")
    assert run("data", code="raise SystemExit(3)") == 3
    assert "step: failed (exit code 3)" in capsys.readouterr().err
    (folder / "data" / "nlu.yml").write_text("one")
    assert run("data") == 0
    assert runs(folder) == 2


def test_compiled_files_do_not_count(folder: Path) -> None:
    run("data")
    (folder / "data" / "__pycache__").mkdir()
    (folder / "data" / "__pycache__" / "x.pyc").write_text("")
    run("data")
    assert runs(folder) == 1


def test_a_long_step_says_that_it_still_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ops.steps.PULSE_SECONDS", 0.01)
    run("data", code="import time; time.sleep(0.1); open('out', 'w')")
    assert capsys.readouterr().out.count("step ... 0 s") >= 1
