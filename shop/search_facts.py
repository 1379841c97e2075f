"""Which variants have a colour, an option or an attribute, as SQL.

A product says "black, white" once for all of its variants; a variant that names its own value speaks for itself.
Each condition comes in two forms that mean the same: one looks at many variants at once, the other at each in turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from shop.models import Attribute, Product, Variant, VariantOption
from shop.text import is_key

COLOUR_NAMES = ("color", "colour")
_MAX_VALUE_CHARS = 300

Pair = tuple[str, str]
_Sibling = aliased(Variant)


@dataclass(frozen=True)
class Spellings:
    """How the shop writes brands, options and attributes: databases differ in what they call the same letter."""

    brands: Mapping[str, frozenset[str]]
    options: Mapping[Pair, frozenset[Pair]]
    attributes: Mapping[Pair, frozenset[Pair]]

    @classmethod
    def read(cls, session: Session) -> Spellings:
        """Collect every spelling that stands in the database."""
        brands: defaultdict[str, set[str]] = defaultdict(set)
        for brand in session.scalars(select(Product.brand).distinct()):
            if brand:
                brands[_folded(brand)].add(brand)
        return cls(
            brands={folded: frozenset(found) for folded, found in brands.items()},
            options=_pairs(session, select(VariantOption.name, VariantOption.value).distinct()),
            attributes=_pairs(session, select(Attribute.name, Attribute.value).distinct()),
        )

    def brands_like(self, wanted: Iterable[str]) -> list[str]:
        """List every spelling of some brands; a brand never seen is asked for as it was written."""
        found: set[str] = set()
        for brand in wanted:
            found |= self.brands.get(_folded(brand), frozenset({brand} if is_key(brand, _MAX_VALUE_CHARS) else ()))
        return sorted(found)


@dataclass(frozen=True)
class Fact:
    """One of several names with one of several values, in every spelling that may stand in the database.

    Attributes:
        names: what the fact is called, in lower case: "color" and "colour" are one.
        options: names and values of variant options.
        attributes: names and values of attributes.
    """

    names: tuple[str, ...]
    options: tuple[Pair, ...]
    attributes: tuple[Pair, ...]

    @classmethod
    def of(cls, names: Iterable[str], values: Iterable[str], spellings: Spellings) -> Fact:
        """Look up the spellings of names and values."""
        wanted = [(name, value) for name in names for value in values]
        names_lower = tuple(sorted({name.strip().lower() for name, _ in wanted}))
        return cls(names_lower, _known(spellings.options, wanted), _known(spellings.attributes, wanted))

    @classmethod
    def of_value(cls, value: str, spellings: Spellings) -> Fact:
        """Look up a value under whatever name it stands."""
        folded = _folded(value)
        known = {*spellings.options, *spellings.attributes}
        return cls.of([name for name, held in known if held == folded], (value,), spellings)

    def among_many(self) -> ColumnElement[bool]:
        """Write the condition on a variant so that all variants with the fact are collected once."""
        if not self.options and not self.attributes:
            return false()
        with_option = select(VariantOption.variant_id).where(_held(VariantOption, self.options))
        with_own = select(Attribute.variant_id).where(
            _held(Attribute, self.attributes), Attribute.variant_id.is_not(None)
        )
        return Variant.id.in_(union_all(with_option, with_own, self._of_products()))

    def among_few(self) -> ColumnElement[bool]:
        """Write the condition on a variant so that only the variants at hand are looked at."""
        if not self.options and not self.attributes:
            return false()
        option = exists().where(VariantOption.variant_id == Variant.id, _held(VariantOption, self.options))
        own = exists().where(Attribute.variant_id == Variant.id, _held(Attribute, self.attributes))
        product_fact = aliased(Attribute)
        shared = exists().where(
            product_fact.product_id == Variant.product_id,
            product_fact.variant_id.is_(None),
            _held(product_fact, self.attributes),
        )
        return or_(option, own, and_(shared, ~self._speaks_for_itself(Variant)))

    def _of_products(self) -> Select[int]:
        fact = aliased(Attribute)
        found = select(_Sibling.id).join(fact, fact.product_id == _Sibling.product_id)
        held = _held(fact, self.attributes)
        return found.where(held, fact.variant_id.is_(None), ~self._speaks_for_itself(_Sibling))

    def _speaks_for_itself(self, variant: Any) -> ColumnElement[bool]:
        option, own = aliased(VariantOption), aliased(Attribute)
        return or_(
            exists().where(option.variant_id == variant.id, func.lower(option.name).in_(self.names)),
            exists().where(own.variant_id == variant.id, func.lower(own.name).in_(self.names)),
        )


def _held(table: Any, pairs: Collection[Pair]) -> ColumnElement[bool]:
    return tuple_(table.name, table.value).in_(pairs)


def _known(spellings: Mapping[Pair, frozenset[Pair]], wanted: Iterable[Pair]) -> tuple[Pair, ...]:
    found: set[Pair] = set()
    for name, value in wanted:
        as_written = {(name, value)} if is_key(name, _MAX_VALUE_CHARS) and is_key(value, _MAX_VALUE_CHARS) else ()
        found |= spellings.get((_folded(name), _folded(value)), frozenset(as_written))
    return tuple(sorted(found))


def _folded(text: str) -> str:
    return text.strip().casefold()


def _pairs(session: Session, query: Select[str, str]) -> dict[Pair, frozenset[Pair]]:
    found: defaultdict[Pair, set[Pair]] = defaultdict(set)
    for name, value in session.execute(query):
        found[_folded(name), _folded(value)].add((name, value))
    return {folded: frozenset(pairs) for folded, pairs in found.items()}
