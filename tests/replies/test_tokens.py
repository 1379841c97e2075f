from __future__ import annotations

from pathlib import Path

import pytest

from replies.errors import ArtifactDamaged
from replies.examples import Example
from replies.prompt import END, prompt_of
from replies.situation import Situation
from replies.tokens import Tokens
from replies.training_task import learnt_tokens


@pytest.fixture(scope="module")
def tokens(examples: list[Example]) -> Tokens:
    return learnt_tokens(examples, 700, ["天气很好"])


def test_what_is_encoded_is_decoded_again(tokens: Tokens, examples: list[Example]) -> None:
    for example in examples:
        assert tokens.decode(tokens.encode(example.reply)) == example.reply


def test_a_placeholder_and_a_mark_are_one_token_each(tokens: Tokens, examples: list[Example]) -> None:
    assert len(tokens.encode("{product.1}")) == len(tokens.encode(END)) == 1
    assert tokens.encode("{product.1}") != tokens.encode("{price}")
    assert tokens.names == {"product.1", "price"}
    assert len(tokens.encode(prompt_of(Situation.of(examples[0])))) < 60


def test_marks_are_no_text(tokens: Tokens) -> None:
    assert tokens.decode(tokens.encode("<en>a<end>")) == "a"


def test_characters_of_other_texts_are_known(tokens: Tokens) -> None:
    assert tokens.decode(tokens.encode("天气")) == "天气"


def test_a_stored_tokenizer_is_the_same(tokens: Tokens, tmp_path: Path) -> None:
    tokens.write(tmp_path / "t.json")
    again = Tokens.read(tmp_path / "t.json")
    assert again.pieces == tokens.pieces
    assert again.encode("is {product.1} 防水?") == tokens.encode("is {product.1} 防水?")


@pytest.mark.parametrize("content", ["", "{}", '{"model": {}}'])
def test_what_is_no_tokenizer_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "t.json").write_text(content)
    with pytest.raises(ArtifactDamaged):
        Tokens.read(tmp_path / "t.json")
