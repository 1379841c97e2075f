"""Text as a catalogue may hold it: no markup, no control characters, one kind of white space."""

from __future__ import annotations

import html
import re
import unicodedata
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {"address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"hr", "li", "ol", "p", "pre", "table", "tr", "ul"}
)
_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "head"})
_MARKUP = re.compile(r"<(?=[a-zA-Z/!?])")
# Feeds escape their HTML once too often, so that one pass uncovers the next layer.
_LAYERS = 4


class _Stripper(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag in _BLOCKS:
            self.parts.append("\n")
            if tag == "li":
                self.parts.append("• ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def paragraphs(text: str) -> str:
    r"""Turn HTML or plain text into lines of plain text; scripts and styles go with their contents.

    >>> paragraphs("<p>Warm &amp; dry.</p><ul><li>Hood</li></ul><script>alert(1)</script>")
    'Warm & dry.\n• Hood'
    """
    lines = (" ".join(line.split()) for line in _strip(text).split("\n"))
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """Turn HTML or plain text into one line.

    >>> one_line("  Cocona&reg;   fabric ")
    'Cocona® fabric'
    """
    return " ".join(_strip(text).split())


def _strip(text: str) -> str:
    plain = text
    for _ in range(_LAYERS):
        if "<" not in plain and "&" not in plain:
            break
        stripped = _strip_once(plain)
        if stripped == plain:
            break
        plain = stripped
    # What still opens like a tag is broken markup: without its bracket it can never become one.
    return _MARKUP.sub("", _without_controls(plain)) if "<" in plain else _without_controls(plain)


def _strip_once(text: str) -> str:
    if "<" not in text:
        return html.unescape(text)
    stripper = _Stripper()
    stripper.feed(text)
    stripper.close()
    return "".join(stripper.parts)


def _without_controls(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs", "Cn", "Co"}
    )
