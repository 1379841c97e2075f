"""Scores every user ahead of time: the best items of each as Parquet files, for mails and reports.

`python -m recsys.batch --root artifacts/recsys/shop --out artifacts/recsys/shop/batch --k 10`
`python -m recsys.batch --root ROOT --out FOLDER --by market --engine ray --workers 4`

The folder holds part files that are read as one (`pandas.read_parquet(FOLDER)`): user_id, rank (from 1), item_id,
score, probability (none where a user is known by nothing and gets what is popular), version and market. What a user
had to do with or dismissed is left out, as it is when a recommendation is asked for.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from recsys.batch_task import run_batch, tasks_of
from recsys.engine import engine_of
from recsys.errors import RecsysError
from recsys.partition import markets_in


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 1 and a message where no model can be read."""
    options = _parser().parse_args(arguments)
    draft = options.out.with_name(f".{options.out.name}.draft")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        markets: Sequence[str | None] = [None] if options.by is None else markets_in(options.root)
        tasks = tasks_of(options.root, markets, options.k, draft)
        draft.mkdir(parents=True)
        with engine_of(options.engine, options.workers, options.ray_address) as engine:
            rows = engine.map(run_batch, tasks)
        shutil.rmtree(options.out, ignore_errors=True)
        draft.replace(options.out)
    except (RecsysError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{options.out}: {sum(rows):,} rows in {len(rows)} files\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m recsys.batch", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, required=True, help="the folder of models")
    parser.add_argument("--out", type=Path, required=True, help="a folder; one that is there is replaced")
    parser.add_argument("--k", type=int, default=10, help="items for each user (%(default)s)")
    parser.add_argument("--by", choices=("market",), help="by the model of each market")
    parser.add_argument("--engine", choices=("local", "ray"), default="local", help="%(default)s by default")
    parser.add_argument("--workers", type=int, default=2, help="of Ray, on this machine (%(default)s)")
    parser.add_argument("--ray-address", help="of a Ray cluster whose machines share these folders")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
