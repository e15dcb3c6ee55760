"""Open cases, take assessments, settle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check, may
from maillon.hotline.analysis import events
from maillon.hotline.analysis.policy import FLAGS, Conclusion, Opinion, conclude
from maillon.hotline.analysis.queries import case, latest_case, latest_cases, opinions, said, settled_case
from maillon.hotline.analysis.states import CASE, Case
from maillon.hotline.intake.services import note_outcomes
from maillon.items.services import correct_verdict, lock_item, lock_items, note_former, settle_item, unsettle_item
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
INSERT INTO analysis_case (house, id, item_id, round, state, opened_at, reported_at, due_at, due_rule, steps,
  escalate_at, scheme, version, code, outcome, flags, former, rule)
SELECT %(house)s, g.id, g.item_id, g.round, 'waiting', %(at)s, g.reported_at, %(due)s, %(rule)s, 0,
  %(escalate)s, '', '', '', '', '{}', false, ''
FROM unnest(%(id)s::uuid[], %(item_id)s::uuid[], %(round)s::smallint[], %(reported_at)s::timestamptz[])
  AS g(id, item_id, round, reported_at)
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
        opening = [
            (locked[item], _next_round(latest.get(item))) for item in wanted if _opens(locked[item], latest.get(item))
        ]
        _open(opening, [wanted[item["id"]].uid for item, _ in opening], by, clock.now())


def _opens(item: Row, latest: Row | None) -> bool:
    """An open item needs a case unless one is waiting; an assessment may have come before this delivery did."""
    return latest is None or (item["state"] == "open" and latest["state"] == Case.SETTLED)


def _next_round(latest: Row | None) -> int:
    return int(latest["round"]) + 1 if latest else 1


def _open(wanted: Sequence[tuple[Row, int]], causes: Sequence[UUID | None], by: Actor, at: datetime) -> None:
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
        "item_id": [item["id"] for item, _ in wanted],
        "round": [number for _, number in wanted],
        "reported_at": [item["reported_at"] for item, _ in wanted],
    }
    run(OPEN, params)
    point("open: cases written")
    news = [
        NewEvent(
            kind=events.OPENED,
            item=item["id"],
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
        act = _Act(
            item=item,
            report_id=report_id,
            stated=stated,
            outcome=str(outcome),
            moment=moment,
            former=assessed_at is not None,
            person=person,
            kind=person_kind,
            by=by,
            at=at,
        )
        return _record_opinion(act)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """One act of assessing: who says what of which item, when, entered by whom. `item` is locked."""

    item: Row
    report_id: UUID | None
    stated: Stated
    outcome: str
    moment: datetime
    former: bool
    person: Actor
    kind: str
    by: Actor
    at: datetime

    def repeats(self, row: Row) -> bool:
        """Whether `row` says the same; a former record also says when it was said."""
        return self.stated.same_as(row) and (not self.former or row["assessed_at"] == self.moment)


def _record_opinion(act: _Act) -> str:
    newest = _current_case(act.item, act.by, act.at)
    before = said(item_id=act.item["id"], person=act.person.name, report_id=act.report_id)
    if act.report_id is None:  # said of the item itself: only this round counts
        before = [row for row in before if row["case_id"] == newest["id"]]
    if any(act.repeats(row) for row in before):
        return "unchanged"
    held = newest
    if before and before[-1]["case_id"] != newest["id"]:
        held = case(case_id=before[-1]["case_id"]) or newest
    standing = opinions(case_id=held["id"])
    own = next((row for row in standing if row["person"] == act.person.name), None)
    if own is not None and act.stated.same_as(own) and not act.former:
        return "unchanged"
    point("assess: checked")
    assessment = _write(act, held, own)
    point("assess: written")
    _conclude(act, held, assessment, own, latest=held["id"] == newest["id"])
    point("assess: concluded")
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
    if found is None or _opens(item, found):
        _open([(item, _next_round(found))], [None], by, at)
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


FIRST = """
UPDATE analysis_case SET first_opinion_at = %(moment)s
WHERE id = %(id)s AND (first_opinion_at IS NULL OR first_opinion_at > %(moment)s)
"""


def _write(act: _Act, held: Row, own: Row | None) -> UUID:
    if own is not None:
        run("UPDATE analysis_assessment SET replaced_at = %s WHERE id = %s", [act.at, own["id"]])
    id = uuid7(act.at)
    params = {
        "house": act.by.house,
        "id": id,
        "case": held["id"],
        "item": act.item["id"],
        "report": act.report_id,
        "person": act.person.name,
        "organisation": act.person.organisation,
        "body": "police" if act.kind == "federal_police" else "hotline",
        "senior": may(act.person, Permission.SETTLE_DISPUTE),
        "scheme": act.stated.scheme,
        "version": act.stated.version,
        "code": act.stated.code,
        "outcome": act.outcome,
        "severity": act.stated.severity,
        "flags": sorted(act.stated.flags),
        "reason": act.stated.reason,
        "assessed_at": act.moment,
        "at": act.at,
        "former": act.former,
        "entered_by": act.by.name,
    }
    run(INSERT, params)
    run(FIRST, {"id": held["id"], "moment": act.moment})
    return id


def _conclude(act: _Act, held: Row, assessment: UUID, own: Row | None, *, latest: bool) -> None:
    """Draw the case's new state from all its opinions, and record what changed. `latest`: it speaks for the item."""
    standing = opinions(case_id=held["id"])
    reached = conclude([_opinion(row) for row in standing])
    state = CASE.step(held["state"], "assess", reached.state)
    body = {
        "case": str(held["id"]),
        "assessment": str(assessment),
        "changes": str(own["id"]) if own else None,
        "scheme": act.stated.scheme,
        "version": act.stated.version,
        "code": act.stated.code,
        "outcome": act.outcome,
        "severity": act.stated.severity,
        "flags": sorted(act.stated.flags),
        "reason": act.stated.reason,
        "former": act.former,
        "entered_by": act.by.name,
        "state": str(state),
    }
    event = NewEvent(
        kind=events.ASSESSED, item=act.item["id"], body=body, happened_at=act.moment, rule=reached.rule.ref
    )
    cause = record([event], by=act.person, at=act.at)[0]
    point("assess: recorded")
    if state == Case.SETTLED:
        former = all(row["former"] for row in standing)
        _settle(act, held, reached, cause, former=former, latest=latest)
    else:
        _leave_open(act, held, state, reached, cause, latest=latest)


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


