"""The arithmetic of the benchmark; the figures themselves are never part of a test."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ops.bench.load import Load, LoadFailed, _read_turns, percentile
from ops.bench.report import Figures, rows
from ops.bench.training import Training


def _figures(wall_s: float, p50s: list[float]) -> Figures:
    training = Training(Path("model.tar.gz"), wall_s=wall_s, cpu_s=wall_s, peak_mib=100.0)
    loads = [Load(shoppers=8, turns=100, p50_ms=p50, p95_ms=2 * p50, turns_per_s=1000 / p50) for p50 in p50s]
    return Figures(training, start_s=5.0, assistant_mib=500.0, actions_mib=900.0, loads={8: loads})


@pytest.mark.parametrize(("share", "expected"), [(0.5, 20.0), (0.95, 300.0), (0.1, 10.0)])
def test_a_percentile_is_the_time_that_so_many_requests_stayed_within(share: float, expected: float) -> None:
    assert percentile(Counter({10.0: 4, 20.0: 4, 300.0: 2}), share) == expected


def test_ratios_are_taken_round_by_round_with_the_better_one_on_top() -> None:
    ours = _figures(10.0, [10.0, 20.0, 10.0])
    stock = _figures(300.0, [100.0, 100.0, 60.0])
    found = {row.name: row for row in rows(ours, stock)}
    assert found["training, wall time"].ratio == 30.0
    assert found["turn, 8 shoppers, p50"].ratio == 6.0
    assert found["throughput, 8 shoppers"].ratio == 6.0


def test_without_a_peer_there_are_figures_and_no_ratios() -> None:
    found = rows(_figures(10.0, [10.0]), None)
    assert {row.stock for row in found} == {None}
    assert {row.ratio for row in found} == {None}


@pytest.mark.parametrize(
    ("entry", "detail"),
    [
        ({"name": "session"}, "no turn was finished"),
        ({"name": "turn", "num_requests": 0}, "no turn was finished"),
        ({"name": "turn", "num_requests": 9, "num_failures": 2}, "2 of 9 turns failed"),
    ],
    ids=["no turns", "none finished", "some failed"],
)
def test_a_broken_load_gives_no_figures(entry: dict, detail: str) -> None:
    with pytest.raises(LoadFailed, match=detail):
        _read_turns("http://127.0.0.1:1", 8, [entry])
