from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ops import bench_replies, llama_cpp
from ops.bench_replies import FORMS, Speed, time_form
from replies.network import new_network
from replies.publish import Judged
from replies.sizes import Sizes
from replies.training_task import train_model
from tests.replies.small import SETTINGS, small_examples, write_small_examples


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small trained model and its examples, of which a few are of the part that is asked."""
    root = tmp_path_factory.mktemp("bench")
    examples = small_examples()
    model = train_model(examples, root / "models", SETTINGS, lambda _: Judged(1.0, 0.5, 1)).folder
    return model, write_small_examples(root / "data")


# torch 2.15 calls its own way of eight bits deprecated and has no other without another package.
@pytest.mark.filterwarnings("ignore:torch.ao.quantization is deprecated", "ignore:torch.quantize_per_tensor")
@pytest.mark.parametrize("form", FORMS)
def test_every_form_writes_and_is_timed(places: tuple[Path, Path], form: str) -> None:
    speed = time_form(form, *places, replies=2)
    assert speed.form == form
    assert speed.tokens_per_s > 0
    assert 0 < speed.alone_p50 <= speed.alone_p95
    assert (speed.eight_p50 is None) is (form == "transformers")


@pytest.mark.skipif(not llama_cpp.is_installed(), reason="needs pip install gguf xllamacpp")
@pytest.mark.parametrize("form", llama_cpp.FORMS)
def test_llama_cpp_writes_and_is_timed(form: str) -> None:
    speed = time_form(form, Path("data/replies/model"), Path("data/replies"), replies=12)
    plain = time_form("transformers", Path("data/replies/model"), Path("data/replies"), replies=12)
    assert speed.tokens_per_s > 0
    if form == "llama.cpp fp32":
        assert speed.chrf == pytest.approx(plain.chrf, abs=0.02)


def test_queries_and_keys_are_put_in_the_order_of_llama_cpp() -> None:
    sizes = Sizes(width=8, inner=4, layers=1, heads=2, vocabulary=9, most_tokens=16)
    network = new_network(sizes, 0, 1)
    weights = {name: weight.numpy() for name, weight in network.state_dict().items()}
    found = dict(llama_cpp.named_for_llama(weights, sizes))
    own = weights["model.layers.0.self_attn.q_proj.weight"]
    assert np.array_equal(found["blk.0.attn_q.weight"], own[[0, 2, 1, 3, 4, 6, 5, 7]])
    assert np.array_equal(found["blk.0.attn_v.weight"], weights["model.layers.0.self_attn.v_proj.weight"])
    assert {name for name in found if not name.startswith("blk")} == {"token_embd.weight", "output_norm.weight"}
    assert len(found) == len(weights) - ("lm_head.weight" in weights)


def test_the_command_writes_its_figures(
    places: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_replies, "time_apart", lambda form, *_: Speed(form, 9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 0.5))
    out = tmp_path / "speed.json"
    assert bench_replies.main(["--model", str(places[0]), "--data", str(places[1]), "--json", str(out)]) == 0
    assert [one["form"] for one in json.loads(out.read_text())] == list(bench_replies.forms_at_hand())
