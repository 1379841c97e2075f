"""The whole circle: a reply, a thumb down, a person's correction, a model that learnt it, and the words that serve."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from actions.bootstrap import Services
from ops import reply_feedback
from replies import dataset, tune
from replies.approved import APPROVED_FILE, read_approved
from replies.examples import Example, write_examples
from replies.loading import Places, load_writer
from replies.publish import Judged, read_in_service
from replies.training_task import train_model
from shop import export
from shop.shoppers import Shopper
from tests.actions.conftest import Chat
from tests.actions.test_feedback import on_page
from tests.replies.small import SETTINGS, small_examples, write_small_examples

HOUSE = Path("data/replies")
OLD, NEW = "Hello! What are you looking for today?", "You're welcome."


def near(texts: Sequence[str]) -> np.ndarray:
    return np.ones((len(texts), 1), np.float32)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of examples whose one reply to thanks is a poor one."""
    folder = write_small_examples(tmp_path_factory.mktemp("examples"))
    thanks = Example("thanks-2", "small_talk", "en", ("thank you",), (), (), OLD)
    assert thanks.split == "train"
    write_examples(folder / "en" / "small_talk.jsonl", [thanks])
    return folder


@pytest.fixture(scope="module")
def base(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    thanks = Example("thanks-2", "small_talk", "en", ("thank you",), (), (), OLD)
    root = tmp_path_factory.mktemp("models")
    return train_model([*small_examples(), thanks], root, SETTINGS, lambda _: Judged(1.0, 0.0, 1)).folder


def talking(services: Services, base: Path, root: Path) -> Chat:
    """A chat whose replies are written by the models of a folder, else by the packaged one."""
    writer = load_writer(Places(base, HOUSE, root), near)
    return on_page(dataclasses.replace(services, replies=writer))


def test_a_persons_correction_is_what_the_next_model_says(
    services: Services, base: Path, examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, root = services.settings.database_url, tmp_path / "models"
    chat = talking(services, base, root)
    assert chat.say("thank", "thank you") == ["utter_reply"]
    assert chat.last["reply"] == OLD
    name = chat.last["feedback"]
    services.given_replies.judge(Shopper("web-1"), name, "down")

    shown = ["list", "--database-url", url, "--thumb", "down"]
    assert reply_feedback.main(shown) == 0
    assert f"{name}  down" in capsys.readouterr().out
    correct = ["correct", name, "--by", "Mei", "--database-url", url, "--text"]
    assert reply_feedback.main([*correct, "You get 50 dollars back."]) == 1
    assert "ungrounded" in capsys.readouterr().err
    assert reply_feedback.main([*correct, NEW]) == 0
    assert reply_feedback.main(shown) == 0
    assert f"Mei: {NEW}" in capsys.readouterr().out

    file, feedback = tmp_path / "feedback.jsonl", tmp_path / "feedback"
    assert export.main(["feedback", "--database-url", url, "--out", str(file)]) == 0
    assert dataset.main(["from-feedback", str(file), "--out", str(feedback)]) == 0
    told = capsys.readouterr().out
    assert "1 kept, 0 dropped" in told
    assert "1 corrected by a person" in told

    given = ["--base", str(base), "--data", str(examples), str(feedback), "--claims", str(HOUSE), "--out", str(root)]
    assert tune.main([*given, "--epochs", "1"]) == 0
    now = read_in_service(root)
    assert now is not None
    approved = read_approved(root / "versions" / now.main / APPROVED_FILE)
    assert [one.reply for one in approved if one.act == "small_talk"] == [NEW]
    chat = talking(services, base, root)
    assert chat.say("thank", "thank you") == ["utter_reply"]
    assert chat.last["reply"] == NEW


@pytest.mark.parametrize("name", ["unknown", "", "x" * 300], ids=["unknown", "empty", "long"])
def test_a_reply_that_is_not_kept_cannot_be_corrected(
    services: Services, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["correct", name, "--by", "Mei", "--database-url", services.settings.database_url, "--text", NEW]
    assert reply_feedback.main(given) == 1
    assert "no reply" in capsys.readouterr().err


def test_a_database_that_is_away_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reply_feedback.main(["list", "--database-url", f"sqlite:///{tmp_path}/none.db"]) == 1
    assert "does not answer" in capsys.readouterr().err
