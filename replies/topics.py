"""Tells what a question asks after, and what a text of the shop states for certain, in the terms of the guard.

Both are needed before a reply about a product is written: only what was asked for is told to the model, and only what a
text plainly says of the product as a whole is a fact. "Its durable sole" does not make a shoe durable.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from replies.claims import Reader
from replies.errors import InvalidLexicon
from replies.facts import LANGUAGES, Language
from replies.guard import ABOUT
from replies.lexicon import Lexicon, one_of, read_lexicon
from replies.texts import read_texts

SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"'(])|(?<=[。！？])\s*|\s\|\s|\n+")
"""Between two sentences; "max. 4 persons" and "Cat.6" end none."""
SYSTEM: Final = re.compile(r"\bsystems?\b(?!\s*(?::|prompt|message))")
"""Commands speak of a system, and so do texts on cameras."""
HAN: Final = re.compile("[\u3400-\u9fff]")
PARTS: Final = frozenset({"truths", "turned", "fields", "choices", "purposes", "idle"})
_ADVERBS: Final = (
    r"(?:(?:not|also|very|fully|really|extremely|just|so|both|completely|great|suitable|ideal|perfect|ultra)[ -])*"
)
_DETERMINER: Final = "(?:(?:this|these|the|our) )"
_ENDS: Final = re.compile(r"\s*(?:$|[.,!]|(?:and|but|so|for|to|enough)\b)")
_OTHERS: Final = re.compile(r"\b(?:for|of|with|than|like)(?: an?| the| your| any)? ?$")
"""Before these words a term is said of another thing: "a bag for waterproof tents"."""
_NEAR: Final = 16
_OWN_CHINESE: Final = r"(?:本款|本品|这款|它|产品|商品|整体)?(?:是|为|很|非常|不|不是)?"
_ENDS_CHINESE: Final = re.compile("(?:的|性能好|效果好)?(?:$|[，,。！!、；;])")


@dataclass(frozen=True)
class Asked:
    """What a question asks after.

    Attributes:
        truths: attributes that hold or not.
        turned: those of them whose opposite is asked after: "is it heavy?".
        fields: attributes that have a value.
        choices: in what one of several is more so.
        for_something: whether it says for whom or for what.
    """

    truths: tuple[str, ...] = ()
    turned: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    for_something: bool = False


@dataclass(frozen=True)
class Stated:
    """What a text states of a product as a whole.

    Attributes:
        topic: the attribute.
        holds: whether it is so.
        words: the words of the shop that say so.
    """

    topic: str
    holds: bool
    words: str


@dataclass(frozen=True)
class Questions:
    """The words of questions in one language."""

    truths: Mapping[str, re.Pattern[str]]
    turned: Mapping[str, re.Pattern[str]]
    fields: Mapping[str, re.Pattern[str]]
    choices: Mapping[str, re.Pattern[str]]
    purposes: re.Pattern[str]
    idle: frozenset[str]


@dataclass(frozen=True)
class Topics:
    """Reads questions and texts of the shop."""

    lexicons: Mapping[Language, Lexicon]
    questions: Mapping[Language, Questions]

    def asked(self, text: str) -> Asked:
        """Tell what a question asks after; nothing where none of its words is known."""
        said, own = text.casefold(), self.questions[language_of(text)]
        truths = tuple(name for name, pattern in own.truths.items() if pattern.search(said))
        turned = {name: pattern for name, pattern in own.turned.items() if pattern.search(said)}
        truths = tuple(dict.fromkeys([*truths, *turned]))
        fields = tuple(name for name, pattern in own.fields.items() if pattern.search(said))
        if "weight" in fields:
            # "How heavy is it" wants a number.
            truths = tuple(name for name in truths if name != "lightweight")
        choices = tuple(name for name, pattern in own.choices.items() if pattern.search(said))
        return Asked(truths, frozenset(turned), fields, choices, own.purposes.search(said) is not None)

    def stated(self, text: str, nouns: Collection[str]) -> list[Stated]:
        """Give what a text states of the product that it describes; a text that tries to command states nothing.

        Args:
            text: of the shop.
            nouns: what the product is called: "tripod".
        """
        sentences = enumerate(self.sentences(text))
        return [stated for place, each in sentences for stated in self._of_sentence(each, nouns, place == 0)]

    def sentences(self, text: str) -> list[str]:
        """Give the sentences of a text of the shop, but for those that try to command."""
        return [part for part in map(str.strip, SENTENCE_END.split(text)) if part and not self._commands(part)]

    def speaks_of(self, sentence: str, asked: Collection[str]) -> bool:
        """Tell whether a sentence has words of an attribute, whatever it says of it."""
        language, said = language_of(sentence), sentence.casefold()
        terms = (term.pattern for term in self.lexicons[language].claims if term.topic in asked)
        own = self.questions[language]
        patterns = [table[name] for table in (own.truths, own.turned, own.fields) for name in asked if name in table]
        return any(pattern.search(said) for pattern in (*terms, *patterns))

    def content(self, text: str) -> set[str]:
        """Give the words of a question that say what it is about."""
        idle = self.questions["en"].idle
        return {word for word in re.findall(r"[a-z]+", text.casefold()) if len(word) > 3 and word not in idle}

    def _commands(self, sentence: str) -> bool:
        plain = SYSTEM.sub("", sentence.lower())
        return any(lexicon.has("instructions", plain) for lexicon in self.lexicons.values())

    def _of_sentence(self, sentence: str, nouns: Collection[str], is_first: bool) -> Iterator[Stated]:
        lexicon = self.lexicons[language_of(sentence)]
        reader = Reader(lexicon, ())
        for clause in re.split(r"[;；]", sentence.lower()):
            for part, term, match in reader.terms(clause):
                near = f"{clause[: match.start()]} {clause[match.end() :][:_NEAR]}"
                if part != "claim" or term.says == ABOUT or lexicon.has("unknown", clause):
                    continue
                if not lexicon.has("condition", near) and _is_of_all(clause, match, nouns, is_first):
                    yield Stated(term.topic, (term.says == "no") == reader.denied(part, clause, match), sentence)


def language_of(text: str) -> Language:
    """Tell in which of the languages a text is written."""
    return "zh" if HAN.search(text) else "en"


def read_topics(folder: Path) -> Topics:
    """Read the lexicons and the words of questions of both languages.

    Raises:
        InvalidLexicon: a file is not whole.
    """
    return Topics(
        {language: read_lexicon(folder, language) for language in LANGUAGES},
        {language: _questions(folder / f"questions_{language}.yml", language) for language in LANGUAGES},
    )


def _questions(path: Path, language: Language) -> Questions:
    rows = read_texts(path)
    if set(rows) != PARTS:
        raise InvalidLexicon(path, f"has the parts {sorted(PARTS)}")
    try:
        tables = {part: _patterns(rows[part], language) for part in ("truths", "turned", "fields", "choices")}
        purposes = one_of(rows["purposes"], language)
    except re.error as error:
        raise InvalidLexicon(path, f"no regular expression: {error}") from error
    return Questions(**tables, purposes=purposes, idle=frozenset(rows["idle"]))


def _patterns(rows: Mapping[str, Any], language: Language) -> dict[str, re.Pattern[str]]:
    return {name: one_of(patterns, language) for name, patterns in rows.items()}


def _is_of_all(clause: str, match: re.Match[str], nouns: Collection[str], is_first: bool) -> bool:
    """Tell whether a term is said of the product as a whole: "lightweight tripod", "Lightweight and easy to move"."""
    before, after = clause[: match.start()], clause[match.end() :]
    if HAN.search(clause):
        last = re.split("[，,、：:]", before)[-1]
        return re.fullmatch(_OWN_CHINESE, last.strip()) is not None and _ENDS_CHINESE.match(after) is not None
    called = "|".join(rf"{re.escape(noun)}(?:e?s)?" for noun in nouns) or "(?!)"
    if re.match(rf"(?:[- ][a-z]+)?[- ](?:{called})\b", after):
        return _OTHERS.search(before) is None
    *earlier, last = before.split(",")
    # "It" may be a part that the sentence before has spoken of, and what follows a comma goes on about one.
    bare = "it|they|this|these|" if is_first and not earlier else ""
    subject = rf"(?:{bare}{_DETERMINER}(?:{called}))(?:'s| is| are) "
    says_so = re.fullmatch(rf"(?:{subject}){'' if earlier else '?'}{_ADVERBS}", last.lstrip()) is not None
    return says_so and _ENDS.match(after) is not None


def alike(first: str, other: str) -> bool:
    """Tell whether two words are forms of one: "hike" and "hiking".

    >>> alike("gaming", "games"), alike("office", "offer")
    (True, False)
    """
    stem = max(3, min(len(first), len(other)) - 3)
    return first == other or (first[:stem] == other[:stem] and _stem(first) == _stem(other))


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ers", "er", "es", "ed", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def share_words(words: Collection[str], sentence: str) -> bool:
    """Tell whether a sentence has a form of one of some words."""
    said: Sequence[str] = re.findall(r"[a-z]+", sentence.casefold())
    return any(alike(word, other) for word in words for other in said)
