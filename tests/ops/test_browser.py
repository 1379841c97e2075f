from pathlib import Path

import pytest

from ops.browser import BrowserMissing, find_browser, main


def make_program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_browser_on_path_is_found(tmp_path: Path) -> None:
    browser = make_program(tmp_path / "bin" / "chromium")
    assert find_browser({"PATH": str(tmp_path / "bin")}) == browser


def test_a_browser_of_playwrights_is_found(tmp_path: Path) -> None:
    browser = make_program(tmp_path / ".cache" / "ms-playwright" / "chromium-1200" / "chrome-linux" / "chrome")
    assert find_browser({"HOME": str(tmp_path)}) == browser


def test_a_named_browser_wins_and_a_wrong_name_is_told(tmp_path: Path) -> None:
    make_program(tmp_path / "bin" / "chromium")
    named = make_program(tmp_path / "mine")
    assert find_browser({"PATH": str(tmp_path / "bin"), "DAOGOU_BROWSER": str(named)}) == named
    with pytest.raises(BrowserMissing, match=r"DAOGOU_BROWSER=/none is no program"):
        find_browser({"PATH": str(tmp_path / "bin"), "DAOGOU_BROWSER": "/none"})


def test_where_there_is_none_the_command_says_what_to_install_and_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DAOGOU_BROWSER", raising=False)
    assert main() == 1
    assert "apt-get install chromium" in capsys.readouterr().err
