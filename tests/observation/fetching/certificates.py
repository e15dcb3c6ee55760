"""Certificates in every state, of an authority made for the tests."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

LIFE = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
PAST = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2001, 1, 1, tzinfo=UTC))
FUTURE = (datetime(2099, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@cache
def _key(of: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate(
    name: str, by: str, life: tuple[datetime, datetime] = LIFE, *, authority: bool = False
) -> x509.Certificate:
    """A certificate for `name`, signed by the authority `by` (or by itself)."""
    subject, issuer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, by))
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(_key(name).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(life[0])
        .not_valid_after(life[1])
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(_key(name).public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(_key(by).public_key()), critical=False)
        .sign(_key(by), hashes.SHA256())
    )


def pem(made: x509.Certificate) -> str:
    return made.public_bytes(Encoding.PEM).decode()


def context(folder: Path, served: Mapping[str, tuple[str, x509.Certificate]]) -> ssl.SSLContext:
    """TLS of one server: asked for a name -> the name of the key, and the certificate that is shown."""
    contexts: dict[str | None, ssl.SSLContext] = {}
    for asked, (owner, shown) in served.items():
        chain, key = folder / f"{asked}.pem", folder / f"{asked}.key"
        chain.write_text(pem(shown))
        key.write_bytes(_key(owner).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        contexts[asked] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[asked].load_cert_chain(chain, key)

    def choose(line: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        line.context = contexts[name]

    first = next(iter(contexts.values()))
    first.sni_callback = choose
    return first
