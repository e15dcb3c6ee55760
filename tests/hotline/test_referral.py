"""Referrals: grace and undo, sending, the partner's answer, lateness, and calling back what no longer holds."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connections

from maillon.hotline.intake.services import receive_reports
from maillon.hotline.referral.services import escalate_late, queue_due, undo_referral
from maillon.hotline.referral.states import Referral
from maillon.kernel.errors import BadInput, ForbiddenStep, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import system_actor
from maillon.outbox.sql import Row
from maillon.partners.envelope import check_body
from maillon.rules.table import load
from tests.factories.chain import (
    a_case,
    a_referral,
    a_report,
    assessed,
    events,
    located_elsewhere,
    read,
    received,
    referrals_of,
    reported,
    says,
    taken_note_of,
    waiting_arrivals,
)
from tests.factories.people import a_manager, a_senior, an_analyst, an_operator
from tests.factories.world import World

CLOCK = system_actor("hotline", "clock")
GRACE = timedelta(seconds=30)


def by_partner(item: UUID) -> dict[str, str]:
    """State by partner, call-backs aside."""
    return {str(row["partner"]): row["state"] for row in referrals_of(item) if row["recalls"] is None}


def callbacks(item: UUID) -> dict[str, str]:
    return {str(row["partner"]): row["state"] for row in referrals_of(item) if row["recalls"] is not None}


def only(rows: list[Row]) -> Row:
    [row] = rows
    return row


def messages() -> list[tuple[str, str]]:
    """(partner, kind) of every message, in the order of their making."""
    found = read("SELECT partner, kind FROM partners_message ORDER BY issued_at, number")
    return [(row["partner"], row["kind"]) for row in found]


# Grace and undo


def test_a_draft_waits_out_its_grace_and_not_a_moment_more(world: World) -> None:
    item = a_case(world, in_state="settled")
    drafted = only(referrals_of(item))["drafted_at"]
    assert queue_due(by=CLOCK, at=drafted + GRACE - timedelta(microseconds=1)) == 0
    assert only(referrals_of(item))["state"] == Referral.DRAFTED
    assert queue_due(by=CLOCK, at=drafted + GRACE) == 1
    assert only(referrals_of(item))["state"] == Referral.QUEUED
    assert queue_due(by=CLOCK, at=drafted + GRACE) == 0


def test_skipping_the_grace_skips_nothing_else(world: World) -> None:
    item = a_case(world, in_state="settled")
    assert queue_due(by=CLOCK, at=world.now, skip_grace=True) == 1
    assert world.send() == 1
    world.hand_over()
    assert only(referrals_of(item))["state"] == Referral.SENT


def test_a_person_can_undo_within_the_grace_and_nothing_leaves(world: World) -> None:
    item = a_case(world, in_state="settled")
    undo_referral(id=only(referrals_of(item))["id"], reason="the wrong row", by=an_analyst(), at=world.now)
    world.wait(days=1)
    world.drain()
    row = only(referrals_of(item))
    assert (row["state"], row["reason"], row["due_at"]) == (Referral.UNDONE, "the wrong row", None)
    assert messages() == []
    assert only(events("referral_closed"))["actor"] == "analyst-1"


def test_undoing_one_recipient_leaves_the_others(world: World) -> None:
    item = a_case(world, in_state="settled", text="http://nl.test/a")
    police = next(row for row in referrals_of(item) if row["partner"] == "federal-police")
    undo_referral(id=police["id"], reason="a mistake", by=a_senior(), at=world.now)
    world.drain()
    assert by_partner(item) == {"federal-police": Referral.UNDONE, "inhope-nl": Referral.SENT}


def test_what_was_undone_is_not_drafted_again_unless_something_changed(world: World) -> None:
    item = a_referral(world, in_state="undone")
    located_elsewhere(world, item, "BE")
    world.drain()
    assert [row["state"] for row in referrals_of(item)] == ["undone"]
    assessed(world, item, says("A", severity=5))
    world.drain()
    assert [row["state"] for row in referrals_of(item)] == ["undone", "sent"]


@pytest.mark.parametrize("state", [state for state in Referral if state != Referral.DRAFTED])
def test_what_is_on_its_way_cannot_be_undone(world: World, state: Referral) -> None:
    item = a_referral(world, in_state=state)
    row = next(row for row in referrals_of(item) if row["state"] == state)
    with pytest.raises(ForbiddenStep):
        undo_referral(id=row["id"], reason="too late", by=an_analyst(), at=world.now)


def test_only_who_may_undoes_and_only_what_there_is(world: World) -> None:
    item = a_case(world, in_state="settled")
    with pytest.raises(NotAllowed):
        undo_referral(id=only(referrals_of(item))["id"], reason="x", by=an_operator(), at=world.now)
    with pytest.raises(NotFound, match="There is no referral"):
        undo_referral(id=uuid7(world.now), reason="x", by=a_manager(), at=world.now)
    assert only(referrals_of(item))["state"] == Referral.DRAFTED


# To the police and back


def test_a_referral_reaches_the_police_who_take_note_and_the_hotline_learns_it(world: World) -> None:
    item = a_referral(world, in_state="sent")
    assert [a["state"] for a in waiting_arrivals()] == ["waiting"]
    world.wait(hours=2)
    taken_note_of(world)
    noted = world.now
    world.wait(minutes=5)
    world.drain()
    row = only(referrals_of(item))
    assert (row["state"], row["acknowledged_at"], row["due_at"]) == (Referral.ACKNOWLEDGED, noted, None)
    assert only(events("referral_acknowledged"))["body"]["acknowledged_by"] == "authority"
    assert read("SELECT count(*) FROM partners_received") == [{"count": 1}]


def test_every_transmission_to_the_police_states_the_severity(world: World) -> None:
    item = a_case(world, in_state="settled", text="http://nl.test/a")
    assert {row["severity"] for row in referrals_of(item)} == {3}
    with pytest.raises(IntegrityError, match="referral_police_severity"):
        change("UPDATE referral_referral SET severity = NULL WHERE partner_kind = 'federal_police'")
    for severity in (0, 6):
        with pytest.raises(IntegrityError, match="referral_police_severity"):
            change(f"UPDATE referral_referral SET severity = {severity} WHERE partner_kind = 'federal_police'")


def change(statement: str) -> None:
    """Past every service, as the owner."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("kind", ["federal_police", "local_police"])
