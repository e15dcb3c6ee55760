"""Every arrow of a request, an order, a hold and a measure is reached through the services; no other way leads on."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest

from maillon.authority.decision.services import (
    confirm_approval,
    disown_approval,
    end_hold,
    extend_hold,
    extend_order,
    lapse_due,
    leave_online,
    lift_order,
    note_answer,
    refuse,
    withdraw_request,
)
from maillon.authority.decision.states import HOLD, MEASURE, ORDER, REQUEST
from maillon.kernel.arrows import Machine
from maillon.kernel.errors import BadInput, ForbiddenStep
from maillon.outbox.acting import system_actor
from tests.factories.chain import read
from tests.factories.decisions import (
    a_magistrate,
    a_measure,
    a_request,
    an_approval,
    an_order,
    another_item,
    row_of,
    state_of,
)
from tests.factories.people import a_police_officer
from tests.factories.world import World

Verb = Callable[[World, UUID], object]


def last(table: str, request: UUID) -> UUID:
    """The request's latest order or hold."""
    since = "recorded_at" if table == "order" else "given_at"
    [found] = read(
        f"SELECT id FROM decision_{table} WHERE request_id = %s ORDER BY {since} DESC, id DESC LIMIT 1",
        [request], "authority",
    )  # fmt: skip
    return UUID(str(found["id"]))


def left(world: World, request: UUID) -> UUID:
    return leave_online(
        request_id=request, until=world.now + timedelta(days=9), words="a lead", by=a_magistrate(), at=world.now
    )


def clock(world: World, **later: float) -> None:
    lapse_due(by=system_actor("authority", "clock"), at=world.now + timedelta(**later))


def confirm(world: World, order: UUID) -> None:
    confirm_approval(order_id=order, words="", by=a_magistrate(), at=world.now)


def disown(world: World, order: UUID) -> None:
    disown_approval(order_id=order, words="never said", by=a_magistrate(), at=world.now)


def lift(world: World, order: UUID) -> None:
    lift_order(order_id=order, words="no longer needed", by=a_magistrate(), at=world.now)


def refused(world: World, request: UUID) -> None:
    refuse(request_id=request, words="not founded", by=a_magistrate(), at=world.now)


def ended_hold(world: World, hold: UUID) -> None:
    end_hold(hold_id=hold, words="look again", by=a_magistrate(), at=world.now)


def withdrawn(world: World, request: UUID) -> None:
    withdraw_request(id=request, reason="settled otherwise", by=a_police_officer(), at=world.now)


def request_in(world: World, state: str) -> UUID:
    """A request in this state that has seen an approval and a hold end: every verb finds its row."""
    request = a_request(world, another_item(world))
    approval = an_approval(world, request)
    if state not in ("requested", "approved", "confirmed"):  # after one that was disowned no other is noted
        disown(world, approval)
    ended_hold(world, left(world, request))
    world.wait(seconds=1)
    if state in ("approved", "confirmed"):
        an_approval(world, request, confirmed=state == "confirmed")
    elif state in ("ordered", "ended"):
        order = an_order(world, request)
        if state == "ended":
            lift(world, order)
    elif state == "refused":
        refused(world, request)
    elif state == "left_online":
        left(world, request)
    elif state == "withdrawn":
        withdrawn(world, request)
    return request


REQUEST_VERBS: Mapping[str, Verb] = {
    "note approval": an_approval,
    "confirm": lambda world, request: confirm(world, last("order", request)),
    "disown": lambda world, request: disown(world, last("order", request)),
    "lapse": lambda world, _: clock(world, days=3),
    "order": an_order,
    "refuse": refused,
    "leave online": left,
    "review": lambda world, _: clock(world, days=9),
    "review now": lambda world, request: ended_hold(world, last("hold", request)),
    "withdraw": withdrawn,
    "end": lambda world, request: lift(world, last("order", request)),
}


def order_in(world: World, state: str) -> UUID:
    request = a_request(world, another_item(world))
    order = an_approval(world, request, confirmed=state in ("in_force", "expired"))
    if state == "disowned":
        disown(world, order)
    elif state == "lapsed":
        clock(world, days=3)
    elif state == "expired":
        clock(world, days=5)
    elif state == "lifted":
        lift(world, order)
    elif state == "replaced":
        an_order(world, request)
    return order


