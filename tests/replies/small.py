"""Small real things that tests of replies share: examples, a decoder of a few thousand weights, a scripted backend."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from replies.backend import Logits, Rows
from replies.examples import Example
from replies.facts import Fact
from replies.sizes import Sizes
from replies.train_settings import TrainSettings

SIZES = Sizes(width=32, inner=64, layers=2, heads=2, vocabulary=700)
SETTINGS = TrainSettings(
    sizes=SIZES, epochs=3, batch=8, rate=5e-3, warm_steps=4, bf16=False, save_steps=2, word_drop=0.2, copying=0.2
)

_THINGS = {
    "en": {"waterproof": "waterproof", "warm": "warm", "light": "light", "washable": "washable", "quiet": "quiet"},
    "zh": {"waterproof": "防水", "warm": "保暖", "light": "轻便", "washable": "可以机洗", "quiet": "安静"},
}


def small_examples() -> list[Example]:
    """Sixty examples in two languages, in twenty families of each part of the data."""
    found: list[Example] = []
    for language, things in _THINGS.items():
        for name, word in things.items():
            for value in ("yes", "no", "unknown"):
                for number in range(2):
                    found.append(_example(language, name, word, value, number))
    return found


def _example(language: str, name: str, word: str, value: str, number: int) -> Example:
    facts = (Fact("product.1", "name"), Fact(name, "truth", value), Fact("price", "money"))
    if language == "en":
        turns = (f"is it {word}?", f"tell me, is this {word}")[number : number + 1]
        said = {
            "yes": "Yes, {product.1} is %s.",
            "no": "No, {product.1} is not %s.",
            "unknown": "I don't know whether it is %s.",
        }
    else:
        turns = (f"它{word}吗", f"请问{word}不")[number : number + 1]
        said = {"yes": "是的，{product.1}%s。", "no": "{product.1}不%s。", "unknown": "是否%s还不清楚。"}
    return Example(
        f"{language}-{name}-{value}", "judge_suitability", language, turns, facts, (name,), said[value] % word
    )


def write_small_examples(folder: Path) -> Path:
    """Write them as files of JSON lines."""
    for language in ("en", "zh"):
        file = folder / language / "judge_suitability.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [example.as_json() + "\n" for example in small_examples() if example.language == language]
        file.write_text("".join(lines), encoding="utf-8")
    return folder


class ScriptedBackend:
    """A model that wants certain tokens, in the order of `wishes`, whatever it is asked.

    Args:
        pieces: the text of each token; the last one ends a reply.
        wishes: texts of tokens, the dearest first.
        slow: called before each step.
    """

    def __init__(self, pieces: Sequence[str], wishes: Sequence[str], slow: Any = None) -> None:
        self.pieces = [*pieces, ""]
        self.end, self.most_tokens = len(pieces), 200
        self.steps = 0
        self._slow = slow
        self._logits = np.zeros(len(self.pieces), np.float32)
        for place, wish in enumerate(wishes):
            self._logits[self.end if wish == "<end>" else self.pieces.index(wish)] = 50.0 - place

    def encode(self, text: str) -> list[int]:
        return [0] * max(1, len(text) // 50)

    def begin(self, prompts: Sequence[Sequence[int]], fixed: int = 0) -> tuple[Logits, Any]:
        return self._step(len(prompts)), None

    def next(self, state: Any, parents: Rows, tokens: Rows) -> tuple[Logits, Any]:
        return self._step(len(parents)), None

    def _step(self, rows: int) -> Logits:
        self.steps += 1
        if self._slow is not None:
            self._slow()
        return np.tile(self._logits, (rows, 1))
