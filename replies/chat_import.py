"""Makes examples of a shop's own chats: cleans, takes out personal data, grounds, and says what was dropped and why."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from replies.chats import Exchange, Message, exchanges_of
from replies.examples import Example
from replies.facts import Act, Fact, Language, placeholders, shown
from replies.grounding import Lookup, delexicalised
from replies.guard import LONGEST, Guard
from replies.lexicon import Lexicon
from replies.privacy import is_masked, masked, names_in

TAG: Final = re.compile(r"<[^<>]{1,200}>")
BLANK: Final = re.compile(r"\{\{[^{}]*\}\}")
NAMED: Final = re.compile(r"(?<=[a-z,;] )(?!I\b|I')[A-Z][\w'-]+")
"""A capital letter within an English sentence: somebody's or something's name."""
HAN: Final = re.compile(r"[一-鿿]")
SORRY: Final = re.compile(r"\bsorry\b|apologi|抱歉|对不起|不好意思", re.I)
UPSET: Final = re.compile(r"complain|terrible|worst|angry|ridiculous|unaccept|投诉|差评|太差|生气|离谱", re.I)


@dataclass
class Report:
    """What became of the answers of a file."""

    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)

    def drop(self, reason: str, reply: str) -> None:
        """Count an answer as dropped, and keep the first of each reason to look at."""
        self.dropped[reason] += 1
        self.samples.setdefault(reason, reply[:100])

    def lines(self) -> list[str]:
        """Give the report as lines."""
        total = self.kept + sum(self.dropped.values())
        lines = [f"{total} answers: {self.kept} kept, {total - self.kept} dropped"]
        for reason, count in self.dropped.most_common():
            lines.append(f"  {count:6} {reason}, such as: {self.samples[reason]}")
        return lines


@dataclass(frozen=True)
class Importer:
    """Makes examples of chats, by a guard and by what is known of the shop's things."""

    guard: Guard
    lookup: Lookup
    language: Language

    def read(self, chats: Sequence[Sequence[Message]]) -> tuple[list[Example], Report]:
        """Give the examples of chats, and what was dropped."""
        report, found = Report(), dict[tuple[str, tuple[str, ...]], Example]()
        for chat in chats:
            names = names_in(chat)
            for exchange in exchanges_of(chat):
                outcome = self.example(exchange, names)
                if isinstance(outcome, str):
                    report.drop(outcome, masked(cleaned(exchange.reply), names))
                elif (outcome.reply, outcome.turns) in found:
                    report.drop("said before", outcome.reply)
                else:
                    found[outcome.reply, outcome.turns] = outcome
        report.kept = len(found)
        return list(found.values()), report

    def example(self, exchange: Exchange, names: Sequence[str]) -> Example | str:
        """Give the example of an exchange, or why there is none."""
        said = [cleaned(message.text) for message in exchange.before]
        turns = tuple(masked(cleaned(turn), names) for turn in exchange.turns)
        reply = cleaned(exchange.reply)
        if not reply or not all(turns):
            return "empty"
        if BLANK.search(reply):
            return "a blank of a template"
        if "{" in reply or "}" in reply:
            return "braces"
        facts = list(self.lookup(" ".join([*said, reply])))
        filled = delexicalised(reply, facts)
        reason = self.reason(filled, masked(filled, names), facts)
        return reason or self.made(turns, filled, facts)

    def reason(self, reply: str, hidden: str, facts: Sequence[Fact]) -> str:
        """Give why a reply cannot be an example, or nothing."""
        if len(reply) > LONGEST:
            return "too long"
        if is_masked(hidden):
            return "personal data"
        if (self.language == "zh") != bool(HAN.search(reply)):
            return "another language"
        if self.language == "en" and NAMED.search(reply):
            return "a name that is no fact"
        verdict = self.guard.check(reply, [shown(fact) for fact in facts], self.language)
        return f"not grounded ({verdict.problems[0].partition(':')[0]})" if verdict.problems else ""

    def made(self, turns: tuple[str, ...], reply: str, facts: Sequence[Fact]) -> Example:
        """Make the example of a grounded reply."""
        asked = tuple(dict.fromkeys(name for name in placeholders(reply) if not name.startswith("product.")))
        family = "chat-" + hashlib.sha256(reply.lower().encode()).hexdigest()[:12]
        act = act_of(turns, reply, facts, self.guard.lexicons[self.language])
        return Example(family, act, self.language, turns, tuple(shown(fact) for fact in facts), asked, reply)


def cleaned(text: str) -> str:
    """Give a text without tags, control characters and odd spaces, in one form of Unicode."""
    text = unicodedata.normalize("NFKC" if text.isascii() else "NFC", TAG.sub(" ", html.unescape(text)))
    kept = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)
    return " ".join(kept.split())


def act_of(turns: Sequence[str], reply: str, facts: Sequence[Fact], lexicon: Lexicon) -> Act:
    """Guess what a reply does, by its words and by the facts that it uses."""
    used = [name for name in placeholders(reply) if not name.startswith("product.")]
    if SORRY.search(reply):
        return "soothe" if UPSET.search(" ".join(turns)) else "apologise"
    if lexicon.has("unknown", reply.lower()) and not used:
        return "say_unknown"
    if used or any(fact.kind == "truth" for fact in facts):
        return "compare_for" if "product.2" in {fact.name for fact in facts} else "judge_suitability"
    return "ask_more" if reply.rstrip().endswith(("?", "？")) else "small_talk"


def lines_of(examples: Sequence[Example]) -> Iterator[str]:
    """Give how many examples there are of each act."""
    acts = Counter(example.act for example in examples)
    yield from (f"  {count:6} {act}" for act, count in acts.most_common())
