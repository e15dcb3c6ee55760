"""Settle a case, or leave it open, as its opinions say; and let what leaves the house rest on the settlement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from maillon.hotline.analysis import events
from maillon.hotline.analysis.policy import Conclusion, Opinion
from maillon.hotline.analysis.queries import settled_case, words_of
from maillon.hotline.analysis.states import Case
from maillon.hotline.intake.services import note_outcomes
from maillon.items.services import correct_verdict, note_former, settle_item, unsettle_item
from maillon.kernel.clock import brussels_day
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, run
from maillon.rules.terms import escalated_at, term


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A case takes a turn: an opinion in it was given at `moment`, or taken back; `held` is the case before that.

    The item is locked. `latest`: the case speaks for the item. `cause` is the event of the opinion.
    """

    item: Row
    held: Row
    latest: bool
    cause: UUID
    person: Actor
    moment: datetime
    at: datetime


def opinion_of(row: Row) -> Opinion:
    """An assessment's row as the policy reads it."""
    return Opinion(
        person=row["person"],
        scheme=row["scheme"],
        version=row["version"],
        code=row["code"],
        outcome=row["outcome"],
        severity=row["severity"],
        flags=frozenset(row["flags"]),
        on=brussels_day(row["assessed_at"]),
        body=row["body"],
        senior=row["senior"],
    )


def says_the_same(held: Row, reached: Conclusion) -> bool:
    """Whether the case was last settled as the opinions say now."""
    before = (held["scheme"], held["version"], held["code"], held["severity"], sorted(held["flags"]))
    return reached.code is not None and before == (*reached.code, reached.severity, sorted(reached.flags))


SETTLE = """
UPDATE analysis_case SET state = 'settled', settled_at = %(moment)s, scheme = %(scheme)s, version = %(version)s,
  code = %(code)s, outcome = %(outcome)s, severity = %(severity)s, flags = %(flags)s, former = %(former)s,
  rule = %(rule)s, due_at = NULL, due_rule = '', escalate_at = NULL
WHERE id = %(id)s
"""


def settle(turn: Turn, reached: Conclusion, *, former: bool) -> None:
    """The case is settled as `reached`; `former` where every opinion in it is a former record."""
    held, item = turn.held, turn.item
    same = says_the_same(held, reached)
    if held["state"] == Case.SETTLED and same:
        return
    before = settled_case(item_id=item["id"])
    speaks_last = before is None or before["round"] <= held["round"]
    write_settled(case_id=held["id"], reached=reached, former=former, moment=turn.moment)
    point("assess: case settled")
    if turn.latest:
        settle_item(item=item, verdict=reached.outcome, at=turn.moment)
    elif speaks_last:
        correct_verdict(item=item, verdict=reached.outcome, at=turn.moment)
    if turn.latest or speaks_last:
        note_outcomes(item_ids=[item["id"]])
        point("assess: outcomes noted")
    if former:
        note_former(item_id=item["id"])
    record_settled(turn, reached, former=former, changed=bool(held["outcome"]) and not same)


def write_settled(*, case_id: UUID, reached: Conclusion, former: bool, moment: datetime) -> None:
    """The case's row says that it was settled as `reached` at `moment`."""
    run(SETTLE, {**_words(reached, former), "id": case_id, "moment": moment, "rule": reached.rule.ref})


def record_settled(turn: Turn, reached: Conclusion, *, former: bool, changed: bool) -> None:
    """Tell what the case was settled as; `changed` where it said otherwise before."""
    body = {"case": str(turn.held["id"]), "round": turn.held["round"], **_words(reached, former), "changed": changed}
    event = NewEvent(
        kind=events.SETTLED,
        item=turn.item["id"],
        body=body,
        happened_at=turn.moment,
        cause=turn.cause,
        rule=reached.rule.ref,
    )
    record([event], by=turn.person, at=turn.at)


def _words(reached: Conclusion, former: bool) -> dict[str, object]:
    """A settlement in the words of rows and events."""
    assert reached.code is not None
    scheme, version, code = reached.code
    return {
        "scheme": scheme,
        "version": version,
        "code": code,
        "outcome": reached.outcome,
        "severity": reached.severity,
        "flags": sorted(reached.flags),
        "former": former,
    }


AWAIT = """
UPDATE analysis_case SET state = %(state)s, due_at = %(due)s, due_rule = %(rule)s, steps = 0, escalate_at = %(escalate)s
WHERE id = %(id)s
"""

WHAT = {Case.WAITING: "first_opinion", Case.SECOND_OPINION: "second_opinion", Case.DISPUTED: "dispute"}
"""What each open state waits for, in the words of rules/tables/decide_within.toml."""


def await_opinion(*, case_id: UUID, state: Case, since: datetime) -> None:
    """The case waits for another opinion, within the term that runs from `since`."""
    due = term("decide_within", since, what=WHAT[state], danger="no")
    escalate = escalated_at("case", due.due, danger=False)
    run(AWAIT, {"id": case_id, "state": state, "due": due.due, "rule": due.rule.ref, "escalate": escalate})


def leave_open(turn: Turn, state: Case, reached: Conclusion) -> None:
    """The case waits for another opinion, or for a senior; where it was settled before, that is in doubt."""
    held = turn.held
    await_opinion(case_id=held["id"], state=state, since=turn.at)
    point("assess: left open")
    if held["state"] == Case.SETTLED:
        if turn.latest:
            unsettle_item(item=turn.item)
            point("assess: item unsettled")
        body = {"case": str(held["id"]), "round": held["round"], "state": str(state)}
        event = NewEvent(
            kind=events.UNSETTLED,
            item=turn.item["id"],
            body=body,
            happened_at=turn.at,
            cause=turn.cause,
            rule=reached.rule.ref,
        )
        record([event], by=turn.person, at=turn.at)


RELY = """
UPDATE analysis_case SET relied_at = coalesce(relied_at, %(at)s)
WHERE id = %(id)s AND state = 'settled' AND scheme = %(scheme)s AND version = %(version)s AND code = %(code)s
  AND severity IS NOT DISTINCT FROM %(severity)s AND flags = %(flags)s
"""


def rely_on(*, case_id: UUID, said: Row, at: datetime) -> bool:
    """Something leaves the house on the strength of the case, which says `said`: from now on it is not undone.

    False, and nothing is noted, where the case is not settled so any more. The caller holds the item's lock.
    """
    return run(RELY, {**words_of(said), "id": case_id, "at": at}) > 0


def all_former(standing: Sequence[Row]) -> bool:
    """Whether every opinion is a former record: what they settle is never sent."""
    return all(row["former"] for row in standing)
