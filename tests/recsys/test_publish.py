"""A model goes live in one step, only when it is not worse, and the one before it stays for a way back."""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from recsys import artifact
from recsys.errors import ArtifactDamaged, ArtifactError, ArtifactVersionMismatch, NotBetter
from recsys.in_service import POINTER, GateFigures, InService, folder_of, read_in_service
from recsys.parts import VERSION, Parts
from recsys.profile import Profile
from recsys.publish import DRAFT_SECONDS, KEPT_VERSIONS, draft_folder, main, publish, rollback
from recsys.recommender import Recommender
from recsys.store import RETRY_SECONDS, RecommenderStore

Make = Callable[[str], Path]


def passing(_: Path | None) -> GateFigures:
    return GateFigures(new=0.3, old=0.2, shoppers=100)


def failing(_: Path | None) -> GateFigures:
    return GateFigures(new=0.1, old=0.2, shoppers=100)


@pytest.fixture
def draft(toy_parts: Parts, tmp_path: Path) -> Make:
    """Give what writes a model of that version as a draft."""

    def make(version: str) -> Path:
        folder = draft_folder(tmp_path, version)
        artifact.save(replace(toy_parts, metadata={**toy_parts.metadata, VERSION: version}), folder)
        return folder

    return make


def versions(root: Path) -> set[str]:
    return {folder.name for folder in (root / "versions").iterdir()}


def damage(folder: Path) -> None:
    file = folder / "items.json"
    file.write_bytes(file.read_bytes()[:-5])


def test_nothing_is_in_service_before_the_first_model(tmp_path: Path) -> None:
    assert read_in_service(tmp_path) is None
    with pytest.raises(ArtifactError, match="no recommender is published"):
        RecommenderStore(tmp_path).current()


def test_the_first_model_is_published_without_one_to_be_judged_beside(tmp_path: Path, draft: Make) -> None:
    asked: list[Path | None] = []

    def gate(beside: Path | None) -> GateFigures:
        asked.append(beside)
        return GateFigures(new=0.1)

    now = publish(tmp_path, draft("one"), gate)
    assert (now.version, now.previous, asked) == ("one", None, [None])
    assert RecommenderStore(tmp_path).current().version == "one"


def test_a_model_that_is_not_worse_takes_the_place_of_the_one_in_service(tmp_path: Path, draft: Make) -> None:
    publish(tmp_path, draft("one"), passing)
    store = RecommenderStore(tmp_path)
    assert store.current().version == "one"
    now = publish(tmp_path, draft("two"), passing)
    assert (now.version, now.previous) == ("two", "one")
    assert store.current().version == "two"
    state = json.loads((tmp_path / POINTER).read_text())
    assert (state["version"], state["previous"], state["gate"]["new"]) == ("two", "one", 0.3)
    assert state["published_at"]


def test_a_worse_model_is_refused_with_both_figures_and_kept_as_a_draft(tmp_path: Path, draft: Make) -> None:
    publish(tmp_path, draft("one"), passing)
    with pytest.raises(NotBetter) as refused:
        publish(tmp_path, draft("two"), failing)
    assert (refused.value.old, refused.value.new) == (0.2, 0.1)
    assert RecommenderStore(tmp_path).current().version == "one"
    assert versions(tmp_path) == {"one"}
    assert (tmp_path / "drafts" / "two" / "manifest.json").is_file()


@pytest.mark.parametrize(
    ("figures", "worse"),
    [
        (GateFigures(new=0.2, old=0.2), False),
        (GateFigures(new=0.19, old=0.2, tolerance=0.02), False),
        (GateFigures(new=0.17, old=0.2, tolerance=0.02), True),
        (GateFigures(new=0.0), False),
        (GateFigures(old=0.2), False),
    ],
    ids=["equal", "within the noise", "beyond the noise", "no model before", "nobody to judge by"],
)
def test_worse_is_what_lies_below_by_more_than_the_noise(figures: GateFigures, worse: bool) -> None:
    assert figures.worse is worse


def test_a_model_that_cannot_be_read_back_is_never_put_in_service(tmp_path: Path, draft: Make) -> None:
    folder = draft("one")
    damage(folder)
    with pytest.raises(ArtifactDamaged):
        publish(tmp_path, folder, passing)
    assert read_in_service(tmp_path) is None


def test_the_version_in_service_is_not_published_again(tmp_path: Path, draft: Make) -> None:
    first = publish(tmp_path, draft("one"), passing)
    assert publish(tmp_path, draft("one"), failing) == first


