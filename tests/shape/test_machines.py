"""The state machines are sound as tables, and the database accepts exactly their states."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillon.authority.decision.states import HOLD, MEASURE, ORDER, REQUEST
from maillon.authority.inbox.states import ARRIVAL, MATTER
from maillon.hotline.analysis.states import CASE
from maillon.hotline.intake.states import REPORT
from maillon.hotline.referral.states import REFERRAL, STANDING
from maillon.items.states import ITEM
from maillon.kernel.arrows import Machine
from maillon.kernel.errors import ForbiddenStep
from maillon.observation.states import CONTACT_LOOKUP, FETCH, LOOKUP
from maillon.outbox.states import DELIVERY
from maillon.partners.states import LETTER, MESSAGE
from tests.shape.catalogue import CHECKS, ask, house_tables

MACHINES = {
    "analysis_case": CASE,
    "decision_hold": HOLD,
    "decision_measure": MEASURE,
    "decision_order": ORDER,
    "decision_request": REQUEST,
    "inbox_arrival": ARRIVAL,
    "inbox_matter": MATTER,
    "intake_report": REPORT,
    "items_item": ITEM,
    "observation_lookup": LOOKUP,
    "observation_contactlookup": CONTACT_LOOKUP,
    "observation_fetch": FETCH,
    "outbox_delivery": DELIVERY,
    "partners_letter": LETTER,
    "partners_message": MESSAGE,
    "referral_referral": REFERRAL,
}
every_machine = pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)


@every_machine
def test_each_arrow_stands_once(machine: Machine) -> None:
    assert max(Counter((a.source, a.verb, a.target) for a in machine.arrows).values()) == 1


@every_machine
def test_every_state_can_be_reached(machine: Machine) -> None:
    reached, more = set(machine.initial), True
    while more:
        targets = {a.target for a in machine.arrows if a.source in reached}
        more = not targets <= reached
        reached |= targets
    assert reached == set(machine.states)


@every_machine
def test_final_states_and_no_others_are_dead_ends(machine: Machine) -> None:
    assert set(machine.states) - {a.source for a in machine.arrows} == set(machine.final)


@every_machine
@given(data=st.data())
def test_a_step_is_taken_where_the_table_has_its_arrow_and_refused_elsewhere(
    machine: Machine, data: st.DataObject
) -> None:
    verbs = [*sorted({a.verb for a in machine.arrows}), "vanish"]
    source, target = (data.draw(st.sampled_from(list(machine.states))) for _ in range(2))
    verb = data.draw(st.sampled_from(verbs))
    if any((a.source, a.verb, a.target) == (source, verb, target) for a in machine.arrows):
        assert machine.step(source, verb, target) is target
    else:
        with pytest.raises(ForbiddenStep, match=f"^An? {machine.name} that is {source} cannot {verb} to {target}"):
            machine.step(source, verb, target)


@every_machine
def test_a_verb_with_several_ends_asks_for_the_one_meant(machine: Machine) -> None:
    for (source, verb), number in Counter((a.source, a.verb) for a in machine.arrows).items():
        if number == 1:
            assert machine.step(source, verb) in machine.states
        else:
            with pytest.raises(ForbiddenStep):
                machine.step(source, verb)


def test_what_stands_of_a_referral_is_what_was_not_closed() -> None:
    assert set(REFERRAL.states) - set(REFERRAL.final) == STANDING


@pytest.mark.parametrize(("table", "machine"), MACHINES.items(), ids=MACHINES)
def test_the_database_accepts_the_states_of_the_machine_and_no_others(
    houses: None, table: str, machine: Machine
) -> None:
    [(_, definition)] = ask(CHECKS, [f"{table}_state"])
    assert set(re.findall(r"'(\w+)'::text", str(definition))) == set(machine.names())


def test_every_column_called_state_has_its_machine(houses: None) -> None:
    found = ask(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'state' AND table_schema = 'public'"
    )
    assert {str(name) for (name,) in found} & set(house_tables()) == set(MACHINES)
