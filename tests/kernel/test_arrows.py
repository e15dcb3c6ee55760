"""A state machine is its table: what is written there may be done, and a refusal says what may."""

from enum import StrEnum

import pytest

from maillon.kernel.arrows import Arrow, Machine, Role
from maillon.kernel.errors import ForbiddenStep


class Lamp(StrEnum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"


LAMP = Machine(
    name="lamp",
    states=Lamp,
    initial=frozenset({Lamp.OFF}),
    final=frozenset({Lamp.BROKEN}),
    arrows=(
        Arrow("switch", Lamp.OFF, Lamp.ON, Role.PERSON),
        Arrow("switch", Lamp.ON, Lamp.OFF, Role.PERSON),
        Arrow("switch", Lamp.ON, Lamp.BROKEN, Role.PERSON),
    ),
)


def test_the_only_end_of_a_verb_needs_no_name() -> None:
    assert LAMP.step("off", "switch") is Lamp.ON


def test_one_of_several_ends_is_named() -> None:
    assert LAMP.step("on", "switch", Lamp.BROKEN) is Lamp.BROKEN
    assert LAMP.targets("on", "switch") == {Lamp.OFF, Lamp.BROKEN}
    with pytest.raises(ForbiddenStep):
        LAMP.step("on", "switch")


@pytest.mark.parametrize(
    ("state", "verb", "target", "sentence"),
    [
        ("off", "drop", None, "A lamp that is off cannot drop; possible now: switch."),
        ("broken", "switch", None, "A lamp that is broken cannot switch; possible now: nothing."),
        ("off", "switch", Lamp.BROKEN, "A lamp that is off cannot switch to broken; possible now: switch."),
    ],
)
def test_a_refusal_says_what_may_be_done(state: str, verb: str, target: Lamp | None, sentence: str) -> None:
    with pytest.raises(ForbiddenStep) as refused:
        LAMP.step(state, verb, target)
    assert str(refused.value) == sentence


def test_the_column_holds_the_names() -> None:
    assert LAMP.names() == ("off", "on", "broken")