def test_a_damaged_version_in_service_is_mended_by_publishing_it_again(tmp_path: Path, draft: Make) -> None:
    publish(tmp_path, draft("one"), passing)
    store = RecommenderStore(tmp_path)
    damage(folder_of(tmp_path, "one"))
    with pytest.raises(ArtifactDamaged):
        store.current()
    publish(tmp_path, draft("one"), passing)
    assert store.current().version == "one"


def test_a_few_versions_stay_and_older_ones_go(tmp_path: Path, draft: Make) -> None:
    for number in range(KEPT_VERSIONS + 2):
        now = publish(tmp_path, draft(f"v{number}"), passing)
    assert versions(tmp_path) == {now.version, *now.history} == {"v4", "v3", "v2"}


def test_drafts_of_yesterday_go_and_those_of_today_stay(tmp_path: Path, draft: Make) -> None:
    old, young = draft("old"), draft("young")
    yesterday = time.time() - DRAFT_SECONDS - 60
    os.utime(old, (yesterday, yesterday))
    publish(tmp_path, draft("one"), passing)
    assert (old.exists(), young.exists()) == (False, True)


def test_a_roll_back_goes_to_the_version_before_and_on_to_the_one_before_that(tmp_path: Path, draft: Make) -> None:
    for version in ("one", "two", "three"):
        publish(tmp_path, draft(version), passing)
    store = RecommenderStore(tmp_path)
    assert store.current().version == "three"
    assert rollback(tmp_path).version == "two"
    assert store.current().version == "two"
    assert rollback(tmp_path).version == "one"
    with pytest.raises(ArtifactDamaged, match="no earlier version"):
        rollback(tmp_path)
    assert store.current().version == "one"


def test_what_was_rolled_back_from_can_be_published_again(tmp_path: Path, draft: Make) -> None:
    for version in ("one", "two"):
        publish(tmp_path, draft(version), passing)
    rollback(tmp_path)
    now = publish(tmp_path, draft("two"), passing)
    assert (now.version, now.history) == ("two", ("one",))


def test_a_roll_back_to_a_damaged_version_is_refused(tmp_path: Path, draft: Make) -> None:
    for version in ("one", "two"):
        publish(tmp_path, draft(version), passing)
    damage(folder_of(tmp_path, "one"))
    with pytest.raises(ArtifactDamaged):
        rollback(tmp_path)
    now = read_in_service(tmp_path)
    assert now is not None
    assert now.version == "two"


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[" * 100_000, "[]", "{}"),
        '{"version": "../one", "history": [], "gate": {}, "published_at": ""}',
        '{"version": "..", "history": [], "gate": {}, "published_at": ""}',
        '{"version": "one", "history": [".."], "gate": {}, "published_at": ""}',
        '{"version": "o\\u0000ne", "history": [], "gate": {}, "published_at": ""}',
    ],
    ids=["empty", "cut short", "too deep", "no object", "no keys", "a path", "above", "above before", "a sign"],
)
def test_a_pointer_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    (tmp_path / POINTER).write_text(text)
    with pytest.raises(ArtifactDamaged, match=POINTER):
        read_in_service(tmp_path)


# The store.


def test_an_unchanged_pointer_loads_nothing_again(tmp_path: Path, draft: Make) -> None:
    publish(tmp_path, draft("one"), passing)
    store = RecommenderStore(tmp_path)
    assert store.current() is store.current()


def refused_versions(kind: str, folder: Path) -> None:
    if kind == "damaged":
        damage(folder)
    elif kind == "gone":
        shutil.rmtree(folder)
    else:
        manifest = folder / artifact.MANIFEST
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format_version": 999}))


