"""Plays a conversation through the web channel and checks, after each step, what it has left behind."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ops.stack import Stack
from ops.web_shopper import (
    Message,
    NoSuchButton,
    NothingToJudge,
    PhotoNotTaken,
    Tabs,
    WebShopper,
    buttons,
    card_names,
    cards,
)
from shop.shoppers import Shopper
from tests.conversations.codes import ConsoleCodes
from tests.conversations.matching import matches, show, stands_in_order
from tests.conversations.photos import PhotoRecipe, photo_bytes
from tests.conversations.reply_log import ReplyLog
from tests.conversations.schema import DatabaseExpectation, Expectation, Script, Step
from tests.conversations.shop_state import Marks, ShopState

Event = dict[str, Any]
_AMOUNT = re.compile(r"\$([\d,]*\d(?:\.\d\d)?)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# Where limits stand that the shopper has set.
_NAMED = ("search_state", "wishes", "edits")


class ConversationFailed(AssertionError):
    """A step did not leave what it should; the message holds the transcript up to there."""


@dataclass(frozen=True)
class Turn:
    """What one message of the shopper has led to.

    Attributes:
        sent: the text or payload that was sent.
        messages: what the shopper was answered.
        events: what Rasa's tracker has gained.
        slots: all slots after it.
    """

    sent: str
    messages: list[Message]
    events: list[Event]
    slots: dict[str, Any]

    @property
    def understood(self) -> dict[str, Any]:
        """What the language understanding made of the message."""
        users = [event for event in self.events if event["event"] == "user"]
        return users[-1].get("parse_data", {}) if users else {}

    @property
    def intent(self) -> str | None:
        """The intent of the message."""
        name = self.understood.get("intent", {}).get("name")
        return None if name is None else str(name)

    @property
    def entities(self) -> dict[str, Any]:
        """The entities of the message: a value, or a list where one was found more than once."""
        found: dict[str, list[Any]] = {}
        for entity in self.understood.get("entities", []):
            found.setdefault(entity["entity"], []).append(entity["value"])
        return {name: values[0] if len(values) == 1 else values for name, values in found.items()}

    @property
    def responses(self) -> list[str]:
        """The names of the responses the assistant gave, in order."""
        said = (event.get("metadata", {}).get("utter_action") for event in self.events if event["event"] == "bot")
        return [name for name in said if name]

    @property
    def text(self) -> str:
        """Everything the shopper could read, but for cards and buttons."""
        return "\n".join(message["text"] for message in self.messages if message.get("text"))


class ConversationRunner:
    """Plays conversations one after the other on one running stack."""

    def __init__(self, stack: Stack) -> None:
        """Open the stack's database."""
        self._stack = stack
        self._shop = ShopState(stack.database_url)
        self._codes = ConsoleCodes(stack.actions_log)
        self._replies = ReplyLog(stack.actions_log)

    def close(self) -> None:
        """Give the database back."""
        self._shop.close()

    def run(self, script: Script) -> None:
        """Play one conversation on a fresh copy of the demo shop.

        Raises:
            ConversationFailed: something differs; the message shows the transcript and points at the step.
        """
        # Conversations share the catalogue: each begins with the stock, prices and orders of the demo shop.
        self._stack.reset_shop()
        tabs = Tabs(WebShopper(self._stack.base_url, script.conversation.customer))
        try:
            self._play(script, tabs)
        finally:
            tabs.close()

    def _play(self, script: Script, tabs: Tabs) -> None:
        client = tabs.first
        shopper = Shopper(client.shopper_id, script.conversation.customer)
        marks = self._shop.prepare(shopper, script.conversation.given)
        self._codes.begin()
        transcript: list[str] = []
        known = 0
        for number, step in enumerate(script.conversation.steps, start=1):
            self._replies.begin()
            if step.meanwhile is not None:
                self._shop.meanwhile(step.meanwhile)
            try:
                messages = self._send(tabs.number(step.tab), step)
                if step.thumb:
                    tabs.number(step.tab).judge(messages, step.thumb)
            except PhotoNotTaken as error:
                transcript.append(f"  {number}. shopper: {step.photo}\n     upload refused: {error.code}")
                if error.code != step.expect.refused:
                    told = _wrong("refused", step.expect.refused, error.code)
                    raise ConversationFailed(_report(script, transcript, number, [told])) from None
                continue
            except (NoSuchButton, NothingToJudge) as error:
                raise ConversationFailed(_report(script, transcript, number, [str(error)])) from None
            tracker = self._stack.tracker(client.shopper_id)
            events = tracker["events"]
            turn = Turn(_told(step), messages, events[known:], tracker["slots"])
            known = len(events)
            wrote = self._replies.rungs()
            transcript.append(_transcribe(number, turn))
            wrong = [
                *_differences(turn, step.expect),
                *_rungs_differ(step.expect, wrote),
                *self._shop_differences(shopper, marks, step.expect.database),
                *self._told_without_receipt(shopper, turn),
            ]
            if wrong:
                raise ConversationFailed(_report(script, transcript, number, wrong))

    def _send(self, client: WebShopper, step: Step) -> list[Message]:
        step = step.model_copy(update={"say": self._codes.filled(step.say)})
        if step.photo is not None:
            return client.say(step.say or "/search_by_photo", photo_url=self._sent(client, step.photo))
        sent, title = client.button(step.click, step.on_card) if step.click else (step.say or "", None)
        return client.say_twice(sent, title) if step.twice else client.say(sent, title)

    def _sent(self, client: WebShopper, recipe: PhotoRecipe) -> str:
        """Upload a photo; give its address."""
        if recipe.url:
            return recipe.url
        photo = photo_bytes(recipe, self._shop.sessions)
        sender = WebShopper(self._stack.base_url) if recipe.sent_by else client
        try:
            url = sender.upload(photo)
        finally:
            if sender is not client:
                sender.close()
        if recipe.expired:
            for file in self._stack.photos.rglob(f"{url.rpartition('/')[2]}.*"):
                os.utime(file, (0, 0))
        return url

    def _told_without_receipt(self, shopper: Shopper, turn: Turn) -> Iterator[str]:
        """Look for amounts of money that the log of receipts does not hold, but for those the shopper has named."""
        named = {Decimal(each) for each in _NUMBER.findall(f"{turn.sent} {[turn.slots.get(name) for name in _NAMED]}")}
        said = {Decimal(each.replace(",", "")) for each in _AMOUNT.findall(str(turn.messages))}
        for amount in sorted(said - named - self._shop.prices_told(shopper)):
            yield f"receipts: {amount} was told without one"

    def _shop_differences(self, shopper: Shopper, marks: Marks, expected: DatabaseExpectation) -> Iterator[str]:
        if expected.cart is not None:
            cart = self._shop.cart(shopper)
            if cart != expected.cart:
                yield _wrong("cart", expected.cart, cart)
        if expected.orders is not None:
            orders = self._shop.orders(shopper, marks)
            if not matches(expected.orders, orders):
                yield _wrong("orders", expected.orders, orders)
        yield from self._changes_of_orders(marks, expected)
        if expected.stock:
            stock = self._shop.stock(expected.stock)
            if stock != expected.stock:
                yield _wrong("stock", expected.stock, stock)
        if expected.slates is not None:
            slates = self._shop.slates(shopper, marks)
            if not matches(expected.slates, slates):
                yield _wrong("slates", expected.slates, slates)
        if expected.receipts:
            told = self._shop.receipts(shopper)
            if not stands_in_order(expected.receipts, told):
                yield _wrong("receipts", expected.receipts, told)
        yield from self._desk_differences(shopper, marks, expected)
        if "wishes" in expected.model_fields_set:
            wishes = self._shop.wishes(shopper)
            if not matches(expected.wishes, wishes):
                yield _wrong("wishes", expected.wishes, wishes)
        yield from self._code_differences(shopper, expected)
        if expected.interactions:
            recorded = self._shop.interactions(shopper, marks)
            if not stands_in_order(expected.interactions, recorded):
                yield _wrong("interactions", expected.interactions, recorded)

    def _code_differences(self, shopper: Shopper, expected: DatabaseExpectation) -> Iterator[str]:
        if expected.codes is not None:
            codes = self._shop.codes(shopper)
            if codes != expected.codes:
                yield _wrong("codes", expected.codes, codes)
        if expected.gift_cards:
            balances = self._shop.balances(expected.gift_cards)
            if balances != expected.gift_cards:
                yield _wrong("gift_cards", expected.gift_cards, balances)
        if expected.coupon_uses:
            uses = self._shop.coupon_uses(expected.coupon_uses)
            if uses != expected.coupon_uses:
                yield _wrong("coupon_uses", expected.coupon_uses, uses)

    def _desk_differences(self, shopper: Shopper, marks: Marks, expected: DatabaseExpectation) -> Iterator[str]:
        if expected.tickets is not None:
            opened = self._shop.tickets(shopper, marks)
            if not matches(expected.tickets, opened):
                yield _wrong("tickets", expected.tickets, opened)
        if expected.invoices is not None:
            asked = self._shop.invoices(shopper, marks)
            if not matches(expected.invoices, asked):
                yield _wrong("invoices", expected.invoices, asked)
        if "satisfaction" in expected.model_fields_set:
            rating = self._shop.satisfaction(shopper)
            if not matches(expected.satisfaction, rating):
                yield _wrong("satisfaction", expected.satisfaction, rating)
        if expected.thumbs is not None:
            thumbs = self._shop.thumbs(shopper)
            if not matches(expected.thumbs, thumbs):
                yield _wrong("thumbs", expected.thumbs, thumbs)

    def _changes_of_orders(self, marks: Marks, expected: DatabaseExpectation) -> Iterator[str]:
        found = self._shop.given_orders(expected.given_orders)
        if not matches(expected.given_orders, found):
            yield _wrong("given_orders", expected.given_orders, _named(expected.given_orders, found))
        if expected.returns is not None:
            returns = self._shop.returns(marks)
            if not matches(expected.returns, returns):
                yield _wrong("returns", expected.returns, returns)
        if expected.audit is not None:
            audit = self._shop.audit(marks)
            if not matches(expected.audit, audit):
                yield _wrong("audit", expected.audit, audit)


