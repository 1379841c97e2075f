"""Photos that go with a ticket: one sent while something is reported is attached, and not searched by."""

from __future__ import annotations

from dataclasses import replace

from actions import desk
from actions.desk_case import Case
from actions.pending import CASE, CASE_YES
from actions.photo_errors import PhotoGone
from actions.photos import OWN_PHOTOS
from actions.tickets import COMPLAINT, PROBLEM
from actions.turn import Turn
from shop.tickets import MOST_PHOTOS

_REPORT = "report_problem"
_GOALS = frozenset({PROBLEM.name, COMPLAINT.name})


def attach_photo(turn: Turn) -> bool:
    """Attach the photo of a message to what is being reported; tell whether something is."""
    if not (turn.photo_url or "").startswith(OWN_PHOTOS):
        return False
    case = Case.of(turn)
    if case is None or case.goal not in _GOALS or turn.pending.get("kind") not in (CASE, CASE_YES):
        if turn.photo_order != _REPORT:
            return False
        case = Case(PROBLEM.name)
    _attached(turn, case).keep(turn)
    desk.begin(turn, case.goal)
    return True


def _attached(turn: Turn, case: Case) -> Case:
    photo_id = (turn.photo_url or "").removeprefix(OWN_PHOTOS)
    if photo_id in case.photo_ids:
        return case
    if len(case.photo_ids) >= MOST_PHOTOS:
        turn.say("utter_photos_are_enough", most=MOST_PHOTOS)
        return case
    try:
        turn.services.photos.show(turn.shopper, photo_id)
    except PhotoGone:
        turn.say("utter_photo_not_kept")
        return case
    turn.say("utter_photo_attached")
    return replace(case, photo_ids=(*case.photo_ids, photo_id))