@pytest.mark.parametrize("kind", ["damaged", "gone", "of another version"])
def test_a_new_model_that_cannot_be_used_is_logged_once_and_the_old_one_stays(
    tmp_path: Path, draft: Make, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    now = [0.0]
    store = RecommenderStore(tmp_path, clock=lambda: now[0])
    publish(tmp_path, draft("one"), passing)
    assert store.current().version == "one"
    publish(tmp_path, draft("two"), passing)
    refused_versions(kind, folder_of(tmp_path, "two"))
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert store.current().version == "one"
            now[0] += RETRY_SECONDS
    assert len(caplog.records) == 1
    assert "version one stays in service" in caplog.text
    assert "rebuild with" in caplog.text


def test_a_server_that_starts_beside_a_damaged_model_serves_the_one_before(
    tmp_path: Path, draft: Make, caplog: pytest.LogCaptureFixture
) -> None:
    for version in ("one", "two"):
        publish(tmp_path, draft(version), passing)
    damage(folder_of(tmp_path, "two"))
    assert RecommenderStore(tmp_path).current().version == "one"
    assert "version one is served instead" in caplog.text


def test_without_any_model_that_can_be_used_the_reason_is_raised(tmp_path: Path, draft: Make) -> None:
    publish(tmp_path, draft("one"), passing)
    refused_versions("of another version", folder_of(tmp_path, "one"))
    store = RecommenderStore(tmp_path)
    for _ in range(2):
        with pytest.raises(ArtifactVersionMismatch):
            store.current()


def test_a_model_that_was_repaired_in_place_is_taken_up_after_a_while(tmp_path: Path, draft: Make) -> None:
    now = [0.0]
    store = RecommenderStore(tmp_path, clock=lambda: now[0])
    publish(tmp_path, draft("one"), passing)
    file = folder_of(tmp_path, "one") / "items.json"
    whole = file.read_bytes()
    damage(file.parent)
    with pytest.raises(ArtifactDamaged):
        store.current()
    file.write_bytes(whole)
    with pytest.raises(ArtifactDamaged):
        store.current()
    now[0] += RETRY_SECONDS
    assert store.current().version == "one"


def test_a_folder_of_models_that_goes_away_leaves_the_model_in_service(tmp_path: Path, draft: Make) -> None:
    publish(tmp_path, draft("one"), passing)
    store = RecommenderStore(tmp_path)
    store.current()
    (tmp_path / POINTER).unlink()
    assert store.current().version == "one"


def test_a_version_that_is_pruned_while_it_is_read_gives_way_to_the_one_in_service(
    tmp_path: Path, draft: Make, caplog: pytest.LogCaptureFixture
) -> None:
    publish(tmp_path, draft("one"), passing)

    def slow(folder: Path) -> Recommender:
        if folder.name == "one":
            publish(tmp_path, draft("two"), passing)
            raise FileNotFoundError(folder / "items.json")
        return Recommender.load(folder)

    assert RecommenderStore(tmp_path, slow).current().version == "two"
    assert not caplog.records


def test_readers_are_answered_while_models_are_published_and_pruned(tmp_path: Path, draft: Make) -> None:
    publish(tmp_path, draft("v0"), passing)
    store, done, wrong = RecommenderStore(tmp_path), threading.Event(), []
    seen: list[set[str]] = [set() for _ in range(4)]

    def read(number: int) -> None:
        try:
            while not done.is_set():
                recommender = store.current()
                seen[number].add(recommender.version)
                assert len(recommender.recommend(Profile("user-00"), 3).items) == 3
        except Exception as error:  # noqa: BLE001 - whatever went wrong is told by the test
            wrong.append(error)

    readers = [threading.Thread(target=read, args=(number,)) for number in range(len(seen))]
    for reader in readers:
        reader.start()
    last: InService | None = None
    for number in range(1, 8):
        last = publish(tmp_path, draft(f"v{number}"), passing)
    done.set()
    for reader in readers:
        reader.join()
    assert not wrong
    assert all(seen)
    assert last is not None
    assert store.current().version == last.version == "v7"


def test_two_who_publish_at_once_take_turns_and_none_is_lost(tmp_path: Path, draft: Make) -> None:
    folders = [draft(f"v{number}") for number in range(2)]
    beside: list[Path | None] = []

    def gate(folder: Path | None) -> GateFigures:
        beside.append(folder)
        return GateFigures()

    threads = [threading.Thread(target=publish, args=(tmp_path, folder, gate)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now = read_in_service(tmp_path)
    assert now is not None
    assert {now.version, now.previous} == {"v0", "v1"}
    assert beside == [None, folder_of(tmp_path, str(now.previous))]


# The command.


def test_the_command_tells_what_is_in_service_and_rolls_back(
    tmp_path: Path, draft: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--root", str(tmp_path)]) == 0
    assert "no model" in capsys.readouterr().out
    for version in ("one", "two"):
        publish(tmp_path, draft(version), passing)
    assert main(["status", "--root", str(tmp_path)]) == 0
    assert "in service: two" in capsys.readouterr().out
    assert main(["rollback", "--root", str(tmp_path)]) == 0
    assert "in service: one" in capsys.readouterr().out
    assert main(["rollback", "--root", str(tmp_path)]) == 1
    assert "no earlier version" in capsys.readouterr().err
