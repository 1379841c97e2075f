"""A small model trained once, and the readers that most tests ask."""

import asyncio
from pathlib import Path

import pytest

from assistant.nlu.artifacts import read_json
from assistant.nlu.catalogue import Catalogue
from assistant.nlu.goods import glossary_of
from assistant.nlu.reader import MessageReader
from assistant.nlu.words import WordLists
from tests.assistant.nlu.small_shop import write_data

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(__file__).resolve().parents[1] / "data"
ENCODER = ROOT / "artifacts/encoder"
WORDS = ROOT / "data/lexicon/en.yml"
CHINESE_WORDS = ROOT / "data/lexicon/zh.yml"
GLOSSARY = ROOT / "data/lexicon/glossary_zh.csv"


@pytest.fixture(autouse=True)
def _stand_in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths in config.yml are relative to it."""
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="session")
def words() -> WordLists:
    return WordLists.load(str(WORDS), str(CHINESE_WORDS))


@pytest.fixture(scope="session")
def real_words() -> frozenset:
    return frozenset(read_json(str(ENCODER / "tokenizer.json"))["model"]["vocab"])


@pytest.fixture(scope="session")
def reader(words, real_words) -> MessageReader:
    return MessageReader(words, Catalogue.load(str(DATA / "lexicon.json")), real_words, glossary_of(str(GLOSSARY)))


SMALL_DATA = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hi
    - hello there
    - good morning
- intent: search_products
  examples: |
    - show me laptops
    - i need running shoes
    - do you have a camera under 100
- intent: add_to_cart
  examples: |
    - add it to my cart
    - i'll take the second one
    - put two in my basket
"""


@pytest.fixture(scope="session")
def small_config(tmp_path_factory) -> Path:
    """The house's own pipeline, with the tests' catalogue."""
    text = (ROOT / "config.yml").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("config") / "config.yml"
    path.write_text(
        text.replace("artifacts/lexicon.json", str(DATA / "lexicon.json"))
        .replace("artifacts/encoder", str(ENCODER))
        .replace("data/lexicon/", f"{WORDS.parent}/"),
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="session")
def shop_data(tmp_path_factory) -> Path:
    """Training text of a shop in small, in two languages."""
    return write_data(tmp_path_factory.mktemp("shop") / "nlu")


@pytest.fixture(scope="session")
def shop_vectors(tmp_path_factory) -> Path:
    """Where the vectors of its examples are kept."""
    return tmp_path_factory.mktemp("shop_vectors")


@pytest.fixture(scope="session")
def small_model(tmp_path_factory, small_config) -> str:
    from rasa.model_training import train_nlu

    folder = tmp_path_factory.mktemp("model")
    (folder / "nlu.yml").write_text(SMALL_DATA, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RASA_CACHE_DIRECTORY", str(folder / "cache"))
        return train_nlu(str(small_config), str(folder / "nlu.yml"), str(folder / "models"), domain=None)


@pytest.fixture(scope="session")
def parse(small_model):
    from rasa.core.agent import Agent

    agent = Agent.load(small_model)
    return lambda text: asyncio.run(agent.parse_message(text))
