"""Throwaway certificates of the synthetic internet: one authority, good ones of its own, and three that are not good.

Made anew at every start, for a month; the authority's own key is kept nowhere.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

GOOD, EXPIRED, OWN, OTHER = "good", "expired", "own", "other"
FOLDER = "seals"
_DAY = timedelta(days=1)
Key = ec.EllipticCurvePrivateKey
Span = tuple[datetime, datetime]


def make(folder: Path, names: Sequence[str], *, at: datetime) -> str:
    """Lay down keys with certificates for `names`, and answer the authority's certificate (PEM)."""
    span, key = (at - _DAY, at + 30 * _DAY), _key()
    root = _name("Authority of the demo")
    authority = _certificate(root, key, (root, key), span, names=(), signs=True)
    by = (root, key)
    server = _key()
    past = (at - 60 * _DAY, at - 30 * _DAY)
    made: Mapping[str, x509.Certificate] = {
        GOOD: _certificate(_name("site"), server, by, span, names),
        EXPIRED: _certificate(_name("site"), server, by, past, names),
        OWN: _certificate(_name("own"), server, (_name("own"), server), span, names),
        OTHER: _certificate(_name("other"), server, by, span, ("another-name.test",)),
    }
    for kind, certificate in made.items():
        _lay(folder / FOLDER / f"{kind}.pem", server, certificate)
    return authority.public_bytes(Encoding.PEM).decode()


def _certificate(
    subject: x509.Name, key: Key, by: tuple[x509.Name, Key], span: Span, names: Sequence[str], *, signs: bool = False
) -> x509.Certificate:
    issuer, signing = by
    made = x509.CertificateBuilder(
        issuer_name=issuer, subject_name=subject, public_key=key.public_key(),
        serial_number=x509.random_serial_number(), not_valid_before=span[0], not_valid_after=span[1],
    ).add_extension(x509.BasicConstraints(ca=signs, path_length=None), critical=True)  # fmt: skip
    if names:
        made = made.add_extension(x509.SubjectAlternativeName([_written(name) for name in names]), critical=False)
    return made.sign(signing, hashes.SHA256())


def _written(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name.strip("[]")))
    except ValueError:
        return x509.DNSName(name)


def _lay(path: Path, key: Key, certificate: x509.Certificate) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secret + certificate.public_bytes(Encoding.PEM))


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())
