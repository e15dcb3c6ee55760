"""What people do in one of two installations. Runs as a process in the environment of that installation."""

from datetime import date

from maillon.access.queries import find_actor
from maillon.access.services import add_person, record_training
from maillon.authority.inbox import services as inbox
from maillon.demo.networks import BE_KESTREL
from maillon.hotline.analysis.services import Stated, assess
from maillon.hotline.intake.queries import items_of_reports
from maillon.hotline.intake.services import NewReport, receive_reports
from maillon.items.addresses import find
from maillon.kernel.clock import SystemClock
from maillon.ops.installation import current
from maillon.ops.work import Tally, drain, tools
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import rows

CLOCK = SystemClock()
HOST = BE_KESTREL.address(9)
"""A Belgian address of the demo that stands for itself, so that no name server is asked."""


def address(number: str) -> str:
    return f"http://{HOST}/{number}"


def people() -> None:
    """An analyst at the hotline, an officer at the police."""
    house = current().houses[0]
    by, at = find_actor(house=house, name="operator"), CLOCK.now()
    if house == "hotline":
        add_person(name="analyst", organisation="child-focus", roles=["analyst"], by=by, at=at)
        record_training(
            person="analyst", course="first-analysis", valid_from=date(2017, 5, 13), valid_until=date(2099, 1, 1), by=by, at=at
        )
    else:
        add_person(name="officer", organisation="federal-police", roles=["police_officer"], by=by, at=at)


def refer(*numbers: str) -> None:
    """One report of each place, an opinion on it, and all that follows without waiting for the grace."""
    analyst, said = find_actor(house="hotline", name="analyst"), {"scheme": "demo", "version": "1", "code": "A"}
    for number in numbers:
        report = NewReport(
            reference=f"R-{number}", received_at=CLOCK.now(), channel="web", language="fr", text=address(number),
            remark="", locations=find(address(number)).locations,
        )  # fmt: skip
        receive_reports(reports=[report], by=find_actor(house="hotline", name="operator"), at=CLOCK.now())
        with acting(system_actor("hotline", "reader")):
            [item] = items_of_reports(references=[f"R-{number}"])
        assess(
            item_id=item, report_id=None, stated=Stated(**said, severity=3, flags=frozenset(), reason=""),
            assessed_at=None, person=analyst, person_kind="hotline", by=analyst, at=CLOCK.now(),
        )  # fmt: skip
    drain(current().houses, tools(current(), CLOCK, demo=True), Tally(), skip_grace=True)


WAITING = """
SELECT a.id FROM inbox_arrival a JOIN items_item i ON i.id = a.item_id
WHERE a.state = 'waiting' AND i.canonical = ANY(%s)
"""


def acknowledge(*numbers: str) -> None:
    """The officer takes note of what waits about these places."""
    with acting(system_actor("authority", "reader")):
        found = rows(WAITING, [[address(number) for number in numbers]])
    assert len(found) == len(numbers), found
    officer = find_actor(house="authority", name="officer")
    for row in found:
        inbox.acknowledge(id=row["id"], by=officer, at=CLOCK.now())


ACTS = {"people": people, "refer": refer, "acknowledge": acknowledge}
