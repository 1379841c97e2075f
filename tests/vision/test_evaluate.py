"""An evaluation measures what it says, keeps what it made, and tells it to people and machines."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from rich.console import Console

from tests.vision.tiny import COLOURS, ColourEncoder, plain
from vision.benchmarks.benchmark import Benchmark, Shots
from vision.benchmarks.frozen import centred, of_products
from vision.catalogue import Item, write_catalogue
from vision.damage import DAMAGES
from vision.evaluate import main
from vision.evaluation import Section, best_of, damages, model_ranker, retrieval, some_of_each, texts
from vision.evaluation_models import TRAINED_BY, Models
from vision.report import report_of, show
from vision.train_settings import TrainSettings

NAMES = ("red", "green", "blue", "yellow")
ITEMS = tuple(
    Item(name, f"{name} thing", category=("warm" if name in {"red", "yellow"} else "cold",)) for name in NAMES
)


def shots(*names: str) -> Shots:
    return Shots(names, lambda: [plain(name) for name in names])


@pytest.fixture
def benchmark() -> Benchmark:
    return Benchmark("colours", "plain colours", ITEMS, shots(*NAMES), shots("red", "blue", "blue"))


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(tmp_path / "cache", TrainSettings(), progress=False)


def test_an_encoder_that_sees_colours_finds_them_all(models: Models, benchmark: Benchmark) -> None:
    scores = model_ranker(models, ColourEncoder(), benchmark)(benchmark.queries)
    figures = retrieval(benchmark, scores, benchmark.queries)
    assert {figures[name] for name in ("R@1", "mAP", "class R@1")} == {1.0}


def test_a_wrong_product_of_the_right_class_counts_for_the_class_alone(benchmark: Benchmark) -> None:
    scores = np.array([[0.1, 0.2, 0.3, 0.9], [0.1, 0.9, 0.8, 0.0], [0.0, 0.0, 0.9, 0.0]], np.float32)
    figures = retrieval(benchmark, scores, benchmark.queries)
    assert figures["R@1"] == pytest.approx(1 / 3)
    assert figures["class R@1"] == 1.0


def test_words_find_photos_and_photos_find_words(models: Models, benchmark: Benchmark) -> None:
    assert set(texts(models, ColourEncoder(), benchmark).values()) == {1.0}


def test_every_kind_of_damage_is_measured_for_every_way(models: Models, benchmark: Benchmark) -> None:
    ranker = model_ranker(models, ColourEncoder(), benchmark)
    rows = damages({"colours": ranker}, benchmark, benchmark.queries)
    assert set(rows) == set(DAMAGES)
    assert rows["none"] == rows["rotation 90"] == {"colours": 1.0}


def test_vectors_are_made_once_and_by_content(models: Models) -> None:
    class Counting(ColourEncoder):
        seen = 0

        def encode_images(self, images):  # type: ignore[no-untyped-def]
            Counting.seen += len(images)
            return super().encode_images(images)

    first = models.vectors(Counting(), [plain("red"), plain("blue")])
    again = models.vectors(Counting(), [plain("red"), plain("blue")])
    assert (first == again).all()
    assert Counting.seen == 2
    models.vectors(Counting(), [plain("blue"), plain("red")])
    assert Counting.seen == 4


def test_a_model_follows_from_modules_that_are_there() -> None:
    assert all(Path("vision", f"{name}.py").is_file() for name in TRAINED_BY)


def test_a_catalogue_is_written_once_for_the_same_content(models: Models, benchmark: Benchmark) -> None:
    first, again = (models.catalogue(ITEMS, [benchmark.main]) for _ in range(2))
    assert first == again
    assert len(list((models.cache / "catalogues").iterdir())) == 1
    other = models.catalogue((replace(ITEMS[0], title="else"), *ITEMS[1:]), [benchmark.main])
    assert other.items[0].title == "else"


def test_a_product_has_the_score_of_its_best_picture() -> None:
    scores = np.array([[0.1, 0.7, 0.4]], np.float32)
    assert best_of(scores, ("red", "red", "green"), ITEMS[:3]).tolist()[0] == pytest.approx([0.7, 0.4, -np.inf])


def test_photos_that_are_added_are_so_many_of_each_product() -> None:
    drawn = some_of_each(shots(*["red"] * 6, *["blue"] * 2), 3, seed=1)
    assert sorted(drawn.item_ids) == ["blue"] * 2 + ["red"] * 3
    assert drawn.item_ids == some_of_each(shots(*["red"] * 6, *["blue"] * 2), 3, seed=1).item_ids


def test_means_are_taken_from_each_side() -> None:
    rng = np.random.default_rng(0)
    near = rng.standard_normal((5, 8)).astype(np.float32)
    queries, gallery = centred(near + 9, near - 4, near + 9)
    assert queries == pytest.approx(gallery, abs=1e-5)


def test_the_mean_of_a_product_without_photos_is_nothing() -> None:
    rows = of_products(np.eye(3, dtype=np.float32), ["red", "red", "blue"], ["red", "green", "blue"])
    assert rows[0] == pytest.approx([0.5**0.5, 0.5**0.5, 0])
    assert not rows[1].any()


def test_tables_and_json_hold_the_same_figures() -> None:
    sections = [
        Section("many", "two rows", {"frozen": {"R@1": 0.25}, "tuned": {"R@1": 0.75, "queries": 1234.0}}),
        Section("one", "a row", {"served": {"auroc": 0.9871}}),
    ]
    console = Console(file=io.StringIO(), width=120)
    for section in sections:
        show(section, console)
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(part in printed for part in ("0.250", "0.750", "1,234", "0.987", "two rows"))
    report = json.loads(json.dumps(report_of(sections, 3.0), allow_nan=False))
    assert report["sections"]["many"]["rows"]["tuned"] == {"R@1": 0.75, "queries": 1234.0}
    assert report["made_with"]["torch"]


def test_a_shops_pictures_are_damaged_and_found_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in NAMES[:3]:
        image = Image.new("RGB", (96, 96), "white")
        ImageDraw.Draw(image).ellipse((20, 10, 70, 90), COLOURS[name])
        image.save(tmp_path / f"{name}.png")
    rows = [{"item_id": name, "photo": f"{name}.png"} for name in NAMES[:3]]
    write_catalogue(tmp_path / "shop" / "data", [{"item_id": name, "title": name} for name in NAMES[:3]], rows)
    options = ["--demo", str(tmp_path / "shop"), "--images", str(tmp_path), "--cache", str(tmp_path / "cache")]
    assert main([*options, "--json", str(tmp_path / "figures.json"), "--quiet", "--threads", "1"]) == 0
    figures = json.loads((tmp_path / "figures.json").read_text())["sections"]["demo shop, damages"]
    assert figures["rows"]["none"]["frozen tower"] == 1.0
    assert "demo shop, damages" in capsys.readouterr().out


def test_data_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--datasets", str(tmp_path), "--cache", str(tmp_path / "cache"), "--quiet"]) == 1
    assert "catalogue.csv" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--demo", "x", "--minutes", "0"]], ids=["nothing", "no time"])
def test_a_command_that_asks_for_nothing_is_refused(options: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(options)
