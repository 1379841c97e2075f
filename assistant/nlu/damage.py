"""Does to messages what haste, phones and microphones do: the kinds of damage that `evaluate_robustness` measures."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

import jieba

from assistant.nlu.scripts import has_han
from assistant.nlu.sounds import common_by_sound, sound_of

_WORD = re.compile(r"[A-Za-z]{4,}")
_HAN_RUN = re.compile("[\u4e00-\u9fff]{3,}")
_EMOJI = ("😀", "🙏", "👍", "😅", "🔥", "❤️")
_ENGLISH_FILLERS, _CHINESE_FILLERS = ("um", "uh", "so", "like"), ("嗯", "那个", "就是", "呃")
# So many characters of one sound are offered on the first page of a keyboard.
_LIKELY = 8

Damage = Callable[[str, random.Random], str]


def slip(text: str, drawn: random.Random) -> str:
    """Swap two letters inside one word of four or more, or leave out one Chinese character; others have no slip."""
    word = _pick(_WORD, text, drawn)
    if word:
        place = word.start() + drawn.randrange(1, len(word[0]) - 2)
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    run = _pick(_HAN_RUN, text, drawn)
    if run is None:
        return text
    place = run.start() + drawn.randrange(len(run[0]))
    return text[:place] + text[place + 1 :]


def homophone(text: str, drawn: random.Random) -> str:
    """Write one character of a Chinese word with another common one of the same sound; other texts have none."""
    words = [(start, end) for word, start, end in jieba.tokenize(text) if len(word) > 1 and all(map(has_han, word))]
    for start, end in drawn.sample(words, len(words)):
        place = drawn.randrange(start, end)
        alike = [one for one in common_by_sound().get(sound_of(text[place]), ()) if one != text[place]][:_LIKELY]
        if alike:
            return text[:place] + drawn.choice(alike) + text[place + 1 :]
    return text


def capitals(text: str, _: random.Random) -> str:
    """Write everything in capitals."""
    return text.upper()


def no_signs(text: str, _: random.Random) -> str:
    """Leave out every sign but those inside numbers, and write small letters."""
    bare = re.sub(r"(?<!\d)[^\w\s]|[^\w\s](?!\d)", " ", text).lower()
    return " ".join(bare.split()) or text


def spoken(text: str, drawn: random.Random) -> str:
    """Write as a microphone hears: no signs, no capitals, a filler before and one inside."""
    fillers = _CHINESE_FILLERS if has_han(text) else _ENGLISH_FILLERS
    gap = "" if has_han(text) else " "
    words = no_signs(text, drawn).split()
    place = drawn.randrange(len(words) + 1) if words else 0
    inside = [*words[:place], drawn.choice(fillers), *words[place:]]
    return f"{drawn.choice(fillers)}{gap}{' '.join(inside)}"


def emoji(text: str, drawn: random.Random) -> str:
    """Add two emoji at the end."""
    return f"{text}{drawn.choice(_EMOJI)}{drawn.choice(_EMOJI)}"


def doubled(text: str, drawn: random.Random) -> str:
    """Say one word, or the first two Chinese characters of a run, twice."""
    found = _pick(_WORD, text, drawn) or _pick(_HAN_RUN, text, drawn)
    if found is None:
        return text
    said = found[0] if found[0].isascii() else found[0][:2]
    gap = " " if said.isascii() else ""
    return f"{text[: found.start()]}{said}{gap}{text[found.start() :]}"


DAMAGES: Mapping[str, Damage] = {
    "a slip": slip,
    "a homophone": homophone,
    "capitals": capitals,
    "no signs, small letters": no_signs,
    "as a microphone hears": spoken,
    "emoji": emoji,
    "a doubled word": doubled,
}


def _pick(pattern: re.Pattern[str], text: str, drawn: random.Random) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return drawn.choice(found) if found else None
