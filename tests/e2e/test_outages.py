"""The action server goes down in the middle of a talk and comes back: nobody is left without an answer."""

from __future__ import annotations

from typing import Any

import httpx
import jwt

from ops.stack import Stack

# How long a shopper may wait for an apology.
PATIENCE_S = 5.0


def test_a_shopper_gets_an_apology_while_the_action_server_is_down_and_an_answer_afterwards(stack: Stack) -> None:
    with httpx.Client(base_url=f"{stack.base_url}/webhooks/web", timeout=PATIENCE_S) as shopper:
        session = shopper.post("/sessions").raise_for_status().json()["session"]
        shopper.headers["Authorization"] = f"Bearer {session}"
        stack.kill_actions()
        try:
            apology = say(shopper, "add the tripod to my cart")
        finally:
            stack.start_actions()
        assert said(stack, session)[-1] == "utter_unavailable"
        assert len(apology) == 1
        assert apology[0]["text"]
        assert "$14.98" in say(shopper, "how much is the tripod?")[0]["text"]


def say(shopper: httpx.Client, text: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = shopper.post("/messages", json={"text": text}).raise_for_status().json()
    return messages


def said(stack: Stack, session: str) -> list[str]:
    sender_id = jwt.decode(session, options={"verify_signature": False})["sub"]
    events = stack.tracker(sender_id)["events"]
    return [event["metadata"]["utter_action"] for event in events if event["event"] == "bot"]
