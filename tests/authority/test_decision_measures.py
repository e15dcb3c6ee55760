"""No measure without an order and a procedure in force, says the service, says the database; what ends is undone."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections

from maillon.authority.decision.queries import decision_needs, orders, requests
from maillon.authority.decision.queries import order as order_row
from maillon.authority.decision.services import (
    answer_recall,
    confirm_approval,
    disown_approval,
    end_procedure,
    extend_order,
    lapse_due,
    lift_order,
    note_answer,
    note_approval,
    order_in_writing,
    record_measure,
    request_decision,
)
from maillon.authority.inbox.services import pass_matter
from maillon.kernel.errors import BadInput, ForbiddenStep, NotAllowed
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.record import stamp
from maillon.outbox.sql import rows
from maillon.partners.services import organisation_partner
from tests.factories.chain import events, read
from tests.factories.decisions import (
    OFFICE,
    a_magistrate,
    a_measure,
    a_procedure,
    a_request,
    an_approval,
    an_item_at_police,
    an_order,
    an_organisation,
    another_item,
    row_of,
    state_of,
)
from tests.factories.inbox import a_coordinator, a_local_officer, a_matter, answer_arrived, arrived
from tests.factories.people import a_police_officer, an_operator
from tests.factories.world import World

CLOCK = system_actor("authority", "clock")
DAY = timedelta(days=1)
ORDER, PROCEDURE = "no order of the public prosecutor is in force", "no agreed procedure is in force"
NOWHERE = "violates foreign key constraint"


def order_of_another_item(world: World) -> dict[str, Any]:
    return {"order_id": an_order(world, a_request(world, another_item(world)))}


def order_of_another_kind(world: World) -> dict[str, Any]:
    return {"kind": "blocking", "procedure_id": a_procedure("blocking")["id"]}


def no_order(world: World) -> dict[str, Any]:
    return {"order_id": uuid4()}


def lifted(world: World, order: UUID) -> None:
    lift_order(order_id=order, words="no longer", by=a_magistrate(), at=world.now)


def an_order_lifted(world: World) -> dict[str, Any]:
    request = a_request(world, item := another_item(world))
    lifted(world, order := an_order(world, request))
    return {"order_id": order, "item_id": item}


def an_approval_past_its_term(world: World) -> dict[str, Any]:
    order = an_approval(world, a_request(world, item := another_item(world)))
    return {"order_id": order, "item_id": item, "recorded_at": world.now + 3 * DAY}


def an_approval_lapsed(world: World) -> dict[str, Any]:
    order = an_approval(world, a_request(world, item := another_item(world)))
    lapse_due(by=CLOCK, at=world.now + 3 * DAY)
    return {"order_id": order, "item_id": item}


def an_approval_disowned(world: World) -> dict[str, Any]:
    order = an_approval(world, a_request(world, item := another_item(world)))
    disown_approval(order_id=order, words="never", by=a_magistrate(), at=world.now)
    return {"order_id": order, "item_id": item}


def an_approval_replaced(world: World) -> dict[str, Any]:
    request = a_request(world, item := another_item(world))
    order = an_approval(world, request)
    an_order(world, request)
    return {"order_id": order, "item_id": item}


def an_order_at_its_end(world: World) -> dict[str, Any]:
    return {"recorded_at": world.now + 100 * DAY}


def an_order_not_given_yet(world: World) -> dict[str, Any]:
    return {"recorded_at": world.now - timedelta(seconds=1)}


def an_order_expired(world: World) -> dict[str, Any]:
    order = an_order(world, a_request(world, item := another_item(world)), days=1)
    lapse_due(by=CLOCK, at=world.now + DAY)
    return {"order_id": order, "item_id": item}


def no_procedure(world: World) -> dict[str, Any]:
    return {"procedure_id": uuid4()}


def a_procedure_of_another_kind(world: World) -> dict[str, Any]:
    return {"procedure_id": a_procedure("blocking")["id"]}


def a_procedure_not_begun(world: World) -> dict[str, Any]:
    return {"procedure_id": a_procedure(since=world.now.date() + DAY)["id"]}


def a_procedure_ended(world: World) -> dict[str, Any]:
    return {"procedure_id": a_procedure(since=date(2019, 1, 1), until=world.now.date())["id"]}


UNFOUNDED: list[tuple[Callable[[World], dict[str, Any]], str]] = [
    (no_order, NOWHERE),
    (order_of_another_item, ORDER),
    (order_of_another_kind, ORDER),
    (an_order_lifted, ORDER),
    (an_order_expired, ORDER),
    (an_order_at_its_end, ORDER),
    (an_order_not_given_yet, ORDER),
    (an_approval_past_its_term, ORDER),
    (an_approval_lapsed, ORDER),
    (an_approval_disowned, ORDER),
    (an_approval_replaced, ORDER),
    (no_procedure, NOWHERE),
    (a_procedure_of_another_kind, PROCEDURE),
    (a_procedure_not_begun, PROCEDURE),
    (a_procedure_ended, PROCEDURE),
]


def founded(world: World) -> dict[str, Any]:
    """The columns of a measure that the database takes."""
    request = a_request(world, item := another_item(world))
    order, procedure = an_order(world, request), a_procedure()
    with acting(system_actor("authority", "clock")):
        organisation_partner(id=an_organisation("hoster-2"), house="authority")
    return {
        "house": "authority", "id": uuid4(), "order_id": order, "procedure_id": procedure["id"], "item_id": item,
        "kind": "removal", "partner": "hoster-2", "state": "asked", "recorded_by": "x", "recorded_at": world.now,
        "under_since": world.now, "due_rule": "", "steps": 0, "reason": "",
    }  # fmt: skip


def insert(columns: dict[str, Any]) -> tuple[str, list[Any]]:
    marks = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO decision_measure ({', '.join(columns)}) VALUES ({marks})", list(columns.values())


def update(columns: dict[str, Any], wrong: dict[str, Any]) -> tuple[str, list[Any]]:
    sets = ", ".join(f"{name} = %s" for name in wrong)
    return f"UPDATE decision_measure SET {sets} WHERE id = %s", [*wrong.values(), columns["id"]]


def as_program(statement: str, params: list[Any]) -> None:
    with acting(system_actor("authority", "program")), connection.cursor() as cursor:
        cursor.execute(statement, params)


def as_owner(statement: str, params: list[Any]) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, params)


@pytest.mark.parametrize(("unfounded", "why"), UNFOUNDED, ids=[case.__name__ for case, _ in UNFOUNDED])
def test_the_database_takes_no_measure_without_order_and_procedure(
    world: World, unfounded: Callable[[World], dict[str, Any]], why: str
) -> None:
    right = founded(world)
    wrong = unfounded(world)
    if "recorded_at" in wrong:
        wrong["under_since"] = wrong["recorded_at"]
    for execute in (as_program, as_owner):
        with pytest.raises(IntegrityError, match=why):
            execute(*insert({**right, **wrong}))
    as_program(*insert(right))
    for execute in (as_program, as_owner):
        with pytest.raises(IntegrityError, match=why):
            execute(*update(right, wrong))
    assert row_of("measure", right["id"])["order_id"] == right["order_id"]


@pytest.mark.parametrize("state", ["ending", "ended", "refused"])
def test_what_ended_is_not_taken_up_again_without_an_order(world: World, state: str) -> None:
    measure = a_measure(world, order := an_order(world, a_request(world, another_item(world))))
    if state == "refused":
        note_answer(measure_id=measure, answer="refused", words="no", by=a_police_officer(), at=world.now)
    lifted(world, order)
    if state == "ended":
        note_answer(measure_id=measure, answer="done", words="undone", by=a_police_officer(), at=world.now)
    for execute in (as_program, as_owner):
        for again in ("asked", "done"):
            with pytest.raises(IntegrityError, match=ORDER):
                execute("UPDATE decision_measure SET state = %s WHERE id = %s", [again, measure])


def test_an_order_cannot_end_and_leave_a_measure_going_on(world: World) -> None:
    measure = a_measure(world, order := an_order(world, a_request(world, another_item(world))))
    for execute in (as_program, as_owner):
        with pytest.raises(IntegrityError, match="a measure would go on without its order"):
            execute("UPDATE decision_order SET state = 'lifted' WHERE id = %s", [order])
    assert (state_of("order", order), state_of("measure", measure)) == ("in_force", "asked")


def test_the_service_refuses_in_words(world: World) -> None:
    police, hoster = a_police_officer(), an_organisation("hoster-1")
    order = an_order(world, a_request(world, another_item(world)))
    with pytest.raises(ForbiddenStep, match="No procedure for removal is in force"):
        record_measure(order_id=order, partner=hoster, by=police, at=world.now)
    procedure = a_procedure()
    with pytest.raises(BadInput, match="hosting provider"):
        record_measure(order_id=order, partner=an_organisation("access-1"), by=police, at=world.now)
    with pytest.raises(NotAllowed):
        record_measure(order_id=order, partner=hoster, by=a_magistrate(), at=world.now)
    record_measure(order_id=order, partner=hoster, by=police, at=world.now)
    with pytest.raises(BadInput, match="asked already"):
        record_measure(order_id=order, partner=hoster, by=police, at=world.now)
    today = world.now.date()
    end_procedure(id=procedure["id"], on=today, reason="replaced", by=an_operator("authority"), at=world.now)
    with pytest.raises(ForbiddenStep, match="No procedure"):
        record_measure(order_id=order, partner=an_organisation("hoster-2"), by=police, at=world.now)
    lifted(world, order)
    with pytest.raises(ForbiddenStep, match="is lifted"):
        record_measure(order_id=order, partner=hoster, by=police, at=world.now)


def test_a_measure_is_asked_for_until_the_last_second_of_an_order(world: World) -> None:
    first, second = (an_order(world, a_request(world, another_item(world)), days=1) for _ in range(2))
    world.wait(days=1, seconds=-1)
    a_measure(world, first)
    world.wait(seconds=1)
    with pytest.raises(ForbiddenStep):
        a_measure(world, second)


def sent(kind: str) -> list[dict[str, Any]]:
    """The messages of one kind that the authority wrote: partner and body."""
    found = read(
        "SELECT partner, convert_from(body, 'UTF8')::jsonb AS body, id FROM partners_message WHERE kind = %s "
        "ORDER BY number", [kind], "authority",
    )  # fmt: skip
    return [dict(row) for row in found]


def acknowledged(world: World, measure: UUID, message: UUID, sender: str = "hoster-1") -> None:
    """The provider answers the message."""
    world.wait(minutes=1)
    item = read("SELECT i.* FROM items_item i JOIN decision_measure m ON m.item_id = i.id WHERE m.id = %s", [measure],
                "authority")[0]  # fmt: skip
    body = {
        "message": str(message), "referral": str(measure),
        "item": {"owner": "authority", "ref": str(item["id"]), "kind": item["kind"], "given": item["url"],
                 "canonical": item["canonical"]},
        "acknowledged_by": "somebody there", "acknowledged_at": stamp(world.now),
    }  # fmt: skip
    answer_arrived(world, "acknowledgement", body, sender=sender)


def test_lifting_reaches_everyone_who_was_asked_or_acted_and_nobody_else(world: World) -> None:
    request = a_request(world, an_item_at_police(world))
    order = an_order(world, request)
    acted, asked, refused = (a_measure(world, order, who) for who in ("hoster-1", "hoster-2", "hoster-3"))
    other = a_measure(world, an_order(world, a_request(world, another_item(world))), "hoster-2")
    world.hand_over("authority")
    acknowledged(world, acted, sent("order")[0]["id"])
    note_answer(measure_id=refused, answer="refused", words="not ours", by=a_police_officer(), at=world.now)
    lifted(world, order)
    world.hand_over("authority")
    told = sent("order_ended")
    assert {row["partner"] for row in told} == {"hoster-1", "hoster-2"}
    assert {row["body"]["measure"] for row in told} == {str(acted), str(asked)}
    assert {row["body"]["why"] for row in told} == {"lifted"}
    assert [state_of("measure", id) for id in (acted, asked, refused, other)] == [
        "ending", "ending", "refused", "asked",
    ]  # fmt: skip
    assert row_of("measure", acted)["done_at"] is not None


@pytest.mark.parametrize("why", ["lapsed", "expired", "disowned", "lifted"])
def test_whatever_ends_an_order_reaches_who_acted(world: World, why: str) -> None:
    order = an_approval(world, a_request(world, another_item(world)), confirmed=why == "expired")
    a_measure(world, order)
    if why == "disowned":
        disown_approval(order_id=order, words="never", by=a_magistrate(), at=world.now)
    elif why == "lifted":
        lifted(world, order)
    else:
        world.wait(days=6)
        lapse_due(by=CLOCK, at=world.now)
    world.hand_over("authority")
    [told] = sent("order_ended")
    assert (told["partner"], told["body"]["why"]) == ("hoster-1", why)


def test_answers_carry_out_and_undo_and_a_crossed_one_undoes_nothing(world: World) -> None:
    order = an_order(world, a_request(world, another_item(world)))
    measure = a_measure(world, order)
    world.hand_over("authority")
    [asked] = sent("order")
    acknowledged(world, measure, asked["id"], sender="hoster-2")
    assert state_of("measure", measure) == "asked"  # somebody else's answer
    lifted(world, order)
    world.hand_over("authority")
    acknowledged(world, measure, asked["id"])
    assert (state_of("measure", measure), row_of("measure", measure)["done_at"]) == ("ending", world.now)
    [ended] = sent("order_ended")
    acknowledged(world, measure, ended["id"])
    assert (state_of("measure", measure), row_of("measure", measure)["ended_at"]) == ("ended", world.now)
    acknowledged(world, measure, ended["id"])
    assert len(events("measure_ended", "authority")) == 1


def test_an_ending_nobody_answers_is_escalated_and_refusing_it_too(world: World) -> None:
    measure = a_measure(world, order := an_order(world, a_request(world, another_item(world))))
    lifted(world, order)
    note_answer(measure_id=measure, answer="refused", words="we will not", by=a_police_officer(), at=world.now)
    assert state_of("measure", measure) == "ending"
    lapse_due(by=CLOCK, at=world.now)
    [late] = events("measure_late", "authority")
    assert (late["body"]["state"], late["body"]["to"]) == ("ending", "police_coordinator")


def test_a_written_order_takes_over_what_was_done_by_telephone(world: World) -> None:
    request = a_request(world, another_item(world))
    measure = a_measure(world, an_approval(world, request))
    world.wait(hours=1)
    order = an_order(world, request)
    world.hand_over("authority")
    row = row_of("measure", measure)
    assert (row["order_id"], row["state"], row["under_since"]) == (order, "asked", world.now)
    first, second = (row["body"] for row in sent("order"))
    assert (first["form"], second["form"], second["order"]) == ("verbal", "written", str(order))
    assert sent("order_ended") == []
    extend_order(order_id=order, until=world.now + 200 * DAY, words="still", by=a_magistrate(2), at=world.now)
    world.hand_over("authority")
    assert sent("order")[-1]["body"]["until"] == stamp(world.now + 200 * DAY)


def test_numbers_have_no_gap_and_each_office_and_year_its_own(world: World) -> None:
    world.clock.at = world.now.replace(month=12, day=31, hour=22)
    ghent = a_magistrate(office="ghent-prosecutor")
    first = an_approval(world, a_request(world, another_item(world)))
    with pytest.raises(BadInput):
        an_order(world, a_request(world, another_item(world)), days=9999)
    second = an_order(world, a_request(world, another_item(world)))
    elsewhere = an_order(world, a_request(world, another_item(world), office="ghent-prosecutor"), by=ghent)
    world.wait(hours=1)  # midnight in Brussels
    newyear = an_order(world, a_request(world, another_item(world)))
    numbers = [row_of("order", id)["number"] for id in (first, second, elsewhere, newyear)]
    assert numbers == [
        "brussels-prosecutor-2026-1", "brussels-prosecutor-2026-2", "ghent-prosecutor-2026-1",
        "brussels-prosecutor-2027-1",
    ]  # fmt: skip


def test_what_the_hotline_calls_back_waits_for_the_magistrate_again(world: World) -> None:
    arrival = arrived(world)
    [item] = [row["item_id"] for row in read("SELECT item_id FROM inbox_arrival", house="authority")]
    request = a_request(world, item)
    order = an_order(world, request)
    arrived(world, recalls=arrival)
    world.hand_over("authority")
    row = row_of("request", request)
    assert (row["recalled_at"], row["state"], state_of("order", order)) == (world.now, "ordered", "in_force")
    assert row["due_at"] == world.now + timedelta(hours=4)
    answer_recall(request_id=request, words="the order stands", by=a_magistrate(), at=world.now)
    row = row_of("request", request)
    assert (row["recalled_at"], row["due_at"]) == (None, None)
    with pytest.raises(ForbiddenStep):
        answer_recall(request_id=request, words="again", by=a_magistrate(), at=world.now)


def test_local_police_and_a_local_office_see_and_do_what_is_theirs(world: World) -> None:
    """Under row security: the unit has the matter, the office what was asked of it, and each nothing else."""
    local, coordinator = a_local_officer(), a_coordinator()
    other = an_order(world, a_request(world, another_item(world), office="ghent-prosecutor"),
                     by=a_magistrate(office="ghent-prosecutor"))  # fmt: skip
    pass_matter(id=a_matter(world), unit="local-police", by=coordinator, at=world.now)
    with acting(local):
        [item] = [row["id"] for row in rows("SELECT id FROM items_item")]
    a_magistrate()
    request = request_decision(
        item_id=item, kind="removal", office=OFFICE, language="nl", reasons="seen here", by=local, at=world.now
    )
    order = note_approval(
        request_id=request, magistrate=a_magistrate().name, words="Ja.", given_at=world.now,
        until=world.now + DAY, by=local, at=world.now,
    )  # fmt: skip
    with acting(a_magistrate(2)):
        assert [row["id"] for row in requests()] == [request]
        assert [row["id"] for row in orders()] == [order]
    confirm_approval(order_id=order, words="", by=a_magistrate(), at=world.now)
    written = an_order(world, request)
    a_measure(world, written)
    lift_order(order_id=written, words="over", by=a_magistrate(2), at=world.now)
    with acting(local):
        assert {row["id"] for row in orders()} == {order, written}
        assert order_row(id=other) is None
    with pytest.raises(NotAllowed):
        record_measure(order_id=order, partner=an_organisation("hoster-1"), by=local, at=world.now)


def test_what_waits_is_counted_for_whom_it_waits(world: World) -> None:
    request = a_request(world, another_item(world))
    an_approval(world, request)
    an_order(world, a_request(world, another_item(world)))
    ghent = a_magistrate(office="ghent-prosecutor")
    later = world.now + 3 * DAY
    assert decision_needs(by=a_magistrate(1), at=later)._asdict() == {
        "to_confirm": 1, "to_decide": 1, "recalled": 0, "late_requests": 1, "late_measures": 0, "refused_measures": 0,
    }  # fmt: skip
    assert decision_needs(by=a_magistrate(2), at=world.now)[:4] == (0, 1, 0, 0)
    assert decision_needs(by=a_police_officer(), at=world.now)[:2] == (1, 1)
    assert set(decision_needs(by=ghent, at=later)) == {0}


def test_only_a_magistrate_decides(world: World) -> None:
    request = a_request(world, another_item(world))
    order = an_approval(world, request)
    for person in (a_police_officer(), an_operator("authority")):
        with pytest.raises(NotAllowed):
            order_in_writing(request_id=request, words="x", until=world.now + DAY, by=person, at=world.now)
        with pytest.raises(NotAllowed):
            lift_order(order_id=order, words="x", by=person, at=world.now)
        with pytest.raises(NotAllowed):
            confirm_approval(order_id=order, words="x", by=person, at=world.now)


def test_nobody_removes_a_row(world: World) -> None:
    measure = a_measure(world, an_order(world, a_request(world, another_item(world))))
    with pytest.raises(DatabaseError, match="permission denied"):
        as_program("DELETE FROM decision_measure WHERE id = %s", [measure])
