"""Shoppers for the load generator: each mints a session, holds one short conversation, and comes back as another.

Run by `python -m ops.bench` through Locust; alone:
`locust -f ops/bench/shoppers.py --headless -u 8 -t 20s --json --host http://127.0.0.1:5005`.
"""

from __future__ import annotations

from locust import HttpUser, constant, task

# One conversation over every kind of turn; short, because the cost of a turn grows with the conversation.
CONVERSATION = (
    "hello",
    "running shoes under 120",
    "only black",
    "tell me more about the first one",
    "does it come in size 44?",
    "how much is it?",
    "show my cart",
    "what is your return policy?",
    "do you have a camera?",
    "sort by price",
    "compare the first and the second",
    "thanks",
)


class ChattingShopper(HttpUser):
    """One shopper who types the next message as soon as the answer is there (a closed loop)."""

    wait_time = constant(0)

    @task
    def hold_conversation(self) -> None:
        """Say every message of the conversation in a session of its own."""
        minted = self.client.post("/webhooks/web/sessions", name="session")
        headers = {"Authorization": f"Bearer {minted.json()['session']}"}
        for text in CONVERSATION:
            self._say(text, headers)

    def _say(self, text: str, headers: dict[str, str]) -> None:
        body = {"text": text, "metadata": {}}
        with self.client.post(
            "/webhooks/web/messages", json=body, headers=headers, name="turn", catch_response=True
        ) as answer:
            # A quick apology is no answer: a turn without a message counts as a failure.
            if answer.ok and not answer.json():
                answer.failure("no message came back")
