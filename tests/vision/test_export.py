from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import open_clip
import pytest
import torch

from tests.vision.photo_bytes import noise, scene
from tests.vision.tiny import COLOURS, plain
from vision.checkpoint import Checkpoint
from vision.encoder import Encoder
from vision.errors import NothingToMatch, UnknownModel
from vision.export import ExportRecord, Judge, export_onnx
from vision.onnx_graphs import with_fixed_padding
from vision.saved_model import IMAGE_FILE, TEXT_FILE, load_encoder, read_card

PICTURES = [scene(), noise(60), *(plain(colour) for colour in COLOURS)]


def export(model: Checkpoint, folder: Path, judge: Judge | None = None, int8: bool = True) -> ExportRecord:
    return export_onnx(
        *(model.model, model.tokenizer, model.preprocess, folder),
        int8=int8,
        name="small",
        pictures=PICTURES,
        judge=judge,
    )


def recalls(fp32: float, int8: float) -> Judge:
    """Judge by fixed figures; an encoder under judgement says in its checksum which forms it is of."""

    def judge(encoder: Encoder) -> float:
        assert encoder.encode_images(PICTURES[:2]).shape == (2, 24)
        return fp32 if encoder.identity.checksum.startswith("fp32") else int8

    return judge


def test_eight_bits_are_smaller_and_agree(small_model: Checkpoint, tmp_path: Path) -> None:
    record = export(small_model, tmp_path)
    full, small = record.towers["image fp32"], record.towers["image int8"]
    assert small.bytes < full.bytes / 2.5
    assert (full.cosine_min, small.cosine_mean > 0.9) == (1.0, True)
    assert (tmp_path / IMAGE_FILE).stat().st_size == small.bytes
    assert record.card == read_card(tmp_path)
    assert record.card.image_type == "int8"
    assert {"torch", "onnxruntime", "open-clip-torch"} <= set(record.card.versions)


def test_nothing_but_the_served_files_is_left(small_model: Checkpoint, tmp_path: Path) -> None:
    export(small_model, tmp_path, int8=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("image.onnx", "model.json", "text.onnx", "tokenizer.json")
    ]


def test_half_a_point_of_recall_is_too_much_to_lose(small_model: Checkpoint, tmp_path: Path) -> None:
    record = export(small_model, tmp_path, recalls(0.80, 0.79))
    assert (record.card.image_type, record.recall) == ("fp32", {"fp32": 0.80, "int8": 0.79})


def test_the_judge_sees_encoders_that_work_and_a_better_int8_loses_nothing(
    small_model: Checkpoint, tmp_path: Path
) -> None:
    record = export(small_model, tmp_path, recalls(0.80, 0.81))
    faster = record.towers["image int8"].milliseconds < record.towers["image fp32"].milliseconds
    assert record.card.image_type == ("int8" if faster else "fp32")


def test_two_exports_of_one_model_are_one_model(small_model: Checkpoint, tmp_path: Path) -> None:
    first = export(small_model, tmp_path / "a", int8=False)
    again = export(small_model, tmp_path / "b", int8=False)
    assert first.card.identity == again.card.identity


def test_the_graphs_take_any_batch_and_any_length(small_model: Checkpoint, served_folder: Path) -> None:
    for name, rank in ((IMAGE_FILE, 4), (TEXT_FILE, 2)):
        graph = onnx.load(served_folder / name)
        onnx.checker.check_model(graph)
        shape = graph.graph.input[0].type.tensor_type.shape.dim
        assert len(shape) == rank
        assert shape[0].dim_param == "n"


def test_padding_melts_into_the_convolutions_when_the_graph_is_loaded(served_folder: Path, tmp_path: Path) -> None:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(tmp_path / "loaded.onnx")
    onnxruntime.InferenceSession(served_folder / IMAGE_FILE, options, providers=["CPUExecutionProvider"])
    operations = {node.op_type for node in onnx.load(tmp_path / "loaded.onnx").graph.node}
    assert "Conv" in operations
    assert not operations & {"Pad", "Slice", "Ceil", "If"}


def test_fixed_padding_changes_no_number_and_not_the_model(small_model: Checkpoint) -> None:
    before = [type(part) for part in small_model.model.modules()]
    fixed = with_fixed_padding(small_model.model, 32)
    pictures = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(fixed.encode_image(pictures), small_model.model.encode_image(pictures))
    assert [type(part) for part in small_model.model.modules()] == before


def test_an_export_replaces_an_older_one(small_model: Checkpoint, tmp_path: Path) -> None:
    export(small_model, tmp_path)
    export(small_model, tmp_path, int8=False)
    assert read_card(tmp_path).image_type == "fp32"
    assert np.isfinite(load_encoder(tmp_path).encode_images(PICTURES)).all()


def test_int8_without_pictures_is_refused(small_model: Checkpoint, tmp_path: Path) -> None:
    with pytest.raises(NothingToMatch, match="calibrated"):
        export_onnx(small_model.model, small_model.tokenizer, small_model.preprocess, tmp_path, int8=True)


def test_a_tokenizer_that_needs_torch_is_refused(small_model: Checkpoint, tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match=r"tokenizer\.json"):
        export_onnx(small_model.model, open_clip.SimpleTokenizer(), small_model.preprocess, tmp_path, int8=False)
