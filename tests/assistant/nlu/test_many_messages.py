"""Many messages are read by several processes as one reads them, and what is amiss is told."""

import pytest

from assistant.nlu import many_messages, reader
from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.intents import UNSURE
from assistant.nlu.many_messages import MANY, read_all
from assistant.nlu.reader import MessageReader
from tests.assistant.nlu.conftest import DATA

FILES = {**reader.FILES, "lexicon": str(DATA / "lexicon.json")}
TEXTS = ["show me lanterns below 30", "有没有三百以内的跑鞋", "thank you", "the second one please"]


@pytest.mark.parametrize("count", [3, MANY + 1])
def test_each_text_is_read_as_alone_and_in_its_place(count):
    texts = [f"{TEXTS[place % len(TEXTS)]} {place}" for place in range(count)]
    one = MessageReader.load(**FILES)
    found = read_all(FILES, texts, UNSURE, "reading")
    assert len(found) == count
    sample = [*range(0, count, 97), count - 1]
    assert [found[place] for place in sample] == [one.read(texts[place], UNSURE) for place in sample]
    assert any(found)


def test_many_show_a_bar_and_few_show_none(capsys):
    read_all(FILES, TEXTS, UNSURE, "reading examples")
    assert not capsys.readouterr().err
    read_all(FILES, TEXTS * (MANY // len(TEXTS)), UNSURE, "reading examples")
    assert "reading examples" in capsys.readouterr().err


def test_a_missing_file_is_told_from_another_process_too(tmp_path, monkeypatch):
    monkeypatch.setattr(many_messages, "MANY", 2)
    with pytest.raises(ArtifactError, match=r"nothing\.json.*make train"):
        read_all({**FILES, "lexicon": str(tmp_path / "nothing.json")}, TEXTS, UNSURE, "reading")
