from __future__ import annotations

import functools
import re
from typing import Any

import yaml
from rasa_sdk.executor import ActionExecutor

from actions.adjustments import ASPECTS, DISMISS, GIFT, HISTORY, LESS, MORE
from actions.answers import _ANSWERS, _GOALS, _LINE_GOALS, _YES
from actions.cart_swaps import SWAP_IN_CART
from actions.desk import GOALS
from actions.desk_choice import ORDER as ORDER_STEP
from actions.desk_lines import ITEMS
from actions.labels import Labels
from actions.pending import (
    ADD,
    CART_CODE,
    CASE,
    CASE_OFFER,
    CASE_YES,
    CLEAR_CART,
    CODE,
    CONFIRM_ORDER,
    CONTACT,
    DETAILS,
    OPTION,
    ORDER,
    PERSON,
    PHOTO_FILTER,
    PHOTO_PART,
    QUANTITY,
    RATING,
    REMOVE,
    SEARCH,
    SIMILAR,
    TASTE,
    USE_ADDRESS,
    WHICH,
)
from actions.photo_words import MATCH_LABELS
from actions.reasons import _FIELDS, _PLAIN, _PRODUCTS, _SIMILAR
from actions.spoken import _NO_COUNT, _WISHING
from actions.wishes import BUDGET, EXCLUDE, SIZE
from shop.addresses import FIELDS
from shop.demo.offers import EXPRESS, STANDARD
from shop.models import INVOICE_KINDS, ORDER_STATES, SHIPMENT_STATES
from shop.policy_rules import load_rules
from shop.warranty import COVERED, GONE, NONE, NOT_DELIVERED, OVER
from tests.actions.conftest import ROOT, rules

SOURCE = "\n".join(path.read_text() for path in sorted((ROOT / "actions").glob("*.py")))
RULES = load_rules(ROOT / "data/policies")
# What the desk offers instead of what a rule refuses.
_OTHERWISE = {intent for goal in GOALS.values() for intent in goal.otherwise.values()}
# Said by whatever hands messages to Rasa: of several requests in one message, what waits and what is not done.
CHANNEL = (ROOT / "assistant/channels/several.py").read_text()


@functools.cache
def domain() -> dict[str, Any]:
    """All domain files as one, as Rasa merges them."""
    merged: dict[str, Any] = {"intents": [], "actions": [], "responses": {}, "slots": {}, "entities": []}
    for path in sorted((ROOT / "assistant/domain").glob("*.yml")):
        part = yaml.safe_load(path.read_text())
        merged["intents"] += [next(iter(one)) for one in part.get("intents", [])]
        merged["actions"] += part.get("actions", [])
        merged["entities"] += part.get("entities", [])
        for name in ("responses", "slots"):
            assert not set(merged[name]) & set(part.get(name, {}))
            merged[name].update(part.get(name, {}))
    return merged


def registered() -> set[str]:
    executor = ActionExecutor()
    executor.register_package("actions")
    return set(executor.actions)


def test_domain_lists_every_action() -> None:
    assert set(domain()["actions"]) == registered()
    assert len(domain()["actions"]) == len(set(domain()["actions"]))


def test_every_intent_has_one_rule() -> None:
    assert set(rules()) == set(domain()["intents"])
    assert len(domain()["intents"]) == len(set(domain()["intents"]))


def test_every_intent_has_a_rule_inside_the_check_out() -> None:
    files = sorted((ROOT / "data/rules").glob("*.yml"))
    rules_of_all = [rule for path in files for rule in yaml.safe_load(path.read_text())["rules"]]
    inside = {rule["steps"][0].get("intent") for rule in rules_of_all if "condition" in rule}
    assert set(domain()["intents"]) - inside == {"check_out"}


def test_every_response_that_is_used_exists_and_every_one_that_exists_is_used() -> None:
    used = set(re.findall(r"utter_[a-z_]+[a-z]", SOURCE + CHANNEL)) | {
        action for action in rules().values() if action.startswith("utter_")
    }
    used -= {"utter_message", "utter_invalid", "utter_action"}
    used |= {f"utter_invalid_{field}" for field in (*FIELDS, "title", "tax_id")}
    asked = {f"utter_ask_{slot}" for slot in domain()["slots"] if slot.startswith("ship_")}
    assert used | asked == set(domain()["responses"])


def test_every_response_has_several_wordings_with_the_same_variables() -> None:
    for name, wordings in domain()["responses"].items():
        assert len(wordings) >= 2 or name in WRITTEN, name
        essential = [set(re.findall(r"{(\w+)}", one["text"])) for one in wordings]
        assert all(one == essential[0] for one in essential) or name in SHORTER, name