def test_a_message_to_the_police_without_a_severity_is_no_message(world: World, kind: str) -> None:
    a_referral(world, in_state="sent")
    body = only(read("SELECT convert_from(body, 'UTF8')::jsonb AS body FROM partners_message"))["body"]
    body["recipient_kind"] = kind
    check_body("referral", 1, body)
    body["assessment"]["severity"] = None
    with pytest.raises(BadInput, match="severity"):
        check_body("referral", 1, body)


# Lateness


def steps() -> list[tuple[int, str, str]]:
    return [(row["body"]["step"], row["body"]["to"], row["body"]["state"]) for row in events("referral_late")]


def brussels(text: str, offset: int) -> datetime:
    return (datetime.fromisoformat(text) - timedelta(hours=offset)).replace(tzinfo=UTC)


def test_lateness_is_escalated_once_per_step_on_belgian_working_time_across_the_change_of_hour(world: World) -> None:
    """Sent on the Friday before summer time begins; the term and the steps run on from the Monday after it."""
    world.clock.at = brussels("2026-03-27T16:30", 1)
    item = a_referral(world, in_state="sent")
    sent = only(referrals_of(item))["sent_at"]
    late = sent - brussels("2026-03-27T16:30", 1)
    moments = [brussels("2026-03-30T16:30", 2), brussels("2026-03-31T12:30", 2), brussels("2026-04-01T12:30", 2)]
    assert only(referrals_of(item))["due_at"] == moments[0] + late
    for number, moment in enumerate(moments, start=1):
        assert escalate_late(by=CLOCK, at=moment + late - timedelta(microseconds=1)) == 0
        assert escalate_late(by=CLOCK, at=moment + late) == 1
        assert escalate_late(by=CLOCK, at=moment + late) == 0
        assert len(steps()) == number
    assert steps() == [(1, "manager", "sent"), (2, "manager", "sent"), (3, "director", "sent")]
    assert escalate_late(by=CLOCK, at=world.now + timedelta(days=365)) == 0
    assert {row["rule"] for row in events("referral_late")} <= {row.ref for row in load("escalate").rows}
    assert only(referrals_of(item))["steps"] == 3


