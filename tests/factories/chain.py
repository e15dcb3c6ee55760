"""Reports, opinions, and the rows of every state, each reached by walking through the services."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from uuid import UUID

from maillon.authority.inbox.queries import arrivals
from maillon.authority.inbox.services import acknowledge
from maillon.hotline.analysis.queries import latest_case
from maillon.hotline.analysis.services import Stated, assess
from maillon.hotline.intake.services import NewReport, Received, receive_reports
from maillon.hotline.referral.queries import referrals
from maillon.hotline.referral.services import queue_due, settle_refused, undo_referral
from maillon.items.addresses import find
from maillon.items.services import note_offline
from maillon.observation.services import state_location
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.sql import Params, Row, rows
from tests.factories.people import a_manager, a_police_officer, an_analyst, an_operator
from tests.factories.world import World

_numbers = count(1)


def read(statement: str, params: Params = (), house: str = "hotline") -> list[Row]:
    """Rows as `house` sees them."""
    with acting(system_actor(house, "reader")):
        return rows(statement, params)


def events(kind: str, house: str = "hotline") -> list[Row]:
    """The events of one kind, oldest first, each with its body as text."""
    return read(
        "SELECT e.*, convert_from(b.body, 'UTF8')::jsonb AS body FROM outbox_event e "
        "JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id WHERE e.kind = %s ORDER BY e.id",
        [kind],
        house,
    )


def a_report(text: str, *, reference: str = "", received_at: datetime, remark: str = "") -> NewReport:
    """A report that speaks of every location in `text`."""
    return NewReport(
        reference=reference or f"R-{next(_numbers)}",
        received_at=received_at,
        channel="web",
        language="fr",
        text=text,
        remark=remark,
        locations=find(text).locations,
    )


def received(reports: Sequence[NewReport], *, at: datetime, by: Actor | None = None) -> Received:
    return receive_reports(reports=reports, by=by or an_operator(), at=at)


def reported(world: World, text: str = "http://be.test/a", **more: str) -> UUID:
    """One report, received now, of one location; its item."""
    report = a_report(text, received_at=world.now, **more)
    received([report], at=world.now)
    return UUID(str(read("SELECT id FROM items_item WHERE key = %s", [report.locations[0].key])[0]["id"]))


def says(
    code: str = "A", *, severity: int | None = 3, flags: Sequence[str] = (), reason: str = "", scheme: str = "demo"
) -> Stated:
    return Stated(
        scheme=scheme,
        version="1",
        code=code,
        severity=severity if code != "N" else None,
        flags=frozenset(flags),
        reason=reason,
    )


def assessed(
    world: World,
    item: UUID,
    stated: Stated,
    person: Actor | None = None,
    *,
    report_id: UUID | None = None,
) -> str:
    """An analyst's own opinion of an item, given a second later than whatever came before: opinions have an order."""
    who = person or an_analyst()
    world.wait(seconds=1)
    return assess(
        item_id=item,
        report_id=report_id,
        stated=stated,
        assessed_at=None,
        person=who,
        person_kind="hotline",
        by=who,
        at=world.now,
    )


def case_of(item: UUID) -> Row:
    with acting(system_actor("hotline", "reader")):
        found = latest_case(item_id=item)
    assert found is not None
    return found


def referrals_of(item: UUID) -> list[Row]:
    with acting(system_actor("hotline", "reader")):
        return referrals(item_ids=[item])


def located_elsewhere(world: World, item: UUID, country: str) -> None:
    """A person states another country."""
    state_location(item_id=item, country=country, statement="seen by a person", by=an_analyst(), at=world.now)


def an_item(world: World, *, in_state: str, text: str = "http://be.test/a") -> UUID:
    item = reported(world, text)
    world.drain()
    if in_state in ("illegal", "not_illegal"):
        assessed(world, item, says("A" if in_state == "illegal" else "N"))
    elif in_state == "offline":
        note_offline(item_id=item, statement="nothing answers", by=an_analyst(), at=world.now)
    world.drain(grace=True)
    return item


def a_case(world: World, *, in_state: str, text: str = "http://be.test/a") -> UUID:
    """A case in this state; its item."""
    item = reported(world, text)
    world.drain()
    if in_state == "second_opinion":
        assessed(world, item, says("B", severity=1))
    elif in_state == "disputed":
        assessed(world, item, says("B", severity=1))
        assessed(world, item, says("N"), an_analyst(2))
    elif in_state == "settled":
        assessed(world, item, says("A"))
    world.drain(grace=True)
    return item


def a_referral(world: World, *, in_state: str) -> UUID:
    """The one referral to the federal police in this state (call-backs aside); its item."""
    undetermined = in_state in ("undecided", "decided")
    item = a_case(world, in_state="settled", text="http://nowhere.test/a" if undetermined else "http://be.test/a")
    if in_state == "decided":
        located_elsewhere(world, item, "BE")
        world.drain(grace=True)
    elif in_state == "withdrawn":
        assessed(world, item, says("N"))
        world.hand_over()
    elif in_state == "undone":
        undo_referral(id=referrals_of(item)[0]["id"], reason="a mistake", by=an_analyst(), at=world.now)
    elif in_state == "queued":
        queue_due(by=system_actor("hotline", "clock"), at=world.now, skip_grace=True)
    elif in_state in ("sent", "acknowledged", "recalled", "refused", "resolved"):
        world.drain()
        if in_state == "acknowledged":
            taken_note_of(world)
        elif in_state == "recalled":
            assessed(world, item, says("N"))
        elif in_state in ("refused", "resolved"):
            _refused(world, referrals_of(item)[0], resolved=in_state == "resolved")
        world.drain()
    return item


def _refused(world: World, row: Row, *, resolved: bool) -> None:
    """Its partner refuses it; a person closes it, where it is to be resolved."""
    from tests.factories.telling import refusal  # which tells of what this module makes

    refusal(world, row)
    if resolved:
        settle_refused(referral_id=row["id"], how="closed", reason="nobody else can act", by=a_manager(), at=world.now)


def waiting_arrivals() -> list[Row]:
    with acting(a_police_officer()):
        return arrivals(state="waiting")


def taken_note_of(world: World) -> None:
    """A police officer takes note of everything that waits."""
    for arrival in waiting_arrivals():
        acknowledge(id=arrival["id"], by=a_police_officer(), at=world.now)
