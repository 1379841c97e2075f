"""Finds a matcher's settings on photos that nobody took: views of the shop's own pictures, and made strangers.

    settings = calibrate(encoder, gallery, catalogue, seed=17)
    settings.save(folder / "matcher.json")

Nothing is learnt here but some twenty numbers; a few hundred views are enough, and take a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from vision.abstain import FEATURES, features, fit_certainty
from vision.augment import Augmentation
from vision.catalogue import Catalogue, Item
from vision.classes import ClassBook, class_probabilities, fit_class_weights
from vision.composed_fit import fit_composed
from vision.encoder import Encoder, Vectors
from vision.errors import NothingToMatch
from vision.gallery import Gallery
from vision.grading import exact_limits, very_similar_limit
from vision.images import open_photo
from vision.made_strangers import made_strangers
from vision.matcher_settings import GradeLimits, MatcherSettings
from vision.photo_vectors import photo_vectors
from vision.scenes import Stage
from vision.scoring import ItemSpace, Scored

Ints = NDArray[np.int64]
Values = NDArray[np.float64]
Column = NDArray[np.float32]
Truth = NDArray[np.bool_]

MOST_ROWS = 4_000
"""Pictures of the gallery that views are compared with: more cost time, and change the settings little."""
FEWEST_REAL = 50
"""Real photos that are enough to calibrate by alone."""
MODERATE = Augmentation(strength=0.6)
SCENES = 0.5
"""Views that are as bad as those of training would make a limit that nearly every stranger passes."""
_GAIN = 0.02
"""A setting has to lower the mean negative log-likelihood by as much to be preferred to a simpler one."""
_CENTRING = 1.0
"""Ranking hardly hangs on it, but abstaining does: by the nearest picture's similarity, a tower that was tuned on
groceries tells a demo shop's and a clothing shop's pictures with an AUROC of 0.94, and of 0.33 without centring."""
_AT_ONCE, _BEST = 16, 50
_TEMPERATURES = (0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15)


@dataclass(frozen=True)
class Views:
    """Photos whose product is known.

    Attributes:
        vectors: shape (m, d), as the encoder gives them.
        item_ids: which product each shows.
    """

    vectors: Vectors
    item_ids: tuple[str, ...]


def calibrate(
    encoder: Encoder,
    gallery: Gallery,
    catalogue: Catalogue,
    seed: int = 0,
    *,
    photos: Sequence[tuple[str, Image]] = (),
    views: int = 400,
) -> MatcherSettings:
    """Find the settings of a matcher.

    Args:
        encoder: made the gallery.
        gallery: of this catalogue.
        catalogue: its pictures are shown as photos that nobody took.
        seed: equal seeds find equal settings.
        photos: item ids and real photos that neither training nor gallery has seen; with at least 50 of them they
            alone are the known ones, for they tell more than made views.
        views: how many views are made, if they are needed, and half as many strangers.

    Raises:
        NothingToMatch: the catalogue has no picture whose product is in the gallery.
    """
    rng = np.random.default_rng(seed)
    real = len(photos) >= FEWEST_REAL
    known = _real(encoder, gallery, photos) if real else made_views(encoder, gallery, catalogue, views, rng)
    strangers = encode(encoder, made_strangers(max(30, views // 2), rng))
    found = calibrate_vectors(encoder, _smaller(gallery, known, rng), known, strangers, catalogue.items, seed)
    return replace(found, centre_is_measured=real)


def calibrate_vectors(
    encoder: Encoder,
    gallery: Gallery,
    known: Views,
    strangers: Vectors,
    items: Sequence[Item] = (),
    seed: int = 0,
) -> MatcherSettings:
    """Find the settings of a matcher from vectors.

    Args:
        encoder: made the gallery.
        gallery: holds all products that `known` shows.
        known: photos whose product is known.
        strangers: vectors of pictures that show nothing of the gallery, shape (n, d).
        items: products whose facts make wishes for composed search; without them it keeps its defaults.
        seed: for the choice of wishes.
    """
    start = MatcherSettings(model=encoder.identity.checksum)
    settings = _ranked(gallery, known, start)
    book = ClassBook(ItemSpace(gallery, settings), gallery.items, encoder)
    settings = _recognised(gallery, book, known, settings)
    settings = _abstaining(gallery, book, known, strangers, settings)
    settings = _graded(gallery, book, known, strangers, settings)
    views = (known.vectors, known.item_ids)
    return fit_composed(encoder, gallery, items, views, settings, np.random.default_rng(seed))


def encode(encoder: Encoder, photos: Sequence[Image]) -> Vectors:
    """Encode photos in batches, as a matcher looks at them; shape (n, d)."""
    batches = [photos[at : at + _AT_ONCE] for at in range(0, len(photos), _AT_ONCE)]
    parts = [photo_vectors(encoder.encode_images, batch) for batch in batches]
    return np.concatenate(parts) if parts else np.zeros((0, encoder.identity.dimensions), np.float32)


def made_views(encoder: Encoder, gallery: Gallery, catalogue: Catalogue, count: int, rng: np.random.Generator) -> Views:
    """Take photos that nobody took of products of the gallery, each product about as often."""
    there = {*gallery.item_ids}
    photos = [photo for photo in catalogue.photos if photo.kind == "catalogue" and photo.item_id in there]
    if not photos:
        raise NothingToMatch("the catalogue has no picture to calibrate with")
    if len(photos) > count:
        photos = [photos[int(at)] for at in rng.choice(len(photos), count, replace=False)]
    stage = Stage([open_photo(photo.path) for photo in photos], [photo.item_id for photo in photos])
    rows = [at % len(photos) for at in range(count)]
    vectors = encode(encoder, [stage.photo(row, rng, MODERATE, SCENES) for row in rows])
    return Views(vectors, tuple(photos[row].item_id for row in rows))


def _real(encoder: Encoder, gallery: Gallery, photos: Sequence[tuple[str, Image]]) -> Views:
    there = {*gallery.item_ids}
    kept = [(item_id, photo) for item_id, photo in photos if item_id in there]
    return Views(encode(encoder, [photo for _, photo in kept]), tuple(item_id for item_id, _ in kept))


def _smaller(gallery: Gallery, known: Views, rng: np.random.Generator) -> Gallery:
    """Leave out products that no view shows, where the gallery is larger than what calibration needs."""
    if len(gallery) <= MOST_ROWS:
        return gallery
    shown = {*known.item_ids}
    others = sorted({*gallery.item_ids} - shown)
    rng.shuffle(others)
    kept = gallery.rows_of([*shown, *others[: MOST_ROWS // 2]])[:MOST_ROWS]
    pictures = [gallery.pictures[row] for row in kept]
    return Gallery(gallery.identity, gallery.vectors[kept], pictures, gallery.items, gallery.text_vectors)


def _ranked(gallery: Gallery, known: Views, start: MatcherSettings) -> MatcherSettings:
    """Choose pooling, the weight of captions and the temperature: the likeliest true products win."""
    centre = tuple(float(value) for value in known.vectors.mean(axis=0))
    place = replace(start, centring=_CENTRING, photo_centre=centre)
    soft = len(gallery) > len({*gallery.item_ids})
    pools = ("max", "soft") if soft else ("max",)
    weights = (0.0, 0.1, 0.2, 0.3, 0.5) if gallery.text_vectors.any() else (0.0,)
    best, least = start, np.inf
    for pool, weight in product(pools, weights):
        tried = replace(place, pooling=pool, caption_weight=weight)
        temperature, loss = _sharpness(gallery, known, tried)
        # A view that any setting finds tells nothing; simpler settings come first and win ties.
        if loss < least - _GAIN:
            best, least = replace(tried, temperature=temperature), loss
    return best


def _sharpness(gallery: Gallery, known: Views, settings: MatcherSettings) -> tuple[float, float]:
    """Give the temperature under which the true products are likeliest, and their mean negative log-likelihood."""
    space = ItemSpace(gallery, settings)
    number = {item_id: at for at, item_id in enumerate(space.item_ids)}
    scores = np.stack([space.scores(query).score for query in space.query(known.vectors)]).astype(np.float64)
    true = np.array([number[item_id] for item_id in known.item_ids])
    rows = np.arange(len(true))
    losses = []
    for temperature in _TEMPERATURES:
        logits = scores / temperature
        losses.append(float((np.logaddexp.reduce(logits, axis=1) - logits[rows, true]).mean()))
    return _TEMPERATURES[int(np.argmin(losses))], min(losses)


def _recognised(gallery: Gallery, book: ClassBook, known: Views, settings: MatcherSettings) -> MatcherSettings:
    """Weigh the witnesses of classes."""
    space = ItemSpace(gallery, settings)
    number = {item_id: at for at, item_id in enumerate(space.item_ids)}
    true = np.array([book.class_of_item[number[item_id]] for item_id in known.item_ids])
    queries = space.query(known.vectors)
    told = [
        book.witnesses(queries[row], space.scores(queries[row]), settings.temperature)
        for row in np.flatnonzero(true >= 0)
    ]
    if not told or len(book.paths) < 2:
        return settings
    return replace(settings, classes=fit_class_weights(np.stack(told), true[true >= 0]))


def _abstaining(
    gallery: Gallery, book: ClassBook, known: Views, strangers: Vectors, settings: MatcherSettings
) -> MatcherSettings:
    """Learn to abstain: from made strangers, and from views whose own class is taken out of the gallery."""
    space = ItemSpace(gallery, settings)
    group = _groups(gallery, space.item_ids)
    number = {item_id: at for at, item_id in enumerate(space.item_ids)}
    queries = space.query(known.vectors)
    inside = [_features(space, book, query, settings, np.array([], np.int64)) for query in queries]
    outside = [_features(space, book, query, settings, np.array([], np.int64)) for query in space.query(strangers)]
    for query, item_id in zip(queries, known.item_ids, strict=True):
        same = np.flatnonzero(group == group[number[item_id]])
        if len(same) < len(group):
            outside.append(_features(space, book, query, settings, same))
    kinds = np.array([0] * len(strangers) + [1] * (len(outside) - len(strangers)))
    certainty = fit_certainty(np.array(inside), np.array(outside), kinds)
    return replace(settings, certainty=certainty)


def _features(space: ItemSpace, book: ClassBook, query: Vectors, settings: MatcherSettings, out: Ints) -> list[float]:
    """Give the features of an answer by a gallery without some of its products."""
    found = space.scores(query)
    if len(out):
        kept = ~np.isin(found.items, out)
        found = Scored(found.items[kept], found.similarity[kept], found.score[kept])
    witnesses = book.witnesses(query, found, settings.temperature)
    there = np.isin(np.arange(len(book.paths)), book.class_of_item[found.items])
    chances = class_probabilities(witnesses[:, there], settings.classes)
    told = features(found.best(_BEST), float(chances.max()) if len(chances) else 1.0, settings.temperature)
    return [told[name] for name in FEATURES]


def _groups(gallery: Gallery, item_ids: Sequence[str]) -> Ints:
    """Number the products' widest categories, or the narrowest where there are too few wide ones to hold any out."""
    paths = [gallery.items[item_id].category for item_id in item_ids]
    wide = [path[:1] for path in paths]
    chosen = wide if len({*wide}) >= 3 else paths
    numbers = {path: at for at, path in enumerate(dict.fromkeys(chosen))}
    return np.array([numbers[path] for path in chosen], dtype=np.int64)


