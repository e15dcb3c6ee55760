"""Open cases, take assessments, settle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check, may
from maillon.hotline.analysis import events
from maillon.hotline.analysis.policy import FLAGS, Conclusion, Opinion, conclude
from maillon.hotline.analysis.queries import case, latest_case, latest_cases, opinions, said
from maillon.hotline.analysis.states import CASE, Case
from maillon.items.services import lock_item, lock_items, settle_item, unsettle_item
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.kernel.ids import uuid7, uuid7s
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, rows, run
from maillon.rules.schemes import check_assessment
from maillon.rules.table import load
from maillon.rules.terms import escalation, term


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What an assessment says. `severity` 1–5 or None; `flags` any of `policy.FLAGS`."""

    scheme: str
    version: str
    code: str
    severity: int | None
    flags: frozenset[str]
    reason: str

    def same_as(self, row: Row) -> bool:
        mine = (self.scheme, self.version, self.code, self.severity, sorted(self.flags), self.reason)
        theirs = (row["scheme"], row["version"], row["code"], row["severity"], sorted(row["flags"]), row["reason"])
        return mine == theirs


OPEN = """
INSERT INTO analysis_case (house, id, item_id, round, state, opened_at, due_at, due_rule, steps, escalate_at, scheme,
  version, code, outcome, flags, former, rule)
SELECT %(house)s, g.id, g.item_id, g.round, 'waiting', %(at)s, %(due)s, %(rule)s, 0, %(escalate)s, '', '', '', '', '{}',
  false, ''
FROM unnest(%(id)s::uuid[], %(item_id)s::uuid[], %(round)s::smallint[]) AS g(id, item_id, round)
ON CONFLICT (house, item_id, round) DO NOTHING
"""


