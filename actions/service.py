"""What a shopper asks of the shop itself: policies, help, a name to greet."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.adjustments import GIFT
from actions.asides import ask_form_again, is_typed
from actions.base import ShopAction
from actions.bootstrap import Services
from actions.buying_first import buys_before_search, buys_before_sum, puts_in_cart
from actions.cards import button
from actions.cart_alike import changes_alike
from actions.cart_changes import states_number
from actions.cart_keeping import keeps_of_cart
from actions.cart_removal import takes_out
from actions.cart_swaps import amends_cart, swaps_instead
from actions.cart_totals import asks_total, tell_left
from actions.cart_view import show_cart, shown_before
from actions.cart_wanted import corrects_cart, states_sizes
from actions.cart_wishes import takes_named
from actions.counted_goods import takes_counted
from actions.desk_words import says_any, says_only
from actions.found import run_search
from actions.in_sight import tell_in_sight
from actions.meanings import ask_between
from actions.occasions import finds, for_occasion, names_occasion
from actions.orders import ActionTrackOrder
from actions.pending import CASE, CASE_YES
from actions.plain_questions import explains_nothing, tell_care
from actions.policy_answers import quote_policy
from actions.policy_leads import names_way
from actions.queries import EVERYTHING, from_state, refined
from actions.replying import written
from actions.said_goods import said_kinds
from actions.search import product_names, show_by_sku, start_search
from actions.slate_moves import goes_on, recommend, refine_slate
from actions.spoken import says
from actions.turn import Turn, clean_words
from actions.wished import names_other_goods
from shop.customers import get_customer
from shop.errors import CustomerNotFound

_SEARCH = "search_products"
_SHORT = 40
# "Tell me what this assistant does" asks what can be done here.
_ABOUT_US = re.compile(
    r"\b(?:you|your|this|that|it|here|i|we|bot|assistant|helper|chat|app|site|website|shop|store|page|service|help)\b"
    r"|[你您这這那它]|助手|机器人|機器人|客服|店|功能"
)
# "Can you explain ...?" speaks of no one.
_ASKED = re.compile(r"\b(?:can|could|would|will) you\b")
# What a question of the shop's texts is mistaken for.
_MISREAD = frozenset({"inform", "nlu_fallback", "out_of_scope", "ask_price", "rate_service", "recommend", ""})


class ActionAnswerPolicy(ShopAction):
    """Answer from the shop's own texts, word for word."""

    keeps_question = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_answer_policy"

    def perform(self, turn: Turn) -> None:
        """Quote the passage that answers, of several questions each; say so where none does."""
        if asks_total(turn):
            _tell_total(turn)
        elif not tell_care(turn):
            answer_policy(turn)


def _tell_total(turn: Turn) -> None:
    """Show what the cart comes to with delivery, unless the part of the message before this one has shown it."""
    if not shown_before(turn):
        show_cart(turn)


def answer_policy(turn: Turn) -> None:
    """Answer from the shop's own texts; say so where none of them does."""
    if not turn.from_button and says_any(turn, "policy.gift_words"):
        _tell_of_gift(turn)
    elif not quote_policy(turn) and not show_by_sku(turn):
        turn.say("utter_policy_unknown", buttons=[button(turn.labels, "talk_to_person", "talk_to_person")])


def _tell_of_gift(turn: Turn) -> None:
    """Say that no text speaks of wrapping or of a note; and that it may be sent to whom it is for, where asked."""
    turn.say("utter_gift_untold", buttons=[button(turn.labels, "talk_to_person", "talk_to_person")])
    if says_any(turn, "checkout.another_place") and not turn.form:
        turn.say("utter_gift_goes_there")


def answer_shop_words(turn: Turn) -> bool:
    """Answer what only the shop's texts can, whatever a message was read as; tell whether it asks for that."""
    if not is_typed(turn) or turn.intent[0] not in _MISREAD:
        return False
    # "What's bitcoin at?" is no question of how to pay.
    asks_way = names_way(turn) and len(turn.text) <= _SHORT and turn.intent[0] != "out_of_scope"
    if not (asks_way or says_any(turn, "policy.words")):
        return False
    if says_any(turn, "policy.gift_words"):
        _tell_of_gift(turn)
    elif says_any(turn, "policy.review_words"):
        turn.say("utter_no_reviews")
    elif says_any(turn, "policy.untold"):
        turn.say("utter_policy_unknown", buttons=[button(turn.labels, "talk_to_person", "talk_to_person")])
    else:
        answer_policy(turn)
    ask_form_again(turn)
    return True


class ActionTellBot(ShopAction):
    """Admit to be a program."""

    keeps_question = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_tell_bot"

    def perform(self, turn: Turn) -> None:
        """Say that no person answers here."""
        turn.say("utter_bot")


class ActionHelp(ShopAction):
    """Tell what can be done here."""

    keeps_question = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_help"

    def perform(self, turn: Turn) -> None:
        """List it; "can you explain what autofocus means?" asks for no such list."""
        if turn.from_button or _ABOUT_US.search(_ASKED.sub(" ", turn.text.casefold())) or not explains_nothing(turn):
            turn.say("utter_help")


