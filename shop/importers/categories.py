"""The category tree: nodes are made when a product first stands in them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from shop.importers.catalogue_rows import category_slug
from shop.models import Category


class CategoryTree:
    """The nodes that the database has, by slug."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids = {slug: key for slug, key in session.execute(select(Category.slug, Category.id))}

    def nodes(self, paths: Iterable[tuple[str, ...]]) -> list[int]:
        """Give the ids of all nodes on the paths, ancestors included, in ascending order."""
        ids = set()
        for path in paths:
            parent = None
            for depth in range(1, len(path) + 1):
                parent = self._node(path[:depth], parent)
                ids.add(parent)
        return sorted(ids)

    def _node(self, path: tuple[str, ...], parent: int | None) -> int:
        slug = category_slug(path)
        if slug not in self._ids:
            values = {"slug": slug, "name": path[-1], "parent_id": parent}
            self._ids[slug] = self._session.execute(
                insert(Category).values(**values).returning(Category.id)
            ).scalar_one()
        return self._ids[slug]
