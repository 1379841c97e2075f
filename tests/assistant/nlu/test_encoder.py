"""The encoder gives the reference vectors, and says what to do when it is not there."""

import json
import shutil

import numpy as np
import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.encoder import OnnxEncoder, as_encoded, without_long_numbers, without_pictures
from assistant.nlu.featurizer import SentenceEncoderFeaturizer
from ops import intent_examples
from tests.assistant.nlu.conftest import DATA, ENCODER

# Made by sentence-transformers from the same weights in fp32.
REFERENCE = json.loads((DATA / "fp32_embeddings.json").read_text())


@pytest.fixture(scope="module")
def encoder():
    return OnnxEncoder(str(ENCODER))


@pytest.mark.parametrize("text", REFERENCE)
def test_a_vector_is_close_to_that_of_the_full_encoder(encoder, text):
    (vector,) = encoder.encode([text])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
    assert float(vector @ np.array(REFERENCE[text])) > 0.95


def test_a_batch_gives_what_single_texts_give(encoder):
    texts = list(REFERENCE)
    apart = np.vstack([encoder.encode([text]) for text in texts])
    # int8 scales are found for a whole batch, so the two differ a little.
    assert (apart * encoder.encode(texts)).sum(axis=1).min() > 0.97


def test_no_texts_give_no_vectors(encoder):
    assert encoder.encode([]).shape == (0, 384)


@pytest.mark.parametrize("text", ["", "😀", "x" * 10000, "shoes " * 5000])
def test_any_text_has_a_vector(encoder, text):
    assert np.isfinite(encoder.encode([text])).all()


def test_a_missing_encoder_names_the_command_that_makes_it(tmp_path):
    with pytest.raises(ArtifactError, match="make train"):
        OnnxEncoder(str(tmp_path))


def test_a_model_that_its_card_does_not_describe_is_refused(tmp_path):
    for path in ENCODER.iterdir():
        shutil.copyfile(path, tmp_path / path.name)
    (tmp_path / "model.onnx").write_bytes(b"something else")
    with pytest.raises(ArtifactError, match=r"model\.onnx is not the file"):
        OnnxEncoder(str(tmp_path))


def test_the_fingerprint_follows_the_encoder(tmp_path):
    (tmp_path / "encoder.json").write_text('{"model_sha256": "a"}')
    first = SentenceEncoderFeaturizer.fingerprint_addon({"encoder": str(tmp_path)})
    (tmp_path / "encoder.json").write_text('{"model_sha256": "b"}')
    assert SentenceEncoderFeaturizer.fingerprint_addon({"encoder": str(tmp_path)}) != first


@pytest.mark.parametrize("threads", [0, -1, "2", 1.5])
def test_a_wrong_number_of_threads_is_refused(threads):
    with pytest.raises(ValueError, match="threads"):
        SentenceEncoderFeaturizer.validate_config({"threads": threads})


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("track my order 🙏🏽👍", "track my order"),
        ("❤️ 多少钱", "多少钱"),
        ("👍", "👍"),
        ("a 👨‍👩‍👧 tent", "a tent"),
        ("", ""),
    ],
)
def test_emoji_beside_words_are_not_encoded(said, read):
    assert without_pictures(said) == read


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("帮我查订单99999999", "帮我查订单1001"),
        ("order 88002, or 20261129", "order 1001, or 1001"),
        ("under 300", "under 300"),
        ("3.14159", "3.1001"),
        ("", ""),
    ],
)
def test_every_long_number_is_encoded_as_the_same(said, read):
    assert without_long_numbers(said) == read


def test_what_is_encoded_has_neither_emoji_nor_long_numbers():
    assert as_encoded("📦 订单99999999 🙏") == "订单1001"


def test_who_shouts_is_read_as_who_speaks():
    assert as_encoded("WHERE IS MY ORDER 99999999?!") == "where is my order 1001?!"
    for kept in ("XXL", "COD?", "I need an XXL", "要 XXL"):
        assert as_encoded(kept) == kept


def test_a_training_reads_what_another_encoded(tmp_path, encoder, monkeypatch):
    config = {
        **SentenceEncoderFeaturizer.get_default_config(),
        "encoder": str(ENCODER),
        "script": "other",
        "vectors": str(tmp_path),
    }

    def trained():
        messages = [Message({TEXT: "where is my order"}), Message({TEXT: "在吗"}), Message({TEXT: "hello"})]
        SentenceEncoderFeaturizer(config, "encoder").process_training_data(TrainingData(messages))
        return [one.get_dense_features(TEXT)[1].features[0] for one in messages]

    first = trained()
    assert (first[0] == encoder.encode(["where is my order"])[0]).all()
    assert not first[1].any(), "another encoder is for Chinese"
    monkeypatch.setattr(OnnxEncoder, "encode", None)
    assert all((one == other).all() for one, other in zip(trained(), first, strict=True))


@pytest.mark.parametrize(
    "text",
    ["hi", "👟", "第二个👍🏽，要", "a\u200d  b\ufe0f ", "where is order 20261129000017?", " 1001 ", "WHERE IS IT"],
)
def test_what_teaches_the_encoder_is_read_as_messages_are(text):
    assert intent_examples.as_encoded(text) == as_encoded(text)
