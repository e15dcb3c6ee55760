"""Whether somebody was trained to give opinions."""

from datetime import datetime

from maillon.access.queries import trained
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import NotAllowed
from maillon.outbox.acting import Actor
from maillon.rules.table import load


def check_trained(person: Actor, at: datetime) -> None:
    """Raises NotAllowed where `person` has no training in force that day. Source: rules/tables/training_needed.toml"""
    day = brussels_day(at)
    course = load("training_needed").row(on=day, what="first_analysis").text
    if not trained(person=person.name, course=course, on=day):
        raise NotAllowed(
            f"{person.name} has no training {course!r} in force on {day}; record it with `maillon user train`."
        )
