"""Whether a piece of a message has the form of a question, a statement, a yes or a turn to something else."""

from __future__ import annotations

import re

_ASKS = re.compile(
    r"^\W*(?:(?:and|so|but|or|oh|well|actually|then|also)\W+)*"
    r"(?:(?:what|when|where|how|who|which|why|any)\b"
    r"|(?:is|are|do|does|did|can|could|will|would|should|has|have|was|were)(?:n['’]?t)?"
    r" (?:i|you|it|he|she|we|they|there|this|that|these|those|the|my|your|any|a|an|one|somebody|anyone|people)\b)"
    r"|[吗嘛]\W*$|没有?\W*$|多少|什么|甚么|怎么|怎样|几[个天号点时件双]|啥|哪|谁|为何|多久|多大|多长|能不能|可不可以|是不是"
    r"|行不行|有没有|要不要|会不会|好不好|是否|能否",
    re.IGNORECASE,
)
_WONDERS = re.compile(r"呢\W*$")
_SIGNS = "?？"
_LED = r"^\W*(?:(?:and|so|but|oh|well|because|as|since)\W+)*"
_TELLS_EN = re.compile(
    _LED + r"(?:(?:i|we|it|that|this|there|they|you|my(?: \w+){1,4}?)"
    r"(?:['’](?:ve|s|m|re)|\W+(?:have|has|had|am|is|are|was|were|haven.?t|hasn.?t|didn.?t|never|still|just|already|only"
    r"|got|bought|ordered|paid))|i (?:ask(?:ed)?|mean|meant|said))\b",
    re.IGNORECASE,
)
_WANTS_EN = re.compile(
    r"\b(?:want|need|like|wonder\w*|looking|know|see|interested|curious|question|asking)\b", re.IGNORECASE
)
_TELLS_ZH = re.compile(r"(?<!有)[没沒未](?!有?\W*$)|已经|已經|一直|到现在|到現在|收到了|^我[问说]的是")
_OBJECTS = re.compile(r"\W*(?:who (?:asked|said)\b|谁(?:问|说|让))", re.IGNORECASE)
_IF = re.compile(_LED + r"if\b|^\W*(?:那|那么)?(?:如果|要是|假如|万一|超过)|的话\W*$", re.IGNORECASE)
_YES = re.compile(
    r"\W*(?:(?:oh|ok(?:ay)?|嗯+|好的?|行)\W*)?(?:yes|yep|yeah|yup|yes please|yes do|go ahead|do it|please do|correct"
    r"|确定|確定|确认|確認|是的?|对的?|對的?|可以|没错|同意)(?:\W+(?:please|then|thanks))?(?:了|啊|呀|哈|的)?\W*",
    re.IGNORECASE,
)
_TURNS = re.compile(
    r"\W*(?:but|only|except|actually|wait|though|although|hang on|first|however|before|if|can you first)\b"
    r"|\W*(?:不过|不過|但|可是|只|先|等等|等一下|等下|如果|要是)",
    re.IGNORECASE,
)


def asks(text: str) -> bool:
    """Tell whether a piece asks something in words.

    >>> asks("is it loud"), asks("鼠标呢"), asks("怎么还没发"), asks("add it"), asks("还没发呢"), asks("can't find it")
    (True, True, True, False, False, False)
    """
    if _OBJECTS.match(text):
        return False
    return bool(_ASKS.search(text)) or (bool(_WONDERS.search(text)) and not _TELLS_ZH.search(text))


def has_question_mark(signs: str) -> bool:
    """Tell whether there is a question mark among signs."""
    return any(sign in signs for sign in _SIGNS)


def tells(text: str) -> bool:
    """Tell whether a piece only states how something stands.

    >>> tells("it hasn't been sent yet"), tells("还没发呢"), tells("show my cart"), tells("有没有货")
    (True, True, False, False)
    """
    is_english = bool(_TELLS_EN.search(text)) and not _WANTS_EN.search(text)
    return not _ASKS.search(text) and (is_english or bool(_TELLS_ZH.search(text)))


def supposes(text: str) -> bool:
    """Tell whether a piece says what would have to be, or objects to what was done: neither is asked for.

    >>> supposes("if I paid today"), supposes("超过70块我就少买点"), supposes("谁问你电脑了"), supposes("add it")
    (True, True, True, False)
    """
    return bool(_IF.search(text) or _OBJECTS.match(text))


def is_plain_yes(text: str) -> bool:
    """Tell whether a piece is a yes that leaves nothing open; an "ok" only takes note of what was said.

    >>> is_plain_yes("yes please"), is_plain_yes("确定"), is_plain_yes("fine"), is_plain_yes("行吧")
    (True, True, False, False)
    """
    return bool(_YES.fullmatch(text))


def turns_away(text: str) -> bool:
    """Tell whether a piece takes something of what was said before it back: "but only one", "先等等"."""
    return bool(_TURNS.match(text))
