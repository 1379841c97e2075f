"""Heavy parts of the photo tests, made once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vision.small_towers import small_checkpoint, write_text_folder
from vision.checkpoint import Checkpoint


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """A real two-tower model of random weights; tests must not change it."""
    return small_checkpoint(write_text_folder(tmp_path_factory.mktemp("text")))


@pytest.fixture(scope="session")
def served_folder(small_model: Checkpoint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small model as it is served, in fp32; tests that damage it copy it first."""
    from vision.export import export_onnx

    folder = tmp_path_factory.mktemp("served")
    export_onnx(small_model.model, small_model.tokenizer, small_model.preprocess, folder, int8=False, name="small")
    return folder
