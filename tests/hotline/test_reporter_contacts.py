"""How a reporter may be reached is kept apart, encrypted, and read on record by few."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pyrage
import pytest
from django.conf import settings

from maillon.hotline.intake.contacts import read_contact, seal
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.sql import run
from tests.factories.chain import events, read
from tests.factories.people import a_manager, a_senior, an_analyst, an_operator
from tests.factories.reporters import submitted
from tests.factories.world import NOW

CONTACT = "somebody@example.test, in the evening"


def with_contact() -> UUID:
    submitted(contact=CONTACT)
    return UUID(str(read("SELECT id FROM intake_report")[0]["id"]))


def opened(id: UUID, by: Actor | None = None, reason: str = "somebody is in danger") -> str:
    return read_contact(report_id=id, reason=reason, by=by or a_senior(), at=NOW)


def test_a_contact_is_stored_encrypted_and_nowhere_else(houses: None) -> None:
    with_contact()
    [row] = read("SELECT sealed FROM intake_contact")
    assert bytes(row["sealed"]).startswith(b"age-encryption.org/")
    everything = b"".join(
        repr(read(f"SELECT t::text FROM {table} t")).encode()
        for table in ("intake_report", "intake_contact", "outbox_event", "outbox_eventbody")
    )
    assert b"example.test" not in everything
    assert CONTACT.encode().hex().encode() not in everything


def test_who_may_reads_a_contact_and_the_reason_is_on_record(houses: None) -> None:
    id = with_contact()
    assert opened(id) == opened(id, a_manager()) == CONTACT
    assert [(event["actor"], event["body"]["reason"]) for event in events("contact_read")] == [
        ("senior-1", "somebody is in danger"), ("manager-1", "somebody is in danger"),
    ]  # fmt: skip


def test_without_the_right_or_a_reason_nothing_is_read(houses: None) -> None:
    id = with_contact()
    for someone in (an_analyst(), an_operator()):
        with pytest.raises(NotAllowed):
            opened(id, someone)
    with pytest.raises(BadInput, match="Say why"):
        opened(id, reason="  ")
    assert events("contact_read") == []


def test_a_report_without_a_contact_cannot_be_told_from_one_that_is_hidden(houses: None) -> None:
    id = with_contact()
    with acting(system_actor("hotline", "reader")):
        run("UPDATE intake_report SET demands = '{sealed}'")
    said = []
    for wanted in (id, uuid4()):
        with pytest.raises(NotFound) as refused:
            opened(wanted)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_the_key_is_private_and_its_public_half_is_enough_to_take_contacts_in(
    houses: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "MAILLON", replace(settings.MAILLON, home=tmp_path / "home"))
    with_contact()
    key: Path = settings.MAILLON.contact_key
    recipient = settings.MAILLON.contact_recipient.read_text()
    assert key.stat().st_mode & 0o777 == 0o600
    assert str(pyrage.x25519.Identity.from_str(key.read_text()).to_public()) == recipient
    id = UUID(str(read("SELECT id FROM intake_report")[0]["id"]))
    elsewhere = key.rename(key.with_name("contact.elsewhere"))
    assert seal(CONTACT)
    with pytest.raises(BadInput, match="is not in the folder of keys"):
        opened(id)
    key.write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(BadInput, match="encrypted to another key"):
        opened(id)
    elsewhere.rename(key)
    assert opened(id) == CONTACT
    assert len(events("contact_read")) == 1


def test_nothing_given_is_nothing_kept(houses: None) -> None:
    submitted(contact=" \n")
    assert seal("") is None
    assert read("SELECT 1 FROM intake_contact") == []
