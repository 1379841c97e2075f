"""One turn of a conversation: what the shopper said, what is remembered, and what is answered."""

from __future__ import annotations

import contextlib
import hashlib
import math
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rasa_sdk import Tracker  # type: ignore[import-untyped]
from rasa_sdk.events import FollowupAction, SlotSet  # type: ignore[import-untyped]
from sqlalchemy.orm import Session

from actions.changing import CHANGING
from actions.hearing import blanked, strings_of, words_left
from actions.identity import IdentityRefusedError, proven_shopper, shopper_of
from actions.remembered import SHOPPING
from shop import db
from shop.errors import ShopUnavailable
from shop.receipts import Fact
from shop.reply_feedback import GivenReply
from shop.shoppers import Shopper
from shop.terms import Terms, terms_of

if TYPE_CHECKING:
    from actions.bootstrap import Services

Button = dict[str, str]
Element = dict[str, Any]
Pending = dict[str, Any]

_ECHO_LENGTH = 60
_ADDRESS_LENGTH = 2_000
# Whose memory the slots are; a guest's is None. It decides nothing but when to forget: who writes, tokens say.
_OWNER = "remembered_for"
# Rasa's own, and what is no secret.
_LANGUAGE = "language"
# What one message asked for besides, kept by the web channel until the question that came up is answered.
_LEFT = "requests_left"
_KEPT = frozenset({_OWNER, _LANGUAGE, "requested_slot", "session_started_metadata"})
# Actions of Rasa's that answer nothing.
_READING = frozenset({"action_listen", "action_extract_slots"})
_NUMBER = re.compile(r"[+-]?\d{1,12}")
_EARLIER = 4
_LATELY = 4


