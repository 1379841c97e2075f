"""What a training of the image model is run with."""

from __future__ import annotations

from dataclasses import dataclass

from vision.errors import InvalidCatalogue


@dataclass(frozen=True)
class TrainSettings:
    """Every choice of a training; the usual values were found on held-out photos and products of Grocery Store.

    Attributes:
        tower: the image tower, as `vision.towers` names it.
        size: side of the square that it reads, in pixels.
        stage: the first stage of the image tower that is trained; everything before it stays frozen.
        views: how often each photo is seen, each time changed otherwise, the first time as it is.
        main_views: the same of a product's main picture, of which there is one only.
        lone_views: the same where products have hardly any other photos to learn from.
        projection_epochs: passes over the photos while only the projections learn.
        tail_epochs: the most passes while the last stages learn too.
        minutes: no pass begins after that time.
        projection_rate, tail_rate: the highest step sizes.
        decay: AdamW's weight decay.
        dropout: share of image features hidden from the projection; more helps products never trained on.
        smoothing: share of a label that is spread over all products.
        text: how much photo -> text counts beside photo -> picture.
        alike: how much photo -> photo of the same product counts beside photo -> picture.
        near: how much image features are held near those of the frozen tower.
        steady: how much the main directions of frozen features count in the image projection where no photos but the
            products' only pictures are learnt from: made views alone cannot tell what real photos need.
        flips: how often a view is mirrored once more in training.
        patience: passes without a better model before training ends.
        seed: of everything that is drawn.
        threads: processor threads.
    """

    tower: str = "lite0"
    size: int = 256
    stage: int = 6
    views: int = 6
    main_views: int = 12
    lone_views: int = 32
    projection_epochs: int = 30
    tail_epochs: int = 40
    minutes: float = 20.0
    projection_rate: float = 5e-4
    tail_rate: float = 3e-4
    decay: float = 1.0
    dropout: float = 0.45
    smoothing: float = 0.1
    text: float = 0.3
    alike: float = 0.2
    near: float = 0.0
    steady: float = 0.8
    flips: float = 0.5
    patience: int = 9
    seed: int = 0
    threads: int = 2

    def __post_init__(self) -> None:
        """Refuse what nothing can be trained with."""
        for name in ("size", "views", "main_views", "lone_views", "threads", "patience"):
            if getattr(self, name) < 1:
                raise InvalidCatalogue(name, getattr(self, name), "must be at least 1")
        for name in ("minutes", "projection_rate", "tail_rate"):
            if not getattr(self, name) > 0:
                raise InvalidCatalogue(name, getattr(self, name), "must be above 0")
        for name in ("dropout", "smoothing", "steady", "flips"):
            if not 0 <= getattr(self, name) < 1:
                raise InvalidCatalogue(name, getattr(self, name), "must be from 0 to below 1")
        for name in ("stage", "projection_epochs", "tail_epochs", "decay", "text", "alike", "near"):
            if getattr(self, name) < 0:
                raise InvalidCatalogue(name, getattr(self, name), "must not be below 0")
