"""What arrives at the authority, without the hotline that sends it; the people who work on it."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from maillon.authority.inbox.queries import matter
from maillon.authority.inbox.services import enter_letter
from maillon.items.addresses import find
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.record import stamp
from maillon.outbox.sql import Row
from maillon.partners.envelope import Envelope
from maillon.partners.receive import receive
from tests.factories.chain import read
from tests.factories.people import a_person, a_police_officer
from tests.factories.world import World

READER = system_actor("authority", "reader")
_numbers = count(1_000_000)


def a_coordinator() -> Actor:
    return a_person("coordinator-1", "police_coordinator", "federal-police", "authority")


def a_local_officer(number: int = 1) -> Actor:
    """Somebody of a local police zone, who sees only what was passed to it."""
    return a_person(f"local-{number}", "local_police_officer", house="authority")


def arrived(
    world: World, text: str = "http://be.test/a", *, severity: int = 3, flags: Sequence[str] = (),
    recalls: UUID | None = None, term: timedelta = timedelta(days=1),
) -> UUID:  # fmt: skip
    """A referral of one location arrives (a call-back of the arrival `recalls`); the arrival's id."""
    id, now = uuid7(world.now), world.now
    said = {"scheme": "demo", "version": "1", "code": "A", "outcome": "illegal", "severity": severity}
    assessment = {**said, "flags": list(flags)}
    body: dict[str, Any] = {
        "referral": str(uuid7(now)),
        "recipient_kind": "local_police",
        "item": _item(text),
        "acknowledge_by": stamp(now + term),
        "rule": "route/1@0",
    }
    if recalls:
        now_thought = {**assessment, "outcome": "not_illegal", "severity": None, "flags": []}
        more = {"recalls": str(uuid7(now)), "recalls_message": str(recalls), "reason": "settled otherwise"}
        body |= {**more, "before": assessment, "now": now_thought}
    else:
        place = {"country": "BE", "reason": "agreed", "observed_at": stamp(now), "provider_country": "BE"}
        body |= {"purpose": "action", "assessment": assessment, "location": place, "reports": []}
    kind = "callback" if recalls else "referral"
    _receive(world, kind, body, id)
    return id


def answer_arrived(world: World, kind: str, body: dict[str, Any], *, house: str = "authority", sender: str) -> None:
    """A message of another kind arrives."""
    _receive(world, kind, body, uuid7(world.now), house=house, sender=sender)


def _receive(
    world: World, kind: str, body: dict[str, Any], id: UUID, *, house: str = "authority", sender: str = "hotline"
) -> None:
    envelope = Envelope(
        id=id, sender=sender, recipient="local-police" if house == "authority" else "child-focus", epoch=1,
        number=next(_numbers), kind=kind, version=1, issued_at=stamp(world.now), body=body,
    )  # fmt: skip
    receive(envelope=envelope, house=house, at=world.now)
    world.hand_over(house)


def _item(text: str) -> dict[str, str]:
    (location,) = find(text).locations
    ref = str(UUID(bytes=location.key[:16]))
    about = {"owner": "hotline", "ref": ref, "kind": location.kind}
    return {**about, "given": location.given, "canonical": location.canonical}


def a_letter(world: World, text: str = "See http://be.test/a", by: Actor | None = None, **more: Any) -> list[UUID]:
    given = {"sender_name": "a town hall", "received_at": world.now, **more}
    return enter_letter(text=text, by=by or a_police_officer(), at=world.now, **given)


def matter_with(arrival: UUID) -> Row:
    """The matter in which an arrival stands, as it is now."""
    [row] = read("SELECT matter_id FROM inbox_arrival WHERE id = %s", [arrival], "authority")
    with acting(READER):
        found = matter(id=row["matter_id"])
    assert found is not None
    return found


def a_matter(world: World, text: str = "http://be.test/a", **more: Any) -> UUID:
    """The id of the matter of something that arrives now."""
    return UUID(str(matter_with(arrived(world, text, **more))["id"]))


def state_of(id: UUID) -> tuple[str, str, str | None]:
    """A matter's state, who took it, whose it is."""
    [row] = read("SELECT state, taken_by, unit FROM inbox_matter WHERE id = %s", [id], "authority")
    return row["state"], row["taken_by"], row["unit"]


def row_of(arrival: UUID) -> Row:
    [row] = read("SELECT * FROM inbox_arrival WHERE id = %s", [arrival], "authority")
    return row
