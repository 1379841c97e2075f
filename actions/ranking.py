"""What is shown and in which order: the recommender's answer, or the second best where it has none, and its log."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from actions.advisors import Advice, Advisor
from actions.reasons import told_truly
from actions.slates import DEALS, GOES_WITH, NEW, SIMILAR, Request
from actions.tastes import Taste
from actions.turn import Turn
from recsys.errors import RecsysError
from recsys.slate import Slate
from shop.slates import ShownItem, log_slate

PAGE = 5

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ranking:
    """What came out, and who ranked it."""

    advice: Advice
    slate: Slate


def rank(
    turn: Turn, request: Request, taste: Taste, candidates: Collection[str], promoted: Collection[str] = ()
) -> Ranking:
    """Order what may be shown.

    Args:
        turn: the turn.
        request: the task.
        taste: what is known of the shopper.
        candidates: the products that may be shown.
        promoted: the products on offer, which deals are taken from.
    """
    advice = turn.services.advisors.current()
    try:
        slate = _ask(turn, advice.advisor, request, taste, candidates, promoted)
    except RecsysError as error:
        # A product newer than the model, say: the shopper gets the second best rather than an apology.
        logger.warning("The recommender could not answer (%s): %s", request.task, type(error).__name__)
        advice = turn.services.advisors.fallback
        slate = _ask(turn, advice.advisor, request, taste, candidates, promoted)
    liked = taste.profile.edits.more_like
    told = (replace(item, reasons=told_truly(item.reasons, request.seeds, liked)) for item in slate)
    return Ranking(advice, replace(slate, items=tuple(told)))


def log_shown(turn: Turn, session: Session, task: str, ranking: Ranking) -> str:
    """Keep what is being shown in the shop's log, and give the id under which clicks can name it.

    Args:
        turn: the turn.
        session: a session of `turn.writing()`.
        task: what was asked for.
        ranking: what is shown, in the order in which it is shown.
    """
    slate, version = ranking.slate, ranking.advice.advisor.version
    items = [ShownItem(item.item_id, float(item.score), float(item.propensity)) for item in slate]
    return log_slate(session, turn.shopper, task, slate.policy, version, items)


def _ask(
    turn: Turn,
    advisor: Advisor,
    request: Request,
    taste: Taste,
    candidates: Collection[str],
    promoted: Collection[str],
) -> Slate:
    profile = taste.profile
    if request.task == SIMILAR:
        return advisor.similar_items(request.seeds[0], PAGE, candidates=candidates, profile=profile)
    if request.task == GOES_WITH:
        return advisor.bought_together(request.seeds, PAGE, candidates=candidates)
    if request.task == NEW:
        return advisor.new_items(profile, PAGE, candidates=candidates, now=dt.datetime.now(dt.timezone.utc))
    if request.task == DEALS:
        return advisor.deals(profile, promoted, PAGE, candidates=candidates)
    exploration = turn.services.settings.exploration
    fresh = advisor.recommend(profile, PAGE, candidates=candidates, exploration=exploration)
    if len(fresh) == min(PAGE, len(candidates)):
        return fresh
    # Who has seen nearly everything of a kind is rather shown it again than nothing.
    return advisor.recommend(profile, PAGE, candidates=candidates, exclude_seen=False, exploration=exploration)
