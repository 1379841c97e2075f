"""Finds values that do not stand where they belong: beside the name of another field, or after another product."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from replies.claims import SENTENCE
from replies.facts import Language

_PLACED: Final = re.compile(r"{([a-z_]+)(?:\.([1-9]))?}")
_PART: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(r"(?:[,;:–—]\s|\s(?:and|while|but|so|because|since)\s)"),
    "zh": re.compile(r"[，；：、]|而(?!且)|但|所以|因为"),
}
_AGAINST: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(r"(?:\b(?:against|than|versus|vs\.?|compared (?:to|with)|and|to))\s(?:the other's |that of )?$"),
    "zh": re.compile(r"(?:对|比|和|、|与|另一[款个]的?)(?:是|为)?$"),
}
"""What stands before the other's value: "at {weight.2} against {weight.1}"."""
_OF: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(r"^\s(?:for|of|by)\s{product\.([1-9])}"),
    "zh": re.compile(r"(?!)"),
}
_TOGETHER: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(r"{product\.[1-9]} (?:and|or) {product\.[1-9]}(?! (?:at|for) )"),
    "zh": re.compile(r"{product\.[1-9]}[和与跟]{product\.[1-9]}"),
}


def of_naming(reply: str, names: Mapping[str, re.Pattern[str]], language: Language) -> Iterator[str]:
    """Find values beside the name of another field: "{weight} is the material".

    Args:
        reply: with placeholders.
        names: the words that name each field.
        language: of the reply.
    """
    for sentence in SENTENCE.findall(reply.lower()):
        # What another part of the sentence names and has its own value there says nothing of this part.
        in_sentence, with_values = _named(sentence, names), {name for name, _ in _PLACED.findall(sentence)}
        for part in _PART[language].split(sentence):
            placed = {name for name, _ in _PLACED.findall(part) if name in names}
            named = _named(part, names) or (in_sentence & placed) or in_sentence - with_values
            if placed and named and not placed & named:
                yield f"value of {'/'.join(sorted(placed))} beside the name of {'/'.join(sorted(named))}"


def _named(text: str, names: Mapping[str, re.Pattern[str]]) -> set[str]:
    """Give the fields that a text names in words."""
    words = _PLACED.sub(lambda match: match[0] if match[1] == "product" else "{ }", text)
    return {name for name, pattern in names.items() if pattern.search(words)}


def of_belonging(reply: str, language: Language) -> Iterator[str]:
    """Find values that are told of another product than theirs, and those that stand against themselves."""
    last: Collection[str] = ()
    for sentence in SENTENCE.findall(reply.lower()):
        told: list[tuple[str, str]] = []
        together = [match.end() for match in _TOGETHER[language].finditer(sentence)]
        for match in _PLACED.finditer(sentence):
            name, number = match[1], match[2] or ""
            if name == "product":
                last = ("1", "2") if match.end() in together else (number,)
            elif number:
                if (name, number) in told:
                    yield f"says twice: {match[0]}"
                elif not _is_of(sentence, match, last, any(one == name for one, _ in told), language):
                    yield f"{match[0]} is told of product {'/'.join(last)}"
                told.append((name, number))


def _is_of(sentence: str, match: re.Match[str], last: Collection[str], is_second: bool, language: Language) -> bool:
    """Tell whether a value is told of its own product, as far as the sentence names one."""
    number, before, after = match[2], sentence[: match.start()], sentence[match.end() :]
    of = _OF[language].match(after)
    if of:
        return of[1] == number
    following = re.findall(r"{product\.([1-9])}", _PART[language].split(after)[0])
    is_other = is_second and _AGAINST[language].search(before) is not None
    return not last or number in last or is_other or following[:1] == [number]
