"""Holds what the recommender answers: items in order, how surely each was shown, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

ReasonKind = Literal["feature", "similar_to", "bought_with", "popular", "new", "promotion"]
Temperature = Literal["hot", "warm", "cold"]


@dataclass(frozen=True)
class Reason:
    """One true fact that speaks for an item.

    Attributes:
        kind: What sort of fact.
        field: For "feature" the item's field, as "brand"; for "popular" "category" where it is popular in one; else "".
        value: The field's value; the item id for "similar_to" and "bought_with"; the ISO time for "new"; else "".
        share: How much of the positive evidence this is, 0 to 1; 1 where there is nothing to share with. Two cases
            have a measure of their own: "bought_with" holds the share of that item's baskets that had both, and
            "popular" the share of all events (of the category, where it names one) that were with this item.
    """

    kind: ReasonKind
    field: str = ""
    value: str = ""
    share: float = 1.0


@dataclass(frozen=True)
class Recommendation:
    """One place of a slate.

    Attributes:
        item_id: The item's external id.
        rank: The place, from 1.
        score: What the items were ranked by; comparable within one slate only.
        probability: The calibrated chance that a shopper who buys anything in the weeks to come (as many as the model
            was validated on) buys this; None where no such score was learnt. Among all shoppers, most of whom buy
            nothing, it is lower by the share of those who buy.
        propensity: The exact chance that this item stood in this place under the slate's policy, in (0, 1].
        reasons: What speaks for it, strongest first; empty where nothing certain is known.
    """

    item_id: str
    rank: int
    score: float
    probability: float | None = None
    propensity: float = 1.0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Slate:
    """The items that answer one question, best first; empty where nothing honest can be said.

    Attributes:
        items: The places in order.
        policy: How they were chosen, for the log: "blend", "blend+diversity=0.3+exploration=0.1", "lift" ...
        temperature: "hot" when the shopper's own behaviour counted, "warm" when features only, "cold" when neither.
    """

    items: tuple[Recommendation, ...]
    policy: str
    temperature: Temperature

    @classmethod
    def of(
        cls,
        item_ids: Sequence[str],
        scores: Sequence[float],
        reasons: Sequence[tuple[Reason, ...]],
        policy: str,
        temperature: Temperature,
        *,
        probabilities: Sequence[float] | None = None,
        propensities: Sequence[float] | None = None,
    ) -> Slate:
        """Put items in their places, from 1; all sequences are as long as `item_ids`."""
        chances = [None] * len(item_ids) if probabilities is None else [float(one) for one in probabilities]
        shown = [1.0] * len(item_ids) if propensities is None else [float(one) for one in propensities]
        columns = zip(item_ids, scores, chances, shown, reasons, strict=True)
        places = (
            Recommendation(item, rank, float(score), chance, propensity, why)
            for rank, (item, score, chance, propensity, why) in enumerate(columns, start=1)
        )
        return cls(tuple(places), policy, temperature)

    @property
    def item_ids(self) -> tuple[str, ...]:
        """Give the items' ids in order."""
        return tuple(item.item_id for item in self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.items)
