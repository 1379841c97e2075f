"""Keeps the replies that shoppers may judge, without ever keeping an answer back."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from shop.db import Sessions, reading, writing
from shop.errors import ShopUnavailable
from shop.reply_feedback import forget_old, give_thumb, keep_reply, thumbs_of
from shop.shoppers import Shopper

if TYPE_CHECKING:
    from actions.turn import Turn

RESPONSE, VARIABLE = "utter_reply", "reply"
"""The response that says a reply, and the variable that holds its text."""
NAME = "feedback"
"""Under which a message tells the page the id of its reply; other channels leave out what they do not know."""
SWEEP_S = 3600.0

logger = logging.getLogger(__name__)


class ReplyKeeper:
    """Keeps each reply that the page can show thumbs under, takes the thumbs, and forgets what is old.

    Args:
        sessions: the shop's database, opened with a short patience: a shopper waits for it.
        kept: how long a judged reply is kept.
        clock: seconds that only go forward.
    """

    def __init__(self, sessions: Sessions, kept: dt.timedelta, clock: Callable[[], float] = time.monotonic) -> None:
        self._sessions, self._kept, self._clock = sessions, kept, clock
        self._swept: float | None = None

    def keep(self, turn: Turn) -> None:
        """Give each reply of a turn its id; where the database does not take it, it can just not be judged."""
        if not turn.replies or not turn.is_on_page:
            return
        try:
            with writing(self._sessions) as session:
                for message in turn.messages:
                    given = turn.replies.get(message.get(VARIABLE, ""))
                    if given and message["response"] == RESPONSE:
                        message[NAME] = keep_reply(session, turn.shopper, given)
        except ShopUnavailable as error:
            for message in turn.messages:
                message.pop(NAME, None)
            logger.warning("A reply could not be kept to be judged (%s)", error.reason)

    def judge(self, shopper: Shopper, reply_id: str, thumb: str) -> bool:
        """Take a thumb; tell whether it is new.

        Raises:
            ReplyNotFound: this shopper was given no such reply, or it is no longer kept.
            InvalidThumb: it is neither up nor down.
            ShopUnavailable: the database does not answer.
        """
        with writing(self._sessions) as session:
            return give_thumb(session, shopper, reply_id, thumb)

    def judged(self, shopper: Shopper) -> dict[str, str]:
        """Give the thumb of each reply that a shopper has judged.

        Raises:
            ShopUnavailable: the database does not answer.
        """
        with reading(self._sessions) as session:
            return thumbs_of(session, shopper)

    def sweep(self) -> None:
        """Forget what is old, once an hour.

        Raises:
            ShopUnavailable: the database does not answer; the next call tries again.
        """
        now = self._clock()
        if self._swept is not None and now - self._swept < SWEEP_S:
            return
        with writing(self._sessions) as session:
            forgotten = forget_old(session, self._kept)
        self._swept = now
        if forgotten:
            logger.info("%d replies are no longer kept", forgotten)
