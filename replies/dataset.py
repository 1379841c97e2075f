"""Makes, checks and imports examples of replies: `python -m replies.dataset check`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from replies.attribute_situations import attribute_situations
from replies.errors import RepliesError
from replies.examples import Example, read_folder, write_examples
from replies.facts import ACTS, LANGUAGES, Language
from replies.situations import examples_of, read_situations, unlike
from replies.texts import read_texts
from replies.vocabulary import vocabulary_of, write_vocabulary

FOLDER: Final = Path("data/replies")


def written(folder: Path, language: Language) -> list[Example]:
    """Give the examples that the situations of a language make: the same ones each time."""
    situations = folder / "situations"
    talk = read_texts(situations / language / "talk.yml")
    every = [*attribute_situations(situations, language), *read_situations(situations, language)]
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m replies.dataset", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("write", help="make the examples of the situations anew")
    commands.add_parser("check", help="read every example and count them")
    options = parser.parse_args(arguments)
    try:
        if options.command == "write":
            sys.stdout.write(f"{write(options.folder)} examples\n")
        else:
            sys.stdout.write("\n".join(counts(read_folder(options.folder))) + "\n")
    except RepliesError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
