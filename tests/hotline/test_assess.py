"""Assessments: who may give them, when they settle, what happens when they change, and how former records come in."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from maillon.access.services import record_training
from maillon.hotline.analysis.claiming import ClaimHeld
from maillon.hotline.analysis.services import Stated, assess, escalate_late_cases
from maillon.hotline.analysis.states import Case
from maillon.items.states import Item
from maillon.kernel.errors import BadInput, NoRule, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, system_actor
from maillon.outbox.sql import Row
from maillon.rules.table import load
from tests.factories.chain import (
    a_case,
    a_report,
    assessed,
    case_of,
    events,
    read,
    received,
    referrals_of,
    reported,
    says,
)
from tests.factories.people import a_manager, a_police_assessor, a_senior, an_analyst, an_operator
from tests.factories.queue import claimed
from tests.factories.world import World

BEFORE = datetime(2016, 6, 1, 8, tzinfo=UTC)
LAST_DAY_OF_THE_POLICE = datetime(2017, 5, 12, 21, 59, tzinfo=UTC)  # 23:59 in Brussels
FIRST_DAY_OF_THE_HOTLINE = datetime(2017, 5, 12, 22, 0, tzinfo=UTC)  # midnight


def opinions() -> list[Row]:
    return read("SELECT * FROM analysis_assessment ORDER BY recorded_at, id")


def item_state() -> str:
    return str(read("SELECT state FROM items_item")[0]["state"])


def former(world: World, item: UUID, person: Actor, when: datetime, by: Actor | None = None, **more: object) -> str:
    """A former record, entered by the operator."""
    kind = "federal_police" if person.organisation == "federal-police" else "hotline"
    return assess(
        item_id=item, report_id=None, stated=says(**more), assessed_at=when, person=person, person_kind=kind,  # type: ignore[arg-type]
        by=by or an_operator(), at=world.now,
    )  # fmt: skip


def test_one_opinion_settles_what_is_not_borderline(world: World) -> None:
    item = reported(world)
    world.hand_over()
    assert assessed(world, item, says("A", severity=4, flags=["belgian_victim"])) == "assessed"
    case = case_of(item)
    assert (case["state"], case["outcome"], case["severity"], case["flags"]) == (
        Case.SETTLED, "illegal", 4, ["belgian_victim"],
    )  # fmt: skip
    assert item_state() == Item.ILLEGAL
    assert case["due_at"] is None


def test_what_is_borderline_waits_for_a_second_person_within_a_term(world: World) -> None:
    item = a_case(world, in_state="second_opinion")
    assert item_state() == Item.OPEN
    assert case_of(item)["due_at"] > world.now
    assert referrals_of(item) == []
    assert assessed(world, item, says("B", severity=1), an_analyst(2)) == "assessed"
    assert case_of(item)["state"] == Case.SETTLED
    assert item_state() == Item.ILLEGAL


def test_the_same_person_is_not_a_second_opinion(world: World) -> None:
    item = a_case(world, in_state="second_opinion")
    assert assessed(world, item, says("B", severity=1, reason="on reflection")) == "changed"
    assert case_of(item)["state"] == Case.SECOND_OPINION


def test_the_gravest_severity_and_every_flag_of_those_who_agree_are_settled(world: World) -> None:
    item = a_case(world, in_state="second_opinion")
    assessed(world, item, says("B", severity=3, flags=["belgian_suspect"]), an_analyst(2))
    case = case_of(item)
    assert (case["severity"], case["flags"]) == (3, ["belgian_suspect"])


def test_a_dispute_goes_on_until_a_senior_decides_it(world: World) -> None:
    item = a_case(world, in_state="disputed")
    assessed(world, item, says("B", severity=2), an_analyst(3))
    assert case_of(item)["state"] == Case.DISPUTED
    assessed(world, item, says("A", severity=5), a_senior())
    case = case_of(item)
    assert (case["state"], case["code"], case["severity"]) == (Case.SETTLED, "A", 5)
    assert [o["person"] for o in opinions() if o["senior"]] == ["senior-1"]


def test_a_senior_who_agrees_with_the_only_opinion_is_a_second_one_like_any_other(world: World) -> None:
    item = a_case(world, in_state="second_opinion")
    assessed(world, item, says("N"), a_senior())
    assert case_of(item)["state"] == Case.DISPUTED


def test_a_changed_opinion_replaces_the_persons_own_and_settles_anew(world: World) -> None:
    item = a_case(world, in_state="settled")
    world.wait(hours=1)
    assert assessed(world, item, says("N")) == "changed"
    first, second = opinions()
    assert (first["replaced_at"], second["replaced_at"]) == (world.now, None)
    assert item_state() == Item.NOT_ILLEGAL
    settled = events("settled")
    assert [row["body"]["changed"] for row in settled] == [False, True]
    assert [row["body"]["outcome"] for row in settled] == ["illegal", "not_illegal"]
    assert events("assessed")[1]["body"]["changes"] == str(first["id"])


def test_a_change_that_needs_a_second_opinion_opens_the_item_and_leaves_what_was_sent(world: World) -> None:
    item = a_case(world, in_state="settled")
    world.drain()
    sent = [(row["id"], row["state"]) for row in referrals_of(item)]
    assessed(world, item, says("B", severity=1))
    world.drain()
    assert (case_of(item)["state"], item_state()) == (Case.SECOND_OPINION, Item.OPEN)
    assert [row["body"]["state"] for row in events("unsettled")] == ["second_opinion"]
    assert [(row["id"], row["state"]) for row in referrals_of(item)] == sent
    assert read("SELECT verdict FROM items_item") == [{"verdict": "illegal"}]


@pytest.mark.parametrize("state", Case)
def test_repeating_an_opinion_changes_nothing(world: World, state: Case) -> None:
    item = a_case(world, in_state=state)
    if state == Case.WAITING:
        assessed(world, item, says("A"))
    said = next(row for row in opinions() if row["person"] == "analyst-1")
    before, count = opinions(), len(events("assessed"))
    world.wait(days=3)
    assert assessed(world, item, says(said["code"], severity=said["severity"], flags=said["flags"])) == "unchanged"
    assert (opinions(), len(events("assessed"))) == (before, count)


def test_an_opinion_that_comes_before_the_case_was_opened_opens_it(world: World) -> None:
    item = reported(world)
    assessed(world, item, says("A"))
    world.drain()
    assert read("SELECT round, state FROM analysis_case") == [{"round": 1, "state": Case.SETTLED}]


def test_an_item_opened_again_is_assessed_in_a_round_of_its_own(world: World) -> None:
    item = a_case(world, in_state="settled")
    again = a_report("http://be.test/a", received_at=world.now)
    received([again], at=world.now)
    world.drain()
    assert (case_of(item)["round"], case_of(item)["state"], item_state()) == (2, Case.WAITING, Item.OPEN)
    report = read("SELECT id FROM intake_report WHERE reference = %s", [again.reference])[0]["id"]
    assert assessed(world, item, says("A"), report_id=report) == "assessed"
    assert (case_of(item)["round"], item_state()) == (2, Item.ILLEGAL)


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        (says("Z"), "has no code 'Z'; use one of A, B, N"),
        (says("A", scheme="other"), "There is no scheme 'other' version '1'"),
        (says("A", severity=None), "needs a severity; give one from 1 to 5"),
        (says("A", severity=0), "severity of 0 does not exist; give one from 1 to 5"),
        (says("A", severity=6), "severity of 6 does not exist"),
        (
            says("A", flags=["urgent"]),
            "'urgent' is no flag; use any of belgian_suspect, belgian_victim, ",
        ),
    ],
)
def test_an_opinion_that_cannot_be_is_refused_with_the_remedy(world: World, stated: object, sentence: str) -> None:
    item = reported(world)
    with pytest.raises(BadInput, match=sentence):
        assessed(world, item, stated)  # type: ignore[arg-type]
    assert opinions() == []


@pytest.mark.parametrize("someone", [an_operator, a_manager, a_police_assessor])
def test_only_those_who_analyse_may_assess(world: World, someone: Callable[[], Actor]) -> None:
    item = reported(world)
    with pytest.raises(NotAllowed):
        assessed(world, item, says(), someone())
    assert opinions() == []


def test_nobody_enters_anothers_opinion_without_the_right_to(world: World) -> None:
    item = reported(world)
    entered = {"item_id": item, "report_id": None, "stated": says(), "assessed_at": None, "person_kind": "hotline"}
    with pytest.raises(NotAllowed, match="may not enter assessments that others made"):
        assess(**entered, person=an_analyst(1), by=an_analyst(2), at=world.now)  # type: ignore[arg-type]
    assess(**entered, person=an_analyst(1), by=an_operator(), at=world.now)  # type: ignore[arg-type]
    [event] = events("assessed")
    assert (event["actor"], event["body"]["entered_by"]) == ("analyst-1", "operator")


def test_an_item_that_does_not_exist_is_named(world: World) -> None:
    with pytest.raises(NotFound, match="There is no item"):
        assessed(world, uuid7(world.now), says())


def test_a_former_record_is_dated_then_and_never_sent(world: World) -> None:
    item = reported(world)
    when = datetime(2019, 4, 2, 9, tzinfo=UTC)
    assert former(world, item, an_analyst(), when) == "assessed"
    world.drain()
    case = case_of(item)
    assert (case["state"], case["settled_at"], case["former"]) == (Case.SETTLED, when, True)
    [opinion] = opinions()
    assert (opinion["assessed_at"], opinion["recorded_at"], opinion["former"]) == (when, world.now, True)
    assert events("settled")[0]["happened_at"] == when
    assert referrals_of(item) == []
    assert read("SELECT count(*) FROM partners_message") == [{"count": 0}]


@pytest.mark.parametrize(
    ("when", "who", "allowed"),
    [
        (BEFORE, a_police_assessor, True),
        (BEFORE, an_analyst, False),
        (LAST_DAY_OF_THE_POLICE, a_police_assessor, True),
        (LAST_DAY_OF_THE_POLICE, an_analyst, False),
        (FIRST_DAY_OF_THE_HOTLINE, a_police_assessor, False),
        (FIRST_DAY_OF_THE_HOTLINE, an_analyst, True),
    ],
)
def test_a_former_record_stands_under_the_rules_of_its_day(
    world: World, when: datetime, who: Callable[[], Actor], allowed: bool
) -> None:
    item = reported(world)
    if allowed:
        assert former(world, item, who(), when) == "assessed"
        assert item_state() == Item.ILLEGAL
    else:
        with pytest.raises(NotAllowed):
            former(world, item, who(), when)
        assert opinions() == []


def test_one_opinion_of_the_police_settles_where_the_hotlines_needs_two(world: World) -> None:
    police, hotline = reported(world, "http://be.test/1"), reported(world, "http://be.test/2")
    former(world, police, a_police_assessor(), BEFORE, code="B", severity=1)
    former(world, hotline, an_analyst(), FIRST_DAY_OF_THE_HOTLINE, code="B", severity=1)
    assert (case_of(police)["state"], case_of(hotline)["state"]) == (Case.SETTLED, Case.SECOND_OPINION)
    [row] = (r for r in load("opinions_needed").rows if r.key[0] == "police")
    assert case_of(police)["rule"] == row.ref


@pytest.mark.parametrize("someone", [an_analyst, a_senior, a_manager])
def test_bringing_in_former_records_takes_a_permission_of_its_own(world: World, someone: Callable[[], Actor]) -> None:
    item = reported(world)
    with pytest.raises(NotAllowed):
        former(world, item, an_analyst(), FIRST_DAY_OF_THE_HOTLINE, by=someone())


def test_a_former_record_brought_in_twice_changes_nothing(world: World) -> None:
    item = reported(world)
    former(world, item, an_analyst(), FIRST_DAY_OF_THE_HOTLINE)
    before = opinions()
    world.wait(days=1)
    assert former(world, item, an_analyst(), FIRST_DAY_OF_THE_HOTLINE) == "unchanged"
    assert opinions() == before


def test_an_opinion_given_today_on_a_former_record_is_sent(world: World) -> None:
    item = reported(world)
    former(world, item, an_analyst(), FIRST_DAY_OF_THE_HOTLINE)
    world.drain()
    assert assessed(world, item, says("A", severity=5)) == "changed"
    world.drain()
    assert [row["partner"] for row in referrals_of(item)] == ["federal-police"]


def test_every_settlement_and_every_opinion_stores_the_rule_it_rests_on(world: World) -> None:
    item = a_case(world, in_state="settled")
    refs = {row.ref for row in load("opinions_needed").rows}
    assert {row["rule"] for kind in ("settled", "assessed") for row in events(kind)} <= refs
    assert case_of(item)["rule"] in refs
    assert events("case_opened")[0]["rule"] in {row.ref for row in load("decide_within").rows}


def test_a_case_past_its_term_is_escalated_once_per_step(world: World) -> None:
    item = a_case(world, in_state="waiting")
    clock = system_actor("hotline", "clock")
    due = case_of(item)["due_at"]
    assert escalate_late_cases(by=clock, at=due - timedelta(seconds=1)) == 0
    taken: list[tuple[int, str]] = []
    for _ in range(3):
        at = read("SELECT escalate_at FROM analysis_case")[0]["escalate_at"]
        assert escalate_late_cases(by=clock, at=at - timedelta(seconds=1)) == 0
        assert escalate_late_cases(by=clock, at=at) == 1
        assert escalate_late_cases(by=clock, at=at) == 0
        taken.append((events("case_late")[-1]["body"]["step"], events("case_late")[-1]["body"]["to"]))
    assert taken == [(1, "manager"), (2, "manager"), (3, "director")]
    assert escalate_late_cases(by=clock, at=due + timedelta(days=365)) == 0
    assert {row["rule"] for row in events("case_late")} <= {row.ref for row in load("escalate").rows}


def test_a_settled_case_is_never_late(world: World) -> None:
    a_case(world, in_state="settled")
    assert escalate_late_cases(by=system_actor("hotline", "clock"), at=world.now + timedelta(days=365)) == 0


def test_a_day_without_a_rule_is_refused_and_nothing_is_stored(world: World) -> None:
    """The hotline's rules begin with its right to analyse; nobody assesses for it on an earlier day."""
    with pytest.raises(NoRule):
        load("opinions_needed").row(
            on=BEFORE.date(), body="hotline", outcome="illegal", severity="3", danger="no", flagged="no"
        )


