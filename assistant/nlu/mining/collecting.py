"""Picks the messages that were not understood, with what the shopper then showed to have meant."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.nlu.messages import kind_of_text
from assistant.nlu.mining.conversations import Turn, order_numbers
from assistant.nlu.mining.errors import MiningError
from assistant.nlu.mining.masking import Masker
from assistant.nlu.scope import FALLBACK, SCORE
from assistant.nlu.scripts import bare

OUT_OF_SCOPE = "out_of_scope"
# A longer message is a letter: nothing short can be learnt from it.
LONGEST = 300
# Whoever says the same again in other words does so at once.
REPHRASED_SECONDS = 120

Alike = Callable[[Sequence[tuple[str, str]]], Sequence[bool]]


class Why(str, Enum):
    """What shows that a message was not understood."""

    NOT_UNDERSTOOD = "not understood"
    OUT_OF_SCOPE = "out of scope"
    UNSURE = "unsure"
    REPHRASED = "said again in other words"
    CHOSEN = "chosen when asked"


@dataclass
class Missed:
    """A message that was not understood, however often it was said.

    Attributes:
        labels: how often shoppers then chose, or said in words that were understood, each intent.
    """

    text: str
    whys: Counter[Why] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)

    @property
    def kind(self) -> str:
        """Tell whether it has Chinese characters."""
        return kind_of_text(self.text)

    @property
    def count(self) -> int:
        """Tell how often it was said."""
        return sum(self.whys.values())


@dataclass
class Collected:
    """What was picked, and how many messages were left out, and why."""

    messages: list[Missed]
    said: int
    left_out: Counter[str]


class Collector:
    """Picks messages turn by turn.

    Args:
        threshold: the score below which a message counts as not understood.
        learnt: the bare forms of messages that are training examples already.
        alike: tells of pairs of messages which say nearly the same.
    """

    def __init__(self, threshold: float, learnt: Collection[str], alike: Alike) -> None:
        self._threshold, self._learnt, self._alike = threshold, learnt, alike
        self._found: dict[str, Missed] = {}
        self._said, self._left_out = 0, Counter[str]()

    def collect(self, conversations: Iterable[Sequence[Turn]]) -> Collected:
        """Pick from conversations; of what says the same, the first wording is kept and all are counted."""
        pairs = [
            (turn, after)
            for turns in conversations
            for turn, after in zip(turns, [*turns[1:], None], strict=True)
            if turn.typed
        ]
        again = self._said_again([(turn, after) for turn, after in pairs if after is not None])
        for turn, after in pairs:
            self._said += 1
            reason = self._unfit(turn)
            if reason:
                self._left_out[reason] += 1
            else:
                self._look_at(turn, after, said_again=id(turn) in again)
        found = sorted(self._found.values(), key=lambda one: (-one.count, one.text))
        return Collected(found, self._said, self._left_out)

    def _unfit(self, turn: Turn) -> str | None:
        if turn.in_form:
            return "said while a form asked for an address"
        if len(turn.text) > LONGEST:
            return f"longer than {LONGEST} characters"
        if not any(map(str.isalpha, turn.text)):
            return "without a letter"
        return None

    def _look_at(self, turn: Turn, after: Turn | None, said_again: bool) -> None:
        chosen = after.intent if after and not after.typed and after.intent in turn.offered else None
        why = Why.CHOSEN if chosen else self._why(turn) or (Why.REPHRASED if said_again else None)
        if why is None:
            return
        key = bare(turn.text)
        if key in self._learnt:
            self._left_out["an example already"] += 1
            return
        missed = self._found.setdefault(key, Missed(turn.text))
        missed.whys[why] += 1
        if chosen:
            missed.labels[chosen] += 1
        elif said_again and after:
            missed.labels[after.intent] += 1

    def _why(self, turn: Turn) -> Why | None:
        if turn.intent == FALLBACK:
            return Why.NOT_UNDERSTOOD
        if turn.intent == OUT_OF_SCOPE:
            return Why.OUT_OF_SCOPE
        return Why.UNSURE if turn.score is not None and turn.score < self._threshold else None

    def _said_again(self, pairs: Sequence[tuple[Turn, Turn]]) -> set[int]:
        """Tell which turns the shopper said again right after, in words that were taken for something else."""
        near = [
            (turn, after)
            for turn, after in pairs
            if after.typed
            and not (turn.in_form or after.in_form)
            and after.intent
            and after.intent != turn.intent
            and self._why(after) is None
            and after.time - turn.time <= REPHRASED_SECONDS
            and max(len(turn.text), len(after.text)) <= LONGEST
            and bare(turn.text) != bare(after.text)
        ]
        alike = self._alike([(turn.text, after.text) for turn, after in near])
        return {id(turn) for (turn, _), is_alike in zip(near, alike, strict=True) if is_alike}


def read_messages(path: Path) -> list[str]:
    """Read a text file of messages, one a line.

    Raises:
        MiningError: it is missing, no UTF-8 text, or blank.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except OSError as error:
        raise MiningError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise MiningError(f"{path} is no UTF-8 text: save it as UTF-8, a message a line") from error
    found = [line for line in lines if line]
    if not found:
        raise MiningError(f"{path} holds no messages")
    return found


def parse_messages(model: str, texts: Sequence[str], masker: Masker) -> list[list[Turn]]:
    """Ask a trained model what it makes of each message; each is a conversation of its own."""
    from assistant.nlu.evaluate import quiet_agent

    return asyncio.run(_parse(quiet_agent(model), texts, masker))


async def _parse(agent: Any, texts: Sequence[str], masker: Masker) -> list[list[Turn]]:
    turns = []
    for text in tqdm(texts, desc="parsing", unit=" messages", file=sys.stderr, leave=False):
        parsed = await agent.parse_message(text.lstrip("/"))
        intent, score = str(parsed["intent"]["name"] or ""), parsed.get(SCORE)
        masked = masker.mask(text, order_numbers(parsed))
        turns.append([Turn(masked, intent, typed=True, score=score, time=0.0, in_form=False)])
    return turns
