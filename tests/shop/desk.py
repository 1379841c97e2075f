"""What the tests of tickets, invoices and warranties share: a shop with guest access, and a stranger."""

from __future__ import annotations

from shop.db import Sessions
from shop.guest_access import GuestAccess, Wording
from shop.senders import BackgroundSender, Message
from shop.shoppers import Shopper

STRANGER = Shopper("web-stranger", "bo")
GUEST_SECRET = "0123456789abcdef0123456789abcdef"
NASTY_WORDS = {
    "script": "<script>alert('x')</script> it broke",
    "controls": "it\x00 broke\u202e\n twice",
    "long": "broken " * 1_500,
    "template": "{intent} {{7*7}}",
    "surrogate": "broke \ud800 twice",
}


class Guests(GuestAccess):
    """Guest access whose codes can be read."""

    def __init__(self, sessions: Sessions) -> None:
        self.messages: list[Message] = []
        self._outbox = BackgroundSender(self)
        super().__init__(sessions, self._outbox, GUEST_SECRET)

    def send(self, message: Message) -> None:
        """Keep what goes out."""
        self.messages.append(message)

    def open(self, shopper: Shopper, number: str, email: str) -> None:
        """Prove in a conversation that an order is the shopper's."""
        self.request_code(shopper, number, email, Wording("Code", "{code}"))
        self._outbox.settle()
        self.enter_code(shopper, self.messages[-1].body)
