"""Which country a location stands in, concluded from what was seen; pure.

The promise: a country comes out only if every address of the name is known, none belongs to a delivery
network, at least two independent sources speak of each address, all sources that speak agree, and so do all
addresses; behind a delivery network the same of the origin that somebody told, and along a redirect chain the same of
every hop. Everything else is `undetermined`, with the reason, and a person decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Literal

UNDETERMINED = "undetermined"
_NAT64 = IPv6Network("64:ff9b::/96")


class Reason(StrEnum):
    """Why a conclusion says what it says."""

    agreed = "agreed"
    stated_by_person = "stated_by_person"
    origin_told = "origin_told"
    sources_disagree = "sources_disagree"
    sources_silent = "sources_silent"
    several_countries = "several_countries"
    hops_differ = "hops_differ"
    delivery_network = "delivery_network"
    onion = "onion"
    no_network_place = "no_network_place"
    name_not_found = "name_not_found"
    no_address = "no_address"
    not_public = "not_public"
    no_answer = "no_answer"


@dataclass(frozen=True, slots=True)
class Target:
    """What is located: an item's kind and site, and the country a person stated for it, if one did."""

    kind: Literal["url", "handle", "onion"]
    site: str
    stated: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the resolver said of a name.

    `ok`: `addresses` are all of them, each once, IPv4 first, in numeric order. `not_found`: no such name.
    `no_address`: the name exists without an address. `no_answer`: one of the two questions (A, AAAA) got no
    usable answer after all attempts, so `addresses` may be incomplete.
    `chain`: the aliases followed, in order, without the name itself.
    """

    status: Literal["ok", "not_found", "no_address", "no_answer"]
    addresses: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the sources say of one address; `countries` holds only the sources that named a country.

    `cdn`: it belongs to a delivery network, which `delivery` names; `anycast`: it answers in many places at once.
    """

    ip: str
    countries: Mapping[str, str] = field(default_factory=dict)
    asn: int | None = None
    network: str | None = None
    cdn: bool = False
    data_dates: Mapping[str, date] = field(default_factory=dict)
    delivery: str = ""
    anycast: bool = False


@dataclass(frozen=True, slots=True)
class Conclusion:
    """`country` is an ISO 3166-1 code in capitals, or `undetermined`."""

    country: str
    reason: Reason


def conclude(target: Target, answer: Answer | None, seen: Sequence[Seen]) -> Conclusion:
    """The country of `target`; where several reasons hold, the first in this function's order."""
    if target.stated:
        return Conclusion(target.stated, Reason.stated_by_person)
    reason = _before_looking(target, answer) or _doubt(answer.addresses if answer else (), seen)
    if reason:
        return Conclusion(UNDETERMINED, reason)
    return Conclusion(next(iter(seen[0].countries.values())), Reason.agreed)


def along(steps: Sequence[Conclusion]) -> Conclusion:
    """The country of a redirect chain: every step stands there; steps in several countries are for a person to weigh.

    steps: what was concluded of each, in order, at least one. The first that is undetermined lends its reason.
    """
    open_ = next((step for step in steps if step.country == UNDETERMINED), None)
    if open_:
        return open_
    if len({step.country for step in steps}) > 1:
        return Conclusion(UNDETERMINED, Reason.hops_differ)
    return steps[0]


def stale(seen: Seen, on: date, days: int) -> tuple[str, ...]:
    """The sources that spoke of the address from data older than `days` on that day, in alphabetical order."""
    spoke = set(seen.countries) | ({"asn"} if seen.asn else set())
    oldest = on - timedelta(days=days)
    return tuple(sorted(name for name in spoke if name in seen.data_dates and seen.data_dates[name] < oldest))


def _before_looking(target: Target, answer: Answer | None) -> Reason | None:
    if target.kind == "onion":
        return Reason.onion
    if target.kind == "handle":
        return Reason.no_network_place
    status = answer.status if answer else "no_answer"
    return {
        "ok": None,
        "no_answer": Reason.no_answer,
        "not_found": Reason.name_not_found,
        "no_address": Reason.no_address,
    }[status]


def _doubt(addresses: Sequence[str], seen: Sequence[Seen]) -> Reason | None:
    if any(not one.countries and not is_public(one.ip) for one in seen):
        return Reason.not_public
    if any(one.cdn or one.anycast for one in seen):
        return Reason.delivery_network
    if any(len(set(one.countries.values())) > 1 for one in seen):
        return Reason.sources_disagree
    unseen = set(addresses) - {one.ip for one in seen}
    if not seen or unseen or any(len(one.countries) < 2 for one in seen):
        return Reason.sources_silent
    if len({country for one in seen for country in one.countries.values()}) > 1:
        return Reason.several_countries
    return None


@lru_cache(maxsize=65_536)
def inner(ip: str) -> IPv4Address | IPv6Address:
    """The address that really receives: the IPv4 inside a mapped, 6to4, Teredo or NAT64 address, else itself.

    Raises ValueError if `ip` is no address.
    """
    address = ip_address(ip)
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address


def is_public(ip: str) -> bool:
    """Whether anybody on the internet can reach `ip`; documentation ranges cannot be reached."""
    address = inner(ip)
    return address.is_global and not address.is_multicast and str(address) not in _ANYCAST_RELAYS


_ANYCAST_RELAYS = frozenset({"192.88.99.1", "192.0.0.8"})
"""Python 3.11 calls these global (measured); nothing is hosted on them."""
