"""A stored model: the same after loading, and refused when it is damaged, of another version, or of other features."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recsys import artifact
from recsys.errors import ArtifactDamaged, ArtifactVersionMismatch, FeatureMismatch, InvalidFrame
from recsys.fold_in import FoldInSettings
from recsys.index import ItemIndex
from recsys.parts import Parts
from recsys.profile import Event, Profile
from recsys.recommender import Recommender

PROFILES = [Profile(), Profile("user-00"), Profile("warm-reader"), Profile(events=(Event("item-01", "cart"),))]


@pytest.fixture
def stored(toy_parts: Parts, tmp_path: Path) -> Path:
    artifact.save(toy_parts, tmp_path)
    return tmp_path


@pytest.mark.parametrize("mmap", [True, False])
def test_a_loaded_model_answers_as_the_one_that_was_saved(
    toy_parts: Parts, stored: Path, mmap: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifact, "SMALL_BYTES", 0)  # So that even a toy is memory-mapped.
    before, after = Recommender(toy_parts), Recommender.load(stored, mmap=mmap, verify=True)
    assert after.version == before.version == "toy"
    assert isinstance(after.parts.evidence.item_embeddings, np.memmap) == mmap
    for profile in PROFILES:
        assert after.recommend(profile, 10, diversity=0.3) == before.recommend(profile, 10, diversity=0.3)
    assert after.similar_items("item-00") == before.similar_items("item-00")
    assert after.bought_together(["item-00"]) == before.bought_together(["item-00"])


def test_a_memory_mapped_model_can_be_argued_with_and_updated(
    toy_parts: Parts, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifact, "SMALL_BYTES", 0)
    recommender, profile = Recommender.load(stored), Profile("user-00")
    ignoring = profile.with_edits(profile.edits.with_ignored("brand").with_less_like("item-02"))
    assert recommender.recommend(ignoring, 5) == Recommender(toy_parts).recommend(ignoring, 5)


def test_how_sessions_are_solved_for_is_stored_too(toy_parts: Parts, tmp_path: Path) -> None:
    chosen = FoldInSettings(spread=30.0, strength=300.0, margin=3.0)
    artifact.save(replace(toy_parts, fold_in=chosen), tmp_path)
    assert artifact.load(tmp_path).fold_in == chosen


def test_saving_again_replaces_what_was_there(toy_parts: Parts, stored: Path) -> None:
    index = ItemIndex.build(toy_parts.representations.item_embeddings, toy_parts.representations.item_biases)
    artifact.save(replace(toy_parts, index=index), stored)
    assert len(artifact.load(stored).index or ()) == toy_parts.n_items
    artifact.save(toy_parts, stored)
    assert artifact.load(stored).index is None


def test_ids_with_newlines_and_emoji_survive(toy_parts: Parts, tmp_path: Path) -> None:
    ids = [f"née\n🎁 {number}" for number in range(toy_parts.n_items)]
    strange = replace(toy_parts, items=type(toy_parts.items).from_ids(ids))
    artifact.save(strange, tmp_path)
    assert artifact.load(tmp_path).items.ids() == ids


def test_metadata_can_be_read_alone(stored: Path) -> None:
    assert artifact.read_metadata(stored)["version"] == "toy"


def test_every_file_is_missed_when_it_is_cut_short(stored: Path) -> None:
    for file in sorted(stored.iterdir()):
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(ArtifactDamaged, match="rebuild with"):
            artifact.load(stored)
        file.unlink()
        with pytest.raises(ArtifactDamaged):
            artifact.load(stored)
        file.write_bytes(whole)
    artifact.load(stored, verify=True)


def test_a_changed_byte_is_noticed(stored: Path) -> None:
    file = stored / "prices.npy"
    changed = bytearray(file.read_bytes())
    changed[-1] ^= 1
    file.write_bytes(bytes(changed))
    with pytest.raises(ArtifactDamaged, match="changed since"):
        artifact.load(stored)


def test_a_large_file_is_compared_on_request(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact, "SMALL_BYTES", 0)
    file = stored / "prices.npy"
    file.write_bytes(file.read_bytes()[:-1] + b"\x01")
    artifact.load(stored)
    with pytest.raises(ArtifactDamaged, match="changed since"):
        artifact.load(stored, verify=True)


def test_another_format_is_refused_with_how_to_rebuild(stored: Path) -> None:
    path = stored / artifact.MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, "format_version": 99}), encoding="utf-8")
    with pytest.raises(ArtifactVersionMismatch, match="rebuild with") as refused:
        artifact.load(stored)
    assert (refused.value.found, refused.value.expected) == (99, artifact.FORMAT_VERSION)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format_version": 1}', "not json", "[" * 100_000])
def test_a_manifest_that_is_none_is_refused(stored: Path, text: str) -> None:
    (stored / artifact.MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(ArtifactDamaged):
        artifact.load(stored)


@pytest.mark.parametrize(
    "wrong",
    [
        {"files": []},
        {"files": {"users.json": None}},
        {"files": {"users.json": {}}},
        {"sparse": []},
        {"metadata": None},
        {"metadata": {"trained_until": "yesterday"}},
    ],
    ids=["no files", "no entry", "an empty entry", "no shapes", "no metadata", "no time"],
)
def test_a_manifest_that_holds_what_cannot_be_is_refused(stored: Path, wrong: dict[str, object]) -> None:
    path = stored / artifact.MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **wrong}), encoding="utf-8")
    with pytest.raises(ArtifactDamaged, match="rebuild with"):
        artifact.load(stored)


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ArtifactDamaged, match="no manifest"):
        Recommender.load(tmp_path)


def test_other_features_than_those_of_training_are_refused(toy_parts: Parts) -> None:
    more = replace(toy_parts.item_space, columns=(*toy_parts.item_space.columns, ("brand", "Neu")))
    with pytest.raises(FeatureMismatch) as refused:
        replace(toy_parts, item_space=more)
    assert refused.value.extra == ("brand: Neu",)
    fewer = replace(toy_parts.user_space, columns=toy_parts.user_space.columns[:-1])
    with pytest.raises(FeatureMismatch, match="user features"):
        replace(toy_parts, user_space=fewer)


def test_a_model_that_is_not_finite_is_not_saved(toy_parts: Parts, tmp_path: Path) -> None:
    trends = toy_parts.evidence.trends.copy()
    trends[0, 0] = np.nan
    broken = replace(toy_parts, evidence=replace(toy_parts.evidence, trends=trends))
    with pytest.raises(InvalidFrame, match="finite"):
        artifact.save(broken, tmp_path / "broken")
    assert not (tmp_path / "broken").exists()


@pytest.mark.parametrize("name", ["history", "dismissed", "prices"])
def test_parts_of_other_sizes_do_not_go_together(toy_parts: Parts, name: str) -> None:
    with pytest.raises(InvalidFrame, match=name):
        replace(toy_parts, **{name: getattr(toy_parts, name)[:-1]})
