"""Which addresses may be asked for and connected to; pure.

Python's `is_global` is not enough (NAT64, 6to4, relays and multicast are "global" to it), so the special-purpose
registries of IANA (IPv4 and IPv6, as of 2025) are written out here and asked besides `conclude.is_public`, which
unwraps an embedded IPv4 address. A form that embeds an IPv4 address is refused even where that one is public.
"""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urljoin

import can_ada

from maillon.items.addresses import LONGEST
from maillon.observation.conclude import is_public
from maillon.observation.fetching.egress import Egress
from maillon.observation.fetching.refusals import Refusal, Stop

_SPECIAL_4 = [
    IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
]
_UNICAST_6 = IPv6Network("2000::/3")  # all else is mapped, NAT64, local, multicast or not given out
_SPECIAL_6 = [
    IPv6Network(network) for network in ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"]
]
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})  # RFC 5214: an IPv4 address follows in the last 32 bits
_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
_PORTS = {"http:": 80, "https:": 443}


class Target(NamedTuple):
    """One address that may be asked for. `host` without brackets; `path` with its query, as it is sent."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    onion: bool

    @property
    def origin(self) -> str:
        """Scheme and host as a referrer names them: `https://a.test/`."""
        return f"{self.scheme}://{self.named}/"

    @property
    def named(self) -> str:
        """Host, and port where it is not the scheme's, as the `Host` header says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme + ":"] else f"{host}:{self.port}"


@lru_cache(maxsize=256)
def _twins(shown: str, served: str) -> tuple[IPv4Network | IPv6Network, IPv4Network | IPv6Network]:
    return ip_network(shown), ip_network(served)


class Guard:
    """The judgement under one way out."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        synthetic = egress.synthetic
        self._twins = [_twins(*pair) for pair in (synthetic.networks if synthetic else {}).items()]
        self._ports = synthetic.ports if synthetic else {}

    def target(self, url: str) -> Target:
        """`url` (already absolute) as the one parser reads it. Raises Stop with the reason why it is not asked for."""
        parsed = _parsed(url)
        if parsed.protocol not in _PORTS:
            raise Stop(Refusal.BAD_SCHEME)
        if parsed.username or parsed.password:
            raise Stop(Refusal.USER_NAMED)
        port = int(parsed.port) if parsed.port else _PORTS[parsed.protocol]
        if port not in self._egress.ports:
            raise Stop(Refusal.BAD_PORT)
        host = parsed.hostname.lower()
        if not host.startswith("[") and (len(host) > 254 or not _HOST.fullmatch(host)):
            raise Stop(Refusal.BAD_ADDRESS)
        onion = host.rstrip(".").rpartition(".")[2] == "onion"
        if onion and not self._egress.tor:
            raise Stop(Refusal.NO_TOR)
        bare = parsed.href.partition("#")[0]
        return Target(bare, parsed.protocol[:-1], host.strip("[]"), port, parsed.pathname + parsed.search, onion)

    def door(self, ip: str, port: int) -> tuple[str, int]:
        """Where to connect for `ip`: itself, or its loopback twin. Raises Stop where it must not be connected to."""
        try:
            address = ip_address(ip)
        except ValueError:
            raise Stop(Refusal.NOT_PUBLIC, ip) from None
        for shown, served in self._twins:
            if address in shown:
                last = int(address) - int(shown.network_address)
                return str(served.network_address + last), self._ports.get(port, port)
        if not may_connect(address):
            raise Stop(Refusal.NOT_PUBLIC, ip)
        return ip, port


def may_connect(address: IPv4Address | IPv6Address) -> bool:
    """Whether `address` is an ordinary public one, in its ordinary form."""
    if isinstance(address, IPv4Address):
        return is_public(str(address)) and not any(address in network for network in _SPECIAL_4)
    if address.scope_id or address not in _UNICAST_6 or any(address in network for network in _SPECIAL_6):
        return False
    return is_public(str(address)) and (int(address) >> 32) & 0xFFFF_FFFF not in _ISATAP


def joined(base: str, reference: str) -> str:
    """`reference` as a page at `base` means it, canonical. Raises Stop where no address comes out.

    The parser has no bases, so the standard library joins; what comes out is judged by the parser alone.
    """
    reference = re.sub(r"[\t\r\n]", "", reference.strip("\0\x20\t\r\n\f"))
    if len(reference) > LONGEST:
        raise Stop(Refusal.BAD_ADDRESS)
    scheme = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", reference)
    if not scheme:
        try:
            reference = urljoin(base, reference.replace("\\", "/"))
        except ValueError:
            raise Stop(Refusal.BAD_ADDRESS) from None
    return _parsed(reference).href


def as_referrer(text: str) -> str:
    """An address as a referrer is sent: without user name and fragment; "" for what is none on the web."""
    try:
        parsed = _parsed(text)
    except Stop:
        return ""
    if parsed.protocol not in _PORTS:
        return ""
    return f"{parsed.protocol}//{parsed.host}{parsed.pathname}{parsed.search}"


def _parsed(url: str) -> can_ada.URL:
    if len(url) > LONGEST:
        raise Stop(Refusal.BAD_ADDRESS)
    try:
        return can_ada.parse(url)
    except (ValueError, TypeError):
        raise Stop(Refusal.BAD_ADDRESS) from None
