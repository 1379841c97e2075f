"""The file that a person edits between mining and training: written from groups, and checked when it is read back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError

from assistant.nlu.messages import HAN
from assistant.nlu.mining.errors import MiningError
from assistant.nlu.mining.grouping import NEW_INTENT, Group

VERSION = 1
_LANGUAGES = {True: "zh", False: "en"}
_HEAD = f"""\
# What shoppers said and was not understood, in groups; what could tell who they are is masked. For each group that
# should be learnt: read its examples, delete or mend what does not belong, see that the intent is right, and set
# accept: true. Masking finds no name that stands alone: delete what is personal all the same. Then try what it does:
#   python -m assistant.nlu.mine apply THIS_FILE              add --write to add the examples to the training text
# An intent "{NEW_INTENT}" means that no training example is near: name one that exists, or build a new one first
# (CONTRIBUTING.md). `proposal` says how many of the near examples, or of the shoppers' own choices, speak for the
# intent, and how close the nearest example is (1 = the same); `counts` says why the messages are here.
"""


@dataclass(frozen=True)
class Accepted:
    """A group that a person accepted.

    Attributes:
        place: where it stands in the file, for messages.
    """

    place: str
    intent: str
    examples: tuple[str, ...]


def write_review(groups: Sequence[Group], most_examples: int, path: Path) -> None:
    """Write the file, which nobody else may read.

    Raises:
        MiningError: there is a file already, which may hold somebody's work, or the place cannot be written.
    """
    yaml = YAML()
    yaml.allow_unicode, yaml.width, yaml.default_flow_style = True, 1000, False
    text = io.StringIO()
    yaml.dump({"version": VERSION, "groups": [_entry(group, most_examples) for group in groups]}, text)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(_HEAD + text.getvalue(), encoding="utf-8")
    except FileExistsError:
        raise MiningError(
            f"{path} is there already, and may have been edited: name another --out, or delete it"
        ) from None
    except OSError as error:
        raise MiningError(f"{path} cannot be written: {error.strerror}") from error


def _entry(group: Group, most_examples: int) -> dict[str, Any]:
    whys = sum((one.whys for one in group.messages[1:]), group.messages[0].whys.copy())
    entry: dict[str, Any] = {
        "accept": False,
        "intent": group.intent,
        "language": _LANGUAGES[group.kind == HAN],
        "examples": [one.text for one in group.messages[:most_examples]],
        "counts": {
            "said": group.count,
            "different": len(group.messages),
            **{why.value: count for why, count in sorted(whys.items(), key=lambda pair: pair[0].value)},
        },
        "proposal": {
            "by": "what shoppers chose or said next" if group.labelled else "near examples",
            "share": round(group.share, 2),
            "closeness": round(group.closeness, 2),
        },
    }
    if group.labels:
        entry["chosen"] = dict(sorted(group.labels.items(), key=lambda pair: (-pair[1], pair[0])))
    entry["nearest"] = [
        {"text": one.example.text, "intent": one.example.intent, "closeness": round(one.closeness, 2)}
        for one in group.nearest
    ]
    return entry


def read_review(path: Path) -> list[Accepted]:
    """Read the accepted groups of a file.

    Raises:
        MiningError: it is missing, no YAML, of another form, or no group is accepted.
    """
    try:
        found = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MiningError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise MiningError(f"{path} is no UTF-8 text") from error
    except YAMLError as error:
        raise MiningError(f"{path} is no YAML: {_where(error)}") from error
    if not isinstance(found, dict) or found.get("version") != VERSION or not isinstance(found.get("groups"), list):
        raise MiningError(f"{path} is no review: it must hold `version: {VERSION}` and a list of `groups`")
    groups = [_read_group(entry, f"{path}, group {number}") for number, entry in enumerate(found["groups"], 1)]
    accepted = [group for group in groups if group is not None]
    if not accepted:
        raise MiningError(f"{path}: no group is accepted: set `accept: true` where its examples should be learnt")
    return accepted


def _where(error: YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be parsed"
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark else str(problem)


def _read_group(entry: Any, place: str) -> Accepted | None:
    if not isinstance(entry, dict):
        raise MiningError(f"{place} is no group: it must have `accept`, `intent` and `examples`")
    missing = [name for name in ("accept", "intent", "examples") if name not in entry]
    if missing:
        raise MiningError(f"{place} lacks `{'`, `'.join(missing)}`")
    accept, intent, examples = entry["accept"], entry["intent"], entry["examples"]
    if not isinstance(accept, bool):
        raise MiningError(f"{place}: `accept` must be true or false, not {accept!r}")
    if not isinstance(intent, str):
        raise MiningError(f"{place}: `intent` must be the name of an intent, not {intent!r}")
    if not isinstance(examples, list):
        raise MiningError(f"{place}: `examples` must be a list of messages")
    for number, example in enumerate(examples, 1):
        if not isinstance(example, str):
            raise MiningError(f"{place}, example {number}: {example!r} is no text: put it in quotes")
    if accept and not examples:
        raise MiningError(f"{place} is accepted, but has no examples")
    return Accepted(place, intent.strip(), tuple(examples)) if accept else None
