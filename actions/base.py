"""What all actions share: services, a deadline, and words for everything that can go wrong."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker  # type: ignore[import-untyped]
from rasa_sdk.executor import CollectingDispatcher  # type: ignore[import-untyped]
from rasa_sdk.types import DomainDict  # type: ignore[import-untyped]

from actions import bootstrap
from actions.facts import stock_fact
from actions.misunderstood import note_misunderstanding
from actions.pending import CASE, CASE_YES, CONFIRM_ORDER, USE_ADDRESS, answers_question, asks_for_number
from actions.turn import Pending, Turn, clean_words
from shop import errors

logger = logging.getLogger(__name__)

# What was shown waits for its yes while something is only asked of it.
_WAITING_YES = frozenset({CASE_YES, CONFIRM_ORDER, USE_ADDRESS})
# What is said for each error, and which of its data the words need. Data that a shopper typed as an address or an
# account is never among them: variables are stored with the message.
ERROR_RESPONSES: dict[type[errors.ShopError], tuple[str, tuple[str, ...]]] = {
    errors.ShopError: ("utter_technical_problem", ()),
    errors.NotFound: ("utter_product_not_found", ()),
    errors.ProductNotFound: ("utter_product_not_found", ()),
    errors.VariantNotFound: ("utter_sku_not_found", ("sku",)),
    errors.OrderNotFound: ("utter_order_not_found", ()),
    errors.CustomerNotFound: ("utter_account_not_found", ()),
    errors.CartLineNotFound: ("utter_not_in_cart", ()),
    errors.Refused: ("utter_not_possible", ()),
    errors.InvalidQuantity: ("utter_invalid_quantity", ("minimum", "maximum")),
    errors.NotEnoughStock: ("utter_not_enough_stock", ("name", "asked", "available")),
    errors.NotForSale: ("utter_not_for_sale", ()),
    errors.EmptyCart: ("utter_cart_is_empty", ()),
    errors.CurrencyMismatch: ("utter_currency_mismatch", ("expected", "got")),
    errors.NoDeliveryMethod: ("utter_no_delivery_method", ()),
    errors.CartChanged: ("utter_cart_changed", ()),
    errors.InvalidAddress: ("utter_address_not_usable", ()),
    errors.CodeRefused: ("utter_code_refused", ()),
    errors.AccessLocked: ("utter_code_locked", ()),
    errors.TooManyRequests: ("utter_too_many_codes", ()),
    errors.MessageNotSent: ("utter_technical_problem", ()),
    errors.OrderLineNotFound: ("utter_not_possible", ()),
    errors.ReturnNotFound: ("utter_not_possible", ()),
    errors.CodeNotInCart: ("utter_code_not_in_cart", ()),
    errors.CodeNotValid: ("utter_not_possible", ()),
    errors.TooManyGuesses: ("utter_not_possible", ()),
    errors.PolicyRefusal: ("utter_not_possible", ()),
    errors.ProposalChanged: ("utter_not_possible", ()),
    errors.KeyReused: ("utter_not_possible", ()),
    errors.UnknownReason: ("utter_not_possible", ()),
    errors.NamedTwice: ("utter_not_possible", ()),
    errors.NothingToBuy: ("utter_nothing_to_reorder", ("number",)),
    errors.TicketNotFound: ("utter_not_possible", ()),
    errors.ReplyNotFound: ("utter_not_possible", ()),
    errors.InvalidThumb: ("utter_not_possible", ()),
    errors.TooManyTickets: ("utter_too_many_tickets", ()),
    errors.InvalidInvoice: ("utter_not_possible", ()),
    errors.InvoiceAsked: ("utter_invoice_asked_already", ("number",)),
    errors.InvalidRating: ("utter_ask_rating", ()),
    errors.WrongState: ("utter_technical_problem", ()),
    errors.WrongPayment: ("utter_technical_problem", ()),
    errors.ShopUnavailable: ("utter_unavailable", ()),
    errors.IndexMismatch: ("utter_technical_problem", ()),
}


class ShopAction(Action, ABC):  # type: ignore[misc]
    """An action that does one thing for the shopper.

    Args:
        services: for tests; a server's actions share the ones of `bootstrap.services()`.

    Attributes:
        keeps_question: whether a question that waits for its answer goes on waiting; otherwise it is dropped.
        takes_answers: whether it goes on with what the assistant asked; after any other action that shows something or
            drops the question, requests that waited for the answer are left out.
        amends_case: whether a message is tried first as a change of what the desk has proposed: "only one of them".
        yields_to_answer: whether a message that plainly answers the waiting question is taken as that answer, even
            though its intent was read as this action's.
        reads_plainly: whether a message that plainly asks something else, such as for reviews, is answered as that.
    """

    keeps_question: ClassVar[bool] = False
    takes_answers: ClassVar[bool] = False
    amends_case: ClassVar[bool] = False
    yields_to_answer: ClassVar[bool] = False
    reads_plainly: ClassVar[bool] = False

    def __init__(self, services: bootstrap.Services | None = None) -> None:
        self._services = services

    @abstractmethod
    def name(self) -> str:
        """Give the name by which rules call it."""

    @abstractmethod
    def perform(self, turn: Turn) -> None:
        """Read the turn, call the shop, answer; runs in a thread."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Perform within the deadline; whatever happens, the shopper gets an answer."""
        try:
            deadline = (self._services.settings if self._services else bootstrap.settings()).deadline_s
            turn = await asyncio.wait_for(
                asyncio.to_thread(self._answered, tracker, time.monotonic() + deadline), deadline
            )
        except TimeoutError:
            logger.warning("%s took too long", self.name())
            dispatcher.utter_message(response="utter_unavailable")
            return []
        except errors.ShopUnavailable as error:
            logger.warning("%s: the shop does not answer (%s)", self.name(), error.reason)
            dispatcher.utter_message(response="utter_unavailable")
            return []
        except Exception as error:  # noqa: BLE001 - an exception here would be silence for the shopper
            _log_unexpected(self.name(), error)
            dispatcher.utter_message(response="utter_technical_problem")
            return []
        for message in turn.messages:
            dispatcher.utter_message(**message)
        return turn.events

    def _answered(self, tracker: Tracker, deadline: float) -> Turn:
        turn = Turn(tracker, self._services or bootstrap.services(), deadline)
        asked = turn.pending
        before = asked.get("kind")
        answered = self.yields_to_answer and before != CASE and answers_question(turn)
        asks, aside = self.keeps_question, False
        try:
            if answered:
                take_answer(turn)
            elif _is_taken(turn):
                answered = True
            else:
                # What is only asked in the middle leaves the waiting question as it is.
                aside = _answers_aside(turn)
                asks = asks or aside or (before in _WAITING_YES and _only_asks(turn))
                answered = not aside and self._goes_to_desk(turn)
                if not (aside or answered or (self.reads_plainly and _is_plain(turn))):
                    self.perform(turn)
        except errors.ShopUnavailable:
            # Nothing was changed, and what waits for an answer goes on waiting: the shopper can say it again.
            raise
        except errors.ShopError as error:
            say_error(turn, error)
        is_other = aside or not (answered or self.takes_answers)
        if before == CONFIRM_ORDER and is_other:
            _come_back_to_order(turn, asked, asks=asks)
        if answered or not asks:
            turn.drop_pending()
        if before in (CASE, CASE_YES) and is_other and not asks_for_number(asked):
            _come_back(turn, asks=asks)
        if not (answered or self.takes_answers) and (turn.has_shown or not asks):
            turn.leave_out_rest()
        note_misunderstanding(turn)
        if not turn.is_late:
            turn.services.receipts.keep(turn.shopper, turn.facts)
            turn.services.given_replies.keep(turn)
        return turn

    def _goes_to_desk(self, turn: Turn) -> bool:
        takes = not self.takes_answers or _wants_words(turn)
        return takes and _goes_to_desk(turn, speaks_of_it=self.amends_case)


