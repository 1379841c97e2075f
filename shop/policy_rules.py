"""The shop's policies as data: numbers and states that changes are allowed or refused by, with rule ids and versions.

They stand in `returns.toml`, `delivery.toml`, `warranty.toml` and `payment.toml` beside the texts that state them to
shoppers. A rule names the passage of each language, and a passage that is not there makes the file unusable: what is
refused can always be shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import tomllib
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shop.policies import load_passages

RefundTarget = Literal["card", "gift_card"]
DeliveryRefund = Literal["whole_order", "never"]
BeforePacking = Literal["waiting_for_payment", "paid"]
BeforeShipping = Literal["waiting_for_payment", "paid", "packed"]
Paid = Literal["paid", "packed", "shipped", "delivered"]

# The texts of the first language stand in the folder itself, those of any other in one of its name.
_FIRST_LANGUAGE = "en"
_Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9.-]*$", max_length=80)]
_Name = Annotated[str, Field(min_length=1, max_length=100)]
_Days = Annotated[int, Field(ge=1, le=3650)]


class BadPolicyFile(Exception):
    """A policy file cannot be used.

    Attributes:
        path: the file.
        field: where in it, such as "window.days"; empty where the whole file is meant.
        reason: what is wrong.
    """

    def __init__(self, path: Path, field: str, reason: str) -> None:
        super().__init__(f"{path}{f': {field}' if field else ''}: {reason}")
        self.path, self.field, self.reason = path, field, reason


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Rule(_Table):
    """What every rule has: the id that refusals and the audit name it by, and the passage in each language."""

    id: _Id
    passages: dict[str, str]


class CancelRule(Rule):
    """In which states an order, or a part of it, is cancelled, and when the delivery's price comes back."""

    states: Annotated[list[BeforePacking], Field(min_length=1)]
    delivery: DeliveryRefund


class OptionChangeRule(Rule):
    """In which states a line is changed to another variant of its product."""

    states: Annotated[list[BeforePacking], Field(min_length=1)]


class AddressChangeRule(Rule):
    """In which states an order is sent elsewhere."""

    states: Annotated[list[BeforeShipping], Field(min_length=1)]


class WindowRule(Rule):
    """How many days after its delivery a thing may come back."""

    days: _Days


class ExceptionRule(Rule):
    """A category of which things come back for some reasons only, and within other days."""

    category: _Name
    reasons: list[_Name]
    days: _Days


class Reason(_Table):
    """Why things come back; a `fault` is the shop's or the maker's."""

    code: _Name
    fault: bool = False


class LabelRule(Rule):
    """How many returns of an order the shop pays the parcel for."""

    free: Annotated[int, Field(ge=0)]


class RefundRule(Rule):
    """How soon money is paid back after a return has arrived, and when the delivery's price is part of it."""

    working_days: _Days
    delivery: DeliveryRefund


class ExchangeRule(Rule):
    """Whether things are exchanged for another variant of their product."""

    offered: bool


class CouponRule(Rule):
    """How many coupons one order takes."""

    per_order: Annotated[int, Field(ge=1, le=9)]


class GuessRule(Rule):
    """How many codes that are none a shopper may enter within an hour."""

    an_hour: Annotated[int, Field(ge=1, le=100)]


class GiftCardRule(Rule):
    """That gift cards are taken; what each is good for stands in its row."""


class RefundOrderRule(Rule):
    """Where money goes back to first, when a gift card has paid a part."""

    first: RefundTarget


class QuoteRule(Rule):
    """How long a price that was told in a chat holds in its cart."""

    hours: Annotated[int, Field(ge=1, le=24 * 365)]


class WarrantyRule(Rule):
    """How many years from its delivery on a thing is repaired or replaced; 0 for not at all."""

    years: Annotated[int, Field(ge=0, le=30)]


class CategoryWarrantyRule(WarrantyRule):
    """The warranty of what stands in a category."""

    category: _Name


class InvoiceRule(Rule):
    """In which states of an order an invoice can be asked for."""

    states: Annotated[list[Paid], Field(min_length=1)]


class ReturnPolicy(_Table):
    """All of `returns.toml`."""

    version: _Name
    cancel: CancelRule
    option_change: OptionChangeRule
    window: WindowRule
    exceptions: list[ExceptionRule] = []
    reasons: Annotated[list[Reason], Field(min_length=1)]
    label: LabelRule
    refund: RefundRule
    exchange: ExchangeRule


class DeliveryPolicy(_Table):
    """All of `delivery.toml`."""

    version: _Name
    address_change: AddressChangeRule


class WarrantyPolicy(_Table):
    """All of `warranty.toml`: the first category that fits counts, and `otherwise` where none does."""

    version: _Name
    otherwise: WarrantyRule
    categories: list[CategoryWarrantyRule] = []


