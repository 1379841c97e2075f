"""Words of a caption that the catalogue knows: only these may move the ranking of a photo's matches.

A caption is small talk as often as a description ("lol", "my grandma has this"), and a vector of words that describe
nothing in the shop would still move every product a little, this way or that.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator

from shop.search_text import stem
from vision.gallery import Gallery, ItemRecord

_LONG_ENOUGH_TO_MISTYPE = 5
_SAME_WORD = 88.0
_WORD = re.compile(r"[^\W_]+")
# One gallery is in service at a time; its words go with it.
_KNOWN: weakref.WeakKeyDictionary[Gallery, dict[str, str]] = weakref.WeakKeyDictionary()


def known_words(gallery: Gallery, text: str) -> str:
    """Keep the words that stand in a title, category or fact of the gallery; mistyped ones are spelled as there."""
    known = _known(gallery)
    return " ".join(dict.fromkeys(filter(None, (_spelled(word, known) for word in _WORD.findall(text.casefold())))))


def _spelled(word: str, known: dict[str, str]) -> str | None:
    # A number alone describes nothing: it is a price, a house, a year.
    if word.isdecimal():
        return None
    if stem(word) in known:
        return word
    if len(word) < _LONG_ENOUGH_TO_MISTYPE:
        return None
    from rapidfuzz import fuzz, process

    near = process.extractOne(word, known.values(), scorer=fuzz.ratio, score_cutoff=_SAME_WORD)
    return near[0] if near else None


def _known(gallery: Gallery) -> dict[str, str]:
    """Give the catalogue's words by their stems."""
    found = _KNOWN.get(gallery)
    if found is None:
        texts = (text for item in gallery.items.values() for text in _texts(item))
        found = {stem(word): word for text in texts for word in _WORD.findall(text.casefold())}
        _KNOWN[gallery] = found
    return found


def _texts(item: ItemRecord) -> Iterator[str]:
    yield item.title
    yield from item.category
    for name, values in item.facts.items():
        yield name
        yield from values
