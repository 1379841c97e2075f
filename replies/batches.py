"""Examples to batches of token ids, each pass in another order and with its own changes, all drawn from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from replies.examples import Example
from replies.facts import Language
from replies.prompt import prompt_of
from replies.situation import Situation
from replies.train_settings import TrainSettings
from replies.variation import varied

IGNORED = -100
_CHUNK = 16
"""Batches within which examples are sorted by length, so that little is padding."""


class Coder(Protocol):
    """Turns text to token ids."""

    pad: int
    end: int

    def encode(self, text: str) -> list[int]:
        """Give the ids of a text."""


@dataclass(frozen=True)
class Batch:
    """Rows of one length.

    Attributes:
        ids: what is read, shape (rows, length).
        mask: 1 where a token counts.
        labels: what is to be written at each place, `IGNORED` elsewhere; of a causal model as long as `ids`, where the
            label of a place is the token there (not the next one).
    """

    ids: Tensor
    mask: Tensor
    labels: Tensor


Row = tuple[list[int], list[int]]
"""The ids of a prompt and of its reply, with the end."""


def rows_of(
    examples: Sequence[Example], coder: Coder, most_tokens: int, settings: TrainSettings | None, epoch: int = 0
) -> list[Row]:
    """Encode examples; those that are longer than the model reads are left out.

    Args:
        examples: what to encode.
        coder: the model's tokenizer.
        most_tokens: the longest prompt and reply together.
        settings: which changes to draw; None for none.
        epoch: of which pass.
    """
    rows = []
    for number, example in enumerate(examples):
        if settings is None:
            situation, said = Situation.of(example), example.reply
        else:
            chance = chance_of(f"{settings.seed} {epoch} {number}")
            other = varied(example, settings.vary, chance)
            situation, said = changed(Situation.of(other), settings, chance), other.reply
        prompt, reply = coder.encode(prompt_of(situation)), [*coder.encode(said), coder.end]
        if len(prompt) + len(reply) <= most_tokens:
            rows.append((prompt, reply))
    return rows


def chance_of(seed: str | None) -> random.Random:
    """Begin a row of draws, the same for the same seed."""
    return random.Random(seed)  # noqa: S311 - nothing secret is drawn


def changed(situation: Situation, settings: TrainSettings, chance: random.Random) -> Situation:
    """Say the same with some of the shopper's words left out and facts in another order."""
    facts = list(situation.facts)
    if settings.shuffle_facts:
        chance.shuffle(facts)
    turns = tuple(_dropped(turn, situation.language, settings.word_drop, chance) for turn in situation.turns)
    return replace(situation, facts=tuple(facts), turns=turns)


def batches_of(
    rows: Sequence[Row], size: int, pad: int, seq2seq: bool = False, seed: str | None = None
) -> Iterator[Batch]:
    """Give rows in batches of like length; in a drawn order where a seed is given."""
    numbers = list(range(len(rows)))
    chance = chance_of(seed)
    if seed is not None:
        chance.shuffle(numbers)
    chunk = size * _CHUNK if seed is not None else max(1, len(rows))
    groups = []
    for start in range(0, len(numbers), chunk):
        near = sorted(numbers[start : start + chunk], key=lambda number: sum(map(len, rows[number])))
        groups += [near[first : first + size] for first in range(0, len(near), size)]
    if seed is not None:
        chance.shuffle(groups)
    make = _seq2seq if seq2seq else _causal
    for group in groups:
        yield make([rows[number] for number in group], pad)


def _causal(rows: Sequence[Row], pad: int) -> Batch:
    ids = _padded([[*prompt, *reply] for prompt, reply in rows], pad)
    labels = _padded([[IGNORED] * len(prompt) + reply for prompt, reply in rows], IGNORED)
    return Batch(ids, _padded([[1] * (len(prompt) + len(reply)) for prompt, reply in rows], 0), labels)


def _seq2seq(rows: Sequence[Row], pad: int) -> Batch:
    ids = _padded([prompt for prompt, _ in rows], pad)
    mask = _padded([[1] * len(prompt) for prompt, _ in rows], 0)
    return Batch(ids, mask, _padded([reply for _, reply in rows], IGNORED))


def _padded(rows: Sequence[list[int]], filler: int) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])


def _dropped(turn: str, language: Language, share: float, chance: random.Random) -> str:
    parts = list(turn) if language == "zh" else turn.split(" ")
    kept = [part for part in parts if chance.random() >= share]
    return ("" if language == "zh" else " ").join(kept or parts)
