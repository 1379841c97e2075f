import subprocess
import sys
from pathlib import Path

import pytest

from ops.environments import ENVIRONMENTS, GIGABYTE, DiskFull, declare_fresh, folder_of, main, make_environments
from ops.steps import StepFailed

PLENTY = 100 * GIGABYTE


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with requirements files and nothing installed."""
    (tmp_path / "requirements").mkdir()
    for name in ("assistant", "services", "tools"):
        (tmp_path / "requirements" / f"{name}.txt").write_text("# nothing\n")
    return tmp_path


def install_by_hand(root: Path) -> None:
    for environment in ENVIRONMENTS:
        python = folder_of(root, environment) / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
        declare_fresh(root, environment)


def no_room(_folder: Path) -> int:
    return 3 * GIGABYTE


def test_a_full_disk_is_told_before_anything_is_made(root: Path) -> None:
    with pytest.raises(DiskFull, match=r"installs up to 12 GB, .* has 3\.0 GB free"):
        make_environments(root, no_room)
    assert [path.name for path in (root / ".venvs").iterdir()] == [".lock"]


def test_a_full_disk_ends_the_command_with_1(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    assert main(no_room) == 1
    assert "make room" in capsys.readouterr().err


def test_fresh_environments_are_left_alone_and_need_no_room(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install_by_hand(root)
    make_environments(root, no_room)
    assert capsys.readouterr().out == "Environments: fresh\n"


def test_a_changed_pin_makes_its_environment_stale_and_no_other(root: Path) -> None:
    install_by_hand(root)
    (root / "requirements" / "assistant.txt").write_text("# changed\n")
    with pytest.raises(DiskFull, match="installs up to 4 GB"):
        make_environments(root, no_room)


def test_an_environment_whose_interpreter_is_gone_is_stale(root: Path) -> None:
    install_by_hand(root)
    python = folder_of(root, ENVIRONMENTS[1]) / "bin" / "python"
    python.unlink()
    python.symlink_to(root / "uninstalled")
    with pytest.raises(DiskFull, match="installs up to 8 GB"):
        make_environments(root, no_room)


def test_a_missing_interpreter_ends_the_command_with_1_and_says_how_to_get_it(root: Path) -> None:
    code = "import sys; from ops.environments import main; sys.exit(main(lambda _: 10**12))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env={"PATH": "", "HOME": str(root), "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Python 3.10 was not found" in done.stderr
    assert "pyenv install 3.10" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def fake_installer(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installer that makes a small folder and writes down what it was asked; it fails where `fail` exists."""
    tools = root / ".venvs" / "tools" / "bin"
    tools.mkdir(parents=True)
    calls = root / "calls"
    (tools / "uv").write_text(
        f'#!/bin/sh\necho "$1 $2" >> {calls}\n[ "$1" = pip ] && [ -e {root}/fail ] && exit 7\n'
        'if [ "$1" = venv ]; then for folder; do :; done; mkdir -p "$folder/bin"; touch "$folder/bin/python"; fi\n'
    )
    (tools / "pip").write_text("#!/bin/sh\necho \"global.index-url='https://mirror.example/simple'\"\n")
    for program in ("uv", "pip"):
        (tools / program).chmod(0o755)
    (tools / "python").symlink_to(sys.executable)
    monkeypatch.setattr("ops.environments._is_fresh", _is_fresh_or_tools)
    monkeypatch.setattr("ops.environments.find_python", lambda _version: Path(sys.executable))
    return calls


def _is_fresh_or_tools(root: Path, environment: object) -> bool:
    name = getattr(environment, "name", "")
    return name == "tools" or (root / ".venvs" / name / "daogou-stamp").exists()


def test_an_installation_that_was_cut_off_is_made_again_from_nothing(root: Path, fake_installer: Path) -> None:
    (root / "fail").touch()
    with pytest.raises(StepFailed, match=r"failed \(exit code 7\)"):
        make_environments(root, lambda _: PLENTY)
    (root / "fail").unlink()
    make_environments(root, lambda _: PLENTY)
    asked = fake_installer.read_text().split("\n")
    assert asked[:4] == ["venv --quiet", "pip sync", "venv --quiet", "pip sync"]
    assert (folder_of(root, ENVIRONMENTS[0]) / "daogou-stamp").exists()


def test_an_installation_that_fills_the_disk_says_so(root: Path, fake_installer: Path) -> None:
    (root / "fail").touch()
    room = iter([PLENTY, GIGABYTE // 2])
    with pytest.raises(DiskFull, match="ran full"):
        make_environments(root, lambda _: next(room))
