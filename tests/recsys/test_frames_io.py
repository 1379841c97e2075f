from __future__ import annotations

import pandas as pd
import pytest

from recsys import columns as c
from recsys.errors import InvalidFrame
from recsys.frames_io import INTERACTIONS, ITEM_FEATURES, USER_FEATURES, Frames, read_frames, write_frames


@pytest.fixture
def frames(toy_frames):
    return Frames(toy_frames.interactions, toy_frames.user_features, toy_frames.item_features)


def test_what_was_written_is_read(frames, tmp_path):
    odd = pd.DataFrame({c.ITEM_ID: ["a\nb", "🧦"], c.FEATURE: "brand", c.VALUE: "Astra"})
    write_frames(Frames(frames.interactions, frames.user_features, odd), tmp_path / "new" / "folder")
    read = read_frames(tmp_path / "new" / "folder")
    pd.testing.assert_frame_equal(read.interactions, frames.interactions, check_dtype=False)
    pd.testing.assert_frame_equal(read.user_features, frames.user_features)
    pd.testing.assert_frame_equal(read.item_features, odd)
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == [
        INTERACTIONS,
        ITEM_FEATURES,
        USER_FEATURES,
    ]


def test_features_may_be_missing(frames, tmp_path):
    write_frames(frames, tmp_path)
    write_frames(Frames(frames.interactions), tmp_path)
    read = read_frames(tmp_path)
    assert read.user_features is None
    assert read.item_features is None


def test_no_rows_at_all_are_a_frame(tmp_path):
    write_frames(Frames(pd.DataFrame(columns=list(c.REQUIRED_INTERACTIONS))), tmp_path)
    assert read_frames(tmp_path).interactions.empty


def test_a_folder_without_interactions_is_named(tmp_path):
    with pytest.raises(InvalidFrame, match="no such file") as caught:
        read_frames(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("name", [INTERACTIONS, USER_FEATURES, ITEM_FEATURES])
@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a_file_cut_short_is_named(frames, tmp_path, name, share):
    write_frames(frames, tmp_path)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: int(share * len(content))])
    with pytest.raises(InvalidFrame, match="not a whole Parquet file") as caught:
        read_frames(tmp_path)
    assert caught.value.field == name


@pytest.mark.parametrize(
    ("column", "values", "reason"),
    [
        pytest.param(c.USER_ID, 17850.0, "text is wanted", id="numbers for users"),
        pytest.param(c.ITEM_ID, [["a"]], "text is wanted", id="lists for items"),
        pytest.param(c.KIND, 1, "text is wanted", id="numbers for kinds"),
        pytest.param(c.TIMESTAMP, "2026-01-01", "times are wanted", id="text for times"),
        pytest.param(c.QUANTITY, "two", "numbers are wanted", id="text for quantities"),
        pytest.param(c.WEIGHT, "much", "numbers are wanted", id="text for weights"),
    ],
)
def test_a_column_of_a_wrong_type_is_named(frames, tmp_path, column, values, reason):
    wrong = frames.interactions.copy()
    wrong[column] = pd.Series([values[0] if isinstance(values, list) else values] * len(wrong))
    with pytest.raises(InvalidFrame, match=reason) as caught:
        write_frames(Frames(wrong), tmp_path / "out")
    assert caught.value.field == column
    assert not (tmp_path / "out").exists()
    wrong.to_parquet(tmp_path / INTERACTIONS)
    with pytest.raises(InvalidFrame, match=reason):
        read_frames(tmp_path)


@pytest.mark.parametrize("column", [c.ITEM_ID, c.FEATURE, c.VALUE])
def test_a_missing_column_of_features_is_named(frames, tmp_path, column):
    write_frames(frames, tmp_path)
    frames.item_features.drop(columns=column).to_parquet(tmp_path / ITEM_FEATURES)
    with pytest.raises(InvalidFrame, match="a column is missing") as caught:
        read_frames(tmp_path)
    assert caught.value.field == column


@pytest.mark.parametrize("column", c.REQUIRED_INTERACTIONS)
def test_a_missing_column_of_interactions_is_named(frames, tmp_path, column):
    frames.interactions.drop(columns=column).to_parquet(tmp_path / INTERACTIONS)
    with pytest.raises(InvalidFrame) as caught:
        read_frames(tmp_path)
    assert caught.value.field == column
