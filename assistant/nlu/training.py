"""Trains a pipeline on the side: in a folder, and with a cache, that the caller throws away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def train_apart(config: Path, data: Path, folder: Path) -> str:
    """Train the language understanding alone, from nothing; the house's own model and cache are left as they are.

    Args:
        config: Rasa's configuration.
        data: a file or folder of training text.
        folder: where the model and Rasa's cache go.

    Returns:
        The path of the model.
    """
    from rasa.model_training import train_nlu  # TensorFlow comes with it

    with _cache_in(folder / "cache"):
        model: str = train_nlu(str(config), str(data), str(folder / "models"), domain=None)
    return model


@contextmanager
def _cache_in(folder: Path) -> Iterator[None]:
    before = os.environ.get("RASA_CACHE_DIRECTORY")
    os.environ["RASA_CACHE_DIRECTORY"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["RASA_CACHE_DIRECTORY"]
        else:
            os.environ["RASA_CACHE_DIRECTORY"] = before
