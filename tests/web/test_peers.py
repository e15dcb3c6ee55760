"""Who manages peers sees when each was last heard, and says what became of the messages that they lost."""

from uuid import UUID

import pytest
from django.conf import settings
from django.urls import reverse

from maillon.hotline.referral.services import queue_due
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.partners.exchange.keys import fingerprint, own_key, public_text
from maillon.partners.exchange.numbers import note_lost
from maillon.partners.exchange.peers import pin_peer
from tests.factories.chain import a_case, events, read
from tests.factories.people import a_manager, a_person, a_police_officer, an_analyst, an_operator
from tests.factories.world import World
from tests.web.browser import signed_in


def a_coordinator() -> Actor:
    return a_person("coordinator-1", "police_coordinator", "federal-police", "authority")


@pytest.fixture
def lost(world: World) -> UUID:
    """A referral that the authority stored and that the hotline, restored from a backup, no longer knows."""
    a_case(world, in_state="settled")
    queue_due(by=system_actor("hotline", "clock"), at=world.now, skip_grace=True)
    world.send()
    with acting(system_actor("authority", "greeter")):
        assert note_lost(peer="hotline", sent={}, epoch=2, at=world.now) == 1
    [row] = read("SELECT id FROM partners_received", house="authority")
    return UUID(str(row["id"]))


def test_the_page_says_with_which_key_and_address_a_house_is_pinned(world: World) -> None:
    key = public_text(own_key(settings.MAILLON.keys))
    assert "None is pinned" in signed_in(a_manager()).get(reverse("peers")).content.decode()
    pin_peer(peer="authority", address="https://police.test:8443", key=key, by=an_operator(), at=world.now)
    page = signed_in(a_manager()).get(reverse("peers")).content.decode()
    assert fingerprint(key) in page
    assert "https://police.test:8443" in page
    assert 'href="https://police.test' not in page


def test_a_lost_message_needs_a_person_who_says_what_became_of_it(lost: UUID) -> None:
    client, address = signed_in(a_coordinator()), reverse("settle_lost", kwargs={"id": lost})
    assert "Messages that their sender lost" in client.get(reverse("overview")).content.decode()
    refused = client.post(address, {"reason": " "})
    assert refused.status_code == 400
    assert "what became of the message" in refused.content.decode()
    assert client.post(address, {"reason": "It was referred anew."})["Location"] == reverse("peers")
    page = client.get(reverse("peers")).content.decode()
    assert "It was referred anew." in page
    assert str(address) not in page
    [settled] = events("lost_settled", "authority")
    assert (settled["body"]["message"], settled["actor"]) == (str(lost), "coordinator-1")


def test_nobody_else_sees_the_page_and_what_is_not_lost_is_not_found(lost: UUID) -> None:
    for other in (an_analyst(), a_police_officer()):
        assert signed_in(other).get(reverse("peers")).status_code == 403
        assert signed_in(other).post(reverse("settle_lost", kwargs={"id": lost}), {"reason": "x"}).status_code == 403
    unknown = reverse("settle_lost", kwargs={"id": uuid7(read("SELECT now()")[0]["now"])})
    assert signed_in(a_coordinator()).post(unknown, {"reason": "x"}).status_code == 404
    elsewhere = reverse("settle_lost", kwargs={"id": lost})
    assert signed_in(a_manager()).post(elsewhere, {"reason": "x"}).status_code == 404
