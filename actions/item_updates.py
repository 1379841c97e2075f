"""Tells the recommender of products that came, or changed, after its training: they are recommended from features."""

from __future__ import annotations

import datetime as dt
import logging

from actions.advisors import Store, TrainedAdvisor
from recsys.errors import RecsysError
from shop.catalogue import slugs_on_sale
from shop.db import Sessions, reading
from shop.models import utc_now
from shop.recsys_export import item_feature_frame

logger = logging.getLogger(__name__)


class ItemUpdates:
    """Looks for new and changed products each time it is asked to.

    Args:
        store: where the recommender in service is.
        sessions: the shop's database.
    """

    def __init__(self, store: Store, sessions: Sessions) -> None:
        self._store = store
        self._sessions = sessions
        self._looked_at = utc_now()

    def refresh(self) -> int:
        """Take in what is new; tell how many products that were.

        Raises:
            ShopUnavailable: the database does not answer.
            FeatureMismatch: none of what the shop knows of a product is what the model was trained with.
        """
        try:
            advisor = self._store.current()
        except (RecsysError, OSError):
            # `Advisors` tells of it where it matters.
            return 0
        now = utc_now()
        slugs = self._new_to(advisor)
        if slugs:
            with reading(self._sessions) as session:
                frame = item_feature_frame(session, slugs)
            advisor.update_items(frame)
            logger.info("%s products were told to the recommender", len(slugs))
        self._looked_at = now
        return len(slugs)

    def _new_to(self, advisor: TrainedAdvisor) -> set[str]:
        """Name what the model does not know, and what was changed since it was told last."""
        since = self._looked_at - dt.timedelta(seconds=1)
        with reading(self._sessions) as session:
            unknown = {slug for slug in slugs_on_sale(session) if not advisor.knows(slug)}
            return unknown | {*slugs_on_sale(session, changed_since=since)}
