"""What people do in one of two installations. Runs as a process in the environment of that installation."""

import signal
import threading
from datetime import date, timedelta

from maillon.access.queries import find_actor
from maillon.access.services import add_organisation, add_person, record_training
from maillon.authority.decision.services import order_in_writing, request_decision
from maillon.authority.inbox import services as inbox
from maillon.demo.networks import BE_KESTREL
from maillon.hotline.analysis.services import Stated, assess
from maillon.hotline.intake.queries import items_of_reports
from maillon.hotline.intake.services import NewReport, receive_reports
from maillon.items.addresses import find
from maillon.kernel.clock import SystemClock
from maillon.ops.installation import current
from maillon.ops.serve import greet_peers
from maillon.ops.work import GLANCE, Tally, drain, tools
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import rows
from tests.factories.exchange import Certificate, TlsServerThread

CLOCK = SystemClock()
LOOKS = 600
"""How often to look whether what is to go is on its way."""
OFFICE = "federal-prosecutor"
HOST = BE_KESTREL.address(9)
"""A Belgian address of the demo that stands for itself, so that no name server is asked."""


def address(number: str) -> str:
    return f"http://{HOST}/{number}"


def people() -> None:
    """An analyst at the hotline; an officer and a coordinator at the police, a magistrate."""
    house = current().houses[0]
    by, at = find_actor(house=house, name="operator"), CLOCK.now()
    if house == "hotline":
        add_person(name="analyst", organisation="child-focus", roles=["analyst"], by=by, at=at)
        record_training(
            person="analyst",
            course="first-analysis",
            valid_from=date(2017, 5, 13),
            valid_until=date(2099, 1, 1),
            by=by,
            at=at,
        )
    else:
        add_organisation(id=OFFICE, kind="federal_prosecutor", name="Federal prosecutor's office", by=by, at=at)
        add_person(name="magistrate", organisation=OFFICE, roles=["magistrate"], by=by, at=at)
        add_person(name="officer", organisation="federal-police", roles=["police_officer"], by=by, at=at)
        add_person(name="coordinator", organisation="federal-police", roles=["police_coordinator"], by=by, at=at)


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
    at_hand, places = tools(current(), CLOCK, demo=True), [address(number) for number in numbers]
    for _ in range(LOOKS):
        drain(current().houses, at_hand, Tally(), skip_grace=True)
        with acting(system_actor("hotline", "reader")):
            if len(rows(ON_THEIR_WAY, [places])) == len(numbers):
                return
        threading.Event().wait(GLANCE)  # the worker of the site is at one of them
    raise AssertionError(f"Not all of {numbers} was put on its way.")


ON_THEIR_WAY = """
SELECT m.id FROM partners_message m JOIN items_item i ON i.id = m.item_id
WHERE m.kind = 'referral' AND i.canonical = ANY(%s)
"""
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


ITEM = "SELECT id FROM items_item WHERE canonical = %s"


def order(number: str) -> None:
    """The officer asks the magistrate about this place, who orders its removal."""
    officer, magistrate = (find_actor(house="authority", name=name) for name in ("officer", "magistrate"))
    with acting(system_actor("authority", "reader")):
        [item] = rows(ITEM, [address(number)])
    request = request_decision(
        item_id=item["id"], kind="removal", office=OFFICE, language="fr", reasons="As the hotline assessed it.",
        by=officer, at=CLOCK.now(),
    )  # fmt: skip
    order_in_writing(
        request_id=request, words="The location is made inaccessible.", until=CLOCK.now() + timedelta(days=100),
        by=magistrate, at=CLOCK.now(),
    )  # fmt: skip


def site() -> None:
    """The site over TLS where it is to be served, in this process, until SIGTERM."""
    here = current()
    assert here.tls_certificate is not None
    assert here.tls_key is not None
    server = TlsServerThread(Certificate(chain=here.tls_certificate, key=here.tls_key, authority=""))
    server.port = here.listen.port
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    greet_peers(here)
    server.run()
    if server.error:
        raise server.error


ACTS = {"people": people, "refer": refer, "acknowledge": acknowledge, "order": order, "site": site}
