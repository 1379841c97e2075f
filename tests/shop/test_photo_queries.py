"""What photos were seen as is kept beside the list that answered them, and read back with what was chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select, update

from shop.db import Sessions, reading, writing
from shop.export import main
from shop.interactions import record_interaction
from shop.models import PhotoQuery, Slate, utc_now
from shop.photo_queries import KEPT, log_photo_answer, photo_clicks, recent_photos
from shop.shoppers import Shopper
from shop.slates import ShownItem

MODEL = "a1" * 32
VECTOR = np.array([0.6, 0.8, 0.0], dtype=np.float32)


def answer(
    sessions: Sessions,
    shopper: Shopper,
    *slugs: str,
    vector: np.ndarray = VECTOR,
    model: str = MODEL,
    narrowed: bool = False,
) -> str:
    with writing(sessions) as session:
        shown = [ShownItem(slug, 1.0 / place) for place, slug in enumerate(slugs, start=1)]
        return log_photo_answer(session, shopper, "image-matcher", model, shown, vector, narrowed=narrowed)


def do(sessions: Sessions, shopper: Shopper, slate: str, *done: tuple[str, str]) -> None:
    with writing(sessions) as session:
        for kind, slug in done:
            record_interaction(session, shopper, slug, kind, "recommendation", slate=slate)


def chosen(sessions: Sessions, model: str | None = None) -> list[tuple[str, str]]:
    with reading(sessions) as session:
        clicks = photo_clicks(session, model)
    return [*zip(clicks.item_ids, clicks.kinds, strict=True)]


def test_a_photo_answer_is_a_slate_of_its_own_task_with_the_model_that_saw_it(shelf: Sessions, guest: Shopper) -> None:
    slate = answer(shelf, guest, "shirt", "mug")
    with reading(shelf) as session:
        row = session.scalars(select(Slate).where(Slate.public_id == slate)).one()
        assert (row.task, row.model_version, len(row.items)) == ("photo", MODEL, 2)
        assert {item.propensity for item in row.items} == {1.0}
        kept = session.scalars(select(PhotoQuery)).one()
        assert (kept.slate_id, kept.model, len(kept.vector)) == (row.id, MODEL, 6)


def test_what_was_chosen_comes_back_with_the_vector(shelf: Sessions, guest: Shopper) -> None:
    slate = answer(shelf, guest, "shirt", "mug")
    do(shelf, guest, slate, ("click", "mug"))
    with reading(shelf) as session:
        clicks = photo_clicks(session)
    assert (clicks.item_ids, clicks.kinds, clicks.model) == (("mug",), ("click",), MODEL)
    np.testing.assert_allclose(clicks.vectors, [VECTOR], atol=1e-3)


def test_of_several_ways_to_choose_the_surest_counts_once(shelf: Sessions, guest: Shopper) -> None:
    slate = answer(shelf, guest, "shirt", "mug")
    do(shelf, guest, slate, ("click", "mug"), ("cart", "mug"), ("click", "mug"), ("click", "shirt"))
    assert sorted(chosen(shelf)) == [("mug", "cart"), ("shirt", "click")]


def test_looking_is_not_choosing_and_what_was_dismissed_is_not_chosen(shelf: Sessions, guest: Shopper) -> None:
    slate = answer(shelf, guest, "shirt", "mug")
    do(shelf, guest, slate, ("view", "shirt"), ("click", "mug"), ("dismiss", "mug"))
    assert chosen(shelf) == []


def test_a_narrowed_answer_teaches_nothing_of_the_photo(shelf: Sessions, guest: Shopper) -> None:
    do(shelf, guest, answer(shelf, guest, "mug", narrowed=True), ("cart", "mug"))
    assert chosen(shelf) == []


def test_vectors_of_two_models_are_never_mixed(shelf: Sessions, guest: Shopper) -> None:
    do(shelf, guest, answer(shelf, guest, "mug"), ("click", "mug"))
    longer = np.ones(5, dtype=np.float32)
    do(shelf, guest, answer(shelf, guest, "shirt", vector=longer, model="b2" * 32), ("click", "shirt"))
    assert chosen(shelf) == [("shirt", "click")]
    assert chosen(shelf, MODEL) == [("mug", "click")]


def unit(number: int) -> np.ndarray:
    return np.eye(64, dtype=np.float32)[number]


def test_recent_photos_come_latest_first_and_each_once(shelf: Sessions, guest: Shopper) -> None:
    for number in (0, 1, 1):
        answer(shelf, guest, "mug", vector=unit(number))
    answer(shelf, guest, "mug", vector=VECTOR, model="b2" * 32)
    with reading(shelf) as session:
        seen = recent_photos(session, MODEL)
        assert recent_photos(session, "c3" * 32).vectors.shape == (0, 0)
        numbers = session.scalars(select(PhotoQuery.slate_id).where(PhotoQuery.model == MODEL)).all()
    assert seen.vectors.argmax(axis=1).tolist() == [1, 0]
    assert [*seen.numbers] == sorted(numbers, reverse=True)


def test_no_shopper_alone_moves_what_all_others_find(shelf: Sessions, guest: Shopper, ada: Shopper) -> None:
    answer(shelf, ada, "mug", vector=unit(50))
    for number in range(20):
        answer(shelf, guest, "mug", vector=unit(number))
    with reading(shelf) as session:
        assert recent_photos(session, MODEL).vectors.argmax(axis=1).tolist() == [19, 18, 17, 16, 15, 50]
        assert recent_photos(session, MODEL, most=2).vectors.argmax(axis=1).tolist() == [19, 18]


def test_old_rows_leave_with_the_next_photo(shelf: Sessions, guest: Shopper) -> None:
    answer(shelf, guest, "mug")
    with writing(shelf) as session:
        session.execute(update(PhotoQuery).values(created_at=utc_now() - KEPT * 1.1))
    answer(shelf, guest, "shirt")
    with reading(shelf) as session:
        assert session.scalar(select(func.count()).select_from(PhotoQuery)) == 1
        assert session.scalar(select(func.count()).select_from(Slate)) == 2


@pytest.mark.parametrize(
    "vector", [np.zeros((1, 3)), np.zeros(0), np.array([1.0, np.nan])], ids=["rows", "empty", "nan"]
)
def test_what_is_no_vector_is_refused(shelf: Sessions, guest: Shopper, vector: np.ndarray) -> None:
    with pytest.raises(ValueError, match="one row of finite numbers"):
        answer(shelf, guest, "mug", vector=vector)


def test_a_model_without_a_name_is_refused(shelf: Sessions, guest: Shopper) -> None:
    with pytest.raises(ValueError, match="model is empty"):
        answer(shelf, guest, "mug", model="")


def test_the_command_writes_arrays_that_need_no_pickle(
    shelf: Sessions, guest: Shopper, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    do(shelf, guest, answer(shelf, guest, "mug"), ("purchase", "mug"))
    out = tmp_path / "clicks.npz"
    assert main(["photo-clicks", "--database-url", database_url, "--out", str(out)]) == 0
    assert "1 chosen" in capsys.readouterr().out
    with np.load(out, allow_pickle=False) as file:
        assert file["vectors"].shape == (1, 3)
        assert file["vectors"].dtype == np.float32
        assert file["item_ids"].tolist() == ["mug"]
        assert file["kinds"].tolist() == ["purchase"]
        assert str(file["model"]) == MODEL


def test_without_any_photo_the_file_is_empty(shelf: Sessions, database_url: str, tmp_path: Path) -> None:
    out = tmp_path / "clicks.npz"
    assert main(["photo-clicks", "--database-url", database_url, "--out", str(out)]) == 0
    with np.load(out, allow_pickle=False) as file:
        assert (len(file["vectors"]), str(file["model"])) == (0, "")