ORDER_VERBS: Mapping[str, Verb] = {
    "confirm": confirm,
    "disown": disown,
    "lapse": lambda world, _: clock(world, days=3),
    "replace": lambda world, order: an_order(world, row_of("order", order)["request_id"]),
    "extend": lambda world, order: extend_order(
        order_id=order, until=world.now + timedelta(days=6), words="longer", by=a_magistrate(), at=world.now
    ),
    "lift": lift,
    "expire": lambda world, _: clock(world, days=5),
}


def hold_in(world: World, state: str) -> UUID:
    hold = left(world, a_request(world, another_item(world)))
    if state == "ended":
        ended_hold(world, hold)
    return hold


HOLD_VERBS: Mapping[str, Verb] = {
    "extend": lambda world, hold: extend_hold(
        hold_id=hold, until=world.now + timedelta(days=10), words="still a lead", by=a_magistrate(), at=world.now
    ),
    "end": lambda world, _: clock(world, days=10),
    "end now": ended_hold,
}


def answered(world: World, measure: UUID, answer: str = "done") -> None:
    note_answer(measure_id=measure, answer=answer, words="told by telephone", by=a_police_officer(), at=world.now)


def measure_in(world: World, state: str) -> UUID:
    order = an_order(world, a_request(world, another_item(world)))
    measure = a_measure(world, order)
    if state in ("done", "refused"):
        answered(world, measure, state)
    elif state in ("ending", "ended"):
        lift(world, order)
        if state == "ended":
            answered(world, measure)
    return measure


def carried_out(world: World, measure: UUID) -> None:
    if state_of("measure", measure) == "ending":
        raise ForbiddenStep("what is to be undone is not carried out: the same answer says that it is undone")
    answered(world, measure)


def undone(world: World, measure: UUID) -> None:
    if state_of("measure", measure) == "asked":
        raise ForbiddenStep("what is to be carried out is not undone: the same answer says that it is done")
    answered(world, measure)


MEASURE_VERBS: Mapping[str, Verb] = {
    "carry out": carried_out,
    "refuse": lambda world, measure: answered(world, measure, "refused"),
    "end": lambda world, measure: lift(world, row_of("measure", measure)["order_id"]),
    "undo": undone,
}

LIVES = {
    "request": (REQUEST, request_in, REQUEST_VERBS),
    "order": (ORDER, order_in, ORDER_VERBS),
    "hold": (HOLD, hold_in, HOLD_VERBS),
    "measure": (MEASURE, measure_in, MEASURE_VERBS),
}
CASES = [(table, state.value) for table, (machine, _, _) in LIVES.items() for state in machine.states]


@pytest.mark.parametrize("table", LIVES)
def test_every_verb_of_a_machine_is_tried(table: str) -> None:
    machine, _, verbs = LIVES[table]
    assert {arrow.verb for arrow in machine.arrows} == set(verbs)


@pytest.mark.parametrize(("table", "state"), CASES, ids=lambda word: word)
def test_from_a_state_its_arrows_lead_on_and_nothing_else_does(world: World, table: str, state: str) -> None:
    machine, reach, verbs = LIVES[table]
    _refuses_what_has_no_arrow(world, table, state, machine, reach(world, state), verbs)
    for verb in {arrow.verb for arrow in machine.arrows if arrow.source == state}:
        id = reach(world, state)
        assert state_of(table, id) == state
        verbs[verb](world, id)
        assert {state_of(table, id)} == set(machine.targets(state, verb)), verb


def _refuses_what_has_no_arrow(
    world: World, table: str, state: str, machine: Machine, id: UUID, verbs: Mapping[str, Verb]
) -> None:
    for verb, act in verbs.items():
        if not machine.targets(state, verb) and verb not in TIMELY.get((table, state), ()):
            with suppress(ForbiddenStep, BadInput):
                act(world, id)
            assert state_of(table, id) == state, verb


TIMELY = {
    ("request", "approved"): ("review",),
    ("request", "confirmed"): ("review",),
    ("order", "provisional"): ("expire",),
}
"""Verbs of the clock that come after another of the clock has had its turn."""
