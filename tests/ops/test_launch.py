from pathlib import Path

import pytest

from ops.launch import read_launch, read_or_make_secret

SECRET = "s" * 32


def test_the_demo_needs_no_setting_at_all(tmp_path: Path) -> None:
    launch = read_launch({}, tmp_path / "var" / "secret")
    assert launch.page == "http://localhost:5005/webhooks/web/"
    assert launch.variables["DAOGOU_DEMO"] == "1"
    assert launch.variables["DAOGOU_DATABASE_URL"] == "sqlite:///var/shop.db"
    assert launch.variables["DAOGOU_ACTIONS_URL"] == "http://127.0.0.1:5055/webhook"
    assert launch.variables["OMP_NUM_THREADS"] == "1"


@pytest.mark.parametrize("url", ["postgresql+psycopg://shop", "sqlite:///var/own.db", "sqlite:///var/shop.db"])
def test_a_database_that_is_named_is_not_in_demo_mode_unless_asked(url: str) -> None:
    own = {"DAOGOU_SECRET": SECRET, "DAOGOU_DATABASE_URL": url}
    assert read_launch(own).variables["DAOGOU_DEMO"] == "0"
    assert read_launch({**own, "DAOGOU_DEMO": "1"}).variables["DAOGOU_DEMO"] == "1"


def test_the_ports_reach_both_commands_and_the_assistant_finds_the_actions() -> None:
    launch = read_launch({"DAOGOU_SECRET": SECRET, "DAOGOU_PORT": "8000", "DAOGOU_ACTIONS_PORT": "8001"})
    assert "8000" in launch.assistant().command
    assert launch.actions().command[-1] == "8001"
    assert launch.variables["DAOGOU_ACTIONS_URL"] == "http://127.0.0.1:8001/webhook"


def test_the_threads_of_every_numeric_library_are_bounded_by_one_setting() -> None:
    variables = read_launch({"DAOGOU_SECRET": SECRET, "DAOGOU_THREADS": "4", "OMP_NUM_THREADS": "64"}).variables
    assert {name: variables[name] for name in variables if name.endswith("_THREADS")} == {
        "DAOGOU_THREADS": "4",
        "OMP_NUM_THREADS": "4",
        "MKL_NUM_THREADS": "4",
        "OPENBLAS_NUM_THREADS": "4",
        "TF_INTER_OP_PARALLELISM_THREADS": "4",
        "TF_INTRA_OP_PARALLELISM_THREADS": "4",
    }


def test_a_secret_from_the_settings_makes_no_file(tmp_path: Path) -> None:
    assert read_launch({"DAOGOU_SECRET": SECRET}, tmp_path / "secret").variables["DAOGOU_SECRET"] == SECRET
    assert not (tmp_path / "secret").exists()


def test_a_made_secret_is_long_private_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret"
    secret = read_or_make_secret(file)
    assert len(bytes.fromhex(secret)) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_or_make_secret(file) == secret
    assert read_or_make_secret(tmp_path / "other") != secret


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        ({}, "artifacts/recsys/demo"),
        ({"DAOGOU_RECSYS": ""}, "artifacts/recsys/demo"),
        ({"DAOGOU_DATABASE_URL": "sqlite:///var/own.db"}, "artifacts/recsys/shop"),
        ({"DAOGOU_DATABASE_URL": "sqlite:///var/own.db", "DAOGOU_RECSYS": "models"}, "models"),
    ],
)
def test_the_demo_and_a_shop_of_ones_own_have_recommenders_of_their_own(settings: dict[str, str], folder: str) -> None:
    assert read_launch({"DAOGOU_SECRET": SECRET, **settings}).variables["DAOGOU_RECSYS"] == folder


@pytest.mark.parametrize("name", ["DAOGOU_DEMO", "DAOGOU_DATABASE_URL", "DAOGOU_SECRET"])
def test_an_empty_setting_means_the_default(name: str, tmp_path: Path) -> None:
    assert read_launch({name: ""}, tmp_path / "secret").variables[name]


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        ({}, "artifacts/vision/demo"),
        ({"DAOGOU_VISION": ""}, "artifacts/vision/demo"),
        ({"DAOGOU_DATABASE_URL": "sqlite:///var/own.db"}, "artifacts/vision/shop"),
        ({"DAOGOU_DATABASE_URL": "sqlite:///var/own.db", "DAOGOU_VISION": "elsewhere"}, "elsewhere"),
    ],
)
def test_the_demo_and_a_shop_of_ones_own_have_photo_searches_of_their_own(
    settings: dict[str, str], folder: str
) -> None:
    assert read_launch({"DAOGOU_SECRET": SECRET, **settings}).variables["DAOGOU_VISION"] == folder
