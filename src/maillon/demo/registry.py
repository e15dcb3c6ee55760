"""A registry of the synthetic internet: registration data (RDAP, RFC 9083) of its networks, numbers and names.

Served at `http://127.0.0.1:<port>/rdap/`. Most networks name an abuse contact with their addresses. Meadow Data
names it with its number only, Atelier Serveurs leaves it to the registrar of its names, Lotus Exchange names none
anywhere; of Birch Telecom's addresses nothing is known, and who asks about Orchard Net's is told to come later.
"""

import json
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from maillon.demo.networks import ATELIER, BIRCH, BLOCKS, LOTUS, MEADOW, NETWORKS, ORCHARD, Block, Network
from maillon.demo.replies import Reply, Request, whole
from maillon.demo.sites import SERVED_SITES, SITES

ROOT = "/rdap/"
MIME = "application/rdap+json"
LATER = 3600  # seconds
BY_NUMBER = frozenset({MEADOW})
BY_REGISTRAR = frozenset({ATELIER})
BY_NOBODY = frozenset({LOTUS})
UNKNOWN = frozenset({BIRCH})
BUSY = frozenset({ORCHARD})
REGISTRAR = "Quiet Names"
Json = dict[str, Any]

_BY_NUMBER = {network.asn: network for network in NETWORKS}
_NAMES = {site.host: site for site in (*SITES, *SERVED_SITES) if site.named}


def answer(request: Request) -> Reply:
    """The reply to `ip`, `autnum` and `domain`; 404 for everything else, 429 where the registry is busy."""
    kind, _, asked = request.path.removeprefix(ROOT).partition("/")
    ask = {"ip": _addresses, "autnum": _number, "domain": _name}.get(kind)
    try:
        found = ask(asked) if ask and request.path.startswith(ROOT) else None
    except _Busy:
        return _said(429, _error(429, "Too many questions"), Retry_After=str(LATER))
    return _said(200, found) if found else _said(404, _error(404, "Not found"))


class _Busy(Exception):
    pass


def _addresses(asked: str) -> Json | None:
    try:
        address = ip_address(asked.partition("/")[0])
    except ValueError:
        return None
    for block in BLOCKS:
        network: IPv4Network | IPv6Network = block.v4 if address.version == 4 else block.v6
        if address in network:
            if block.network in BUSY:
                raise _Busy
            return None if block.network in UNKNOWN else _block(block, network)
    return None


def _block(block: Block, network: IPv4Network | IPv6Network) -> Json:
    silent = block.network in BY_NUMBER | BY_REGISTRAR | BY_NOBODY
    return {
        "objectClassName": "ip network",
        "handle": f"NET-{block.index}",
        "startAddress": str(network[0]),
        "endAddress": str(network[-1]),
        "ipVersion": f"v{network.version}",
        "name": block.network.name.upper().replace(" ", "-"),
        "country": block.registry or block.network.established,
        "status": ["active"],
        "entities": [_organisation(block.network, abuse=not silent)],
    } | _conformance()


def _number(asked: str) -> Json | None:
    network = _BY_NUMBER.get(int(asked)) if asked.isdecimal() else None
    if network is None:
        return None
    return {
        "objectClassName": "autnum",
        "handle": f"AS{network.asn}",
        "startAutnum": network.asn,
        "endAutnum": network.asn,
        "name": network.name.upper().replace(" ", "-"),
        "country": network.established,
        "status": ["active"],
        "entities": [_organisation(network, abuse=network not in BY_REGISTRAR | BY_NOBODY)],
    } | _conformance()


def _name(asked: str) -> Json | None:
    site = _NAMES.get(asked.lower().rstrip("."))
    if site is None:
        return None
    nobody = any(block.network in BY_NOBODY for block in (*site.v4, *site.v6))
    registrar = _entity("REGISTRAR-1", ["registrar"], REGISTRAR, None)
    if not nobody:
        registrar["entities"] = [_entity("REGISTRAR-1-ABUSE", ["abuse"], REGISTRAR, "abuse@quiet-names.test")]
    return {
        "objectClassName": "domain",
        "handle": f"DOMAIN-{asked.upper()}",
        "ldhName": asked.lower(),
        "status": ["active"],
        "entities": [registrar],
    } | _conformance()


def _organisation(network: Network, *, abuse: bool) -> Json:
    handle = f"ORG-{network.asn}"
    found = _entity(handle, ["registrant"], network.name, None)
    if abuse:
        found["entities"] = [_entity(f"{handle}-ABUSE", ["abuse"], network.name, f"abuse@{mail_host(network)}")]
    return found


def mail_host(network: Network) -> str:
    """The domain under which a network takes mail."""
    return f"{network.name.lower().replace(' ', '-')}.test"


def _entity(handle: str, roles: list[str], name: str, mail: str | None) -> Json:
    card: list[list[Any]] = [["version", {}, "text", "4.0"], ["fn", {}, "text", name]]
    if mail:
        card.append(["email", {}, "text", mail])
    return {"objectClassName": "entity", "handle": handle, "roles": roles, "vcardArray": ["vcard", card]}


def _conformance() -> Json:
    return {"rdapConformance": ["rdap_level_0"]}


def _error(code: int, title: str) -> Json:
    return {"errorCode": code, "title": title} | _conformance()


def _said(status: int, told: Mapping[str, Any], **headers: str) -> Reply:
    return whole(json.dumps(told).encode(), MIME, status=status, **headers)
