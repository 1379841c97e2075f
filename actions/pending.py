"""Questions that wait for an answer: their kinds, and whether a message plainly answers one.

| kind | asked | details |
| --- | --- | --- |
| option | which value of an option | product, option, values, chosen, quantity, later (what comes then), instead |
| which | which of several products, or cart lines | goal, skus, products, said |
| quantity | how many | sku |
| order | which order | numbers |
| contact | with which e-mail address or phone number an order was made | number |
| code | which code was sent | |
| add | whether to put so many into the cart after all | sku, quantity |
| details | whether to read the description | product |
| search | whether to search again without one filter | state |
| photo_filter | whether to search by the photo again without one filter | state |
| photo_part | which part of a photo, and what to do with what it shows | parts, order (if any) |
| taste | what the shopper is after: a category, a budget | asked |
| similar | whether to show what is like a product | product |
| use_address | whether to send it to a known address | address |
| confirm_order | whether to place the order | fingerprint |
| remove | whether to take a line out of the cart | sku |
| clear_cart | whether to empty the cart | later (what is to be added then, if anything) |
| case | what is missing of a change of an order | asked, numbers (where it is the order) |
| case_yes | whether to make a change of an order | fingerprint, key |
| case_offer | whether to make a change that was only asked about | goal |
| cart_code | which coupon or gift card | goal, summarised (whether an order had been summarised) |
| person | whether to pass it on to a person | |
| rating | how a conversation was, from 1 to 5 | |
| check_out | nothing: the check-out that goes on once the question before it is answered | |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from actions.called import ASKS_WHETHER, names_choice
from actions.desk_words import begins_with, says_any
from actions.option_values import value_in
from actions.photo_words import part_said
from actions.spoken import says
from actions.turn import Pending, Turn
from shop.text import ascii_digits

OPTION = "option"
WHICH = "which"
QUANTITY = "quantity"
ORDER = "order"
CONTACT = "contact"
CODE = "code"
ADD = "add"
DETAILS = "details"
SEARCH = "search"
PHOTO_FILTER = "photo_filter"
PHOTO_PART = "photo_part"
TASTE = "taste"
SIMILAR = "similar"
USE_ADDRESS = "use_address"
CONFIRM_ORDER = "confirm_order"
CLEAR_CART = "clear_cart"
REMOVE = "remove"
CASE = "case"
CASE_YES = "case_yes"
CASE_OFFER = "case_offer"
CART_CODE = "cart_code"
PERSON = "person"
RATING = "rating"
CHECK_OUT = "check_out"

# What a question of taste asks for.
CATEGORY, BUDGET = "category", "budget"

_LONG_ANSWER = 60
# A message of one of these intents is a text of the shopper's own all the same: it is what addresses are mistaken for.
UNREAD = frozenset({"inform", "nlu_fallback", "out_of_scope", ""})
# An address is no sentence that the language model knows; below this it is taken for an address and not for a wish.
_SURE = 0.65
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
_PHONE = re.compile(r"\+?\(?\d[\d\s()./-]{5,}\d")
_CODE = re.compile(r"(?<!\d)\d{3}[\s-]?\d{3}(?!\d)")
_BARE = re.compile(r"\d{4,8}")
_CART_CODE = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_CART_CODE_SHORTEST = 4
_PRICES = ("price_min", "price_max")
# What names each part of a change of an order; any other part is free text.
_NAMED_BY = {
    "order": ("order_number", "ordinal", "ordered", "product", "product_query", "category", "sort"),
    "items": (
        "product",
        "product_query",
        "category",
        "sku",
        "ordinal",
        "reference",
        "colour",
        "option_value",
        "quantity",
    ),
    "option": ("option_value", "colour", "sku"),
    "reason": ("reason",),
}
_REPORTS = frozenset({"report_problem", "complain"})
# What a shopper wants of whoever reads a report, said where it is written down.
WISHES = frozenset({"exchange_product", "return_product", "track_refund"})
# What is said to the assistant, and not to whoever reads what is written down.
_NO_WORDS = frozenset(
    {
        *("affirm", "deny", "cancel", "go_back", "start_over", "resume_case", "talk_to_person"),
        *("greet", "goodbye", "thank", "ask_help", "ask_bot", "search_by_photo"),
    }
)
# What a search for something else, or of something narrower, names.
_ANOTHER_WISH = ("product", "product_query", "category", "brand", "colour", "option_value", "sku", *_PRICES)
_GOODS = ("product", "product_query", "category")
_COUNTED = re.compile("[一两二三四五六七八九几][个盆把件棵朵只双条台款样套]")
_TASTES = ("category", "brand", "colour", "product_query", "exclude", *_PRICES)


def answers_question(turn: Turn) -> bool:
    """Tell whether a message answers the waiting question, whatever its intent was taken for."""
    pending = turn.pending
    if not pending or turn.text.startswith("/"):
        return False
    kind = pending["kind"]
    if kind == CASE and pending["asked"] in _WRITTEN_DOWN:
        # However long it is, and whatever it asks of those who read it.
        return _WRITTEN_DOWN[pending["asked"]](turn)
    if kind == SEARCH:
        return agrees_to_look(turn)
    if kind == CASE and set(pending.get("sizes", ())) & set(re.findall(r"\d+", ascii_digits(turn.text))):
        # "No 45? Then 44. What does it cost?" says which one, and asks something besides.
        return True
    if "?" in turn.text or (len(turn.text) > _LONG_ANSWER and not (kind == CASE and turn.intent[0] in UNREAD)):
        return False
    if kind == OPTION:
        names_another = [slug for slug in turn.entities("product") if slug != pending["product"]]
        if says(turn, "not_more"):
            return False
        ranks = any(says(turn, rank) for rank in ("cheapest", "biggest", "smallest"))
        return not names_another and (ranks or match_value(pending["values"], turn) is not None)
    if kind == WHICH:
        is_named = bool(set(turn.entities("product")) & set(pending["products"]))
        return bool(turn.entities("ordinal")) or is_named or _chooses(turn, pending)
    if kind == QUANTITY:
        return said_number(turn) is not None
    if asks_for_number(pending):
        # "Ten of these chairs" is no order, where none is listed.
        return bool(turn.entities("order_number")) or turn.text.strip().lstrip("#").isdecimal()
    if kind == ORDER:
        return said_number(turn) is not None or bool(turn.entities("order_number"))
    if kind == CONTACT:
        return contact_said(turn.text) is not None
    if kind == CODE:
        return code_said(turn.text) is not None
    if kind == CASE:
        return _may_fill(turn, pending["asked"])
    if kind == CART_CODE:
        return bool(turn.entities("code")) or cart_code_said(turn.text) is not None
    if kind == RATING:
        return said_rating(turn) is not None
    if kind == PHOTO_PART:
        return part_said(turn, pending["parts"]) is not None
    if kind == TASTE:
        # "Best camera for beginners" says nothing about a budget: it asks for something else.
        of_price = any(turn.entities(name) for name in _PRICES) or said_budget(turn) is not None
        return of_price if pending["asked"] == BUDGET else names_taste(turn)
    return False


def agrees_to_look(turn: Turn) -> bool:
    """Tell whether a message takes up the offer to show what there is otherwise: "好，看看那4款"."""
    said = {name for name in _ANOTHER_WISH if turn.entities(name)}
    return not said and (begins_with(turn, "search.agrees") or begins_with(turn, "search.looks"))


def asks_for_number(pending: Pending) -> bool:
    """Tell whether a question asks for the number of an order, with none to choose from."""
    is_order = pending.get("kind") == ORDER or (pending.get("kind") == CASE and pending.get("asked") == "order")
    return is_order and not pending.get("numbers")


def is_idle(turn: Turn) -> bool:
    """Tell whether nothing waits for an answer, but for how the conversation was."""
    return turn.pending.get("kind") in (None, RATING)


def is_free_text(turn: Turn, sure: float = _SURE) -> bool:
    """Tell whether a message may be a text of the shopper's own, such as a street, and no wish or question.

    Args:
        turn: the turn.
        sure: from which confidence on a wish is a wish.
    """
    intent, confidence = turn.intent
    return not turn.from_button and not turn.text.rstrip().endswith("?") and (intent in UNREAD or confidence < sure)


def _chooses(turn: Turn, pending: Pending) -> bool:
    """Tell whether a message chooses one of some products by its words, and asks nothing else of it."""
    asks_another = turn.intent[0] == "ask_option" and pending["goal"] != ASKS_WHETHER
    return not asks_another and bool(pending["skus"]) and names_choice(turn, pending)


def _may_fill(turn: Turn, asked: str) -> bool:
    """Tell whether a message may say what is missing of a change."""
    if asked in _NAMED_BY:
        named = any(turn.entities(name) for name in _NAMED_BY[asked])
        named = named or (asked == "reason" and _says_reason(turn))
        return named or said_number(turn) is not None or is_free_text(turn)
    if asked == "email":
        return "@" in turn.text
    return is_free_text(turn) or asked in ("invoice_kind", "tax_id")


def _says_reason(turn: Turn) -> bool:
    worded = (key for key in turn.labels.keys if key.startswith("desk.reason_words."))
    return turn.services.reasons.find(turn.text) is not None or any(says_any(turn, key) for key in worded)


def tells_words(turn: Turn) -> bool:
    """Tell whether a message can be what a shopper wants to have written down, whatever its intent was read as."""
    return not turn.from_button and turn.intent[0] not in _NO_WORDS


def _adds_words(turn: Turn) -> bool:
    """Tell whether a message says more of a problem where a photo of it was asked for, or that there is none."""
    if says_any(turn, "ticket.no_photo") and not (turn.from_button or turn.photo_url):
        # "How am I to photograph what never came?" asks for nothing.
        return True
    says = is_free_text(turn) or turn.intent[0] in _REPORTS | WISHES
    return says and not turn.text.rstrip().endswith(("?", "？")) and not turn.photo_url


_WRITTEN_DOWN: Mapping[str, Callable[[Turn], bool]] = {
    "words": tells_words,
    "photo": _adds_words,
    "title": is_free_text,
}


def contact_said(text: str) -> str | None:
    """Find the e-mail address or phone number in a message, in digits of any script.

    >>> contact_said("it's ada@example.com."), contact_said("电话是１３８ ００１３ ８０００"), contact_said("no idea")
    ('ada@example.com', '138 0013 8000', None)
    """
    plain = ascii_digits(text)
    found = _EMAIL.search(plain) or _PHONE.search(plain)
    return found[0].rstrip(".,").lstrip("?!") if found else None


def code_said(text: str) -> str | None:
    """Find a code in a message: six digits, or whatever digits are all that it holds.

    >>> code_said("the code is 123 456"), code_said("12345"), code_said("how much is it")
    ('123 456', '12345', None)
    """
    plain = ascii_digits(text).strip()
    found = _CODE.search(plain)
    return found[0] if found else plain if _BARE.fullmatch(plain) else None


def cart_code_said(text: str) -> str | None:
    """Find the code of a coupon or gift card in a message: letters with digits, or a word in capitals.

    >>> cart_code_said("用优惠码WELCOME10"), cart_code_said("it is ABCD-2345-EFGH-JKMN"), cart_code_said("I have one")
    ('WELCOME10', 'ABCD-2345-EFGH-JKMN', None)
    """
    if text.startswith("/"):
        return None
    words = [word for word in _CART_CODE.findall(ascii_digits(text)) if len(word) >= _CART_CODE_SHORTEST]
    mixed = [word for word in words if re.search(r"\d", word) and re.search(r"[A-Za-z]", word)]
    return next(iter([*mixed, *(word for word in words if word.isupper())]), None)


def said_rating(turn: Turn) -> int | None:
    """Read a message that is a bare number from 1 to 5."""
    plain = ascii_digits(turn.text).strip().removesuffix("分")
    return int(plain) if re.fullmatch(r"[1-5]", plain) else None


def names_taste(turn: Turn) -> bool:
    """Tell whether a message says what the shopper is after: of what sort, or up to what price."""
    return any(turn.entities(name) for name in _TASTES) and not turn.entities("product")


def said_number(turn: Turn) -> int | None:
    """Read a message that is a bare number, however the language model has named it."""
    if re.fullmatch(r"\s*#?\d{1,12}\s*", turn.text):
        return int(turn.text.strip().lstrip("#"))
    return turn.number("quantity")


def said_budget(turn: Turn) -> int | None:
    """Read a bare number as an amount; "两三盆" and "two plants" count goods."""
    counts = _COUNTED.search(turn.text) or any(turn.entities(name) for name in _GOODS)
    return None if counts else said_number(turn)


def match_value(values: Sequence[str], turn: Turn) -> str | None:
    """Find the one of several option values that a message means; None where it means none, or more than one.

    A value is meant when it is named, when its place in the list is, or when all words said stand in it alone: "42"
    means "Size 42".
    """
    said = [*turn.entities("option_value"), *turn.entities("colour")]
    named = [value for value in values if value.casefold() in {word.casefold() for word in said}]
    named = named or [value for value in values if _words(value) == _words(turn.text)]
    named = named or _at_place(values, turn.number("ordinal"))
    if not named:
        text = set(_words(turn.text))
        named = [value for value in values if text and text <= set(_words(value))]
    if not named:
        named = [value for value in values if f" {' '.join(_words(value))} " in f" {' '.join(_words(turn.text))} "]
    if not named:
        return None if turn.from_button else value_in(values, turn.text)
    return named[0] if len(named) == 1 else None


def _at_place(values: Sequence[str], place: int | None) -> list[str]:
    if place == -1:
        return [values[-1]]
    return [values[place - 1]] if place is not None and 1 <= place <= len(values) else []


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
