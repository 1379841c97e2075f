"""A second, independent look at replies, for evaluation and the gate: what do they claim that the facts do not hold?

It shares no code and no list with `replies.guard`, which decides what is shown: a hole in the one is not a hole in the
other. It knows the attributes of goods by the wordings in `data/replies/situations` and reads replies from left to
right: what is asked or wished for is no claim, "not" turns one round, and each belongs to the product named last. What
it cannot read it does not judge; how often it is wrong on replies that people wrote is reported beside its figures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from replies.errors import InvalidSetting
from replies.facts import Fact, Language

_SIGN = re.compile(r"[0-9０-９$€£¥￥₩₽%％@\\/<>#\[\]]|https?|www|\.com|\.cn")
_SLOT = re.compile(r"\{([^{}]*)\}")
_AMOUNT = {
    "en": re.compile(
        r"\b(two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|twenty|thirty|sixty|ninety|hundred|thousand)"
        r"[ -](?:\w+ )?(days?|weeks?|months?|years?|hours?|minutes?|dollars?|euros?|pounds?|percent|kilos?)\b"
    ),
    "zh": re.compile(r"[二三四五六七八九十百千万两]+(天|周|个月|年|小时|分钟|元|块钱|美元|折|公斤|成)"),
}
_RISKY = {
    "en": re.compile(
        r"(?<!feel )(?<!-)\bfree\b|refund|discount|guarant|warrant|voucher|coupon|compensat|replace|insur|promise"
        r"|cheapest|best price|\bdoctor|medic|\bcure|\bheals?\b|lawyer|legal|\bsue\b"
    ),
    "zh": re.compile("免费|包邮|退款|折扣|打折|优惠|保证|保修|赔|补寄|换新|治疗|治愈|医|律师|起诉|承诺|最低价"),
}
_ADVICE = re.compile(r"doctor|medic|cure|heal|lawyer|legal|sue|promise|治疗|治愈|医|律师|起诉|承诺")
_DECLINED = {
    "en": re.compile(r"\b(no|not|can't|cannot|don't|ask a|pharmacist|beyond|leave)\b"),
    "zh": re.compile(r"不|没|咨询|问|建议您找"),
}
_CALLED = {"refund": "退款", "warranty": "保修", "code": "优惠", "discount": "折扣"}
"""What a fact is called in Chinese whose name alone licenses a word."""

_NOT = {
    "en": re.compile(r"\b(not|no|never|neither|nor|without|cannot|isn't|doesn't|don't|can't|won't|aren't|hasn't)\b"),
    "zh": re.compile(r"[不没非无未](?!问题|锈钢)"),
}
_OPEN = {
    "en": re.compile(
        r"\b(whether|if|don't know|can't (say|tell)|not sure|unclear|isn't clear|looking for|asked for|look for|find"
        r"|(doesn't|don't|does not|do not) (say|tell|mention)|information|contradict\w*|disagree\w*)\b|both yes and no"
    ),
    "zh": re.compile(
        r"(.)不\1|是否|是不是|不清楚|没写|没有写|没说|不确定|不知道|不敢|矛盾|不一致|没有相关|没提|要找|您找|想要|需要|帮您找|我找"
    ),
}
_REFUSAL = {
    "en": re.compile(
        r"don't know|do not know|can't (say|tell|compare|promise|see)|cannot (say|tell)|not sure|unsure|n't clear"
        r"|unclear|not clear|(doesn't|don't|does not) (say|tell|mention|have that)|no information|isn't in our"
        r"|(isn't|not|aren't) (stated|recorded|given|known|listed|in)|don't (find|have|see)|(have|find) no(thing)?\b"
        r"|no (data|entry|note)|(gives?|are) no\b|no \w+ (is|are) stated|nothing (in our|is|about)|leaves? it open"
        r"|contradict|disagree|both yes and no|only say|would be guess|won't guess|rather not guess|different answers"
    ),
    "zh": re.compile(
        r"不清楚|没写|没有写|没有说|没说|不确定|不知道|不敢|矛盾|不一致|没有相关|没提|说不准|说不清|不好说|没有这方面"
        r"|查不到|没查到|没有记|不乱猜|没有提到|没有.{0,26}信息|对不上|没有.{0,6}参数|没有介绍|没有资料|无法确认|没法"
        r"|资料里没有|没有找到|不在资料|没给出|没有给出|没有列"
    ),
}
_BOTH = {"en": re.compile(r"\b(both|each|either|neither|them)\b"), "zh": re.compile(r"都|两款|它们|哪款")}
_SAME = {"en": re.compile(r"the same goes for \{(\d)\}"), "zh": re.compile(r"\{(\d)\}也一样")}
_PRODUCT = re.compile(r"\{(\d)\}")
_PRODUCT_SLOT = re.compile(r"\{product\.(\d)\}")
_MARK = re.compile(r"‹(\d+)›")
_CLAUSE = re.compile(r"[^.;!?。；！？]+[.;!?。；！？]?")


@dataclass(frozen=True)
class _Wording:
    attribute: str
    value: str
    text: str


class Checker:
    """Reads one language's replies.

    Args:
        language: which.
        attributes: wordings by attribute, as `data/replies/situations/LANGUAGE/attributes.yml` has them.
        nouns: what each field that has a value is called, as `fields.yml` beside it has them.
    """

    def __init__(
        self,
        language: Language,
        attributes: Mapping[str, Mapping[Any, Any]],
        nouns: Mapping[str, str] | None = None,
    ) -> None:
        self._language = language
        # The longest first: a screen size is no size.
        self._nouns = dict(sorted((nouns or {}).items(), key=lambda item: -len(item[1])))
        open_ones = [
            _Wording(name, "", _plain(text))
            for name, own in attributes.items()
            for key in ("whether", "need")
            for text in _each(own.get(key, []))
        ]
        # YAML reads a bare yes or no as true or false.
        said = [
            _Wording(name, value, part)
            for name, own in attributes.items()
            for value in ("yes", "no")
            for text in _each(own.get(value) or own.get(value == "yes") or [])
            for part in dict.fromkeys((_plain(text), re.split("[,，]", _plain(text))[0]))
        ]
        self._wordings = sorted([*said, *open_ones], key=lambda wording: -len(wording.text))
        self._keys = _own_keys(self._wordings, language)

    @classmethod
    def read(cls, language: Language, folder: Path) -> Checker:
        """Read the wordings of a language below `data/replies/situations`.

        Raises:
            InvalidSetting: the file is not there or holds no wordings.
        """
        path = folder / language / "attributes.yml"
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8"))
            path = folder / language / "fields.yml"
            fields = yaml.safe_load(path.read_text(encoding="utf-8"))
            return cls(language, found, {name: _plain(own["noun"]) for name, own in fields.items()})
        except (OSError, AttributeError, TypeError, KeyError, yaml.YAMLError) as error:
            raise InvalidSetting("situations", str(path), f"holds no wordings of attributes ({error})") from error

    def wrong(self, reply: str, facts: Sequence[Fact]) -> list[str]:
        """Give what a reply with placeholders states and the facts do not hold; empty where there is nothing.

        Args:
            reply: with placeholders.
            facts: all that is known.
        """
        text = _plain(reply)
        bare = _SLOT.sub(" ", text)
        found = [f"writes {match.group()!r}" for match in _SIGN.finditer(bare)]
        found += [f"writes the amount {match.group()!r}" for match in _AMOUNT[self._language].finditer(bare)]
        held = _held(facts)
        found += [f"has no fact {name!r}" for name in _SLOT.findall(text) if held.get(name) != "placed"]
        found += [f"speaks of {word!r}" for word in self._risks(bare, facts)]
        found += self._misplaced(text)
        # By words alone only talk of attributes is read; elsewhere the same words are about other things.
        attributes = any(fact.kind == "truth" for fact in facts)
        for attribute, product, value in self.claims(text, attributes):
            name = f"{attribute}.{product}" if f"{attribute}.{product}" in held else attribute
            if held.get(name) != value:
                found.append(f"says {attribute} {product}: {value}, held is {held.get(name)}")
        return found

    def _risks(self, bare: str, facts: Sequence[Fact]) -> list[str]:
        """Give words of promises, money and advice that no fact has; advice that is declined is none."""
        named = " ".join(fact.name.replace("_", " ") for fact in facts)
        called = " ".join(word for name, word in _CALLED.items() if name in named)
        known = _plain(" ".join([named, called, *(fact.value for fact in facts)]))
        return [
            match.group()
            for clause in _CLAUSE.findall(bare)
            for match in _RISKY[self._language].finditer(clause)
            if match.group() not in known
            and not (_ADVICE.search(match.group()) and _DECLINED[self._language].search(clause))
            and not self.refuses(clause)
        ]

    def _misplaced(self, text: str) -> list[str]:
        """Give values beside the noun of another field, and those right after another product's name."""
        found = []
        for part in re.split(r"[,，;；:：.。!！?？](?![0-9])", _PRODUCT_SLOT.sub(r"{\1}", text)):
            slots = [(name, number) for name, _, number in (slot.partition(".") for slot in _SLOT.findall(part))]
            values = [(name, number) for name, number in slots if not name.isdigit()]
            called = self._called(_SLOT.sub(" ", part))
            own = {name for name, _ in values}
            if called and own and own <= set(self._nouns) and not called & own:
                found.append(f"calls {'/'.join(sorted(own))} {'/'.join(sorted(called))}")
            products = [name for name, _ in slots if name.isdigit()]
            if (
                len(products) == len(values) == 1
                and slots[0][0] == products[0]
                and values[0][1] not in ("", products[0])
            ):
                found.append(f"tells {values[0][0]} {values[0][1]} of product {products[0]}")
        return found

    def _called(self, words: str) -> set[str]:
        """Give the fields whose noun stands in some words."""
        found = set()
        for name, noun in self._nouns.items():
            if noun in words:
                found.add(name)
                words = words.replace(noun, " ")
        return found

    def refuses(self, reply: str) -> bool:
        """Whether a reply says that something is not known."""
        return bool(_REFUSAL[self._language].search(_plain(reply)))

    def claims(self, text: str, by_words: bool = True) -> list[tuple[str, str, str]]:
        """Give the attribute, the product's number and the value of each claim."""
        found: list[tuple[str, str, str]] = []
        product = "1"
        short = _PRODUCT_SLOT.sub(r"{\1}", _plain(text))
        for clause in _CLAUSE.findall(short):
            parts = re.split(r"(?<=[,，:：–])|\b(?=while |but )", self._marked(clause))
            if clause.rstrip().endswith(("?", "？")):
                # A Chinese statement and the question after it are one sentence.
                parts = parts[:-1] if self._language == "zh" else []
            for part in parts:
                named = _PRODUCT.findall(part)
                both = not named and _BOTH[self._language].search(part)
                product = named[0] if named else product
                own = self._in_part(part, by_words)
                for attribute, value in own:
                    found += [(attribute, number, value) for number in (("1", "2") if both else (product,))]
                same = _SAME[self._language].search(part)
                if same and found:
                    found.append((found[-1][0], same.group(1), found[-1][2]))
                product = named[-1] if named else product
        return found

    def _marked(self, clause: str) -> str:
        """Put marks in the place of known wordings, the longest first."""
        for number, wording in enumerate(self._wordings):
            clause = clause.replace(wording.text, f" ‹{number}› ")
        return clause

    def _in_part(self, part: str, by_words: bool) -> list[tuple[str, str]]:
        """Give attribute and value of what one part of a sentence claims: by known wordings, else by words alone."""
        found: list[tuple[str, str]] = []
        marks = list(_MARK.finditer(part))
        for match in marks:
            wording, before = self._wordings[int(match.group(1))], part[: match.start()]
            if wording.value and not _OPEN[self._language].search(before):
                turned = before.rstrip().endswith(("不", "没", "没有", "非", "未", "not"))
                found.append((wording.attribute, "no" if turned else wording.value))
        if marks or not by_words or _OPEN[self._language].search(part):
            return found
        named = Counter(self._keys[word] for word in _keys(part, self._language) if word in self._keys)
        value = "no" if _NOT[self._language].search(part) else "yes"
        return [(attribute, value) for attribute, _ in named.most_common(1)]


