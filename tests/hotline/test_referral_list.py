"""The list of referrals and the tallies: what stands in them, and that a page costs the same whatever there is."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connections

from maillon.hotline.referral import overview
from maillon.hotline.referral.listing import FIRST, by_term, referrals_by_term
from maillon.hotline.referral.overview import Tally, cases, running_referrals
from maillon.hotline.referral.states import NEVER, RUNNING, Referral
from maillon.outbox.acting import acting
from maillon.outbox.sql import Row, rows
from tests.factories.chain import a_case, a_referral, case_of, read
from tests.factories.people import an_analyst
from tests.factories.world import World
from tests.hotline.test_queue import nodes

HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)

COPIES = """
INSERT INTO referral_referral SELECT made.* FROM
  (SELECT to_jsonb(f) AS walked FROM referral_referral f ORDER BY id LIMIT 1) f,
  generate_series(%(after)s + 1, %(after)s + %(count)s) n,
  jsonb_populate_record(NULL::referral_referral, walked || jsonb_build_object(
    'id', gen_random_uuid(), 'round', n, 'state', %(state)s::text, 'acknowledged_at', walked -> 'sent_at',
    'due_at', CASE WHEN n %% %(undated)s > 0 THEN %(first)s::timestamptz + n * interval '1 minute' END
  )) made
"""
"""Rows beside the one that a factory walked there; one in `undated` has no term."""


def copied(world: World, state: Referral, count: int, *, after: int, undated: int = 1000) -> None:
    values = {"state": str(state), "count": count, "after": after, "undated": undated, "first": world.now}
    with connections["owner"].cursor() as cursor:
        cursor.execute(COPIES, values)


def in_four_states(world: World) -> None:
    a_referral(world, in_state="sent")
    copied(world, Referral.SENT, 9, after=10, undated=5)
    copied(world, Referral.QUEUED, 9, after=20)
    copied(world, Referral.DRAFTED, 3, after=40, undated=2)
    copied(world, Referral.ACKNOWLEDGED, 5, after=50)


def place(row: Row) -> tuple[object, UUID]:
    return row["due_at"] or NEVER, row["id"]


def test_what_waits_comes_in_the_order_of_its_term_whatever_its_state_and_what_has_none_comes_last(
    world: World,
) -> None:
    in_four_states(world)
    running = "('undecided', 'drafted', 'queued', 'sent', 'refused')"
    expected = read(f"SELECT * FROM referral_referral WHERE state IN {running}")
    seen, after = [], FIRST
    with acting(an_analyst()):
        while page := referrals_by_term(after=after, limit=4):
            assert len(page) <= 4
            seen += page
            after = (page[-1]["due_at"] or NEVER, page[-1]["id"])
    assert [row["id"] for row in seen] == [row["id"] for row in sorted(expected, key=place)]
    assert {row["state"] for row in seen} == {"drafted", "queued", "sent"}
    assert seen[-1]["due_at"] is None


def test_what_is_late_and_what_is_in_one_state_leave_the_others_out(world: World) -> None:
    in_four_states(world)
    until = world.now + timedelta(minutes=25)
    with acting(an_analyst()):
        late = referrals_by_term(until=until, limit=100)
        queued = referrals_by_term(states=[Referral.QUEUED], limit=100)
    assert len(late) > 5
    assert {row["due_at"] < until for row in late} == {True}
    assert [row["state"] for row in queued] == ["queued"] * 9


def test_tallies_of_referrals_are_right_up_to_where_they_stop_counting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_four_states(world)
    late = read("SELECT 1 FROM referral_referral WHERE state = 'sent' AND due_at < %s", [later := world.now + HOUR])
    with acting(an_analyst()):
        found = running_referrals(at=later)
        assert list(found) == list(RUNNING)
        assert found["sent"] == Tally(10, len(late))
        assert len(late) < 10
        assert found["queued"] == Tally(9, 9)
        assert found["undecided"] == Tally()
        monkeypatch.setattr(overview, "COUNTED", len(late))
        assert running_referrals(at=later)["sent"] == Tally(len(late), len(late))


def test_tallies_of_cases_are_of_open_ones_alone_and_stop_counting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = "waiting", "waiting", "second_opinion", "settled"
    items = [a_case(world, in_state=state, text=f"http://be.test/{n}") for n, state in enumerate(states)]
    due = case_of(items[0])["due_at"]
    with acting(an_analyst()):
        assert cases(at=due)["waiting"] == Tally(2, 0)
        found = cases(at=due + MOMENT)
        assert found["waiting"].late >= 1
        assert (found["waiting"].total, found["second_opinion"].total, found["disputed"]) == (2, 1, Tally())
        monkeypatch.setattr(overview, "COUNTED", 1)
        assert cases(at=due + HOUR)["waiting"] == Tally(1, 1)


def test_a_page_of_referrals_walks_the_partial_index_and_reads_no_more_than_it_shows(world: World) -> None:
    a_referral(world, in_state="sent")
    copied(world, Referral.SENT, 3000, after=10)
    copied(world, Referral.ACKNOWLEDGED, 3000, after=4000)
    copied(world, Referral.QUEUED, 100, after=8000)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    later, limit = world.now + timedelta(hours=8), 20
    places = (FIRST, NEVER), ((later, FIRST[1]), NEVER), (FIRST, later)
    with acting(an_analyst()):
        for after, until in places:
            params = {"after": after[0], "after_id": after[1], "until": until, "limit": limit}
            [plan] = rows("EXPLAIN (ANALYZE, FORMAT JSON) " + by_term(RUNNING), params)[0]["QUERY PLAN"]
            of_referrals = [n for n in nodes(plan["Plan"]) if n.get("Relation Name") == "referral_referral"]
            assert [n.get("Index Name") for n in of_referrals] == ["referral_running"] * len(RUNNING)
            assert max(n["Actual Rows"] for n in of_referrals) == limit
            assert {n.get("Rows Removed by Filter", 0) for n in of_referrals} == {0}
