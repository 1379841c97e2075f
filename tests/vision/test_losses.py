from __future__ import annotations

import pytest
import torch

from vision.losses import alike, drift, toward

SCALE = torch.tensor(10.0)
BANK = torch.eye(3)


def test_a_photo_at_its_own_picture_costs_less_than_one_at_another() -> None:
    right = toward(BANK[:1], BANK, torch.tensor([0]), SCALE, 0.0, torch.ones(1))
    wrong = toward(BANK[:1], BANK, torch.tensor([1]), SCALE, 0.0, torch.ones(1))
    assert right < 0.01 < wrong


def test_a_photo_counts_by_its_weight() -> None:
    queries, products = BANK[[0, 0]], torch.tensor([0, 1])
    mostly_right = toward(queries, BANK, products, SCALE, 0.0, torch.tensor([3.0, 1.0]))
    wrong = toward(queries[1:], BANK, products[1:], SCALE, 0.0, torch.ones(1))
    right = toward(queries[:1], BANK, products[:1], SCALE, 0.0, torch.ones(1))
    assert mostly_right == pytest.approx(float(0.75 * right + 0.25 * wrong))


def test_photos_of_one_product_are_pulled_together() -> None:
    products = torch.tensor([0, 0, 1, 1])
    assert alike(BANK[[0, 0, 1, 1]], products, SCALE) < alike(BANK[[0, 1, 0, 1]], products, SCALE)


def test_without_pairs_there_is_nothing_to_pull_and_the_gradient_is_nought() -> None:
    vectors = BANK.clone().requires_grad_()
    loss = alike(vectors, torch.tensor([0, 1, 2]), SCALE)
    loss.backward()
    assert loss == 0
    assert vectors.grad is not None
    assert not vectors.grad.any()


def test_features_that_stay_have_not_drifted() -> None:
    assert drift(BANK, BANK, 2.0) == 0
    assert drift(BANK, BANK + 1, 2.0) == pytest.approx(1.5)
