"""A model in service is the old one or the new one, whenever whoever replaces it is killed."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.vision.model_writer import put
from vision.errors import ArtifactDamaged
from vision.saved_model import load_encoder, read_card
from vision.whole_folders import restore, sole_writer


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tmp_path / "model"


def set_aside(model: Path) -> Path:
    """Leave what a publishing leaves that is killed between both renames."""
    put("old", model)
    return model.rename(model.parent / ".model.old")


def test_a_publisher_killed_at_any_moment_leaves_a_whole_model(model: Path) -> None:
    command = [sys.executable, "-m", "tests.vision.model_writer", str(model)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    steps, aside, rest = done.stdout.split(" ", 2)
    assert int(steps) > 15, "each opening, renaming, making and deleting was a moment"
    assert int(aside) > 0, "one of them lies between both renames"
    assert rest == "['new', 'old'] ['.model.writing', 'model']", "both were found, and nothing is left over"


def test_a_new_model_takes_the_place_of_the_old(model: Path) -> None:
    put("old", model)
    put("new", model)
    assert read_card(model).image_type == "new"
    assert sorted(path.name for path in model.parent.iterdir()) == [".model.writing", "model"]


def test_writers_at_once_wait_for_each_other(model: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: put(f"model {number}", model), range(12)))
    assert read_card(model).image_type.startswith("model ")
    assert sorted(path.name for path in model.parent.iterdir()) == [".model.writing", "model"]


def test_an_encoder_is_loaded_from_a_model_that_was_put_aside(served_folder: Path, model: Path) -> None:
    shutil.copytree(served_folder, model.parent / ".model.old")
    assert load_encoder(model).identity.name == "small"
    assert model.is_dir()


def test_nobody_brings_back_the_old_model_while_the_new_one_is_being_put_in_place(model: Path) -> None:
    old = set_aside(model)
    with (model.parent / ".model.writing").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ArtifactDamaged):
            read_card(model)
        assert old.exists()
    assert read_card(model).image_type == "old"


def test_a_model_in_place_is_never_replaced_by_one_that_was_put_aside(model: Path) -> None:
    put("old", model)
    shutil.copytree(model, model.parent / ".model.old")
    (model / "model.json").write_text("damaged", encoding="utf-8")
    restore(model)
    assert (model / "model.json").read_text(encoding="utf-8") == "damaged"


def test_what_a_killed_writer_made_is_thrown_away(model: Path) -> None:
    (model.parent / ".model.new").mkdir()
    (model.parent / ".model.new" / "maps").write_text("gigabytes", encoding="utf-8")
    with sole_writer(model) as scratch:
        assert not [*scratch.iterdir()]
    assert not scratch.exists()


def test_a_link_in_the_place_of_a_model_is_replaced_and_what_it_names_stays(model: Path, tmp_path: Path) -> None:
    put("elsewhere", tmp_path / "far" / "model")
    model.symlink_to(tmp_path / "far" / "model")
    put("new", model)
    put("newer", model)
    assert read_card(model).image_type == "newer"
    assert not model.is_symlink()
    assert read_card(tmp_path / "far" / "model").image_type == "elsewhere"
