"""Take opinions on items."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check, may
from maillon.hotline.analysis import events
from maillon.hotline.analysis.claiming import refuse_held
from maillon.hotline.analysis.confirming import withdraw_confirmations
from maillon.hotline.analysis.opening import current_case
from maillon.hotline.analysis.policy import FLAGS, conclude
from maillon.hotline.analysis.queries import case, opinions, said
from maillon.hotline.analysis.settling import Turn, all_former, leave_open, opinion_of, settle
from maillon.hotline.analysis.states import CASE, Case
from maillon.hotline.analysis.training import check_trained
from maillon.items.services import lock_item
from maillon.kernel.clock import brussels_day
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, run
from maillon.rules.schemes import check_assessment
from maillon.rules.table import load


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
    under that day's rules, never sent. `by` enters it and may be the person. Whose claim the case is gives it up with
    the opinion. Returns "assessed", "changed" or "unchanged"; repeating the same words for the same report changes
    nothing. Raises NotAllowed (also without a training in force), BadInput, NoRule, ClaimHeld.
    Sources: rules/tables/assessing_body.toml, training_needed.toml, opinions_needed.toml
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

    def body(self) -> dict[str, object]:
        """What is said, in the words of rows and events."""
        return {
            "scheme": self.stated.scheme,
            "version": self.stated.version,
            "code": self.stated.code,
            "outcome": self.outcome,
            "severity": self.stated.severity,
            "flags": sorted(self.stated.flags),
            "reason": self.stated.reason,
            "former": self.former,
            "entered_by": self.by.name,
        }


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
        return
    check(person, Permission.ASSESS)
    if not former:
        check_trained(person, moment)


def _record_opinion(act: _Act) -> str:
    newest = current_case(item=act.item, by=act.by, at=act.at)
    before = said(item_id=act.item["id"], person=act.person.name, report_id=act.report_id)
    if act.report_id is None:  # said of the item itself: only what stands in this round counts
        before = [r for r in before if r["case_id"] == newest["id"] and (act.former or r["replaced_at"] is None)]
    if any(act.repeats(row) for row in before):
        return "unchanged"
    held = newest
    if before and before[-1]["case_id"] != newest["id"]:
        held = case(case_id=before[-1]["case_id"]) or newest
    own = next((row for row in opinions(case_id=held["id"]) if row["person"] == act.person.name), None)
    if own is not None and act.stated.same_as(own) and not act.former:
        return "unchanged"
    if not act.former:
        refuse_held(held, person=act.person.name, at=act.at)
    point("assess: checked")
    assessment = _write(act, held, own)
    point("assess: written")
    _draw(act, held, assessment, own, latest=held["id"] == newest["id"])
    point("assess: concluded")
    return "changed" if own is not None else "assessed"


INSERT = """
INSERT INTO analysis_assessment (house, id, case_id, item_id, report_id, person, organisation, body, senior, scheme,
  version, code, outcome, severity, flags, reason, assessed_at, recorded_at, former, entered_by)
VALUES (%(house)s, %(id)s, %(case)s, %(item)s, %(report)s, %(person)s, %(organisation)s, %(body)s, %(senior)s,
  %(scheme)s, %(version)s, %(code)s, %(outcome)s, %(severity)s, %(flags)s, %(reason)s, %(assessed_at)s, %(at)s,
  %(former)s, %(entered_by)s)
"""

TOUCH = """
UPDATE analysis_case SET first_opinion_at = least(first_opinion_at, %(moment)s),
  claimed_by = CASE WHEN %(frees)s THEN '' ELSE claimed_by END,
  claimed_until = CASE WHEN %(frees)s THEN NULL ELSE claimed_until END
WHERE id = %(id)s AND (first_opinion_at IS NULL OR first_opinion_at > %(moment)s OR claimed_by <> '' AND %(frees)s)
"""
"""The moment of the first opinion, and the end of the claim that the opinion was given under."""


def _write(act: _Act, held: Row, own: Row | None) -> UUID:
    if own is not None:
        run("UPDATE analysis_assessment SET replaced_at = %s WHERE id = %s", [act.at, own["id"]])
        withdraw_confirmations(assessment_id=own["id"], at=act.at)
    id = uuid7(act.at)
    params = {
        **act.body(),
        "house": act.by.house,
        "id": id,
        "case": held["id"],
        "item": act.item["id"],
        "report": act.report_id,
        "person": act.person.name,
        "organisation": act.person.organisation,
        "body": "police" if act.kind == "federal_police" else "hotline",
        "senior": may(act.person, Permission.SETTLE_DISPUTE),
        "assessed_at": act.moment,
        "at": act.at,
    }
    run(INSERT, params)
    run(TOUCH, {"id": held["id"], "moment": act.moment, "frees": not act.former})
    return id


def _draw(act: _Act, held: Row, assessment: UUID, own: Row | None, *, latest: bool) -> None:
    """Draw the case's new state from all its opinions, and record what changed. `latest`: it speaks for the item."""
    standing = opinions(case_id=held["id"])
    reached = conclude([opinion_of(row) for row in standing])
    state = Case(CASE.step(held["state"], "assess", reached.state))
    body = {
        "case": str(held["id"]),
        "assessment": str(assessment),
        "changes": str(own["id"]) if own else None,
        **act.body(),
        "state": str(state),
    }
    event = NewEvent(
        kind=events.ASSESSED, item=act.item["id"], body=body, happened_at=act.moment, rule=reached.rule.ref
    )
    cause = record([event], by=act.person, at=act.at)[0]
    point("assess: recorded")
    turn = Turn(item=act.item, held=held, latest=latest, cause=cause, person=act.person, moment=act.moment, at=act.at)
    if state == Case.SETTLED:
        settle(turn, reached, former=all_former(standing))
    else:
        leave_open(turn, state, reached)
