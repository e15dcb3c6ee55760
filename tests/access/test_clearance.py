"""What an item demands, only those who hold it are shown, whatever else changes."""

import json
import random
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import connections

from maillon.access.clearances import LABELS, end_clearance, give_clearance
from maillon.access.permissions import HOUSE_ROLES
from maillon.access.queries import find_actor
from maillon.items.demands import demand_clearance, demands, lift_demand
from maillon.kernel.clock import FixedClock
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.observation.services import state_location
from maillon.ops.cli import maillon
from maillon.ops.installations import become_demo
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import rows
from maillon.web.urls import PAGES
from tests.access.showing import Asked, everything_shown
from tests.factories.chain import a_report, assessed, events, read, received, reported, says
from tests.factories.people import TRAINED, a_manager, a_person, a_senior, an_analyst, an_operator, cleared
from tests.factories.world import NOW, World

HOST, PATH, REMARK, STATEMENT = "canaryhost.be.test", "canarypath", "canaryremark", "canarystatement"
ADDRESS = f"http://{HOST}/{PATH}"
CANARIES = (HOST, PATH, REMARK, STATEMENT)
OTHER = "http://be.test/of-no-concern"
FOREVER = (date(2010, 1, 1), TRAINED[1])


def hold(who: Actor, label: str, start: date, until: date) -> None:
    give_clearance(
        person=who.name, label=label, valid_from=start, valid_until=until, reason="a test", by=an_operator(), at=NOW
    )


def demanding(world: World, label: str = "restricted") -> UUID:
    """An item that went through the chain and demands `label`: located, assessed, referred, located by a person."""
    item = reported(world, ADDRESS, remark=REMARK, reference="R-canary")
    received([a_report(f"{ADDRESS} {OTHER}", received_at=world.now, remark=REMARK)], at=world.now)
    world.drain()
    keeper = cleared(a_senior(), label)
    assessed(world, item, says("A"), keeper)
    world.drain()
    state_location(item_id=item, country="NL", statement=STATEMENT, by=keeper, at=world.now)
    demand_clearance(item_id=item, label=label, reason="a test", by=keeper, at=world.now)
    return item


class Walk:
    """Changes at random around one demanding item; none of them gives the one who looks a clearance."""

    def __init__(self, world: World, item: UUID, seed: int) -> None:
        self.world, self.item, self.chance = world, item, random.Random(seed)
        self.keeper = cleared(a_senior(), "restricted")
        self.looker = an_analyst()
        self.numbers = iter(range(1000))

    def step(self) -> str:
        act = self.chance.choice(
            [self.role, self.roles, self.organisation, self.report_again, self.assess, self.other, self.locate,
             self.work, self.expired, self.future, self.ended, self.demand_more]
        )  # fmt: skip
        act()
        return act.__name__

    def role(self) -> None:
        self._set("roles", [self.chance.choice(HOUSE_ROLES["hotline"])])

    def roles(self) -> None:
        self._set("roles", list(HOUSE_ROLES["hotline"]))

    def organisation(self) -> None:
        self._set("organisation", self.chance.choice(["child-focus", "federal-police"]))

    def report_again(self) -> None:
        text = self.chance.choice([ADDRESS, f"{OTHER} {ADDRESS}", f"http://nl.test/{next(self.numbers)} {ADDRESS}"])
        received([a_report(text, received_at=self.world.now, remark=REMARK)], at=self.world.now)

    def assess(self) -> None:
        assessed(self.world, self.item, says(self.chance.choice("ABN")), self.keeper)

    def other(self) -> None:
        reported(self.world, f"http://be.test/{next(self.numbers)}")

    def locate(self) -> None:
        country = self.chance.choice(["BE", "NL", "US"])
        state_location(item_id=self.item, country=country, statement=STATEMENT, by=self.keeper, at=self.world.now)

    def work(self) -> None:
        self.world.drain(grace=self.chance.random() < 0.5)

    def expired(self) -> None:
        self._hold("restricted", date(2010, 1, 1 + next(self.numbers) % 28), date(2020, 1, 1))

    def future(self) -> None:
        self._hold("restricted", date(2098, 1, 1 + next(self.numbers) % 28), TRAINED[1])

    def ended(self) -> None:
        self._hold("restricted", *FOREVER)
        end_clearance(person=self.looker.name, label="restricted", reason="a test", by=a_manager(), at=self.world.now)

    def demand_more(self) -> None:
        """Another label too, which the one who looks holds, and which is lifted again."""
        both = cleared(self.keeper, "sealed")
        demand_clearance(item_id=self.item, label="sealed", reason="a test", by=both, at=self.world.now)
        if "sealed" not in find_actor(house="hotline", name=self.looker.name).clearances:
            self._hold("sealed", *FOREVER)
        self.shown_nothing()
        lift_demand(item_id=self.item, label="sealed", reason="a test", by=both, at=self.world.now)

    def shown_nothing(self) -> None:
        for what, text in everything_shown(self.looker, asked(self.item)):
            found = [canary for canary in CANARIES if canary in text]
            assert not found, f"{what} shows {found}"

    def _hold(self, label: str, start: date, until: date) -> None:
        try:
            hold(self.looker, label, start, until)
        except BadInput:  # held from that day already
            assert start.year != 2010 or until.year == 2020 or label == "sealed"

    def _set(self, column: str, value: object) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                f"UPDATE access_person SET {column} = %s WHERE house = 'hotline' AND name = %s",
                [value, self.looker.name],
            )