def test_whoever_goes_back_to_what_they_said_first_has_changed_their_mind_again(world: World) -> None:
    item = a_case(world, in_state="settled")
    assessed(world, item, says("N"))
    assert assessed(world, item, says("A")) == "changed"
    assert case_of(item)["outcome"] == "illegal"


# Claims and training


def test_whoever_has_no_training_in_force_assesses_nothing(world: World) -> None:
    item = reported(world)
    with pytest.raises(
        NotAllowed, match="analyst-9 has no training 'first-analysis' in force on 2026-03-03; record it"
    ):
        assessed(world, item, says(), an_analyst(9, trained=False))
    assert opinions() == []


def test_a_training_is_needed_on_the_day_of_the_opinion_and_not_for_former_records(world: World) -> None:
    item, person = reported(world), an_analyst(9, trained=False)
    assert former(world, item, person, FIRST_DAY_OF_THE_HOTLINE) == "assessed"
    record_training(
        person=person.name, course="first-analysis", valid_from=date(2026, 3, 4), valid_until=date(2026, 3, 5),
        by=a_manager(), at=world.now,
    )  # fmt: skip
    for days, may in ((0, False), (1, True), (2, False)):
        moment = datetime(2026, 3, 3, 12, tzinfo=UTC) + timedelta(days=days)
        world.clock.at = moment
        if may:
            assert assessed(world, item, says("B", severity=2), person) == "changed"
        else:
            with pytest.raises(NotAllowed, match="no training"):
                assessed(world, item, says("B", severity=days + 3), person)


