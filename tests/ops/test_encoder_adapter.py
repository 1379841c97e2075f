"""An adapter reads back as it was written, and one that is missing, harmed or for other weights is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ops.encoder_adapter import (
    AdapterCard,
    AdapterUnusable,
    read_card,
    read_products,
    write_card,
    write_products,
)

BASE = "a" * 64
CARD = AdapterCard("an/encoder", BASE, "", ("deny", "greet"), 12, {"rank": 2}, 1.5, 0.25)


def the_same(found: np.ndarray, expected: np.ndarray) -> bool:
    """Tell whether each vector is the same but for half precision."""
    return bool((np.sum(found * expected, axis=1) > 0.9999).all())


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    drawn = np.random.default_rng(0)
    pair = (drawn.normal(size=(2, 6)).astype(np.float32), drawn.normal(size=(4, 2)).astype(np.float32))
    write_card(replace(CARD, weights_sha256=write_products({"layer.dense": pair}, tmp_path)), tmp_path)
    return tmp_path


def test_what_was_written_reads_back(adapter: Path) -> None:
    card = read_card(adapter, BASE)
    assert card == replace(CARD, weights_sha256=card.weights_sha256)
    assert card.weights_sha256 == hashlib.sha256((adapter / "adapter.safetensors").read_bytes()).hexdigest()
    ((name, (down, up)),) = read_products(adapter, BASE).items()
    drawn = np.random.default_rng(0)
    assert name == "layer.dense"
    assert down == pytest.approx(drawn.normal(size=(2, 6)), abs=2e-3)
    assert up == pytest.approx(drawn.normal(size=(4, 2)), abs=2e-3)


def test_an_adapter_for_other_weights_is_refused(adapter: Path) -> None:
    with pytest.raises(AdapterUnusable, match=r"made for other weights \(aaaaaaaaaaaa, not bbbbbbbbbbbb\)"):
        read_products(adapter, "b" * 64)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def with_no_intents(path: Path) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), "intents": None}))


@pytest.mark.parametrize(
    ("name", "harm", "why"),
    [
        ("adapter.json", Path.unlink, "cannot be read"),
        ("adapter.json", lambda path: path.write_bytes(path.read_bytes()[:40]), "cannot be read"),
        ("adapter.json", lambda path: path.write_text("[]"), "cannot be read"),
        ("adapter.json", lambda path: path.write_text('{"intents": []}'), "cannot be read"),
        ("adapter.json", with_no_intents, "cannot be read"),
        ("adapter.safetensors", Path.unlink, "cannot be read"),
        ("adapter.safetensors", cut, "is damaged"),
        ("adapter.safetensors", lambda path: path.write_bytes(b"version https://git-lfs"), "is damaged"),
    ],
    ids=["no-card", "cut-card", "list", "too-little", "no-intents", "no-weights", "cut-weights", "other-weights"],
)
def test_a_missing_or_harmed_adapter_is_refused_with_what_to_do(
    adapter: Path, name: str, harm: Callable[[Path], object], why: str
) -> None:
    harm(adapter / name)
    with pytest.raises(AdapterUnusable, match=rf"{why}.*ops\.tune_encoder"):
        read_products(adapter, BASE)


def test_a_card_of_what_is_no_adapter_is_refused(adapter: Path) -> None:
    (adapter / "adapter.safetensors").write_bytes(b"no tensors")
    write_card(replace(CARD, weights_sha256=hashlib.sha256(b"no tensors").hexdigest()), adapter)
    with pytest.raises(AdapterUnusable, match="cannot be used"):
        read_products(adapter, BASE)
