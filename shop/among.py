"""The condition to be one of many products, however many they are."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import ColumnElement, Integer, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from shop.models import Variant


def among(product_ids: Collection[int], session: Session) -> ColumnElement[bool]:
    """Write the condition that a variant's product is one of many; one parameter, however many they are."""
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(json.dumps(list(product_ids))).table_valued("value")
        return Variant.product_id.in_(select(each.c.value))
    return Variant.product_id == any_(cast(list(product_ids), ARRAY(Integer)))
