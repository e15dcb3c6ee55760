"""Networks that deliver for others: their addresses tell nothing of where a site is hosted.

Source: data/cdn.toml
"""

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "data" / "cdn.toml"


class Deliverer(NamedTuple):
    """One network that delivers for others. `asks`: how it is asked for the origin as a trusted reporter, or ""."""

    name: str
    asns: tuple[int, ...]
    ranges: tuple[IPv4Network | IPv6Network, ...]
    anycast: bool
    asks: str
    basis: str
    source: str


@cache
def deliverers() -> tuple[Deliverer, ...]:
    """Every row of the table."""
    return tuple(
        Deliverer(
            name=row["name"],
            asns=tuple(row["asns"]),
            ranges=tuple(ip_network(block) for block in row["ranges"]),
            anycast=row["anycast"],
            asks=row["asks"],
            basis=row["basis"],
            source=row["source"],
        )
        for row in tomllib.loads(FILE.read_text(encoding="utf-8"))["delivery"]
    )


@cache
def _by_number() -> Mapping[int, Deliverer]:
    return {asn: one for one in deliverers() for asn in one.asns}


@lru_cache(maxsize=65_536)
def deliverer_of(address: IPv4Address | IPv6Address, asn: int | None) -> Deliverer | None:
    """The delivery network that announces the address by `asn`, or publishes a range that holds it; None where none."""
    by_number = _by_number().get(asn) if asn is not None else None
    return by_number or next((d for d in deliverers() if any(address in block for block in d.ranges)), None)


def named(name: str) -> Deliverer | None:
    """The row of this name."""
    return next((one for one in deliverers() if one.name == name), None)
