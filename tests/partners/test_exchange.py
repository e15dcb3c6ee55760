"""What another installation says is stored once, and only if it is signed, meant for us, whole, and in its place."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import orjson
import pytest
from django.conf import settings
from django.db import connections, transaction
from jwt.api_jws import PyJWS

from maillon.hotline.referral.services import queue_due
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.record import stamp
from maillon.outbox.sql import run
from maillon.partners.channels import ChannelFailed, Partner, Peer
from maillon.partners.channels.maillon import Maillon
from maillon.partners.envelope import Envelope
from maillon.partners.exchange import client
from maillon.partners.exchange.greeting import take_greeting
from maillon.partners.exchange.keys import fingerprint, own_key, public_text, read_public
from maillon.partners.exchange.peers import pin_peer, remove_peer
from maillon.partners.exchange.signed import MEDIA_TYPE, BadSignature, Purpose, sign, verified
from maillon.partners.exchange.taking import check_receipt, say_message, take_message
from maillon.partners.services import send_due
from tests.factories.chain import a_case, read
from tests.factories.exchange import Certificate, a_certificate, elsewhere, the_channel, the_desk
from tests.factories.people import an_analyst, an_operator
from tests.factories.world import NOW, World

CLOCK = system_actor("hotline", "clock")


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Iterator[Partner]:
    """The police desk, elsewhere; both houses have greeted."""
    with elsewhere(tmp_path / "tls", world.clock) as found:
        yield found


@pytest.fixture
def envelope(world: World, desk: Partner) -> Envelope:
    """A referral on its way to the desk, as the hotline queued it."""
    a_case(world, in_state="settled")
    queue_due(by=CLOCK, at=world.now, skip_grace=True)
    [row] = read("SELECT * FROM partners_message")
    return Envelope(
        id=row["id"], sender="hotline", recipient=desk.id, epoch=1, number=1, kind=row["kind"], version=row["version"],
        issued_at=stamp(row["issued_at"]), body=orjson.loads(bytes(row["body"])),
    )  # fmt: skip


@pytest.fixture
def maillon(world: World) -> Maillon:
    found = the_channel(world.folder)
    assert isinstance(found, Maillon)
    return found


def peer_of(desk: Partner) -> Peer:
    assert desk.peer is not None
    return desk.peer


def keys() -> Path:
    found: Path = settings.MAILLON.keys
    return found


def stored() -> list[UUID]:
    return [row["id"] for row in read("SELECT id FROM partners_received ORDER BY number", house="authority")]


def said(desk: Partner, text: bytes, *, operation: str = "message", house: str = "hotline") -> bytes:
    return client.say(peer=peer_of(desk), house=house, operation=operation, text=text)


def saying(envelope: Envelope, desk: Partner) -> dict[str, Any]:
    """What the hotline says of the envelope, not yet signed."""
    text = say_message(envelope, peer=peer_of(desk), keys=keys())
    return verified(text, "message", peer_of(desk).key)


def test_the_same_message_again_brings_the_same_receipt_and_is_stored_once(
    envelope: Envelope, desk: Partner, maillon: Maillon, world: World
) -> None:
    first = maillon.send(envelope, desk, world.now)
    world.wait(hours=1)
    assert maillon.send(envelope, desk, world.now) == first
    assert stored() == [envelope.id]
    claims = verified(first.encode(), "receipt", peer_of(desk).key)
    assert claims["message"] == str(envelope.id)
    assert claims["digest"] == envelope.digest().hex()


def test_a_receipt_is_kept_with_the_message(envelope: Envelope, desk: Partner, world: World) -> None:
    with acting(system_actor("hotline", "test")):
        run("UPDATE partners_message SET channel = 'maillon'")
    lines = {"maillon": the_channel(world.folder)}
    assert send_due(house="hotline", channels=lines, clock=world.clock) == 1
    [row] = read("SELECT state, receipt FROM partners_message")
    assert row["state"] == "sent"
    assert check_receipt(bytes(row["receipt"]), envelope, peer=peer_of(desk))


def test_a_connection_cut_after_the_message_was_stored_changes_nothing(
    envelope: Envelope, desk: Partner, maillon: Maillon, world: World
) -> None:
    peer = peer_of(desk)
    text = say_message(envelope, peer=peer, keys=keys())
    head = (
        "POST /api/exchange/authority/hotline/message HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(text)}\r\n\r\n"
    )
    where = urlsplit(peer.address)
    with socket.create_connection((where.hostname, where.port)) as plain:
        line = ssl.create_default_context(cadata=peer.authority).wrap_socket(plain, server_hostname=where.hostname)
        line.sendall(head.encode() + text)
        line.close()
    until = time.monotonic() + 10
    while not stored() and time.monotonic() < until:
        time.sleep(0.01)
    assert stored() == [envelope.id]
    world.wait(minutes=1)
    assert maillon.send(envelope, desk, world.now)
    assert stored() == [envelope.id]


def by_another_key(claims: dict[str, Any], folder: Path) -> bytes:
    return sign(claims, "message", own_key(folder))


def signed_at_will(claims: dict[str, Any], typ: str) -> bytes:
    """What a program of others signs, which need not hold back as ours does."""
    return PyJWS().encode(orjson.dumps(claims), own_key(keys()), algorithm="EdDSA", headers={"typ": typ}).encode()


def for_another_purpose(claims: dict[str, Any], folder: Path) -> bytes:
    return sign(claims, "receipt", own_key(keys()))


def with_another_body(claims: dict[str, Any], folder: Path) -> bytes:
    head, body, signature = sign(claims, "message", own_key(keys())).split(b".")
    other = sign({**claims, "known_epoch": 7}, "message", own_key(keys())).split(b".")[1]
    assert other != body
    return b".".join((head, other, signature))


def unsigned(claims: dict[str, Any], folder: Path) -> bytes:
    return PyJWS().encode(orjson.dumps(claims), None, algorithm="none", headers={"typ": "maillon-message"}).encode()


def with_the_public_key_as_a_secret(claims: dict[str, Any], folder: Path) -> bytes:
    shared = public_text(own_key(keys())).encode()
    return PyJWS().encode(orjson.dumps(claims), shared, algorithm="HS256", headers={"typ": "maillon-message"}).encode()


def no_signed_text(claims: dict[str, Any], folder: Path) -> bytes:
    return b"\xff not.signed.at-all \x00"


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize(
    "forged",
    [
        by_another_key, for_another_purpose, with_another_body, unsigned, with_the_public_key_as_a_secret,
        no_signed_text,
    ],
)  # fmt: skip
def test_what_the_pinned_key_did_not_sign_is_refused(
    forged: Callable[[dict[str, Any], Path], bytes], envelope: Envelope, desk: Partner, tmp_path: Path
) -> None:
    with pytest.raises(ChannelFailed, match="refused \\(403\\)"):
        said(desk, forged(saying(envelope, desk), tmp_path / "home" / "keys"))
    assert stored() == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"to": "care"}, 422),
        ({"from": "care"}, 422),
        ({"known_epoch": 2}, 412),
        ({"known_epoch": 0}, 412),
        ({"epoch": 2}, 412),
        ({"more": 1}, 422),
    ],
)
def test_a_message_for_another_house_or_of_another_epoch_is_refused(
    change: dict[str, Any], status: int, envelope: Envelope, desk: Partner
) -> None:
    with pytest.raises(ChannelFailed, match=f"\\({status}\\)"):
        said(desk, sign({**saying(envelope, desk), **change}, "message", own_key(keys())))
    assert stored() == []


@pytest.mark.parametrize("change", [{"recipient": "somebody"}, {"sender": "authority"}, {"kind": "nonsense"}])
def test_an_envelope_for_another_recipient_or_of_another_sender_is_refused(
    change: dict[str, Any], envelope: Envelope, desk: Partner
) -> None:
    other = replace(envelope, **change)
    claims = {**saying(envelope, desk), "message": other.document()}
    with pytest.raises(ChannelFailed, match="\\(422\\)"):
        said(desk, sign(claims, "message", own_key(keys())))
    assert stored() == []


@pytest.mark.parametrize("moment", ["soon", "2026-03-04", "2026-03-04T10:00:00", "9999-12-31T23:59:59Z", ""])
def test_a_message_whose_term_is_no_moment_is_refused(moment: str, envelope: Envelope, desk: Partner) -> None:
    other = replace(envelope, body={**envelope.body, "acknowledge_by": moment})
    with pytest.raises(ChannelFailed, match="\\(422\\)"):
        said(desk, sign({**saying(envelope, desk), "message": other.document()}, "message", own_key(keys())))
    assert stored() == []


@pytest.mark.parametrize("change", [{"epoch": 2**31}, {"sent": {"authority": {"1": [[1, 2**63]]}}}, {"at": "now"}])
def test_a_greeting_that_no_program_could_hold_is_refused(change: dict[str, Any], world: World, desk: Partner) -> None:
    saying = {"from": "hotline", "to": "authority", "epoch": 1, "at": stamp(world.now), "sent": {}, "received": {}}
    assert said(desk, sign(saying, "greeting", own_key(keys())), operation="greeting")
    with pytest.raises(ChannelFailed, match="\\(422\\)"):
        said(desk, signed_at_will({**saying, **change}, "maillon-greeting"), operation="greeting")


def test_another_message_under_a_known_id_or_number_is_refused(
    envelope: Envelope, desk: Partner, maillon: Maillon, world: World
) -> None:
    maillon.send(envelope, desk, world.now)
    changed = replace(envelope, issued_at=stamp(world.now + timedelta(days=1)))
    for other, why in ((changed, "not what was sent before"), (replace(changed, id=uuid7(world.now)), "another mess")):
        with pytest.raises(ChannelFailed, match=why):
            maillon.send(other, desk, world.now)
    assert stored() == [envelope.id]


def test_an_earlier_message_about_an_item_is_refused_once_a_later_one_is_stored(
    envelope: Envelope, desk: Partner, maillon: Maillon, world: World
) -> None:
    later = replace(envelope, id=uuid7(world.now), number=3)
    maillon.send(later, desk, world.now)
    with pytest.raises(ChannelFailed, match="came too late"):
        maillon.send(envelope, desk, world.now)
    assert stored() == [later.id]


def test_who_is_not_pinned_is_refused(envelope: Envelope, desk: Partner) -> None:
    text = say_message(envelope, peer=peer_of(desk), keys=keys())
    with pytest.raises(ChannelFailed, match="has pinned no key of care"):
        said(desk, text, house="care")
    remove_peer(peer="hotline", reason="a test", by=an_operator("authority"), at=NOW)
    with pytest.raises(ChannelFailed, match="has pinned no key of hotline"):
        said(desk, text)
    assert stored() == []


def test_a_house_that_does_not_run_here_is_not_found(
    envelope: Envelope, desk: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MAILLON", replace(settings.MAILLON, houses=("hotline",)))
    with pytest.raises(ChannelFailed, match="\\(404\\)"):
        said(desk, say_message(envelope, peer=peer_of(desk), keys=keys()))


def test_the_door_takes_signed_posts_and_nothing_else(desk: Partner) -> None:
    peer = peer_of(desk)
    with httpx.Client(verify=client._trusting(peer.authority), trust_env=False) as browser:
        address = f"{peer.address}/api/exchange/authority/hotline/message"
        assert browser.get(address).status_code == 405
        assert browser.post(address, content=b"{}", headers={"Content-Type": "application/json"}).status_code == 415
        for answer in (browser.get(address), browser.post(address, content=b"")):
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["detail"].endswith(".")


def test_a_certificate_of_another_authority_is_never_accepted(
    envelope: Envelope, desk: Partner, tmp_path: Path
) -> None:
    other = replace(peer_of(desk), authority=a_certificate(tmp_path / "other").authority)
    with pytest.raises(client.Unreachable, match="certificate"):
        client.say(peer=other, house="hotline", operation="message", text=b"")
    with pytest.raises(client.Unreachable, match="certificate"):
        client.say(peer=replace(other, authority=""), house="hotline", operation="message", text=b"")


def answering(listening: socket.socket, certificate: Certificate, first: bytes, again: bytes) -> None:
    """Answer one request with `first`, and then with `again` until nobody hears it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    plain, _ = listening.accept()
    with context.wrap_socket(plain, server_side=True) as line, suppress(OSError):
        heard = b""
        while not heard.endswith(b"\r\n\r\nx"):
            heard += line.recv(65536)
        line.sendall(first)
        while again:
            line.sendall(again)


