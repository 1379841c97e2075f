from __future__ import annotations

import numpy as np
import pytest

from tests.vision.tiny import COLOURS, TINY_DIMENSIONS, ColourEncoder, halves, plain, tiny_encoder
from vision.encoder import Encoder


@pytest.mark.parametrize("encoder", [ColourEncoder(), tiny_encoder()], ids=["colours", "tiny clip"])
def test_rows_are_of_length_one_and_of_the_told_width(encoder: Encoder) -> None:
    images = encoder.encode_images([plain("red"), halves("blue", "white")])
    texts = encoder.encode_texts(["a red shoe", "nothing of note", ""])
    for rows, count in ((images, 2), (texts, 3), (encoder.encode_images([]), 0), (encoder.encode_texts([]), 0)):
        assert rows.shape == (count, encoder.identity.dimensions)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize("colour", COLOURS)
def test_a_colours_name_lies_nearest_to_its_picture(colour: str) -> None:
    encoder = ColourEncoder()
    pictures = encoder.encode_images([plain(name) for name in COLOURS])
    assert list(COLOURS)[int((pictures @ encoder.encode_texts([f"a {colour} thing"])[0]).argmax())] == colour


def test_near_pictures_have_near_vectors() -> None:
    a, same, turned, other = ColourEncoder().encode_images(
        [halves("red", "white"), halves("red", "white", (100, 80)), halves("white", "red"), plain("green")]
    )
    assert a @ same > a @ turned > a @ other


def test_the_tiny_clip_is_the_same_for_the_same_seed() -> None:
    first, again, other = tiny_encoder(0), tiny_encoder.__wrapped__(0), tiny_encoder(1)
    assert first.identity.checksum == again.identity.checksum != other.identity.checksum
    assert first.identity.dimensions == TINY_DIMENSIONS
    np.testing.assert_array_equal(first.encode_images([plain("red")]), again.encode_images([plain("red")]))