def test_nobody_assesses_a_case_that_another_is_at(world: World) -> None:
    item = a_case(world, in_state="waiting")
    claimed(world, item, an_analyst(1))
    with pytest.raises(ClaimHeld, match="analyst-1 is at this case; take another one"):
        assessed(world, item, says(), an_analyst(2))
    assert opinions() == []
    world.wait(minutes=10)
    assert assessed(world, item, says(), an_analyst(2)) == "assessed"


def test_what_others_said_is_entered_under_their_claim_and_not_under_anothers(world: World) -> None:
    item = a_case(world, in_state="waiting")
    claimed(world, item, an_analyst(1))
    entered = {"item_id": item, "report_id": None, "stated": says(), "assessed_at": None, "person_kind": "hotline"}
    with pytest.raises(ClaimHeld):
        assess(**entered, person=an_analyst(2), by=an_operator(), at=world.now)  # type: ignore[arg-type]
    assert assess(**entered, person=an_analyst(1), by=an_operator(), at=world.now) == "assessed"  # type: ignore[arg-type]


@pytest.mark.parametrize("stated", [says("A"), says("B", severity=1)])
def test_a_claim_ends_with_the_opinion(world: World, stated: Stated) -> None:
    item = a_case(world, in_state="waiting")
    claimed(world, item)
    assessed(world, item, stated)
    assert read("SELECT claimed_by, claimed_until FROM analysis_case") == [{"claimed_by": "", "claimed_until": None}]


def test_a_former_record_is_brought_in_whoever_is_at_the_case(world: World) -> None:
    item = a_case(world, in_state="waiting")
    claimed(world, item, an_analyst(2))
    assert former(world, item, an_analyst(1), FIRST_DAY_OF_THE_HOTLINE, code="B", severity=1) == "assessed"
    assert read("SELECT claimed_by FROM analysis_case") == [{"claimed_by": "analyst-2"}]
