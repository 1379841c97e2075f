"""The one useful question that a shopper of unknown taste is asked beside what is popular."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from actions.cards import named_button
from actions.pending import BUDGET, CATEGORY, TASTE
from actions.slates import RECOMMEND, Request
from actions.tastes import Taste
from actions.turn import Button, Turn
from recsys.slate import Slate
from shop.catalogue import ProductView
from shop.search import SearchQuery, Sort

_OFFERED = 6
_WORTH_A_LIMIT = 2
"""A limit chooses among so many things; one that fits needs none."""
_ROUND_TO = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


def open_question(query: SearchQuery, taste: Taste, slate: Slate, request: Request) -> str | None:
    """Choose what to ask: the category, then the budget; None where the taste is known or both were asked or said."""
    if request.task != RECOMMEND or request.shown or slate.temperature != "cold" or taste.profile.wanted:
        return None
    filters = query.filters
    if query.sort is not Sort.RELEVANCE:
        return None
    if not (query.text or filters.categories or CATEGORY in request.asked):
        return CATEGORY
    prices = (filters.price_min, filters.price_max, filters.price_near, taste.wishes.price_max)
    told = any(price is not None for price in prices)
    return None if told or BUDGET in request.asked or len(slate.items) < _WORTH_A_LIMIT else BUDGET


def ask_taste(turn: Turn, question: str, shown: Sequence[ProductView]) -> None:
    """Ask it, and remember that an answer is waited for."""
    turn.ask_later(TASTE, asked=question)
    if question == CATEGORY:
        turn.say("utter_ask_taste_category", buttons=_categories(turn, shown))
    else:
        currency = turn.labels.currency(shown[0].price_min.currency.code)
        turn.say("utter_ask_taste_budget", currency=currency, buttons=_budgets(turn, shown))


def _categories(turn: Turn, shown: Sequence[ProductView]) -> list[Button]:
    """Offer the categories of what is popular first, then others."""
    popular = Counter(product.categories[-1] for product in shown if product.categories)
    names = dict.fromkeys([*(name for name, _ in popular.most_common()), *turn.services.vocabulary.categories()])
    return [named_button(turn.labels.value(name), "inform", category=name) for name in list(names)[:_OFFERED]]


def _budgets(turn: Turn, shown: Sequence[ProductView]) -> list[Button]:
    """Offer two round limits around what the shown things cost."""
    middle = Decimal(median(product.price_min.amount for product in shown))
    # A limit that leaves no choice is none to offer.
    enough = sorted(product.price_min.amount for product in shown)[_WORTH_A_LIMIT - 1]
    below = max((limit for limit in _ROUND_TO if enough <= limit <= middle), default=None)
    above = min((limit for limit in _ROUND_TO if limit > middle), default=_ROUND_TO[-1])
    dearest = max(product.price_min.amount for product in shown)
    # One limit alone is no choice.
    beyond = [limit for limit in _ROUND_TO if above < limit <= dearest][:1]
    limits = sorted({above, *([below] if below else beyond)})
    titles = {limit: turn.labels.text("criteria.price_max", price=turn.labels.number(limit)) for limit in limits}
    return [named_button(titles[limit], "inform", price_max=str(limit)) for limit in limits]
