"""What is asked or taken back in so many words, whatever the message's intent was read as."""

from __future__ import annotations

import re
from typing import Final

from actions.advice_words import clauses
from actions.cards import button, price_text, reduction_text
from actions.desk_words import says_any
from actions.facts import price_facts
from actions.needs import say_need_unknown
from actions.pending import PERSON, SIMILAR
from actions.references import Mention
from actions.said_goods import said_kinds
from actions.spoken import says
from actions.targets import focused_product, pick_asked, pick_one
from actions.turn import Turn
from actions.unasked import set_aside_refused
from shop.catalogue import ProductView

_WRITES: Final = re.compile(r"\b(?:write|leave|give|post|submit)\b|写|发表|提交")
_WHICH_WORDS: Final = re.compile(r"\bwhich\b|\bany of\b|哪")
_WHICH: Final = frozenset({"nlu_fallback", "ask_option", "compare_products", "ask_similar", "out_of_scope"})
# A question that names only a version was read as one of these.
_OF_VERSION: Final = frozenset({"nlu_fallback", "refine_search", "sort_results", "inform", "compare_products", ""})
_UNREAD: Final = frozenset({"nlu_fallback", "search_products", "refine_search", "inform", "state_wish"})


def answer_plainly(turn: Turn) -> bool:
    """Answer what is asked after reviews, new stock or a price, or take a wish back; tell whether it was so."""
    if turn.from_button:
        return False
    from actions.arguing import rejects_shown  # What argues is made of actions.
    from actions.search import start_search  # As above.
    from actions.sum_questions import take_sum_question  # As above.
    from actions.told import takes_back_named  # As above.

    if take_sum_question(turn):
        return True
    reads_wish = turn.intent[0] not in ("undo_adjustment", "dismiss_product")
    if reads_wish and (takes_back_named(turn) or (turn.intent[0] in _UNREAD and rejects_shown(turn))):
        return True
    if turn.intent[0] == "ask_stock" and says_any(turn, "search.others") and said_kinds(turn):
        # "Is there any other table?" asks for others than the one that is sold out.
        start_search(turn)
        return True
    if _asks_version(turn):
        return True
    if _asks_which(turn):
        if any(map(turn.services.search.sells, said_kinds(turn))):
            start_search(turn)
        say_need_unknown(turn)
        return True
    asks = turn.services.advice.asks
    if asks("reviews", turn.text) and not _WRITES.search(turn.text.casefold()):
        turn.say("utter_no_reviews")
        return True
    if asks("restock", turn.text) and turn.intent[0] != "track_order":
        return _tell_restock(turn)
    if asks("price_reason", turn.text):
        return _tell_price_reason(turn)
    return explains_nothing(turn) or tell_care(turn)


def _asks_version(turn: Turn) -> bool:
    """Say the price of the version that a short question names of the thing in talk; tell whether it is one."""
    from actions.version_asked import answer_version  # What tells it is made of actions.

    asks = says(turn, "superlative_only") or (says(turn, "version_only") and not says(turn, "adds"))
    return turn.intent[0] in _OF_VERSION and asks and answer_version(turn)


def tell_care(turn: Turn) -> bool:
    """Answer how a plant is to be kept, whatever else the message was read as; tell whether that is asked of one."""
    from actions.catalogue import tell_option  # What tells it is made of actions.

    asks = turn.services.advice.asks
    asking = [clause for clause in clauses(turn.text) if asks("care", clause)]
    if turn.from_button or turn.intent[0] == "ask_option" or not asking:
        return False
    if not turn.entities("product") and all(asks("any_of_kind", clause) for clause in asking):
        # "Anything that likes the shade?" looks for a plant, and asks of none.
        return False
    set_aside_refused(turn)
    target = pick_asked(turn, "tell_option") if _is_about_one(turn) else None
    if target:
        tell_option(turn, target)
    return target is not None or turn.has_asked


def explains_nothing(turn: Turn) -> bool:
    """Say that what a word means stands in no text of the shop; tell whether such a thing is asked."""
    if not turn.services.advice.asks("meaning", turn.text):
        return False
    turn.ask_later(PERSON)
    turn.say("utter_explains_nothing", buttons=[button(turn.labels, "talk_to_person", "talk_to_person")])
    return True


def _asks_which(turn: Turn) -> bool:
    """Tell whether a message asks which of the things shown is as no row says: "which one is the simplest?"."""
    asks = turn.intent[0] in _WHICH and _WHICH_WORDS.search(turn.text.casefold()) is not None
    points = turn.entities("product") or turn.entities("ordinal") or turn.slot("focus_sku")
    is_list = len(turn.slot("candidate_skus") or ()) > 1
    return asks and is_list and not points and bool(turn.services.advice.needs_in(turn.text))


def _tell_restock(turn: Turn) -> bool:
    """Say that no row tells when something comes back, and offer what is like it; what is in stock is no such case."""
    target = pick_one(turn, "tell_stock") if _is_about_one(turn) else None
    if target is None:
        return turn.has_asked
    product = target.product
    turn.focus(target.sku or product.variants[0].sku)
    if product.in_stock:
        return False
    turn.ask_later(SIMILAR, product=product.slug)
    turn.say(
        "utter_back_unknown",
        name=product.name,
        buttons=[button(turn.labels, "similar", "ask_similar", product=product.slug)],
    )
    return True


def _tell_price_reason(turn: Turn) -> bool:
    """Say what the shop's data has on a price: that it is reduced, or only that it is so."""
    target = pick_one(turn, "tell_price") if _is_about_one(turn) else None
    if target is None:
        return turn.has_asked
    product = target.product
    reduced = [one for one in product.variants if one.promotion]
    response = "utter_price_reduced" if reduced else "utter_price_reason_unknown"
    told = price_facts(product.variants)
    turn.say(response, told=told, name=product.name, price=_price(turn, product))
    return True


def _price(turn: Turn, product: ProductView) -> str:
    one = product.variants[0]
    return reduction_text(turn.labels, one) if len(product.variants) == 1 else price_text(turn.labels, product)


def _is_about_one(turn: Turn) -> bool:
    with turn.reading() as session:
        return Mention.of(turn).says_something or focused_product(turn, session) is not None
