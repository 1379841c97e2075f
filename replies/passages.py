"""Makes facts of a policy text: each number, amount and address in it becomes a placeholder with its value beside it.

A model then writes about the text without ever seeing a value, and what it says is filled in from the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from replies.facts import Fact, Kind, Language

_EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_PHONE = r"\+\d[\d ()/-]{6,}\d"
_AMOUNT = (
    r"(?:[$€£¥￥]\s?\d[\d,]*(?:\.\d+)?|\d[\d,]*(?:\.\d+)?\s?(?:USD|EUR|GBP|CNY|dollars|euros|pounds|美元|欧元|英镑|元))"
)
_SPAN = r"\d+(?:\s?(?:to|or|-|–|至|到|~)\s?\d+)?"
_UNITS = (
    r"(?:working days?|business days?|days?|hours?|minutes?|weeks?|months?|years?|%"
    r"|个工作日|工作日|天|小时|分钟|周|个月|年)"
)
_FOUND = re.compile(
    rf"(?P<email>{_EMAIL})|(?P<phone>{_PHONE})|(?P<money>{_AMOUNT})|(?P<number>{_SPAN}\s?{_UNITS})", re.IGNORECASE
)
NAMES: Mapping[str, Sequence[str]] = {
    "email": ("email",),
    "phone": ("phone",),
    "money": ("delivery_cost", "express_cost", "free_from", "standard_cost", "pieces_cost"),
    "number": ("return_days", "refund_days", "report_days", "answer_days", "standard_days", "express_days"),
}
"""Names that training has seen for values of each kind; a text with more values than names is not made facts of."""
_KINDS: Mapping[str, Kind] = {"email": "text", "phone": "text", "money": "money", "number": "number"}
_HOW_LONG = re.compile(
    r"\b(?:how (?:long|many|soon|fast)|when|until|within|by what)\b|多久|几天|多长|什么时候|何时|多少天", re.I
)
_HOW_MUCH = re.compile(r"\b(?:how much|cost|costs|price|fee|charge|pay)\b|多少钱|运费|费用|收费|要钱", re.I)


@dataclass(frozen=True)
class PassageFacts:
    """A text as facts.

    Attributes:
        facts: the passage with placeholders, and each value that stands in it.
        values: what each placeholder stands for, as the text has it.
    """

    facts: tuple[Fact, ...]
    values: Mapping[str, str]

    def asked(self, question: str) -> tuple[str, ...]:
        """Name the value that a question asks for; none where that is not clear."""
        for pattern, kind in ((_HOW_MUCH, "money"), (_HOW_LONG, "number")):
            names = [fact.name for fact in self.facts if fact.kind == kind]
            if len(names) == 1 and pattern.search(question):
                return (names[0],)
        return ()


def passage_facts(text: str, language: Language) -> PassageFacts | None:
    """Make facts of a policy text; None where a digit would be left in it, or it holds too many values.

    >>> passage_facts("We pay back within 5 working days.", "en").values
    {'refund_days': '5 working days'}
    """
    left = {kind: iter(_ordered(kind, text)) for kind in NAMES}
    values: dict[str, str] = {}
    parts, place = [], 0
    for match in _FOUND.finditer(text):
        name = next(_names_left(left, match), None)
        if name is None:
            return None
        values[name] = match[0]
        parts += [text[place : match.start()], f"{{{name}}}"]
        place = match.end()
    passage = " ".join("".join([*parts, text[place:]]).split())
    if re.search(r"\d", passage) or not passage:
        return None
    facts = [Fact(name, _KINDS[_kind_of(name)]) for name in values]
    return PassageFacts((*facts, Fact("policy", "passage", passage)), values)


def _ordered(kind: str, text: str) -> Sequence[str]:
    """Give the names for a kind, those first that say what the text is about."""
    names = NAMES[kind]
    is_refund = re.search(r"money back|refund|pay back|退款|退还", text, re.I) is not None
    return sorted(names, key=lambda name: name != "refund_days") if kind == "number" and is_refund else names


def _names_left(left: Mapping[str, Iterator[str]], match: re.Match[str]) -> Iterator[str]:
    return left[str(match.lastgroup)]


def _kind_of(name: str) -> str:
    return next(kind for kind, names in NAMES.items() if name in names)
