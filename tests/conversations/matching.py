"""Compares what a conversation expects with what was found; YAML tags stand for what is not known exactly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml


@dataclass(frozen=True)
class Matcher:
    """A condition in the place of a value: `!any`, `!length 3`, `!contains [a]`, `!one_of [a, b]`, `!matches regex`."""

    tag: str
    argument: Any = None

    def holds(self, actual: Any) -> bool:
        """Tell whether a found value meets the condition."""
        if self.tag == "!any":
            return actual not in (None, "", [], {})
        if self.tag == "!length":
            return hasattr(actual, "__len__") and len(actual) == self.argument
        if self.tag == "!contains":
            return all(any(matches(wanted, found) for found in actual or ()) for wanted in self.argument)
        if self.tag == "!one_of":
            return any(matches(wanted, actual) for wanted in self.argument)
        return isinstance(actual, str) and re.search(self.argument, actual) is not None

    def __str__(self) -> str:
        """Give the condition as it stands in the file."""
        return self.tag if self.argument is None else f"{self.tag} {self.argument}"


def matches(expected: Any, actual: Any) -> bool:
    """Tell whether a found value is the expected one: mappings by the keys that are named, all else exactly."""
    if isinstance(expected, Matcher):
        return expected.holds(actual)
    if isinstance(expected, Mapping):
        return isinstance(actual, Mapping) and all(matches(expected[key], actual.get(key)) for key in expected)
    if isinstance(expected, list):
        return (
            isinstance(actual, list | tuple)
            and len(expected) == len(actual)
            and all(matches(wanted, found) for wanted, found in zip(expected, actual, strict=True))
        )
    return bool(expected == actual)


def stands_in_order(expected: list[Any], actual: list[Any]) -> bool:
    """Tell whether the expected values are found in this order; others may stand between them."""
    rest = iter(actual)
    return all(any(matches(wanted, found) for found in rest) for wanted in expected)


def show(value: Any) -> str:
    """Write a value for a message, conditions as they stand in the file."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {show(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(show(each) for each in value) + "]"
    return str(value) if isinstance(value, Matcher) else repr(value)


def add_tags(loader: type[yaml.SafeLoader]) -> None:
    """Teach a YAML loader the tags."""
    for tag in ("!any", "!length", "!contains", "!one_of", "!matches"):
        loader.add_constructor(tag, _read_matcher)


def _read_matcher(loader: yaml.SafeLoader, node: yaml.Node) -> Matcher:
    if isinstance(node, yaml.SequenceNode):
        return Matcher(node.tag, loader.construct_sequence(node, deep=True))
    argument = loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None
    if node.tag == "!any":
        return Matcher(node.tag)
    if node.tag in ("!contains", "!one_of") or not argument:
        raise yaml.MarkedYAMLError(problem=f"{node.tag} has no such argument", problem_mark=node.start_mark)
    if node.tag == "!length" and not argument.isdecimal():
        raise yaml.MarkedYAMLError(problem="!length wants a number", problem_mark=node.start_mark)
    return Matcher(node.tag, int(argument) if node.tag == "!length" else argument)
