"""Measure how often a shopper's aim is reached, by conversations that were written word for word.

`python -m ops.evaluate_aims` starts both servers on a copy of the demo shop, says what `aims_test_en.yml` and
`aims_test_zh.yml` in `data/evaluation` hold, whatever is answered, and looks into the database for what each
conversation was to leave. Nothing is mended by these; `--split development` plays those that are read:
`--transcripts FILE` keeps the ones that failed, and `--aim WORDS` plays those alone whose aim holds some words.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from ops.aims import FOLDER, SPLITS, Aim, End, read_aims
from ops.aims_shop import AimsShop
from ops.stack import Stack
from ops.web_shopper import Message, WebShopper, cards
from shop.db import make_sessions, open_engine

LANGUAGES = ("en", "zh")
LOGS = Path("artifacts/test-logs")
NOT_UNDERSTOOD = frozenset({"utter_not_understood", "utter_ask_meant", "utter_out_of_scope"})
_FIRST_NUMBER = 50_000


@dataclass(frozen=True)
class Played:
    """A conversation and what came of it.

    Attributes:
        left: what it left, in the form of what was wanted.
        missing: patterns that no answer held.
        lost: how many messages were not understood, of how many that were said.
        transcript: what was said by both.
    """

    aim: Aim
    left: End
    missing: tuple[str, ...]
    lost: int
    said: int
    transcript: tuple[str, ...]

    @property
    def leaves_it(self) -> bool:
        """Tell whether cart and orders are as the shopper wanted them."""
        return self.left == self.aim.end

    @property
    def is_reached(self) -> bool:
        """Tell whether that is so, and all was told that was to be told."""
        return self.leaves_it and not self.missing

    @property
    def leaves_unwanted(self) -> bool:
        """Tell whether something lies in the cart, or was ordered, cancelled or sent back, that was not to be."""
        left, wanted = _pieces(self.left), _pieces(self.aim.end)
        return bool(left - wanted)


@dataclass(frozen=True)
class Score:
    """How a set of conversations went, in shares of them; `lost` is a share of the messages."""

    conversations: int
    reached: float
    state_right: float
    unwanted: float
    lost: float


def _pieces(end: End) -> Counter[str]:
    counted = Counter({f"cart {name}": count for name, count in end.cart.items()})
    counted.update({f"ordered {name}": count for name, count in end.ordered.items()})
    for what, parts in (("cancelled", end.cancelled), ("returned", end.returned)):
        counted.update({f"{what} {key} {name}": count for key, part in parts.items() for name, count in part.items()})
    return counted


def play(stack: Stack, shop: AimsShop, aim: Aim, place: int) -> Played:
    """Say what was written, in a conversation of its own; `place` makes its orders' numbers."""
    client = WebShopper(stack.base_url)
    numbers = {order.key: str(_FIRST_NUMBER + 10 * place + at) for at, order in enumerate(aim.orders)}
    answer, transcript, said = "", [], 0
    try:
        shop.place(client.shopper_id, aim, numbers)
        for line in aim.lines:
            if not line.fits(answer):
                continue
            text = line.text.format_map(numbers) if numbers else line.text
            answer = _text(client.say(text))
            said += 1
            transcript += [f"shopper: {text}", f"assistant: {answer}"]
        events = stack.tracker(client.shopper_id)["events"]
        left = shop.left_by(client.shopper_id, numbers)
    finally:
        client.close()
    heard = "\n".join(transcript[1::2])
    missing = tuple(pattern.pattern for pattern in aim.told if not pattern.search(heard))
    named = [event.get("metadata", {}).get("utter_action") for event in events if event["event"] == "bot"]
    return Played(aim, left, missing, sum(name in NOT_UNDERSTOOD for name in named), said, tuple(transcript))


def _text(messages: Sequence[Message]) -> str:
    """Give what a shopper reads: texts, and the cards below them."""
    texts = [str(message["text"]) for message in messages if message.get("text")]
    return "\n".join([*texts, *(f"[{card.get('title')} | {card.get('subtitle')}]" for card in cards(list(messages)))])


def play_all(aims: Sequence[Aim]) -> list[Played]:
    """Play conversations one after the other on one running stack."""
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), LOGS) as stack:
        engine = open_engine(stack.database_url, timeout_s=10.0)
        try:
            shop = AimsShop(make_sessions(engine))
            for aim in aims:
                shop.check(aim)
            return [play(stack, shop, aim, place) for place, aim in enumerate(tqdm(aims, desc="conversations"))]
        finally:
            engine.dispose()


def score(played: Sequence[Played]) -> Score:
    """Count how some conversations went."""
    count = max(1, len(played))
    return Score(
        conversations=len(played),
        reached=sum(one.is_reached for one in played) / count,
        state_right=sum(one.leaves_it for one in played) / count,
        unwanted=sum(one.leaves_unwanted for one in played) / count,
        lost=sum(one.lost for one in played) / max(1, sum(one.said for one in played)),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    languages = LANGUAGES if options.language == "both" else (options.language,)
    aims = {
        language: [aim for aim in read_aims(language, options.split, options.data) if options.aim in aim.name]
        for language in languages
    }
    played = iter(play_all([aim for each in aims.values() for aim in each]))
    by_language = {language: [next(played) for _ in each] for language, each in aims.items()}
    scores = {language: score(each) for language, each in by_language.items()}
    _print(scores)
    if options.json:
        content = {language: asdict(one) for language, one in scores.items()}
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    if options.transcripts:
        failed = [one for each in by_language.values() for one in each if not one.is_reached]
        options.transcripts.write_text("\n\n".join(map(_told, failed)) + "\n", encoding="utf-8")
    return 0


def _told(one: Played) -> str:
    head = f"# {one.aim.name}\n# wanted: {one.aim.end}\n# left:   {one.left}\n# not told: {list(one.missing)}"
    return "\n".join([head, *one.transcript])


def _print(scores: Mapping[str, Score]) -> None:
    table = Table(title="written conversations")
    columns = (
        "language",
        "conversations",
        "aim reached",
        "state right",
        "something unwanted",
        "not understood",
    )
    for column in columns:
        table.add_column(column)
    for language, one in scores.items():
        shares = (one.reached, one.state_right, one.unwanted, one.lost)
        table.add_row(language, str(one.conversations), *(f"{share:.3f}" for share in shares))
    Console().print(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.evaluate_aims", description=__doc__)
    parser.add_argument("--language", choices=[*LANGUAGES, "both"], default="both")
    parser.add_argument("--split", choices=SPLITS, default="test")
    parser.add_argument("--aim", default="", help="play only conversations whose aim holds these words")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder of the written conversations")
    parser.add_argument("--json", type=Path, help="write the figures into this file")
    parser.add_argument("--transcripts", type=Path, help="write the conversations that failed into this file")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