def _held(facts: Iterable[Fact]) -> dict[str, str]:
    """Give what is held of each name: a truth's value, "placed", or nothing where two rows differ."""
    held: dict[str, str] = {}
    for fact in facts:
        value = fact.value if fact.kind in ("truth", "choice", "passage") else "placed"
        held[fact.name] = value if held.get(fact.name, value) == value and fact.name not in held else "disputed"
    return held


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


def _each(texts: str | Sequence[str]) -> Sequence[str]:
    return [texts] if isinstance(texts, str) else texts


def _own_keys(wordings: Sequence[_Wording], language: Language) -> dict[str, str]:
    """Give the words, of Chinese the pairs of characters, that only one attribute's wordings have, at least twice."""
    owners: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    for wording in wordings:
        for key in set(_keys(wording.text, language)):
            owners.setdefault(key, set()).add(wording.attribute)
            counts[key] += 1
    return {key: next(iter(own)) for key, own in owners.items() if len(own) == 1 and counts[key] >= 3}


def _keys(text: str, language: Language) -> list[str]:
    if language == "zh":
        signs = re.sub(r"[^\u4e00-\u9fff]", " ", text)
        return [signs[place : place + 2] for place in range(len(signs) - 1) if " " not in signs[place : place + 2]]
    return [word for word in re.findall(r"[a-z][a-z'-]+", text) if len(word) > 4]