# What is said is written anew each time.
WRITTEN = {"utter_reply"}
# Wordings that leave out what another one tells.
SHORTER = {"utter_found_next", "utter_option_no", "utter_stated", "utter_found_some"}


def labels() -> Labels:
    return Labels.load(ROOT / "data/labels", "en", "en_US")


def test_every_label_that_is_used_exists() -> None:
    used = set(re.findall(r"""(?:text\(\s*|= |else |if )"((?:[a-z_]+\.)+[a-z_]+)\"""", SOURCE))
    used |= {f"buttons.{name}" for name in re.findall(r"""button\((?:turn\.)?labels, "([a-z_]+)\"""", SOURCE)}
    used |= {f"buttons.{name}" for name in ("price_asc", "price_desc", "newest", "help", "orders")}
    used |= {f"order.states.{state}" for state in ORDER_STATES}
    used |= {f"shipment.states.{state}" for state in SHIPMENT_STATES}
    used |= {f"shipment.{name}" for name in ("shipped", "promised", "delivered")}
    used |= {f"edits.{kind}" for kind in (LESS, MORE, GIFT, HISTORY, DISMISS, "price_lower", "price_higher")}
    used |= {f"aspects.{aspect}" for aspect in ASPECTS} | {f"wishes.{kind}" for kind in (EXCLUDE, SIZE, BUDGET)}
    used |= {*_FIELDS.values(), *_PRODUCTS.values(), *_SIMILAR.values(), *_PLAIN.values(), "reasons.popular"}
    used |= {*MATCH_LABELS.values(), "photo.looks_like", "photo.could_be"}
    used |= {f"photo.sides.{side}" for side in ("left", "right", "middle", "top", "bottom")}
    used |= {f"waiting.{kind}" for kind in (ADD, CLEAR_CART, DETAILS, SEARCH, SIMILAR)}
    used |= {
        f"filters.{name}" for name in ("price", "colours", "brands", "categories", "options", "in_stock", "exclude")
    }
    used |= (
        {"desk.everything"} | {f"desk.goals.{goal}" for goal in GOALS} | {f"buttons.{intent}" for intent in _OTHERWISE}
    )
    used |= {
        f"desk.{phrases}"
        for phrases in (
            "agreeing",
            "cancelling",
            "giving_back",
            "instead",
            "order_words",
            "the_one",
            "that_order",
            "wants_to_cancel",
        )
    }
    used |= {f"desk.which_order.{goal}" for goal in GOALS if any(step.name == ORDER_STEP for step in GOALS[goal].steps)}
    used |= {f"desk.none_fits.{goal}" for goal in GOALS if any(step.name == ORDER_STEP for step in GOALS[goal].steps)}
    used |= {f"desk.which_item.{goal}" for goal in GOALS if any(step.name == ITEMS for step in GOALS[goal].steps)}
    used |= {f"desk.reasons.{reason.code.replace(' ', '_')}" for reason in RULES.returns.reasons}
    used |= {f"warranty.{state}" for state in (COVERED, OVER, NONE, NOT_DELIVERED, GONE)} | {
        "desk.reasons.missing_item"
    }
    said = re.findall(r"""(?:says|pattern|swap|is_after|is_before)\(\s*turn, ['\"]([a-z_]+)['\"]""", SOURCE)
    used |= {
        f"said.{name}" for name in (*said, *_WISHING, *_NO_COUNT, "numbers", "goes", "commits", "left_of", "companion")
    }
    used |= {"ticket.no_photo"} | {f"invoice.{kind}" for kind in INVOICE_KINDS}
    used |= {f"invoice.{name}" for name in ("company_words", "personal_words", "company_signs")}
    used |= {f"desk.missing.{why}" for why in ("not_for_sale", "out_of_stock", "cart_full", "currency")}
    used |= {f"desk.refund_kinds.{kind}" for kind in ("cancellation", "option_change", "return", "exchange")}
    used |= {f"desk.refund_lines.{state}" for state in ("expected", "pending", "pending_undated", "paid", "credited")}
    used |= {f"desk.refusals.{reason}" for reason in refusal_reasons()}
    used |= {f"codes.why.{reason}" for reason in code_reasons()}
    used |= {"price.reduced_soon", "price.reduced_some_soon"} | {"price.reduced", "price.reduced_some"}
    # Word lists by which a message is heard, and what is said beside them.
    used |= set(
        re.findall(
            r'"((?:checkout|arrival|team|ticket|codes|policy|delivery_leads|pay|search|desk|talk|order|returns)\.[a-z_]+)"',
            SOURCE,
        )
    )
    used |= {f"arrival.{verdict}" for verdict in ("yes", "no")} | {
        f"arrival.line_{verdict}" for verdict in ("yes", "no", "perhaps")
    }
    used |= {"receipts.holding"} | {f"search.directions.{direction}" for direction in ("lower", "higher")}
    used |= {f"search.currencies.{code}" for code in ("USD", "EUR", "GBP", "CNY", "JPY")}
    used |= {
        key for key in labels().keys if key.startswith("desk.general.") and key.rsplit(".")[-1] in {*GOALS, "track"}
    }
    used |= {f"desk.still.{goal}" for goal in GOALS}
    # Of a return: its kind, and its state by kind and by who pays the parcel.
    used |= {key for key in labels().keys if key.startswith(("returns.kinds.", "returns.states.", "returns.exchange"))}
    used |= {key for key in labels().keys if key.startswith("desk.reason_words.")}
    used |= {f"team.questions.{question}" for question in ("reach", "hours", "complaint")}
    used |= {"wishes.misfit", "told.wrongly_noted"}
    used |= {f"policy.of_{what}" for what in ("postage", "opened", "regret")}
    used |= {f"policy.questions.{what}" for what in ("postage", "opened", "regret")}
    used |= {f"delivery_names.{offer.code}" for offer in (STANDARD, EXPRESS)}
    used |= {f"naming.asks_{what}" for what in ("price", "stock", "size", "color", "suiting")}
    used |= {f"needs.{need}" for need in ("light", "care", "pets", "simple")}
    used |= {"naming.also", "naming.speaks_of_delivery"}
    # What options are called is the catalogue's to say.
    used |= {key for key in labels().keys if key.startswith(("options.", "values.", "measures."))}
    # Every other label of the kind names an intent that may be meant.
    used |= {f"meant.{intent}" for intent in rules()} & labels().keys
    assert used == labels().keys


