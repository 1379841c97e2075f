"""Which products and variants say a word that a shopper wants nothing of.

The full text knows quickly which products say it anywhere: in name, brand, categories, facts, options, SKUs or
description. Where only an option says it, as "red", the product stays with its other variants,
also if it lists the colours of all of them as a fact.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, func, inspect, or_, select
from sqlalchemy.orm import Session

from shop.among import among
from shop.models import Attribute, Category, Product, Variant, VariantOption
from shop.search_facts import COLOUR_NAMES
from shop.search_text import ProductText, read_products, stem, words
from shop.search_words import full_text_of

Phrase = tuple[str, ...]
Says = Callable[[str], bool]


@dataclass(frozen=True)
class Unwanted:
    """What is left out.

    Attributes:
        product_ids: products that say it of themselves.
        values: values of options, and of facts of one variant, that say it; a variant that has one is left out.
    """

    product_ids: frozenset[int] = frozenset()
    values: frozenset[str] = frozenset()

    def variants(self) -> ColumnElement[bool]:
        """Write the condition on a variant that it has one of the values."""
        option = exists().where(VariantOption.variant_id == Variant.id, VariantOption.value.in_(self.values))
        own = exists().where(Attribute.variant_id == Variant.id, Attribute.value.in_(self.values))
        return or_(option, own) if self.values else false()


def unwanted(session: Session, texts: Iterable[str]) -> Unwanted:
    """Find what says any of some words or phrases, whatever their case, accents and endings.

    Args:
        session: any session.
        texts: "leather", "fake fur"; the words of a phrase must stand side by side.
    """
    phrases = [phrase for text in texts if (phrase := _stems(text))]
    by_phrase = {phrase: _mentioning(session, phrase) for phrase in phrases}
    mentioned = set[int]().union(*by_phrase.values())
    if not mentioned:
        return Unwanted()
    says = _saying(phrases)
    values: set[str] = set()
    # The full text does not tell whether the words of a phrase stand side by side.
    doubtful = set[int]().union(*(found for phrase, found in by_phrase.items() if len(phrase) > 1))
    for product_id, value in _variant_values(session, mentioned):
        if says(value):
            values.add(value)
            doubtful.add(product_id)
    speaking = {product_id for product_id, text in _own_texts(session, doubtful) if says(text)}
    return Unwanted(frozenset(mentioned - doubtful | speaking), frozenset(values))


def _stems(text: str) -> Phrase:
    return tuple(stem(word) for word in words(text))


def _saying(phrases: Collection[Phrase]) -> Says:
    """Make the test whether a text holds one of the phrases, word by word."""
    wanted = [f" {' '.join(phrase)} " for phrase in phrases]

    @functools.cache
    def says(text: str) -> bool:
        spoken = f" {' '.join(_stems(text))} "
        return any(phrase in spoken for phrase in wanted)

    return says


def _mentioning(session: Session, phrase: Phrase) -> set[int]:
    """Find the products that have all words of a phrase anywhere in their text."""
    connection = session.connection()
    full_text = full_text_of(connection)
    if inspect(connection).has_table(full_text.words.name):
        return {*full_text.match(connection, [[word] for word in phrase], every=True)}
    return {product.product_id for product in read_products(session) if _has_words(product, phrase)}


def _has_words(product: ProductText, phrase: Phrase) -> bool:
    return {word for field in product.fields for word in field.split()}.issuperset(phrase)


def _variant_values(session: Session, product_ids: Collection[int]) -> Iterator[tuple[int, str]]:
    """Read what single variants of some products say: their options and their own facts."""
    here = among(product_ids, session)
    options = select(Variant.product_id, VariantOption.value).join(VariantOption).where(here)
    own = select(Variant.product_id, Attribute.value).join(Attribute, Attribute.variant_id == Variant.id).where(here)
    for query in (options, own):
        yield from ((product_id, value) for product_id, value in session.execute(query.distinct()))


def _told_by_variants() -> ColumnElement[bool]:
    """Write the condition on a shared fact that each variant names its own: "red, blue" of a red and a blue one."""
    fact, option = func.lower(Attribute.name), func.lower(VariantOption.name)
    same = or_(option == fact, and_(option.in_(COLOUR_NAMES), fact.in_(COLOUR_NAMES)))
    own = exists().where(Variant.product_id == Product.id, VariantOption.variant_id == Variant.id, same)
    return own.correlate(Product, Attribute)


def _own_texts(session: Session, product_ids: Collection[int]) -> Iterator[tuple[int, str]]:
    """Read what some products say of themselves, of which no variant is free."""
    if not product_ids:
        return
    some = Product.id.in_(select(Variant.product_id).where(among(product_ids, session)))
    columns = (Product.name, func.coalesce(Product.brand, ""), Product.description)
    queries = [select(Product.id, column).where(some) for column in columns]
    queries.append(select(Product.id, Category.name).select_from(Product).join(Product.categories).where(some))
    shared = select(Product.id, Attribute.value).join(Attribute).where(some, Attribute.variant_id.is_(None))
    shared = shared.where(~_told_by_variants())
    for query in (*queries, shared):
        yield from ((product_id, text) for product_id, text in session.execute(query))
