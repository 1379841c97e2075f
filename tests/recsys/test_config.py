"""Settings are a tree of checked values that survives being written down."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recsys.cleaning import Cleaning
from recsys.config import TrainingConfig, ValidationSettings
from recsys.errors import InvalidFrame
from recsys.feature_fields import FeatureField
from recsys.hybrid import HybridSettings
from recsys.weighting import Weighting

UNUSUAL = TrainingConfig(
    cleaning=Cleaning(max_time=datetime(2026, 1, 2, 3, tzinfo=UTC), not_products=frozenset({"postage", "gift"})),
    weighting=Weighting({"view": 2.0, "purchase": 3.0}, half_life_days=None),
    fields=(FeatureField("price", "band", edges=(1.0, 2.5)), FeatureField("brand")),
    hybrid=HybridSettings(components=8, loss="bpr", seed=3),
    validation=ValidationSettings(days=7.5),
)


@pytest.mark.parametrize("config", [TrainingConfig(), UNUSUAL], ids=["usual", "unusual"])
def test_what_is_written_is_read_back_equal(config: TrainingConfig, tmp_path: Path) -> None:
    assert TrainingConfig.from_json(config.to_json()) == config
    (tmp_path / "config.json").write_text(config.to_json(), encoding="utf-8")
    assert TrainingConfig.read(tmp_path / "config.json") == config


def test_the_same_settings_are_the_same_text_in_whatever_order_a_set_is() -> None:
    assert UNUSUAL.to_dict()["cleaning"]["not_products"] == ["gift", "postage"]


def test_what_is_left_out_is_usual() -> None:
    assert TrainingConfig.from_json('{"hybrid": {"components": 8}}') == TrainingConfig(
        hybrid=HybridSettings(components=8)
    )
    assert TrainingConfig.from_json("{}") == TrainingConfig()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("{", "config"),
        ("[]", "config"),
        ('{"epochs": 3}', "epochs"),
        ('{"hybrid": {"compnents": 3}}', "hybrid.compnents"),
        ('{"hybrid": {"epochs": "many"}}', "hybrid.epochs"),
        ('{"hybrid": {"epochs": -1}}', "epochs"),
        ('{"hybrid": {"loss": "hinge"}}', "hybrid.loss"),
        ('{"fields": [{"name": "brand", "sort": "band"}]}', "fields.0.sort"),
        ('{"neighbours": 0}', "neighbours"),
        ('{"epochs_unjudged": 0}', "epochs_unjudged"),
        ('{"validation": {"days": 0}}', "validation"),
        ('{"validation": {"max_share": 1}}', "max_share"),
    ],
)
def test_a_setting_that_cannot_be_is_named(text: str, field: str) -> None:
    with pytest.raises(InvalidFrame) as refused:
        TrainingConfig.from_json(text)
    assert refused.value.field == field


def test_a_file_of_settings_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidFrame, match=r"settings\.json"):
        TrainingConfig.read(tmp_path / "settings.json")


def test_a_seed_is_that_of_the_whole_training() -> None:
    assert TrainingConfig().seeded(5).seed == 5
    assert TrainingConfig().seeded(5).hybrid.seed == 5
