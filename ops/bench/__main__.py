"""Times the whole assistant beside Rasa's stock pipeline on the same data: `python -m ops.bench [--json FILE]`.

Both are trained with an empty cache and served at the same time, and take turns under load, so that a slow minute of
the machine falls on both. A shopper types the next message as soon as the answer is there.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import psutil
from rich.console import Console
from tqdm import tqdm

from ops.bench.load import run_load
from ops.bench.report import OURS, STOCK, Figures, as_json, as_table, rows
from ops.bench.training import train
from ops.launch import ASSISTANT_PYTHON
from ops.stack import Stack

CONFIGS = {OURS: Path("config.yml"), STOCK: Path("ops/bench/stock_config.yml")}
SHOPPERS = (1, 8, 32)
WARM_UP_SECONDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and write JSON where asked."""
    options = _parser().parse_args(arguments)
    console = Console()
    names = [OURS] if options.without_stock else [OURS, STOCK]
    with tempfile.TemporaryDirectory() as temporary:
        measured = _measure(names, Path(temporary), options.rounds, options.seconds, console)
    found = rows(measured[OURS], measured.get(STOCK))
    console.print(as_table(found, options.rounds))
    if options.json:
        options.json.write_text(json.dumps(as_json(found, options.rounds, options.seconds), indent=2) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.bench", description="Time the whole assistant.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--rounds", type=int, default=3, help="how often each load is run (default 3)")
    parser.add_argument("--seconds", type=int, default=10, help="how long one load lasts (default 10)")
    parser.add_argument("--without-stock", action="store_true", help="leave Rasa's stock pipeline out")
    return parser


def _measure(names: Sequence[str], folder: Path, rounds: int, seconds: int, console: Console) -> dict[str, Figures]:
    measured: dict[str, Figures] = {}
    for name in names:
        console.print(f"training {name} ({CONFIGS[name]}) from nothing ...")
        measured[name] = Figures(train(Path(ASSISTANT_PYTHON), CONFIGS[name], folder))
    with ExitStack() as running:
        stacks = {name: _start(name, folder, measured[name], running, console) for name in names}
        _load_in_turns(stacks, measured, rounds, seconds)
        for name, stack in stacks.items():
            measured[name].assistant_mib = _resident_mib(stack.pids["assistant"])
            measured[name].actions_mib = _resident_mib(stack.pids["actions"])
    return measured


def _start(name: str, folder: Path, figures: Figures, running: ExitStack, console: Console) -> Stack:
    console.print(f"starting {name} ...")
    home = folder / name
    home.mkdir()
    stack = Stack(home, home, model=figures.training.model)
    running.callback(stack.stop)
    figures.start_s = stack.start()
    return stack


def _load_in_turns(stacks: dict[str, Stack], measured: dict[str, Figures], rounds: int, seconds: int) -> None:
    for stack in stacks.values():
        run_load(stack.base_url, 1, WARM_UP_SECONDS)
    loads = [(shoppers, name) for _ in range(rounds) for shoppers in SHOPPERS for name in stacks]
    for shoppers, name in tqdm(loads, desc="loads", unit="load"):
        load = run_load(stacks[name].base_url, shoppers, seconds)
        measured[name].loads.setdefault(shoppers, []).append(load)


def _resident_mib(pid: int) -> float:
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return float(sum(member.memory_info().rss for member in family)) / 2**20


if __name__ == "__main__":
    raise SystemExit(main())
