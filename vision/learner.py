"""The part of a two-tower model that learns: last stages, both projections and the scale, with its optimiser."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from vision import losses
from vision.errors import UnknownModel
from vision.image_tail import ImageTail
from vision.train_settings import TrainSettings
from vision.training_data import Ints

State = dict[str, Tensor]
"""Weights by name, in memory of their own."""

_MOST_SCALE = 60.0
_TEXT_OF_PICTURE = 0.3
"""How much a product's picture counts beside photos when texts are learnt."""
_CLIP, _WARM_STEPS = 5.0, 15


class Learner:
    """Learns by steps; everything that changes is in `live()`.

    Args:
        model: open_clip's, whose image head ends in `proj` and whose text tower has `proj`, both linear.
        tail: the trained part of its image tower.
        texts: features of each caption before the projection, one tensor a product, shape (captions, t).
        settings: how to learn.

    Raises:
        UnknownModel: a projection is missing or of another form.
    """

    def __init__(self, model: nn.Module, tail: ImageTail, texts: list[Tensor], settings: TrainSettings) -> None:
        towers = cast(Any, model)
        self.image_projection = _linear(model, getattr(towers.visual.head, "proj", None), "image")
        self.text_projection = _linear(model, getattr(towers.text, "proj", None), "text")
        self.scale: Tensor = towers.logit_scale
        self.tail = tail
        self._texts, self._settings = texts, settings
        self._rng = np.random.default_rng(settings.seed + 1)
        self._spread = 1.0

    def start_from(self, features: Tensor) -> None:
        """Let the image projection begin as a PCA of frozen features: nothing is lost, and their mean is taken away.

        Args:
            features: of photos as they are, shape (n, f).
        """
        projection = self.image_projection
        mean = features.mean(0)
        self._spread = float((features - mean).square().sum(1).mean().clamp(min=1e-9))
        directions = torch.linalg.svd(features - mean, full_matrices=False).Vh[: projection.out_features]
        with torch.no_grad():
            projection.weight.zero_()
            projection.weight[: len(directions)] = directions / math.sqrt(self._spread)
            if projection.bias is not None:
                projection.bias.copy_(-projection.weight @ mean)

    def steady(self, features: Tensor, share: float) -> None:
        """Mix the main directions of frozen features into the image projection, turned to where it already points.

        The turn is that of an orthogonal Procrustes problem (Schoenemann 1966), so what texts learnt still holds; the
        mix is WiSE-FT's (arXiv 2109.01903).

        Args:
            features: of photos and views, shape (n, f).
            share: how much these directions count, from 0 to 1.
        """
        projection = self.image_projection
        rows = functional.normalize(features, dim=-1)
        with torch.no_grad():
            directions = torch.linalg.svd(rows, full_matrices=False).Vh[: projection.out_features]
            agreement = (rows @ directions.T).T @ (rows @ projection.weight.T)
            left, _, right = torch.linalg.svd(agreement, full_matrices=False)
            turned = (left @ right).T @ directions
            mixed = share * turned / _reach(rows, turned) + (1 - share) * projection.weight / _reach(
                rows, projection.weight
            )
            projection.weight.copy_(mixed)
            if projection.bias is not None:
                projection.bias.zero_()

    def images(self, features: Tensor, learning: bool = True) -> Tensor:
        """Project image features, shape (n, d); a share of them is hidden while learning."""
        hidden = functional.dropout(features, self._settings.dropout, training=learning)
        return functional.normalize(self.image_projection(hidden), dim=-1)

    def near(self, features: Tensor, frozen: Tensor) -> Tensor:
        """Measure how far features have left those of the frozen tower, times what that counts."""
        if not self._settings.near:
            return features.new_zeros(())
        return self._settings.near * losses.drift(features, frozen, self._spread)

    def first_texts(self) -> tuple[Tensor, Tensor]:
        """Give the vector of each product's plainest text, shape (p, d), and which products have a text."""
        return self._projected([rows[0] if len(rows) else None for rows in self._texts])

    def begin(self, steps: int, with_tail: bool) -> None:
        """Start an optimiser anew, whose step size warms up and then falls along a cosine."""
        rate, decay = self._settings.projection_rate, self._settings.decay
        # With the last stages, projections are nearly done and move slower.
        head_rate = rate * (0.3 if with_tail else 1.0)
        groups: list[dict[str, Any]] = [
            {"params": [*self.image_projection.parameters(), *self.text_projection.parameters()], "lr": head_rate},
            {"params": [self.scale], "lr": head_rate, "weight_decay": 0.0},
        ]
        if with_tail:
            for decayed in (True, False):
                own = [weight for weight in self.tail.parameters() if (weight.ndim > 1) == decayed]
                groups.append(
                    {"params": own, "lr": self._settings.tail_rate, "weight_decay": decay if decayed else 0.0}
                )
        self.tail.requires_grad_(with_tail)
        self._optimiser = torch.optim.AdamW(groups, weight_decay=decay)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser,
            lambda step: (
                min(1.0, (step + 1) / _WARM_STEPS) * 0.5 * (1 + math.cos(math.pi * min(1.0, step / max(1, steps))))
            ),
        )

    def step(
        self,
        queries: Tensor,
        bank: Tensor,
        pictures: Tensor,
        products: Ints,
        pictured: Ints,
        owners: Ints,
        weights: Tensor,
        near: Tensor | None = None,
    ) -> float:
        """Learn from one batch, and give its loss.

        Args:
            queries: photos, shape (m, d).
            bank: one picture of each product in `products`, shape (p, d).
            pictures: those that were made for this batch, shape (c, d).
            products: numbers of the bank's products, ascending, shape (p,).
            pictured: the products of `pictures`, shape (c,).
            owners: the product of each query, shape (m,).
            weights: how much each query counts, shape (m,).
            near: what is added to the loss.
        """
        settings = self._settings
        scale = self.scale.exp().clamp(max=_MOST_SCALE)
        target = torch.from_numpy(np.searchsorted(products, owners))
        loss = losses.toward(queries, bank, target, scale, settings.smoothing, weights)
        if settings.text:
            loss = loss + settings.text * self._text_loss(queries, pictures, products, pictured, owners, scale, weights)
        if settings.alike:
            loss = loss + settings.alike * losses.alike(queries, target, scale)
        if near is not None:
            loss = loss + near
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([weight for weight in self.tail.parameters() if weight.grad is not None], _CLIP)
        self._optimiser.step()
        self._schedule.step()
        return float(loss.detach())

    def live(self) -> State:
        """Give everything that learns, by name; not copies."""
        named = {f"tail.{name}": weight for name, weight in self.tail.upper.named_parameters()}
        for name, part in (("image", self.image_projection), ("text", self.text_projection)):
            named |= {f"{name}.{inner}": weight for inner, weight in part.named_parameters()}
        return {**named, "scale": self.scale}

    def state(self) -> State:
        """Copy everything that learns."""
        return {name: weight.detach().clone() for name, weight in self.live().items()}

    def restore(self, state: State) -> None:
        """Set everything that learns."""
        with torch.no_grad():
            for name, weight in self.live().items():
                weight.copy_(state[name])

    @staticmethod
    def mixed(frozen: State, trained: State, share: float) -> State:
        """Mix the image side's weights; texts only learn, as their projection starts from nothing."""
        kept = {name: torch.lerp(frozen[name], tensor, share) for name, tensor in trained.items()}
        return {**kept, **{name: trained[name] for name in trained if name.startswith("text.") or name == "scale"}}

    def _text_loss(
        self,
        queries: Tensor,
        pictures: Tensor,
        products: Ints,
        pictured: Ints,
        owners: Ints,
        scale: Tensor,
        weights: Tensor,
    ) -> Tensor:
        drawn = [self._texts[number] for number in products]
        rows, there = self._projected(
            [some[int(self._rng.integers(len(some)))] if len(some) else None for some in drawn]
        )
        kept = np.asarray(products)[there.numpy()]
        total = queries.sum() * 0.0
        for vectors, of, counted, share in (
            (queries, owners, weights, 1.0),
            (pictures, pictured, torch.ones(len(pictured)), _TEXT_OF_PICTURE),
        ):
            said = np.isin(of, kept)
            if said.any():
                target = torch.from_numpy(np.searchsorted(kept, of[said]))
                own = torch.from_numpy(said)
                smoothing = self._settings.smoothing
                total = total + share * losses.toward(vectors[own], rows[there], target, scale, smoothing, counted[own])
        return total

    def _projected(self, features: list[Tensor | None]) -> tuple[Tensor, Tensor]:
        width = self.text_projection.in_features
        there = torch.tensor([row is not None for row in features])
        rows = torch.stack([torch.zeros(width) if row is None else row for row in features])
        return functional.normalize(self.text_projection(rows), dim=-1), there


def _linear(model: nn.Module, part: object, tower: str) -> nn.Linear:
    if not isinstance(part, nn.Linear):
        raise UnknownModel(type(model).__name__, f"its {tower} tower must end in a linear projection to be tuned")
    return part


def _reach(rows: Tensor, weight: Tensor) -> Tensor:
    """Give the root mean square length of what a projection makes of rows."""
    return (rows @ weight.T).square().sum(1).mean().sqrt().clamp(min=1e-9)