def _is_taken(turn: Turn) -> bool:
    """Let another take a message that plainly speaks of what it has asked; tell whether one has."""
    takes = (_settled_before, _settles_order, _goes_to_ticket, _checks_out, _chooses_first)
    return any(take(turn) for take in takes)


def _chooses_first(turn: Turn) -> bool:
    """Take the value that a message begins with, before what it asks of the cart."""
    from actions.option_answers import answer_first  # What answers is made of actions.

    return answer_first(turn)


def _is_plain(turn: Turn) -> bool:
    """Answer what a message asks in so many words, where it does; tell whether it did."""
    from actions.plain_questions import answer_plainly  # What answers is made of actions.

    return answer_plainly(turn)


def take_answer(turn: Turn) -> None:
    """Take a message as an answer, whatever its intent was read as.

    It happens within the action that was called: after a follow-up action of another intent Rasa finds no rule, falls
    back, and forgets all that the turn has remembered.
    """
    from actions.answers import take  # What takes answers is made of all actions.

    take(turn)


def _settled_before(turn: Turn) -> bool:
    """Let the desk take what its question makes plain, whatever the intent was read as; tell whether that is all."""
    from actions.desk import agree_in_words, shows_cost, take_reason  # The desk is made of actions.
    from actions.desk_fault import take_return_instead, take_unread_reason  # As above.
    from actions.desk_named import take_named  # As above.
    from actions.desk_offered import take_offered  # As above.
    from actions.desk_put_off import take_put_off  # As above.
    from actions.desk_regret import leave_refused, take_new_one, take_regret  # As above.
    from actions.missing_parcels import take_missing  # As above.
    from actions.order_addresses import take_address_question  # As above.
    from actions.order_questions import take_order_question  # As above.
    from actions.orders import take_described  # As above.
    from actions.readdressing_words import take_address_answer, take_other_order  # As above.
    from actions.returns_asked import take_about_returns  # As above.
    from actions.thinking_over import take_thinking_over  # As above.
    from actions.told import forgets_wrong_size  # As above.
    from actions.without_orders import take_not_ordered  # As above.

    refused = (
        leave_refused,
        take_new_one,
        take_regret,
        take_not_ordered,
        take_put_off,
        take_reason,
        forgets_wrong_size,
        take_thinking_over,
    )
    addresses = (take_address_answer, take_other_order, take_address_question)
    orders = (take_about_returns, take_missing, take_order_question)
    named = (take_return_instead, take_unread_reason, take_named, take_offered)
    takes = (*addresses, *orders, *refused, *named, agree_in_words, shows_cost, take_described)
    return not turn.photo_url and any(take(turn) for take in takes)


