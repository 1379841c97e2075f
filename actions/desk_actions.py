"""What shoppers ask of the desk, each as the action that rules call."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar

from actions import desk
from actions.base import ShopAction
from actions.cart_changes import change_several
from actions.cart_swaps import means_cart, swap_in_cart
from actions.cart_wanted import corrects_cart
from actions.checkout import FORM
from actions.checkout_opening import resume_check_out
from actions.new_wishes import takes_new_wish
from actions.plain_questions import tell_care
from actions.slate_moves import stop_photo
from actions.turn import Turn


class DeskAction(ShopAction, ABC):
    """Begins a change of an order, or goes on with it."""

    takes_answers = True
    goal: ClassVar[str]

    def perform(self, turn: Turn) -> None:
        """Take what the message says, and ask for what is missing or propose the change."""
        desk.begin(turn, self.goal)


class ActionCancelOrder(DeskAction):
    """Cancel an order, or lines of it."""

    goal = "cancel"

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_cancel_order"


class ActionChangeAddress(DeskAction):
    """Send an order elsewhere."""

    goal = "address"

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_change_address"


class ActionExchangeProduct(DeskAction):
    """Change what was bought, or what lies in the cart, for another option of it."""

    goal = "swap"

    def perform(self, turn: Turn) -> None:
        """Change the cart where it is meant; otherwise take it as said of an order."""
        amends = (change_several, corrects_cart, swap_in_cart)
        is_of_cart = means_cart(turn) and any(amend(turn) for amend in amends)
        if not (is_of_cart or takes_new_wish(turn)):
            super().perform(turn)

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_exchange_product"


class ActionReorder(DeskAction):
    """Order the same again."""

    goal = "reorder"

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_reorder"

    def perform(self, turn: Turn) -> None:
        """Propose it; how something that was bought is to be kept is told instead."""
        if not tell_care(turn):
            super().perform(turn)


class ActionReturnProduct(DeskAction):
    """Send something back."""

    goal = "return"

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_return_product"


class ActionGoBack(ShopAction):
    """Ask the last question again."""

    takes_answers = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_go_back"

    def perform(self, turn: Turn) -> None:
        """Take the last answer back."""
        desk.go_back(turn)


class ActionStartOver(ShopAction):
    """Begin again."""

    takes_answers = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_start_over"

    def perform(self, turn: Turn) -> None:
        """Begin the open change anew; without one, forget the search, and leave the cart as it is."""
        if not desk.start_over(turn):
            stop_photo(turn)
            turn.remember(search_state=None, candidate_skus=None, slate=None)
            turn.focus(None)
            turn.say("utter_started_over")


class ActionResumeCase(ShopAction):
    """Go on with what was begun."""

    takes_answers = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_resume_case"

    def perform(self, turn: Turn) -> None:
        """Ask the question that is open, or go on with a check-out, or say that there is nothing open."""
        if turn.form == FORM:
            # The form asks its question again.
            return
        if not desk.resume(turn) and not resume_check_out(turn):
            turn.say("utter_nothing_to_go_back_to")
