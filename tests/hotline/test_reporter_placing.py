"""A report that names no address waits for a person, who says of what it speaks or that it leads nowhere."""

from contextlib import suppress
from uuid import UUID, uuid4

import pytest

from maillon.hotline.intake.placing import close_report, place_report
from maillon.hotline.intake.queries import report, unplaced_reports
from maillon.kernel.errors import BadInput, ForbiddenStep, NotAllowed, NotFound
from maillon.outbox.acting import acting, as_program, system_actor
from maillon.outbox.sql import rows, run
from tests.factories.chain import a_report, an_item, events, read, received
from tests.factories.people import a_manager, an_analyst, an_operator
from tests.factories.reporters import submitted
from tests.factories.world import World


def unplaced(world: World, form: str = "form-1") -> UUID:
    """A report that no address was recognised in."""
    reference = submitted(form, text="on that site, you know it", at=world.now).reference
    world.drain()
    return UUID(str(read("SELECT id FROM intake_report WHERE reference = %s", [reference])[0]["id"]))


def state(id: UUID) -> str:
    return str(read("SELECT state FROM intake_report WHERE id = %s", [id])[0]["state"])


def place(world: World, id: UUID, text: str = "http://be.test/a") -> None:
    place_report(report_id=id, text=text, by=an_analyst(), at=world.now)


def close(world: World, id: UUID, reason: str = "nothing is named") -> None:
    close_report(report_id=id, reason=reason, by=an_analyst(), at=world.now)


def test_a_person_places_a_report_and_it_is_located_and_assessed_as_any_other(world: World) -> None:
    id = unplaced(world)
    place(world, id, "http://be.test/a hxxp://nl[.]test/b")
    assert state(id) == "filed"
    [event] = events("report_placed")
    assert (event["actor"], event["body"]["report"]) == ("analyst-1", str(id))
    world.drain()
    assert len(read("SELECT 1 FROM analysis_case")) == 2
    with acting(an_analyst()):
        found = report(id=id)
    assert found is not None
    assert found["locations"] == "on that site, you know it"
    assert [row["given"] for row in found["items"]] == ["http://be.test/a", "hxxp://nl[.]test/b"]


def test_a_report_is_placed_on_an_item_that_is_known(world: World) -> None:
    an_item(world, in_state="illegal")
    id = unplaced(world)
    place(world, id)
    assert [event["body"]["effect"] for event in events("reported")] == ["new", "reopened"]
    assert read("SELECT outcome FROM intake_report WHERE id = %s", [id]) == [{"outcome": "illegal"}]


def test_a_report_is_placed_once(world: World) -> None:
    id = unplaced(world)
    place(world, id)
    with pytest.raises(ForbiddenStep, match="cannot place"):
        place(world, id)
    with pytest.raises(ForbiddenStep, match="cannot close"):
        close(world, id)
    assert len(read("SELECT 1 FROM intake_report_location")) == 1


def test_a_report_that_leads_nowhere_counts_as_not_illegal_until_it_is_placed(world: World) -> None:
    id = unplaced(world)
    close_report(report_id=id, reason="nothing to look at", by=an_analyst(), at=world.now)
    assert read("SELECT outcome FROM intake_report")[0]["outcome"] == "not_illegal"
    place_report(report_id=id, text="http://be.test/a", by=an_analyst(), at=world.now)
    assert read("SELECT outcome FROM intake_report")[0]["outcome"] == "open"


def test_a_report_that_was_closed_can_still_be_placed(world: World) -> None:
    id = unplaced(world)
    close(world, id)
    assert state(id) == "closed"
    assert events("report_closed")[0]["body"]["reason"] == "nothing is named"
    place(world, id)
    assert state(id) == "filed"


