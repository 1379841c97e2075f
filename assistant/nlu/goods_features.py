"""What is known of each token of a message where the goods in it are looked for: a list of features for a CRF."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from assistant.nlu.clauses import clauses
from assistant.nlu.common_words import carrying_characters, carrying_words, common_verbs
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import is_han
from assistant.nlu.word_groups import WordGroups

Features = list[str]

_MOST = 3
_LONGEST = 8
_NEIGHBOURS = (-2, -1, 1, 2)


@dataclass(frozen=True)
class Known:
    """What the rules know of the tokens of a message, by their places.

    Attributes:
        kept: the places that the rules would search for.
        idle: those of words that only carry a message.
        asks: those of phrases that ask, as "有没有".
        goods: those that name goods, by a list or by what they end with.
    """

    kept: Collection[int]
    idle: Collection[int]
    asks: Collection[int]
    goods: Collection[int]


@dataclass(frozen=True)
class _Word:
    """What is told of a token to its neighbours, too."""

    norm: str
    state: str
    named: str
    kind: str
    ending: str
    groups: Sequence[int]


class GoodsFeatures:
    """Describes tokens.

    Args:
        groups: of like words.
        goods: names of goods with the catalogue's words for them.
    """

    def __init__(self, groups: WordGroups, goods: Mapping[str, str]) -> None:
        self._groups = groups
        self._listed = frozenset(goods) | {word for words in goods.values() for word in words.split()}
        self._carrying, self._verbs = carrying_words() | carrying_characters(), common_verbs()

    def of(self, reading: Reading, known: Known) -> list[Features]:
        """Describe each token of a message that all other finders have read."""
        words = [self._word(reading, place, known) for place in range(len(reading.tokens))]
        described: list[Features] = []
        parts = clauses(reading)
        for number, part in enumerate(parts):
            shared = self._of_clause(number, part, len(parts), words, known)
            for place in part:
                own = self._of_place(reading, place, part, words[place], known)
                described.append([*own, *shared, *self._of_neighbours(place, part, words)])
        return described

    def _word(self, reading: Reading, place: int, known: Known) -> _Word:
        norm = reading.tokens[place].norm
        state = "free" if reading.is_free(place, place + 1) else "searched" if reading.is_searched(place) else "taken"
        state += " idle" * (place in known.idle) + " kept" * (place in known.kept)
        named = next((one.entity for one in reading.found if one.first <= place < one.last), "")
        ending = norm[-1] if is_han(norm[0]) else norm[-3:]
        shape = "#" if norm[0].isdigit() else norm
        return _Word(shape, state, named, self._kind(norm), ending, self._groups.of(norm))

    def _kind(self, norm: str) -> str:
        if norm in self._listed:
            return "listed"
        if not is_han(norm[0]):
            return "number" if norm[0].isdigit() else "word" if norm[0].isalpha() else "sign"
        return "carrying" if norm in self._carrying else "verb" if norm in self._verbs else "han"

    def _of_place(self, reading: Reading, place: int, part: range, word: _Word, known: Known) -> Features:
        norm, is_kept = reading.tokens[place].norm, place in known.kept
        return [
            f"word={word.norm}",
            f"state={word.state}",
            f"state, named={word.state} {word.named}",
            f"named={word.named}",
            f"kind={word.kind}",
            f"kind, kept={word.kind} {is_kept}",
            f"ending={word.ending}",
            f"beginning={norm[0] if is_han(norm[0]) else norm[:3]}",
            f"length={min(len(norm), _LONGEST)}",
            f"kept={is_kept}",
            f"goods={place in known.goods}",
            f"asks={place in known.asks}",
            f"intent={reading.intent}",
            f"intent, state={reading.intent} {word.state}",
            f"first={place == part[0]}",
            f"last={place == part[-1]}",
            *(f"group {size}={number}" for size, number in enumerate(word.groups)),
        ]

    @staticmethod
    def _of_clause(number: int, part: range, count: int, words: Sequence[_Word], known: Known) -> Features:
        return [
            f"clause={min(number, _MOST)}",
            f"clauses={min(count, _MOST)}",
            f"last clause={number == count - 1}",
            f"clause asks={any(place in known.asks for place in part)}",
            f"clause lists={any(words[place].kind == 'listed' for place in part)}",
            f"clause names={any(words[place].named == 'product' for place in part)}",
            f"all kept={min(len(known.kept), _LONGEST)}",
        ]

    @staticmethod
    def _of_neighbours(place: int, part: range, words: Sequence[_Word]) -> Features:
        found = []
        for step in _NEIGHBOURS:
            if not 0 <= place + step < len(words):
                found.append(f"{step} end")
                continue
            other = words[place + step]
            where = f"{step}" if place + step in part else f"{step}|"
            found += [f"{where} word={other.norm}", f"{where} state={other.state}", f"{where} kind={other.kind}"]
            if abs(step) == 1:
                found += [
                    f"{where} ending={other.ending}",
                    f"{where} named={other.named}",
                    f"{where} states={other.state} {words[place].state}",
                    f"{where} words={other.norm} {words[place].norm}",
                    *(f"{where} group {size}={number}" for size, number in enumerate(other.groups)),
                ]
        return found
