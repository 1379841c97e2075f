"""Finds what a reply claims: of which topic, of which product, and whether it says so, denies it or leaves it open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from replies.facts import Language
from replies.lexicon import Lexicon, Term

Part = Literal["claim", "choice", "policy"]
SENTENCE: Final = re.compile(r"(?:{[^{}]*}|[^.!?。！？\n])+[.!?。！？]*")
CLAUSE: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(
        r"[,;:–—()]\s|\s(?=but |while |though |whereas |although |so |since |because |however )"
        r"|\s(?=and (?:{product|it |the other|i |for |about ))"
    ),
    "zh": re.compile(r"[，；：（）、]|(?=但|而(?!且)|不过|因为|所以|{product\.[12]}(?:则|也|就))"),
}
PRODUCT: Final = re.compile(r"{product\.([1-9])}")
COMPARED: Final = re.compile(r"(?:than |against |比)(?:that of )?{product\.[1-9]}")
CONDITIONAL: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(r"^(?:if|unless|in case) "),
    "zh": re.compile(r"^(?:如果|若|要是)"),
}
REACH: Final[dict[Language, int]] = {"en": 60, "zh": 8}
"""So many characters before a term a negation still turns it round."""


@dataclass(frozen=True)
class Claim:
    """What is said of one topic."""

    part: Part
    topic: str
    says: str
    denied: bool
    open: bool
    product: str
    """The number of the product, or nothing where none is named."""

    conditional: bool = False
    word: str = ""
    """The words by which it is said."""


@dataclass
class Reader:
    """Reads a reply clause by clause, and remembers which product was spoken of last."""

    lexicon: Lexicon
    products: tuple[str, ...]
    last: str = ""

    def read(self, text: str) -> list[Claim]:
        """Give all claims of a text, in its order."""
        found: list[Claim] = []
        for sentence in SENTENCE.findall(text.lower()):
            for clause in CLAUSE[self.lexicon.language].split(sentence):
                if clause.strip():
                    found.extend(self.of_clause(clause.strip(), found))
        return found

    def of_clause(self, clause: str, before: list[Claim]) -> list[Claim]:
        """Give the claims of one clause; those that only ask claim nothing."""
        named = PRODUCT.findall(clause)
        found: list[Claim] = []
        for part, term, match in self.terms(clause):
            product = self.product_at(clause, match.start())
            asks = self.lexicon.has("asking", clause) and not (part == "claim" and PRODUCT.search(clause))
            if asks or CONDITIONAL[self.lexicon.language].search(clause):
                continue
            claim = Claim(
                part,
                term.topic,
                term.says,
                self.denied(part, clause, match),
                self.lexicon.has("unknown", clause),
                product,
                self.lexicon.has("exceptions" if part == "policy" else "condition", clause),
                match[0],
            )
            found.extend(self.spread(claim, clause))
        if not found and before and named and self.lexicon.has("same", clause):
            found = [replace(before[-1], product=named[-1])]
        if not found and before and named and self.lexicon.has("opposite", clause):
            found = [replace(before[-1], product=named[-1], denied=not before[-1].denied)]
        self.last = named[-1] if named else self.last
        return found

    def spread(self, claim: Claim, clause: str) -> Iterator[Claim]:
        """Give a claim for every product that it is of."""
        if claim.part == "policy":
            yield claim
        elif self.lexicon.has("every", clause) and len(self.products) > 1 and claim.part == "claim":
            yield from (replace(claim, product=product) for product in self.products)
        else:
            yield claim
            if claim.product and claim.part == "claim" and not claim.open and self.lexicon.has("only", clause):
                others = (product for product in self.products if product != claim.product)
                yield from (replace(claim, product=product, denied=not claim.denied) for product in others)

    def terms(self, clause: str) -> list[tuple[Part, Term, re.Match[str]]]:
        """Give the terms of a clause, the longer one where two lie over each other."""
        found: list[tuple[Part, Term, re.Match[str]]] = []
        parts: tuple[tuple[Part, Iterable[Term]], ...] = (
            ("claim", self.lexicon.claims),
            ("choice", self.lexicon.choices),
            ("policy", self.lexicon.policies),
        )
        for part, terms in parts:
            found.extend((part, term, match) for term in terms for match in term.pattern.finditer(clause))
        found.sort(key=lambda one: (one[2].start() - one[2].end(), one[2].start()))
        kept: list[tuple[Part, Term, re.Match[str]]] = []
        for one in found:
            if all(one[2].end() <= other[2].start() or one[2].start() >= other[2].end() for other in kept):
                kept.append(one)
        return sorted(kept, key=lambda one: one[2].start())

    def product_at(self, clause: str, place: int) -> str:
        """Give the product that a word at a place is about: the last named before it, else the first after it."""
        before = PRODUCT.findall(COMPARED.sub("", clause[:place]))
        after = PRODUCT.findall(clause[place:])
        return before[-1] if before else after[0] if after else self.last

    def denied(self, part: Part, clause: str, match: re.Match[str]) -> bool:
        """Tell whether a negation stands before a term and within reach; of a policy, also behind it."""
        start = max(0, match.start() - REACH[self.lexicon.language])
        before = self.lexicon.has("negations", clause[start : match.start()])
        return before or (part == "policy" and self.lexicon.has("refusals", clause[match.end() :]))
