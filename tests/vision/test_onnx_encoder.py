from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.vision.photo_bytes import noise, scene
from tests.vision.tiny import COLOURS, plain
from vision.checkpoint import Checkpoint
from vision.errors import RETRAIN, ArtifactDamaged, InvalidCatalogue
from vision.onnx_encoder import OnnxEncoder
from vision.saved_model import CARD_FILE, IMAGE_FILE, TEXT_FILE, TOKENIZER_FILE, load_encoder, read_card, write_card
from vision.torch_encoder import TorchEncoder

PICTURES = [scene(), noise(50), scene(30, 90), *(plain(colour) for colour in COLOURS), *[noise(20)] * 10]
TEXTS = ["red shoe", "", "a blue cotton shirt for women, and then many more words " * 9, *["lamp"] * 70]


@pytest.fixture
def served(served_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(served_folder, tmp_path / "model"))


def test_rows_are_those_of_the_model_in_torch(served_folder: Path, small_model: Checkpoint) -> None:
    encoder = load_encoder(served_folder)
    torch_encoder = TorchEncoder(small_model.model, small_model.tokenizer, small_model.preprocess, "small")
    np.testing.assert_allclose(encoder.encode_images(PICTURES), torch_encoder.encode_images(PICTURES), atol=1e-5)
    np.testing.assert_allclose(encoder.encode_texts(TEXTS), torch_encoder.encode_texts(TEXTS), atol=1e-5)


def test_rows_are_of_length_one_and_do_not_depend_on_their_batch(served_folder: Path) -> None:
    encoder = OnnxEncoder.load(served_folder)
    rows = encoder.encode_images(PICTURES)
    assert rows.shape == (len(PICTURES), encoder.identity.dimensions)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rows[3], encoder.encode_images(PICTURES[3:4])[0], atol=1e-5)
    texts = encoder.encode_texts(TEXTS)
    np.testing.assert_allclose(texts[0], encoder.encode_texts(TEXTS[:1])[0], atol=1e-5)


def test_nothing_gives_no_rows(served_folder: Path) -> None:
    encoder = OnnxEncoder.load(served_folder)
    assert encoder.encode_images([]).shape == encoder.encode_texts([]).shape == (0, encoder.identity.dimensions)


def test_several_threads_get_what_one_gets(served_folder: Path) -> None:
    encoder = OnnxEncoder.load(served_folder)
    images, texts = encoder.encode_images(PICTURES), encoder.encode_texts(TEXTS)
    with ThreadPoolExecutor(6) as pool:
        pictures = [pool.submit(encoder.encode_images, PICTURES) for _ in range(6)]
        words = [pool.submit(encoder.encode_texts, TEXTS) for _ in range(6)]
    for found in pictures:
        np.testing.assert_allclose(found.result(), images, atol=1e-5)
    for said in words:
        np.testing.assert_allclose(said.result(), texts, atol=1e-5)


def test_serving_imports_no_torch(served_folder: Path) -> None:
    code = """
import sys
from PIL import Image
from vision.images import clean_copy, decode
from vision.saved_model import load_encoder
encoder = load_encoder(sys.argv[1])
encoder.encode_images([decode(clean_copy(Image.new("RGB", (99, 40), "red")))])
encoder.encode_texts(["a red shoe"])
print(sorted({"torch", "open_clip", "timm", "torchvision", "transformers", "faiss", "pandas"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code, served_folder], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_card_survives_its_file(served: Path) -> None:
    card = read_card(served)
    write_card(served, card)
    assert read_card(served) == card
    assert card.identity == OnnxEncoder.load(served).identity


@pytest.mark.parametrize("name", [IMAGE_FILE, TEXT_FILE, TOKENIZER_FILE])
@pytest.mark.parametrize("harm", ["missing", "cut", "changed"])
def test_a_harmed_file_is_refused_with_how_to_make_it_anew(served: Path, name: str, harm: str) -> None:
    file = served / name
    content = bytearray(file.read_bytes())
    if harm == "missing":
        file.unlink()
    elif harm == "cut":
        file.write_bytes(content[: len(content) // 2])
    else:
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    with pytest.raises(ArtifactDamaged, match=name) as caught:
        load_encoder(served)
    assert caught.value.rebuild == RETRAIN


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"identity": {}}'])
def test_a_harmed_card_is_refused(served: Path, text: str) -> None:
    (served / CARD_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ArtifactDamaged, match="card"):
        load_encoder(served)


def test_a_folder_without_a_card_is_no_saved_model(tmp_path: Path) -> None:
    with pytest.raises(ArtifactDamaged, match="cannot be read"):
        OnnxEncoder.load(tmp_path)


def test_a_model_of_another_layout_is_refused(served: Path) -> None:
    card = json.loads((served / CARD_FILE).read_text(encoding="utf-8"))
    (served / CARD_FILE).write_text(json.dumps({**card, "layout": 99}), encoding="utf-8")
    with pytest.raises(ArtifactDamaged, match="layout 99"):
        load_encoder(served)


def test_a_card_that_names_a_file_elsewhere_is_refused(served: Path) -> None:
    card = json.loads((served / CARD_FILE).read_text(encoding="utf-8"))
    card["files"]["../../secret"] = "0" * 64
    (served / CARD_FILE).write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(ArtifactDamaged):
        load_encoder(served)


def test_no_threads_are_refused(served_folder: Path) -> None:
    with pytest.raises(InvalidCatalogue, match="threads"):
        OnnxEncoder.load(served_folder, threads=0)