def _graded(
    gallery: Gallery, book: ClassBook, known: Views, strangers: Vectors, settings: MatcherSettings
) -> MatcherSettings:
    """Find the limits of the grades on the best match of each stranger and of each view, its own product in and out."""
    space = ItemSpace(gallery, settings)
    number = {item_id: at for at, item_id in enumerate(space.item_ids)}
    rows: list[tuple[float, float, bool, bool]] = []
    for query, item_id in zip(space.query(known.vectors), known.item_ids, strict=True):
        found, true = space.scores(query), number[item_id]
        for without in (False, True):
            kept = found.items != true if without else np.ones(len(found.items), bool)
            left = Scored(found.items[kept], found.similarity[kept], found.score[kept])
            if len(left.items):
                rows.append(_judged(left, true, book, settings.temperature))
    similarity, _, same_item, same_class = _columns(rows)
    very_similar = very_similar_limit(similarity, same_item | same_class)
    # "Exact" is a claim, which no stranger may come near; "very similar" only compares products.
    rows += [_judged(space.scores(query), None, book, settings.temperature) for query in space.query(strangers)]
    exact = exact_limits(*_columns(rows)[:3])
    return replace(settings, grades=GradeLimits(*exact, very_similar_similarity=very_similar))


def _columns(rows: Sequence[tuple[float, float, bool, bool]]) -> tuple[Column, Column, Truth, Truth]:
    similarity, probability, same_item, same_class = zip(*rows, strict=True)
    return (
        np.array(similarity, np.float32),
        np.array(probability, np.float32),
        np.array(same_item, bool),
        np.array(same_class, bool),
    )


def _judged(found: Scored, true: int | None, book: ClassBook, temperature: float) -> tuple[float, float, bool, bool]:
    """Give similarity and probability of the best match, and whether it is of the true product, of its class.

    A stranger's true product is None.
    """
    best = found.best(1)
    total = np.logaddexp.reduce(found.score.astype(np.float64) / temperature)
    probability = float(np.exp(best.score[0] / temperature - total))
    item = int(best.items[0])
    same_class = true is not None and book.class_of_item[item] == book.class_of_item[true] >= 0
    return float(best.similarity[0]), probability, item == true, bool(same_class)
