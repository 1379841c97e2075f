from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.vision.model_writer import put
from tests.vision.test_trainer import SETTINGS
from tests.vision.training_shop import colour_shop
from vision.gallery import Gallery
from vision.images import open_photo
from vision.matcher import ImageMatcher
from vision.saved_model import load_encoder, read_card
from vision.train import UNTRAINED, main, told
from vision.training_task import train_model


def test_a_model_that_is_no_better_is_not_published_and_the_old_one_stays(tmp_path: Path) -> None:
    shop = colour_shop(tmp_path, photos=0)
    model = tmp_path / "model"
    put("old", model)
    outcome = train_model(shop, model, replace(SETTINGS, projection_epochs=0, tail_epochs=0), progress=False)
    assert outcome.folder is None
    assert "Not published" in told(outcome)
    assert read_card(model).image_type == "old"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".model")] == [".model.writing"]


def test_a_damaged_model_makes_way_for_the_frozen_tower_where_tuning_helps_nothing(tmp_path: Path) -> None:
    shop, model = colour_shop(tmp_path, photos=0), tmp_path / "model"
    put("old", model)
    (model / "weights").write_text("cut", encoding="utf-8")
    outcome = train_model(shop, model, replace(SETTINGS, projection_epochs=0, tail_epochs=0), progress=False)
    assert outcome.folder == model
    assert "frozen" in read_card(model).identity.name


def test_a_shop_without_a_model_gets_the_frozen_tower_where_tuning_helps_nothing(tmp_path: Path) -> None:
    shop, model = colour_shop(tmp_path, photos=0), tmp_path / "model"
    outcome = train_model(shop, model, replace(SETTINGS, projection_epochs=0, tail_epochs=0), progress=False)
    assert outcome.folder == model
    assert "the frozen tower" in told(outcome)
    encoder = load_encoder(model)
    assert "frozen" in encoder.identity.name
    gallery = Gallery.build(shop, encoder, progress=False)
    assert (
        ImageMatcher(encoder, gallery).match(open_photo(shop.photos[0].path), 1).items[0].item_id
        == shop.photos[0].item_id
    )


def test_a_missing_catalogue_ends_with_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--images", str(tmp_path), "--out", str(tmp_path / "m")]) == UNTRAINED
    assert "items.jsonl" in capsys.readouterr().err
