"""The tokenizer: byte pairs over characters, so that no token is half a character and each can be judged by its text.

Marks of the prompt are special tokens; each placeholder is one token, so that it is written whole or not at all.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, trainers

from replies.errors import ArtifactDamaged
from replies.facts import placeholders
from replies.prompt import END, PAD, UNKNOWN, marks

TOKENIZER_FILE = "tokenizer.json"
_SPACE = "▁"
VOCABULARY = 4096


class Tokens:
    """Turns prompts and replies to token ids and back; safe to use from several threads.

    Args:
        tokenizer: with the marks of `replies.prompt` as special tokens.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        vocabulary = tokenizer.get_vocab()
        self.pad, self.end = vocabulary[PAD], vocabulary[END]
        self._special = {vocabulary[mark] for mark in marks()}
        self.size: int = tokenizer.get_vocab_size()
        self.pieces: list[str] = [""] * self.size
        for piece, number in vocabulary.items():
            self.pieces[number] = "" if number in self._special else piece.replace(_SPACE, " ")

    @classmethod
    def learn(cls, texts: Iterable[str], names: Iterable[str], size: int = VOCABULARY) -> Tokens:
        """Learn a vocabulary.

        Args:
            texts: prompts and replies, with marks and placeholders in them.
            names: what replies may write in braces.
            size: the most tokens.
        """
        tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN, fuse_unk=True))
        splits = [pre_tokenizers.Metaspace(_SPACE, prepend_scheme="never"), pre_tokenizers.Punctuation("isolated")]
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(splits)
        braced = [f"{{{name}}}" for name in sorted(set(names))]
        trainer = trainers.BpeTrainer(
            vocab_size=size - len(braced),
            special_tokens=marks(),
            initial_alphabet=[*string.ascii_letters, *string.punctuation, _SPACE],
            min_frequency=2,
            show_progress=False,
        )
        cuts = [*marks(), *braced]
        tokenizer.train_from_iterator((piece for text in texts for piece in _without(text, cuts)), trainer)
        tokenizer.add_tokens([AddedToken(token, normalized=False, special=False) for token in braced])
        return cls(tokenizer)

    @classmethod
    def read(cls, file: Path) -> Tokens:
        """Read a stored tokenizer.

        Raises:
            ArtifactDamaged: it cannot be read, or is another library's.
        """
        try:
            return cls(Tokenizer.from_file(str(file)))
        except Exception as error:  # the library raises bare exceptions
            raise ArtifactDamaged(file, f"is no tokenizer of this library ({error})") from error

    def write(self, file: Path) -> None:
        """Store it."""
        self._tokenizer.save(str(file))

    def encode(self, text: str) -> list[int]:
        """Give the ids of a text in which marks and placeholders are tokens."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, ids: Sequence[int]) -> str:
        """Give the text of ids, without marks."""
        return "".join(self.pieces[number] for number in ids)

    def told_by(self, other: Tokens) -> list[list[int]]:
        """Give for each token the other's tokens of the same text, at least one."""
        theirs = other._tokenizer.get_vocab()
        names = {number: name for name, number in self._tokenizer.get_vocab().items()}
        return [
            [theirs[names[number]]] if names[number] in theirs else other.encode(self.pieces[number]) or [other.pad]
            for number in range(self.size)
        ]

    def knows(self, name: str) -> bool:
        """Whether a placeholder is a token."""
        return self._tokenizer.token_to_id(f"{{{name}}}") is not None

    @property
    def names(self) -> frozenset[str]:
        """The names that it can write in braces."""
        return frozenset(name for piece in self.pieces for name in placeholders(piece))


def _without(text: str, cuts: Sequence[str]) -> Iterable[str]:
    """Cut marks and placeholders out of a text, so that no pair is learnt across one."""
    for cut in cuts:
        if cut in text:
            text = text.replace(cut, "\n")
    return filter(None, text.split("\n"))
