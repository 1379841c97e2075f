"""What is told of returns and exchanges: what goes back, what comes instead, how far each is, and what is next."""

from __future__ import annotations

from collections.abc import Sequence

from actions.cards import variant_title
from actions.desk_lines import words_hit
from actions.desk_words import money_facts
from actions.turn import Turn
from shop.errors import OrderNotFound
from shop.receipts import Fact, fingerprint
from shop.returns import GoodsView, ReturnView, all_returns, list_returns

OPEN = frozenset({"requested", "approved"})
"""The states in which nothing of a return has reached the shop."""
DROPPED = frozenset({"refused", "withdrawn"})
"""The states in which nothing comes of it any more."""
# So many of all are told at most.
_LISTED = 5


def returns_of(turn: Turn, number: str | None = None) -> tuple[ReturnView, ...]:
    """Fetch the shopper's returns, the newest first; those of one order where its number is given."""
    with turn.reading() as session:
        if number is None:
            return all_returns(session, turn.shopper)
        try:
            return tuple(reversed(list_returns(session, turn.shopper, number)))
        except OrderNotFound:
            # An order that a code has opened may be looked at; what was asked for of it is its owner's.
            return ()


def named_returns(turn: Turn, returns: Sequence[ReturnView]) -> list[ReturnView]:
    """Leave the returns that hold what a message names, by the words it is called by; of these the best fitting."""
    hits = [0 if turn.from_button else words_hit(turn, [*back.goods, *back.instead]) for back in returns]
    most = max(hits, default=0)
    return [back for back, hit in zip(returns, hits, strict=True) if hit and hit == most]


def say_returns(turn: Turn, returns: Sequence[ReturnView]) -> None:
    """Tell how far some returns are, and what is next of each; nothing where there are none."""
    if not returns:
        return
    told = [fact for back in returns for fact in _facts(turn, back)]
    turn.say("utter_returns", told=told, lines="\n".join(return_line(turn, back) for back in returns[:_LISTED]))


def return_line(turn: Turn, back: ReturnView) -> str:
    """Write a return as one line: its number, what goes back and comes instead, its state, and what is next."""
    labels = turn.labels
    key = f"returns.{back.kind}" if back.instead else "returns.return"
    what = labels.text(key, goods=goods_text(turn, back.goods), new=goods_text(turn, back.instead))
    return labels.text(
        "returns.line",
        kind=labels.text(f"returns.kinds.{back.kind}"),
        rma=back.rma_number,
        number=back.order_number,
        what=what,
        state=_state_text(turn, back),
    )


def goods_text(turn: Turn, goods: Sequence[GoodsView]) -> str:
    """Name some goods with how many there are of each."""
    return turn.labels.all_of(
        turn.labels.text("order.piece", quantity=one.quantity, name=variant_title(one.name, one.options))
        for one in goods
    )


def _state_text(turn: Turn, back: ReturnView) -> str:
    state = "open" if back.state in OPEN else back.state
    # What was given away brings no money back.
    paid = "" if back.refund.amount or back.kind == "exchange" or state in DROPPED else "_free"
    return turn.labels.text(
        f"returns.states.{back.kind}_{state}{paid}",
        amount=turn.labels.money(back.refund),
        replacement=back.replacement_number or "",
        link=turn.services.settings.label_address(back.rma_number),
    )


def _facts(turn: Turn, back: ReturnView) -> list[Fact]:
    version = fingerprint(back.rma_number, back.state, back.refund)
    return money_facts(turn, back.order_number, version, [back.refund])
