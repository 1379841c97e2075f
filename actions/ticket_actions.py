"""What shoppers want a person of the shop to do, and what they ask about something bought, as actions of rules."""

from __future__ import annotations

from actions.base import ShopAction
from actions.cards import button
from actions.catalogue import tell_option
from actions.desk_actions import DeskAction
from actions.desk_waits import put_down
from actions.pending import CONFIRM_ORDER, USE_ADDRESS
from actions.satisfaction import ask_rating, say_rating, take_rating
from actions.targets import Target, focused_product
from actions.team import latest_ticket
from actions.ticket_parts import tells_much
from actions.ticket_words import is_cut_off, says_nothing_wrong
from actions.turn import Turn
from actions.without_orders import answer_of_product, may_have_bought


class ActionTalkToPerson(DeskAction):
    """Pass the shopper on to a person."""

    goal = "person"

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_talk_to_person"


class ActionComplain(DeskAction):
    """Take a complaint."""

    goal = "complaint"

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_complain"

    def perform(self, turn: Turn) -> None:
        """Take the complaint; a mere outcry beside what was answered is offered to be passed on."""
        if turn.continues and not tells_much(turn.text):
            turn.say("utter_offer_complaint", buttons=[button(turn.labels, "complain", "complain")])
        else:
            super().perform(turn)


class ActionReportProblem(DeskAction):
    """Take that something bought is missing, wrong, damaged or faulty."""

    goal = "problem"

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_report_problem"

    def perform(self, turn: Turn) -> None:
        """Take the report, unless there is none: "nothing is broken", a piece cut off a question, a question.

        "The tablet have keyboard" asks where a tablet is in talk and none was bought.
        """
        if says_nothing_wrong(turn):
            turn.say("utter_nothing_reported")
        elif not (is_cut_off(turn) or _asks_of_unbought(turn)):
            super().perform(turn)


def _asks_of_unbought(turn: Turn) -> bool:
    """Answer a question about the thing in talk, which reads like a report; tell whether it was one."""
    if turn.entities("reason") or turn.services.reasons.find(turn.text) or may_have_bought(turn):
        return False
    with turn.reading() as session:
        focus = focused_product(turn, session)
    if focus is None or turn.entities("product") != [focus.slug]:
        return False
    tell_option(turn, Target(focus))
    return True


class ActionRequestInvoice(DeskAction):
    """Ask for an invoice."""

    goal = "invoice"

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_request_invoice"


class ActionTellWarranty(DeskAction):
    """Tell whether something bought is under warranty."""

    goal = "warranty"

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_tell_warranty"

    def perform(self, turn: Turn) -> None:
        """Tell it of an order; of a thing in talk what the shop's text says, where nothing was ordered."""
        if not answer_of_product(turn, self.goal):
            super().perform(turn)


class ActionRateService(ShopAction):
    """Take a rating of the conversation."""

    keeps_question = True
    # A one-time code may read like either: "88" is a goodbye in Chinese.
    yields_to_answer = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_rate_service"

    def perform(self, turn: Turn) -> None:
        """Keep the number that was said; without one that can be, ask for it."""
        rating = turn.number("rating")
        if rating is None or not 1 <= rating <= 5:
            say_rating(turn)
        else:
            take_rating(turn, rating)


class ActionSayGoodbye(ShopAction):
    """Say goodbye."""

    # A one-time code may read like either: "88" is a goodbye in Chinese.
    yields_to_answer = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_say_goodbye"

    def perform(self, turn: Turn) -> None:
        """Put down what is open, say goodbye, and ask how it was unless that was asked before."""
        if turn.pending.get("kind") in (CONFIRM_ORDER, USE_ADDRESS):
            # Who leaves with a summary before them may believe that it is ordered.
            turn.say("utter_order_not_placed")
        put_down(turn)
        turn.drop_now()
        turn.say("utter_goodbye")
        if latest_ticket(turn) is None:
            # Who waits for an answer to a complaint is not asked how it was.
            ask_rating(turn)