def _settle(act: _Act, held: Row, reached: Conclusion, cause: UUID, *, former: bool, latest: bool) -> None:
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
        "moment": act.moment,
        "scheme": scheme,
        "version": version,
        "code": code,
        "outcome": reached.outcome,
        "severity": reached.severity,
        "flags": flags,
        "former": former,
        "rule": reached.rule.ref,
    }
    before = settled_case(item_id=act.item["id"])
    speaks_last = before is None or before["round"] <= held["round"]
    run(SETTLE, params)
    point("assess: case settled")
    if latest:
        settle_item(item=act.item, verdict=reached.outcome, at=act.moment)
    elif speaks_last:
        correct_verdict(item=act.item, verdict=reached.outcome, at=act.moment)
    if latest or speaks_last:
        note_outcomes(item_ids=[act.item["id"]])
        point("assess: outcomes noted")
    if former:
        note_former(item_id=act.item["id"])
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
        kind=events.SETTLED, item=act.item["id"], body=body, happened_at=act.moment, cause=cause, rule=reached.rule.ref
    )
    record([event], by=act.person, at=act.at)


AWAIT = """
UPDATE analysis_case SET state = %(state)s, due_at = %(due)s, due_rule = %(rule)s, steps = 0, escalate_at = %(escalate)s
WHERE id = %(id)s
"""


def _leave_open(act: _Act, held: Row, state: str, reached: Conclusion, cause: UUID, *, latest: bool) -> None:
    what = "dispute" if state == Case.DISPUTED else "second_opinion"
    due = term("decide_within", act.at, what=what, danger="no")
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
        if latest:
            unsettle_item(item=act.item)
            point("assess: item unsettled")
        body = {"case": str(held["id"]), "round": held["round"], "state": str(state)}
        event = NewEvent(
            kind=events.UNSETTLED,
            item=act.item["id"],
            body=body,
            happened_at=act.at,
            cause=cause,
            rule=reached.rule.ref,
        )
        record([event], by=act.person, at=act.at)


LATE = """
SELECT id, item_id FROM analysis_case WHERE escalate_at <= %s ORDER BY escalate_at LIMIT %s
"""

STILL_LATE = """
SELECT id, item_id, due_at, escalate_at, steps FROM analysis_case
WHERE id = ANY(%s) AND escalate_at <= %s ORDER BY escalate_at FOR UPDATE
"""


def escalate_late_cases(*, by: Actor, at: datetime, limit: int = 100) -> int:
    """Take the next step for every case past its term, once per step; how many. Source: rules/tables/escalate.toml"""
    with acting(by):
        check(by, Permission.RUN_WORK)
        found = rows(LATE, [at, limit])
        lock_items(item_ids=[row["item_id"] for row in found])  # before the cases, as whoever assesses does
        late = rows(STILL_LATE, [[row["id"] for row in found], at])
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
