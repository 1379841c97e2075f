from __future__ import annotations

import json
from pathlib import Path

import pytest

from ops import bench_replies
from ops.bench_replies import FORMS, Speed, time_form
from replies.publish import Judged
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


def test_the_command_writes_its_figures(
    places: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_replies, "time_apart", lambda form, *_: Speed(form, 9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 0.5))
    out = tmp_path / "speed.json"
    assert bench_replies.main(["--model", str(places[0]), "--data", str(places[1]), "--json", str(out)]) == 0
    assert [one["form"] for one in json.loads(out.read_text())] == list(FORMS)
