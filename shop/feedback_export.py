"""What shoppers think of replies, and a person's corrections, as JSON lines: `python -m shop.export feedback`.

`python -m replies.dataset from-feedback` makes examples of them. Neither ids nor names are written: whose thumb it was
is a hash, so that nobody's counts twice for the same words.
"""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shop.files import replacing
from shop.models import ReplyFeedback
from shop.shoppers import guest_user_id


def write_feedback(session: Session, path: Path) -> int:
    """Write every reply with a thumb or a correction, the oldest first; tell how many.

    Args:
        session: any session.
        path: the JSON lines to write, as a whole or not at all.
    """
    judged = or_(ReplyFeedback.thumb.is_not(None), ReplyFeedback.correction.is_not(None))
    rows = session.scalars(select(ReplyFeedback).where(judged).order_by(ReplyFeedback.id)).all()
    with replacing(path) as draft:
        draft.write_text("".join(_line(row) for row in rows), encoding="utf-8")
    return len(rows)


def _line(row: ReplyFeedback) -> str:
    content = {**row.content, "voter": guest_user_id(row.shopper_id)}
    return json.dumps(content, ensure_ascii=False) + "\n"
