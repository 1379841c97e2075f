"""The same tasks give the same models whoever runs them: this process, or two workers of Ray."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from recsys import columns as c
from recsys.artifact import MANIFEST
from recsys.batch import main as batch
from recsys.batch_task import run_batch, tasks_of
from recsys.cleaning import Cleaning
from recsys.config import TrainingConfig
from recsys.engine import LocalEngine, engine_of
from recsys.errors import InvalidFrame
from recsys.frames_io import Frames, write_frames
from recsys.hybrid import HybridSettings
from recsys.in_service import folder_of, read_in_service
from recsys.partition import markets_in, markets_of, read_market, root_of
from recsys.profile import Profile
from recsys.publish import RecommenderStore
from recsys.train import main
from recsys.training_task import TrainingTask, run_training
from tests.recsys import conftest

QUICK = TrainingConfig(
    cleaning=Cleaning(max_time=conftest.NOW), hybrid=HybridSettings(components=8, epochs=3, patience=2), neighbours=20
)
NORTH, SOUTH = "nord/øst", "süd"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give frames of two markets: even users in the north, odd ones in the south, and a few rows of nowhere."""
    folder = tmp_path_factory.mktemp("markets")
    rows = conftest.interactions()
    even = rows[c.USER_ID].str[-2:].astype(int) % 2 == 0
    market = even.map({True: NORTH, False: SOUTH}).where(rows.index >= 5)
    write_frames(
        Frames(rows.assign(market=market), conftest.user_features(), conftest.item_features()), folder / "data"
    )
    config = replace(QUICK, validation=replace(QUICK.validation, min_shoppers=5))
    (folder / "quick.json").write_text(config.to_json())
    return folder


def trained(data: Path, root: Path, *more: str) -> None:
    command = ["--data", str(data / "data"), "--out", str(root), "--config", str(data / "quick.json"), *more]
    assert main([*command, "--by", "market", "--tracking", "off"]) == 0


@pytest.fixture(scope="module")
def plain(data: Path) -> Path:
    trained(data, data / "plain")
    return data / "plain"


def bits(root: Path, market: str) -> dict[str, bytes]:
    models = root_of(root, market)
    now = read_in_service(models)
    assert now is not None
    folder = folder_of(models, now.version)
    files = [*json.loads((folder / MANIFEST).read_text())["files"], MANIFEST, "config.json"]
    return {name: (folder / name).read_bytes() for name in files}


def test_two_workers_of_ray_train_and_score_the_very_models_of_the_plain_run(data: Path, plain: Path) -> None:
    import ray
    from ray._common.usage import usage_lib

    spread, config = data / "spread", TrainingConfig.read(data / "quick.json")
    with engine_of("ray", workers=2) as engine:
        outcomes = engine.map(run_training, [TrainingTask(data / "data", spread, config, m) for m in (NORTH, SOUTH)])
        (spread / "batch").mkdir()
        engine.map(run_batch, tasks_of(spread, [NORTH, SOUTH], 5, spread / "batch"))
        with pytest.raises(FileNotFoundError):
            engine.map(Path.read_bytes, [data / "nothing"])
        assert not usage_lib.usage_stats_enabled(), "nothing is reported to anybody"
    assert not ray.is_initialized()
    assert all(outcome.published for outcome in outcomes)
    assert markets_in(spread) == markets_in(plain) == [NORTH, SOUTH]
    for market in (NORTH, SOUTH):
        assert bits(spread, market) == bits(plain, market)
    assert batch(["--root", str(plain), "--out", str(plain / "batch"), "--k", "5", "--by", "market"]) == 0
    one, two = (pd.read_parquet(root / "batch") for root in (plain, spread))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_results_come_in_the_order_of_tasks_and_each_is_told() -> None:
    told: list[int] = []
    with LocalEngine() as engine:
        assert engine.map(len, ["aaa", "b", "cc"], told.append) == [3, 1, 2]
    assert told == [3, 1, 2]


@pytest.mark.parametrize("make", [lambda: engine_of("spark", 2), lambda: engine_of("ray", 0)], ids=["name", "workers"])
def test_an_engine_that_cannot_be_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(InvalidFrame):
        make()


# Markets.


def test_markets_are_those_that_events_name(data: Path) -> None:
    assert markets_of(data / "data") == [NORTH, SOUTH]


def test_a_market_has_its_own_events_and_users_and_the_items_of_the_whole_shop(data: Path) -> None:
    north = read_market(data / "data", NORTH)
    assert set(north.interactions[c.MARKET]) == {NORTH}
    assert north.user_features is not None
    assert north.item_features is not None
    assert set(north.user_features[c.USER_ID]) <= set(north.interactions[c.USER_ID])
    assert north.item_features[c.ITEM_ID].nunique() == conftest.N_ITEMS


def test_each_market_is_served_by_its_own_model(plain: Path) -> None:
    north, south = (RecommenderStore(root_of(plain, market)).current() for market in (NORTH, SOUTH))
    assert north.version != south.version
    assert north.recommend(Profile("user-00"), 3).temperature == "hot"
    assert south.recommend(Profile("user-00"), 3).temperature == "cold"


@pytest.mark.parametrize("market", ["..", ".", "a/b", "/etc", "süd", "%2e%2e", "a\nb"])
def test_any_name_of_a_market_stays_in_its_own_folder(market: str, tmp_path: Path) -> None:
    folder = root_of(tmp_path, market)
    assert folder.parent == tmp_path / "markets"
    assert folder.resolve().parent == (tmp_path / "markets").resolve()
    folder.mkdir(parents=True)
    assert markets_in(tmp_path) == [market]


def test_frames_that_name_no_market_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_frames(Frames(conftest.interactions()), tmp_path / "data")
    assert main(["--data", str(tmp_path / "data"), "--out", str(tmp_path), "--by", "market"]) == 1
    assert "market" in capsys.readouterr().err


# Batches.


def test_a_batch_holds_the_lists_that_would_be_served(plain: Path, tmp_path: Path) -> None:
    root = root_of(plain, NORTH)
    assert batch(["--root", str(root), "--out", str(tmp_path / "batch"), "--k", "4"]) == 0
    rows = pd.read_parquet(tmp_path / "batch")
    recommender = RecommenderStore(root).current()
    assert rows[c.USER_ID].nunique() == len(recommender.parts.users)
    for user, listed in rows.groupby(c.USER_ID):
        assert tuple(listed.sort_values("rank")[c.ITEM_ID]) == recommender.recommend(Profile(str(user)), 4).item_ids
    assert list(rows["rank"].unique()) == [1, 2, 3, 4]
    assert rows["probability"].between(0, 1).all()
    assert set(rows["version"]) == {recommender.version}


def test_a_batch_without_a_model_in_service_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert batch(["--root", str(tmp_path), "--out", str(tmp_path / "batch")]) == 1
    assert "no recommender is published" in capsys.readouterr().err
    assert not (tmp_path / "batch").exists()
