"""Keeps what a component learnt of each kind of script in a trained model, a folder a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from assistant.nlu.messages import KINDS


class Learnt(Protocol):
    """What writes itself into a folder."""

    def save(self, folder: Path) -> None:
        """Write the files."""


L = TypeVar("L", bound=Learnt)


def read_each(storage: ModelStorage, resource: Resource, load: Callable[[Path], L]) -> dict[str, L]:
    """Read what was learnt, by the kind of script; a model that was trained without NLU data has nothing."""
    try:
        with storage.read_from(resource) as folder:
            return {kind: load(folder / kind) for kind in KINDS if (folder / kind).is_dir()}
    except ValueError:  # what Rasa's storage raises for a resource that was never written
        return {}


def write_each(storage: ModelStorage, resource: Resource, learnt: Mapping[str, Learnt]) -> None:
    """Write what was learnt, by the kind of script."""
    with storage.write_to(resource) as folder:
        for kind, part in learnt.items():
            (folder / kind).mkdir()
            part.save(folder / kind)
