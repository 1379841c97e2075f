"""Chinese cut into words by jieba, whose dictionary is read once for all who add words of their own."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import jieba


class Segmenter(jieba.Tokenizer):
    """Cuts by jieba's dictionary and some words more.

    Args:
        words: that are known whole.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        super().__init__()
        jieba.setLogLevel(logging.WARNING)
        jieba.initialize()
        self.FREQ, self.total, self.initialized = dict(jieba.dt.FREQ), jieba.dt.total, True
        for word in words:
            self.add_word(word)


class TwofoldSegmenter(Segmenter):
    """Cuts a text with and without guesses at words that no dictionary has, and weighs its words once for both."""

    def __init__(self) -> None:
        super().__init__()
        self._graphs: dict[str, Any] = {}
        self._routes: dict[str, dict[int, Any]] = {}

    def cut_both(self, text: str) -> tuple[list[str], list[str]]:
        """Give the words without guesses, and with them."""
        self._graphs, self._routes = {}, {}
        return list(self.cut(text, HMM=False)), list(self.cut(text))

    def get_DAG(self, sentence: str) -> Any:
        """List which words can stand where."""
        if sentence not in self._graphs:
            self._graphs[sentence] = super().get_DAG(sentence)
        return self._graphs[sentence]

    def calc(self, sentence: str, DAG: Any, route: dict[int, Any]) -> None:
        """Find the likeliest words of a sentence."""
        if sentence not in self._routes:
            self._routes[sentence] = {}
            super().calc(sentence, DAG, self._routes[sentence])
        route.update(self._routes[sentence])
