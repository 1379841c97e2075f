"""The command teaches an encoder the intents of training text, and writes an adapter that the export takes."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from ops.encoder_adapter import AdapterCard, read_card, read_products
from ops.encoder_tuning import TuningSettings
from ops.export_encoder import ADAPTER, SOURCES, ExportError, Source, sha256_of
from ops.intent_examples import ExamplesUnreadable, IntentExample, as_encoded, read_examples
from ops.tune_encoder import main, tune
from tests.ops.small_e5 import tensors, written

SETTINGS = TuningSettings(first_layer=1, rank=2, epochs=4, batch=4)
TEXT = """\
version: "3.1"
nlu:
- intent: greet
  examples: |
    - 跑鞋
    - shoe 👟

    - 鞋
- synonym: shoe
  examples: |
    - boot
- intent: track_order
  examples: |
    - shoe 20261129000017
    - 跑 20261129000018
    - 跑 20261129000019
"""


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return written(tmp_path / "small.bin", tensors(np.random.default_rng(0), layers=2))


@pytest.fixture
def source(weights: Path) -> Source:
    return replace(SOURCES["multilingual"], sha256=sha256_of(weights))


@pytest.fixture
def examples(tmp_path: Path) -> list[IntentExample]:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "all.yml").write_text(TEXT)
    return read_examples(tmp_path / "data")


def test_examples_are_read_as_they_are_encoded_and_each_once(examples: list[IntentExample]) -> None:
    assert [(one.text, one.intent) for one in examples] == [
        ("跑鞋", "greet"),
        ("shoe", "greet"),
        ("鞋", "greet"),
        ("shoe 1001", "track_order"),
        ("跑 1001", "track_order"),
    ]


@pytest.mark.parametrize(("text", "read"), [("👟", "👟"), ("a\u200d 👍🏽  b", "a b"), ("order 12345!", "order 1001!")])
def test_a_text_is_read_without_pictures_and_long_numbers(text: str, read: str) -> None:
    assert as_encoded(text) == read


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nlu: [", "cannot be read"),
        ("[]", "cannot be read"),
        ("nlu: 3", "cannot be read"),
        ("nlu:\n- intent: greet", "cannot be read"),
        ("nlu:\n- intent: greet\n  examples: |\n    - hi\n", "at least two intents"),
    ],
    ids=["no-yaml", "list", "no-blocks", "no-examples", "one-intent"],
)
def test_what_is_no_training_text_is_refused(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "all.yml").write_text(text)
    with pytest.raises(ExamplesUnreadable, match=why):
        read_examples(tmp_path)


def taught(source: Source, weights: Path, examples: list[IntentExample], out: Path, seed: int = 0) -> AdapterCard:
    return tune(source, weights, examples, out, replace(SETTINGS, seed=seed))


def test_the_card_reads_back_and_says_what_was_taught(
    source: Source, weights: Path, examples: list[IntentExample], tmp_path: Path
) -> None:
    card = taught(source, weights, examples, tmp_path / "adapter")
    assert read_card(tmp_path / "adapter", source.sha256) == card
    assert (card.base, card.base_sha256) == ("intfloat/multilingual-e5-small", sha256_of(weights))
    assert (card.intents, card.examples, card.settings) == (("greet", "track_order"), 5, asdict(SETTINGS))
    assert card.loss_last > 0
    assert {name.split(".")[2] for name in read_products(tmp_path / "adapter", source.sha256)} == {"1"}


def test_the_same_text_and_seed_make_the_same_adapter(
    source: Source, weights: Path, examples: list[IntentExample], tmp_path: Path
) -> None:
    first, again, other = (
        taught(source, weights, examples, tmp_path / name, seed).weights_sha256
        for name, seed in (("first", 0), ("again", 0), ("other", 1))
    )
    assert first == again
    assert first != other


def test_an_encoder_that_is_not_the_pinned_one_is_not_taught(
    weights: Path, examples: list[IntentExample], tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match="is not the pinned encoder"):
        taught(SOURCES["multilingual"], weights, examples, tmp_path / "adapter")
    assert not (tmp_path / "adapter").exists()


def test_the_command_says_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--out", str(tmp_path / "adapter")]) == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert not (tmp_path / "adapter").exists()


def test_the_adapter_in_the_repository_is_whole_and_small() -> None:
    card = read_card(ADAPTER, SOURCES["intents"].sha256)
    assert (ADAPTER / "adapter.safetensors").stat().st_size < 3_500_000
    assert {"search_products", "track_order", "ask_policy"} <= set(card.intents)
    assert card.loss_last < card.loss_first
