"""Nobody looks without having asked to, on record, step by step, within the limits of the day."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from maillon.flow.reviewed import REVIEWED
from maillon.items.demands import demand_clearance
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.looking.policy import Known, LookingStopped, StepSkipped
from maillon.looking.queries import exposure, exposures, leaves, state_of
from maillon.looking.services import hide, let_look_on, note_seen, reveal
from maillon.outbox.acting import Actor, acting
from tests.factories.captures import a_capture, captured
from tests.factories.chain import events, read, reported
from tests.factories.people import a_manager, a_person, a_senior, an_analyst, cleared
from tests.factories.world import World

UNKNOWN = Known()


class Scene:
    """An item with a capture of two images and a text, and an analyst who looks."""

    def __init__(self, world: World) -> None:
        self.world, self.who = world, an_analyst()
        self.item = reported(world)
        self.capture = a_capture(world, self.item)
        self.media = [row["id"] for row in captured(self.capture)[1]]

    def look(
        self, step: int = 0, *media: UUID | None, by: Actor | None = None, known: Known = UNKNOWN
    ) -> list[UUID]:  # fmt: skip
        return reveal(
            item_id=self.item, capture_id=self.capture, media=media or self.media[:1], step=step, known=known,
            by=by or self.who, at=self.world.now,
        )  # fmt: skip

    def sees(self, *reveals: UUID, seconds: int) -> None:
        note_seen(reveals=reveals, seconds=seconds, by=self.who, at=self.world.now)

    def looked(self, seconds: int) -> None:
        """Look, measured, for so long, without a break."""
        while seconds > 0:
            [id] = self.look()
            turn = min(seconds, 600)
            self.world.wait(seconds=turn)
            self.sees(id, seconds=turn)
            seconds -= turn

    def state(self) -> tuple[int, int, bool, str]:
        with acting(self.who):
            found = state_of(by=self.who, at=self.world.now)
        return found.today, found.since_break, found.pause, found.stopped


@pytest.fixture
def scene(world: World) -> Scene:
    world.clock.at = world.now.replace(hour=7)  # eight in the morning in Brussels
    return Scene(world)


def reveals() -> list[tuple[str, int, int]]:
    return [(r["kind"], r["step"], r["seconds"]) for r in read("SELECT * FROM looking_reveal ORDER BY id")]


def test_each_step_of_each_medium_leaves_an_event_that_oversight_may_draw(scene: Scene) -> None:
    scene.look(0, *scene.media, None)
    scene.look(1, scene.media[1], known=Known(severity=4))
    told = [event["body"] for event in events("revealed")]
    assert [(b["medium"], b["looked_at"], b["shown_as"], b["severity"]) for b in told] == [
        (str(scene.media[0]), "image", 0, None),
        (str(scene.media[1]), "image", 0, None),
        ("", "text", 0, None),
        (str(scene.media[1]), "image", 1, 4),
    ]
    assert {"revealed", "let_look_on"} <= REVIEWED


def test_nobody_jumps_to_colour(scene: Scene) -> None:
    for step in (1, 2, 3):
        with pytest.raises(StepSkipped):
            scene.look(step)
    scene.look(0)
    with pytest.raises(StepSkipped):
        scene.look(1, scene.media[1])  # of this one nothing was shown
    with pytest.raises(StepSkipped):
        scene.look(2)
    for step in (1, 2, 3):
        scene.look(step)
    with pytest.raises(BadInput):
        scene.look(4)
    with pytest.raises(StepSkipped):
        scene.look(1, by=an_analyst(2))  # what one saw is no step of another
    assert sorted(step for _kind, step, _seconds in reveals()) == [0, 1, 2, 3]


def test_what_was_revealed_is_over_after_some_minutes_and_begins_again_blurred(scene: Scene) -> None:
    scene.look(0)
    scene.world.wait(minutes=10)
    with pytest.raises(StepSkipped):
        scene.look(1)


def test_asking_twice_for_the_same_is_one_reveal(scene: Scene) -> None:
    assert scene.look(0) == scene.look(0)
    assert len(events("revealed")) == 1


def test_what_is_hidden_is_over_at_once(scene: Scene) -> None:
    scene.look(0)
    scene.world.wait(seconds=30)
    hide(item_id=scene.item, by=scene.who, at=scene.world.now)
    assert reveals() == [("image", 0, 30)]
    with pytest.raises(StepSkipped):
        scene.look(1)


@pytest.mark.parametrize("role", ["manager", "director", "welfare_officer"])
def test_who_has_no_work_with_content_is_shown_none(scene: Scene, role: str) -> None:
    with pytest.raises(NotAllowed):
        scene.look(by=a_person("somebody", role))


def test_a_capture_of_another_item_or_a_medium_of_another_capture_is_not_found(scene: Scene, world: World) -> None:
    other = reported(world, "http://nl.test/b")
    ask = {"step": 0, "known": Known(), "by": scene.who, "at": world.now}
    with pytest.raises(NotFound):
        reveal(item_id=other, capture_id=scene.capture, media=scene.media[:1], **ask)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        reveal(item_id=scene.item, capture_id=uuid4(), media=scene.media[:1], **ask)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        scene.look(0, uuid4())


def test_what_demands_a_clearance_is_shown_to_the_cleared_alone(scene: Scene, world: World) -> None:
    senior = cleared(a_senior(), "sealed")
    demand_clearance(item_id=scene.item, label="sealed", reason="a test", by=senior, at=world.now)
    with pytest.raises(NotFound):
        scene.look()
    assert scene.look(by=senior)


def test_what_was_measured_is_shared_by_what_was_on_the_screen_and_bound_by_the_clock(scene: Scene) -> None:
    ids = scene.look(0, *scene.media)
    scene.world.wait(seconds=9)
    scene.sees(*ids, seconds=9)
    assert sum(seconds for _kind, _step, seconds in reveals()) == 9
    scene.world.wait(seconds=10)
    scene.sees(ids[0], seconds=3600)
    assert sum(seconds for _kind, _step, seconds in reveals()) == 19
    scene.world.wait(hours=2)
    scene.sees(ids[0], seconds=7200)
    assert max(seconds for _kind, _step, seconds in reveals()) == 600
    with pytest.raises(BadInput):
        scene.sees(ids[0], seconds=-1)


def test_nobody_notes_what_others_looked_at(scene: Scene) -> None:
    [id] = scene.look()
    scene.world.wait(seconds=9)
    note_seen(reveals=[id], seconds=9, by=an_analyst(2), at=scene.world.now)
    assert reveals() == [("image", 0, 0)]


def test_without_a_measure_the_time_until_the_next_act_counts(scene: Scene) -> None:
    scene.look(0, *scene.media)
    scene.world.wait(seconds=90)
    assert scene.state()[0] == 90
    scene.look(1)
    scene.world.wait(minutes=30)
    assert scene.state()[0] == 690  # the second at most as long as it was shown
    assert reveals() == [("image", 0, 45), ("image", 0, 45), ("image", 1, 0)]


def test_after_an_hour_a_break_is_due_and_after_five_hours_looking_is_over(scene: Scene) -> None:
    scene.looked(3600)
    assert scene.state() == (3600, 3600, True, "")
    scene.world.wait(minutes=10)
    assert scene.state() == (3600, 0, False, "")
    scene.looked(4 * 3600)
    assert scene.state()[3] == "day"
    with pytest.raises(LookingStopped):
        scene.look()
    assert scene.look(known=Known(imminent_danger=True))
    let_look_on(
        person_name="analyst-1", until=scene.world.now + timedelta(hours=1), reason="a child may be found",
        by=a_manager(), at=scene.world.now,
    )  # fmt: skip
    scene.look(1)
    assert [event["body"]["passed"] for event in events("revealed")][-2:] == ["imminent_danger", "let_on"]
    scene.world.wait(hours=1)
    with pytest.raises(LookingStopped):
        scene.look()
    assert scene.look(by=an_analyst(2))  # whose day is another
    scene.world.wait(days=1)
    assert scene.look()


def test_from_four_in_the_afternoon_looking_is_over(scene: Scene) -> None:
    scene.world.clock.at = scene.world.now.replace(hour=15)
    with pytest.raises(LookingStopped):
        scene.look()


def test_a_leave_is_given_by_somebody_else_with_a_reason_and_ends_today(scene: Scene, world: World) -> None:
    soon, manager = world.now + timedelta(hours=1), a_manager()

    def give(person: str = "analyst-1", reason: str = "needed", until: timedelta = timedelta(hours=1)) -> None:
        let_look_on(person_name=person, until=world.now + until, reason=reason, by=manager, at=world.now)

    with pytest.raises(NotAllowed):
        let_look_on(person_name="analyst-1", until=soon, reason="mine", by=scene.who, at=world.now)
    with pytest.raises(NotAllowed, match="Nobody lets themselves"):
        give(manager.name)
    a_person("welfare-1", "welfare_officer")
    for wrong in ({"person": "welfare-1"}, {"reason": " "}, {"until": timedelta(hours=20)}, {"until": -timedelta(1)}):
        with pytest.raises(BadInput):
            give(**wrong)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        give("nobody")
    give()
    [told] = events("let_look_on")
    assert (told["actor"], told["body"]["person"], told["body"]["reason"]) == ("manager-1", "analyst-1", "needed")
    with acting(manager):
        assert [row["person"] for row in leaves(first=world.now.date(), last=world.now.date())] == ["analyst-1"]


def test_exposure_is_seen_by_the_person_and_the_welfare_officer_alone(scene: Scene, world: World) -> None:
    scene.look(0, *scene.media, known=Known(severity=3))
    world.wait(seconds=40)
    welfare, day = a_person("welfare-1", "welfare_officer"), world.now.date()
    expected = [{"person": "analyst-1", "day": day, "kind": "image", "severity": 3, "views": 2, "seconds": 40}]
    for by, found in [
        (scene.who, expected), (welfare, expected), (an_analyst(2), []), (a_senior(), []), (a_manager(), []),
        (a_person("director-1", "director"), []),
    ]:  # fmt: skip
        with acting(by):
            assert exposure(person="analyst-1", first=day, last=day, at=world.now) == found, by.name
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM looking_reveal")
                assert cursor.fetchone() == (2 if found else 0,), by.name
    with acting(welfare):
        assert exposures(first=day, last=day, by=welfare, at=world.now) == expected
    for by in (scene.who, a_manager()):
        with acting(by), pytest.raises(NotAllowed):
            exposures(first=day, last=day, by=by, at=world.now)


def test_what_was_measured_of_a_day_adds_up_for_the_person_and_the_limits_alike(scene: Scene, world: World) -> None:
    scene.looked(700)
    scene.look(0, *scene.media, None)
    world.wait(seconds=60)
    with acting(scene.who):
        found = exposure(person="analyst-1", first=world.now.date(), last=world.now.date(), at=world.now)
    assert sum(row["seconds"] for row in found) == scene.state()[0] == 760