def test_imminent_danger_runs_on_the_clock_through_the_night_of_the_change(world: World) -> None:
    world.clock.at = brussels("2026-03-29T01:30", 1)
    item = a_case(world, in_state="waiting")
    assessed(world, item, says("A", flags=["imminent_danger"]))
    world.drain()
    for row in referrals_of(item):
        assert row["due_at"] == row["sent_at"] + timedelta(hours=1)
    world.wait(hours=3)
    assert [escalate_late(by=CLOCK, at=world.now) for _ in range(4)] == [2, 2, 2, 0]


def test_what_nobody_decided_and_what_was_not_sent_is_late_too(world: World) -> None:
    undecided = a_referral(world, in_state="undecided")
    drafted = a_case(world, in_state="settled")
    world.wait(days=30)
    assert escalate_late(by=CLOCK, at=world.now) == 2
    assert {step[2] for step in steps()} == {"undecided", "drafted"}
    assert only(referrals_of(undecided))["steps"] == only(referrals_of(drafted))["steps"] == 1


@pytest.mark.parametrize("state", ["decided", "acknowledged", "undone", "withdrawn", "recalled"])
def test_what_is_answered_or_closed_is_never_late(world: World, state: str) -> None:
    item = a_referral(world, in_state=state)
    taken_note_of(world)
    world.drain()
    escalate_late(by=CLOCK, at=world.now + timedelta(days=365))
    assert [row["steps"] for row in referrals_of(item) if row["state"] == state] == [0]


# A changed assessment


@pytest.mark.parametrize("acknowledged", [True, False])
def test_a_changed_assessment_is_called_back_from_everyone_who_had_it(world: World, acknowledged: bool) -> None:
    item = a_case(world, in_state="waiting", text="http://nl.test/a")
    assessed(world, item, says("A", flags=["imminent_danger", "belgian_victim"]))
    world.drain()
    everyone = {"federal-police", "local-police", "inhope-nl"}
    assert set(by_partner(item)) == everyone
    if acknowledged:
        taken_note_of(world)
        world.drain()
    assessed(world, item, says("N"))
    assessed(world, item, says("N"), an_analyst(2))
    world.drain()
    assert by_partner(item) == dict.fromkeys(everyone, Referral.RECALLED)
    assert callbacks(item) == dict.fromkeys(everyone, Referral.SENT)
    standing = read("SELECT kind, state FROM inbox_arrival ORDER BY kind, id", house="authority")
    assert standing == [{"kind": "callback", "state": "waiting"}] * 2 + [{"kind": "referral", "state": "recalled"}] * 2
    taken_note_of(world)
    world.drain()
    assert callbacks(item) == {
        "federal-police": Referral.ACKNOWLEDGED, "local-police": Referral.ACKNOWLEDGED, "inhope-nl": Referral.SENT,
    }  # fmt: skip


def test_a_call_back_says_what_was_said_and_what_is_thought_now(world: World) -> None:
    item = a_referral(world, in_state="recalled")
    body = only(read("SELECT body FROM inbox_arrival WHERE kind = 'callback'", house="authority"))["body"]
    assert (body["before"]["outcome"], body["before"]["severity"]) == ("illegal", 3)
    assert (body["now"]["outcome"], body["now"]["severity"]) == ("not_illegal", None)
    assert body["reason"] == "settled as not illegal"
    original = next(row for row in referrals_of(item) if row["recalls"] is None)
    assert body["recalls"] == str(original["id"])


def test_a_changed_severity_is_called_back_and_sent_anew(world: World) -> None:
    item = a_referral(world, in_state="sent")
    assessed(world, item, says("A", severity=5))
    world.drain()
    rows = referrals_of(item)
    assert {(row["state"], row["severity"], row["recalls"] is None) for row in rows} == {
        ("recalled", 3, True), ("sent", 3, False), ("sent", 5, True),
    }  # fmt: skip
    assert [kind for _, kind in messages()] == ["referral", "callback", "referral"]


