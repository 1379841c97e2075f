"""The parts of one message that are done one after the other: what came before this one, and what comes."""

from __future__ import annotations

from actions.turn import Turn


def told_before(turn: Turn) -> str | None:
    """Name the response that the part before this one was answered with; None without one."""
    said = [event for event in turn.history if event.get("event") == "bot"]
    name = (said[-1].get("metadata") or {}).get("utter_action") if turn.continues and said else None
    return None if name is None else str(name)


def part_before(turn: Turn) -> str | None:
    """Name the intent of the part before this one; None without one."""
    before = [event for event in turn.history if event.get("event") == "user"][:-1]
    if not turn.continues or not before:
        return None
    return str(((before[-1].get("parse_data") or {}).get("intent") or {}).get("name") or "")


def text_before(turn: Turn) -> str:
    """Give the text of the part before this one; empty without one."""
    before = [event for event in turn.history if event.get("event") == "user"][:-1]
    return str(before[-1].get("text") or "") if turn.continues and before else ""


def typed_besides(turn: Turn) -> str:
    """Give what the shopper typed behind this part; empty for a whole message, and for a later part."""
    users = [event for event in turn.history if event.get("event") == "user"]
    typed = str((users[-1].get("metadata") or {}).get("typed") or "") if users else ""
    return typed[typed.index(turn.text) + len(turn.text) :] if turn.text in typed else ""
