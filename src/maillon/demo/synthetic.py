"""The synthetic internet's one mapping: documentation networks, and the loopback networks that stand in for them.

`192.0.2.17` is served at `127.192.2.17`, at the demo's own ports; `2001:db8:<i>::<n>` at the `n`-th address of
`127.<100 + i>.0.0/16`. Only an installation that is marked as the demo's reads the file that says so.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import NamedTuple

from maillon.demo.networks import BLOCKS, DOCUMENTATION_V4
from maillon.observation.fetching.egress import Synthetic

FILE = "synthetic.json"
HTTP, HTTPS, SOCKS = 80, 443, 9050
HERE = "127.0.0.1"
_FIRST_V6 = 100


class Ports(NamedTuple):
    """Where the demo serves what stands for ports 80, 443 and Tor's."""

    http: int
    https: int
    socks: int


def _twins() -> Iterator[tuple[IPv4Network | IPv6Network, IPv4Network]]:
    for wide in DOCUMENTATION_V4:
        first, _, third, last = wide.network_address.packed
        yield wide, IPv4Network((bytes((127, first, third, last)), wide.prefixlen))
    for block in BLOCKS:
        served = IPv4Network((bytes((127, _FIRST_V6 + block.index, 0, 0)), 16))
        yield IPv6Network((int(block.v6.network_address), 128 - served.max_prefixlen + served.prefixlen)), served


TWINS = dict(_twins())


def twin(address: str) -> str:
    """The loopback address that stands for a documentation address. Raises KeyError for any other address."""
    asked = ip_address(address)
    for network, served in TWINS.items():
        if asked in network:
            return str(IPv4Address(int(served.network_address) + int(asked) - int(network.network_address)))
    raise KeyError(address)


def synthetic(ports: Ports, *, authority: str) -> Synthetic:
    """The mapping for servers on these ports, with the certificate (PEM) that theirs are signed by."""
    networks = {str(network): str(served) for network, served in TWINS.items()}
    served = {HTTP: ports.http, HTTPS: ports.https, SOCKS: ports.socks}
    return Synthetic(networks=networks, ports=served, authority=authority)


def tor(mapping: Synthetic) -> str:
    """The stand-in for Tor, as `Egress.tor` names it."""
    return f"socks5://{HERE}:{mapping.ports[SOCKS]}"


def registry(mapping: Synthetic) -> str:
    """The base address of the registry (RDAP)."""
    return f"http://{HERE}:{mapping.ports[HTTP]}/rdap/"


def write(folder: Path, mapping: Synthetic) -> None:
    """Lay the mapping down in the demo's folder, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{FILE}.part"
    unfinished.write_text(json.dumps(asdict(mapping), indent=1), encoding="utf-8")
    unfinished.replace(folder / FILE)


def read(folder: Path) -> Synthetic | None:
    """The mapping in the demo's folder; None where no server of the demo has run yet."""
    try:
        told: Mapping[str, Mapping[str, str | int]] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    networks = {network: str(served) for network, served in told["networks"].items()}
    ports = {int(named): int(served) for named, served in told["ports"].items()}
    return Synthetic(networks=networks, ports=ports, authority=str(told["authority"]))
