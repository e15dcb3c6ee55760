"""Two installations in one test: a site over real TLS on loopback, and houses that have pinned each other."""

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test.testcases import LiveServerThread

from maillon.api import exchange as door
from maillon.kernel.clock import Clock
from maillon.outbox.acting import acting, system_actor
from maillon.partners.channels import Channel, Partner, Surroundings, open_channels
from maillon.partners.exchange.greeting import greet
from maillon.partners.exchange.keys import own_key, public_text
from maillon.partners.exchange.peers import pin_peer
from maillon.partners.services import partner_of
from tests.factories.people import an_operator

LIFE = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate for 127.0.0.1 and its key, in files; `authority` (PEM) signed it and nothing else."""

    chain: Path
    key: Path
    authority: str


def a_certificate(folder: Path) -> Certificate:
    """A certificate of an authority made for this one."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in ("tests", "127.0.0.1"))
    root = _certificate(root_name, root_name, root_key, root_key, authority=True)
    leaf = _certificate(name, root_name, key, root_key, authority=False)
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(
        chain=folder / "chain.pem", key=folder / "key.pem", authority=root.public_bytes(Encoding.PEM).decode()
    )
    made.chain.write_bytes(leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM))
    made.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "authority.pem").write_text(made.authority)
    return made


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    names: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(LIFE[0])
        .not_valid_after(LIFE[1])
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .sign(by, hashes.SHA256())
    )


class TlsServerThread(LiveServerThread):
    """The site in this process, over TLS."""

    def __init__(self, certificate: Certificate) -> None:
        super().__init__("127.0.0.1", lambda _: WSGIHandler(), port=0)
        self.daemon = True
        self.certificate = certificate

    def _create_server(self, connections_override: Any = None) -> Any:
        server = super()._create_server(connections_override)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate.chain, self.certificate.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        return server


@contextmanager
def served_tls(certificate: Certificate, clock: Clock) -> Iterator[str]:
    """The site's address, `https://127.0.0.1:port`; it works on the database of this process, by `clock`."""
    server = TlsServerThread(certificate)
    with patch.object(door, "CLOCK", clock):
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        try:
            yield f"https://127.0.0.1:{server.port}"
        finally:
            server.terminate()


def pin(*, house: str, peer: str, address: str, authority: str, at: datetime, key: str = "") -> None:
    """Let `house` know `peer` at `address`; `key` is this installation's own where none is given."""
    known = key or public_text(own_key(settings.MAILLON.keys))
    pin_peer(peer=peer, address=address, key=known, authority=authority, by=an_operator(house), at=at)


@contextmanager
def elsewhere(folder: Path, clock: Clock) -> Iterator[Partner]:
    """The police desk as the hotline knows it, reached over TLS at this very program; both houses have greeted.

    The tests' database holds both houses: what they say to each other goes over the network all the same.
    """
    certificate = a_certificate(folder)
    with served_tls(certificate, clock) as address:
        for house, peer in (("hotline", "authority"), ("authority", "hotline")):
            pin(house=house, peer=peer, address=address, authority=certificate.authority, at=clock.now())
        desk = the_desk(clock.now())
        assert desk.peer is not None
        greet(house="hotline", peer=desk.peer, keys=settings.MAILLON.keys, clock=clock)
        yield the_desk(clock.now())


def the_desk(at: datetime) -> Partner:
    """The police desk as the hotline knows it now."""
    with acting(system_actor("hotline", "sender")):
        return partner_of(kind="federal_police", country="", on=at.date(), house="hotline")


def the_channel(folder: Path) -> Channel:
    """`maillon` as an installation has it that runs the hotline alone."""
    here = Surroundings(houses=("hotline",), folder=folder, keys=settings.MAILLON.keys)
    return open_channels(here)["maillon"]