def asked(item: UUID) -> Asked:
    """An id and a reference of everything that stands for the item somewhere."""
    latest = "SELECT id FROM {} WHERE item_id = %s ORDER BY id DESC LIMIT 1"
    tables = ("analysis_case", "analysis_assessment", "referral_referral", "items_demand")
    reports = read(
        "SELECT r.id, r.reference FROM intake_report r JOIN intake_report_location l ON l.report_id = r.id "
        "WHERE l.item_id = %s ORDER BY r.id DESC LIMIT 1", [item],
    )  # fmt: skip
    found = [row for table in tables for row in read(latest.format(table), [item])]
    return Asked(
        ids=(str(item), *(str(row["id"]) for row in (*found, *reports))),
        words=tuple(row["reference"] for row in reports),
    )


@pytest.mark.parametrize("seed", range(1))
def test_whatever_changes_the_uncleared_are_shown_nothing_of_what_is_demanded(world: World, seed: int) -> None:
    become_demo(empty=True)
    walk = Walk(world, demanding(world), seed)
    walk.shown_nothing()
    for _ in range(3):
        print(walk.step())
        walk.shown_nothing()


def test_who_holds_the_clearance_is_shown_all_of_it(world: World) -> None:
    become_demo(empty=True)
    item = demanding(world)
    keeper = cleared(a_senior(), "restricted")
    shown = dict(everything_shown(keeper, asked(item)))
    assert {canary for canary in CANARIES if any(canary in text for text in shown.values())} == set(CANARIES)
    for place in ("GET item", "GET items", "maillon items"):
        assert any(HOST in text for what, text in shown.items() if what.startswith(place)), place
    assert not any(HOST in text for _, text in everything_shown(an_analyst(), asked(item)))
    hold(an_analyst(), "restricted", *FOREVER)
    assert any(HOST in text for _, text in everything_shown(an_analyst(), asked(item)))


def test_once_lifted_everybody_sees_it_again_and_the_reports_with_it(world: World) -> None:
    item = demanding(world)
    assert seen_by(an_analyst()) == (1, 0)  # the other address of the second report, whose text hides
    lift_demand(item_id=item, label="restricted", reason="over", by=cleared(a_senior(), "restricted"), at=world.now)
    assert seen_by(an_analyst()) == (2, 2)


def seen_by(who: Actor) -> tuple[int, int]:
    """How many items and reports."""
    with acting(who):
        return len(rows("SELECT 1 FROM items_item")), len(rows("SELECT 1 FROM intake_report"))


def test_a_report_demands_what_any_of_its_items_demands(world: World) -> None:
    item = demanding(world)
    both = cleared(a_senior(), "restricted", "sealed")
    (other,) = read("SELECT id FROM items_item WHERE canonical LIKE '%%of-no-concern'")
    demand_clearance(item_id=other["id"], label="sealed", reason="a test", by=both, at=world.now)
    found = {tuple(row["demands"]) for row in read("SELECT demands FROM intake_report")}
    assert found == {("restricted",), ("restricted", "sealed")}
    lift_demand(item_id=item, label="restricted", reason="over", by=both, at=world.now)
    assert {tuple(row["demands"]) for row in read("SELECT demands FROM intake_report")} == {(), ("sealed",)}


def test_a_report_that_comes_later_hides_with_the_item(world: World) -> None:
    demanding(world)
    received([a_report(ADDRESS, received_at=world.now, reference="R-late", remark=REMARK)], at=world.now)
    assert read("SELECT demands FROM intake_report WHERE reference = 'R-late'") == [{"demands": ["restricted"]}]


def test_a_clearance_counts_from_its_first_day_until_the_day_before_its_end(houses: None) -> None:
    hold(an_analyst(), "sealed", date(2026, 3, 3), date(2026, 3, 4))
    for text, held in (("02T22:59", False), ("02T23:00", True), ("03T22:59", True), ("03T23:00", False)):
        clock = FixedClock(NOW.fromisoformat(f"2026-03-{text}+00:00"))
        assert find_actor(house="hotline", name="analyst-1", clock=clock).clearances == ({"sealed"} if held else set())


