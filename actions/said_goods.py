"""The kinds of goods that a message wishes for: a list is split, and what was taken back is left out.

The language model names all goods of a message in one line, "chair sofa"; what stands between them in the message
tells whether both are wished for, or the second instead of the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from actions.desk_words import label_pattern, says_any
from actions.needs import is_of_need
from actions.turn import Turn
from shop.glossary import has_han
from shop.search import SearchQuery
from shop.search_text import stem, stop_words, words

# These intents name no goods as a rule, and where one does, the language model has not looked for any.
_PASSED_OVER = frozenset({"show_more", "deny"})
KINDS = ", "
"""What stands between the kinds in the text of a search for several."""

_MOST_KINDS = 6
_MOST_TEXT = 200
# Hesitation, and what joins a word to the next in one name.
_JOINING = re.compile(r"(?:[\s\-–'’的]|\b(?:um+|uh+|er+|s)\b|[嗯呃])*")
_LISTING = re.compile(
    r"[,;/&+、，；。.!?！？\n]|\b(?:and|or|plus|also|nor|maybe)\b|[和或跟与及]|还有|还要|还想|再要|再来|要不|加上|另外"
)
_PURPOSE = re.compile(r"\b(?P<word>for|with)\b")
_ARTICLE = r"(?:(?:the|a|an|any|some|those|these|that|my|just|um|uh)\s+)*"
# "A keyboard, a tablet" and "headphones or a headset": one of a list of which the model saw the next.
_BEFORE = re.compile(
    r"(?:^|[.!?,]\s*|\b(?:a|an|some|any)\s+)(?P<listed>[a-z]+(?:[ -][a-z]+)?)\s*(?:\bor\b)\s+(?:(?:a|an|some|any)\s+)?$"
    r"|\b(?:a|an|some|any)\s+(?P<article>[a-z]+)\s*,\s*(?:a|an|some|any)\s+$"
)

# "A sofa, a table and a lamp", of which the model saw the first and the last.
_PASSED = re.compile(r"\s*,\s*(?:a|an|some)\s+(?P<listed>[a-z]+)\s*(?:,\s*)?(?:and\s+|or\s+)?(?:a|an|some)\s+")
# "Mice and keyboards", of which the model saw one: another word beside it is a kind, if the shop sells such things.
_AND_BEFORE = re.compile(r"\b(?P<listed>[a-z]+)\s+(?:and|or|plus|&)\s+(?:(?:a|an|some|any|the)\s+)?$")
_AND_BEHIND = re.compile(
    r"\s*(?:,|\band\b|\bor\b|\bplus\b|&)\s+(?:(?:a|an|some|any|the)\s+)?(?P<listed>[a-z]+)\s*(?:[.?!,]|\bplease\b|$)"
)
_NEXT_LISTED = re.compile(r"\s*(?:,|\bor\b|\band\b|/)\s*(?:(?:a|an|any|some)\s+)?(?P<listed>[a-z]+)")
# "Tables, desks, anything": words that stand in a list, and of which the model saw some.
_IN_LIST = re.compile(
    r"(?:^|[,.;!?]|\band\b|\bor\b)\s*(?:(?:a|an|any|some|other|the)\s+)*(?P<listed>[a-z]{3,})(?=\s*(?:[,.;!?]|\band\b|\bor\b|$))"
)
_COUNTERS = frozenset("盆把个件双台款条套")
_COUNTER = re.compile(rf"^[{''.join(sorted(_COUNTERS))}](?=[\u4e00-\u9fff]{{2}})")
# "That's chairs again": what is complained of is not wished for.
_COMPLAINT = re.compile(
    r"\b(?:that|those|these)(?:'s|’s| is| are| were)\s+(?:(?:just|all|only|still|a|an)\s+)*$|(?:又|还)是$"
)


@dataclass(frozen=True)
class _Word:
    """A word of a wish, and where it stands in the message."""

    text: str
    start: int
    end: int


def kinds_of(text: str) -> list[str]:
    """Split the text of a search into the kinds of goods that it looks for."""
    return [kind for kind in text.split(KINDS) if kind.strip()]


def joined_kinds(kinds: Iterable[str]) -> str:
    """Write kinds of goods as the text of one search."""
    return KINDS.join(list(kinds)[:_MOST_KINDS])[:_MOST_TEXT].removesuffix(",").strip()


def said_kinds(turn: Turn) -> list[str]:
    """List the kinds of goods that a message wishes for, in its words."""
    kinds = [_tidy(turn, kind) for kind in _kinds(turn)]
    if not any(kinds) and not turn.entities("category") and _is_passed_over(turn):
        kinds = goods_overheard(turn)
    return _distinct(turn, [kind for kind in kinds if kind])


def goods_overheard(turn: Turn) -> list[str]:
    """List the goods of the shop that a message names by words that the language model passed over."""
    text = turn.text.casefold()
    terms = sorted((term for term in turn.services.glossary.terms if term in text), key=len, reverse=True)
    said = [*terms, *re.findall(r"[a-z]{3,}", text)]
    found: list[_Word] = []
    for word in said:
        places = list(_places(text, word))
        is_part = any(start < one.end and one.start < end for start, end in places for one in found)
        unwanted = is_part or word in stop_words() or is_of_need(turn, word) or took_back(turn, word)
        if places and not unwanted and turn.services.search.sells(word):
            found.append(_Word(word, *places[0]))
    return _distinct(turn, [one.text for one in sorted(found, key=lambda one: one.start)])


def _is_passed_over(turn: Turn) -> bool:
    """Tell whether a message may name goods that the language model has not looked for."""
    asks = turn.intent[0] == "nlu_fallback" and says_any(turn, "search.asks_goods")
    return not turn.from_button and (asks or turn.intent[0] in _PASSED_OVER)


def took_back(turn: Turn, value: str) -> bool:
    """Tell whether a message takes a word back: "forget the sofas", "走路这条去掉"."""
    text = turn.text.casefold()
    places = list(_places(text, value.casefold()))
    return bool(places) and all(_is_taken_back(turn, text, start, end) for start, end in places)


def plain_words(turn: Turn, text: str) -> str:
    """Cut off what is only chat at either end of words that were taken for goods: "gloves bro"."""
    spoken, chat = text.split(), label_pattern(turn, "search.chat")
    while spoken and chat.fullmatch(spoken[-1].casefold()):
        spoken.pop()
    while spoken and chat.fullmatch(spoken[0].casefold()):
        spoken.pop(0)
    return " ".join(spoken)


def stems_of(turn: Turn, text: str) -> set[str]:
    """Give the words of the catalogue that a text says, without their endings."""
    return {stem(word) for word in words(turn.services.glossary.translated(text))}


def _kinds(turn: Turn) -> list[str]:
    text = turn.text.casefold()
    named = turn.entities("product_query")
    if says_any(turn, "search.asks_for"):
        named = sorted([*named, *turn.entities("exclude")], key=text.find)
    said = [word for word in " ".join(named).split() if not (word == "free" and "-free" in text)]
    said = [word for word in said if not is_of_need(turn, word)]
    found = _placed(text, said)
    if found is None:
        return [" ".join(said)] if said else []
    phrases = _phrases(text, found)
    kinds: list[str] = []
    end = 0
    for phrase in phrases:
        gap = text[end : phrase[0].start]
        if kinds and (passed := _PASSED.fullmatch(gap)):
            kinds.append(passed["listed"])
        elif kinds:
            kinds += _sold_in(turn, gap)
        name = " ".join(word.text for word in phrase)
        if kinds and label_pattern(turn, "search.corrects").search(gap):
            kinds = [] if label_pattern(turn, "search.only").search(gap) else kinds[:-1]
        if not _is_taken_back(turn, text, phrase[0].start, phrase[-1].end):
            _take_in(turn, kinds, gap, name)
        end = phrase[-1].end
    if not kinds:
        return _unseen(text, phrases)
    before, behind = _AND_BEFORE.search(text[: phrases[0][0].start]), _AND_BEHIND.match(text, end)
    listed = _sold_in(turn, text[end:])
    return [*_unseen(text, phrases), *_sold(turn, before), *kinds, *_sold(turn, behind), *listed]


def _sold(turn: Turn, found: re.Match[str] | None) -> list[str]:
    return [found["listed"]] if found and turn.services.search.sells(found["listed"]) else []


def _sold_in(turn: Turn, gap: str) -> list[str]:
    """Give what is listed between goods, if the shop sells such things."""
    listed = [found["listed"] for found in _IN_LIST.finditer(gap)]
    return [word for word in listed if turn.services.search.sells(word) and not took_back(turn, word)]


def _take_in(turn: Turn, kinds: list[str], gap: str, name: str) -> None:
    """Add a phrase as a kind of its own, or to the kind before it as what that is for."""
    purpose = _PURPOSE.search(gap)
    listed = _LISTING.search(gap) or (has_han(name) and gap)
    if kinds and purpose and not listed:
        kinds[-1] = f"{kinds[-1]} {purpose['word']} {name}"
    elif kinds and (not listed or not _may_be_goods(turn, name) or _describes(turn, gap, name)):
        kinds[-1] = f"{kinds[-1]} {name}"
    else:
        kinds.extend(halves_of(turn, name) if kinds or listed or says_any(turn, "search.either") else [name])


def _may_be_goods(turn: Turn, name: str) -> bool:
    """Tell whether words can name goods; Chinese ones that the glossary does not end with say more of others."""
    return not has_han(name) or not has_han(turn.services.glossary.translated(name)[-1:])


def _describes(turn: Turn, gap: str, name: str) -> bool:
    """Tell whether Chinese words after a mere space say more of the goods before them: "鼠标 无线"."""
    return not gap.strip() and has_han(name) and not turn.services.search.sells(name)


def halves_of(turn: Turn, name: str) -> list[str]:
    """Split "键盘鼠标耳机", of which the glossary knows the parts, but not the whole."""
    glossary = turn.services.glossary
    if not has_han(name) or name in glossary.terms:
        return [name]
    for place in range(2, len(name) - 1):
        rest = halves_of(turn, name[place:]) if _is_goods(turn, name[:place]) else []
        if rest and all(part in glossary.terms for part in rest):
            return [name[:place], *rest]
    return [name]


def _is_goods(turn: Turn, term: str) -> bool:
    """Tell whether a term of the glossary names goods, sold here or not; "二手" is said of some."""
    search = turn.services.search
    is_term = term in turn.services.glossary.terms
    return is_term and (search.sells(term) or not search.search(SearchQuery(term, limit=1)).total)


def _unseen(text: str, phrases: Sequence[Sequence[_Word]]) -> list[str]:
    """Find what is listed right before the first goods that the language model saw."""
    found = _BEFORE.search(text[: phrases[0][0].start]) if phrases else None
    if found is None:
        return []
    name = found["listed"] or found["article"]
    spoken = name.split()
    return [] if any(word in stop_words() for word in spoken) else [name]


def _placed(text: str, said: Sequence[str]) -> list[_Word] | None:
    """Find the words of a wish in a message, in order; None where one is written otherwise there."""
    found: list[_Word] = []
    after = 0
    for word in said:
        place = next(_places(text, word.casefold(), after), None) or _listed_place(text, after)
        if place is None:
            return None
        found.append(_Word(word, *place))
        after = place[1]
    return found


def _listed_place(text: str, after: int) -> tuple[int, int] | None:
    """Find the word that is listed behind goods: the model calls "earphones" headphones, as the catalogue does."""
    found = _NEXT_LISTED.match(text, after) if after else None
    return found.span("listed") if found else None


def _places(text: str, word: str, after: int = 0) -> Iterator[tuple[int, int]]:
    edge = "" if has_han(word) else r"(?<![a-z0-9]){}(?![a-z0-9])"
    pattern = edge.format(re.escape(word)) if edge else re.escape(word)
    return ((found.start(), found.end()) for found in re.compile(pattern).finditer(text, after))


def _phrases(text: str, found: Sequence[_Word]) -> list[list[_Word]]:
    """Put words that stand side by side together."""
    phrases: list[list[_Word]] = []
    for word in found:
        gap = text[phrases[-1][-1].end : word.start] if phrases else ""
        beside = bool(phrases) and _JOINING.fullmatch(gap) and not (has_han(word.text) and " " in gap)
        phrases[-1].append(word) if beside else phrases.append([word])
    return phrases


def _is_taken_back(turn: Turn, text: str, start: int, end: int) -> bool:
    before, after = text[:start], text[end:]
    leads = label_pattern(turn, "search.forgets").pattern
    listed = rf"(?:[\w-]+\s+(?:and|or)\s+{_ARTICLE})?"
    if re.search(rf"{leads}\s*{_ARTICLE}{listed}$", before) or _COMPLAINT.search(before):
        return True
    closing = label_pattern(turn, "search.forgotten")
    return re.match(rf"[^,，。.!?！？]{{0,4}}?{closing.pattern}", after) is not None


def _tidy(turn: Turn, kind: str) -> str:
    if kind in _COUNTERS and turn.entities("category"):
        return ""
    # "盆" of "养盆兰花" counts.
    kind = _COUNTER.sub("", kind) if _COUNTER.match(kind) and turn.services.search.sells(kind[1:]) else kind
    return plain_words(turn, " ".join(dict.fromkeys(kind.split())))


def _distinct(turn: Turn, kinds: Sequence[str]) -> list[str]:
    """Drop what was said twice: "lamp" beside "lamps"."""
    kept: list[str] = []
    for kind in kinds:
        if not any(stems_of(turn, kind) <= stems_of(turn, other) for other in kept):
            kept.append(kind)
    # "买个球，足球" says what ball is meant.
    return [
        kind for kind in kept if not any(has_han(kind) and other != kind and other.endswith(kind) for other in kept)
    ]
