"""The command that makes a gallery: what it says, what it ends with, and what it leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vision.tiny import ColourEncoder, halves, plain, tiny_encoder
from vision import saved_model
from vision.catalogue import Catalogue, write_catalogue
from vision.encoder import Encoder
from vision.errors import NothingToMatch, UnknownModel
from vision.gallery import Gallery
from vision.index import main, renew
from vision.matcher_settings import MatcherSettings

COLOURS = ("red", "green", "blue")


class Shop:
    """A catalogue on disk, and the command with its arguments."""

    def __init__(self, root: Path) -> None:
        self.data, self.images, self.out = root / "data", root / "images", root / "gallery"
        self.images.mkdir()
        for colour in COLOURS:
            plain(colour).save(self.images / f"{colour}.png")
        self.write(*COLOURS)

    def write(self, *colours: str) -> None:
        items = [{"item_id": colour, "title": f"A {colour} thing"} for colour in colours]
        write_catalogue(
            self.data, items, [{"item_id": colour, "photo": f"{colour}.png", "facts": {}} for colour in colours]
        )

    def run(self, *more: str) -> int:
        folders = {"--data": self.data, "--images": self.images, "--out": self.out, "--model": "colours"}
        return main([str(part) for pair in folders.items() for part in pair] + [*more])


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    def load(source: str, threads: int) -> Encoder:
        if source != "colours":
            raise UnknownModel(source, "there is none")
        return ColourEncoder()

    monkeypatch.setattr(saved_model, "load_encoder", load)
    return Shop(tmp_path)


def test_a_gallery_is_made_and_renewed(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.run() == 0
    assert "3 pictures embedded, 0 kept, 0 gone; texts of 3 products embedded" in capsys.readouterr().out
    halves("red", "blue").save(shop.images / "red.png")
    shop.write("red", "green")
    assert shop.run() == 0
    assert "1 pictures embedded, 1 kept, 2 gone; texts of 0 products embedded" in capsys.readouterr().out
    assert Gallery.load(shop.out, ColourEncoder.identity).item_ids == ("red", "green")


def test_pictures_that_cannot_be_read_are_named_and_the_rest_is_in(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop.images / "green.png").write_bytes(b"<html>")
    (shop.images / "blue.png").unlink()
    assert shop.run() == 0
    captured = capsys.readouterr()
    assert "2 could not be read" in captured.out
    assert "green.png: not_an_image" in captured.err
    assert "blue.png: No such file" in captured.err
    assert len(Gallery.load(shop.out)) == 1


def test_where_no_picture_can_be_read_the_old_gallery_stays(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.run()
    for colour in COLOURS:
        (shop.images / f"{colour}.png").write_bytes(b"")
    assert shop.run() == 1
    assert "none of 3 pictures" in capsys.readouterr().err
    assert len(Gallery.load(shop.out)) == 3


@pytest.mark.parametrize("damage", ["data", "photos", "out"])
def test_what_stops_it_is_said_without_a_traceback(shop: Shop, damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    if damage == "data":
        (shop.data / "items.jsonl").write_text("{")
    elif damage == "photos":
        (shop.data / "photos.jsonl").write_text("")
    else:
        shop.out.write_text("a file where the folder should be")
    assert shop.run() == 1
    assert capsys.readouterr().err.strip()


def test_a_damaged_gallery_is_made_anew(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.run()
    (shop.out / "current.json").write_text("{")
    assert shop.run() == 0
    assert "made anew" in capsys.readouterr().err
    assert len(Gallery.load(shop.out, verify=True)) == 3


def test_ctrl_c_ends_it_with_130_and_leaves_the_old_gallery(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.run()
    plain("yellow").save(shop.images / "red.png")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ColourEncoder, "encode_images", interrupt)
    assert shop.run() == 130
    assert len(Gallery.load(shop.out, verify=True)) == 3


def test_a_gallery_of_another_model_is_made_anew(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.run()
    encoder = tiny_encoder()
    gallery = renew(Catalogue.read(shop.data, shop.images), encoder, shop.out, progress=False)
    assert "not by tiny-0" in capsys.readouterr().err
    assert gallery.report is not None
    assert gallery.report.embedded == 3
    assert Gallery.load(shop.out, encoder.identity).identity == encoder.identity


def test_a_matcher_is_calibrated_once_for_a_model(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "other" / "matcher.json"
    assert shop.run("--calibrate", str(file)) == 0
    assert MatcherSettings.load(file, ColourEncoder.identity).model == ColourEncoder.identity.checksum
    written = file.stat().st_mtime_ns
    assert shop.run("--calibrate", str(file)) == 0
    assert file.stat().st_mtime_ns == written
    MatcherSettings(model="of another").save(file)
    assert shop.run("--calibrate", str(file)) == 0
    assert MatcherSettings.load(file, ColourEncoder.identity).model == ColourEncoder.identity.checksum


def test_a_catalogue_whose_pictures_are_all_gone_is_refused(shop: Shop) -> None:
    with pytest.raises(NothingToMatch):
        renew(Catalogue((), ()), ColourEncoder(), shop.out, progress=False)
