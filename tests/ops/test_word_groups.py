"""Words of an exported encoder's vocabulary are grouped by the likeness of their vectors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from ops.word_groups import GroupsError, group, han_words, latin_words, main, read_vectors

# Two kinds of things, far apart.
KITCHEN, GARDEN = [9.0, 1.0, 0.0, 0.0], [0.0, 1.0, 9.0, 0.0]


def export(folder: Path, vocabulary: object, rows: list[list[float]]) -> Path:
    """An encoder of which only the table of vectors is there."""
    folder.mkdir(parents=True)
    table = numpy_helper.from_array(np.array(rows, dtype=np.float32), "embeddings")
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 4])
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, [1])
    graph = helper.make_graph([helper.make_node("Gather", ["embeddings", "ids"], ["out"])], "g", [ids], [out], [table])
    onnx.save(helper.make_model(graph), folder / "model.onnx")
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary}}), encoding="utf-8")
    return folder


@pytest.fixture
def english(tmp_path: Path) -> Path:
    # The numbers of the pieces are not in their order.
    vocabulary = {"kettle": 2, "spade": 0, "oven": 3, "rake": 1, "##ing": 4, "a": 5}
    return export(tmp_path / "english", vocabulary, [GARDEN, GARDEN, KITCHEN, KITCHEN, KITCHEN, GARDEN])


@pytest.fixture
def multilingual(tmp_path: Path) -> Path:
    vocabulary = [["▁锅", -1.0], ["壶", -2.0], ["▁锄", -3.0], ["耙", -4.0], ["▁oven", -5.0], ["▁", -6.0]]
    return export(tmp_path / "multilingual", vocabulary, [KITCHEN, KITCHEN, GARDEN, GARDEN, KITCHEN, GARDEN])


def test_like_words_are_in_one_group(english: Path, multilingual: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "groups.json"
    arguments = ["--english", str(english), "--multilingual", str(multilingual), "--out", str(out)]
    assert main(arguments) == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    assert set(found) == {"kettle", "oven", "spade", "rake", "锅", "壶", "锄", "耙"}
    few = {word: numbers[0] for word, numbers in group(latin_words(read_vectors(english)), [2, 3]).items()}
    assert few["kettle"] == few["oven"] != few["spade"] == few["rake"]
    first = out.read_bytes()
    assert main(arguments) == 0
    assert out.read_bytes() == first


def test_chinese_words_are_read_without_the_sign_for_a_blank(multilingual: Path) -> None:
    few = {word: numbers[0] for word, numbers in group(han_words(read_vectors(multilingual)), [2]).items()}
    assert few["锅"] == few["壶"] != few["锄"] == few["耙"]


def test_a_missing_encoder_is_told_with_the_command_that_makes_it(
    english: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--english", str(english), "--multilingual", str(tmp_path / "none"), "--out", str(tmp_path / "out")]
    assert main(arguments) == 1
    assert "make encoder" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_model_without_vectors_for_its_vocabulary_is_refused(tmp_path: Path) -> None:
    folder = export(tmp_path / "odd", {"a": 0, "b": 1}, [KITCHEN])
    with pytest.raises(GroupsError, match="no vectors for the 2 pieces"):
        read_vectors(folder)
