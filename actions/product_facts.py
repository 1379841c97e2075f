"""What the shop's database holds of a product, as typed facts for a reply, each with the words that it was read from.

An attribute holds, or does not, only where a row says so or a sentence plainly says it of the product as a whole; all
else is unknown. What a sentence says of a part of it is no fact, but it can be quoted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from actions.labels import Labels
from actions.options import is_named
from replies.facts import Fact
from replies.topics import Asked, Stated, Topics, share_words
from shop.catalogue import ProductView

_YES: Final = frozenset({"yes", "true", "是", "有", "支持"})
_NO: Final = frozenset({"no", "false", "否", "无", "没有", "不支持"})
_AMOUNTS: Final = {
    "weight": re.compile(r"\d\s*(?:(?:kg|g|kilos?|grams?|lbs?|pounds?|oz)\b|公斤|千克|克)", re.IGNORECASE),
    "size": re.compile(r"\d\s*(?:(?:cm|mm|m|metres?|meters?|inch(?:es)?|foot|feet|ft)\b|厘米|毫米|米)", re.IGNORECASE),
    "battery_life": re.compile(r"\d\s*(?:(?:h|hours?|days?)\b|小时|天)", re.IGNORECASE),
    "capacity": re.compile(r"\d"),
    "age_from": re.compile(r"\d"),
}
"""By these a sentence gives a field its value without a word for it: "5m (metres) network cable"."""
_NUMBERS: Final = frozenset({"weight", "battery_life", "capacity", "age_from", "rating"})
"""Fields whose value is a number with its unit; that of the others is a text."""
_LONGEST: Final = 300
_QUOTED: Final = 3


@dataclass(frozen=True)
class KnownTruth:
    """What is known of one attribute that holds or not.

    Attributes:
        topic: its name, as the lexicons of replies have it.
        values: "yes", "no", both where the shop contradicts itself, or nothing.
        words: of the shop, that say so.
    """

    topic: str
    values: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def facts(self, number: str = "") -> Iterator[Fact]:
        """Give it as facts of the only product, or of one of several."""
        for value in self.values or ("unknown",):
            yield Fact(f"{self.topic}.{number}" if number else self.topic, "truth", value)


@dataclass(frozen=True)
class ProductFacts:
    """Reads facts of one product.

    Args:
        product: as the database has it.
        topics: how texts are read.
    """

    product: ProductView
    topics: Topics

    def truth(self, topic: str) -> KnownTruth:
        """Give what is known of an attribute."""
        found = [*self._rows(topic), *(one for one in self._texts() if one.topic == topic)]
        values = dict.fromkeys("yes" if one.holds else "no" for one in found)
        return KnownTruth(topic, tuple(values), tuple(dict.fromkeys(one.words for one in found)))

    def values(self, name: str) -> tuple[str, ...]:
        """Give the values of an option or attribute of a name, such as "weight"; none where no row has it."""
        words = name.replace("_", " ")
        product = self.product
        options = [product.option_values(key) for key in product.option_names if is_named(key, words)]
        stated = [values for key, values in product.attributes.items() if is_named(key, words)]
        return tuple(dict.fromkeys(value for values in (*options, *stated) for value in values))

    def said_of(self, asked: Asked, words: Collection[str] = ()) -> list[str]:
        """Give the sentences of the description that speak of what is asked after, as they stand there.

        Args:
            asked: what is asked after.
            words: other words of the question; what the product is called says nothing.
        """
        names = [*asked.truths, *asked.fields]
        wanted = set(words) - self.nouns
        fitting = [
            sentence
            for sentence in self.topics.sentences(self.product.description)
            if self.topics.speaks_of(sentence, names)
            or share_words(wanted, sentence)
            or any(_AMOUNTS[field].search(sentence) for field in asked.fields if field in _AMOUNTS)
        ]
        return [_cut(sentence) for sentence in fitting[:_QUOTED]]

    @property
    def nouns(self) -> frozenset[str]:
        """Give what the product is called in its own texts: the last word of its name."""
        return frozenset(self.product.name.casefold().split()[-1:])

    def _texts(self) -> list[Stated]:
        product = self.product
        return [
            *self.topics.stated(product.description, self.nouns),
            *self.topics.stated(product.name, self.nouns),
        ]

    def _rows(self, topic: str) -> Iterator[Stated]:
        """Read "waterproof: yes", and "feature: waterproof"."""
        pairs = ((name, value) for name, values in self.product.attributes.items() for value in values)
        for name, value in pairs:
            answers = value.casefold() in _YES | _NO
            denies = value.casefold() in _NO
            for one in self.topics.stated(name.replace("_", " ") if answers else value, ()):
                if one.topic == topic:
                    yield Stated(topic, one.holds != denies, f"{name}: {value}")


def value_fact(field: str, number: str = "") -> Fact:
    """Give a field with a value as a fact of the only product, or of one of several."""
    name = f"{field}.{number}" if number else field
    return Fact(name, "number" if field in _NUMBERS else "text")


def price_of(labels: Labels, product: ProductView) -> str:
    """Write what a product costs, for a comparison: one price, or from which to which."""
    low, high = labels.money(product.price_min), labels.money(product.price_max)
    return low if low == high else labels.text("price.span", low=low, high=high)


def cheaper_of(first: ProductView, other: ProductView) -> str | None:
    """Tell which of two is cheaper, as the choice of a reply; None where their prices overlap."""
    if first.price_max.currency != other.price_max.currency:
        return None
    if first.price_min == first.price_max == other.price_min == other.price_max:
        return "same"
    if first.price_max.amount < other.price_min.amount:
        return "product.1"
    return "product.2" if other.price_max.amount < first.price_min.amount else None


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST else f"{sentence[:_LONGEST].rstrip()}…"
