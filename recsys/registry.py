"""All models by name, so that an evaluation prints each of them beside all others."""

from __future__ import annotations

from recsys.content import Content
from recsys.factors import ALS, PureSVD
from recsys.hybrid import HybridSettings, LightFMHybrid
from recsys.linear import EASE
from recsys.model import Model
from recsys.neighbours import ItemKNN, UserKNN
from recsys.popular import Popular, PopularInCategory
from recsys.sequential import SASRec

SEED = 17


def baselines(seed: int = SEED) -> list[Model]:
    """Make every model that a served one is measured against, not yet fitted, the simplest first.

    Args:
        seed: For the models that draw random numbers.

    Returns:
        Models whose names differ; new ones with each call.
    """
    return [
        Popular(),
        PopularInCategory(),
        Content(),
        ItemKNN(),
        UserKNN(),
        EASE(),
        PureSVD(seed=seed),
        ALS(seed=seed),
        SASRec(seed=seed),
        LightFMHybrid(HybridSettings(seed=seed), features=False),
        LightFMHybrid(HybridSettings(seed=seed)),
    ]
