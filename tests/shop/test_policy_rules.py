"""The shop's rules are data that agree with the texts shoppers read, and a wrong file says what is wrong."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from shop.policies import Passage, load_passages
from shop.policy_rules import BadPolicyFile, Citation, load_rules
from shop.simulator_orders import RETURN_REASONS

POLICIES = Path("data/policies")
RULES = load_rules(POLICIES)
TEXTS = {
    "en": {passage.source: passage for passage in load_passages(POLICIES)},
    "zh": {passage.source: passage for passage in load_passages(POLICIES / "zh")},
}
UNTIL_PACKED = {"en": r"until (it|the order) is packed|[Uu]ntil an order is packed", "zh": r"打包之前"}
WHOLE_ORDER_DELIVERY = {
    "returns.cancel": {"en": r"delivery comes back when the whole order", "zh": r"取消整个订单时，运费也一并退还"},
    "returns.refund": {"en": r"the whole order, we pay back the delivery", "zh": r"退回整个订单，我们也会退还运费"},
}


def stated(rule: str, language: str) -> str:
    return TEXTS[language][RULES.passage(rule, language)].text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(POLICIES, tmp_path / "policies"))


def broken(folder: Path, old: str, new: str, name: str = "returns.toml") -> BadPolicyFile:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadPolicyFile) as bad:
        load_rules(folder)
    assert bad.value.path == path
    return bad.value


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "en",
            ("Up to {} codes", "{} wrong codes within an hour", "for {} hours", "first to the way you paid the rest"),
        ),
        ("zh", ("最多可用{}个优惠码", "输错{}次", "保留{}小时", "先退回其余部分的付款方式")),
    ],
)
def test_the_payment_texts_state_their_rules(language: str, texts: tuple[str, ...]) -> None:
    payment = RULES.payment
    coupons, guesses, quote, refunds = texts
    assert coupons.format(payment.coupons.per_order) in stated("payment.coupons", language)
    assert guesses.format(payment.guesses.an_hour) in stated("payment.guesses", language)
    assert quote.format(payment.quote.hours) in stated("payment.quote", language)
    assert payment.refunds.first == "card"
    assert refunds in stated("payment.refunds", language)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_texts_state_the_numbers_of_the_rules(language: str) -> None:
    returns = RULES.returns
    unit = {"en": " days", "zh": "天"}[language]
    assert f"{returns.window.days}{unit}" in stated("returns.window", language)
    assert f"{returns.window.days}{unit}" in stated("returns.exchange", language)
    working = {"en": " working days", "zh": "个工作日"}[language]
    assert f"{returns.refund.working_days}{working}" in stated("returns.refund", language)
    assert returns.label.free == 1
    assert re.search(
        {"en": "first return of an order is free", "zh": "第一次退货免运费"}[language],
        stated("returns.label", language),
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("rule", ["returns.cancel", "returns.option-change", "delivery.address-change"])
def test_the_texts_state_until_when_an_order_is_changed(rule: str, language: str) -> None:
    states = {
        "returns.cancel": RULES.returns.cancel.states,
        "returns.option-change": RULES.returns.option_change.states,
        "delivery.address-change": RULES.delivery.address_change.states,
    }[rule]
    assert states == ["waiting_for_payment", "paid"]
    assert re.search(UNTIL_PACKED[language], stated(rule, language))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("rule", sorted(WHOLE_ORDER_DELIVERY))
def test_the_texts_state_when_the_price_of_the_delivery_comes_back(rule: str, language: str) -> None:
    assert {RULES.returns.cancel.delivery, RULES.returns.refund.delivery} == {"whole_order"}
    assert re.search(WHOLE_ORDER_DELIVERY[rule][language], stated(rule, language))


def test_the_texts_state_the_exception_of_plants() -> None:
    [plants] = RULES.returns.exceptions
    assert (plants.category, plants.reasons) == ("home-garden/plants", ["damaged on arrival"])
    assert (
        stated(plants.id, "en")
        == "Plants cannot be returned once they have been delivered, unless they arrived damaged."
    )
    assert stated(plants.id, "zh").startswith("植物一经送达即不能退货，送达时已损坏的除外")
    within: Passage = TEXTS["en"]["warranty.md#Plants"]
    assert f"within {plants.days} days after delivery" in within.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_texts_state_the_years_of_the_warranty(language: str) -> None:
    warranty = RULES.warranty
    years = {rule.category: rule.years for rule in warranty.categories}
    assert years == {"electronics": 2, "home-garden/plants": 0}
    assert warranty.otherwise.years == 1
    says = {
        "en": "Electronics have a warranty of 2 years from the day of delivery. Everything else except plants has a "
        "warranty of 1 year.",
        "zh": "电子产品自送达之日起保修2年。除植物外，其他商品保修1年。",
    }
    assert {stated(rule.id, language) for rule in (*warranty.categories, warranty.otherwise)} == {says[language]}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_texts_state_when_an_invoice_can_be_asked_for(language: str) -> None:
    assert RULES.payment.invoice.states == ["paid", "packed", "shipped", "delivered"]
    assert {"en": "Once the order is paid", "zh": "订单付款后"}[language] in stated("payment.invoice", language)


@pytest.mark.parametrize(
    ("name", "old", "new", "field"),
    [
        ("warranty.toml", "years = 2", "years = -1", "categories.1.years"),
        ("warranty.toml", 'category = "electronics"', "", "categories.1.category"),
        ("warranty.toml", 'id = "warranty.otherwise"', 'id = "returns.cancel"', "otherwise.id"),
        ("payment.toml", '"paid", ', '"waiting_for_payment", ', "invoice.states.1"),
        ("payment.toml", "#Invoice and receipt", "#Nothing", "invoice.passages.en"),
    ],
)
def test_a_wrong_warranty_or_payment_file_says_where(folder: Path, name: str, old: str, new: str, field: str) -> None:
    assert broken(folder, old, new, name).field == field


def test_an_exchange_is_offered_where_the_texts_offer_it() -> None:
    assert RULES.returns.exchange.offered
    assert stated("returns.exchange", "en").startswith("We exchange")
    assert "换成同款有货的其他尺码或颜色" in stated("returns.exchange", "zh")


def test_every_reason_of_the_demo_is_one_of_the_shops() -> None:
    assert {reason.code for reason in RULES.returns.reasons} >= set(RETURN_REASONS)


def test_a_rule_is_cited_with_the_version_of_its_file(folder: Path) -> None:
    path = folder / "delivery.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(RULES.delivery.version, "v2"), encoding="utf-8")
    rules = load_rules(folder)
    assert rules.cite(rules.delivery.address_change) == Citation("delivery.address-change", "v2")
    assert rules.cite(rules.returns.cancel) == Citation("returns.cancel", RULES.returns.version)
    assert rules.cite(rules.warranty.otherwise) == Citation("warranty.otherwise", RULES.warranty.version)
    assert rules.cite(rules.payment.invoice) == Citation("payment.invoice", RULES.payment.version)


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("days = 30", "days = 0", "window.days", "greater than or equal to 1, not 0"),
        ("days = 30", 'days = "30"', "window.days", "valid integer, not '30'"),
        ("days = 30", "", "window.days", "field required"),
        ("days = 30", "days = 30\ngrace = 2", "window.grace", "not permitted, not 2"),
        ('states = ["waiting_for_payment", "paid"]', "states = []", "cancel.states", "at least 1 item"),
        ('states = ["waiting_for_payment", "paid"]', 'states = ["shipped"]', "cancel.states.1", "not 'shipped'"),
        ('delivery = "whole_order"', 'delivery = "half"', "cancel.delivery", "not 'half'"),
        ('reasons = ["damaged on arrival"]', 'reasons = ["eaten"]', "exceptions.1.reasons", "'eaten' is not one of"),
        ('code = "does not fit"', 'code = "faulty"', "reasons", "a code stands twice"),
        ('id = "returns.window"', 'id = "returns.cancel"', "window.id", "'returns.cancel' stands twice"),
        ('id = "returns.window"', 'id = "Window!"', "window.id", "match pattern"),
        ("#What cannot be returned", "#What can", "exceptions.1.passages.en", "no passage 'returns.md#What can' in"),
        ("#退货期限", "#退货", "window.passages.zh", "no passage"),
        ('en = "returns.md#Cancelling an order"', "", "cancel.passages", "'en' is missing"),
        ('version = "2026-01-15"', "version = ", "", "cannot be read as TOML"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_wrong_file_says_where_and_what(folder: Path, old: str, new: str, field: str, says: str) -> None:
    bad = broken(folder, old, new)
    assert bad.field == field
    assert says in bad.reason
    assert str(bad).startswith(str(bad.path))


def test_a_missing_file_and_one_that_is_no_text_are_named(folder: Path) -> None:
    (folder / "delivery.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadPolicyFile, match=r"delivery\.toml: it cannot be read"):
        load_rules(folder)
    (folder / "returns.toml").unlink()
    with pytest.raises(BadPolicyFile, match=r"returns\.toml: it cannot be read"):
        load_rules(folder)


def test_a_state_that_is_too_late_for_an_address_is_refused(folder: Path) -> None:
    bad = broken(folder, '"paid"]', '"paid", "shipped"]', "delivery.toml")
    assert bad.field == "address_change.states.3"
