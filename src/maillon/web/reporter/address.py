"""Whose pace a request counts for: the network it comes from, found without being kept anywhere. Pure."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Host = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Never of a visitor on the internet. A Tor service that exports circuit ids (PROXY protocol) numbers its circuits in
# the last bits of such an address, https://spec.torproject.org/haproxy-proxy.html: each is a source of its own.
UNIQUE_LOCAL = IPv6Network("fc00::/7")


def source_of(remote: str, forwarded: str, proxies: Sequence[Network]) -> bytes:
    """The network behind a request: an IPv4 address, the first 64 bits of an IPv6 address; empty where it has none.

    `remote` is the other end of the connection, `forwarded` the header X-Forwarded-For, which is believed only as far
    as `proxies` wrote it: the last hop that is none of them counts. Nothing is cached here, on purpose.
    """
    hop = _read(remote)
    hops = forwarded.split(",") if forwarded else []
    while hops and hop is not None and any(hop in network for network in proxies):
        before = _read(hops.pop())
        if before is None:
            break
        hop = before
    return b"" if hop is None else _network(hop)


def _network(host: Host) -> bytes:
    return host.packed if host.version == 4 or host in UNIQUE_LOCAL else host.packed[:8]


def _read(text: str) -> Host | None:
    """An address, with or without a port, brackets or a zone; one of IPv4 inside IPv6 is that of IPv4."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        host = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return (host.ipv4_mapped if isinstance(host, IPv6Address) else None) or host
