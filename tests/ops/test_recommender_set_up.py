"""The recommender is trained when that is due, and what goes wrong stops nothing that can be served without it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ops import recommender_set_up
from ops.recommender_set_up import STAMP, Source, main, set_up, source_of, unusable
from recsys.in_service import POINTER, folder_of, read_in_service
from recsys.profile import Event, Profile
from recsys.publish import RecommenderStore
from shop.db import make_sessions, open_engine, writing
from shop.migrate import upgrade
from shop.models import Product

HOUR = 3600.0
NOW = dt.datetime(2026, 5, 1, tzinfo=dt.timezone.utc).timestamp()


@pytest.fixture
def own(tmp_path: Path) -> Source:
    """Give an empty shop of one's own."""
    source = Source(f"sqlite:///{tmp_path / 'own.db'}", tmp_path / "recsys", demo=False)
    upgrade(source.url)
    return source


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train without the tracker, which takes longer than all else."""
    command = recommender_set_up._command
    monkeypatch.setattr(recommender_set_up, "_command", lambda source: [*command(source), "--tracking", "off"])


def add_products(source: Source, *names: str) -> None:
    engine = open_engine(source.url)
    with writing(make_sessions(engine)) as session:
        for name in names:
            session.add(Product(slug=name.lower(), name=name, description="", brand=f"{name[0]} & Co"))
    engine.dispose()


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_the_demo_and_a_shop_of_ones_own_are_told_apart() -> None:
    demo, own = source_of({}), source_of({"DAOGOU_DATABASE_URL": "postgresql://shop"})
    assert (demo.demo, demo.url, demo.root) == (True, "sqlite:///artifacts/demo/shop.db", Path("artifacts/recsys/demo"))
    assert (own.demo, own.url, own.root) == (False, "postgresql://shop", Path("artifacts/recsys/shop"))


def test_a_shop_without_products_is_told_and_stops_nothing(own: Source, capsys: pytest.CaptureFixture[str]) -> None:
    assert set_up(own, 24, NOW)
    assert "no products yet" in told(capsys)
    assert not (own.root / POINTER).exists()


def test_a_shop_that_has_just_opened_gets_a_model_that_serves(own: Source) -> None:
    add_products(own, "Kite", "Kettle", "Lamp")
    assert set_up(own, 24, NOW)
    slate = RecommenderStore(own.root).current().recommend(Profile("x", (Event("kite", "click"),)), 2)
    assert set(slate.item_ids) == {"kettle", "lamp"}


def test_a_young_model_is_left_alone_and_an_old_one_only_where_nothing_changed(
    own: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    add_products(own, "Kite", "Lamp")
    set_up(own, 24, NOW)
    first = read_in_service(own.root)
    told(capsys)
    add_products(own, "Kettle")
    assert set_up(own, 24, NOW + 23 * HOUR)
    assert told(capsys) == "Recommender: fresh\n"
    assert set_up(own, 24, NOW + 25 * HOUR)
    second = read_in_service(own.root)
    assert second != first
    told(capsys)
    assert set_up(own, 24, NOW + 50 * HOUR)
    assert "nothing has happened" in told(capsys)
    assert read_in_service(own.root) == second


def test_a_damaged_model_is_trained_anew_however_young(own: Source) -> None:
    add_products(own, "Kite", "Lamp")
    set_up(own, 24, NOW)
    now = read_in_service(own.root)
    assert now is not None
    (folder_of(own.root, now.version) / "items.json").write_text("[")
    assert unusable(own.root) is not None
    assert set_up(own, 24, NOW + 1)
    assert unusable(own.root) is None


def test_a_training_that_fails_leaves_the_model_in_service_and_says_so(
    own: Source, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_products(own, "Kite", "Lamp")
    set_up(own, 24, NOW)
    first = read_in_service(own.root)
    add_products(own, "Kettle")
    monkeypatch.setattr(recommender_set_up, "_command", lambda _: ["false"])
    assert set_up(own, 24, NOW + 25 * HOUR)
    assert "stays so" in told(capsys)
    assert read_in_service(own.root) == first


def test_where_nothing_can_be_served_it_says_what_to_do(
    own: Source, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_products(own, "Kite")
    monkeypatch.setattr(recommender_set_up, "_command", lambda _: ["false"])
    assert not set_up(own, 24, NOW)
    out = told(capsys)
    assert "none can be served" in out
    assert str(own.data) in out


def test_the_demo_is_trained_again_only_when_the_demo_shop_is_another(
    own: Source, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = Source(own.url, own.root, demo=True)
    monkeypatch.setattr(recommender_set_up, "DEMO_SHOP", Path(own.url.removeprefix("sqlite:///")))
    add_products(own, "Kite", "Lamp")
    set_up(demo, 24, NOW)
    told(capsys)
    assert set_up(demo, 24, NOW + 1_000 * HOUR)
    assert told(capsys) == "Recommender: fresh\n"
    add_products(own, "Kettle")
    assert set_up(demo, 24, NOW + 1_000 * HOUR)
    assert RecommenderStore(own.root).current().knows("kettle")


def test_the_demo_is_trained_from_nothing_when_the_code_that_learns_is_another(
    own: Source, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    demo = Source(own.url, own.root, demo=True)
    monkeypatch.setattr(recommender_set_up, "DEMO_SHOP", Path(own.url.removeprefix("sqlite:///")))
    add_products(own, "Kite", "Lamp")
    set_up(demo, 24, NOW)
    (tmp_path / "learning.py").write_text("an edit")
    monkeypatch.setattr(recommender_set_up, "CODE", tmp_path)
    left_behind = own.root / "versions" / "old"
    left_behind.mkdir()
    assert set_up(demo, 24, NOW)
    assert not left_behind.exists()
    assert unusable(own.root) is None


def test_the_demo_takes_away_nothing_that_it_did_not_make(own: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = own.root.parent / "own.db"
    monkeypatch.setattr(recommender_set_up, "DEMO_SHOP", shop)
    demo = Source(own.url, own.root, demo=True)
    add_products(demo, "Kite", "Lamp")
    for kept in (letter := own.root / "letter.txt", model := own.root / "versions" / "mine" / "manifest.json"):
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text("mine")
    recommender_set_up._begin_anew(own.root, None)
    assert letter.exists()
    assert model.exists()
    set_up(demo, 24, NOW)
    add_products(demo, "Mug")
    set_up(demo, 24, NOW)
    assert letter.exists()
    assert unusable(own.root) is None


def test_a_stamp_that_cannot_be_read_is_as_if_there_were_none(own: Source) -> None:
    add_products(own, "Kite", "Lamp")
    set_up(own, 24, NOW)
    (own.root / STAMP).write_text("{")
    assert set_up(own, 24, NOW + 1)


def test_a_database_that_does_not_answer_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAOGOU_DATABASE_URL", "postgresql+psycopg://ada:hush@127.0.0.1:1/shop")
    monkeypatch.setenv("DAOGOU_RECSYS", str(tmp_path))
    assert main([]) == 1
    captured = capsys.readouterr()
    assert "127.0.0.1" in captured.err
    assert "hush" not in captured.err + captured.out


def test_the_address_of_a_database_stands_on_no_command_line(own: Source) -> None:
    assert own.url not in " ".join(recommender_set_up._command(own))
