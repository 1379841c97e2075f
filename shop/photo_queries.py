"""What shoppers' photos were seen as, beside the lists that answered them: an image model learns from what was chosen.

A row holds the vector that a model made of a photo and names the slate that was shown for it; no picture is kept. Rows
leave after 180 days.

Vectors alone, without what was chosen, tell how shoppers' photos differ from a catalogue's pictures: `recent_photos`.

`python -m shop.export photo-clicks --database-url sqlite:///var/shop.db --out artifacts/vision/clicks.npz`
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from shop.files import replacing
from shop.models import Interaction, PhotoQuery, Product, Slate, SlateItem, utc_now
from shop.shoppers import Shopper
from shop.slates import ShownItem, log_slate
from shop.text import is_key

TASK = "photo"
"""The task of the slates that answer photos."""

KEPT = dt.timedelta(days=180)
KINDS = ("click", "cart", "purchase")
"""What a shopper does with what they meant."""

_STORED = np.dtype("<f2")
_LONGEST_MODEL = 80


@dataclass(frozen=True)
class PhotoClicks:
    """Photos of one model with the products that they led to.

    Attributes:
        vectors: one row per choice, shape (n, d).
        item_ids: the slug of the product that was chosen, per row.
        kinds: how: one of KINDS, per row.
        model: the checksum of the model that made the vectors; "" where there is none.
    """

    vectors: NDArray[np.float32]
    item_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    model: str


@dataclass(frozen=True)
class RecentPhotos:
    """The latest photos that one model saw.

    Attributes:
        vectors: one row per photo, latest first, shape (n, d).
        numbers: of the answers, latest first; they grow with time.
    """

    vectors: NDArray[np.float32]
    numbers: tuple[int, ...]


def log_photo_answer(
    session: Session,
    shopper: Shopper,
    policy: str,
    model: str,
    shown: list[ShownItem],
    vector: NDArray[np.float32],
    *,
    narrowed: bool,
) -> str:
    """Keep the list that answers a photo with what was seen in the photo; give the id under which clicks can name it.

    Args:
        session: a session of `shop.db.writing`.
        shopper: who sees the list.
        policy: how it was ranked.
        model: the checksum of the image model.
        shown: what is shown, first place first.
        vector: of the photo, shape (d,), numbers from -1 to 1.
        narrowed: whether words or filters had a say in the list.

    Raises:
        ValueError: as of `shop.slates.log_slate`, or the vector is empty or not finite.
    """
    stored = np.asarray(vector, dtype=_STORED)
    if stored.ndim != 1 or not stored.size or not np.isfinite(stored).all():
        raise ValueError(f"a photo's vector has shape {stored.shape}; it must be one row of finite numbers")
    if not is_key(model, _LONGEST_MODEL):
        raise ValueError(f"model is empty, longer than {_LONGEST_MODEL} or not printable: {model!r}")
    public_id = log_slate(session, shopper, TASK, policy, model, shown)
    slate_id = session.scalars(select(Slate.id).where(Slate.public_id == public_id)).one()
    session.add(PhotoQuery(slate_id=slate_id, model=model, vector=stored.tobytes(), narrowed=narrowed))
    session.execute(delete(PhotoQuery).where(PhotoQuery.created_at < utc_now() - KEPT))
    return public_id


def photo_clicks(session: Session, model: str | None = None) -> PhotoClicks:
    """Read what shoppers chose from the answers to their photos, oldest first.

    What was narrowed down is left out, as it need not be what the photo shows; so is what was later dismissed from the
    same list. A product that was chosen in several ways from one list comes once, in the way that says most.

    Args:
        session: any session.
        model: the checksum of the model; that of the latest photo where it is not given.
    """
    wanted = model or session.scalar(select(PhotoQuery.model).order_by(PhotoQuery.created_at.desc()).limit(1)) or ""
    query = (
        select(PhotoQuery.slate_id, PhotoQuery.vector, Product.slug, Interaction.kind)
        .join(Interaction, Interaction.slate_id == PhotoQuery.slate_id)
        .join(Product, Product.id == Interaction.product_id)
        .join(SlateItem, (SlateItem.slate_id == PhotoQuery.slate_id) & (SlateItem.product_id == Product.id))
        .where(PhotoQuery.model == wanted, PhotoQuery.narrowed.is_(False), Interaction.kind.in_((*KINDS, "dismiss")))
    )
    chosen: dict[tuple[int, str], tuple[bytes, list[str]]] = {}
    for slate_id, vector, slug, kind in session.execute(query.order_by(PhotoQuery.slate_id, Interaction.id)):
        chosen.setdefault((slate_id, slug), (vector, []))[1].append(kind)
    kept = {key: (vector, kinds) for key, (vector, kinds) in chosen.items() if "dismiss" not in kinds}
    rows = [np.frombuffer(vector, dtype=_STORED).astype(np.float32) for vector, _ in kept.values()]
    return PhotoClicks(
        vectors=np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32),
        item_ids=tuple(slug for _, slug in kept),
        kinds=tuple(max(kinds, key=KINDS.index) for _, kinds in kept.values()),
        model=wanted,
    )


def recent_photos(session: Session, model: str, most: int = 300, each: int = 5) -> RecentPhotos:
    """Read what shoppers' latest photos were seen as; a photo that was answered several times comes once.

    Args:
        session: any session.
        model: the checksum of the model.
        most: photos in all.
        each: answers of one shopper that count, so that none of them alone moves what all others find.
    """
    nth = func.row_number().over(partition_by=Slate.shopper_id, order_by=PhotoQuery.slate_id.desc()).label("nth")
    own = select(PhotoQuery.slate_id, PhotoQuery.vector, nth).join(Slate).where(PhotoQuery.model == model).subquery()
    latest = select(own.c.slate_id, own.c.vector).where(own.c.nth <= each).order_by(own.c.slate_id.desc()).limit(most)
    found = session.execute(latest).all()
    rows = [
        np.frombuffer(vector, dtype=_STORED).astype(np.float32) for vector in dict.fromkeys(row[1] for row in found)
    ]
    vectors = np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)
    return RecentPhotos(vectors, tuple(number for number, _ in found))


def write_photo_clicks(session: Session, path: Path, model: str | None = None) -> int:
    """Write the same as an .npz file without pickles, as a whole or not at all, and give its rows."""
    clicks = photo_clicks(session, model)
    with replacing(path) as draft, draft.open("wb") as file:
        np.savez_compressed(
            file,
            vectors=clicks.vectors,
            item_ids=np.array(clicks.item_ids, dtype=np.str_),
            kinds=np.array(clicks.kinds, dtype=np.str_),
            model=np.array(clicks.model, dtype=np.str_),
        )
    return len(clicks.item_ids)
