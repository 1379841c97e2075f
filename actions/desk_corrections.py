"""Another reason for what is to go back, said while it waits for its yes: it is taken, told, and filed with the yes."""

from __future__ import annotations

from dataclasses import replace

from actions.desk_case import Case, close
from actions.desk_consent import clauses_said, question_in, says_yes
from actions.desk_reasons import reason_said
from actions.desk_words import holds_any, reason_text, says_any
from actions.pending import CASE_YES
from actions.returning import done_with_return, return_items
from actions.turn import Turn
from shop.changes import Yes
from shop.returns import ReturnProposal, do_return, propose_return


def corrected(turn: Turn) -> Case | None:
    """Give the open change with the reason that a message gives for it; None where it gives no other one."""
    case = Case.of(turn)
    if case is None or case.goal not in ("return", "swap") or not case.reason or turn.from_button:
        return None
    if turn.pending.get("kind") != CASE_YES or not says_any(turn, "desk.gives_reason"):
        return None
    said = [one for one in clauses_said(turn.text) if not holds_any(turn, one, "desk.not_because")]
    code = reason_said(turn, " ".join(said))
    known = {one.code for one in turn.services.rulebook.rules.returns.reasons}
    return replace(case, reason=code) if code in known and code != case.reason else None


def file_corrected(turn: Turn, case: Case) -> bool:
    """File what a message agrees to with the reason it gives; tell whether it did.

    Where the reason changes what it costs or what is paid back, the yes was to something else, and nothing is filed.
    """
    before = Case.of(turn)
    if before is None or not says_yes(turn) or question_in(turn.text):
        return False
    waited, old, new = turn.pending, _proposed(turn, before), _proposed(turn, case)
    if old.fingerprint != waited["fingerprint"] or _terms(old) != _terms(new):
        return False
    turn.drop_now()
    yes = Yes(new.fingerprint, waited["key"], case.words)
    with turn.writing() as session:
        rules = turn.services.rulebook.rules
        done = do_return(session, turn.shopper, rules, case.number or "", yes, return_items(case))
    close(turn)
    turn.remember(focus_order=case.number)
    done_with_return(turn, done, yes, exchange=case.goal == "swap")
    turn.say("utter_filed_reason", reason=reason_text(turn, case.reason or ""))
    return True


def _proposed(turn: Turn, case: Case) -> ReturnProposal:
    with turn.reading() as session:
        rules = turn.services.rulebook.rules
        return propose_return(session, turn.shopper, rules, case.number or "", return_items(case))


def _terms(proposal: ReturnProposal) -> tuple[object, ...]:
    """Give all of a proposal that a yes is given to, without its reason."""
    pieces = tuple(
        (one.sku, one.quantity, one.until, one.amount, one.new_sku, one.new_amount) for one in proposal.pieces
    )
    return (proposal.kind, pieces, proposal.refund, proposal.label_free, proposal.working_days)
