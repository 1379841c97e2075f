"""Why something is recommended, in words: true facts only, and never the name of a feature."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from actions.labels import Labels
from actions.turn import clean_words
from recsys.slate import Reason

MOST = 2
_OFTEN = 0.15
"""From this share of its orders on, something is often bought with another thing."""
_FIELDS = {
    "brand": "reasons.brand",
    "category": "reasons.category",
    "colour": "reasons.colour",
    "price": "reasons.price",
    "photo_exact": "reasons.photo_exact",
    "photo_very_similar": "reasons.photo_very_similar",
    "photo_similar": "reasons.photo_similar",
}
LIKE_SEED, LIKE_LIKED = "seed", "liked"
"""The `field` of a "similar_to" reason whose product was asked about, or is said to be liked; else it was looked at."""

_PRODUCTS = {"similar_to": "reasons.similar_to", "bought_with": "reasons.bought_with"}
_SIMILAR = {LIKE_SEED: "reasons.like", LIKE_LIKED: "reasons.liked"}
_PLAIN = {"new": "reasons.new", "promotion": "reasons.promotion"}


def products_named(reasons: Iterable[Reason]) -> list[str]:
    """List the products that some reasons speak of."""
    return list(dict.fromkeys(reason.value for reason in reasons if reason.kind in _PRODUCTS and reason.value))


def told_truly(reasons: Iterable[Reason], seeds: Collection[str], liked: Collection[str]) -> tuple[Reason, ...]:
    """Tell likeness to what was asked about, or said to be liked, from likeness to what was looked at."""
    fields = {**dict.fromkeys(liked, LIKE_LIKED), **dict.fromkeys(seeds, LIKE_SEED)}
    return tuple(
        replace(reason, field=fields[reason.value])
        if reason.kind == "similar_to" and reason.value in fields
        else reason
        for reason in reasons
    )


def sensible(
    reasons: Iterable[Reason], kind: str | None, kinds: Mapping[str, str | None], *, narrowed: bool
) -> tuple[Reason, ...]:
    """Leave out what is true and tells nothing.

    Args:
        reasons: strongest first.
        kind: the innermost category of the product.
        kinds: the innermost categories of the products that reasons speak of, by slug.
        narrowed: whether the shopper has said what is wanted: that it is in a category, or called so, is no news then.
    """
    return tuple(
        reason
        for reason in reasons
        if not (reason.kind == "similar_to" and not reason.field and kinds.get(reason.value) != kind)
        and not (reason.kind == "feature" and narrowed and reason.field in ("category", "title"))
    )


def reason_words(labels: Labels, reasons: Sequence[Reason], names: Mapping[str, str]) -> str:
    """Say the strongest reasons that there are words for, in one clause; empty where there are none.

    Args:
        labels: the language.
        reasons: strongest first.
        names: the names of the products that the reasons speak of, by slug; one that has none is not spoken of.
    """
    said: dict[tuple[str, str], str] = {}
    for reason in reasons:
        # Two categories of one product, or two words of its name, are one reason: the stronger is said.
        topic = (reason.kind, reason.field if reason.kind == "feature" else reason.value)
        words = None if topic in said else _clause(labels, reason, names)
        if words and words not in said.values():
            said[topic] = words
    return labels.clauses(list(said.values())[:MOST])


def to_state(reasons: Sequence[Reason]) -> list[list[str | float]]:
    """Write reasons as JSON values, for a slot."""
    return [[reason.kind, reason.field, reason.value, round(float(reason.share), 4)] for reason in reasons]


def from_state(state: Iterable[Sequence[str | float]]) -> list[Reason]:
    """Read reasons back from a slot."""
    return [Reason(kind, str(field), str(value), float(share)) for kind, field, value, share in state]  # type: ignore[arg-type]


def _clause(labels: Labels, reason: Reason, names: Mapping[str, str]) -> str | None:
    value = clean_words(reason.value)
    if reason.kind == "feature":
        # A brand keeps its name in every language.
        said = value if reason.field == "brand" else labels.value(value)
        return labels.text(_FIELDS[reason.field], value=said) if reason.field in _FIELDS else None
    if reason.kind in _PRODUCTS:
        name = names.get(reason.value)
        key = _SIMILAR.get(reason.field, _PRODUCTS[reason.kind])
        if reason.kind == "bought_with" and reason.share < _OFTEN:
            key = "reasons.sometimes_with"
        return labels.text(key, name=name) if name else None
    if reason.kind == "popular":
        key = "reasons.popular_in" if reason.field == "category" else "reasons.popular"
        return labels.text(key, value=labels.value(value))
    return labels.text(_PLAIN[reason.kind])
