"""Chooses one of several things for a shopper who leaves that to the assistant: by what is known, and says by what."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.cards import button, price_text, product_card
from actions.facts import card_facts
from actions.product_facts import ProductFacts
from actions.targets import question_of, shown_products
from actions.tastes import taste_of
from actions.turn import Button, Turn
from replies.topics import HAN
from shop.catalogue import ProductView

_MOST = 5
_ELSE = re.compile(r"\b(?:else|others?|more|another|different|anything|something)\b|别的|其他|其它|另外|更多|还有|换")


def leaves_choice(turn: Turn) -> bool:
    """Tell whether a message leaves it to the assistant to choose among what was looked for and shown."""
    state = turn.slot("search_state") or {}
    filters = state.get("filters") or {}
    looked_for = state.get("text") or any(value for name, value in filters.items() if name != "in_stock")
    few = 0 < len(turn.slot("candidate_skus") or []) <= _MOST
    for_another = turn.from_button or turn.entity("adjustment")
    return bool(looked_for) and few and not (for_another or _ELSE.search(turn.text.casefold()))


def choose_shown(turn: Turn) -> None:
    """Choose one of the things that were last shown."""
    with turn.reading() as session:
        shown = shown_products(turn, session)
    tell_best(turn, shown)


def tell_best(turn: Turn, products: Sequence[ProductView]) -> None:
    """Choose one of some products, and say by what: words of the shop, what shoppers choose most, or the price."""
    in_stock = [one for one in products if one.in_stock]
    if not in_stock:
        turn.say("utter_choice_sold_out", names=turn.labels.all_of(one.name for one in products))
        return
    told = _told_of(turn, in_stock)
    # What is said of all of them tells none apart.
    apart = told if 0 < len(told) < len(in_stock) else {}
    best = _most_chosen(turn, [one for one in in_stock if one.slug in apart] or in_stock)
    turn.focus(best.variants[0].sku)
    if len(products) == 1:
        response, why = "utter_choice_only", ""
    elif best.slug in apart:
        response, why = "utter_choice_said", apart[best.slug]
    else:
        response = "utter_choice_open" if _has_purpose(turn, products) else "utter_choice"
        why = _why(turn, best, in_stock)
    turn.say(
        response,
        told=card_facts(best),
        name=best.name,
        price=price_text(turn.labels, best),
        why=why,
        elements=[product_card(turn.labels, best)],
        buttons=_buttons(turn),
    )


def _told_of(turn: Turn, products: Sequence[ProductView]) -> dict[str, str]:
    """Give by slug the sentence of the shop that speaks of what is asked after."""
    topics = turn.services.topics
    asked = topics.asked(question_of(turn))
    # "I play no ball games" names what it is not for.
    query = "" if turn.services.advice.says("negation", turn.text) else turn.entity("product_query") or ""
    words = topics.content(turn.services.glossary.translated(query))
    words -= {word for product in products for word in re.findall(r"[a-z]+", product.name.casefold())}
    found = {one.slug: ProductFacts(one, topics).said_of(asked, words) for one in products}
    return {slug: sentences[0] for slug, sentences in found.items() if sentences}


def _most_chosen(turn: Turn, products: Sequence[ProductView]) -> ProductView:
    with turn.reading() as session:
        profile = taste_of(turn, session).profile
    advisor = turn.services.advisors.fallback.advisor
    slate = advisor.recommend(profile, 1, candidates=[one.slug for one in products])
    return next((one for one in products if one.slug in slate.item_ids), products[0])


def _why(turn: Turn, best: ProductView, products: Sequence[ProductView]) -> str:
    low = min(one.price_min.amount for one in products)
    if best.price_min.amount == low:
        return turn.labels.text("choice.popular_cheapest")
    cheapest = next(one for one in products if one.price_min.amount == low)
    return turn.labels.text("choice.popular", name=cheapest.name, price=price_text(turn.labels, cheapest))


def _has_purpose(turn: Turn, products: Sequence[ProductView]) -> bool:
    """Tell whether a message says for what it is to be good."""
    asked = turn.services.topics.asked(turn.text)
    named = " ".join(one.name for one in products).casefold()
    words = turn.services.glossary.translated(turn.entity("product_query") or "").casefold()
    says_more = [*turn.services.topics.content(words), *HAN.findall(words)]
    return bool(asked.truths or asked.for_something) or any(word not in named for word in says_more)


def _buttons(turn: Turn) -> list[Button]:
    return [button(turn.labels, "popular", "recommend")]
