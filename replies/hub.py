"""Models of transformers by hub name or folder: which kind they are, their weights and their tokenizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from replies.errors import UnknownModel


class HubTokens:
    """A tokenizer of transformers, as a decoder asks for it.

    Args:
        tokenizer: a fast tokenizer.
        name: of the model, for messages.
    """

    def __init__(self, tokenizer: Any, name: str) -> None:
        if tokenizer.eos_token_id is None:
            raise UnknownModel(name, "its tokenizer has no token that ends a text")
        self._tokenizer = tokenizer
        self.end = int(tokenizer.eos_token_id)
        self.pad = self.end if tokenizer.pad_token_id is None else int(tokenizer.pad_token_id)
        special = set(tokenizer.all_special_ids)
        size = len(tokenizer)
        # A token in the middle of a word is told from one at its beginning by what stands before it.
        anchor = tokenizer.encode("a", add_special_tokens=False)[-1:]
        before = len(tokenizer.decode(anchor))
        self.pieces = [
            ""
            if number in special
            else tokenizer.decode([*anchor, number], clean_up_tokenization_spaces=False)[before:]
            for number in range(size)
        ]

    def encode(self, text: str) -> list[int]:
        """Give the ids of a text."""
        return list(self._tokenizer.encode(text, add_special_tokens=False))


def load_hub(name: str) -> tuple[Any, HubTokens]:
    """Load a causal or seq2seq model with its tokenizer, in full precision; code that a model brings is never run.

    Args:
        name: a hub name or a folder.

    Raises:
        UnknownModel: nothing can be loaded from there, or the model writes no text.
    """
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

    try:
        config = AutoConfig.from_pretrained(name, trust_remote_code=False)
        kind: Any = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
        network = kind.from_pretrained(name, trust_remote_code=False, dtype="float32", local_files_only=_local(name))
        tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise UnknownModel(name, f"cannot be loaded ({error})") from error
    return network.eval(), HubTokens(tokenizer, name)


def _local(name: str) -> bool:
    return Path(name).is_dir()
