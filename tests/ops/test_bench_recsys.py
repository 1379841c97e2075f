"""The recommender's benchmark, run small, and the market that it invents."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from ops.bench_market import Catalogue, Trained, enlarge, invent_market
from ops.bench_recsys import main
from ops.bench_recsys_search import lightfm_of
from ops.bench_recsys_serving import parts_of
from recsys.profile import Profile
from recsys.recommender import Recommender
from recsys.topk import inner_products


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    market = invent_market(50, 600, 2_000, seed=1)
    rng = np.random.default_rng(0)
    columns = market.item_features.shape[1]
    embeddings, biases = rng.normal(size=(columns, 8)).astype(np.float32), rng.normal(size=columns).astype(np.float32)
    return enlarge(Trained(embeddings, biases, rng.normal(size=(50, 8)), market.category), 900, seed=2)


def test_the_market_is_the_same_for_the_same_seed_and_uneven() -> None:
    one, other = (invent_market(200, 1_000, 10_000, seed=4) for _ in range(2))
    assert (one.interactions != other.interactions).nnz == 0
    assert one.item_features.sum(axis=1) == pytest.approx(1.0)
    sold = np.sort(np.asarray(one.interactions.sum(axis=0)).ravel())[::-1]
    assert sold[:100].sum() > 0.3 * sold.sum()


def test_an_enlarged_catalogue_is_made_as_lightfm_makes_items(catalogue: Catalogue) -> None:
    shoppers = np.random.default_rng(1).normal(size=(3, 8)).astype(np.float32)
    model, items = lightfm_of(catalogue.embeddings, catalogue.biases, shoppers), np.arange(900, dtype=np.int32)
    predicted = model.predict(1, items, item_features=sparse.csr_matrix(catalogue.item_features), num_threads=1)
    ours = inner_products(catalogue.vectors, catalogue.item_biases, shoppers[1])
    assert predicted == pytest.approx(ours, abs=1e-4)


def test_the_invented_model_can_be_served(catalogue: Catalogue) -> None:
    shoppers = np.random.default_rng(1).normal(size=(3, 8)).astype(np.float32)
    recommender = Recommender(parts_of(catalogue, shoppers, None))
    assert len(recommender.recommend(Profile("shopper-1"), 10)) == 10


def test_the_whole_run_prints_tables_and_writes_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "figures" / "recsys.json"
    small = "--sizes 600 --users 100 --items 500 --events 3000 --components 8 --epochs 1 --rounds 2"
    main([*small.split(), "--json", str(path)])
    report = json.loads(path.read_text(encoding="utf-8"))
    (search,), (serving,) = report["search"], report["serving"]
    assert [one["model"] for one in report["training"]] == ["LightFM WARP with features", "implicit ALS"]
    assert search["items"] == serving["items"] == 600
    assert search["recall"] >= 0.9
    assert search["exact_share"] == pytest.approx(search["exact_ms"] / search["predict_ms"])
    assert "approximate share" in capsys.readouterr().out
