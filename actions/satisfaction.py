"""How a shopper rates the conversation: asked once, with a button for each number."""

from __future__ import annotations

from actions.cards import named_button
from actions.pending import RATING
from actions.turn import Turn
from shop.models_tickets import BEST_RATING
from shop.satisfaction import rate

SLOT = "rating_asked"
_LEFT = "requests_left"


def ask_rating(turn: Turn) -> None:
    """Ask for a rating, once a conversation."""
    if turn.slot(SLOT) or turn.slot(_LEFT):
        # What the shopper has asked for besides comes first.
        return
    turn.remember(**{SLOT: True})
    say_rating(turn)


def say_rating(turn: Turn) -> None:
    """Show a button for each number; where no other question waits, a typed number is an answer, too."""
    if not turn.pending:
        turn.ask_later(RATING)
    numbers = [str(number) for number in range(1, BEST_RATING + 1)]
    turn.say("utter_ask_rating", buttons=[named_button(one, "rate_service", rating=one) for one in numbers])


def take_rating(turn: Turn, rating: int) -> None:
    """Keep a rating, and say so."""
    with turn.writing() as session:
        replaced = rate(session, turn.shopper, rating)
    turn.remember(**{SLOT: True})
    turn.say("utter_rated_anew" if replaced else "utter_rated", rating=rating)
