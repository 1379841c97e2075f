from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from replies.errors import ArtifactDamaged, InvalidSetting
from replies.graph import weights_of, write_graph
from replies.network import load_weights, new_network
from replies.onnx_backend import OnnxBackend, open_session
from replies.prompt import marks
from replies.sizes import Sizes
from replies.tokens import Tokens
from tests.replies.small import SIZES

PROMPTS = [[5, 6, 7, 8, 9, 10], [5, 6, 7, 30]]


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens.learn(["some words and more words"] * 3, ["price"], 300)


@pytest.fixture(scope="module")
def network(tokens: Tokens) -> torch.nn.Module:
    sizes = Sizes(32, 64, 2, 2, tokens.size)
    found = new_network(sizes, tokens.pad, tokens.end, seed=3)
    with torch.no_grad():
        for weight in found.parameters():
            weight.add_(torch.randn_like(weight) * 0.1)
    return found.eval()


def backend(network: torch.nn.Module, tokens: Tokens, folder: Path, int8: bool) -> OnnxBackend:
    file = folder / f"{int8}.onnx"
    write_graph(network.state_dict(), Sizes(32, 64, 2, 2, tokens.size), file, int8)
    return OnnxBackend(file, tokens, SIZES.most_tokens)


def slow(network: torch.nn.Module, ids: list[int]) -> np.ndarray:
    with torch.inference_mode():
        return network(input_ids=torch.tensor([ids])).logits[0, -1].numpy()


@pytest.mark.parametrize(("int8", "near"), [(False, 0.03), (True, 0.15)], ids=["full", "int8"])
@pytest.mark.parametrize("fixed", [0, 3])
def test_the_graph_gives_the_logits_of_transformers(
    network: torch.nn.Module, tokens: Tokens, tmp_path: Path, int8: bool, near: float, fixed: int
) -> None:
    graph = backend(network, tokens, tmp_path, int8)
    for _ in range(2):  # the second time the fixed part is remembered
        logits, state = graph.begin(PROMPTS, fixed)
    for row, prompt in enumerate(PROMPTS):
        assert np.abs(logits[row] - slow(network, prompt)).max() < near
    logits, state = graph.next(state, np.array([1, 1, 0]), np.array([11, 12, 13]))
    logits, _ = graph.next(state, np.array([2, 0]), np.array([14, 15]))
    for row, ids in enumerate(([*PROMPTS[0], 13, 14], [*PROMPTS[1], 11, 15])):
        assert np.abs(logits[row] - slow(network, ids)).max() < near


def test_weights_come_back_out_of_a_graph(network: torch.nn.Module, tokens: Tokens, tmp_path: Path) -> None:
    backend(network, tokens, tmp_path, int8=True)
    sizes = Sizes(32, 64, 2, 2, tokens.size)
    again = new_network(sizes, tokens.pad, tokens.end, seed=9).eval()
    load_weights(again, weights_of(tmp_path / "True.onnx", sizes))
    for (name, weight), other in zip(network.named_parameters(), again.parameters(), strict=True):
        assert (weight - other).abs().max() < weight.abs().max() / 100, name
    assert np.abs(slow(network, PROMPTS[0]) - slow(again, PROMPTS[0])).max() < 0.15


def test_a_graph_cut_short_is_refused(network: torch.nn.Module, tokens: Tokens, tmp_path: Path) -> None:
    backend(network, tokens, tmp_path, int8=True)
    file = tmp_path / "True.onnx"
    file.write_bytes(file.read_bytes()[:-2_000])
    with pytest.raises(ArtifactDamaged):
        OnnxBackend(file, tokens, 100)
    with pytest.raises(ArtifactDamaged):
        weights_of(file, Sizes(32, 64, 2, 2, tokens.size))
    with pytest.raises(InvalidSetting):
        open_session(file, 0)


def test_sizes_that_make_no_network_are_refused() -> None:
    assert len(marks()) > 20
    with pytest.raises(InvalidSetting) as caught:
        Sizes(width=30, heads=4)
    assert caught.value.name == "heads"
