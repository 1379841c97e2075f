"""Learn from what shoppers said and was not understood, with a person's review between.

    python -m assistant.nlu.mine --conversations var/tracker.db --out var/review.yml
    python -m assistant.nlu.mine apply var/review.yml --write

The first command groups such messages, masks what is personal, proposes an intent for each group and writes a file. A
person edits it and accepts groups. The second checks what was accepted, trains a model with it and one without, and
compares both on held-out messages (split `validation`). With --write it adds the examples to the training text.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.catalogue import Catalogue
from assistant.nlu.conflicts import REVIEWED, ReviewedError, read_reviewed
from assistant.nlu.evaluation import load_cases, write_figures
from assistant.nlu.example_vectors import FOLDER
from assistant.nlu.messages import KINDS
from assistant.nlu.mining.admission import Gatekeeper, close_conflicts
from assistant.nlu.mining.alike import Alikeness
from assistant.nlu.mining.collecting import Collected, Collector, Missed, parse_messages, read_messages
from assistant.nlu.mining.conversations import Log, read_log
from assistant.nlu.mining.errors import MiningError
from assistant.nlu.mining.grouping import MOST, NEW_INTENT, Group, group_messages
from assistant.nlu.mining.masking import Masker
from assistant.nlu.mining.nlu_files import add_examples
from assistant.nlu.mining.review import read_review, write_review
from assistant.nlu.mining.trial import Comparison, figures, report, try_examples
from assistant.nlu.neighbours import Neighbourhood, neighbourhoods
from assistant.nlu.pipeline import Pipeline, PipelineError
from assistant.nlu.scripts import bare
from assistant.nlu.training_text import TrainingExample, TrainingTextError, read_examples

APPLY = "apply"
_ERRORS = (MiningError, ArtifactError, PipelineError, ReviewedError, TrainingTextError)
_HELD_OUT = ["tests/data/nlu_en.yml", "tests/data/nlu_zh.yml"]


class House:
    """What both steps need: the pipeline, the training text, where its examples lie, and what is personal."""

    def __init__(self, options: argparse.Namespace) -> None:
        pipeline = Pipeline.load(options.config)
        self.threshold = pipeline.threshold
        self.examples: list[TrainingExample] = read_examples(options.data)
        self.masker = Masker(frozenset(Catalogue.load(pipeline.lexicon).skus))
        self._encoders, self._vectors = pipeline.encoders, options.vectors

    @cached_property
    def places(self) -> dict[str, Neighbourhood]:
        """Where the examples lie; the first time it takes a minute, so all that can be refused before is."""
        return neighbourhoods(self.examples, self._encoders, self._vectors)


def propose(options: argparse.Namespace) -> int:
    """Group what was not understood, and write the file for review."""
    if options.out.exists():
        raise MiningError(f"{options.out} is there already, and may have been edited: name another --out, or delete it")
    texts = read_messages(options.messages) if options.messages else []
    house = House(options)
    log = read_log(options.conversations, house.masker, options.days) if options.conversations else Log()
    parsed = parse_messages(options.model, texts, house.masker) if texts else []
    learnt = {bare(one.text) for one in house.examples}
    collector = Collector(house.threshold, learnt, Alikeness(house.places).of)
    collected = collector.collect([*log.conversations, *parsed])
    kept = _most_frequent(collected)
    groups = group_messages(kept, house.places)
    sys.stdout.write(_summary(log, collected, groups))
    write_figures(_figures(log, collected, groups), options.json)
    if not groups:
        raise MiningError("there is nothing to propose: what was said was understood, or is an example already")
    write_review(groups, options.examples, options.out)
    sys.stdout.write(f"\nEdit {options.out}, then: python -m assistant.nlu.mine apply {options.out}\n")
    return 0


def _most_frequent(collected: Collected) -> dict[str, list[Missed]]:
    kept: dict[str, list[Missed]] = {kind: [] for kind in KINDS}
    for one in collected.messages:
        if len(kept[one.kind]) < MOST:
            kept[one.kind].append(one)
        else:
            collected.left_out[f"beyond the {MOST} most frequent of a script"] += one.count
    return kept


def _summary(log: Log, collected: Collected, groups: Sequence[Group]) -> str:
    lines = [
        f"conversations  {len(log.conversations)}   messages that were typed {collected.said}",
        f"not understood {sum(one.count for one in collected.messages)}   different {len(collected.messages)}   "
        f"groups {len(groups)}, of which {sum(one.intent == NEW_INTENT for one in groups)} near no example",
    ]
    lines += [f"left out       {count} {reason}" for reason, count in collected.left_out.most_common()]
    lines += [f"unreadable     {log.unreadable} of {log.events} events"] if log.unreadable else []
    lines += [f"  {one.count:>5}  {one.intent:<24} {one.messages[0].text}" for one in groups[:20]]
    return "\n".join(lines) + "\n"


def _figures(log: Log, collected: Collected, groups: Sequence[Group]) -> dict[str, Any]:
    whys = sum((one.whys for one in collected.messages), Counter[Any]())
    return {
        "conversations": len(log.conversations),
        "events": log.events,
        "unreadable": log.unreadable,
        "said": collected.said,
        "not_understood": {why.value: count for why, count in whys.items()},
        "different": len(collected.messages),
        "left_out": dict(collected.left_out),
        "groups": dict(Counter(one.intent for one in groups)),
    }


def apply(options: argparse.Namespace) -> int:
    """Check what was accepted, try it, and add it where that is wanted."""
    groups = read_review(options.review)
    held_out = {path.stem.rsplit("_", 1)[-1]: path for path in options.held_out}
    judged = _held_out(held_out)
    house = House(options)
    admission = Gatekeeper(house.examples, judged, house.masker).admit(groups)
    close = close_conflicts(admission.examples, house.places, read_reviewed(options.reviewed))
    refused = [*admission.refused, *(f"hardly told apart by the encoder: {pair}" for pair in close)]
    if refused:
        advice = f"\na pair that is right goes into {options.reviewed} with the reason" if close else ""
        raise MiningError(
            f"{len(refused)} examples cannot be learnt; nothing was trained:\n" + "\n".join(refused) + advice
        )
    if not admission.examples:
        raise MiningError("all that was accepted is in the training text already")
    sys.stdout.write(f"{len(admission.examples)} examples are new, {len(admission.known)} known already\n\n")
    comparisons = try_examples(admission.examples, options.config, options.data, held_out)
    sys.stdout.write(report(comparisons))
    write_figures({"examples": len(admission.examples), "languages": figures(comparisons)}, options.json)
    return _finish(options, admission.examples, comparisons)


def _held_out(files: Mapping[str, Path]) -> set[str]:
    from ruamel.yaml import YAML, YAMLError

    try:
        splits = {path: YAML(typ="safe").load(path.read_text(encoding="utf-8")) for path in files.values()}
        return {
            bare(case.text) for path, found in splits.items() for split in found for case in load_cases(path, split)
        }
    except (OSError, YAMLError, ValueError) as error:
        raise MiningError(f"held-out messages cannot be read: {error}") from error


def _finish(
    options: argparse.Namespace, examples: Sequence[TrainingExample], comparisons: Mapping[str, Comparison]
) -> int:
    worse = [language for language, one in comparisons.items() if one.is_worse]
    if not options.write:
        sys.stdout.write(f"\nNothing was written; --write adds the examples to {options.data}.\n")
        return 0
    if worse and not options.anyway:
        raise MiningError(f"{' and '.join(worse)} got worse; nothing was written. --anyway writes all the same")
    changed = add_examples(options.data, examples)
    sys.stdout.write(f"\nAdded to {', '.join(map(str, changed))}. Run `make train`, then `make test`.\n")
    return 0


def _shared(description: str | None, program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", type=Path, default=Path("config.yml"), help="Rasa's configuration")
    parser.add_argument("--data", type=Path, default=Path("data/nlu"), help="the folder of the training text")
    parser.add_argument("--vectors", type=Path, default=FOLDER, help="where vectors of examples are kept")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser


def propose_parser() -> argparse.ArgumentParser:
    """Make the command line of the first step."""
    parser = _shared(__doc__, "python -m assistant.nlu.mine")
    parser.add_argument("--conversations", help="Rasa's tracker store: a SQLite file or a database's URL; only read")
    parser.add_argument("--messages", type=Path, help="a text file with a message a line, which the model is asked for")
    parser.add_argument("--model", default="models", help="the trained model for --messages (default: models)")
    parser.add_argument("--days", type=_above_zero, help="only what was said in the last so many days")
    parser.add_argument("--examples", type=_whole, default=10, help="at most so many examples a group (default: 10)")
    parser.add_argument("--out", type=Path, default=Path("var/review.yml"), help="default: var/review.yml")
    return parser


def apply_parser() -> argparse.ArgumentParser:
    """Make the command line of the second step."""
    parser = _shared("Check, try and add what was accepted in a review.", "python -m assistant.nlu.mine apply")
    parser.add_argument("review", type=Path, help="the edited file")
    parser.add_argument("--write", action="store_true", help="add the examples, unless a figure fell")
    parser.add_argument("--anyway", action="store_true", help="with --write: add them although a figure fell")
    parser.add_argument(
        "--held-out", type=Path, nargs="+", default=list(map(Path, _HELD_OUT)), help="NAME_LANGUAGE.yml, one a language"
    )
    parser.add_argument("--reviewed", type=Path, default=REVIEWED, help="close pairs of examples that are right")
    return parser


def _above_zero(text: str) -> float:
    if not 0 < (number := float(text)) < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def _whole(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given[:1] == [APPLY]:
            return apply(apply_parser().parse_args(given[1:]))
        parser = propose_parser()
        options = parser.parse_args(given)
        if not (options.conversations or options.messages):
            parser.error("name --conversations, --messages or both")
        return propose(options)
    except _ERRORS as error:
        sys.stderr.write(f"error: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
