"""Reads many messages at once, as a training does: on all processors, with a bar.

A message takes a millisecond or two, and Python reads one at a time in a process, however many processors there are.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any, TypeVar

from tqdm import tqdm

from assistant.nlu.reader import MessageReader, Value

# Fewer are read before another process has loaded its word lists.
MANY = 4000
_AT_ONCE = 200

Item, Result = TypeVar("Item"), TypeVar("Result")


def read_all(files: Mapping[str, Any], texts: Sequence[str], intent: str, what: str) -> list[list[Value]]:
    """Give what each text names, in the order of the texts.

    Args:
        files: what the reader is loaded from.
        texts: of the messages.
        intent: as one of which they are read.
        what: the title of the bar.

    Raises:
        ArtifactError: a file that the set-up makes is missing or damaged.
        WordListError: a word list is.
    """
    return shared_out(partial(_read, files, intent), texts, what)


def shared_out(work: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item], what: str) -> list[Result]:
    """Give what some work makes of items, in their order; from MANY on they are shared out among processes.

    Args:
        work: what is done with a part of the items; another process must be able to import it.
        items: of the work.
        what: the title of the bar.
    """
    if len(items) < MANY:
        return work(items)
    parts = [items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE)]
    found: list[Result] = []
    with (
        # A fork of a process with threads, such as the encoders have, can wait for a lock that nobody opens.
        ProcessPoolExecutor(len(os.sched_getaffinity(0)), get_context("spawn")) as pool,
        tqdm(total=len(items), desc=what, unit=" messages", file=sys.stderr, leave=False) as bar,
    ):
        for part, made in zip(parts, pool.map(work, parts), strict=True):
            found += made
            bar.update(len(part))
    return found


def _read(files: Mapping[str, Any], intent: str, texts: Sequence[str]) -> list[list[Value]]:
    reader = MessageReader.load(**files)
    return [reader.read(text, intent) for text in texts]
