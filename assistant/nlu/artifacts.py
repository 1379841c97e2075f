"""Files made by the set-up that the components read: where they are missing or harmed, say which command makes them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from rasa.shared.exceptions import RasaException

MAKE_THEM = "make train"


class ArtifactError(RasaException):
    """A file that the set-up makes is missing or harmed; Rasa's command line prints the message as it is."""


def read_bytes(path: str) -> bytes:
    """Read a file that the set-up made.

    Raises:
        ArtifactError: there is none; the message names the command that makes it.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ArtifactError(f"{path} cannot be read ({error.strerror}): run `{MAKE_THEM}`") from error


def read_json(path: str) -> dict[str, Any]:
    """Read a JSON object that the set-up made; raise ArtifactError as `read_bytes` does."""
    try:
        found = json.loads(read_bytes(path))
    except ValueError as error:
        raise ArtifactError(f"{path} is not JSON ({error}): delete it and run `{MAKE_THEM}`") from error
    if not isinstance(found, dict):
        raise ArtifactError(f"{path} holds no JSON object: delete it and run `{MAKE_THEM}`")
    return found


def sha256(content: bytes) -> str:
    """Hash what was read."""
    return hashlib.sha256(content).hexdigest()


def fingerprint(*paths: str) -> str:
    """Hash files, so that Rasa's cache sees that what lies outside of the training data has changed."""
    return sha256("\n".join(sha256(read_bytes(path)) for path in paths).encode())
