"""Photos that go with a ticket: one sent while a problem is spoken of is attached, and not searched by."""

from __future__ import annotations

from dataclasses import replace

from actions import desk
from actions.desk_case import Case
from actions.pending import CASE, CASE_YES
from actions.photo_errors import PhotoGone
from actions.photos import OWN_PHOTOS
from actions.tickets import PROBLEM
from actions.turn import Turn
from shop.tickets import MOST_PHOTOS

_REPORT = "report_problem"


def attach_photo(turn: Turn) -> bool:
    """Attach the photo of a message to the problem that it shows; tell whether there is one."""
    if not (turn.photo_url or "").startswith(OWN_PHOTOS):
        return False
    case = Case.of(turn)
    is_asked = case is not None and case.goal == PROBLEM.name and turn.pending.get("kind") in (CASE, CASE_YES)
    if not (is_asked or turn.photo_order == _REPORT):
        return False
    _attached(turn, case if is_asked and case else Case(PROBLEM.name)).keep(turn)
    desk.begin(turn, PROBLEM.name)
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
