"""Shows a person of the shop what shoppers think of replies, and takes what that person would have said instead.

`python -m ops.reply_feedback list --database-url sqlite:///var/shop.db [--thumb down]`
`python -m ops.reply_feedback correct ID --text "You have 30 days." --by Mei --database-url sqlite:///var/shop.db`

A correction is written as a shopper would read it. Values of the facts become placeholders; the rest must be licensed
by the facts that were known, as everything that is said here. It serves from the next model on, which `python -m
replies.tune` makes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from replies.errors import RepliesError
from replies.examples import example_of
from replies.feedback import corrected_line
from replies.fill import fill
from replies.guarding import house_guard
from replies.situation import Situation
from shop.db import Sessions, make_sessions, open_engine, reading, writing
from shop.errors import ShopError
from shop.models import ReplyFeedback
from shop.models_feedback import THUMBS
from shop.reply_feedback import correct_reply, find_reply, list_replies

HOUSE = Path("data/replies")


def listed(sessions: Sessions, thumb: str | None, limit: int) -> Iterator[str]:
    """Give lines that tell of replies, the worst first."""
    with reading(sessions) as session:
        for row in list_replies(session, thumb, limit):
            yield f"{row.reply_id}  {row.thumb or '-':4}  {row.act}, {row.language}, {row.rung} {row.version}".rstrip()
            yield from (f"  shopper: {text}" for text in row.said)
            yield f"  reply:   {fill(row.reply, row.placed)}"
            if row.correction:
                yield f"  {row.corrected_by}: {fill(row.correction, row.placed)}"


def corrected(sessions: Sessions, reply_id: str, text: str, by: str, claims: Path) -> str:
    """Keep a correction, and give it with its placeholders.

    Raises:
        ReplyNotFound: there is no such reply, or it is no longer kept.
        NotWritten: the facts do not license it; the error says why.
    """
    guard = house_guard(claims)
    with writing(sessions) as session:
        row = find_reply(session, reply_id)
        line = corrected_line(text, situation_of(row), row.placed, guard)
        correct_reply(session, reply_id, line, by)
    return line


def situation_of(row: ReplyFeedback) -> Situation:
    """Give what a reply was about."""
    names = ("act", "language", "facts", "asked", "reply")
    said = [text for text in row.said if text.strip()] or ["-"]
    return Situation.of(
        example_of({**{name: row.content[name] for name in names}, "turns": said, "family": "feedback"})
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 1 and a message where something cannot be done."""
    options = _parser().parse_args(arguments)
    engine = open_engine(options.database_url)
    sessions = make_sessions(engine)
    try:
        if options.command == "list":
            lines = list(listed(sessions, options.thumb, options.limit))
        else:
            lines = [corrected(sessions, options.reply, options.text, options.by[:80], options.claims)]
    except (ShopError, RepliesError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        engine.dispose()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ops.reply_feedback", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    every = commands.add_parser("list", help="show replies, those that do not help first")
    every.add_argument("--thumb", choices=THUMBS, help="only those with this thumb")
    every.add_argument("--limit", type=int, default=50, help="the most (%(default)s)")
    correct = commands.add_parser("correct", help="say what should have been said")
    correct.add_argument("reply", help="the id of the reply, as `list` shows it")
    correct.add_argument("--text", required=True, help="as a shopper would read it")
    correct.add_argument("--by", required=True, help="who says so")
    correct.add_argument("--claims", type=Path, default=HOUSE, help="the guard's words (%(default)s)")
    for command in (every, correct):
        command.add_argument("--database-url", required=True)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
