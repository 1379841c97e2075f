"""A real matcher over small made pictures of the test shop's products."""

from __future__ import annotations

from actions.bootstrap import Services
from shop.catalogue import get_products
from shop.db import reading
from tests.vision.tiny import ColourEncoder, halves, plain
from vision.gallery import Gallery, ItemRecord
from vision.matcher import ImageMatcher

PICTURES = {
    "freerun": plain("black"),
    "runx": halves("black", "red"),
    "ultraboost": halves("blue", "pink"),
    "cactus": plain("green"),
    "orchid": halves("purple", "white"),
    "cafe-chair": plain("yellow"),
    "laptop": plain("grey"),
    "tablet": halves("grey", "white"),
    "cordless-mouse": halves("grey", "cyan"),
}

COLOURS = {
    "freerun": "black",
    "runx": "black and red",
    "ultraboost": "blue and pink",
    "cactus": "green",
    "orchid": "purple and white",
    "cafe-chair": "yellow",
    "laptop": "grey",
    "tablet": "grey and white",
    "cordless-mouse": "grey and cyan",
}


def matcher_of(services: Services) -> ImageMatcher:
    """See each product by its colours, under the shop's own names and categories."""
    encoder = ColourEncoder()
    with reading(services.sessions) as session:
        products = {one.slug: one for one in get_products(session, list(PICTURES))}
    items = {
        slug: ItemRecord(one.name, one.categories, {"color": tuple(COLOURS[slug].split(" and "))})
        for slug, one in products.items()
    }
    vectors = encoder.encode_images(list(PICTURES.values()))
    titles = encoder.encode_texts([COLOURS[slug] for slug in items])
    return ImageMatcher(encoder, Gallery.of_vectors(encoder.identity, vectors, list(PICTURES), items, titles))


class PhotoShelf:
    """A store of matchers that holds one, or none."""

    def __init__(self, matcher: ImageMatcher | None) -> None:
        self.matcher = matcher

    def current(self) -> ImageMatcher | None:
        return self.matcher
