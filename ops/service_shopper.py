"""A scripted shopper: answers what the assistant asks, digresses, changes its mind, and says things anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ops.service_dialogues import Plan

QUESTIONS = {
    "utter_ask_case_order": "order",
    "utter_ask_order_number": "order",
    "utter_ask_case_items": "items",
    "utter_ask_other_option": "option",
    "utter_ask_return_reason": "reason",
    "utter_ask_new_street": "street",
    "utter_ask_new_city": "city",
    "utter_ask_new_postcode": "postcode",
    "utter_ask_new_country": "country",
}
"""Which fact each question of the desk asks for."""

PROPOSAL_OF = {
    goal: f"utter_ask_{'cancel_lines' if goal == 'cancel_part' else goal}"
    for goal in ("cancel_order", "cancel_part", "change_address", "change_option", "exchange", "return", "reorder")
}
"""What each goal comes to: a shopper says no to the proposal of something else."""

PROPOSALS = frozenset(PROPOSAL_OF.values())
DONE = frozenset(
    f"utter_{name}"
    for name in (
        *("cancelled", "lines_cancelled", "address_changed", "option_changed"),
        *("exchange_asked_for", "return_asked_for", "reordered"),
    )
)
REFUSALS = frozenset({"utter_refused", "utter_order_not_found"})
DROPPED = frozenset({"utter_case_dropped", "utter_case_put_off"})
WAITS = "utter_case_waits"
STILL_OPEN = "utter_case_still_open"
"""The proposal once more in a line, after a question in the middle was answered."""
_ENDS = DONE | REFUSALS | DROPPED
_MOST_TURNS = 14


@dataclass(frozen=True)
class Answer:
    """What the assistant said to one message: the names of its responses, and all that could be read."""

    responses: tuple[str, ...]
    text: str


Say = Callable[[str], Answer]


@dataclass
class Outcome:
    """How a dialogue went.

    Attributes:
        end: the response that ended it; None where it led nowhere.
        turns: the messages of the shopper.
        asked_again: questions for what the shopper had told already.
    """

    end: str | None = None
    turns: int = 0
    asked_again: int = 0
    transcript: list[str] = field(default_factory=list)


class ScriptedShopper:
    """Plays one plan."""

    def __init__(self, plan: Plan, say: Say) -> None:
        self._plan, self._say = plan, say
        self._told = set(plan.told)
        self._outcome = Outcome()
        self._openings = list(plan.openings)
        self._answered = 0
        self._digressed = self._stopped = False
        self._asked: str | None = None
        self._asked_in = ""

    def play(self) -> Outcome:
        """Talk until it is done, refused, called off or leads nowhere."""
        text: str | None = self._openings.pop(0)
        while text is not None and self._outcome.turns < _MOST_TURNS:
            answer = self._tell(text)
            self._outcome.end = next((one for one in reversed(answer.responses) if one in _ENDS), None)
            text = None if self._outcome.end else self._next(answer)
        return self._outcome

    def _tell(self, text: str) -> Answer:
        self._outcome.turns += 1
        answer = self._say(text)
        self._outcome.transcript += [f"shopper: {text}", f"assistant: {', '.join(answer.responses)}: {answer.text}"]
        return answer

    def _next(self, answer: Answer) -> str | None:
        """Choose what to say; None where nothing is left to say."""
        if STILL_OPEN in answer.responses and self._asked in PROPOSALS:
            return self._answer(self._asked, self._asked_in)
        asked = next((one for one in reversed(answer.responses) if one in QUESTIONS or one in PROPOSALS), None)
        if asked is None:
            return self._plan.resume if WAITS in answer.responses else self._said_anew()
        if self._wants_to_digress():
            self._digressed = True
            # What is asked once more after something in the middle is not asked for anew.
            self._asked, self._asked_in = asked, answer.text
            return self._plan.digression
        return self._answer(asked, answer.text)

    def _wants_to_digress(self) -> bool:
        due = self._answered >= self._plan.digress_at
        return self._plan.digression is not None and not self._digressed and due

    def _answer(self, asked: str, text: str) -> str:
        came_back, self._asked = asked == self._asked, None
        self._answered += 1
        if asked in PROPOSALS:
            if self._plan.stops:
                stops, self._stopped = self._plan.no if self._stopped else self._plan.stops, True
                return stops
            is_right = asked == PROPOSAL_OF[self._plan.goal] and self._plan.order.number in text
            return self._plan.yes if is_right else self._plan.no
        fact = QUESTIONS[asked]
        again = fact in self._told and not came_back
        self._outcome.asked_again += again
        self._told.add(fact)
        wordings = self._plan.answers[fact]
        return wordings[-1] if again else wordings[0]

    def _said_anew(self) -> str | None:
        if not self._openings:
            return None
        # All that the other wordings leave out is still told.
        self._told |= {"order"}
        return self._openings.pop(0)