@pytest.mark.parametrize(
    ("first", "again", "why"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, "answered with more than"),
        (b'HTTP/1.1 403 No\r\nConnection: close\r\n\r\n{"detail": "no\\n\\u001b[31m 1 \\u2028error"}', b"",
         r"refused \(403\): no \[31m 1 error$"),
    ],
)  # fmt: skip
def test_whatever_a_peer_answers_is_heard_up_to_a_length_and_on_one_line(
    first: bytes, again: bytes, why: str, tmp_path: Path
) -> None:
    certificate = a_certificate(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        peer = threading.Thread(target=answering, args=(listening, certificate, first, again), daemon=True)
        peer.start()
        address = f"https://127.0.0.1:{listening.getsockname()[1]}"
        known = Peer(house="authority", address=address, key="", authority=certificate.authority, epoch=1, ours=1)
        with pytest.raises(ChannelFailed, match=why):
            client.say(peer=known, house="hotline", operation="message", text=b"x")
        peer.join(10)
        assert not peer.is_alive()


def test_a_peer_that_did_not_answer_is_left_alone_for_a_moment(
    envelope: Envelope, desk: Partner, maillon: Maillon, world: World
) -> None:
    away = replace(desk, peer=replace(peer_of(desk), address="https://127.0.0.1:9"))
    with pytest.raises(ChannelFailed, match="does not answer"):
        maillon.send(envelope, away, world.now)
    with pytest.raises(ChannelFailed, match="a moment ago"):
        maillon.send(envelope, away, world.now)
    assert maillon.send(envelope, the_desk(world.now), world.now)


@pytest.mark.parametrize("purpose", ["receipt", "greeting", "reply"])
def test_a_receipt_for_something_else_is_not_taken_for_one(
    purpose: Purpose, envelope: Envelope, desk: Partner, maillon: Maillon, world: World
) -> None:
    receipt = maillon.send(envelope, desk, world.now).encode()
    with pytest.raises((BadInput, BadSignature)):
        check_receipt(receipt, replace(envelope, number=2), peer=peer_of(desk))
    other = sign(verified(receipt, "receipt", peer_of(desk).key), purpose, own_key(keys()))
    if purpose != "receipt":
        with pytest.raises(BadSignature):
            check_receipt(other, envelope, peer=peer_of(desk))
    assert check_receipt(receipt, envelope, peer=peer_of(desk))


def test_a_stranger_who_speaks_for_a_peer_waits_for_nobody_s_row(desk: Partner, world: World) -> None:
    """Nor does anybody wait for theirs: the signature is checked before a row is locked."""
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        cursor.execute("SELECT 1 FROM partners_peer FOR UPDATE")
        for take in (take_greeting, take_message):
            with pytest.raises(BadSignature):
                take(text=b"a.b.c", house="hotline", sender="authority", keys=keys(), at=world.now)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1", "https://", "ftp://a.test", "https://a.test/?q", "https://u@a.test", "a.test"]
)
def test_only_an_https_address_is_pinned(address: str, world: World) -> None:
    key = public_text(own_key(keys()))
    with pytest.raises(BadInput):
        pin_peer(peer="authority", address=address, key=key, by=an_operator(), at=world.now)


def test_a_peer_is_pinned_by_whom_may_and_with_a_key_that_can_be_read(world: World) -> None:
    key, address = public_text(own_key(keys())), "https://police.test:8443"
    with pytest.raises(NotAllowed):
        pin_peer(peer="authority", address=address, key=key, by=an_analyst(), at=world.now)
    for wrong in ({"key": key[:-5]}, {"peer": "hotline"}, {"peer": "nobody"}, {"authority": "no certificate"}):
        with pytest.raises(BadInput):
            pin_peer(**{"peer": "authority", "address": address, "key": key, **wrong}, by=an_operator(), at=world.now)


def test_two_people_compare_the_same_fingerprint(tmp_path: Path) -> None:
    one, other = (public_text(own_key(tmp_path / name / "keys")) for name in ("one", "other"))
    assert public_text(own_key(tmp_path / "one" / "keys")) == one
    assert fingerprint(one) == fingerprint(one) != fingerprint(other)
    assert len(fingerprint(one)) == len("0000 " * 8) - 1
    assert (tmp_path / "one" / "keys" / "exchange").stat().st_mode & 0o077 == 0
    assert read_public(one)
