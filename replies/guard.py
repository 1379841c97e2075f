"""Refuses a reply that states anything its facts do not hold.

What a reply claims is checked in three values: a fact says yes, says no, or leaves it open, which is also so where two
facts disagree. A reply may only say what the fact says, and that it is not known only where it is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from replies.claims import Claim, Reader
from replies.facts import LANGUAGES, PLACED, PLACEHOLDER, Fact, Language, disputed, placeholders
from replies.lexicon import Lexicon, Term, read_lexicon
from replies.placing import of_belonging, of_naming
from replies.vocabulary import Vocabulary, read_vocabulary

LONGEST: Final = 400
"""A reply is one or two sentences: what is longer is none."""
STRANGE: Final = 0.35
"""A reply of which this share of pairs of words was never said in an approved reply, nor in its passage, may say what
no lexicon knows. Chosen on families that were not counted: 3 to 4 in 100 of their replies are strange, and 10 of 13
false replies that the lexicons of that day let pass."""
ABOUT: Final = "about"
"""What a word says that only names its topic."""
CURRENCY: Final = re.compile(r"[$€£¥￥₽₹₩฿%％‰]")
ADDRESS: Final = re.compile(r"https?:|www\.|://|@|\b[a-z0-9-]+\.(?:com|cn|net|org|io|shop|de|uk|info|example)\b", re.I)


@dataclass(frozen=True)
class Verdict:
    """Whether a reply may be said, and what is wrong with it."""

    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.problems


@dataclass(frozen=True)
class Known:
    """What the facts say of each topic of each product."""

    facts: Sequence[Fact]
    lexicon: Lexicon
    said: tuple[Claim, ...] = field(init=False)
    """What the passages claim, in the same terms."""

    def __post_init__(self) -> None:
        """Read the passages."""
        reader = Reader(self.lexicon, self.products)
        object.__setattr__(self, "said", tuple(claim for text in self.passages for claim in reader.read(text)))

    @property
    def passages(self) -> tuple[str, ...]:
        """Give the texts of the shop that the reply answers from; one that tries to command licenses nothing."""
        texts = (fact.value for fact in self.facts if fact.kind == "passage")
        return tuple(text for text in texts if not self.lexicon.has("instructions", text.lower()))

    @property
    def products(self) -> tuple[str, ...]:
        """Give the numbers of the products that are named."""
        return tuple(sorted({fact.of for fact in self.facts if fact.attribute == "product"}))

    def values(self, topic: str, product: str) -> frozenset[str]:
        """Give every value that is known of a topic: none where it is missing, several where facts disagree."""
        own = {fact.of for fact in self.facts if fact.attribute == topic}
        wanted = {product} if product in own else {""} if product in ("", "1") else set()
        if not product and "" not in own:
            wanted = own
        known = {fact.value for fact in self.facts if fact.attribute == topic and fact.of in wanted}
        told = {
            "no" if (claim.says == "no") != claim.denied else "yes"
            for claim in self.said
            if claim.part == "claim" and claim.topic == topic and claim.says != ABOUT and not claim.open
        }
        return frozenset(known | told)

    def names(self, topic: str) -> bool:
        """Tell whether a passage speaks of a topic, in whatever words."""
        patterns = [term.pattern for term in self.lexicon.claims if term.topic == topic]
        return any(pattern.search(text.lower()) for pattern in patterns for text in self.passages)

    def choices(self, topic: str) -> frozenset[str]:
        """Give the values of a choice, each once."""
        return frozenset(fact.value for fact in self.facts if fact.attribute == topic and fact.kind == "choice")

    def speaks_of(self, topic: str) -> bool:
        """Tell whether a passage or the name of a fact speaks of a policy."""
        patterns = [term.pattern for term in self.lexicon.policies if term.topic == topic]
        named = any(fact.attribute.split("_")[0] == topic for fact in self.facts)
        return named or any(pattern.search(text.lower()) for pattern in patterns for text in self.passages)


@dataclass(frozen=True)
class Guard:
    """Checks replies by the lexicons and, where there are any, by the words of approved replies."""

    lexicons: dict[Language, Lexicon]
    vocabularies: dict[Language, Vocabulary]

    def check(self, reply: str, facts: Sequence[Fact], language: Language, asked: Collection[str] = ()) -> Verdict:
        """Give what is wrong with a reply, or nothing. With `asked`, a refusal of what is known is wrong too."""
        lexicon = self.lexicons[language]
        known = Known(facts, lexicon)
        vocabulary = self.vocabularies.get(language)
        plain = PLACEHOLDER.sub(" ", reply)
        allowed = lexicon.words["allowed"].sub(" ", reply.lower())
        claims = claims_of(reply, known)
        problems = [
            *of_form(reply),
            *of_placeholders(reply, facts),
            *of_values(plain, known),
            *(f"forbidden, {term.topic}: {hit}" for term, hit in forbidden(allowed, known)),
            *(of_wording(reply, known, vocabulary) if vocabulary else ()),
            *(problem for claim in claims for problem in of_claim(claim, known)),
            *of_repetition(claims, known),
            *of_time(plain.lower(), known),
            *of_refusal(reply, known, asked),
            *of_naming(reply, lexicon.values, language),
            *of_belonging(reply, language),
        ]
        return Verdict(tuple(dict.fromkeys(problems)))


def load_guard(folder: Path) -> Guard:
    """Read the lexicons and vocabularies of both languages from a folder."""
    return Guard(
        {language: read_lexicon(folder, language) for language in LANGUAGES},
        {language: read_vocabulary(folder, language) for language in LANGUAGES},
    )


def claims_of(reply: str, known: Known) -> list[Claim]:
    """Give what a reply claims."""
    return Reader(known.lexicon, known.products).read(reply)


def known_words(known: Known) -> str:
    """Give the words that the facts themselves say."""
    return "\n".join([*known.passages, *(fact.value for fact in known.facts if fact.kind == "choice")])


def of_wording(reply: str, known: Known, vocabulary: Vocabulary) -> Iterator[str]:
    """Find words and phrases that neither an approved reply nor a passage says."""
    also = known_words(known)
    yield from (f"unknown word: {word}" for word in vocabulary.strange(reply, also))
    if vocabulary.share_new(reply, also) >= STRANGE:
        yield "strange wording"


def of_form(reply: str) -> Iterator[str]:
    """Find what no reply may look like."""
    if not reply.strip():
        yield "empty"
    if len(reply) > LONGEST:
        yield "too long"
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Cn") for sign in reply):
        yield "control character"


def of_placeholders(reply: str, facts: Sequence[Fact]) -> Iterator[str]:
    """Find placeholders without one clear fact behind them, and braces that are none."""
    clear = {fact.name for fact in facts if fact.kind in PLACED} - disputed(facts)
    yield from (f"placeholder without a fact: {name}" for name in placeholders(reply) if name not in clear)
    if set(PLACEHOLDER.sub("", reply)) & set("{}<>[]|\\"):
        yield "stray bracket"


def of_values(plain: str, known: Known) -> Iterator[str]:
    """Find what says a value in words or signs, where only a placeholder may."""
    if any(sign.isnumeric() and not "一" <= sign <= "鿿" for sign in plain):
        yield "digit"
    if CURRENCY.search(plain) or any(unicodedata.category(sign) == "Sc" for sign in plain):
        yield "currency or percent"
    if ADDRESS.search(unicodedata.normalize("NFKC", plain)):
        yield "address"
    passages = " ".join(known.passages).lower()
    for hit in known.lexicon.words["numbers"].finditer(plain.lower()):
        if hit[0] not in passages:
            yield f"value in words: {hit[0]}"


def forbidden(text: str, known: Known) -> Iterator[tuple[Term, str]]:
    """Find promises, advice and praise that no passage says in the same words."""
    passages = " ".join(known.passages).lower()
    for term in known.lexicon.forbidden:
        for hit in term.pattern.finditer(text):
            if hit[0] not in passages:
                yield term, hit[0]


def of_repetition(claims: Sequence[Claim], known: Known) -> Iterator[str]:
    """Find what is said of the same product twice in the same words: "it is light, and it is light"."""
    only = known.products[0] if len(known.products) == 1 else ""
    said = Counter((claim.topic, claim.product or only, claim.word) for claim in claims if claim.part == "claim")
    yield from (f"says twice: {word}" for (_, _, word), times in said.items() if times > 1)


def of_claim(claim: Claim, known: Known) -> Iterator[str]:
    """Find why a claim may not be made."""
    if claim.part == "policy":
        yield from of_policy(claim, known)
    elif claim.says == ABOUT:
        if not claim.open and not known.names(claim.topic):
            yield f"claim: it is not clear what is said of {claim.topic}"
    elif claim.part == "choice":
        yield from of_choice(claim, known)
    else:
        values = known.values(claim.topic, claim.product)
        if claim.open and not claim.product:
            yield from of_all(claim, known)
        settled = values if len(values) == 1 and values <= {"yes", "no"} else frozenset({"unknown"})
        says = "unknown" if claim.open else "no" if (claim.says == "no") != claim.denied else "yes"
        if settled != {says}:
            where = f" of product {claim.product}" if claim.product else ""
            yield f"claim: {claim.topic}{where} is {'/'.join(sorted(values)) or 'missing'}, not {says}"


def of_all(claim: Claim, known: Known) -> Iterator[str]:
    """Find the products of which a topic is known, where a reply says of all at once that it is not."""
    each = (
        {product: known.values(claim.topic, product) for product in known.products} if len(known.products) > 1 else {}
    )
    for product, values in each.items():
        if len(values) == 1 and values <= {"yes", "no"}:
            yield f"claim: {claim.topic} of product {product} is {''.join(values)}, not unknown"


def of_choice(claim: Claim, known: Known) -> Iterator[str]:
    """Find why one of several values may not be said."""
    values = known.choices(claim.topic)
    told = any(one.part == "choice" and (one.topic, one.says) == (claim.topic, claim.says) for one in known.said)
    if told or (claim.conditional and not values):
        return
    wanted = f"product.{claim.product}" if claim.says == "product" else claim.says
    if claim.open:
        if len(values) == 1:
            yield f"claim: {claim.topic} is known"
    elif len(values) != 1 or (wanted in values) == claim.denied:
        yield f"claim: {claim.topic} is {'/'.join(sorted(values)) or 'missing'}, not {wanted}"


def of_policy(claim: Claim, known: Known) -> Iterator[str]:
    """Find why a policy may not be spoken of: nothing says it, or what is said is the opposite."""
    if claim.open:
        return
    if not known.speaks_of(claim.topic):
        yield f"policy: nothing speaks of {claim.topic}"
        return
    told = [one for one in known.said if one.part == "policy" and one.topic == claim.topic]
    if claim.conditional or not told or any(one.conditional for one in told):
        return
    negated = known.lexicon.has("negations", " ".join(known.passages).lower())
    if (claim.denied and not negated) or (not claim.denied and all(one.denied for one in told)):
        yield f"policy: the opposite is said of {claim.topic}"


def of_time(plain: str, known: Known) -> Iterator[str]:
    """Find a reply that says "after" where its passage only says "before", or the other way round."""
    passages = " ".join(known.passages).lower()
    for said, held in (("later", "sooner"), ("sooner", "later")):
        has = known.lexicon.has
        if has(said, plain) and has(held, passages) and not has(said, passages) and not has(held, plain):
            yield f"time: the passage says no word for {said}"


def of_refusal(reply: str, known: Known, asked: Collection[str]) -> Iterator[str]:
    """Find a reply that says not to know what is known, and says nothing else."""
    if not asked or not known.lexicon.has("unknown", reply.lower()):
        return
    says = any(not claim.open for claim in claims_of(reply, known))
    fills = any(not name.startswith("product.") for name in placeholders(reply))
    clear = {fact.name for fact in known.facts if fact.value != "unknown"} - disputed(known.facts)
    doubted = any(len(known.values(name.partition(".")[0], name.partition(".")[2])) > 1 for name in asked)
    if not says and not fills and not doubted and set(asked) <= clear:
        yield "refuses what is known"
