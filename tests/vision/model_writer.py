"""Publishes models in processes of its own and kills them: `python model_writer.py FOLDER`.

Each child begins to put a new model in place of the old one, and sends itself SIGKILL at the n-th thing that it does
with a file or folder. Whoever reads the folder afterwards finds one of both whole.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from tests.vision.killing import killed_at
from tests.vision.tiny import ColourEncoder
from vision.checksums import sha256_of
from vision.saved_model import ModelCard, read_card, write_card
from vision.whole_folders import publish, sole_writer


def put(name: str, folder: Path) -> None:
    """Make a model whose card names it, and publish it."""
    with sole_writer(folder) as scratch:
        made = scratch / "model"
        made.mkdir()
        (made / "weights").write_text(name * 1000, encoding="utf-8")
        write_card(made, ModelCard(ColourEncoder.identity, 8, 0, {"weights": sha256_of(made / "weights")}, name))
        publish(made, folder)


def main(folder: Path) -> None:
    seen, aside = set(), 0
    for step in itertools.count(1):
        put("old", folder)
        killed = killed_at(step, lambda: put("new", folder))
        aside += not folder.exists()
        seen.add(read_card(folder).image_type)
        if not killed:
            break
    put("last", folder)
    assert read_card(folder).image_type == "last"
    sys.stdout.write(f"{step - 1} {aside} {sorted(seen)} {sorted(path.name for path in folder.parent.iterdir())}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