def _settles_order(turn: Turn) -> bool:
    """Take a message as what it says of the order that waits for its yes, whatever its intent was read as."""
    from actions.checkout_changes import settle_order  # What settles an order is made of actions.

    return turn.pending.get("kind") in (CONFIRM_ORDER, USE_ADDRESS) and settle_order(turn)


def _goes_to_ticket(turn: Turn) -> bool:
    """Take a message as what it says of a ticket, whatever its intent was read as."""
    from actions.ticket_words import take_for_ticket  # What takes it is made of actions.

    return take_for_ticket(turn)


def _checks_out(turn: Turn) -> bool:
    """Take a message as what it says of ordering the cart, whatever its intent was read as."""
    from actions.checkout_opening import take_for_check_out, tell_not_ordered  # What orders is made of actions.
    from actions.contact_changes import amend_entered, take_for_cart  # As above.

    takes = (amend_entered, take_for_cart, take_for_check_out, tell_not_ordered)
    return turn.pending.get("kind") not in (CONFIRM_ORDER, USE_ADDRESS) and any(take(turn) for take in takes)


def _answers_aside(turn: Turn) -> bool:
    """Answer what is asked of the shop whatever the intent was read as; tell whether something is."""
    from actions.arriving import answer_arrival  # What answers it is made of actions.
    from actions.cart_totals import answer_left  # As above.
    from actions.case_questions import answer_in_case  # As above.
    from actions.checkout_asides import answer_how_to_pay  # As above.
    from actions.code_questions import answer_about_codes  # As above.
    from actions.refunds import answer_about_refunds  # As above.
    from actions.service import answer_shop_words  # As above.
    from actions.team import answer_about_team  # As above.

    answers = (answer_about_refunds, answer_in_case, answer_left, answer_arrival, answer_about_team, answer_about_codes)
    return any(answer(turn) for answer in (*answers, answer_how_to_pay, answer_shop_words))