def refusal_reasons() -> set[str]:
    """Give every reason for which the shop's code refuses something by a rule."""
    code = "\n".join(path.read_text() for path in sorted((ROOT / "shop").glob("*.py")))
    raised = re.findall(r'PolicyRefusal\(\s*rule\.rule, rule\.version, "([a-z_]+)"', code)
    return {*raised, *re.findall(r'self\._refuse\([a-z_.]+, "([a-z_]+)"', code)}


def test_every_refusal_has_words() -> None:
    assert {"state", "window", "same_address", "dearer", "mixed"} <= refusal_reasons()
    for language in ("en", "zh"):
        known = Labels.load(ROOT / "data/labels", language, language).keys
        assert {f"desk.refusals.{reason}" for reason in refusal_reasons()} <= known


def code_reasons() -> set[str]:
    """Give every reason for which a coupon or a gift card is refused."""
    coupons = (ROOT / "shop/coupons.py").read_text()
    cards = (ROOT / "shop/gift_cards.py").read_text()
    returned = re.findall(r'return "([a-z_]+)", ', coupons)
    return {*returned, *re.findall(r'reason(?:, facts)? = "([a-z_]+)"', cards)}


def test_no_english_sentence_stands_in_the_code() -> None:
    strings = re.findall(r'say\(\s*"([^"]+)"', SOURCE)
    assert strings
    assert all(re.fullmatch(r"utter_[a-z_]+", one) for one in strings)


def test_every_question_has_someone_to_take_its_answer() -> None:
    kinds = {ADD, CLEAR_CART, CONFIRM_ORDER, DETAILS, OPTION, ORDER, QUANTITY, SEARCH, SIMILAR, TASTE, USE_ADDRESS}
    kinds |= {PHOTO_FILTER, PHOTO_PART, CONTACT, CODE, CASE, CASE_YES, PERSON, RATING, CART_CODE, REMOVE, CASE_OFFER}
    assert set(_ANSWERS) | set(_YES) == kinds | {WHICH}
    assert not set(_ANSWERS) & set(_YES)


def test_every_goal_that_is_asked_for_can_be_completed() -> None:
    goals = set(re.findall(r'pick_(?:one|asked)\(turn, "([a-z_]+)"[,)]', SOURCE))
    lines = set(re.findall(r'pick_line\(turn, "([a-z_]+)"\)', SOURCE))
    assert goals == set(_GOALS)
    assert lines | {SWAP_IN_CART} == set(_LINE_GOALS)


def test_only_a_form_is_followed_up() -> None:
    # After any other action that follows up, Rasa finds no rule, falls back and forgets what the turn remembered.
    assert set(re.findall(r"follow_up\((?!self)([^):]+)\)", SOURCE)) == {"FORM"}


def test_slots_are_filled_by_actions_alone() -> None:
    for name, slot in domain()["slots"].items():
        if name == "language":  # what it is written in is all that a message tells by itself
            continue
        assert slot["mappings"] == [{"type": "custom"}], name
        assert slot["influence_conversation"] is False, name
