from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
from open_clip.model import CLIP

from tests.vision.photo_bytes import scene
from tests.vision.tiny import TINY_CONFIG, TINY_PREPROCESS, halves, plain, tiny_encoder
from vision.checkpoint import Checkpoint, load_checkpoint, open_clip_preprocess, preprocess_of, save_checkpoint
from vision.encoder import Preprocess
from vision.errors import UnknownModel
from vision.open_clip_encoder import OpenClipEncoder
from vision.saved_model import CONFIG_FILE, WEIGHTS_FILE, load_encoder
from vision.torch_encoder import TorchEncoder, weights_digest

PICTURES = [scene(), plain("green"), halves("red", "cyan")]


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A tiny CLIP as a training of open_clip leaves it: a .pt file, and its config as JSON beside it."""
    torch.manual_seed(3)
    model = CLIP(**TINY_CONFIG)
    file = tmp_path / "tiny.pt"
    torch.save({"epoch": 1, "state_dict": {f"module.{name}": rows for name, rows in model.state_dict().items()}}, file)
    config = {"model_cfg": TINY_CONFIG, "preprocess_cfg": open_clip_preprocess(TINY_PREPROCESS)}
    file.with_suffix(".json").write_text(json.dumps(config), encoding="utf-8")
    return file


def test_a_local_checkpoint_with_its_config_is_an_encoder(checkpoint: Path) -> None:
    encoder = load_encoder(checkpoint)
    assert encoder.identity.name == "tiny.pt"
    assert encoder.identity.preprocess == TINY_PREPROCESS
    torch.manual_seed(3)
    same = CLIP(**TINY_CONFIG).eval()
    tokenizer = open_clip.SimpleTokenizer(context_length=24)
    expected = TorchEncoder(same, tokenizer, TINY_PREPROCESS, "same")
    np.testing.assert_array_equal(encoder.encode_images(PICTURES), expected.encode_images(PICTURES))
    np.testing.assert_array_equal(encoder.encode_texts(["red shoes"]), expected.encode_texts(["red shoes"]))


def test_a_config_without_preprocess_gets_that_of_clip(checkpoint: Path) -> None:
    checkpoint.with_suffix(".json").write_text(json.dumps(TINY_CONFIG), encoding="utf-8")
    preprocess = OpenClipEncoder(str(checkpoint)).identity.preprocess
    assert (preprocess.size, preprocess.fit) == (32, "crop")
    np.testing.assert_allclose(preprocess.mean, open_clip.OPENAI_DATASET_MEAN)


def test_a_model_of_open_clips_list_with_a_file_of_weights(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from open_clip import factory

    monkeypatch.setattr(factory, "_MODEL_CONFIGS", dict(factory._MODEL_CONFIGS))
    monkeypatch.setattr(factory, "_MODEL_CONFIG_PATHS", list(factory._MODEL_CONFIG_PATHS))
    config = tmp_path / "configs" / "Tiny-32.json"
    config.parent.mkdir()
    config.write_text(json.dumps(TINY_CONFIG), encoding="utf-8")
    open_clip.add_model_config(config)
    named, other = OpenClipEncoder("Tiny-32", str(checkpoint)), OpenClipEncoder(f"Tiny-32:{checkpoint}")
    assert named.identity.checksum == other.identity.checksum
    np.testing.assert_array_equal(named.encode_texts(["a"]), load_encoder(checkpoint).encode_texts(["a"]))


def test_a_saved_checkpoint_reloads_bit_by_bit(small_model: Checkpoint, tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "model", small_model)
    moved = tmp_path / "moved"
    shutil.move(tmp_path / "model", moved)
    again = load_checkpoint(moved)
    assert weights_digest(again.model) == weights_digest(small_model.model)
    assert again.preprocess == small_model.preprocess
    encoder = TorchEncoder(small_model.model, small_model.tokenizer, small_model.preprocess, "x")
    texts = ["red shoe", "a blue cotton shirt for women"]
    np.testing.assert_array_equal(load_encoder(moved).encode_texts(texts), encoder.encode_texts(texts))
    np.testing.assert_array_equal(load_encoder(moved).encode_images(PICTURES), encoder.encode_images(PICTURES))


def test_open_clip_itself_reloads_a_saved_checkpoint_bit_by_bit(small_model: Checkpoint, tmp_path: Path) -> None:
    save_checkpoint(tmp_path, small_model)
    theirs = open_clip.create_model(f"local-dir:{tmp_path}")
    assert weights_digest(theirs) == weights_digest(small_model.model)


def test_the_embedded_towers_are_there_by_their_name() -> None:
    encoder = load_encoder("lite0")
    assert (encoder.identity.name, encoder.identity.dimensions) == ("lite0", 256)


@pytest.mark.parametrize("fit", ["squash", "crop", "pad"])
def test_a_preprocess_survives_open_clips_words(fit: str) -> None:
    preprocess = Preprocess(48, (0.1, 0.2, 0.3), (0.4, 0.5, 0.6), fit)
    assert preprocess_of(open_clip_preprocess(preprocess), "x") == preprocess


def test_an_unknown_name_is_told_its_neighbours() -> None:
    with pytest.raises(UnknownModel, match="ViT-B-32") as caught:
        load_encoder("ViT-B32")
    assert caught.value.name == "ViT-B32"


@pytest.mark.parametrize("name", ["ViT-B-32", "ViT-B-32:no_such_tag"])
def test_an_architecture_without_weights_is_told_its_tags(name: str) -> None:
    with pytest.raises(UnknownModel, match="laion2b_s34b_b79k"):
        load_encoder(name)


@pytest.mark.parametrize("name", ["hf-hub:nobody/nothing", "ViT-B-32:laion2b_s34b_b79k"])
def test_without_a_network_it_says_what_to_do(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(UnknownModel, match="with no network, name a folder"):
        load_encoder(name)


def test_weights_without_a_config_say_which_file_is_missing(checkpoint: Path) -> None:
    checkpoint.with_suffix(".json").unlink()
    with pytest.raises(UnknownModel, match=r"tiny\.json or open_clip_config\.json"):
        load_encoder(checkpoint)


def test_a_folder_without_weights_says_which_it_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match=WEIGHTS_FILE):
        load_encoder(tmp_path)


@pytest.mark.parametrize("text", ["not json", "[]", '{"embed_dim": 4}'])
def test_a_file_that_is_no_config_is_refused(checkpoint: Path, text: str) -> None:
    checkpoint.with_suffix(".json").write_text(text, encoding="utf-8")
    with pytest.raises(UnknownModel, match="no model config"):
        load_encoder(checkpoint)


def test_weights_of_another_config_are_refused(checkpoint: Path) -> None:
    checkpoint.with_suffix(".json").write_text(json.dumps({**TINY_CONFIG, "embed_dim": 8}), encoding="utf-8")
    with pytest.raises(UnknownModel, match="does not fit"):
        load_encoder(checkpoint)


def test_weights_that_hide_code_are_refused_without_running_it(checkpoint: Path, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[Path]]:
            return Path.touch, (tmp_path / "ran",)

    torch.save({"state_dict": Evil()}, checkpoint)
    with pytest.raises(UnknownModel):
        load_encoder(checkpoint)
    assert not (tmp_path / "ran").exists()


def test_a_damaged_file_of_weights_is_refused(small_model: Checkpoint, tmp_path: Path) -> None:
    save_checkpoint(tmp_path, small_model)
    with (tmp_path / WEIGHTS_FILE).open("r+b") as file:
        file.truncate(5000)
    with pytest.raises(UnknownModel, match="does not fit"):
        load_encoder(tmp_path)


def test_a_text_tower_that_lies_nowhere_is_refused(small_model: Checkpoint, tmp_path: Path) -> None:
    save_checkpoint(tmp_path, small_model)
    (tmp_path / "config.json").unlink()
    config = json.loads((tmp_path / CONFIG_FILE).read_text(encoding="utf-8"))
    config["model_cfg"]["text_cfg"]["hf_model_name"] = "somewhere/else"
    (tmp_path / CONFIG_FILE).write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(UnknownModel, match="somewhere/else"):
        load_encoder(tmp_path)


def test_pictures_that_are_no_squares_are_refused() -> None:
    with pytest.raises(UnknownModel, match="cannot be prepared"):
        preprocess_of({"size": (224, 160), "mean": (0.5,) * 3, "std": (0.5,) * 3}, "wide")


def test_two_encoders_of_other_weights_are_told_apart() -> None:
    assert tiny_encoder(0).identity != tiny_encoder(1).identity