def _come_back_to_order(turn: Turn, asked: Pending, *, asks: bool) -> None:
    """Come back to the order that waits for its yes after something in the middle."""
    from actions.checkout_changes import come_back_to_order  # As above.

    come_back_to_order(turn, asked, asks=asks)


def _goes_to_desk(turn: Turn, *, speaks_of_it: bool) -> bool:
    """Let the desk take a message, whatever its intent was read as, where it waits for one and this is it."""
    kind = turn.pending.get("kind")
    return (kind == CASE and _fills_case(turn)) or (kind == CASE_YES and _amends_case(turn, speaks_of_it))


def _fills_case(turn: Turn) -> bool:
    """Take a message as the answer to what the desk has asked, where it is one."""
    from actions.desk import take_answer as fill  # The desk is made of actions.
    from actions.desk_address import names_address  # As above.

    return not turn.photo_url and (answers_question(turn) or names_address(turn)) and fill(turn, turn.pending)


def _wants_words(turn: Turn) -> bool:
    """Tell whether the desk waits for what is taken as it stands, even where it reads like a no."""
    asked = turn.pending.get("asked")
    return asked == "words" or (asked == "email" and "@" in turn.text)


def _amends_case(turn: Turn, speaks_of_it: bool) -> bool:
    """Take a message as a change of what the desk has proposed, where it plainly is one.

    What is not understood changes nothing: one word of it that fits, such as "all", says too little of what is meant.
    """
    from actions.desk import amend  # The desk is made of actions.
    from actions.desk_address import names_address  # As above.
    from actions.desk_misread import narrows  # As above.
    from actions.desk_words import begins_with  # As above.

    is_answer = turn.intent[0] == "inform" or begins_with(turn, "desk.instead") or names_address(turn) or narrows(turn)
    return (speaks_of_it or is_answer) and amend(turn, turn.pending)


def _only_asks(turn: Turn) -> bool:
    """Tell whether a message only asks something: what was proposed waits for its yes all the same."""
    from actions.desk_consent import asks_something  # The desk is made of actions.

    intent = turn.intent[0]
    is_question = intent.startswith("ask_") or intent in ("nlu_fallback", "out_of_scope", "show_details")
    return is_question and not turn.from_button and asks_something(turn.text)


def _come_back(turn: Turn, *, asks: bool) -> None:
    """Come back to the desk's question after what was answered in the middle, or say that the change waits."""
    from actions.desk import remind  # The desk is made of actions.
    from actions.desk_waits import tell_waits  # As above.

    if turn.has_asked:
        return
    remind(turn) if asks else tell_waits(turn)


def say_error(turn: Turn, error: errors.ShopError) -> None:
    """Tell the shopper what the shop refused, in the words of the closest known error."""
    kind = next(kind for kind in type(error).__mro__ if kind in ERROR_RESPONSES)
    response, fields = ERROR_RESPONSES[kind]
    if isinstance(error, errors.NotEnoughStock) and error.available == 0:
        response = "utter_out_of_stock"
    if response == "utter_technical_problem":
        _log_unexpected("shop", error)
    variables: dict[str, Any] = {field: clean_words(str(getattr(error, field))) for field in fields}
    told = [stock_fact(error.sku, error.available)] if isinstance(error, errors.NotEnoughStock) else []
    turn.say(response, told=told, **variables)


def _log_unexpected(where: str, error: BaseException) -> None:
    # The message of an exception may carry an address or a shopper's words; its kind and place do not.
    places = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s failed with %s\n%s", where, type(error).__name__, places)
