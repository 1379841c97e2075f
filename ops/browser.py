"""Finds the browser that the end-to-end tests drive: `python3 -m ops.browser` tells whether there is one.

Runs on the standard library of any Python from 3.8 on.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PLAYWRIGHT = ".cache/ms-playwright"

_HOW_TO = """The browser test needs Chromium, and none was found on PATH. Either of these brings it:
    apt-get install chromium                                          (as root, on Debian and Ubuntu)
    .venvs/services/bin/python -m playwright install chromium
or name one that is elsewhere: DAOGOU_BROWSER=/path/to/chromium"""


class BrowserMissing(Exception):
    """No Chromium was found; the message says what to install."""


def find_browser(environ: Mapping[str, str]) -> Path:
    """Find a Chromium: the one named by DAOGOU_BROWSER, one on PATH, or one that Playwright has installed.

    Raises:
        BrowserMissing: there is none.
    """
    named = environ.get("DAOGOU_BROWSER")
    for name in [named] if named else _NAMES:
        found = shutil.which(name, path=environ.get("PATH", ""))
        if found:
            return Path(found)
    if named:
        raise BrowserMissing(f"DAOGOU_BROWSER={named} is no program.\n{_HOW_TO}")
    folder = Path(environ.get("HOME", "/nonexistent")) / _PLAYWRIGHT
    installed = sorted(folder.glob("chromium-*/chrome-linux*/chrome"))
    if installed:
        return installed[-1]
    raise BrowserMissing(_HOW_TO)


def main() -> int:
    """Tell whether there is a browser; 1 and what to install where there is none."""
    try:
        find_browser(os.environ)
    except BrowserMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
