"""Finds the two Python interpreters that the house is built with.

Runs on the standard library of any Python from 3.8 on: it is what a fresh machine runs first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

VERSIONS = {"assistant": "3.10", "services": "3.11"}
"""Which version each environment needs; Rasa 3.6 runs on none newer than 3.10."""

_SETTINGS = {"3.10": "DAOGOU_PYTHON310", "3.11": "DAOGOU_PYTHON311"}
_PROBE = "import sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)"
_PROBE_SECONDS = 20

_HOW_TO = """Python {version} was not found on PATH, in pyenv's or in uv's folder. Any one of these brings it:
    pyenv install {version}
    uv python install {version}
    apt-get install python{version} python{version}-venv    (where your system's packages have it)
or name one that is elsewhere: {setting}=/path/to/python{version}"""


class PythonMissing(Exception):
    """No interpreter of this version was found; the message says how to get one."""

    def __init__(self, version: str, setting: str, tried: str | None = None) -> None:
        reason = f"{setting}={tried} is not a working Python {version}.\n" if tried else ""
        super().__init__(reason + _HOW_TO.format(version=version, setting=setting))
        self.version = version


def find_python(version: str, environ: Mapping[str, str] | None = None) -> Path:
    """Find a working interpreter of one version.

    Args:
        version: such as `3.10`.
        environ: the environment to look in; the process's own by default.

    Raises:
        PythonMissing: none works, or the one named by DAOGOU_PYTHON310 (or 311) does not.
    """
    environ = os.environ if environ is None else environ
    setting = _SETTINGS[version]
    named = environ.get(setting)
    for candidate in [named] if named else _candidates(version, environ):
        # A pyenv shim stands on PATH also where it only prints an error: only one that answers counts.
        executable = _executable_of(candidate, version)
        if executable:
            return executable
    raise PythonMissing(version, setting, named)


def _executable_of(python: str, version: str) -> Path | None:
    """Run an interpreter and give its own path, which is not a shim's; None where it fails or is another version."""
    try:
        done = subprocess.run(
            [python, "-c", _PROBE],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    answer = done.stdout.decode(errors="replace").splitlines()
    return Path(answer[1]) if done.returncode == 0 and len(answer) > 1 and answer[0] == version else None


def _candidates(version: str, environ: Mapping[str, str]) -> Iterator[str]:
    for place in environ.get("PATH", "").split(os.pathsep):
        for name in (f"python{version}", "python3", "python"):
            found = shutil.which(name, path=place) if place else None
            if found:
                yield found
    for pattern, folder in _version_folders(environ):
        for installed in sorted(folder.glob(pattern.format(version=version)), reverse=True):
            yield str(installed / "bin" / f"python{version}")


def _version_folders(environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    """Give the folders where pyenv and uv keep interpreters, with the pattern of a version's folder in them."""
    home = Path(environ["HOME"]) if environ.get("HOME") else None
    if environ.get("PYENV_ROOT"):
        yield "{version}.*", Path(environ["PYENV_ROOT"]) / "versions"
    if home:
        yield "{version}.*", home / ".pyenv" / "versions"
    if environ.get("UV_PYTHON_INSTALL_DIR"):
        yield "cpython-{version}.*", Path(environ["UV_PYTHON_INSTALL_DIR"])
    if environ.get("XDG_DATA_HOME"):
        yield "cpython-{version}.*", Path(environ["XDG_DATA_HOME"]) / "uv" / "python"
    if home:
        yield "cpython-{version}.*", home / ".local" / "share" / "uv" / "python"
