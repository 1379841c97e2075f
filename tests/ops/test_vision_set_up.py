"""Photo search is set up when that is due, and what goes wrong stops no shop."""

from __future__ import annotations

import os
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from ops import vision_set_up
from ops.vision_set_up import STAMP, Source, index_command, main, set_up, source_of, train_command
from shop.db import make_sessions, open_engine, writing
from shop.migrate import upgrade
from shop.models import Image, Product, Variant
from tests.vision.tiny import plain

HOUR = 3600.0
NOW = 1_800_000_000.0

TRAIN = """
import sys
from pathlib import Path
from dataclasses import replace
from tests.vision.tiny import ColourEncoder
from vision.saved_model import ModelCard, write_card
out, run = map(Path, sys.argv[1:])
run.write_text(f"{run.read_text() if run.exists() else ''}train\\n")
out.mkdir(parents=True, exist_ok=True)
write_card(out, ModelCard(ColourEncoder.identity, 8, 0, {}))
"""
INDEX = """
import sys
from pathlib import Path
from tests.vision.tiny import ColourEncoder
from vision.catalogue import Catalogue
from vision.index import renew
data, images, out, run = map(Path, sys.argv[1:])
run.write_text(f"{run.read_text() if run.exists() else ''}index\\n")
renew(Catalogue.read(data, images), ColourEncoder(), out, progress=False)
"""


class House:
    """A shop of one's own; training and embedding are processes that take the encoder of colours."""

    def __init__(self, root: Path) -> None:
        self.runs = root / "runs.txt"
        self.source = Source(f"sqlite:///{root / 'own.db'}", root / "images", root / "vision", demo=False)
        self.source.images.mkdir()
        upgrade(self.source.url)

    def add(self, *colours: str) -> None:
        engine = open_engine(self.source.url)
        with writing(make_sessions(engine)) as session:
            for colour in colours:
                plain(colour).save(self.source.images / f"{colour}.png")
                variant = Variant(sku=colour.upper(), name=colour, price=Decimal(1), currency="USD")
                image = Image(location=f"{colour}.png")
                session.add(Product(slug=colour, name=f"A {colour} thing", variants=[variant], images=[image]))
        engine.dispose()

    def set_up(self, now: float = NOW, source: Source | None = None) -> list[str]:
        """Set up, and tell what was run for it."""
        self.runs.unlink(missing_ok=True)
        assert set_up(source or self.source, 24, now)
        return self.runs.read_text().split() if self.runs.exists() else []


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(tmp_path)
    monkeypatch.setattr(
        vision_set_up,
        "train_command",
        lambda source: [sys.executable, "-c", TRAIN, str(source.model), str(made.runs)],
    )
    monkeypatch.setattr(
        vision_set_up,
        "index_command",
        lambda source: [
            *(sys.executable, "-c", INDEX),
            *map(str, (source.data, source.images, source.gallery, made.runs)),
        ],
    )
    return made


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_the_demo_and_a_shop_of_ones_own_are_told_apart() -> None:
    demo, own = source_of({}), source_of({"DAOGOU_DATABASE_URL": "postgresql://shop", "DAOGOU_IMAGES": "pictures"})
    assert (demo.demo, demo.url, demo.root) == (True, "sqlite:///artifacts/demo/shop.db", Path("artifacts/vision/demo"))
    assert (own.demo, own.url, own.root) == (False, "postgresql://shop", Path("artifacts/vision/shop"))
    assert (demo.images, own.images) == (Path("var/images"), Path("pictures"))


def test_a_shop_without_pictures_has_no_photo_search_and_is_told(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert house.set_up() == []
    assert "no pictures" in told(capsys)


def test_what_is_there_and_fresh_is_left_alone(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.add("red", "blue")
    assert house.set_up() == ["train", "index"]
    told(capsys)
    assert house.set_up(NOW + 100 * HOUR) == []
    assert told(capsys) == "Photo search: fresh\n"


def test_new_pictures_are_embedded_at_once_and_learnt_from_a_day_later(house: House) -> None:
    house.add("red", "blue")
    house.set_up()
    house.add("green")
    assert house.set_up(NOW + HOUR) == ["index"]
    assert house.set_up(NOW + 2 * HOUR) == []
    assert house.set_up(NOW + 25 * HOUR) == ["train", "index"]


def test_a_picture_that_is_overwritten_is_embedded_again(house: House) -> None:
    house.add("red", "blue")
    house.set_up()
    plain("green", (99, 99)).save(house.source.images / "red.png")
    assert house.set_up(NOW + HOUR) == ["index"]


def test_what_is_damaged_is_made_anew(house: House) -> None:
    house.add("red", "blue")
    house.set_up()
    (house.source.gallery / "current.json").write_text("{")
    assert house.set_up() == ["index"]
    (house.source.model / "model.json").write_text("{")
    assert house.set_up() == ["train"], "the very same model came back, so its gallery fits"
    (house.source.root / STAMP).write_text("{")
    assert house.set_up() == ["train", "index"]


def test_the_demo_is_tuned_again_when_its_pictures_or_the_code_that_tunes_are_others(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    demo = Source(house.source.url, house.source.images, house.source.root, demo=True)
    house.add("red", "blue")
    assert house.set_up(source=demo) == ["train", "index"]
    assert house.set_up(NOW + 1_000 * HOUR, demo) == []
    os.utime(house.source.images / "red.png", (1, 1))
    assert house.set_up(source=demo) == ["index"], "what was only touched is not learnt again"
    plain("cyan").save(house.source.images / "red.png")
    assert house.set_up(source=demo) == ["train", "index"]
    (tmp_path / "learning.py").write_text("an edit")
    monkeypatch.setattr(vision_set_up, "CODE", tmp_path)
    assert house.set_up(source=demo) == ["train", "index"]


def test_with_another_model_nothing_is_tuned_and_coming_back_the_gallery_is_made_anew(house: House) -> None:
    house.add("red", "blue")
    other = Source(house.source.url, house.source.images, house.source.root, demo=False, image_model="ViT-B-32")
    assert house.set_up(source=other) == ["index"]
    assert house.set_up(source=other) == []
    assert house.set_up() == ["train", "index"]


def test_a_training_that_fails_is_told_and_what_was_there_stays(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house.add("red", "blue")
    house.set_up()
    house.add("green")
    monkeypatch.setattr(vision_set_up, "train_command", lambda _: ["false"])
    told(capsys)
    assert house.set_up(NOW + 25 * HOUR) == ["index"]
    assert "one that was there before stays" in told(capsys)
    (house.source.model / "model.json").unlink()
    assert not set_up(house.source, 24, NOW)
    assert "photos cannot be searched for" in told(capsys)


def test_a_shop_of_ones_own_is_run_without_photo_search_where_it_cannot_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAOGOU_DATABASE_URL", "postgresql+psycopg://ada:hush@127.0.0.1:1/shop")
    monkeypatch.setenv("DAOGOU_VISION", str(tmp_path))
    assert main([]) == 0
    captured = capsys.readouterr()
    assert "127.0.0.1" in captured.err
    assert "hush" not in captured.err + captured.out


def test_the_commands_name_folders_and_no_database() -> None:
    source = Source("postgresql://ada:hush@shop", Path("images"), Path("root"), demo=False, image_model="ViT-B-32")
    for command in (train_command(source), index_command(source)):
        assert "hush" not in " ".join(command)
    assert index_command(source)[-2:] == ["--calibrate", "root/other-model/matcher.json"]
