"""The shop's own words: brands, categories, colours, options, products and SKUs of `artifacts/lexicon.json`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.nlu.artifacts import MAKE_THEM, ArtifactError, read_json
from assistant.nlu.tokens import Tokenizer

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Catalogue:
    """What can be named in a message, in the catalogue's own spelling."""

    brands: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    products: tuple[tuple[str, str], ...] = ()
    skus: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: str) -> Catalogue:
        """Read the file that `python -m shop.export lexicon` writes; raise ArtifactError for anything else."""
        found = read_json(path)
        try:
            return cls(
                brands=_strings(found["brands"]),
                categories=_strings(found["categories"]),
                colours=_strings(found["colours"]),
                options={str(name): _strings(values) for name, values in found["options"].items()},
                products=tuple((str(one["name"]), str(one["slug"])) for one in found["products"]),
                skus=_strings(found["skus"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ArtifactError(f"{path} is no lexicon ({error!r}): delete it and run `{MAKE_THEM}`") from error

    def rows(self, tokenizer: Tokenizer) -> list[list[str]]:
        """Give the words of each product's name and each category; the last one says what it is: "Leather Sofa"."""
        named = [*(name for name, _ in self.products), *self.categories]
        return [row for name in named if (row := [token.norm for token in tokenizer.cut(name)])]

    def heads(self, tokenizer: Tokenizer) -> set[str]:
        """Give the words that say what the shop sells."""
        return {row[-1] for row in self.rows(tokenizer) if row[-1].isalpha()}


def _strings(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def only_number(value: str) -> str | None:
    """Give the one number of an option value: "42" of "Size 42"; None where there are none or several."""
    numbers = _NUMBER.findall(value)
    return numbers[0] if len(numbers) == 1 else None
