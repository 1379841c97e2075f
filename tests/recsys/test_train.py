"""A training learns, judges itself, is written whole, is the same twice, and serves shops with next to no behaviour."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys import columns as c
from recsys.artifact import MANIFEST, load, read_metadata
from recsys.cleaning import Cleaning
from recsys.config import TrainingConfig
from recsys.errors import InvalidFrame
from recsys.frames_io import Frames, write_frames
from recsys.hybrid import HybridSettings
from recsys.in_service import folder_of, read_in_service
from recsys.judging import served_ndcg
from recsys.learning import before, span_of
from recsys.profile import Event, Profile
from recsys.publish import RecommenderStore
from recsys.recommender import Recommender
from recsys.train import UNPUBLISHED, UNTRAINED, main
from recsys.trainer import Trained, train
from recsys.training_task import describe
from recsys.validation import in_second_half, validate, window_of
from tests.recsys.conftest import NOW

QUICK = TrainingConfig(
    cleaning=Cleaning(max_time=NOW), hybrid=HybridSettings(components=8, epochs=6, patience=3), neighbours=20
)


@pytest.fixture
def frames(toy_frames: Frames) -> Frames:
    return Frames(toy_frames.interactions, toy_frames.user_features, toy_frames.item_features)


@pytest.fixture
def trained(frames: Frames, tmp_path: Path) -> Trained:
    return train(frames, tmp_path, QUICK)


def shoes_in(items: tuple[str, ...]) -> float:
    return float(np.mean([int(item.removeprefix("item-")) % 2 == 0 for item in items]))


# The usual way.


def test_the_model_has_learnt_from_everything_and_serves(frames: Frames, trained: Trained) -> None:
    recommender = Recommender.load(trained.folder, verify=True)
    assert recommender.version == trained.version == trained.folder.name
    assert recommender.parts.metadata["trained_until"] == frames.interactions[c.TIMESTAMP].max().isoformat()
    walker, reader = (recommender.recommend(Profile(user), 5) for user in ("user-00", "user-39"))
    assert shoes_in(walker.item_ids) > shoes_in(reader.item_ids)
    assert recommender.recommend(Profile("warm-walker"), 5).temperature == "warm"


def test_figures_are_of_days_that_the_judged_model_had_not_seen(frames: Frames, trained: Trained) -> None:
    validation = trained.metrics["validation"]
    window = window_of(frames, QUICK)
    assert window is not None
    assert (validation["start"], validation["end"]) == (window.start.isoformat(), window.end.isoformat())
    validated = validate(frames, QUICK)
    assert validated is not None
    assert validated.dataset.interactions[c.TIMESTAMP].max() < window.start
    for table in ("new_items", "all_items"):
        assert set(validation[table]) == {"blend", "lightfm", "item_knn", "popular"}
        assert all(0 <= figures["ndcg"] <= 1 and figures["shoppers"] >= 20 for figures in validation[table].values())
    assert validation["new_items"]["blend"]["ndcg"] > validation["new_items"]["popular"]["ndcg"]


def test_the_figure_of_the_gate_is_that_of_lists_as_they_are_served(trained: Trained) -> None:
    table = trained.metrics["validation"]["new_items"]["blend"]
    assert trained.metrics["gate"]["ndcg"] == pytest.approx(table["ndcg"], abs=1e-9)
    assert trained.metrics["gate"]["shoppers"] == table["shoppers"]
    assert read_metadata(trained.folder)["judged"] == trained.metrics["gate"]


def test_a_shopper_is_judged_by_a_blend_learnt_from_others(frames: Frames) -> None:
    validated = validate(frames, QUICK)
    assert validated is not None
    users = validated.new.users
    second = in_second_half(validated.dataset.users.ids(users))
    first_blend, second_blend = (validated.learnt.scores(blend)(users) for blend in validated.halves)
    scores = validated.score(users)
    assert second.any()
    assert not second.all()
    np.testing.assert_array_equal(scores[second], first_blend[second])
    np.testing.assert_array_equal(scores[~second], second_blend[~second])


def test_a_training_is_written_with_its_card_its_figures_its_settings_and_pictures(trained: Trained) -> None:
    describe(trained)
    assert TrainingConfig.read(trained.folder / "config.json") == QUICK
    metrics = json.loads((trained.folder / "metrics.json").read_text())
    assert metrics == trained.metrics
    assert metrics["calibration"]["ece"] < 0.2
    card = (trained.folder / "MODEL_CARD.md").read_text()
    assert trained.version in card
    assert f"{metrics['validation']['new_items']['blend']['ndcg']:.3f}" in card
    for name in ("curves.png", "reliability.png"):
        assert (trained.folder / name).read_bytes().startswith(b"\x89PNG")


def test_the_same_frames_and_settings_give_the_same_bits(frames: Frames, tmp_path: Path) -> None:
    one, two = (train(frames, tmp_path / name, QUICK) for name in ("one", "two"))
    files = sorted(json.loads((one.folder / MANIFEST).read_text())["files"])
    assert one.version == two.version
    assert len(files) > 20
    for name in [*files, MANIFEST]:
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes(), name
    same = [{**trained.metrics, "seconds": None, "epochs": None} for trained in (one, two)]
    assert same[0] == same[1]


def test_another_seed_other_data_or_other_settings_have_another_name(frames: Frames, tmp_path: Path) -> None:
    fewer = replace(frames, interactions=frames.interactions.iloc[:-1])
    versions = {
        train(given, tmp_path, config).version
        for given, config in ((frames, QUICK), (frames, QUICK.seeded(5)), (fewer, QUICK))
    }
    assert len(versions) == 3


def test_frames_are_not_changed(frames: Frames, tmp_path: Path) -> None:
    before_training = frames.interactions.copy(deep=True)
    train(frames, tmp_path, QUICK)
    pd.testing.assert_frame_equal(frames.interactions, before_training)


# Next to no behaviour.


def without_events(frames: Frames) -> Frames:
    return replace(frames, interactions=frames.interactions.iloc[:0])


def test_a_shop_without_behaviour_recommends_by_features_after_one_click(frames: Frames, tmp_path: Path) -> None:
    trained = train(without_events(frames), tmp_path, QUICK)
    recommender = Recommender.load(trained.folder)
    shoe, lamp = (
        recommender.recommend(Profile("somebody", (Event(item, c.CLICK),)), 10) for item in ("item-04", "item-05")
    )
    assert shoes_in(shoe.item_ids) > 0.5 > shoes_in(lamp.item_ids)
    assert "item-04" not in shoe.item_ids
    assert trained.metrics["validation"] is None
    describe(trained)
    assert "too few shoppers" in (trained.folder / "MODEL_CARD.md").read_text()
    assert not (trained.folder / "curves.png").exists()


def test_a_shop_without_behaviour_shows_strangers_what_is_newest(frames: Frames, tmp_path: Path) -> None:
    recommender = Recommender.load(train(without_events(frames), tmp_path, QUICK).folder)
    slate = recommender.recommend(Profile(), 3)
    assert slate.temperature == "cold"
    assert slate.item_ids == ("item-00", "item-01", "item-02")


def test_a_shop_without_behaviour_is_published_and_gives_way_to_one_with(frames: Frames, tmp_path: Path) -> None:
    train(without_events(frames), tmp_path, QUICK).publish(tmp_path)
    now = train(frames, tmp_path, QUICK).publish(tmp_path)
    assert now.previous is not None
    assert RecommenderStore(tmp_path).current().version == now.version


@pytest.mark.parametrize(
    "keep",
    [
        pytest.param(lambda rows: rows[c.USER_ID] == "user-00", id="one shopper"),
        pytest.param(lambda rows: rows[c.ITEM_ID] == "item-00", id="one item"),
        pytest.param(lambda rows: rows.index == 0, id="one event"),
        pytest.param(lambda rows: rows[c.KIND] == c.VIEW, id="views only"),
        pytest.param(lambda rows: rows[c.TIMESTAMP] > NOW - timedelta(days=40), id="two weeks"),
    ],
)
@pytest.mark.parametrize("features", [True, False], ids=["with features", "without features"])
def test_little_behaviour_still_gives_a_model_that_serves(
    frames: Frames, tmp_path: Path, keep: object, features: bool
) -> None:
    rows = frames.interactions[keep(frames.interactions)].reset_index(drop=True)  # type: ignore[operator]
    few = Frames(rows, *((frames.user_features, frames.item_features) if features else ()))
    trained = train(few, tmp_path, QUICK)
    describe(trained)
    trained.publish(tmp_path)
    slate = RecommenderStore(tmp_path).current().recommend(Profile("user-00"), 3, exclude_seen=False)
    assert slate.items
    assert all(np.isfinite(item.score) for item in slate.items)


def test_only_dismissals_are_no_behaviour_to_learn_a_taste_from(frames: Frames, tmp_path: Path) -> None:
    rows = frames.interactions.assign(kind=c.DISMISS)
    recommender = Recommender.load(train(replace(frames, interactions=rows), tmp_path, QUICK).folder)
    dismissed = set(rows[rows[c.USER_ID] == "user-00"][c.ITEM_ID])
    assert not dismissed & set(recommender.recommend(Profile("user-00"), 5).item_ids)


def test_a_shop_without_items_is_told_so(frames: Frames, tmp_path: Path) -> None:
    nothing = Frames(frames.interactions.iloc[:0])
    with pytest.raises(InvalidFrame, match="nothing to recommend"):
        train(nothing, tmp_path, QUICK)


def test_an_event_with_a_wrong_clock_moves_neither_window_nor_name(frames: Frames) -> None:
    wrong = frames.interactions.iloc[[0, 0]].assign(timestamp=pd.to_datetime(["1996-01-01", "2099-01-01"], utc=True))
    mixed = replace(frames, interactions=pd.concat([frames.interactions, wrong], ignore_index=True))
    assert window_of(mixed, QUICK) == window_of(frames, QUICK)
    span = span_of(mixed, QUICK)
    assert span is not None
    assert span[1] <= NOW


def test_ids_with_newlines_and_emoji_are_trained_and_served(frames: Frames, tmp_path: Path) -> None:
    def odd(ids: pd.Series) -> pd.Series:
        return ids.replace({"user-00": "user\n🦄", "item-00": "item\r\n“☂”"})

    rows, items = frames.interactions, frames.item_features
    assert items is not None
    given = Frames(
        rows.assign(user_id=odd(rows[c.USER_ID]), item_id=odd(rows[c.ITEM_ID])),
        frames.user_features,
        items.assign(item_id=odd(items[c.ITEM_ID])),
    )
    recommender = Recommender.load(train(given, tmp_path, QUICK).folder)
    assert recommender.knows("item\r\n“☂”")
    assert recommender.recommend(Profile("user\n🦄"), 3).temperature == "hot"


# The command.


@pytest.fixture
def data(frames: Frames, tmp_path: Path) -> Path:
    write_frames(frames, tmp_path / "data")
    (tmp_path / "quick.json").write_text(QUICK.to_json())
    return tmp_path / "data"


def run(data: Path, *more: str) -> int:
    root, config = str(data.parent / "root"), str(data.parent / "quick.json")
    return main(["--data", str(data), "--out", root, "--config", config, "--tracking", "off", *more])


def test_the_command_trains_publishes_and_tells(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = data.parent / "told.json"
    assert run(data, "--json", str(told)) == 0
    out = capsys.readouterr().out
    assert "is in service" in out
    assert "popular" in out
    now = read_in_service(data.parent / "root")
    assert now is not None
    assert json.loads(told.read_text())[0]["version"] == now.version
    folder = folder_of(data.parent / "root", now.version)
    assert {"MODEL_CARD.md", "metrics.json", "config.json", "curves.png", "reliability.png"} <= {
        file.name for file in folder.iterdir()
    }
    assert load(folder).version == now.version


def test_a_worse_model_is_told_and_the_one_in_service_stays(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data) == 0
    first = read_in_service(data.parent / "root")
    bad = replace(QUICK, hybrid=replace(QUICK.hybrid, epochs=1, learning_rate=1e-6), identity_weight=1e-6, neighbours=1)
    (data.parent / "quick.json").write_text(bad.to_json())
    assert run(data) == UNPUBLISHED
    assert "is not published: NDCG@10" in capsys.readouterr().out
    assert read_in_service(data.parent / "root") == first


def test_a_folder_without_frames_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "quick.json").write_text("{}")
    (tmp_path / "data").mkdir()
    assert run(tmp_path / "data") == UNTRAINED
    assert "interactions.parquet" in capsys.readouterr().out


def test_settings_that_cannot_be_are_told(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data.parent / "quick.json").write_text('{"neighbors": 3}')
    assert run(data) == UNTRAINED
    assert "neighbors" in capsys.readouterr().err


def test_what_comes_after_a_moment_is_not_there_before_it(frames: Frames) -> None:
    moment = pd.Timestamp(NOW) - pd.Timedelta(days=30)
    assert before(frames, moment).interactions[c.TIMESTAMP].max() < moment


def test_asking_no_shoppers_gives_no_figures(trained: Trained) -> None:
    assert served_ndcg(Recommender.load(trained.folder), []).shape == (0,)
