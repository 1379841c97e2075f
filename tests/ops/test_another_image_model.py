"""Another model of open_clip, from a local checkpoint, is set up and answers photos: the real commands, a tiny CLIP."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from open_clip.model import CLIP

from actions.photo_matching import VisionFiles, load_parts
from ops.vision_set_up import set_up
from tests.ops.test_vision_set_up import NOW, House
from tests.vision.tiny import TINY_CONFIG, plain
from vision.errors import ModelMismatch
from vision.matcher import ImageMatcher


def write_checkpoint(folder: Path, seed: int) -> Path:
    """Write a tiny CLIP as open_clip keeps one: weights, and a config beside them."""
    folder.mkdir(exist_ok=True)
    (folder / "tiny.json").write_text(json.dumps(TINY_CONFIG), encoding="utf-8")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.save(CLIP(**TINY_CONFIG).state_dict(), folder / "tiny.pt")
    return folder / "tiny.pt"


def test_a_local_checkpoint_is_embedded_calibrated_served_and_renewed_when_its_file_is_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house, weights = House(tmp_path), write_checkpoint(tmp_path / "clip", seed=0)
    house.add("red", "green", "blue", "yellow")
    source = replace(house.source, image_model=str(weights))
    files = VisionFiles(source.root, str(weights))

    assert set_up(source, 24, NOW)
    parts = load_parts(files)
    assert parts.encoder.identity.name == "tiny.pt"
    assert parts.settings.model == parts.encoder.identity.checksum, "it is calibrated to this very model"
    matcher = ImageMatcher(parts.encoder, parts.gallery, parts.settings)
    assert matcher.match(plain("green"), 1).items[0].item_id == "green"
    assert not source.model.exists(), "nothing was tuned"

    capsys.readouterr()
    assert set_up(source, 24, NOW)
    assert capsys.readouterr().out == "Photo search: fresh\n"

    write_checkpoint(tmp_path / "clip", seed=1)
    with pytest.raises(ModelMismatch, match=r"python -m vision\.index"):
        load_parts(files)
    assert set_up(source, 24, NOW)
    renewed = load_parts(files)
    assert renewed.encoder.identity.checksum != parts.encoder.identity.checksum
    assert renewed.settings.model == renewed.encoder.identity.checksum
