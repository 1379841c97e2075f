"""Writes galleries in processes of its own and kills them: `python gallery_writer.py FOLDER`.

Each child begins to put another gallery in place of the one in the folder, and sends itself SIGKILL at the n-th thing
that it does with a file or folder. What the folder holds afterwards is read back whole each time.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np

from tests.vision.killing import killed_at
from vision.encoder import EncoderIdentity, Preprocess
from vision.gallery import Gallery

IDENTITY = EncoderIdentity("tiny", "0" * 64, Preprocess(8, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)), 4)


def gallery(count: int) -> Gallery:
    return Gallery.of_vectors(IDENTITY, np.eye(count, 4, dtype=np.float32), [f"item-{row}" for row in range(count)])


def main(folder: Path) -> None:
    seen = set()
    for step in itertools.count(1):
        gallery(3).save(folder)
        killed = killed_at(step, lambda: gallery(4).save(folder))
        seen.add(len(Gallery.load(folder, IDENTITY, verify=True)))
        if not killed:
            break
    gallery(2).save(folder)
    assert len(Gallery.load(folder)) == 2
    sys.stdout.write(f"{step - 1} {sorted(seen)} {len(list((folder / 'versions').iterdir()))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
