"""Training examples in which the goods are marked: "any [curtain rods](goods) for tall windows?".

What goods must be, where a search is narrowed or a question asked, is marked too: "is it [quiet enough](need)?". So is
what shall never be shown: "nothing with [palm oil](never) in it, ever".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.nlu.training_text import TrainingTextError

if TYPE_CHECKING:
    from rasa.shared.nlu.training_data.message import Message

    from assistant.nlu.tokens import Token

GOODS, NEED, NEVER = "goods", "need", "never"
MARKS = frozenset({GOODS, NEED, NEVER})
_WRITTEN = tuple(f"]({mark})" for mark in sorted(MARKS))


@dataclass(frozen=True)
class MarkedExample:
    """A message with what was marked in it.

    Attributes:
        text: without the marks.
        intent: what it means.
        spans: the places of the goods, the first letter and one past the last.
        source: the file it stands in, by its place in the folder and without its ending.
        needs: the places of what they must be.
        avoided: the places of what shall never be shown, or may be again.
    """

    text: str
    intent: str
    spans: tuple[tuple[int, int], ...]
    source: str
    needs: tuple[tuple[int, int], ...] = ()
    avoided: tuple[tuple[int, int], ...] = ()

    def marks(self, token: Token) -> bool:
        """Tell whether most of a token is marked as goods."""
        return _is_within(token, self.spans)

    def needs_of(self, token: Token) -> bool:
        """Tell whether most of a token is marked as what goods must be."""
        return _is_within(token, self.needs)

    def avoids(self, token: Token) -> bool:
        """Tell whether most of a token is marked as what shall never be shown."""
        return _is_within(token, self.avoided)


def _is_within(token: Token, spans: Sequence[tuple[int, int]]) -> bool:
    inside = sum(max(0, min(last, token.end) - max(first, token.start)) for first, last in spans)
    return 2 * inside > token.end - token.start


def read_marked(folder: Path) -> list[MarkedExample]:
    """Read the files of training text in which something is marked; in these an example without a mark names nothing.

    Raises:
        TrainingTextError: Rasa cannot read a file, or no file has a mark.
    """
    found = [one for path in sorted(folder.rglob("*.yml")) for one in _read(path, folder)]
    if not found:
        raise TrainingTextError(f"no goods are marked in {folder}: write [lamp]({GOODS}) for a lamp")
    return found


def _read(path: Path, folder: Path) -> Sequence[MarkedExample]:
    from rasa.shared.exceptions import RasaException
    from rasa.shared.nlu.training_data.loading import load_data

    content = path.read_text(encoding="utf-8")
    if not any(mark in content for mark in _WRITTEN):
        return []
    try:
        read = load_data(str(path)).intent_examples
    except (RasaException, ValueError) as error:
        raise TrainingTextError(f"{path} cannot be read as training text: {error}") from error
    return [
        MarkedExample(
            str(one.get("text")),
            str(one.get("intent")),
            _spans(one, GOODS),
            path.relative_to(folder).with_suffix("").as_posix(),
            _spans(one, NEED),
            _spans(one, NEVER),
        )
        for one in read
        if one.get("text")
    ]


def _spans(message: Message, mark: str) -> tuple[tuple[int, int], ...]:
    return tuple((one["start"], one["end"]) for one in message.get("entities") or () if one["entity"] == mark)
