"""What the shopper told for good, or argued for now: noted, shown as a list, and taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from actions.adjustments import DISMISS, EXCLUDE, GIFT, HISTORY, IGNORE, PRICE, WISH, Step, add, keep, steps_of
from actions.arguments import step_text, undo_button
from actions.base import ShopAction
from actions.cards import button, named_button
from actions.cart_totals import tell_left
from actions.desk_words import says_any
from actions.dislikes import disliked
from actions.exclusions import excluding, lifting
from actions.own_sizes import is_no_own_size, own_size
from actions.photo_sight import running_photo
from actions.queries import EVERYTHING, exclusion_text, from_state
from actions.search import show_query
from actions.slate_moves import query_shown, say_nothing_fits, show_again
from actions.slates import last_slate
from actions.tastes import taste_of
from actions.turn import Turn
from actions.wish_words import SaidWishes, said_wishes, still_holds
from actions.wishes import (
    BUDGET,
    SIZE,
    Wish,
    before,
    change_wishes,
    each_wish,
    wishes_of,
    with_wish,
    without_wish,
)
from actions.wishes import EXCLUDE as NEVER
from shop.interactions import take_back_dismissal

_EVERYTHING = "all"
_BUTTONS = 8
_NAMING = {NEVER: ("wish_exclude", "exclude", "brand", "colour", "category"), SIZE: ("size", "option_value")}


class ActionStateWish(ShopAction):
    """Keep a standing wish in mind."""

    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_state_wish"

    def perform(self, turn: Turn) -> None:
        """Note the wish, for a customer beyond this conversation, and show the list again with it."""
        state(turn)


def _is_about_search(turn: Turn, wishes: Sequence[Wish]) -> bool:
    """Tell "no leather", said while a search is looked at, from "I never want leather"."""
    searches = turn.slot("search_state") and (running_photo(turn) or not last_slate(turn))
    return bool(searches) and not (turn.is_lasting or turn.form) and all(wish.kind == NEVER for wish in wishes)


def _leave_out_here(turn: Turn, values: Sequence[str]) -> None:
    """Leave something out of the running search, and offer to do so for good."""
    query = excluding(turn, from_state(turn.slot("search_state")), values)
    show_query(turn, query)
    if from_state(turn.slot("search_state")).filters.exclude == query.filters.exclude:
        what = turn.labels.clauses(exclusion_text(turn.labels, value) for value in values)
        always = named_button(turn.labels.text("buttons.always", what=what), "state_wish", wish_exclude=list(values))
        turn.say("utter_excluded_here", what=what, buttons=[always])


class ActionShowWishes(ShopAction):
    """Tell what is kept in mind."""

    keeps_question = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_show_wishes"

    def perform(self, turn: Turn) -> None:
        """List wishes and arguments, each with a button that takes it back."""
        if tell_left(turn):
            return
        with turn.reading() as session:
            told, taste = _told(turn, session), taste_of(turn, session)
        _list(turn, told, "utter_told")
        if taste.profile.events and not taste.profile.edits.gift:
            turn.say(
                "utter_told_history",
                buttons=[button(turn.labels, "ignore_history", "adjust_recommendations", aspect=HISTORY)],
            )


class ActionUndoAdjustment(ShopAction):
    """Take back what was told or argued."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_undo_adjustment"

    def perform(self, turn: Turn) -> None:
        """Take back what is named, else what came last, and show the list again; a dislike takes nothing back."""
        advice = turn.services.advice
        dislikes = advice.says("dislike", turn.text) and not advice.says("removal", turn.text)
        if dislikes and not turn.from_button and said_wishes(turn).stated:
            state(turn)
        else:
            undo(turn)
            if size := own_size(turn):
                _note(turn, [Wish(SIZE, size)])


def takes_back_named(turn: Turn) -> bool:
    """Take back what is quoted of what was told, however the message was read: "remove that “no leather”"."""
    if turn.from_button or turn.form or not turn.services.advice.says("removal", turn.text):
        return False
    with turn.reading() as session:
        told = _told(turn, session)
    meant = [one.step for one in told if step_text(turn, one.step).casefold() in turn.text.casefold()]
    if meant:
        _take_back(turn, meant, restoring=False)
        turn.say("utter_undone", what=turn.labels.clauses(step_text(turn, step) for step in meant))
    return bool(meant)


