"""The format of conversation files, and reading them: a mistake is told with its file and line. See README.md here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tests.conversations.matching import add_tags
from tests.conversations.photos import PhotoRecipe


class Strict(BaseModel):
    """A mapping of the file that may hold no key but the known ones."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True)


class GivenParcel(Strict):
    """A parcel of a given order; without lines it holds all of them."""

    lines: dict[str, int] = {}
    state: str = "in_transit"
    tracking_number: str | None = None
    delivered_days_ago: int | None = Field(default=None, ge=0)


class GivenOrder(Strict):
    """An order that the shopper has placed before the conversation, or `elsewhere`, as a guest with this `email`."""

    number: str
    elsewhere: bool = False
    email: str = "shopper@example.com"
    lines: dict[str, int] = Field(min_length=1)
    state: str = "paid"
    payment: str | None = None
    delivery: Decimal = Decimal()
    days_ago: int = 3
    delivered_days_ago: int | None = Field(default=None, ge=0)
    tracking_number: str | None = None
    shipment_state: str = "in_transit"
    parcels: list[GivenParcel] = []


class Change(Strict):
    """What can be changed in the shop: prices, stock, texts, promotions and their end, and coupons' fields."""

    stock: dict[str, int] = {}
    describes: dict[str, str] = {}
    attributes: dict[str, dict[str, str]] = {}
    price: dict[str, Decimal] = {}
    promotions: dict[str, int] | None = None
    promotion_minutes: int = Field(default=2 * 24 * 60, ge=1)
    coupons: dict[str, dict[str, Any]] = {}


class Given(Change):
    """The state of the shop before the first step."""

    cart: dict[str, int] = {}
    orders: list[GivenOrder] = []
    looked_at: list[str] = []


class Meanwhile(Change):
    """What the shop changes and does by itself just before a step."""

    pack: list[str] = []
    deliver: list[str] = []
    receive_returns: list[str] = []
    send_refunds: list[str] = []


class DatabaseExpectation(Strict):
    """What the tables must hold after a step, for this shopper alone; what is not named is not looked at."""

    cart: dict[str, int] | None = None
    orders: list[dict[str, Any]] | None = None
    given_orders: dict[str, dict[str, Any]] = {}
    returns: Any = None
    audit: list[Any] | None = None
    stock: dict[str, int] = {}
    interactions: list[dict[str, Any]] = []
    receipts: list[dict[str, Any]] = []
    slates: Any = None
    wishes: Any = None
    codes: list[str] | None = None
    gift_cards: dict[str, str] = {}
    coupon_uses: dict[str, int] = {}
    tickets: list[dict[str, Any]] | None = None
    invoices: list[dict[str, Any]] | None = None
    satisfaction: Any = None
    thumbs: list[Any] | None = None


class Expectation(Strict):
    """What must be true after a step; what is not named is not looked at."""

    intent: str | None = None
    entities: dict[str, Any] = {}
    slots: dict[str, Any] = {}
    responses: list[Any] = []
    not_responses: list[str] = []
    text_contains: list[str] = []
    text_lacks: list[str] = []
    elements: list[Any] | None = None
    buttons: list[str] = []
    refused: str | None = None
    written_by: list[str] | None = None
    database: DatabaseExpectation = DatabaseExpectation()


class Step(Strict):
    """One message of the shopper, and what must follow from it."""

    say: str | None = None
    zh: str | None = None
    click: str | None = None
    photo: PhotoRecipe | None = None
    on_card: int | None = Field(default=None, ge=1)
    tab: int = Field(default=1, ge=1)
    twice: bool = False
    thumb: Literal["up", "down"] | None = None
    meanwhile: Meanwhile | None = None
    expect: Expectation = Expectation()
    expect_zh: Expectation = Expectation()

    @model_validator(mode="after")
    def _says_or_clicks(self) -> Step:
        if self.photo is not None:
            if self.click is not None:
                raise ValueError("`photo` goes with `say` or alone")
        elif (self.say is None) == (self.click is None):
            raise ValueError("a step has either `say` or `click`")
        if self.zh is not None and self.say is None:
            raise ValueError("`zh` goes with `say`")
        if self.on_card is not None and self.click is None:
            raise ValueError("`on_card` goes with `click`")
        if self.twice and self.photo is not None:
            raise ValueError("`twice` goes with `say` or `click`")
        return self


class Conversation(Strict):
    """A conversation from its first message to its last."""

    name: str = Field(min_length=1)
    customer: str | None = Field(default=None, alias="as")
    given: Given = Given()
    steps: list[Step] = Field(min_length=1)


@dataclass(frozen=True)
class Script:
    """A conversation with the place it was read from.

    Attributes:
        lines: the line of each step in the file.
    """

    conversation: Conversation
    file: Path
    lines: tuple[int, ...]

    @property
    def test_id(self) -> str:
        """What the test is called: file and name."""
        return f"{self.file.stem}: {self.conversation.name}"


class BadConversationFile(Exception):
    """A conversation file is not in the format; the message names file, line and reason."""


class _Loader(yaml.SafeLoader):
    """YAML with the matchers' tags, where a key that stands twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping, and refuse a second value for a key: the first would be lost unseen."""
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value!r} stands here twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


add_tags(_Loader)


def read_scripts(file: Path) -> list[Script]:
    """Read the conversations of one file.

    Raises:
        BadConversationFile: it is not YAML, or not in the format.
    """
    loader = _Loader(file.read_text(encoding="utf-8"))
    try:
        node = loader.get_single_node()
        content = loader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadConversationFile(f"{file}:{line}: {error.problem}") from error
    finally:
        loader.dispose()
    if node is None or not isinstance(content, list):
        raise BadConversationFile(f"{file}:1: a file is a list of conversations")
    return [_read_one(file, node, index, each) for index, each in enumerate(content)]


def _read_one(file: Path, root: yaml.Node, index: int, content: object) -> Script:
    try:
        conversation = Conversation.model_validate(content)
    except ValidationError as error:
        reasons = [
            f"{file}:{_line(root, (index, *problem['loc']))}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise BadConversationFile("\n".join(reasons)) from error
    lines = tuple(_line(root, (index, "steps", step)) for step in range(len(conversation.steps)))
    return Script(conversation, file, lines)


def _line(node: yaml.Node, path: Sequence[object]) -> int:
    """Give the line of what a path leads to, or of the last part of it that is there."""
    for part in path:
        below = None
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            below = node.value[part]
        elif isinstance(node, yaml.MappingNode):
            below = next((value for key, value in node.value if key.value == part), None)
        if below is None:
            break
        node = below
    return int(node.start_mark.line) + 1


def read_all(folder: Path) -> list[Script]:
    """Read every conversation of a folder.

    Raises:
        BadConversationFile: a file is not in the format, or two conversations of a file have one name.
    """
    scripts = [script for file in sorted(folder.glob("*.yml")) for script in read_scripts(file)]
    seen: dict[str, Script] = {}
    for script in scripts:
        if script.test_id in seen:
            raise BadConversationFile(
                f"{script.file}:{script.lines[0]}: two conversations are called {script.test_id!r}"
            )
        seen[script.test_id] = script
    return scripts