def test_a_changed_reason_changes_nothing_for_those_who_have_it(world: World) -> None:
    item = a_referral(world, in_state="sent")
    assessed(world, item, says("A", reason="in other words"))
    world.drain()
    assert by_partner(item) == {"federal-police": Referral.SENT}
    assert callbacks(item) == {}


def test_a_draft_is_withdrawn_and_nobody_hears_of_it(world: World) -> None:
    item = a_case(world, in_state="settled")
    assessed(world, item, says("N"))
    world.drain()
    assert by_partner(item) == {"federal-police": Referral.WITHDRAWN}
    assert messages() == []


def test_what_was_queued_is_sent_and_then_called_back_in_this_order(world: World) -> None:
    item = a_referral(world, in_state="queued")
    assessed(world, item, says("N"))
    world.hand_over()
    assert by_partner(item) == {"federal-police": Referral.RECALLED}
    world.drain()
    assert messages() == [("federal-police", "referral"), ("federal-police", "callback")]
    arrived = read("SELECT kind, state FROM inbox_arrival ORDER BY arrived_at, kind DESC", house="authority")
    assert [(row["kind"], row["state"]) for row in arrived] == [("referral", "recalled"), ("callback", "waiting")]


def test_an_answer_that_crosses_the_call_back_changes_nothing(world: World) -> None:
    item = a_referral(world, in_state="sent")
    taken_note_of(world)
    assessed(world, item, says("N"))
    world.hand_over("hotline")
    world.drain()
    assert by_partner(item) == {"federal-police": Referral.RECALLED}
    assert events("referral_acknowledged") == []


def test_what_was_called_back_can_be_referred_again(world: World) -> None:
    item = a_referral(world, in_state="recalled")
    assessed(world, item, says("A", severity=4))
    world.drain()
    assert sorted(row["state"] for row in referrals_of(item) if row["recalls"] is None) == ["recalled", "sent"]


# Another place, another round


def test_a_stated_country_decides_what_was_undecided(world: World) -> None:
    item = a_referral(world, in_state="undecided")
    located_elsewhere(world, item, "NL")
    world.drain()
    found = [(row["partner"], row["state"]) for row in referrals_of(item)]
    assert sorted(found, key=str) == sorted(
        [(None, "decided"), ("federal-police", "sent"), ("inhope-nl", "sent")], key=str
    )  # fmt: skip


def test_a_place_stated_as_undetermined_leaves_the_question_open(world: World) -> None:
    item = a_referral(world, in_state="undecided")
    located_elsewhere(world, item, "undetermined")
    world.drain()
    assert [row["state"] for row in referrals_of(item)] == ["undecided"]


def test_another_country_calls_back_from_those_who_have_it_and_refers_anew(world: World) -> None:
    item = a_case(world, in_state="settled", text="http://nl.test/a")
    world.drain()
    located_elsewhere(world, item, "BE")
    world.drain()
    rows = referrals_of(item)
    recalled = {(row["partner"], row["country"]) for row in rows if row["state"] == "recalled"}
    assert recalled == {("inhope-nl", "NL"), ("federal-police", "NL")}
    assert callbacks(item) == {"inhope-nl": "sent", "federal-police": "sent"}
    anew = only([row for row in rows if row["recalls"] is None and row["state"] == "sent"])
    assert (anew["partner"], anew["country"], anew["purpose"]) == ("federal-police", "BE", "action")


def test_the_same_country_stated_again_changes_nothing(world: World) -> None:
    item = a_referral(world, in_state="sent")
    located_elsewhere(world, item, "BE")
    world.drain()
    assert by_partner(item) == {"federal-police": "sent"}
    assert messages() == [("federal-police", "referral")]


def test_an_item_assessed_before_it_is_located_is_referred_once_it_is(world: World) -> None:
    item = reported(world)
    world.hand_over()
    assessed(world, item, says("A"))
    world.hand_over()
    assert referrals_of(item) == []
    world.drain()
    assert [row["state"] for row in referrals_of(item)] == ["sent"]