def _give_up(turn: Turn, said: SaidWishes) -> None:
    """Let wishes hold no longer that a message gives up, where they were noted."""
    with turn.reading() as session:
        told = _told(turn, session)
    values = {(wish.kind, wish.value.casefold()) for wish in said.given_up}
    held = [one.step for one in told if (one.step.kind, one.step.value.casefold()) in _as_steps(values)]
    if not held:
        turn.say("utter_wish_not_held")
        return
    _take_back(turn, held, restoring=False)
    turn.say("utter_undone", what=turn.labels.clauses(dict.fromkeys(step_text(turn, step) for step in held)))
    if said.limited:
        turn.say("utter_wish_not_limited")
    _again(turn)


def _as_steps(values: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Name wishes as the steps that note them do, and those that keep a search to them."""
    return {(WISH, Wish(*value).name) for value in values} | {(EXCLUDE, value) for _, value in values}


def state(turn: Turn) -> None:
    """Note the wishes that a message states, let go of those it gives up, and show the list again."""
    said = said_wishes(turn)
    stated_now = said.stated
    if said.given_up:
        _give_up(turn, said)
    if not stated_now:
        if not said.given_up:
            no_size = not turn.from_button and is_no_own_size(turn)
            turn.say("utter_size_not_noted" if no_size else "utter_ask_wish")
        return
    if _is_about_search(turn, stated_now):
        _leave_out_here(turn, [wish.value for wish in stated_now])
        return
    with turn.reading() as session:
        held = each_wish(wishes_of(turn, session))
    if said.given_up and all(wish in held for wish in stated_now):
        # "Leather is fine now, still no pink" says of pink what is known.
        return
    _note(turn, stated_now)
    _again(turn)


def _note(turn: Turn, stated_now: Sequence[Wish]) -> None:
    """Let wishes hold from now on, and say so."""
    with turn.writing() as session:
        wishes = wishes_of(turn, session)
        for wish in stated_now:
            if wish not in each_wish(wishes):
                add(turn, Step(WISH, wish.name, before(wishes, wish)))
            wishes = with_wish(wishes, wish)
        kept = change_wishes(turn, session, wishes)
    wanted = turn.labels.clauses(wish.text(turn.labels) for wish in stated_now)
    undo = [undo_button(turn, Step(WISH, wish.name)) for wish in stated_now[:_BUTTONS]]
    turn.say("utter_wish_saved" if kept else "utter_wish_noted", wish=wanted, buttons=undo)


def note_further_dislikes(turn: Turn) -> list[str]:
    """Keep in mind what is disliked, too, where other such things are kept: "I don't like white either"; give it."""
    advice = turn.services.advice
    if turn.from_button or not advice.says("dislike", turn.text) or advice.says("removal", turn.text):
        return []
    with turn.reading() as session:
        held = each_wish(wishes_of(turn, session))
    named = set(disliked(turn))
    further = [one for one in said_wishes(turn).stated if one.kind == NEVER and one.value in named]
    if not further or all(one.kind != NEVER for one in held):
        return []
    _note(turn, further)
    return [one.value for one in further]


def forgets_wrong_size(turn: Turn) -> bool:
    """Forget a size that was noted by mistake, and say sorry; tell whether a message complains of one."""
    if turn.from_button or not says_any(turn, "told.wrongly_noted"):
        return False
    with turn.reading() as session:
        told = _told(turn, session)
    sizes = [one.step for one in told if one.step.kind == WISH and Wish.named(one.step.value).kind == SIZE]
    meant = [step for step in sizes if Wish.named(step.value).value.split()[-1] in turn.text] or sizes[-1:]
    if not meant:
        return False
    _take_back(turn, meant, restoring=False)
    turn.say("utter_wish_noted_wrongly", what=turn.labels.clauses(step_text(turn, step) for step in meant))
    return True


def undo(turn: Turn) -> None:
    """Take back what a message names, else what was told last."""
    with turn.reading() as session:
        told = _told(turn, session)
    everything = _EVERYTHING in (*turn.entities("reference"), *turn.entities("adjustment"))
    named = told if everything else _named(turn, told)
    meant = named or _last(turn, told)
    if not meant:
        _list(turn, told, "utter_nothing_to_undo")
        return
    what = turn.labels.clauses(step_text(turn, one.step) for one in meant)
    _take_back(turn, [one.step for one in meant], restoring=not named)
    turn.say("utter_undone", what=what)
    excluded = {one.step.value for one in meant if one.step.kind == EXCLUDE}
    if excluded and not turn.form:
        show_query(turn, lifting(from_state(turn.slot("search_state")), excluded))
    else:
        _again(turn)


@dataclass(frozen=True)
class _Told:
    """One thing that can be taken back, a wish too, and whether it was said in this conversation."""

    step: Step
    here: bool = True


def _told(turn: Turn, session: Session) -> list[_Told]:
    """List the wishes of other days, then what was said in this conversation, in its order."""
    steps = steps_of(turn)
    names = {wish.name for wish in each_wish(wishes_of(turn, session))}
    here = {step.value: step for step in steps if step.kind == WISH and step.value in names}
    before_today = [_Told(Step(WISH, name), here=False) for name in sorted(names - here.keys())]
    running = from_state(turn.slot("search_state")) if turn.slot("search_state") else EVERYTHING
    over = [step for step in steps if step.kind == EXCLUDE and step.value not in running.filters.exclude]
    holding = (step for step in steps if step not in over)
    return [*before_today, *(_Told(step) for step in holding if step.kind != WISH or step is here.get(step.value))]


def _named(turn: Turn, told: Sequence[_Told]) -> list[_Told]:
    """Find what a message names of what was told."""
    return [one for one in told if _names(turn, one.step)]


def _names(turn: Turn, step: Step) -> bool:
    if step.kind == WISH:
        return _names_wish(turn, Wish.named(step.value))
    if step.kind == EXCLUDE:
        return _names_wish(turn, Wish(NEVER, step.value))
    if step.kind == IGNORE:
        return step.value in turn.entities("aspect")
    if step.kind == PRICE:
        return PRICE in turn.entities("aspect")
    if step.kind == GIFT:
        return turn.entity("adjustment") in (GIFT, "self") or HISTORY in turn.entities("aspect")
    return step.value in turn.entities("product")


def _names_wish(turn: Turn, wish: Wish) -> bool:
    aspects = turn.entities("aspect")
    if wish.kind == BUDGET:
        return bool(turn.entities("price_max")) or PRICE in aspects
    if wish.kind == SIZE and SIZE in aspects:
        return True
    if wish.kind == NEVER and still_holds(turn, wish.value):
        return False
    named = (value for kind in _NAMING[wish.kind] for value in turn.entities(kind))
    return wish.value.casefold() in {turn.services.glossary.translated(value).casefold() for value in named}


def _last(turn: Turn, told: Sequence[_Told]) -> list[_Told]:
    """Take the latest thing said in this conversation; what is of another day only where it is named."""
    if any(turn.entities(name) for name in ("wish_exclude", "exclude", "size", "aspect", "product")):
        return []
    return [one for one in told if one.here][-1:]


def _take_back(turn: Turn, meant: Sequence[Step], *, restoring: bool) -> None:
    """Forget steps; with `restoring`, the budget or size that a wish took the place of holds again."""
    with turn.writing() as session:
        wishes = wishes_of(turn, session)
        for step in meant:
            if step.kind == WISH:
                wishes = without_wish(wishes, Wish.named(step.value), step.reference if restoring else None)
            elif step.kind == DISMISS:
                take_back_dismissal(session, turn.shopper, step.value)
        change_wishes(turn, session, wishes)
    keep(turn, [step for step in steps_of(turn) if step not in meant])


def _list(turn: Turn, told: Sequence[_Told], response: str) -> None:
    if not told:
        turn.say("utter_nothing_told", buttons=[button(turn.labels, "popular", "recommend")])
        return
    # "Cheaper" again and again: the last one is what holds.
    outdone = [one for one in told if one.step.kind == PRICE][:-1]
    told = [one for one in told if one not in outdone]
    lines = [turn.labels.text("told.line", what=step_text(turn, one.step)) for one in told]
    buttons = [undo_button(turn, one.step) for one in told[-_BUTTONS:]]
    turn.say(response, lines="\n".join(lines), buttons=buttons)


def _again(turn: Turn) -> None:
    """Show the recommendation again, where one is shown and nothing else goes on."""
    if last_slate(turn) and not turn.form and not show_again(turn):
        say_nothing_fits(turn, query_shown(turn))
