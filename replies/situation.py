"""What a reply is asked for: everything that a model may read, and nothing that it must not say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from replies.errors import InvalidRequest
from replies.examples import Example
from replies.facts import ACTS, LANGUAGES, PLACED, Act, Fact, Language, disputed

MOST_FACTS = 40


@dataclass(frozen=True)
class Situation:
    """A dialogue act with what is known.

    Attributes:
        act: what the reply is to do.
        language: the language of the reply.
        facts: all that may be said. A name that stands there twice and differs may not be said.
        asked: names of the facts that the shopper asked for.
        turns: the shopper's last messages, the newest last.
    """

    act: Act
    language: Language
    facts: tuple[Fact, ...] = ()
    asked: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no reply can be asked for with.

        Raises:
            InvalidRequest: Naming the field that is wrong.
        """
        if self.act not in ACTS:
            raise InvalidRequest("act", self.act, f"is none of {', '.join(ACTS)}")
        if self.language not in LANGUAGES:
            raise InvalidRequest("language", self.language, f"is none of {', '.join(LANGUAGES)}")
        if len(self.facts) > MOST_FACTS:
            raise InvalidRequest("facts", len(self.facts), f"are more than {MOST_FACTS}")

    @classmethod
    def of(cls, example: Example) -> Situation:
        """Give the situation of an example."""
        return cls(example.act, example.language, example.facts, example.asked, example.turns)

    @cached_property
    def disputed(self) -> frozenset[str]:
        """The names of which nothing may be stated."""
        return disputed(self.facts)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that may stand in braces."""
        return frozenset(fact.name for fact in self.facts if fact.kind in PLACED) - self.disputed
