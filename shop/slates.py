"""Slates: lists that were recommended, kept so that another policy can be judged by what shoppers then did.

Each shown item is kept with its place, what it was ranked by, and its propensity: the chance that the policy put it
there. With the rewards that `python -m shop.export slates` adds, that is what inverse propensity scoring needs
(Bottou et al., "Counterfactual Reasoning and Learning Systems", JMLR 2013).
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from shop.customers import customer_row_id
from shop.models import Product, Slate, SlateItem
from shop.shoppers import Shopper
from shop.text import is_key

MAX_SHOWN = 100
_LONGEST = {"task": 40, "policy": 200, "model_version": 80}
_ID_LENGTH = 36


@dataclass(frozen=True)
class ShownItem:
    """One place of a slate.

    Attributes:
        slug: the product that was shown.
        score: what it was ranked by, a finite number.
        propensity: the chance that the policy put this product in this place, above 0 and at most 1.
    """

    slug: str
    score: float
    propensity: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what no estimate could divide by."""
        if not math.isfinite(self.score):
            raise ValueError(f"score of {self.slug!r} is {self.score}, it must be a finite number")
        if not 0 < self.propensity <= 1:
            raise ValueError(f"propensity of {self.slug!r} is {self.propensity}, it must be above 0 and at most 1")


def log_slate(
    session: Session, shopper: Shopper, task: str, policy: str, model_version: str, shown: Sequence[ShownItem]
) -> str:
    """Keep a list that is being shown, and give the id under which clicks can name it.

    A product that has left the database since it was ranked leaves its place empty.

    Args:
        session: a session of `shop.db.writing`.
        shopper: who sees it.
        task: what was asked for, such as "recommend" or "similar_items".
        policy: how it was ranked, such as "blend+exploration=0.1".
        model_version: which model ranked it.
        shown: what is shown, first place first.

    Raises:
        ValueError: a text is empty or too long, a product stands twice, or more than MAX_SHOWN are shown.
    """
    values = {"task": task, "policy": policy, "model_version": model_version}
    for name, value in values.items():
        if not is_key(value, _LONGEST[name]):
            raise ValueError(f"{name} is empty, longer than {_LONGEST[name]} or not printable: {value!r}")
    slugs = [item.slug for item in shown]
    if len(slugs) > MAX_SHOWN or len(set(slugs)) < len(slugs):
        raise ValueError(f"a slate shows at most {MAX_SHOWN} products, each once: {slugs}")
    ids = {slug: key for slug, key in session.execute(select(Product.slug, Product.id).where(Product.slug.in_(slugs)))}
    slate = Slate(
        public_id=str(uuid.uuid4()),
        shopper_id=shopper.shopper_id,
        customer_id=customer_row_id(session, shopper),
        **values,
        items=[
            SlateItem(position=position, product_id=ids[item.slug], score=item.score, propensity=item.propensity)
            for position, item in enumerate(shown, start=1)
            if item.slug in ids
        ],
    )
    session.add(slate)
    session.flush()
    return slate.public_id


def slate_row_id(session: Session, shopper: Shopper, slate: str, product_id: int) -> int | None:
    """Find the row of a slate that this shopper saw and that showed this product; None where there is none.

    A shopper saw the slates of this conversation, but for those of a customer who is no longer signed in to it, and a
    customer also those of their other conversations.
    """
    if not is_key(slate, _ID_LENGTH):
        return None
    showed = and_(SlateItem.slate_id == Slate.id, SlateItem.product_id == product_id)
    found = select(Slate.id).join(SlateItem, showed)
    return session.scalar(found.where(Slate.public_id == slate, _seen_by(session, shopper)))


def _seen_by(session: Session, shopper: Shopper) -> ColumnElement[bool]:
    customer_id = customer_row_id(session, shopper)
    as_guest = and_(Slate.shopper_id == shopper.shopper_id, Slate.customer_id.is_(None))
    return as_guest if customer_id is None else or_(as_guest, Slate.customer_id == customer_id)
