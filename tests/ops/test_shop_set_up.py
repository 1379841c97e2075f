"""The shop's tables and lexicon are made from the settings alone."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ops.database_copy import copy_database
from ops.shop_set_up import main, set_up
from shop.db import make_sessions, open_engine, writing
from shop.models import Product


def add_product(url: str) -> None:
    with closing(open_engine(url).connect()) as connection:
        engine = connection.engine
        with writing(make_sessions(engine)) as session:
            session.add(Product(slug="kite", name="Kite", description="", brand="Ventus"))
    engine.dispose()


def test_a_named_database_gets_its_tables_and_its_words_are_written(tmp_path: Path) -> None:
    environ = {"DAOGOU_DATABASE_URL": f"sqlite:///{tmp_path / 'own.db'}"}
    file = tmp_path / "lexicon.json"
    assert set_up(environ, file)
    assert not set_up(environ, file), "nothing has changed"
    add_product(environ["DAOGOU_DATABASE_URL"])
    assert set_up(environ, file)
    assert json.loads(file.read_text())["brands"] == ["Ventus"]


def test_without_a_name_the_demo_shop_is_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "artifacts" / "demo").mkdir(parents=True)
    set_up({"DAOGOU_DATABASE_URL": "sqlite:///artifacts/demo/shop.db"}, tmp_path / "lexicon.json")
    add_product("sqlite:///artifacts/demo/shop.db")
    assert set_up({"DAOGOU_DATABASE_URL": ""}, tmp_path / "lexicon.json")
    copy_database(Path("var/shop.db"), Path("kept.db"))
    assert not set_up({}, tmp_path / "lexicon.json")


def test_a_database_that_does_not_answer_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAOGOU_DATABASE_URL", "postgresql+psycopg://ada:hush@127.0.0.1:1/shop")
    monkeypatch.setattr(sys, "argv", ["shop_set_up", str(tmp_path / "lexicon.json")])
    assert main() == 1
    error = capsys.readouterr().err
    assert "127.0.0.1" in error
    assert "hush" not in error


def test_make_gives_no_address_of_a_database_to_a_command_line() -> None:
    # --dry-run prints the commands as make hands them to the shell, `$` of the shell not yet read.
    printed = subprocess.run(["make", "--dry-run", "evaluate"], capture_output=True, text=True, check=True).stdout
    assert "ops.shop_set_up" in printed
    assert "--database-url" not in printed.replace("--database-url sqlite:///artifacts/demo/shop.db", "")
