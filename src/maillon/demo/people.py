"""The demo's people at the two doors: reporters of every kind, and what the hotline's staff do among themselves."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from maillon.access.clearances import give_clearance
from maillon.access.queries import find_actor
from maillon.hotline.analysis.claiming import claim_next
from maillon.hotline.analysis.filters import Wanted, save_filter
from maillon.hotline.analysis.overriding import override_term
from maillon.hotline.analysis.queue import queue
from maillon.hotline.intake.following import report_by_receipt, reporter_writes, write_to_reporter
from maillon.hotline.intake.placing import close_report
from maillon.hotline.intake.receipts import hash_receipt, new_receipt, receipt_keys
from maillon.hotline.intake.submitting import enter_report, reporter_actor, submit
from maillon.items.demands import demand_clearance
from maillon.kernel.clock import brussels_day
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import Row

TOKENS = ("demo-answered", "demo-urgent", "demo-vague", "demo-closed", "demo-call")
"""Form tokens of the demo's reporters: their receipts follow from the installation's secret."""


def receipt(token: str = TOKENS[0]) -> str:
    """The receipt of one of the demo's reporters."""
    return new_receipt(receipt_keys(settings.SECRET_KEY).making, token)


def receipt_hash(token: str) -> bytes:
    return hash_receipt(receipt_keys(settings.SECRET_KEY).storing, receipt(token))


def report_and_ask(*, analyst: Actor, at: datetime) -> None:
    """Five people report; the hotline asks one of them something, who answers."""
    web = reporter_actor()
    submit(
        receipt_hash=receipt_hash(TOKENS[0]), language="fr", text="http://open-forum.test/topic/12?page=3",
        remark="Vu en cherchant autre chose.", at=at - timedelta(hours=5), by=web,
    )  # fmt: skip
    submit(
        receipt_hash=receipt_hash(TOKENS[1]), language="nl", text="https://canal-pictures.test/album/7",
        remark="Dit gebeurt nu.", stated=("danger_now", "minor"), contact="a-reporter@post.test",
        at=at - timedelta(minutes=20), by=web,
    )  # fmt: skip
    for token, language, remark in (
        (TOKENS[2], "de", "In einer App, in der Gruppe „Muster“."),
        (TOKENS[3], "en", "A test."),
    ):
        submit(
            receipt_hash=receipt_hash(token),
            language=language,
            text="",
            remark=remark,
            at=at - timedelta(hours=3),
            by=web,
        )
    enter_report(
        channel="phone", received_at=at - timedelta(minutes=50), language="fr", text="http://winter-album.test/a/1",
        remark="La personne a lu cette adresse au téléphone.", receipt_hash=receipt_hash(TOKENS[4]), by=analyst,
        at=at - timedelta(minutes=45),
    )  # fmt: skip


def converse(*, analyst: Actor, senior: Actor, at: datetime) -> None:
    """What the reports of `report_and_ask` need once they are filed."""
    asked, closed = (_report(token) for token in (TOKENS[0], TOKENS[3]))
    write_to_reporter(
        report_id=asked, text="Bonjour, sur quelle page était-ce ? Merci de votre aide.", by=analyst,
        at=at - timedelta(hours=4),
    )  # fmt: skip
    reporter_writes(
        receipt_hash=receipt_hash(TOKENS[0]), receipt=receipt(), text="Sur la troisième page, tout en bas.",
        by=reporter_actor(), at=at - timedelta(hours=1),
    )  # fmt: skip
    close_report(report_id=closed, reason="says itself that it is a test", by=senior, at=at)


def work_the_queue(*, senior: Actor, analyst: Actor, manager: Actor, at: datetime) -> None:
    """A clearance given and demanded, a term changed, a filter shared, a case being looked at."""
    day = brussels_day(at)
    give_clearance(
        person=senior.name, label="restricted", valid_from=day, valid_until=day.replace(day=1, year=day.year + 1),
        reason="in charge of restricted files", by=manager, at=at,
    )  # fmt: skip
    save_filter(name="Belgium first", wanted=Wanted(country="BE"), shared=True, by=analyst, at=at)
    waiting = _waiting(analyst, at)
    cleared = find_actor(house="hotline", name=senior.name)
    demand_clearance(
        item_id=waiting[-1]["item"],
        label="restricted",
        reason="concerns somebody known to the staff",
        by=cleared,
        at=at,
    )
    override_term(
        case_id=waiting[-2]["case"], due_at=at + timedelta(days=3), reason="the reporter was asked for the page",
        by=manager, at=at,
    )  # fmt: skip
    claim_next(wanted=Wanted(states=("waiting",)), by=analyst, at=at)


def _report(token: str) -> UUID:
    with acting(reporter_actor()):
        found = report_by_receipt(receipt_hash(token))
    assert found is not None
    return UUID(str(found["id"]))


def _waiting(by: Actor, at: datetime) -> list[Row]:
    with acting(by):
        return queue(wanted=Wanted(states=("waiting",)), person=by.name, at=at, limit=200)
