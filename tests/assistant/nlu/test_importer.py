"""Training text is read as Rasa reads it, only quicker."""

from copy import deepcopy

import numpy as np
import pytest
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from scipy import sparse

from assistant.nlu.blocks import Block, Row, add_rows, stacked
from assistant.nlu.importer import Example
from tests.assistant.nlu.small_shop import write_data

QUICK = {"importers": [{"name": "assistant.nlu.importer.TrainingTextImporter"}]}
ODD = """
version: "3.1"
nlu:
- intent: search_products
  examples: |
    - show me [red](colour) shoes
    - show me tents
- intent: search_products
  examples: |
    - show me tents
- synonym: trainers
  examples: |
    - sneakers
"""


def read(folder, config):
    return TrainingDataImporter.load_from_dict(deepcopy(config), None, None, [str(folder)]).get_nlu_data("")


def test_what_is_read_is_what_rasa_reads(tmp_path):
    folder = write_data(tmp_path / "nlu")
    (folder / "odd.yml").write_text(ODD, encoding="utf-8")
    quick, plain = read(folder, QUICK), read(folder, {})
    assert [one.data for one in quick.training_examples] == [one.data for one in plain.training_examples]
    assert quick.entity_synonyms == plain.entity_synonyms == {"sneakers": "trainers"}
    assert all(isinstance(one, Example) for one in quick.intent_examples)


def test_a_file_that_rasa_refuses_is_refused(tmp_path):
    from rasa.shared.exceptions import YamlException

    (tmp_path / "nlu.yml").write_text('version: "3.1"\nnlu:\n- intent: [a]\n  examples: 3\n', encoding="utf-8")
    with pytest.raises(YamlException):
        read(tmp_path, QUICK)


def example(**data):
    return Example({"text": "红 鞋", "intent": "search", **data})


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "红鞋"},
        {"intent": "other"},
        {"text_tokens": [Token("红", 0)]},
        {"text_tokens": [Token("红", 1)]},
        {"text_tokens": [Token("红", 0, lemma="紅")]},
        {"text_tokens": [Token("红", 0, data={"pos": "a"})]},
        {"entities": [{"entity": "colour"}]},
    ],
)
def test_another_content_has_another_hash(changed):
    assert example(**changed).fingerprint() == example(**changed).fingerprint() != example().fingerprint()
    same = example()
    for name, value in changed.items():
        same.fingerprint()
        same.set(name, value)
    assert same.fingerprint() == example(**changed).fingerprint()


def test_a_copy_is_the_same_and_changes_alone():
    one = example(entities=[{"entity": "colour"}])
    copy = deepcopy(one)
    assert copy == one
    copy.set("intent", "other")
    copy.get("entities")[0]["entity"] = "brand"
    copy.add_features(Row(Block(np.ones((1, 2))), 0, "counts"))
    assert (one.get("intent"), one.get("entities"), one.features) == ("search", [{"entity": "colour"}], [])
    assert copy != one


MATRICES = {"dense": np.arange(6.0).reshape(3, 2), "sparse": sparse.csr_matrix([[0, 1], [2, 0], [0, 0]])}


def numbers(matrix):
    return matrix.toarray().tolist() if sparse.issparse(matrix) else matrix.tolist()


@pytest.mark.parametrize("kind", MATRICES)
def test_rows_are_those_of_the_matrix_and_stack_to_it(kind):
    matrix, messages = MATRICES[kind], [Message({"text": str(place)}) for place in range(3)]
    add_rows(messages, matrix, "counts")
    rows = [one.features[0] for one in messages]
    assert [one.is_sparse() for one in rows] == [kind == "sparse"] * 3
    assert [numbers(one.features)[0] for one in rows] == numbers(matrix)
    assert numbers(stacked(rows)) == numbers(matrix)
    assert numbers(stacked(rows[::-2])) == numbers(matrix)[::-2]
    assert numbers(stacked([rows[0], deepcopy(rows[1])])) == numbers(matrix)[:2]


@pytest.mark.parametrize("kind", MATRICES)
def test_the_hash_of_an_example_follows_its_features(kind):
    def hashed(matrix, place=0):
        one = example()
        one.add_features(Row(Block(matrix), place, "counts"))
        return one.fingerprint()

    assert hashed(MATRICES[kind]) == hashed(MATRICES[kind].copy()) != hashed(MATRICES[kind], 1)
    assert hashed(MATRICES[kind]) != hashed(MATRICES[kind] * 2) != example().fingerprint()
