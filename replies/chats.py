"""Reads chats of a shop's service desk from CSV, JSON or JSON lines, also packed with gzip.

A table has a line a message (`conversation`, `speaker`, `text`) or a line an exchange (`input`, `output`). A JSON
record is a message, an exchange, or a whole chat whose `turns` or `original` are messages.
"""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from replies.errors import UnreadableRecords

Speaker = Literal["shopper", "agent"]
SPEAKERS: Final[Mapping[str, Speaker]] = {
    **dict.fromkeys(("customer", "shopper", "user", "client", "buyer", "顾客", "买家", "用户"), "shopper"),
    **dict.fromkeys(("agent", "assistant", "seller", "support", "客服", "卖家", "商家"), "agent"),
}
"""Who speaks, by the names that records give; what else is there, such as actions of a system, was said by nobody."""
EXCHANGES: Final = (("input", "output"), ("question", "answer"), ("utterance", "response"), ("customer", "agent"))


@dataclass(frozen=True)
class Message:
    """What was said, and by whom."""

    speaker: Speaker
    text: str


@dataclass(frozen=True)
class Exchange:
    """The last turns of a shopper and the agent's answer, with all that the shopper said before in the chat."""

    turns: tuple[str, ...]
    reply: str
    before: tuple[Message, ...] = ()


def read_chats(path: Path) -> list[list[Message]]:
    """Give the chats of a file.

    Raises:
        UnreadableRecords: Where the file is none of the known forms.
    """
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
        rows = rows_of(text, path)
        chats = list(chats_of(rows))
    except (OSError, EOFError, ValueError, csv.Error, zlib.error) as error:
        raise UnreadableRecords(path, str(error)) from error
    if not chats:
        raise UnreadableRecords(path, "holds no message of an agent or a shopper")
    return chats


def rows_of(text: str, path: Path) -> list[Any]:
    """Give the records of a text, by what the name of its file says that it is."""
    kind = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    if kind == ".csv":
        return list(csv.DictReader(text.splitlines(keepends=True), strict=True))
    if kind == ".json":
        rows = json.loads(text)
        return rows if isinstance(rows, list) else [rows]
    if kind in (".jsonl", ".ndjson"):
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    raise ValueError(f"is neither .csv, .json nor .jsonl: {kind or 'no ending'}")


def chats_of(rows: Sequence[Any]) -> Iterator[list[Message]]:
    """Join messages of one conversation, and give each exchange and whole chat as a chat."""
    joined: dict[str, list[Message]] = {}
    for row in rows:
        if not isinstance(row, Mapping):
            raise ValueError("a record is not an object")
        said = row.get("turns", row.get("original"))
        pair = next((pair for pair in EXCHANGES if all(isinstance(row.get(key), str) for key in pair)), None)
        if isinstance(said, list):
            yield [message for one in said if (message := message_of(one))]
        elif pair:
            yield [Message("shopper", row[pair[0]]), Message("agent", row[pair[1]])]
        elif message := message_of(row):
            joined.setdefault(str(row.get("conversation", "")), []).append(message)
    yield from joined.values()


def message_of(row: Any) -> Message | None:
    """Give a message of `[speaker, text]` or of an object with both."""
    if isinstance(row, Mapping):
        row = [row.get("speaker", row.get("role", "")), row.get("text", row.get("content", ""))]
    if not isinstance(row, list) or len(row) < 2 or not all(isinstance(part, str) for part in row[:2]):
        return None
    speaker = SPEAKERS.get(row[0].strip().lower())
    return Message(speaker, row[1]) if speaker else None


def exchanges_of(chat: Sequence[Message]) -> Iterator[Exchange]:
    """Give each answer of an agent with the shopper's last two turns before it."""
    turns: list[str] = []
    answer: list[str] = []
    for place, message in enumerate([*chat, Message("shopper", "")]):
        if message.speaker == "agent":
            answer.append(message.text)
            continue
        if answer and turns:
            yield Exchange(tuple(turns[-2:]), joined(answer), tuple(chat[:place]))
        answer = []
        turns.append(message.text)


def joined(texts: Sequence[str]) -> str:
    """Join messages that follow each other, each a sentence of its own."""
    kept = [text.strip() for text in texts if text.strip()]
    return " ".join(text if text[-1] in ".!?。！？…,，" else f"{text}." for text in kept[:-1]) + "".join(
        f"{' ' if len(kept) > 1 else ''}{text}" for text in kept[-1:]
    )
