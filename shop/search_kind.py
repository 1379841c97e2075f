"""Whether what was found is the kind of thing that was asked for, or only near to it.

The word that says what is wanted decides: for "camera" a Camera Lens is no camera, as its name ends in another word,
and for "tennis racket" a Tennis Ball only shares the sport.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.models import Product
from shop.search_text import stem, words
from shop.search_words import FullText, full_text_of
from shop.spelling import Reading

# Names are read only of a list that a shopper can look through.
_MOST_NAMES = 500


@dataclass(frozen=True)
class OfKind:
    """What is left of what was found, and how well it is what was asked for.

    Attributes:
        product_ids: what may be shown.
        near: whether none of it is called what was asked for.
        unsaid: words of the query that none of it says.
    """

    product_ids: frozenset[int]
    near: bool = False
    unsaid: tuple[str, ...] = ()


def of_kind(session: Session, understood: Reading, found: Sequence[int], close: Collection[int]) -> OfKind:
    """Sort out what only shares a word with what was asked for, and tell how well the rest fits.

    Args:
        session: any session.
        understood: the query.
        found: what words or meaning have found.
        close: what of it is near in meaning to the word that says what is wanted.
    """
    connection = session.connection()
    full_text, among_found = full_text_of(connection), frozenset(found)

    def saying(group: Sequence[str], in_title: bool = False) -> frozenset[int]:
        ids = full_text.match(connection, [group], every=True, in_title=in_title) if group else []
        return among_found.intersection(ids)

    says = {word: saying(group) for word, group in zip(understood.wishes, understood.groups, strict=True)}
    titled = saying(understood.head_group, in_title=True)
    called = titled or _titled(session, full_text, understood, among_found)
    kept = among_found - _only_beside(says, understood.head, titled) - _other_heads(session, understood, titled)
    if called and len(understood.wishes) > 1:
        kept &= called | says.get(understood.head or "", frozenset()) | frozenset(close)
    elif not called:
        kept &= says.get(understood.head or "", frozenset()) or frozenset(close)
    unsaid = tuple(word for word, ids in says.items() if not ids & kept)
    return OfKind(kept, near=bool(kept) and not called, unsaid=unsaid)


def _titled(session: Session, full_text: FullText, understood: Reading, found: Collection[int]) -> frozenset[int]:
    """Name what has all words of the query in its name or facts, such as a brand or an article number."""
    if not all(understood.groups):
        return frozenset()
    ids = full_text.match(session.connection(), understood.groups, every=True, in_title=True)
    return frozenset(ids).intersection(found)


def _only_beside(says: dict[str, frozenset[int]], head: str | None, titled: Collection[int]) -> frozenset[int]:
    """Name what says other words of the query, but not the one that says what is wanted, where something says that."""
    wanted = says.get(head or "", frozenset()) | frozenset(titled)
    others = frozenset[int]().union(*(ids for word, ids in says.items() if word != head))
    return others - wanted if wanted else frozenset()


def _other_heads(session: Session, understood: Reading, titled: Collection[int]) -> frozenset[int]:
    """Name what has the wanted word in its name, but is another thing: a Camera Lens, where there are cameras."""
    if not 1 < len(titled) <= _MOST_NAMES:
        return frozenset()
    having, ending = _names_with(session, understood, titled)
    return having - ending if ending else frozenset()


def called_so(session: Session, understood: Reading, found: Collection[int]) -> frozenset[int]:
    """Name the products whose name ends in the word that says what is wanted."""
    return _names_with(session, understood, found)[1]


def _names_with(session: Session, understood: Reading, found: Collection[int]) -> tuple[frozenset[int], frozenset[int]]:
    """Name the products that have the wanted word in their name, and those whose name ends in it."""
    wanted = frozenset(understood.head_group)
    rows = session.execute(select(Product.id, Product.name).where(Product.id.in_(sorted(found)[:_MOST_NAMES])))
    names = {product_id: [stem(word) for word in words(name)] for product_id, name in rows}
    having = {product_id: name for product_id, name in names.items() if wanted.intersection(name)}
    return frozenset(having), frozenset(key for key, name in having.items() if name[-1] in wanted)