def _named(expected: Mapping[str, Mapping[str, Any]], found: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {number: {key: found.get(number, {}).get(key) for key in keys} for number, keys in expected.items()}


def _rungs_differ(expected: Expectation, wrote: list[str]) -> Iterator[str]:
    if expected.written_by is not None and expected.written_by != wrote:
        yield _wrong("written_by", expected.written_by, wrote)


def _told(step: Step) -> str:
    return " ".join(part for part in (str(step.photo or ""), step.say or step.click or "") if part)


def _differences(turn: Turn, expected: Expectation) -> Iterator[str]:
    if expected.refused is not None:
        yield f"refused: the photo was taken, it should have been refused as {expected.refused}"
    if not turn.messages:
        yield "the shopper got no answer at all"
    if expected.intent is not None and turn.intent != expected.intent:
        yield _wrong("intent", expected.intent, turn.intent)
    for name, value in expected.entities.items():
        if not matches(value, turn.entities.get(name)):
            yield _wrong(f"entity {name}", value, turn.entities.get(name))
    for name, value in expected.slots.items():
        if not matches(value, turn.slots.get(name)):
            yield _wrong(f"slot {name}", value, turn.slots.get(name))
    if not stands_in_order(expected.responses, turn.responses):
        yield _wrong("responses", expected.responses, turn.responses)
    for name in expected.not_responses:
        if name in turn.responses:
            yield f"responses: {name} must not be among {show(turn.responses)}"
    yield from _differences_seen(turn, expected)


def _differences_seen(turn: Turn, expected: Expectation) -> Iterator[str]:
    read = turn.text.casefold()
    for words in expected.text_contains:
        if words.casefold() not in read:
            yield f"text: {words!r} is missing"
    for words in expected.text_lacks:
        if words.casefold() in read:
            yield f"text: {words!r} must not be said"
    if expected.elements is not None:
        shown = [card_names(card) for card in cards(turn.messages)]
        same = len(shown) == len(expected.elements) and all(
            any(matches(wanted, name) for name in names) for wanted, names in zip(expected.elements, shown, strict=True)
        )
        if not same:
            yield _wrong("elements", expected.elements, [sorted(names) for names in shown])
    titles = [button.get("title") for button in buttons(turn.messages)]
    for title in expected.buttons:
        if title not in titles:
            yield _wrong("buttons", title, titles)


def _wrong(what: str, expected: Any, actual: Any) -> str:
    return f"{what}: expected {show(expected)}, got {show(actual)}"


def _transcribe(number: int, turn: Turn) -> str:
    lines = [
        f"  {number}. shopper: {turn.sent}",
        f"     understood: {turn.intent} {show(turn.entities)}; answered by: {', '.join(turn.responses) or 'nothing'}",
    ]
    for message in turn.messages:
        lines.append("     assistant: " + str(message.get("text", "(no text)")).replace("\n", "\n                "))
        for part in (*message.get("elements", []), message):
            titles = " ".join(f"[{button.get('title')}]" for button in part.get("buttons", []))
            label = f"{part.get('title')} | {part.get('subtitle')} " if part is not message else ""
            if label or titles:
                lines.append(f"                {label}{titles}")
    return "\n".join(lines)


def _report(script: Script, transcript: list[str], number: int, wrong: list[str]) -> str:
    head = f"{script.file}:{script.lines[number - 1]}: step {number} of {script.conversation.name!r}"
    return "\n".join([head, *transcript, *(f"  >> {each}" for each in wrong)])
