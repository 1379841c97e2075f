"""What a shopper does with the slate that is shown: narrow it down, shift its price, see more, see it again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from actions.adjustments import HIGHER, LOWER, PRICE, Step, add, forget_prices, keep, steps_of
from actions.arguments import note_gift, step_text
from actions.cards import button
from actions.conditions import as_near, as_preferred
from actions.found import run_search
from actions.pending import BUDGET, said_budget
from actions.photo_moves import refine_photo, show_more_of_photo, show_photo_again
from actions.photo_sight import running_photo
from actions.queries import EVERYTHING, from_state, refined, remember_query
from actions.recommending import show, what_was_asked
from actions.said_goods import kinds_of
from actions.slates import RECOMMEND, Request, forget_slate, last_slate
from actions.targets import pivot_of
from actions.turn import Pending, Turn
from shop.search import SearchQuery

_SOME = 3


def recommend(turn: Turn, query: SearchQuery) -> None:
    """Recommend within a search; who asks again for the same sees the next page."""
    if len(kinds_of(query.text)) > 1:
        # Each kind by itself is of more use than a mixture of what is liked best.
        note_gift(turn)
        run_search(turn, query)
        return
    if _is_lacking(turn, query):
        note_gift(turn)
        run_search(turn, query)
        return
    query = as_near(turn, as_preferred(turn, query), _SOME)
    shown = last_slate(turn)
    is_same = shown and shown.request.task == RECOMMEND and query == query_shown(turn)
    if not note_gift(turn) and is_same:
        show_more_of_slate(turn)
        return
    if not is_same:
        forget_prices(turn)
    if not show(turn, Request(RECOMMEND), query):
        # What is said next narrows these words down, as after a search that finds nothing.
        forget_slate(turn)
        remember_query(turn, query)
        say_nothing_fits(turn, query)


def _is_lacking(turn: Turn, query: SearchQuery) -> bool:
    """Tell whether the shop has nothing of what is named, or only what is near to it: that is not liked best."""
    results = turn.services.search.search(replace(query, limit=1)) if query.text else None
    return results is not None and (results.near or not results.hits)


def refine_slate(turn: Turn) -> None:
    """Show the list again with what was said added: other filters, another order, "cheaper"."""
    if running_photo(turn):
        refine_photo(turn)
        return
    direction = turn.entity("price_direction")
    query = as_near(turn, refined(turn, query_shown(turn)), _SOME)
    if direction not in (LOWER, HIGHER):
        _narrow(turn, query)
        return
    pivot = pivot_of(turn, direction)
    if pivot is None:
        _narrow(turn, query)
        return
    # What was said of prices as a filter would stand against it.
    filters = query.filters
    open_ended = replace(filters, price_min=None) if direction == LOWER else replace(filters, price_max=None)
    argue(turn, Step(PRICE, direction, str(pivot)), replace(query, filters=open_ended))


def show_more_of_slate(turn: Turn) -> None:
    """Show the next page; no product comes twice."""
    if running_photo(turn):
        show_more_of_photo(turn)
        return
    slate = last_slate(turn)
    if slate and not show(turn, slate.request, query_shown(turn)):
        turn.say("utter_no_more", total=len(slate.request.shown))


def argue(turn: Turn, step: Step, query: SearchQuery | None = None) -> None:
    """Take an argument, say what it changes, and show the list again; one that leaves nothing is not kept."""
    before = steps_of(turn)
    text = step_text(turn, step)
    add(turn, step)
    messages = len(turn.messages)
    turn.say("utter_adjusted", change=text)
    if not show_again(turn, query=query, undoable=True):
        keep(turn, before)
        del turn.messages[messages:]
        turn.say("utter_nothing_left", change=text)


def show_again(turn: Turn, *, query: SearchQuery | None = None, undoable: bool = False) -> bool:
    """Recommend what was last recommended from its first page on, or anything where nothing was; tell whether it was.

    Args:
        turn: the turn.
        query: a search that takes the place of the one before.
        undoable: whether a button takes back what the shopper has just said.
    """
    if running_photo(turn):
        show_photo_again(turn, query)
        return True
    slate = last_slate(turn)
    request = replace(slate.request, shown=()) if slate else Request()
    return show(turn, request, query or query_shown(turn), undoable=undoable)


def goes_on(turn: Turn) -> bool:
    """Tell whether what is said now is about a list that was made for the shopper, or about their photo."""
    return bool(last_slate(turn) or running_photo(turn))


def stop_photo(turn: Turn) -> None:
    """Forget the photo with all that narrowed its list down; the list stays as what was last shown."""
    if running_photo(turn):
        forget_slate(turn)
        turn.remember(search_state=None)


def query_shown(turn: Turn) -> SearchQuery:
    """Give the words and filters of the slate that is shown."""
    state = turn.slot("search_state")
    return from_state(state) if state and goes_on(turn) else EVERYTHING


def say_nothing_fits(turn: Turn, query: SearchQuery) -> None:
    """Tell honestly that nothing can be recommended, what it would have to fit, and how to loosen that."""
    turn.say(
        "utter_no_recommendation",
        criteria=what_was_asked(turn, query),
        buttons=[button(turn.labels, "wishes", "show_wishes")],
    )


def answer_taste(turn: Turn, pending: Pending) -> bool:
    """Take the answer to a question of taste; tell whether it was one."""
    if not last_slate(turn):
        return False
    query = refined(turn, query_shown(turn))
    number = said_budget(turn)
    if pending["asked"] == BUDGET and number is not None and query.filters.price_max is None:
        query = replace(query, filters=replace(query.filters, price_max=Decimal(number)))
    if query != query_shown(turn) and _is_lacking(turn, query):
        run_search(turn, query)
        return True
    return query != query_shown(turn) and show_again(turn, query=query)


def _narrow(turn: Turn, query: SearchQuery) -> None:
    if not show_again(turn, query=query):
        say_nothing_fits(turn, query)
