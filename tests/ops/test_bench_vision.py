"""The benchmark of photo search runs, made small; the figures themselves are never part of a test."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image
from rich.console import Console

from ops.bench.load import Load
from ops.bench_vision import as_json, loads_table, search_table, towers_table
from ops.bench_vision_search import QUERIES, SearchTimes, invented, median_ms, recall_of
from vision.export import TowerFigures
from vision.images import decode

TIMES = SearchTimes(1_000, 0.0, 1.0, 0.5, 10.0, 20.0, 0.5, 0.25, None, None, 300.0)


def test_invented_galleries_have_products_in_classes_and_queries_near_them() -> None:
    vectors, item_ids, items, queries = invented(2_000, 32)
    assert vectors.shape == (2_000, 32)
    assert queries.shape == (QUERIES, 32)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert {*item_ids} <= {*items}
    assert len({record.category for record in items.values()}) > 10
    strangers = np.random.default_rng(1).standard_normal((QUERIES, 32)).astype(np.float32)
    strangers /= np.linalg.norm(strangers, axis=1, keepdims=True)
    assert (queries @ vectors.T).max(axis=1).mean() > (strangers @ vectors.T).max(axis=1).mean()
    again = invented(2_000, 32)
    assert (again[0] == vectors).all()


def test_recall_counts_what_was_found_in_any_order_and_not_what_fills_a_line() -> None:
    true = np.array([[1, 2], [3, 4]])
    assert recall_of(np.array([[2, 1], [4, 3]]), true) == 1.0
    assert recall_of(np.array([[2, 9], [3, -1]]), true) == 0.5


def test_a_question_is_asked_once_untimed_and_then_each_round() -> None:
    asked: list[int] = []
    assert median_ms(asked.append, 3) >= 0
    assert asked == [0, 0, 1, 2]


def test_tables_and_figures_hold_what_was_measured() -> None:
    towers = {"image int8": TowerFigures(4_000_000, 5.0, 0.99, 0.97)}
    loads = [Load(shoppers=8, turns=100, p50_ms=200.0, p95_ms=400.0, turns_per_s=20.0)]
    page = io.StringIO()
    console = Console(file=page, width=200)
    for table in (towers_table(towers), search_table([TIMES]), loads_table(loads, 900.0)):
        console.print(table)
    for told in ("200", "1,000 pictures", "30.5", "400", "900 MiB"):
        assert told in page.getvalue()
    figures = json.loads(json.dumps(as_json(towers, [TIMES], loads, 900.0)))
    assert figures["search"][0] == {**asdict(TIMES), "whole_ms": 30.5}
    assert figures["house"]["loads"][0]["p95_ms"] == 400.0


def test_photos_of_the_load_differ_and_can_be_read(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (1_200, 2_400, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.jpg")
    code = (
        "import sys; from pathlib import Path; from ops.bench.photo_shoppers import _photo\n"
        "folder = Path(sys.argv[1])\n"
        "for number in range(3): (folder / f'{number}.made').write_bytes(_photo(folder / 'a.jpg'))"
    )
    # Locust replaces what sockets do as soon as it is imported: it has to stay in a process of its own.
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    made = {file.read_bytes() for file in tmp_path.glob("*.made")}
    assert len(made) > 1
    assert all(max(decode(data).size) <= 1_600 for data in made)


def test_only_products_or_a_nearest_category_answer_a_photo() -> None:
    told = [
        [{"text": "Here.", "elements": [{"title": "Tripod"}]}],
        [{"text": "Nothing looks like it."}, {"text": "Perhaps?", "buttons": [{"title": "Plants"}]}],
        [{"text": "I can't search by picture at the moment."}],
        [],
    ]
    code = (
        "import json, sys; from ops.bench.photo_shoppers import address_of, has_answer\n"
        "print(json.dumps([[has_answer(said) for said in json.loads(sys.argv[1])], address_of(0), address_of(7)]))"
    )
    ran = subprocess.run([sys.executable, "-c", code, json.dumps(told)], check=True, capture_output=True, text=True)
    assert json.loads(ran.stdout) == [[True, True, False, False], "127.0.0.1", "127.0.0.8"]
