"""The features of a message are laid out alike, whether it is read alone or among many."""

import numpy as np
import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy import sparse

from assistant.nlu.blocks import Cells, add_rows
from assistant.nlu.feature_rows import feature_rows, filled
from assistant.nlu.messages import HAN, OTHER

WEIGHTS = {OTHER: 2.0, HAN: 0.5}
COUNTS = np.array([[0, 3, 0, 4], [1, 0, 0, 0], [0, 0, 0, 0]], np.float32)
OUTLINES = np.array([[12, 0], [0, 2], [0, 0]], np.float32)
VECTORS = np.array([[0.6, 0.8], [0, 1], [1, 0]], np.float32)


def messages():
    made = [Message({TEXT: text}) for text in ("red red shoes", "红鞋", "unheard of")]
    add_rows(made, sparse.csr_matrix(OUTLINES), "outlines")
    add_rows(made, VECTORS, "encoder")
    for message, counts in zip(made, COUNTS, strict=True):
        columns = np.flatnonzero(counts)
        message.add_features(Cells(columns, counts[columns], len(counts), "counts"))
    return made


@pytest.mark.parametrize("place", range(3))
def test_a_message_alone_has_the_row_that_it_has_among_many(place):
    many = feature_rows(messages(), WEIGHTS).toarray()
    found = filled(messages()[place], WEIGHTS)
    row = np.zeros(found.width)
    row[found.columns] = found.values
    assert row == pytest.approx(many[place], abs=1e-6)


def test_counts_have_the_length_that_their_script_has():
    # 12, 3 and 4 are of length 13, which becomes 2; the vector keeps its length of 1.
    found = filled(messages()[0], WEIGHTS)
    assert sorted(found.values) == pytest.approx(sorted([24 / 13, 6 / 13, 8 / 13, 0.6, 0.8]))
    assert np.sqrt(np.square(filled(messages()[1], WEIGHTS).values).sum()) == pytest.approx(np.sqrt(0.25 + 1))


def test_a_message_without_features_has_no_row():
    assert filled(Message({TEXT: "hi"}), WEIGHTS) is None