class Turn:
    """What an action reads from and writes to; nothing leaves it before the action has ended well.

    Args:
        tracker: Rasa's state of the conversation.
        services: the shop and all that belongs to it.
        deadline: when the shopper will have been told that it did not work, by `time.monotonic`.
    """

    def __init__(self, tracker: Tracker, services: Services, deadline: float = math.inf) -> None:
        self.services = services
        self.language: str | None = tracker.slots.get(_LANGUAGE)
        self.labels = services.labels_in(self.language)
        self.messages: list[dict[str, Any]] = []
        self.replies: dict[str, GivenReply] = {}
        self._facts: dict[tuple[str, str, str], Fact] = {}
        self._tracker = tracker
        self._deadline = deadline
        self._followup: str | None = None
        self._recalled: Mapping[str, Sequence[str]] = {}
        self._aside: tuple[tuple[int, int], ...] = ()
        message = tracker.latest_message or {}
        self.text: str = message.get("text") or ""
        self._metadata: Mapping[str, Any] = message.get("metadata") or {}
        self.photo_url: str | None = _address(self._metadata.get("photo_url"))
        self.shopper: Shopper = shopper_of(tracker.sender_id, self._metadata, services.settings.keys)
        self._slots: dict[str, Any] = self._forgotten()

    @property
    def terms(self) -> Terms:
        """Give the terms of buying: how long told prices hold, and what codes are taken."""
        return terms_of(self.services.rulebook.rules)

    @property
    def from_button(self) -> bool:
        """Tell whether the message came from a button or card and not from the shopper's own words."""
        return self.text.startswith("/")

    @property
    def is_on_page(self) -> bool:
        """Tell whether the message came by the web channel, which has said who is asking."""
        try:
            return proven_shopper(self._metadata.get("identity"), self.services.settings.keys) == self.shopper
        except IdentityRefusedError:
            return False

    @property
    def continues(self) -> bool:
        """Tell whether it is a later part of what the shopper typed as one message."""
        return self._metadata.get("typed") == ""

    @property
    def whole_text(self) -> str:
        """Give all that the shopper typed, where this is the first of several parts of it; else the message."""
        return str(self._metadata.get("typed") or self.text)

    @property
    def is_part(self) -> bool:
        """Tell whether the shopper typed more than this in one message, and the rest is done by itself."""
        return self._metadata.get("typed") is not None

    @property
    def photo_order(self) -> str | None:
        """Name the intent that the words with a photo have beside the search by it; None where they have none."""
        ranking = (self._tracker.latest_message or {}).get("intent_ranking") or []
        return str(ranking[1]["name"]) if self.photo_url and len(ranking) > 1 else None

    @property
    def between(self) -> list[str]:
        """Name the two intents of which one is meant; none where the message is plain, or like nothing known."""
        return strings_of((self._tracker.latest_message or {}).get("between"))

    @property
    def is_lasting(self) -> bool:
        """Tell whether a wish is said to hold for good; what a button says does."""
        return bool((self._tracker.latest_message or {}).get("lasting", True))

    @property
    def named(self) -> dict[str, list[str]]:
        """List by kind all that the message itself names."""
        found = (self._tracker.latest_message or {}).get("entities") or []
        kinds = dict.fromkeys(str(item["entity"]) for item in found if item.get("entity") != _LANGUAGE)
        return {kind: self.entities(kind) for kind in kinds}

    def entities(self, name: str) -> list[str]:
        """List what the message names of a kind, else what was said before the assistant had to ask."""
        found = (self._tracker.latest_message or {}).get("entities") or []
        values = [value for item in found if item.get("entity") == name for value in self._heard_of(item)]
        return list(dict.fromkeys(values)) or list(self._recalled.get(name, ()))

    def set_aside(self, *stretches: tuple[int, int]) -> None:
        """Hear no name in stretches of the message from now on: they name what is not asked about."""
        self._aside = (*self._aside, *stretches)

    @property
    def has_set_aside(self) -> bool:
        """Tell whether anything of the message was set aside."""
        return bool(self._aside)

    @property
    def heard(self) -> str:
        """Give the message without what was set aside, each letter in its place."""
        return blanked(self.text, self._aside)

    def _heard_of(self, item: Mapping[str, Any]) -> list[str]:
        """Give the values of something named that do not lie in what was set aside, or the words of one that do not."""
        values, start, end = strings_of(item.get("value")), item.get("start"), item.get("end")
        if not self._aside or start is None or end is None:
            return values
        heard = self.heard
        if item.get("entity") != "product_query":
            return values if heard[start:end].strip() else []
        whole = str((self._tracker.latest_message or {}).get("text") or "")
        kept = (words_left(value, whole, heard) for value in values)
        return [words for words in kept if words]

    def placed(self, *names: str) -> list[tuple[str, int, int]]:
        """List the values of some kinds with where they stand in the message, in that order; a button has none."""
        found = (self._tracker.latest_message or {}).get("entities") or []
        spans = [
            (int(item["start"]), int(item["end"]), value)
            for item in found
            if item.get("entity") in names and item.get("start") is not None and item.get("end") is not None
            for value in strings_of(item.get("value"))
        ]
        return [] if self.from_button else [(value, start, end) for start, end, value in sorted(spans)]

    def entity(self, name: str) -> str | None:
        """Give the first value of a kind."""
        return next(iter(self.entities(name)), None)

    def number(self, name: str) -> int | None:
        """Give the first value of a kind that is a whole number."""
        return next((int(value) for value in self.entities(name) if _NUMBER.fullmatch(value)), None)

    def recall(self, said: Mapping[str, Sequence[str]]) -> None:
        """Take up what the shopper said before a question, where this message does not say it anew."""
        self._recalled = said

    def recalled(self, name: str) -> list[str]:
        """List what was said of a kind before the assistant had to ask."""
        return list(self._recalled.get(name, ()))

    def slot(self, name: str) -> Any:
        """Give what is remembered, with this turn's changes."""
        return self._slots[name] if name in self._slots else self._tracker.slots.get(name)

    def remember(self, **slots: Any) -> None:
        """Set slots; what was shown goes to what was shown earlier when something else takes its place."""
        before = self.slot("candidate_skus")
        self._slots.update(slots)
        if before and "candidate_skus" in slots and slots["candidate_skus"] != before:
            earlier = [one for one in self.slot("earlier_skus") or [] if one != before]
            self._slots["earlier_skus"] = [before, *earlier][:_EARLIER]

    def focus(self, sku: str | None, *, exactly: bool = False) -> None:
        """Remember what "it" means from now on.

        Args:
            sku: a variant of the product that was spoken of; None for nothing.
            exactly: whether this very variant was settled on, so that its options need not be asked for again.
        """
        self.remember(focus_sku=sku, chosen_sku=sku if exactly else None)

    @property
    def form(self) -> str | None:
        """Name the form that is being filled."""
        return (self._tracker.active_loop or {}).get("name")

    @property
    def was_answered(self) -> bool:
        """Tell whether another action has already answered this message: Rasa shows it to the form once more then."""
        for event in reversed(self._tracker.events or []):
            if event.get("event") == "user":
                return False
            if event.get("event") == "action" and event.get("name") not in {*_READING, self.form}:
                return True
        return False

    def said(self, count: int) -> list[str]:
        """List what the shopper has typed last, the oldest first, this message left out."""
        users = [event for event in self._tracker.events or [] if event.get("event") == "user"]
        typed = [str(event.get("text") or "") for event in users[:-1]]
        return [text for text in typed if text.strip() and not text.startswith("/")][-count:]

    @property
    def last_answer(self) -> tuple[str, list[Button]]:
        """Give what was said to the shopper last, with the buttons below it."""
        said = [event for event in self._tracker.events or [] if event.get("event") == "bot" and event.get("text")]
        if not said:
            return "", []
        return str(said[-1]["text"]), list((said[-1].get("data") or {}).get("buttons") or [])

    @property
    def history(self) -> list[dict[str, Any]]:
        """List the events of the conversation, the oldest first."""
        return list(self._tracker.events or [])

    def was_told(self, text: str) -> bool:
        """Tell whether one of the last answers has held a text."""
        answers = [str(event.get("text") or "") for event in self._tracker.events or [] if event.get("event") == "bot"]
        return any(text in answer for answer in answers[-_LATELY:])

    @property
    def intent(self) -> tuple[str, float]:
        """Give the intent that was read, with the language model's confidence."""
        intent = (self._tracker.latest_message or {}).get("intent") or {}
        return intent.get("name") or "", float(intent.get("confidence") or 0.0)

    @property
    def pending(self) -> Pending:
        """Give the question that waits for an answer; empty where there is none."""
        return dict(self.slot("pending") or {})

    @property
    def has_asked(self) -> bool:
        """Tell whether this turn has asked a question that the next message can answer."""
        return bool(self._slots.get("pending"))

    @property
    def has_settled(self) -> bool:
        """Tell whether this turn has ended a question that had waited."""
        return "pending" in self._slots and not self._slots["pending"]

    def ask_later(self, kind: str, **details: Any) -> None:
        """Remember a question, so that the next message can answer it."""
        self.remember(pending={"kind": kind, **details})

    def drop_now(self) -> None:
        """Take the waiting question as answered, before what it asked for is done: a second yes finds nothing."""
        self._slots["pending"] = None

    def drop_pending(self) -> None:
        """Forget the waiting question, unless this turn has asked it."""
        if "pending" not in self._slots and self._tracker.slots.get("pending") is not None:
            self._slots["pending"] = None

    def leave_out_rest(self) -> None:
        """Forget what was to be done after the answer to a question: it may mean other things by now.

        What would have changed something is told to be left; a question is easily asked again.
        """
        left = self.slot(_LEFT)
        if not left:
            return
        self.remember(**{_LEFT: None})
        texts = [str(one["text"]) for one in left if one["intent"] in CHANGING]
        if texts:
            self.say("utter_requests_left_out", rest="\n".join(f"– {clean_words(text)}" for text in texts))

    @property
    def has_shown(self) -> bool:
        """Tell whether "the second one" means something else after this turn."""
        return "candidate_skus" in self._slots

    def follow_up(self, action: str) -> None:
        """Let another action go on at once."""
        self._followup = action

    @property
    def facts(self) -> list[Fact]:
        """List what the answers of this turn tell of the shop, each once."""
        return list(self._facts.values())

    @property
    def is_late(self) -> bool:
        """Tell whether the shopper was already told that it did not work."""
        return time.monotonic() >= self._deadline

    def say(
        self,
        response: str,
        *,
        told: Iterable[Fact] = (),
        buttons: Sequence[Button] = (),
        elements: Sequence[Element] = (),
        **variables: object,
    ) -> None:
        """Answer with a response of the domain.

        Args:
            response: its name.
            told: each price, stock, date and policy that it tells; a receipt is kept of it.
            buttons: what can be pressed below it.
            elements: cards.
            variables: what stands in its gaps.
        """
        for fact in told:
            self._facts.setdefault((fact.kind, fact.record, fact.value), fact)
        message: dict[str, Any] = {key: str(value) for key, value in variables.items()}
        message.update(response=response, buttons=list(buttons), elements=list(elements))
        self.messages.append(message)

    def note_reply(self, text: str, given: GivenReply) -> None:
        """Note what a reply is that was not worded by the domain: who reads it may judge it."""
        self.replies[text] = given

    @property
    def events(self) -> list[dict[str, Any]]:
        """Give what Rasa has to store."""
        events: list[dict[str, Any]] = [SlotSet(name, value) for name, value in self._slots.items()]
        return [*events, FollowupAction(self._followup)] if self._followup else events

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """Open the shop to look."""
        with db.reading(self.services.sessions) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """Open the shop to change something; once the shopper was told that it did not work, nothing is changed.

        Raises:
            ShopUnavailable: the deadline has passed, or the database does not answer.
        """
        with db.writing(self.services.sessions) as session:
            yield session
            # Locks are waited for while it flushes, and after that there is only the commit.
            session.flush()
            if self.is_late:
                raise ShopUnavailable("the deadline has passed")

    def _forgotten(self) -> dict[str, Any]:
        """Empty what was remembered of another customer, or of one who is no longer signed in."""
        customer, slots = self.shopper.customer_id, self._tracker.slots
        owner = customer and hashlib.sha256(customer.encode("utf-8", "replace")).hexdigest()[:16]
        if owner == slots.get(_OWNER):
            return {}
        kept = _KEPT if slots.get(_OWNER) else _KEPT | SHOPPING
        cleared = {name: None for name, value in slots.items() if value is not None and name not in kept}
        return {**cleared, _OWNER: owner}


def clean_words(text: str) -> str:
    """Make a shopper's own words safe to say back: no markup, no line breaks, no more than 60 characters.

    >>> clean_words(" <b>red   shoes</b> ")
    'bred shoes/b'
    """
    plain = " ".join("".join(sign for sign in text if sign.isprintable() and sign not in "<>{}").split())
    return plain if len(plain) <= _ECHO_LENGTH else f"{plain[:_ECHO_LENGTH].rstrip()}…"


def _address(value: object) -> str | None:
    return value[:_ADDRESS_LENGTH] if isinstance(value, str) and value else None
