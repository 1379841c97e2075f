"""Answers "what goes with it?" from baskets, and from nothing else."""

from __future__ import annotations

from collections.abc import Collection

from recsys.baskets import companions
from recsys.filters import mask_of, rows_among
from recsys.served import Served
from recsys.slate import Reason, Slate

POLICY = "lift"


def bought_together(served: Served, item_ids: Collection[str], k: int, candidates: Collection[str] | None) -> Slate:
    """Rank what was bought with any of some items by the surest lift, and name the item that it goes with.

    Args:
        served: The model.
        item_ids: What is there already, as in a cart; ids that the model does not know are passed over.
        k: How many.
        candidates: External ids; None is all items.

    Returns:
        Items whose lift is above 1 even at the lower end of its interval; an empty slate where baskets do not say.
    """
    parts = served.parts
    seeds = rows_among(parts.items, item_ids)
    allowed = mask_of(parts, candidates)
    allowed[seeds] = False
    found: dict[int, tuple[float, int, float]] = {}
    for seed in seeds.tolist():
        company = companions(parts.baskets, seed)
        for row, lift, share in zip(company.rows.tolist(), company.lift, company.share, strict=True):
            if allowed[row]:
                found[row] = max(found.get(row, (0.0, 0, 0.0)), (float(lift), -seed, float(share)))
    best = sorted(found, key=lambda row: (-found[row][0], row))[:k]
    reasons = [
        (Reason("bought_with", value=parts.items.ids([-found[row][1]])[0], share=found[row][2]),) for row in best
    ]
    return Slate.of(parts.items.ids(best), [found[row][0] for row in best], reasons, POLICY, "hot" if best else "cold")
