"""What each choice of a training is worth: every run differs from the base in what it says, and only there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ops.ablate_replies import BASE, CHANGES, LORA, LORA_RATE, RATES, SEARCH, lines_of, main, part_of
from replies.examples import read_folder
from tests.replies.small import SETTINGS, small_examples, write_small_examples

HOUSE = Path("data/replies")


def test_every_change_is_one_that_a_training_can_be_run_with() -> None:
    for change in CHANGES.values():
        assert replace(SETTINGS, **change) == SETTINGS or change
    assert sum(not change for change in CHANGES.values()) == 3


def test_a_part_holds_whole_families_and_all_that_are_held_out() -> None:
    every = read_folder(HOUSE)
    part = part_of(every, 3)
    assert part == part_of(every, 3)
    assert [one for one in part if one.split != "train"] == [one for one in every if one.split != "train"]
    learnt, left = ({one.family for one in group if one.split == "train"} for group in (part, every))
    assert len(learnt) == pytest.approx(len(left) / 3, rel=0.15)
    assert sum(one.family in learnt for one in every) == sum(one.split == "train" for one in part)


def test_runs_begin_alike_and_end_with_what_they_learnt() -> None:
    names = (BASE, SEARCH, "no dropout", LORA)
    lines = {line.name: line for line in lines_of(small_examples(), SETTINGS, names)}
    assert tuple(lines) == names
    again = next(lines_of(small_examples(), SETTINGS, [BASE]))
    assert (again.right, again.nats) == (lines[BASE].right, lines[BASE].nats)
    assert lines["no dropout"].nats != lines[BASE].nats
    assert lines[SEARCH].rate in RATES
    assert lines[LORA].rate == LORA_RATE
    assert lines[LORA].nats < lines[BASE].nats


def test_the_command_writes_its_table_and_its_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_small_examples(tmp_path / "data")
    figures, plot = tmp_path / "a.json", tmp_path / "a.png"
    options = ["--data", str(data), "--parts", "1", "--epochs", "1", "--json", str(figures), "--plot", str(plot)]
    assert main([*options, "--only", BASE, "no copying practice"]) == 0
    found = json.loads(figures.read_text(encoding="utf-8"))
    assert [line["name"] for line in found["lines"]] == [BASE, "no copying practice"]
    assert all(0 <= line["right"] <= 1 for line in found["lines"])
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "no copying practice" in capsys.readouterr().out
    assert main(["--data", str(tmp_path / "nothing")]) == 1
