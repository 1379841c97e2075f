"""The shop's rules, and the passages of its texts that state them in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shop.policies import Passage, load_passages
from shop.policy_rules import PolicyRules, load_rules


@dataclass(frozen=True)
class Rulebook:
    """What changes are allowed or refused by, and how it is shown.

    Attributes:
        rules: the rules as data.
        passages: by language and source, the passages of the shop's texts.
        language: the shop's own.
    """

    rules: PolicyRules
    passages: Mapping[str, Mapping[str, Passage]]
    language: str

    @classmethod
    def load(cls, folder: Path, languages: list[str], own: str) -> Rulebook:
        """Read rules and texts; a folder named after a language holds its texts.

        Raises:
            BadPolicyFile: a rule cannot be used, or names a passage that is not there.
        """
        folders = {language: folder if language == own else folder / language for language in languages}
        passages = {
            language: {passage.source: passage for passage in load_passages(place)}
            for language, place in folders.items()
        }
        return cls(load_rules(folder), passages, own)

    def passage(self, rule_id: str, language: str | None) -> Passage:
        """Give the passage that states a rule; in the shop's own language where there is none in another."""
        known = language if self.passages.get(language or "") else self.language
        return self.passages[known or self.language][self.rules.passage(rule_id, known or self.language)]