class PaymentPolicy(_Table):
    """All of `payment.toml`."""

    version: _Name
    coupons: CouponRule
    guesses: GuessRule
    gift_cards: GiftCardRule
    refunds: RefundOrderRule
    quote: QuoteRule
    invoice: InvoiceRule


@dataclass(frozen=True)
class Citation:
    """The rule and version by which something was decided."""

    rule: str
    version: str


@dataclass(frozen=True)
class PolicyRules:
    """Every rule of the shop."""

    returns: ReturnPolicy
    delivery: DeliveryPolicy
    warranty: WarrantyPolicy
    payment: PaymentPolicy

    def cite(self, rule: Rule) -> Citation:
        """Name a rule with the version of its file."""
        return next(
            Citation(rule.id, policy.version)
            for policy in self._policies
            for _, known in _rules_of(policy)
            if known.id == rule.id
        )

    def passage(self, rule_id: str, language: str = _FIRST_LANGUAGE) -> str:
        """Name the passage that states a rule, such as "returns.md#Cancelling an order"; raise KeyError for neither."""
        return self._by_id()[rule_id].passages[language]

    def is_fault(self, reason: str) -> bool:
        """Tell whether a reason is the shop's or the maker's fault."""
        return any(known.fault for known in self.returns.reasons if known.code == reason)

    @property
    def _policies(self) -> tuple[Policy, ...]:
        return self.returns, self.delivery, self.warranty, self.payment

    def _by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for policy in self._policies for _, rule in _rules_of(policy)}


Policy = ReturnPolicy | DeliveryPolicy | WarrantyPolicy | PaymentPolicy
_Policy = TypeVar("_Policy", ReturnPolicy, DeliveryPolicy, WarrantyPolicy, PaymentPolicy)


def load_rules(folder: Path) -> PolicyRules:
    """Read the policy files of a folder.

    Raises:
        BadPolicyFile: one is missing, is no TOML, holds what no rule has, names a passage or a reason that is not
            there, or an id that stands twice.
    """
    returns = _read(folder / "returns.toml", ReturnPolicy)
    delivery = _read(folder / "delivery.toml", DeliveryPolicy)
    warranty = _read(folder / "warranty.toml", WarrantyPolicy)
    payment = _read(folder / "payment.toml", PaymentPolicy)
    _check_reasons(folder / "returns.toml", returns)
    policies: dict[str, Policy] = {"returns": returns, "delivery": delivery, "warranty": warranty, "payment": payment}
    known: set[str] = set()
    for name, policy in policies.items():
        path = folder / f"{name}.toml"
        for field, rule in _rules_of(policy):
            if rule.id in known:
                raise BadPolicyFile(path, f"{field}.id", f"{rule.id!r} stands twice")
            known.add(rule.id)
            _check_passages(path, field, rule)
    return PolicyRules(returns, delivery, warranty, payment)


def _read(path: Path, kind: type[_Policy]) -> _Policy:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadPolicyFile(path, "", f"it cannot be read as TOML in UTF-8 ({error})") from error
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadPolicyFile(path, _field(first["loc"]), _reason(first)) from error


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in location)


def _reason(error: Any) -> str:
    given = "" if error["type"] == "missing" else f", not {error['input']!r}"
    return f"{error['msg'][0].lower()}{error['msg'][1:]}{given}"


def _rules_of(policy: Policy) -> Iterator[tuple[str, Rule]]:
    for field in type(policy).model_fields:
        value = getattr(policy, field)
        if isinstance(value, Rule):
            yield field, value
        elif isinstance(value, list):
            yield from ((f"{field}.{n}", rule) for n, rule in enumerate(value, start=1) if isinstance(rule, Rule))


def _check_reasons(path: Path, policy: ReturnPolicy) -> None:
    codes = [reason.code for reason in policy.reasons]
    if len(set(codes)) < len(codes):
        raise BadPolicyFile(path, "reasons", "a code stands twice")
    for number, rule in enumerate(policy.exceptions, start=1):
        for reason in rule.reasons:
            if reason not in codes:
                raise BadPolicyFile(path, f"exceptions.{number}.reasons", f"{reason!r} is not one of the reasons")


def _check_passages(path: Path, field: str, rule: Rule) -> None:
    if _FIRST_LANGUAGE not in rule.passages:
        raise BadPolicyFile(path, f"{field}.passages", f"{_FIRST_LANGUAGE!r} is missing")
    for language, source in rule.passages.items():
        folder = path.parent if language == _FIRST_LANGUAGE else path.parent / language
        if source not in {passage.source for passage in load_passages(folder) if passage.text}:
            raise BadPolicyFile(path, f"{field}.passages.{language}", f"no passage {source!r} in {folder}")
