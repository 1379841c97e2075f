"""What is asked of the people behind the shop: whether one is here, when one answers, how they are reached."""

from __future__ import annotations

from actions.asides import ask_form_again, is_dictated, is_typed
from actions.cards import button
from actions.desk_words import says_any
from actions.policy_answers import say_passage
from actions.satisfaction import take_rating
from actions.turn import Turn
from shop.tickets import COMPLAINT, TicketView, open_tickets

_RATES = "rate_service"
# A message of any other intent is about something else, such as the phone number of an order.
_INTENTS = frozenset(
    {
        *("talk_to_person", "ask_policy", "ask_bot", "ask_help", "greet", "complain", _RATES, "thank", "goodbye"),
        *("affirm", "deny", "inform", "track_order", "report_problem", "nlu_fallback", "out_of_scope", ""),
    }
)


def answer_about_team(turn: Turn) -> bool:
    """Say how and when the shop's people answer, where a message asks for that; tell whether it does."""
    if not is_typed(turn) or is_dictated(turn):
        return False
    if turn.intent[0] not in _INTENTS:
        return False
    if says_any(turn, "team.when_words"):
        _rate(turn)
        _say_when(turn)
    elif says_any(turn, "team.here_words"):
        _rate(turn)
        say_how_to_reach(turn)
    else:
        return False
    ask_form_again(turn)
    return True


def say_how_to_reach(turn: Turn) -> None:
    """Say that nobody is in the chat, and quote when and how somebody can be reached."""
    asks = not turn.pending
    turn.say("utter_nobody_in_chat", buttons=[button(turn.labels, "talk_to_person", "talk_to_person")] if asks else [])
    quote(turn, "reach")
    quote(turn, "hours")


def latest_ticket(turn: Turn) -> TicketView | None:
    """Give the newest ticket of the shopper's that is still open."""
    with turn.reading() as session:
        waiting = open_tickets(session, turn.shopper)
    return waiting[0] if waiting else None


def quote(turn: Turn, question: str) -> None:
    """Quote the text of the shop that answers one of the questions which the labels list; nothing without one."""
    passage = turn.services.policies_in(turn.language).answer(turn.labels.text(f"team.questions.{question}"))
    if passage is not None:
        say_passage(turn, passage)


def _say_when(turn: Turn) -> None:
    ticket = latest_ticket(turn)
    if ticket:
        turn.say("utter_ticket_stands", number=ticket.number, email=ticket.email)
    quote(turn, "complaint" if ticket and ticket.kind == COMPLAINT else "reach")


def _rate(turn: Turn) -> None:
    """Keep a rating that the same message gives: "5 from me. When will somebody reply?"."""
    rating = turn.number("rating") if turn.intent[0] == _RATES else None
    if rating is not None and 1 <= rating <= 5:
        take_rating(turn, rating)
