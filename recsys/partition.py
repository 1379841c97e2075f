"""Splits a folder of frames by market, each to be trained by itself."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote

import pyarrow.compute as pc
import pyarrow.parquet as pq

from recsys import columns as c
from recsys.errors import InvalidFrame
from recsys.frames_io import (
    INTERACTIONS,
    ITEM_FEATURES,
    USER_FEATURES,
    Frames,
    check_features,
    check_interactions,
    read_file,
)

MARKETS = "markets"
"""The folder below a folder of models that holds one such folder for each market."""


def markets_of(folder: Path) -> list[str]:
    """Give the markets that interactions name, sorted; rows that name none belong to none of them.

    Raises:
        InvalidFrame: There are no interactions to read, or none of them names a market.
    """
    path = folder / INTERACTIONS
    try:
        column = pq.read_table(path, columns=[c.MARKET])[c.MARKET]
    except (OSError, ValueError, KeyError) as error:
        raise InvalidFrame(c.MARKET, str(path), f"no column of markets can be read ({error})") from error
    found = sorted(str(market) for market in pc.unique(column).to_pylist() if market)
    if not found:
        raise InvalidFrame(c.MARKET, str(path), "no interaction names a market")
    return found


def read_market(folder: Path, market: str) -> Frames:
    """Read what one market is trained from, without reading the events of the others.

    Items are those of the whole shop: what another market sells is known by its features here. Features of users are
    those of the users who did anything here; who came to several markets is a user of each.

    Raises:
        InvalidFrame: A file cannot be read.
    """
    interactions = check_interactions(read_file(folder / INTERACTIONS, [(c.MARKET, "==", market)]))
    users = check_features(read_file(folder / USER_FEATURES), c.USER_ID)
    items = check_features(read_file(folder / ITEM_FEATURES), c.ITEM_ID)
    if users is not None:
        users = users[users[c.USER_ID].isin(interactions[c.USER_ID])].reset_index(drop=True)
    return Frames(interactions, users, items)


def root_of(root: Path, market: str | None) -> Path:
    """Give the folder of models of a market; None is the whole shop. Any name makes one safe folder."""
    return root if market is None else root / MARKETS / (quote(market, safe="").replace(".", "%2E"))


def markets_in(root: Path) -> list[str]:
    """Give the markets that have a folder of models."""
    folder = root / MARKETS
    return sorted(unquote(one.name) for one in folder.iterdir()) if folder.is_dir() else []