def test_an_item_reported_again_and_settled_again_is_referred_again(world: World) -> None:
    item = a_referral(world, in_state="acknowledged")
    world.wait(days=10)
    again = a_report("http://be.test/a", received_at=world.now)
    received([again], at=world.now)
    world.drain()
    assert [row["state"] for row in referrals_of(item)] == ["acknowledged"]
    report = only(read("SELECT id FROM intake_report WHERE reference = %s", [again.reference]))
    assessed(world, item, says("A"), report_id=report["id"])
    world.drain()
    assert [row["state"] for row in referrals_of(item)] == ["acknowledged", "sent"]
    assert len(waiting_arrivals()) == 1


# The trace


def test_every_referral_and_its_events_store_the_rules_they_rest_on(world: World) -> None:
    for text in ("http://be.test/a", "http://nl.test/a", "http://nowhere.test/a"):
        a_case(world, in_state="settled", text=text)
    world.drain()
    for row in read("SELECT state, rule, due_rule FROM referral_referral"):
        assert row["rule"] in refs("route")
        assert row["due_rule"] in refs("acknowledge_within" if row["state"] == "sent" else "decide_within")
    tables = {
        "referral_drafted": "route",
        "referral_undecided": "route",
        "referral_queued": "send_within",
        "referral_sent": "acknowledge_within",
    }
    for kind, table in tables.items():
        assert {row["rule"] for row in events(kind)} & refs(table), kind
        assert {row["rule"] for row in events(kind)} <= refs(table), kind


def refs(table: str) -> set[str]:
    return {row.ref for row in load(table).rows}


def test_every_step_names_the_event_that_caused_it(world: World) -> None:
    a_referral(world, in_state="acknowledged")
    known = {row["uid"] for row in read("SELECT uid FROM outbox_event")}
    for kind in ("case_opened", "located", "settled", "referral_drafted", "message_sent", "referral_sent",
                 "referral_acknowledged"):  # fmt: skip
        assert events(kind)
        assert {row["cause"] for row in events(kind)} <= known, kind


# What was stated, what was corrected


def test_what_a_person_stated_outlives_what_the_sources_say_later(world: World) -> None:
    item = a_case(world, in_state="settled", text="http://nowhere.test/a")
    located_elsewhere(world, item, "DE")
    world.drain()
    before = [(row["id"], row["state"]) for row in referrals_of(item)]
    reported(world, "http://nowhere.test/a")
    world.drain()
    assert [(row["id"], row["state"]) for row in referrals_of(item)] == before
    assert read("SELECT country FROM items_item WHERE id = %s", [item]) == [{"country": "DE"}]
    assert read("SELECT count(*) FROM observation_location WHERE method = 'sources'") == [{"count": 2}]


def test_a_later_round_that_finds_otherwise_is_told_to_whoever_has_the_earlier_one(world: World) -> None:
    item = a_referral(world, in_state="sent")
    case = read("SELECT id FROM analysis_case")[0]["id"]
    reported(world, "http://be.test/a")
    world.drain()
    assert read("SELECT state, verdict FROM items_item") == [{"state": "open", "verdict": "illegal"}]
    assert read("SELECT count(*) FROM analysis_case WHERE id <> %s", [case]) == [{"count": 1}]
    assessed(world, item, says("N"))
    world.drain()
    assert by_partner(item)["federal-police"] == "recalled"
    assert read("SELECT verdict FROM items_item") == [{"verdict": "not_illegal"}]


def test_a_call_back_cannot_be_undone(world: World) -> None:
    item = a_referral(world, in_state="sent")
    assessed(world, item, says("N"))
    world.hand_over()
    callback = next(row for row in referrals_of(item) if row["recalls"])
    with pytest.raises(ForbiddenStep, match="must learn"):
        undo_referral(id=callback["id"], reason="x", by=an_analyst(), at=world.now)


def test_reports_come_in_at_the_hotline_alone(world: World) -> None:
    with pytest.raises(NotAllowed, match="at the hotline"):
        receive_reports(reports=[], by=an_operator("authority"), at=world.now)