def test_what_names_no_address_either_is_refused_with_what_to_do(world: World) -> None:
    id = unplaced(world)
    for text, message in (("the same site", "write it in full"), ("picture.jpg", "name of a file"), ("", "in full")):
        with pytest.raises(BadInput, match=message):
            place(world, id, text)
    with pytest.raises(BadInput, match="Say why"):
        close(world, id, " ")
    assert state(id) == "unplaced"


def test_reports_that_wait_are_listed_oldest_first_page_by_page(world: World) -> None:
    made = []
    for n in range(5):
        made.append(unplaced(world, f"form-{n}"))
        world.wait(minutes=1)
    close(world, made[2])
    listed: list[UUID] = []
    with acting(an_analyst()):
        page = unplaced_reports(limit=2)
        while page:
            listed += [row["id"] for row in page]
            page = unplaced_reports(after=(page[-1]["received_at"], page[-1]["id"]), limit=2)
    assert listed == [made[0], made[1], made[3], made[4]]


def test_who_may_not_place_changes_nothing(world: World) -> None:
    id = unplaced(world)
    for someone in (a_manager(), an_operator()):
        with pytest.raises(NotAllowed):
            place_report(report_id=id, text="http://be.test/a", by=someone, at=world.now)
        with pytest.raises(NotAllowed):
            close_report(report_id=id, reason="a reason", by=someone, at=world.now)
    with pytest.raises(NotFound):
        place(world, uuid4())
    assert state(id) == "unplaced"


def test_a_report_demands_what_its_items_demand_however_it_reaches_them(world: World) -> None:
    demanding = {"http://be.test/a": ["restricted"], "http://be.test/b": ["restricted", "sealed"]}
    received([a_report(text, received_at=world.now) for text in demanding], at=world.now)
    for text, labels in demanding.items():
        demand(text, labels)
    submitted("form-1", text="http://be.test/a http://be.test/b http://be.test/c", at=world.now)
    submitted("form-2", text="http://be.test/c", at=world.now)
    placed = unplaced(world, "form-3")
    place(world, placed, "http://be.test/b")
    world.wait(minutes=1)
    received([a_report("http://be.test/a", reference="R-last", received_at=world.now)], at=world.now)
    found = read("SELECT locations, demands FROM intake_report WHERE receipt IS NOT NULL OR reference = 'R-last' "
                 "ORDER BY received_at, locations")  # fmt: skip
    assert [row["demands"] for row in found] == [
        ["restricted", "sealed"], [], ["restricted", "sealed"], ["restricted"],
    ]  # fmt: skip
    with acting(an_analyst()):
        assert report(id=placed) is None


def demand(canonical: str, labels: list[str]) -> None:
    with acting(system_actor("hotline", "reader")):
        assert run("UPDATE items_item SET demands = %s WHERE canonical = %s", [labels, canonical]) == 1


def test_an_import_joins_items_and_knows_reports_that_are_hidden_from_who_brings_it(world: World) -> None:
    first = a_report("http://be.test/a", reference="R-first", received_at=world.now)
    received([first], at=world.now)
    demand("http://be.test/a", ["sealed"])
    received([a_report("http://be.test/a", reference="R-second", received_at=world.now)], at=world.now)
    again = received([a_report("http://be.test/a", reference="R-second", received_at=world.now)], at=world.now)
    assert (again.known, again.taken) == (1, ())
    assert len(read("SELECT 1 FROM items_item")) == 1
    with acting(an_operator()):
        assert [row["reference"] for row in rows("SELECT reference FROM intake_report")] == ["R-first"]


def test_what_a_service_saw_unhidden_is_hidden_again_however_it_ended(world: World) -> None:
    received([a_report("http://be.test/a", received_at=world.now)], at=world.now)
    demand("http://be.test/a", ["sealed"])
    with acting(an_analyst()):
        with as_program():
            assert len(rows("SELECT 1 FROM items_item")) == 1
        assert rows("SELECT 1 FROM items_item") == []
        with suppress(BadInput), as_program():
            raise BadInput("no")
        assert rows("SELECT 1 FROM items_item") == []
