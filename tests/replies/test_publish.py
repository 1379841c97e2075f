from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from replies.errors import ArtifactDamaged, InvalidSetting, NotBetter
from replies.model_folder import MANIFEST, SERVED_FILES, load_generator, read_manifest
from replies.publish import POINTER, Judged, beside, folder_of, main, publish, read_in_service, rollback
from replies.situation import Situation
from replies.training_task import Outcome

GOOD = Judged(1.0, 0.8, 100)


def draft(model: Path, root: Path, version: str) -> Path:
    folder = root / "drafts" / version
    shutil.copytree(model, folder)
    return folder


def judging(**figures: Judged) -> object:
    return lambda folder: figures.get(folder.name, GOOD)


def put(root: Path, model: Path, version: str, **figures: Judged) -> object:
    return publish(root, draft(model, root, version), judging(**figures))  # type: ignore[arg-type]


def test_the_first_model_goes_in_service_and_the_next_takes_its_place(model: Path, tmp_path: Path) -> None:
    put(tmp_path, model, "a")
    put(tmp_path, model, "b")
    now = read_in_service(tmp_path)
    assert now is not None
    assert (dict(now.shares), [dict(old) for old in now.history]) == ({"b": 1.0}, [{"a": 1.0}])
    assert not (tmp_path / "drafts" / "b").exists()


def test_a_model_that_invents_once_is_refused_however_well_it_writes(model: Path, tmp_path: Path) -> None:
    with pytest.raises(NotBetter):
        put(tmp_path, model, "a", a=Judged(0.9999, 1.0, 1_000))
    assert read_in_service(tmp_path) is None


def test_a_model_that_writes_worse_is_refused(model: Path, tmp_path: Path) -> None:
    put(tmp_path, model, "a")
    with pytest.raises(NotBetter) as caught:
        put(tmp_path, model, "b", b=Judged(1.0, 0.7, 100))
    assert (caught.value.old, caught.value.new) == (0.8, 0.7)
    assert read_in_service(tmp_path).main == "a"  # type: ignore[union-attr]


def test_a_roll_back_is_one_command(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, model, "a")
    put(tmp_path, model, "b")
    assert main(["rollback", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("a: 100%")
    assert main(["rollback", "--root", str(tmp_path)]) == 1
    assert "nothing earlier" in capsys.readouterr().err


def test_two_serve_side_by_side_and_one_goes_again(model: Path, tmp_path: Path) -> None:
    put(tmp_path, model, "a")
    put(tmp_path, model, "b")
    now = beside(tmp_path, "a", 0.25)
    assert dict(now.shares) == {"b": 0.75, "a": 0.25}
    assert dict(rollback(tmp_path).shares) == {"b": 1.0}
    for version, share in (("b", 0.5), ("a", 1.0), ("a", 0.0)):
        with pytest.raises(InvalidSetting):
            beside(tmp_path, version, share)
    with pytest.raises(ArtifactDamaged):
        beside(tmp_path, "c", 0.5)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"shares": {"../x": 1}, "history": [], "judged": {}, "since": ""}'], ids=range(4)
)
def test_a_pointer_that_says_nothing_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / POINTER).write_text(content)
    with pytest.raises(ArtifactDamaged):
        read_in_service(tmp_path)


@pytest.mark.parametrize("name", SERVED_FILES)
@pytest.mark.parametrize("how", ["cut short", "changed", "missing"])
def test_a_model_with_a_broken_file_is_never_served(model: Path, tmp_path: Path, name: str, how: str) -> None:
    folder = shutil.copytree(model, tmp_path / "m")
    file = folder / name
    content = file.read_bytes()
    if how == "missing":
        file.unlink()
    else:
        file.write_bytes(content[:-7] if how == "cut short" else content[:-1] + bytes([content[-1] ^ 1]))
    for use in (read_manifest, load_generator):
        with pytest.raises(ArtifactDamaged) as caught:
            use(folder)
        assert caught.value.path.endswith(name)


@pytest.mark.parametrize(
    "change", [{"layout": 9}, {"files": {}}, {"sizes": {"width": 0}}, {"sizes": None}, {"other": 1}], ids=str
)
def test_a_manifest_of_another_form_is_refused(model: Path, tmp_path: Path, change: dict[str, object]) -> None:
    folder = shutil.copytree(model, tmp_path / "m")
    found = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**found, **change}))
    with pytest.raises((ArtifactDamaged, InvalidSetting)):
        read_manifest(folder)


def test_a_training_leaves_a_whole_and_described_folder(trained: Outcome) -> None:
    folder = trained.folder
    assert folder == folder_of(folder.parent.parent, folder.name)
    names = {file.name for file in folder.iterdir()}
    assert names == {*SERVED_FILES, MANIFEST, "config.json", "metrics.json", "MODEL_CARD.md", "curves.png"}
    assert (folder / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert folder.name in (folder / "MODEL_CARD.md").read_text()
    assert (folder.parent.parent / "tracking" / "mlflow.db").is_file()


def test_a_stored_model_writes_what_its_rules_allow(model: Path) -> None:
    writer = load_generator(model)
    situation = Situation("judge_suitability", "en", (), (), ("is it warm?",))
    found = writer.write(situation, 60)
    assert found
    assert not any("{" in line for line in found)
    writer.close()