def open_cases(*, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
    """For every item reported anew or opened again: a case that waits for an analyst. Safe to repeat."""
    wanted = {h.item: h for h in handed if h.item}
    if not wanted:
        return
    with acting(by):
        check(by, Permission.RUN_WORK)
        locked = lock_items(item_ids=list(wanted))
        latest = latest_cases(item_ids=list(wanted))
        opening = [(item, _next_round(latest.get(item))) for item in wanted if _opens(locked[item], latest.get(item))]
        _open(opening, [wanted[item].uid for item, _ in opening], by, clock.now())


def _opens(item: Row, latest: Row | None) -> bool:
    """An open item needs a case unless one is waiting; an assessment may have come before this delivery did."""
    return latest is None or (item["state"] == "open" and latest["state"] == Case.SETTLED)


def _next_round(latest: Row | None) -> int:
    return int(latest["round"]) + 1 if latest else 1


def _open(wanted: Sequence[tuple[UUID, int]], causes: Sequence[UUID | None], by: Actor, at: datetime) -> None:
    if not wanted:
        return
    due = term("decide_within", at, what="first_opinion", danger="no")
    step = escalation("case", 1, due.due, danger=False)
    ids = uuid7s(at, len(wanted))
    params = {
        "house": by.house,
        "at": at,
        "due": due.due,
        "rule": due.rule.ref,
        "escalate": step.at if step else None,
        "id": ids,
        "item_id": [item for item, _ in wanted],
        "round": [number for _, number in wanted],
    }
    run(OPEN, params)
    point("open: cases written")
    news = [
        NewEvent(
            kind=events.OPENED,
            item=item,
            body={"case": str(id), "round": number},
            happened_at=at,
            cause=cause,
            rule=due.rule.ref,
        )
        for id, (item, number), cause in zip(ids, wanted, causes, strict=True)
    ]
    record(news, by=by, at=at)
    point("open: recorded")


def assess(
    *,
    item_id: UUID,
    report_id: UUID | None,
    stated: Stated,
    assessed_at: datetime | None,
    person: Actor,
    person_kind: str,
    by: Actor,
    at: datetime,
) -> str:
    """Record what `person` thinks of an item, and settle its case where the rules ask for no further opinion.

    `person_kind` is the kind of the person's organisation. `assessed_at` filled means a former record: dated then,
    under that day's rules, never sent. `by` enters it and may be the person. Returns "assessed", "changed" or
    "unchanged"; repeating the same words for the same report changes nothing.
    Raises NotAllowed, BadInput, NoRule. Sources: rules/tables/assessing_body.toml, opinions_needed.toml
    """
    moment = assessed_at or at
    with acting(by):
        _check_may_assess(person, person_kind, moment, former=assessed_at is not None, by=by)
        unknown = sorted(stated.flags - set(FLAGS))
        if unknown:
            raise BadInput(f"{unknown[0]!r} is no flag; use any of {', '.join(FLAGS)}.")
        outcome = check_assessment(stated.scheme, stated.version, stated.code, stated.severity)
        item = lock_item(item_id=item_id)
        before = said(item_id=item_id, person=person.name, report_id=report_id)
        if any(stated.same_as(row) and (not assessed_at or row["assessed_at"] == assessed_at) for row in before):
            return "unchanged"
        held = case(case_id=before[-1]["case_id"]) if before else _current_case(item, by, at)
        assert held is not None
        standing = opinions(case_id=held["id"])
        own = next((o for o in standing if o["person"] == person.name), None)
        if own is not None and stated.same_as(own) and not assessed_at:
            return "unchanged"
        point("assess: checked")
        assessment = _write(held, item, report_id, stated, str(outcome), moment, assessed_at is not None, own, person,
                            person_kind, by, at)  # fmt: skip
        point("assess: written")
        _conclude(held, item, assessment, own, stated, str(outcome), moment, assessed_at is not None, person, by, at)
        point("assess: concluded")
    point("assess: one item done")
    return "changed" if own is not None else "assessed"


def _check_may_assess(person: Actor, kind: str, moment: datetime, *, former: bool, by: Actor) -> None:
    if by.name != person.name:
        check(by, Permission.ENTER_FOR_OTHERS)
    if former:
        check(by, Permission.BRING_FORMER_RECORDS)
    entitled = load("assessing_body").row(on=brussels_day(moment)).text
    if entitled == "police":
        if kind != "federal_police":
            raise NotAllowed(
                f"On {brussels_day(moment)} assessments were the police's; {person.name} is of {person.organisation}."
            )
        check(person, Permission.ASSESS_FOR_POLICE)
    else:
        check(person, Permission.ASSESS)


def _current_case(item: Row, by: Actor, at: datetime) -> Row:
    """The item's latest case; a first one, or the next round, where no open case waits for a reopened item."""
    found = latest_case(item_id=item["id"])
    if _opens(item, found):
        _open([(item["id"], _next_round(found))], [None], by, at)
        found = latest_case(item_id=item["id"])
    assert found is not None
    return found


INSERT = """
INSERT INTO analysis_assessment (house, id, case_id, item_id, report_id, person, organisation, body, senior, scheme,
  version, code, outcome, severity, flags, reason, assessed_at, recorded_at, former, entered_by)
VALUES (%(house)s, %(id)s, %(case)s, %(item)s, %(report)s, %(person)s, %(organisation)s, %(body)s, %(senior)s,
  %(scheme)s, %(version)s, %(code)s, %(outcome)s, %(severity)s, %(flags)s, %(reason)s, %(assessed_at)s, %(at)s,
  %(former)s, %(entered_by)s)
"""


def _write(
    held: Row,
    item: Row,
    report_id: UUID | None,
    stated: Stated,
    outcome: str,
    moment: datetime,
    former: bool,
    own: Row | None,
    person: Actor,
    kind: str,
    by: Actor,
    at: datetime,
) -> UUID:
    if own is not None:
        run("UPDATE analysis_assessment SET replaced_at = %s WHERE id = %s", [at, own["id"]])
        point("assess: replaced")
    id = uuid7(at)
    params = {
        "house": by.house,
        "id": id,
        "case": held["id"],
        "item": item["id"],
        "report": report_id,
        "person": person.name,
        "organisation": person.organisation,
        "body": "police" if kind == "federal_police" else "hotline",
        "senior": may(person, Permission.SETTLE_DISPUTE),
        "scheme": stated.scheme,
        "version": stated.version,
        "code": stated.code,
        "outcome": outcome,
        "severity": stated.severity,
        "flags": sorted(stated.flags),
        "reason": stated.reason,
        "assessed_at": moment,
        "at": at,
        "former": former,
        "entered_by": by.name,
    }
    run(INSERT, params)
    return id


def _conclude(
    held: Row,
    item: Row,
    assessment: UUID,
    own: Row | None,
    stated: Stated,
    outcome: str,
    moment: datetime,
    former: bool,
    person: Actor,
    by: Actor,
    at: datetime,
) -> None:
    """Draw the case's new state from all its opinions, and record what changed."""
    standing = opinions(case_id=held["id"])
    reached = conclude([_opinion(row) for row in standing])
    state = CASE.step(held["state"], "assess", reached.state)
    said_it = Actor(by.house, person.name, person.organisation, person.roles)
    body = {
        "case": str(held["id"]),
        "assessment": str(assessment),
        "changes": str(own["id"]) if own else None,
        "scheme": stated.scheme,
        "version": stated.version,
        "code": stated.code,
        "outcome": outcome,
        "severity": stated.severity,
        "flags": sorted(stated.flags),
        "reason": stated.reason,
        "former": former,
        "entered_by": by.name,
        "state": str(state),
    }
    event = NewEvent(kind=events.ASSESSED, item=item["id"], body=body, happened_at=moment, rule=reached.rule.ref)
    cause = record([event], by=said_it, at=at)[0]
    point("assess: recorded")
    if state == Case.SETTLED:
        all_former = all(row["former"] for row in standing)
        _settle(held, item, reached, moment, all_former, cause, said_it, at)
    else:
        _leave_open(held, item, state, reached, cause, said_it, at)


def _opinion(row: Row) -> Opinion:
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


SETTLE = """
UPDATE analysis_case SET state = 'settled', settled_at = %(moment)s, scheme = %(scheme)s, version = %(version)s,
  code = %(code)s, outcome = %(outcome)s, severity = %(severity)s, flags = %(flags)s, former = %(former)s,
  rule = %(rule)s, due_at = NULL, due_rule = '', escalate_at = NULL
WHERE id = %(id)s
"""


def _settle(
    held: Row, item: Row, reached: Conclusion, moment: datetime, former: bool, cause: UUID, by: Actor, at: datetime
) -> None:
    assert reached.code is not None
    scheme, version, code = reached.code
    flags = sorted(reached.flags)
    same = (held["scheme"], held["version"], held["code"], held["severity"], sorted(held["flags"])) == (
        scheme,
        version,
        code,
        reached.severity,
        flags,
    )
    if held["state"] == Case.SETTLED and same:
        return
    params = {
        "id": held["id"],
        "moment": moment,
        "scheme": scheme,
        "version": version,
        "code": code,
        "outcome": reached.outcome,
        "severity": reached.severity,
        "flags": flags,
        "former": former,
        "rule": reached.rule.ref,
    }
    run(SETTLE, params)
    point("assess: case settled")
    if _is_latest(held, item):
        settle_item(item=item, verdict=reached.outcome, at=moment)
        point("assess: item settled")
    body = {
        "case": str(held["id"]),
        "round": held["round"],
        "scheme": scheme,
        "version": version,
        "code": code,
        "outcome": reached.outcome,
        "severity": reached.severity,
        "flags": flags,
        "former": former,
        "changed": bool(held["outcome"]) and not same,
    }
    event = NewEvent(
        kind=events.SETTLED, item=item["id"], body=body, happened_at=moment, cause=cause, rule=reached.rule.ref
    )
    record([event], by=by, at=at)


AWAIT = """
UPDATE analysis_case SET state = %(state)s, due_at = %(due)s, due_rule = %(rule)s, steps = 0, escalate_at = %(escalate)s
WHERE id = %(id)s
"""


def _leave_open(held: Row, item: Row, state: str, reached: Conclusion, cause: UUID, by: Actor, at: datetime) -> None:
    what = "dispute" if state == Case.DISPUTED else "second_opinion"
    due = term("decide_within", at, what=what, danger="no")
    step = escalation("case", 1, due.due, danger=False)
    run(
        AWAIT,
        {
            "id": held["id"],
            "state": state,
            "due": due.due,
            "rule": due.rule.ref,
            "escalate": step.at if step else None,
        },
    )
    point("assess: left open")
    if held["state"] == Case.SETTLED:
        if _is_latest(held, item):
            unsettle_item(item=item)
            point("assess: item unsettled")
        body = {"case": str(held["id"]), "round": held["round"], "state": str(state)}
        event = NewEvent(
            kind=events.UNSETTLED, item=item["id"], body=body, happened_at=at, cause=cause, rule=reached.rule.ref
        )
        record([event], by=by, at=at)


def _is_latest(held: Row, item: Row) -> bool:
    """Only the latest round speaks for the item; an opinion changed in an earlier one stays in that round."""
    newest = latest_case(item_id=item["id"])
    return newest is not None and newest["id"] == held["id"]


LATE = """
SELECT id, item_id, due_at, escalate_at, steps FROM analysis_case
WHERE escalate_at <= %s ORDER BY escalate_at LIMIT %s FOR UPDATE SKIP LOCKED
"""


def escalate_late_cases(*, by: Actor, at: datetime, limit: int = 100) -> int:
    """Take the next step for every case past its term, once per step; how many. Source: rules/tables/escalate.toml"""
    with acting(by):
        check(by, Permission.RUN_WORK)
        late = rows(LATE, [at, limit])
        lock_items(item_ids=[row["item_id"] for row in late])
        for row in late:
            number = int(row["steps"]) + 1
            taken = escalation("case", number, row["due_at"] if number == 1 else row["escalate_at"], danger=False)
            following = escalation("case", number + 1, row["escalate_at"], danger=False)
            run(
                "UPDATE analysis_case SET steps = %s, escalate_at = %s WHERE id = %s",
                [number, following.at if following else None, row["id"]],
            )
            point("late case: step taken")
            body = {
                "case": str(row["id"]),
                "step": number,
                "to": taken.to if taken else "",
                "due": stamp(row["due_at"]),
            }
            event = NewEvent(kind=events.CASE_LATE, item=row["item_id"], body=body, happened_at=at,
                             rule=taken.rule.ref if taken else "")  # fmt: skip
            record([event], by=by, at=at)
        return len(late)