class ActionGreet(ShopAction):
    """Greet, a signed-in customer by name."""

    keeps_question = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_greet"

    def perform(self, turn: Turn) -> None:
        """Greet and say what can be done here; in the middle of a conversation, say that somebody listens."""
        if turn.said(1) and _calls(turn):
            _tell_here(turn, self._services)
            return
        buttons = [
            button(turn.labels, key, intent) for key, intent in (("help", "ask_help"), ("orders", "list_orders"))
        ]
        customer = turn.shopper.customer_id
        if customer is None:
            turn.say("utter_greet", buttons=buttons[:1])
            return
        try:
            with turn.reading() as session:
                name = get_customer(session, customer).name
        except CustomerNotFound:
            turn.say("utter_greet", buttons=buttons[:1])
        else:
            turn.say("utter_greet_customer", name=name.split()[0], buttons=buttons)


def _calls(turn: Turn) -> bool:
    """Tell whether a greeting asks if somebody listens, or comes where an answer is waited for."""
    return any(sign in turn.text for sign in "?？") or _waits(turn) or says_any(turn, "talk.calling")


def _waits(turn: Turn) -> bool:
    """Tell whether a question waits that nothing else asks again: the desk and forms do so themselves."""
    return bool(turn.pending) and turn.pending.get("kind") not in (CASE, CASE_YES) and not turn.form


def _tell_here(turn: Turn, services: Services | None) -> None:
    """Answer "hello?" in the middle: whether an order went through, who listens, or what was asked last."""
    question, buttons = turn.last_answer
    if turn.slot("focus_order") and says_any(turn, "talk.went_through"):
        ActionTrackOrder(services).perform(turn)
    elif says_any(turn, "talk.somebody"):
        turn.say("utter_bot")
    elif _waits(turn) and question:
        turn.say("utter_here_asked", question=question, buttons=buttons)
    else:
        turn.say("utter_here")


class ActionFallBack(ShopAction):
    """Take a message that no intent surely fits."""

    keeps_question = True
    yields_to_answer = True
    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_fall_back"

    def perform(self, turn: Turn) -> None:
        """Search where the message names something the shop knows; else ask, or admit that it was not understood."""
        if show_by_sku(turn) or states_sizes(turn) or changes_alike(turn) or swaps_instead(turn):
            return
        if amends_cart(turn) or takes_out(turn) or tell_left(turn):
            return
        if says(turn, "stays"):
            turn.say("utter_cart_kept")
            show_cart(turn)
            return
        if states_number(turn) or keeps_of_cart(turn) or corrects_cart(turn) or puts_in_cart(turn):
            return
        if buys_before_search(turn) or takes_named(turn) or takes_counted(turn) or buys_before_sum(turn):
            return
        if asks_total(turn):
            _tell_total(turn)
            return
        if tell_in_sight(turn):
            return
        names, state = product_names(turn), turn.slot("search_state")
        running = from_state(state) if state and not names else None
        # The words around what is known were not understood: they are searched for only where they find something.
        query = refined(turn, running or EVERYTHING)
        if not (running and names_other_goods(turn, running.text)):
            query = replace(query, text=running.text if running else " ".join(names))
        if turn.entity("adjustment") == GIFT and not (names or _says_which(turn)):
            query = refined(turn, EVERYTHING)
            recommend(turn, for_occasion(turn, query if finds(turn, query) else replace(query, text="")))
            return
        if not names and said_kinds(turn) and says_any(turn, "search.asks_goods"):
            start_search(turn)
            return
        if not names and names_occasion(turn):
            recommend(turn, for_occasion(turn, refined(turn, EVERYTHING)))
            return
        if not names and _finds_words(turn):
            run_search(turn, refined(turn, EVERYTHING))
            return
        says_more = query.filters != (running or EVERYTHING).filters
        if says_more and not names and goes_on(turn):
            refine_slate(turn)
        elif names or says_more:
            run_search(turn, query)
        elif _SEARCH in turn.between and turn.entity("product_query"):
            # To search changes nothing, and costs the shopper less than a question.
            start_search(turn)
        elif turn.is_part:
            turn.say("utter_part_not_understood", part=clean_words(turn.text))
        elif not ask_between(turn):
            turn.say("utter_not_understood", buttons=[button(turn.labels, "help", "ask_help")])


def _says_which(turn: Turn) -> bool:
    """Tell whether a message names an option or a colour of the thing spoken of: who it is for is said in passing."""
    return bool(turn.slot("focus_sku")) and any(map(turn.entities, ("option_value", "colour")))


def _finds_words(turn: Turn) -> bool:
    """Tell whether the shop has what the words name beside a limit or a colour: "not more than 100 on shoes"."""
    query = refined(turn, EVERYTHING)
    if not query.text or query.filters == EVERYTHING.filters:
        return False
    results = turn.services.search.search(query)
    return bool(results.hits) and not results.corrected


class ActionDecline(ShopAction):
    """Say no, honestly, to what a shop assistant does not do."""

    keeps_question = True
    yields_to_answer = True
    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_decline"

    def perform(self, turn: Turn) -> None:
        """Say no, and what can be done here."""
        turn.say("utter_out_of_scope", buttons=[button(turn.labels, "help", "ask_help")])


class ActionMakeSmallTalk(ShopAction):
    """Answer thanks."""

    keeps_question = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_make_small_talk"

    def perform(self, turn: Turn) -> None:
        """Say something kind that states nothing."""
        if says_any(turn, "talk.closing"):
            turn.say("utter_thank_closing")
            return
        # What is said besides may be anything, and an approved reply to something like it would miss it.
        reply = written(turn, "small_talk", by_model=False) if says_only(turn, "talk.thanks") else None
        if reply:
            turn.say("utter_reply", reply=reply)
        else:
            turn.say("utter_thank")
