"""Makes, checks and imports examples of replies: `python -m replies.dataset check`.

`python -m replies.dataset from-feedback artifacts/replies/feedback.jsonl --out artifacts/replies/feedback`
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from replies.attribute_situations import attribute_situations
from replies.chat_import import Importer, lines_of
from replies.chats import read_chats
from replies.errors import RepliesError
from replies.examples import Example, read_folder, write_examples
from replies.facts import ACTS, LANGUAGES, Language
from replies.feedback import add_to_folder, learnt_from, read_opinions
from replies.field_situations import field_situations
from replies.grounding import ProductTable, read_products
from replies.guard import Guard, load_guard
from replies.guarding import house_guard
from replies.lexicon import read_lexicon
from replies.situations import examples_of, read_situations, unlike
from replies.texts import read_texts
from replies.vocabulary import vocabulary_of, write_vocabulary

FOLDER: Final = Path("data/replies")


def written(folder: Path, language: Language) -> list[Example]:
    """Give the examples that the situations of a language make: the same ones each time."""
    situations = folder / "situations"
    talk = read_texts(situations / language / "talk.yml")
    every = [
        *attribute_situations(situations, language),
        *field_situations(situations, language),
        *read_situations(situations, language),
    ]
    return unlike(
        example for situation in every for example in examples_of(situation, talk["openings"], talk["attempts"])
    )


def write(folder: Path) -> int:
    """Write the examples of every act and language, and give how many there are."""
    total = 0
    for language in LANGUAGES:
        examples = written(folder, language)
        for act in ACTS:
            write_examples(folder / language / f"{act}.jsonl", (one for one in examples if one.act == act))
        write_vocabulary(folder, language, vocabulary_of(example.reply for example in examples))
        total += len(examples)
    return total


def counts(examples: Sequence[Example]) -> list[str]:
    """Give lines that tell how many examples and families each act has in each language and split."""
    lines = []
    for language in LANGUAGES:
        for act in ACTS:
            own = [example for example in examples if (example.language, example.act) == (language, act)]
            parts = Counter(example.split for example in own)
            families = len({example.family for example in own})
            split = ", ".join(f"{part} {parts[part]}" for part in ("train", "validation", "test"))
            lines.append(f"{language} {act:18} {len(own):5} examples, {families:4} families ({split})")
    return lines


def check(folder: Path) -> tuple[list[str], int]:
    """Give the counts and what the guard says against any example, with the status to leave with."""
    examples, guard = read_folder(folder), load_guard(folder)
    wrong = [
        f"{example.family}: {example.reply}: {', '.join(verdict.problems)}"
        for example in examples
        if not (verdict := guard.check(example.reply, example.facts, example.language, example.asked)).ok
    ]
    return [*counts(examples), *wrong], 1 if wrong else 0


def from_chats(options: argparse.Namespace) -> list[str]:
    """Write the examples of a file of chats, and give the report.

    The words of approved replies are not asked for here: what an agent said may be put in other words.
    """
    guard = Guard({language: read_lexicon(options.folder, language) for language in LANGUAGES}, {})
    lookup = read_products(options.products) if options.products else ProductTable({})
    examples, report = Importer(guard, lookup, options.language).read(read_chats(options.file))
    write_examples(options.out, examples)
    return [*report.lines(), *lines_of(examples)]


def from_feedback(options: argparse.Namespace) -> list[str]:
    """Add what can be learnt from judged replies to a folder of examples, and give the report.

    The words of approved replies are asked for: what is learnt here is said as it stands.
    """
    learnt = learnt_from(list(read_opinions(options.file)), house_guard(options.folder))
    total = add_to_folder(learnt, options.out)
    return [*learnt.lines(), f"{options.out} holds {total} examples"]


def parser_of() -> argparse.ArgumentParser:
    """Make the reader of the command line."""
    parser = argparse.ArgumentParser(prog="python -m replies.dataset", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("write", help="make the examples of the situations anew")
    commands.add_parser("check", help="read every example, hold it against the guard and count them")
    chats = commands.add_parser("from-chats", help="make examples of a shop's own chats")
    chats.add_argument("file", type=Path, help="CSV, JSON or JSON lines, also with .gz")
    chats.add_argument("--language", choices=LANGUAGES, required=True)
    chats.add_argument("--products", type=Path, help="a CSV table with a column name, and one for each attribute")
    chats.add_argument("--out", type=Path, required=True, help="the JSON lines to write")
    feedback = commands.add_parser("from-feedback", help="make examples of what shoppers and people said of replies")
    feedback.add_argument("file", type=Path, help="the JSON lines that `python -m shop.export feedback` writes")
    feedback.add_argument("--out", type=Path, required=True, help="the folder of examples to add to")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = parser_of().parse_args(arguments)
    try:
        if options.command == "write":
            lines, status = [f"{write(options.folder)} examples"], 0
        elif options.command == "check":
            lines, status = check(options.folder)
        elif options.command == "from-feedback":
            lines, status = from_feedback(options), 0
        else:
            lines, status = from_chats(options), 0
    except (RepliesError, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("\n".join(lines) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
