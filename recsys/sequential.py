"""A deep sequential model: what comes next after the last things a shopper met, in their order."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from recsys.arrays import Csr, FloatArray, IntArray
from recsys.columns import ITEM, KIND, POSITIVE_KINDS, TIMESTAMP, USER
from recsys.model import Baseline

if TYPE_CHECKING:
    from rectools.models import SASRecModel

    from recsys.dataset import InteractionDataset

BATCH = 256
"""Histories that are read at once."""


class SASRec(Baseline):
    """Rank by a small SASRec network (Kang and McAuley, 2018), as RecTools trains it, on the processor and one thread.

    It learns to tell each item from a few that are drawn, by sampled softmax, so that its memory and time do not grow
    with the catalogue.

    The network reads the last `length` items that a user met, the latest at the end, each item once, where it was met
    last. It learns from users with two items or more, and knows the items of those; where there is no such user, all
    scores are 0. A user without a known item has zeros. An item that is not known gets the user's lowest score, so
    that it never rises above an item of which the network thinks ill.
    """

    name = "sasrec"

    def __init__(
        self,
        factors: int = 64,
        blocks: int = 1,
        heads: int = 2,
        length: int = 50,
        dropout: float = 0.4,
        negatives: int = 64,
        learning_rate: float = 5e-3,
        batch_size: int = 32,
        epochs: int = 10,
        seed: int = 17,
    ) -> None:
        self.factors = factors
        self.blocks = blocks
        self.heads = heads
        self.length = length
        self.dropout = dropout
        self.negatives = negatives
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.seed = seed

    def _learn(self, histories: Csr, dataset: InteractionDataset) -> None:
        meetings = last_meetings(dataset)
        self._numbers = np.zeros(len(dataset.items), dtype=np.int64)
        self._user_vectors = np.zeros((len(dataset.users), self.factors), dtype=np.float32)
        self._item_vectors = np.zeros((1, self.factors), dtype=np.float32)
        if meetings[USER].duplicated().any():
            with quiet_single_thread(self.seed):
                network = self._trained(meetings)
                known = np.asarray(network.data_preparator.get_known_item_ids(), dtype=np.int64)
                self._numbers[known] = network.data_preparator.get_known_items_sorted_internal_ids()
                sessions = last_sessions(meetings, self._numbers, len(dataset.users), self.length)
                self._user_vectors, self._item_vectors = vectors_of(network, sessions)

    def _score(self, users: IntArray, histories: Csr) -> FloatArray:
        told = self._user_vectors[users] @ self._item_vectors[1:].T
        scores = np.repeat(told.min(axis=1, keepdims=True, initial=0.0), histories.shape[1], axis=1)
        scores[:, self._numbers > 0] = told[:, self._numbers[self._numbers > 0] - 1]
        return scores

    def _trained(self, meetings: pd.DataFrame) -> SASRecModel:
        """Train a network on meetings; its external ids are rows of users and items."""
        from rectools import Columns
        from rectools.dataset import Dataset
        from rectools.models import SASRecModel
        from rectools.models.nn.item_net import IdEmbeddingsItemNet

        frame = pd.DataFrame(
            {
                Columns.User: meetings[USER],
                Columns.Item: meetings[ITEM],
                Columns.Weight: 1.0,
                Columns.Datetime: meetings[TIMESTAMP].dt.tz_localize(None),
            }
        )
        network = SASRecModel(
            n_factors=self.factors,
            n_blocks=self.blocks,
            n_heads=self.heads,
            session_max_len=self.length,
            dropout_rate=self.dropout,
            loss="sampled_softmax",
            n_negatives=min(self.negatives, meetings[ITEM].nunique() - 1),
            lr=self.learning_rate,
            batch_size=self.batch_size,
            item_net_block_types=(IdEmbeddingsItemNet,),
            get_trainer_func=silent_trainer,
            get_trainer_func_kwargs={"epochs": self.epochs},
        )
        return network.fit(Dataset.construct(frame))


def last_meetings(dataset: InteractionDataset) -> pd.DataFrame:
    """Give the latest positive event of each user with each item: `user`, `item`, `timestamp`, in the order of time."""
    events = dataset.interactions[dataset.interactions[KIND].isin(POSITIVE_KINDS)]
    latest = events.drop_duplicates([USER, ITEM], keep="last")
    return latest.sort_values(TIMESTAMP, kind="stable")[[USER, ITEM, TIMESTAMP]]


def last_sessions(meetings: pd.DataFrame, numbers: IntArray, n_users: int, length: int) -> IntArray:
    """Line up the last known items of each user, the latest at the end.

    Args:
        meetings: As `last_meetings` gives them.
        numbers: The network's number of each item, shape (n_items,); 0 for one that it does not know.
        n_users: How many users there are.
        length: How many items a user may have.

    Returns:
        Numbers of items, shape (n_users, length), filled up with 0 from the left.
    """
    known = meetings[numbers[meetings[ITEM]] > 0]
    from_the_end = known.groupby(USER).cumcount(ascending=False).to_numpy()
    near = from_the_end < length
    sessions = np.zeros((n_users, length), dtype=np.int64)
    sessions[known[USER][near], length - 1 - from_the_end[near]] = numbers[known[ITEM][near]]
    return sessions


def vectors_of(network: SASRecModel, sessions: IntArray) -> tuple[FloatArray, FloatArray]:
    """Read sessions with a trained network.

    Args:
        network: The trained network.
        sessions: Its numbers of items, as `last_sessions` gives them.

    Returns:
        Vectors of users, shape (n_users, d), zeros where the session is empty; and of the network's items, the one
        that fills up sessions at first, shape (n_known + 1, d). A score is the product of two.
    """
    import torch

    backbone = network.torch_model.eval()
    users = np.zeros((len(sessions), network.n_factors), dtype=np.float32)
    with torch.no_grad():
        items = backbone.item_model.get_all_embeddings()
        for rows in np.array_split(np.flatnonzero(sessions.any(axis=1)), max(1, len(sessions) // BATCH)):
            batch = {"x": torch.from_numpy(sessions[rows])}
            users[rows] = backbone.encode_sessions(batch, items)[:, -1].numpy()
    return users, items.numpy()


def silent_trainer(epochs: int) -> Any:
    """Make a Lightning trainer that trains on the processor, and neither prints nor writes."""
    from pytorch_lightning import Trainer

    return Trainer(
        accelerator="cpu",
        devices=1,
        max_epochs=epochs,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )


@contextmanager
def quiet_single_thread(seed: int) -> Iterator[None]:
    """Let torch draw from a seed, on one thread and without notices, and leave all as it was."""
    import torch
    from lightning_fabric.utilities.warnings import PossibleUserWarning

    notices = logging.getLogger("pytorch_lightning.utilities.rank_zero")
    level, threads = notices.level, torch.get_num_threads()
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        # Lightning's hints: that batches have no workers of their own, and that nothing is validated as it trains.
        warnings.simplefilter("ignore", PossibleUserWarning)
        # RecTools 0.19 gives pandas a tuple of its padding token (rectools.dataset.IdMap.from_values).
        warnings.filterwarnings("ignore", "unique with argument that is not not a Series", FutureWarning)
        # RecTools 0.19 writes its settings as JSON in a form that its own pydantic model does not expect.
        warnings.filterwarnings("ignore", "Pydantic serializer warnings", UserWarning)
        # Lightning 2.5 asks for a class that torch has replaced (pytorch_lightning.utilities._pytree).
        warnings.filterwarnings("ignore", ".*LeafSpec", FutureWarning)
        notices.setLevel(logging.WARNING)
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
            notices.setLevel(level)
