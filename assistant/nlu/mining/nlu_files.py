"""Adds examples to the files of the training text, below the others of their intents, and touches nothing else."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from assistant.nlu.messages import HAN
from assistant.nlu.mining.errors import MiningError
from assistant.nlu.training_text import TrainingExample, read_examples

CHINESE = "zh"
_INTENT = re.compile(r"^- intent: ([\w-]+)\s*$")
_EXAMPLE = re.compile(r"^(\s+)- ")


def add_examples(folder: Path, examples: Sequence[TrainingExample]) -> list[Path]:
    """Write examples into the files of their intents: Chinese ones below `zh/`.

    Returns:
        The files that were changed.

    Raises:
        MiningError: an intent has no place, or Rasa reads something else than was written; nothing is changed then.
    """
    before = Counter(read_examples(folder))
    new: dict[Path, str] = {}
    for (kind, intent), texts in _by_intent(examples).items():
        path = _file_of(folder, kind, intent)
        new[path] = _with(new.get(path) or path.read_text(encoding="utf-8"), intent, texts)
    old = {path: path.read_text(encoding="utf-8") for path in new}
    _write(new)
    if Counter(read_examples(folder)) != before + Counter(examples):
        _write(old)
        raise MiningError(f"{folder} would be read as something else than was written; nothing was changed")
    return sorted(new)


def _by_intent(examples: Sequence[TrainingExample]) -> dict[tuple[str, str], list[str]]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in examples:
        groups[one.kind, one.intent].append(one.text)
    return groups


def _file_of(folder: Path, kind: str, intent: str) -> Path:
    place = folder / CHINESE if kind == HAN else folder
    for path in sorted(place.glob("*.yml")):
        if any((found := _INTENT.match(line)) and found[1] == intent for line in _lines(path)):
            return path
    raise MiningError(f"no file of {place} has `- intent: {intent}`")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _with(content: str, intent: str, texts: Sequence[str]) -> str:
    lines, inside, last = content.splitlines(), False, None
    for number, line in enumerate(lines):
        if found := _INTENT.match(line):
            if last is not None:
                break
            inside = found[1] == intent
        elif inside and _EXAMPLE.match(line):
            last = number
    found = _EXAMPLE.match(lines[last]) if last is not None else None
    if last is None or found is None:
        raise MiningError(f"the intent {intent} has no list of examples")
    lines[last + 1 : last + 1] = [f"{found[1]}- {text}" for text in texts]
    return "\n".join(lines) + "\n"


def _write(contents: dict[Path, str]) -> None:
    for path, content in contents.items():
        path.write_text(content, encoding="utf-8")
