"""What every channel promises, whichever folder it lies in: a message arrives once, whole, or the sender learns it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pyrage
import pytest
from django.conf import settings
from jsonschema import Draft202012Validator

from maillon.hotline.referral.services import queue_due
from maillon.kernel.errors import MaillonError
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import HOUSES, acting, system_actor
from maillon.outbox.record import stamp
from maillon.partners.channels import Channel, ChannelFailed, Partner, Surroundings, names, open_channels
from maillon.partners.envelope import SCHEMAS, Envelope, read_document
from maillon.partners.known import organisation_partner
from tests.factories.chain import a_case, read
from tests.factories.exchange import elsewhere
from tests.factories.portal import FRENCH, a_partner
from tests.factories.world import NOW, World

POLICE = Partner(id="federal-police", kind="federal_police", desk_house="authority", recipient="")


def by_local(folder: Path) -> list[dict[str, Any]]:
    """What `local` and `maillon` delivered: the envelopes as the other house stored them."""
    found = read(
        "SELECT r.id, r.sender, r.epoch, r.number, r.kind, r.version, convert_from(b.body, 'UTF8')::jsonb AS body "
        "FROM partners_received r JOIN outbox_event e ON e.kind = 'message_received' "
        "JOIN outbox_eventbody b ON b.event_id = e.id AND b.body IS NOT NULL "
        "WHERE convert_from(b.body, 'UTF8')::jsonb->>'message' = r.id::text ORDER BY r.number",
        house="authority",
    )
    return [
        {
            "id": str(row["id"]), "sender": row["sender"], "recipient": POLICE.id, "epoch": row["epoch"],
            "number": row["number"], "kind": row["kind"], "version": row["version"],
            "issued_at": row["body"]["issued_at"], "body": row["body"]["body"],
        }
        for row in found
    ]  # fmt: skip


def by_file(folder: Path) -> list[dict[str, Any]]:
    """What `file` delivered: whole documents, and nothing half written beside them."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    assert [path.suffix for path in found] == [".json"] * len(found)
    return [json.loads(path.read_bytes()) for path in found]


def by_portal(folder: Path) -> list[dict[str, Any]]:
    """What `portal` delivered: the letters that lie in the sender's house."""
    return [
        {
            "id": str(row["id"]), "sender": "hotline", "recipient": row["partner"], "epoch": row["epoch"],
            "number": row["number"], "kind": row["kind"], "version": row["version"],
            "issued_at": stamp(row["issued_at"]), "body": row["body"],
        }
        for row in read("SELECT * FROM partners_letter ORDER BY number")
    ]  # fmt: skip


DELIVERED: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    "file": by_file,
    "local": by_local,
    "maillon": by_local,
    "portal": by_portal,
}
"""How to see what a channel delivered; a new channel adds its own."""


@pytest.fixture(params=names())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def channel(name: str, world: World) -> Channel:
    return open_channels(Surroundings(houses=HOUSES, folder=world.folder, keys=settings.MAILLON.keys))[name]


@pytest.fixture
def partner(name: str, world: World, tmp_path: Path) -> Iterator[Partner]:
    """Whom the channel reaches: the police, here or elsewhere, or a hotline abroad whose people have the portal."""
    if name == "portal":
        a_partner()
        with acting(system_actor("hotline", "clock")):
            french = organisation_partner(id=FRENCH, house="hotline")
        yield french
    elif name == "maillon":
        with elsewhere(tmp_path / "tls", world.clock) as desk:
            yield desk
    else:
        yield POLICE


@pytest.fixture
def envelope(partner: Partner, world: World) -> Envelope:
    """A referral on its way, as the hotline queued it for the police."""
    return an_envelope(world, to=partner)


def an_envelope(world: World, number: int = 1, id: UUID | None = None, to: Partner = POLICE) -> Envelope:
    if not read("SELECT 1 FROM partners_message"):
        a_case(world, in_state="settled")
        queue_due(by=system_actor("hotline", "clock"), at=world.now, skip_grace=True)
    [row] = read("SELECT * FROM partners_message")
    return Envelope(
        id=id or row["id"], sender="hotline", recipient=to.id, epoch=1, number=number, kind=row["kind"],
        version=row["version"], issued_at=stamp(row["issued_at"]), body=orjson.loads(bytes(row["body"])),
    )  # fmt: skip


