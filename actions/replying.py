"""Speaks by the reply model where a template is stiff; what it says is licensed by facts, or the template is said.

The model never writes a value: placeholders are filled in from the facts of the turn. Where it has nothing good to say
in time, the nearest approved reply is taken, and then the template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actions.turn import Turn
from replies.facts import LANGUAGES, Act, Fact, Language, shown
from replies.passages import passage_facts
from replies.privacy import nameless
from replies.service import Reply, Request, Rung
from replies.situation import Situation
from shop.policies import Passage
from shop.reply_feedback import GivenReply

_MOST_SAID = 500
"""Characters of a shopper's message that are kept with a reply."""


@dataclass(frozen=True)
class Known:
    """What a reply may speak of.

    Attributes:
        facts: of which kind and, where it is said in words, with which value.
        values: what placeholders stand for.
        asked: the names that the shopper asked for.
        question: what the shopper asked, where the message itself only says of which product.
    """

    facts: Sequence[Fact] = ()
    values: Mapping[str, str] | None = None
    asked: tuple[str, ...] = ()
    question: str = ""


def written(turn: Turn, act: Act, known: Known | None = None, *, by_model: bool = True) -> str | None:
    """Write a reply; None where only the template is good enough.

    Args:
        turn: the turn.
        act: what the reply is to do.
        known: the facts; without them it states none.
        by_model: whether the model may write it, or only what a person approved for just this may be said.
    """
    known = known or Known()
    said = known.question or turn.text
    if said.startswith("/"):
        # A button asks nothing in words.
        return None
    situation = Situation(act, language_of(turn), tuple(known.facts), known.asked, (said,))
    request = Request(situation, known.values or {}, "", shopper=turn.shopper.shopper_id, by_model=by_model)
    reply = turn.services.replies.write(request)
    if reply.rung is Rung.TEMPLATE:
        return None
    turn.note_reply(reply.text, given_reply(request, reply))
    return reply.text


def asks(reply: str) -> bool:
    """Tell whether a reply ends with a question, which a yes may answer."""
    return reply.endswith(("?", "？"))


def given_reply(request: Request, reply: Reply) -> GivenReply:
    """Give a reply as it is kept to be judged: what it was about, and nothing that tells who asked."""
    situation = request.situation
    facts = [shown(fact) for fact in situation.facts]
    return GivenReply(
        act=situation.act,
        language=situation.language,
        reply=reply.line,
        rung=str(reply.rung),
        version=reply.version,
        facts=[{"name": fact.name, "kind": fact.kind, "value": fact.value} for fact in facts],
        placed={name: value for name, value in request.values.items() if name in situation.names},
        asked=situation.asked,
        said=[nameless(text)[:_MOST_SAID] for text in situation.turns],
    )


def policy_reply(turn: Turn, passage: Passage) -> str | None:
    """Answer a question from a passage in a sentence or two; None where the passage had better speak for itself."""
    found = passage_facts(passage.text, language_of(turn))
    if found is None:
        return None
    # On a text that it has not learnt from, the model may say another thing than was asked: it is not let.
    known = Known(found.facts, found.values, found.asked(turn.text))
    return written(turn, "answer_policy", known, by_model=False)


def language_of(turn: Turn) -> Language:
    """Give the language that replies are written in; the shop's own where the shopper's has none."""
    spoken = turn.language or turn.services.settings.language
    return next((known for known in LANGUAGES if known == spoken), "en")