def test_a_clearance_is_given_and_ended_on_record_by_another_and_for_a_reason(houses: None) -> None:
    manager, analyst = a_manager(), an_analyst()
    days = {"valid_from": FOREVER[0], "valid_until": FOREVER[1]}
    given = {"person": "analyst-1", "label": "sealed", "reason": "asked for by name", "by": manager, "at": NOW, **days}
    for wrong, error in (
        ({"person": "manager-1"}, NotAllowed), ({"by": analyst}, NotAllowed), ({"person": "nobody"}, NotFound),
        ({"label": "*"}, BadInput), ({"reason": " "}, BadInput), ({"valid_until": FOREVER[0]}, BadInput),
    ):  # fmt: skip
        with pytest.raises(error):
            give_clearance(**{**given, **wrong})  # type: ignore[arg-type]
    ended = {"person": "analyst-1", "label": "sealed", "reason": "over", "by": manager, "at": NOW}
    with pytest.raises(NotFound):
        end_clearance(**ended)  # type: ignore[arg-type]
    for _ in range(2):  # given, ended, given again from the same day
        give_clearance(**given)  # type: ignore[arg-type]
        with pytest.raises(BadInput, match="holds sealed from 2010-01-01 already"):
            give_clearance(**given)  # type: ignore[arg-type]
        assert find_actor(house="hotline", name="analyst-1").clearances == {"sealed"}
        end_clearance(**ended)  # type: ignore[arg-type]
        assert find_actor(house="hotline", name="analyst-1").clearances == set()
    assert [row["body"]["reason"] for row in events("clearance_given")] == ["asked for by name"] * 2
    assert [row["body"]["person"] for row in events("clearance_ended")] == ["analyst-1"] * 2


def test_who_demands_or_lifts_a_clearance_holds_it_and_says_why(world: World) -> None:
    item = reported(world)
    senior = a_senior()
    demand = {"item_id": item, "label": "sealed", "reason": "asked for", "by": senior, "at": world.now}
    with pytest.raises(NotAllowed, match="does not hold the clearance sealed"):
        demand_clearance(**demand)  # type: ignore[arg-type]
    demand["by"] = cleared(senior, "sealed")
    for wrong, error in (
        ({"by": cleared(an_analyst(), "sealed")}, NotAllowed), ({"label": "*"}, BadInput), ({"reason": ""}, BadInput),
        ({"item_id": UUID(int=0)}, NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            demand_clearance(**{**demand, **wrong})  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        lift_demand(**demand)  # type: ignore[arg-type]
    demand_clearance(**demand)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="demands sealed already"):
        demand_clearance(**demand)  # type: ignore[arg-type]
    with acting(senior):
        assert demands(item_id=item) == []
    with acting(demand["by"]):  # type: ignore[arg-type]
        assert [(row["label"], row["reason"]) for row in demands(item_id=item)] == [("sealed", "asked for")]
    with pytest.raises(NotAllowed):
        lift_demand(**{**demand, "by": senior})  # type: ignore[arg-type]
    lift_demand(**demand)  # type: ignore[arg-type]
    assert [row["item"] for kind in ("clearance_demanded", "clearance_lifted") for row in events(kind)] == [item, item]


def test_somebody_uncleared_can_do_nothing_with_an_item_and_is_told_that_there_is_none(world: World) -> None:
    item = demanding(world)
    acts: tuple[Callable[[], object], ...] = (
        lambda: assessed(world, item, says("A"), an_analyst()),
        lambda: state_location(item_id=item, country="BE", statement="x", by=an_analyst(), at=world.now),
        lambda: demand_clearance(
            item_id=item, label="sealed", reason="x", by=cleared(a_senior(2), "sealed"), at=world.now
        ),
    )
    for act in acts:
        with pytest.raises(NotFound, match=f"There is no item {item}"):
            act()


def test_the_outcome_of_a_hidden_report_follows_an_open_item_that_the_uncleared_assess(world: World) -> None:
    demanding(world)
    (other,) = read("SELECT id FROM items_item WHERE canonical LIKE '%%of-no-concern'")
    before = {row["reference"]: row["outcome"] for row in read("SELECT reference, outcome FROM intake_report")}
    assert set(before.values()) == {"illegal"}
    keeper = cleared(a_senior(), "restricted")
    (item,) = read("SELECT id FROM items_item WHERE canonical LIKE %s", [f"%{PATH}"])
    assessed(world, item["id"], says("N"), keeper)
    world.drain()
    assessed(world, other["id"], says("N"), an_analyst())
    assert {row["outcome"] for row in read("SELECT outcome FROM intake_report")} == {"not_illegal"}


def test_figures_are_the_same_for_everybody(world: World) -> None:
    become_demo(empty=True)
    demanding(world)
    told = [figures_for(who) for who in (a_person("director-1", "director"), cleared(a_manager(), "restricted"))]
    assert told[0] == told[1]
    assert told[0]["items"] == 2


def figures_for(who: Actor) -> dict[str, object]:
    done = CliRunner().invoke(maillon, ["figures", "--year", "2026", "--json", "--as", who.name])
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_every_label_says_what_it_means() -> None:
    assert all(name.isalpha() and meaning.endswith(".") for name, meaning in LABELS.items())
    assert PAGES