def test_how_to_see_what_arrived_is_known_for_every_channel() -> None:
    assert set(DELIVERED) == set(names())


def test_what_is_sent_arrives_as_it_was_sent(
    name: str, channel: Channel, partner: Partner, envelope: Envelope, world: World
) -> None:
    assert channel.reaches(partner)
    assert channel.send(envelope, partner, NOW)
    assert DELIVERED[name](world.folder) == [envelope.document()]


def test_the_same_envelope_sent_again_arrives_once(
    name: str, channel: Channel, partner: Partner, envelope: Envelope, world: World
) -> None:
    for _ in range(3):
        channel.send(envelope, partner, NOW)
    assert DELIVERED[name](world.folder) == [envelope.document()]


def test_other_envelopes_arrive_beside_it(
    name: str, channel: Channel, partner: Partner, envelope: Envelope, world: World
) -> None:
    second = an_envelope(world, number=2, id=uuid7(NOW), to=partner)
    for each in (envelope, second, envelope):
        channel.send(each, partner, NOW)
    assert DELIVERED[name](world.folder) == [envelope.document(), second.document()]


def test_the_document_conforms_to_the_published_schemas(
    name: str, channel: Channel, partner: Partner, envelope: Envelope, world: World
) -> None:
    channel.send(envelope, partner, NOW)
    [document] = DELIVERED[name](world.folder)
    for schema, part in (("envelope", document), (f"{document['kind']}-1", document["body"])):
        Draft202012Validator(json.loads((SCHEMAS / f"{schema}.json").read_text())).validate(part)
    assert read_document(document) == envelope


def a_folder_that_is_a_file(envelope: Envelope, world: World) -> Envelope:
    world.folder.write_text("in the way")
    return envelope


def an_item_that_cannot_be_read(envelope: Envelope, world: World) -> Envelope:
    about = {**envelope.body["item"], "canonical": "no address at all"}
    return replace(envelope, body={**envelope.body, "item": about})


def an_item_that_is_unknown(envelope: Envelope, world: World) -> Envelope:
    about = {**envelope.body["item"], "ref": str(uuid7(NOW))}
    return replace(envelope, body={**envelope.body, "item": about})


FAILING: dict[str, Callable[[Envelope, World], Envelope]] = {
    "file": a_folder_that_is_a_file,
    "local": an_item_that_cannot_be_read,
    "maillon": an_item_that_cannot_be_read,
    "portal": an_item_that_is_unknown,
}
"""How to make a channel's destination refuse."""


def test_a_destination_that_refuses_is_said_and_keeps_nothing(
    name: str, channel: Channel, partner: Partner, envelope: Envelope, world: World
) -> None:
    refused = FAILING[name](envelope, world)
    with pytest.raises((ChannelFailed, MaillonError)) as failure:
        channel.send(refused, partner, NOW)
    assert str(failure.value).endswith(".")
    if world.folder.is_file():
        world.folder.unlink()
    assert DELIVERED[name](world.folder) == []
    channel.send(envelope, partner, NOW)
    assert DELIVERED[name](world.folder) == [envelope.document()]


def test_a_partner_with_a_key_gets_a_file_that_only_they_can_open(envelope: Envelope, world: World) -> None:
    identity = pyrage.x25519.Identity.generate()
    keyed = Partner(id=POLICE.id, kind=POLICE.kind, desk_house="", recipient=str(identity.to_public()))
    world.channels["file"].send(envelope, keyed, NOW)
    [path] = [path for path in world.folder.rglob("*") if path.is_file()]
    assert path.name.endswith(".json.age")
    assert b"be.test" not in path.read_bytes()
    assert json.loads(pyrage.decrypt(path.read_bytes(), [identity])) == envelope.document()
    assert path.stat().st_mode & 0o077 == 0


def test_local_reaches_only_the_houses_of_this_installation(world: World) -> None:
    alone = open_channels(Surroundings(houses=("hotline",), folder=world.folder))["local"]
    assert not alone.reaches(POLICE)
    assert not world.channels["local"].reaches(Partner(id="x", kind="inhope_hotline", desk_house="", recipient=""))
