"""The answers of the demo's name server, in wire form.

Sites come from the table; besides them, any `n<number>.bench.test` has one A and one AAAA record of the same
country, computed from the number, so that a bench may ask for as many different names as it likes.
"""

import struct
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from maillon.demo.networks import PLAIN, Block
from maillon.demo.sites import SERVED_SITES, SITES, Kind, Site

A, AAAA = dns.rdatatype.A, dns.rdatatype.AAAA
TTL = 60
HEADER = struct.Struct("!HHHHHH")
ANSWERED = int(dns.flags.QR | dns.flags.AA)
RECURSION_WANTED = int(dns.flags.RD)
_SOA = f"ns.test. hostmaster.test. 1 3600 600 86400 {TTL}"
_APEX = dns.name.from_text("test.")
_BENCH_TAIL = b"\x05bench\x04test\x00"
_OWNER_IS_QUESTION = b"\xc0\x0c"


def bench_block(number: int) -> Block:
    """The block in which `n<number>.bench.test` lies."""
    return PLAIN[number % len(PLAIN)]


def bench_addresses(number: int) -> tuple[IPv4Address, IPv6Address]:
    """The two addresses of `n<number>.bench.test`."""
    block, place = bench_block(number), number // len(PLAIN)
    return block.address(1 + place % 14), block.address6(1 + place)


class Zone:
    """Answers questions from the table of sites; made once, asked many times."""

    def __init__(self, sites: tuple[Site, ...] = (*SITES, *SERVED_SITES)) -> None:
        self._ready: dict[bytes, bytes] = {}
        self._names: set[bytes] = set()
        self._silent = {_wire(site.host) for site in sites if site.kind is Kind.NO_REPLY}
        for site in sites:
            if site.named and site.kind is not Kind.NO_REPLY:
                self._prepare(site)

    def answer(self, query: bytes) -> bytes | None:
        """The reply to one query, in wire form; `None` for a silent name or a packet that is no question."""
        end = query.find(b"\0", 12) + 5
        if len(query) < end or end < 17 or query[4:6] != b"\0\1":
            return None
        question = query[12:end]
        name, kind = question[:-4].lower(), question[-4:-2]
        if name in self._silent:
            return None
        ready = self._ready.get(name + kind) or self._bench(name, kind) or self._missing(name)
        flags = struct.unpack_from("!H", query, 2)[0] & RECURSION_WANTED | struct.unpack_from("!H", ready)[0]
        return query[:2] + struct.pack("!H", flags) + ready[2:10] + question + ready[10:]

    def _prepare(self, site: Site) -> None:
        chain = (site.host, *site.alias)
        for place in range(len(chain)):
            self._names.add(_wire(chain[place]))
            for kind in (A, AAAA):
                self._ready[_wire(chain[place]) + struct.pack("!H", kind)] = _site_reply(site, chain[place:], kind)

    def _bench(self, name: bytes, kind: bytes) -> bytes | None:
        if not name.endswith(_BENCH_TAIL) or name[1:2] != b"n" or name[0] != len(name) - len(_BENCH_TAIL) - 1:
            return None
        digits = name[2 : 1 + name[0]]
        if not digits.isdigit() or len(digits) > 9:
            return None
        four, six = bench_addresses(int(digits))
        wanted = int.from_bytes(kind, "big")
        if wanted not in (A, AAAA):
            return _nothing(dns.rcode.NOERROR)
        data = four.packed if wanted == A else six.packed
        record = struct.pack("!HHIH", wanted, 1, TTL, len(data)) + data
        return struct.pack("!HHHHH", ANSWERED, 1, 1, 0, 0) + _OWNER_IS_QUESTION + record

    def _missing(self, name: bytes) -> bytes:
        if not name.endswith(b"\x04test\x00"):
            return _nothing(dns.rcode.REFUSED)
        return _nothing(dns.rcode.NOERROR if name in self._names else dns.rcode.NXDOMAIN)


def _wire(host: str) -> bytes:
    return dns.name.from_text(host).to_wire() or b""


def _site_reply(site: Site, chain: tuple[str, ...], kind: dns.rdatatype.RdataType) -> bytes:
    query = dns.message.make_query(chain[0], kind)
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.AA
    for name, target in pairwise(chain):
        reply.answer.append(dns.rrset.from_text(name + ".", TTL, "IN", "CNAME", target + "."))
    addresses = [text for text in site.addresses if (":" in text) == (kind == AAAA)]
    if addresses:
        reply.answer.append(dns.rrset.from_text_list(chain[-1] + ".", TTL, "IN", kind, addresses))
    else:
        reply.authority.append(dns.rrset.from_text(_APEX, TTL, "IN", "SOA", _SOA))
    last_exists = site.kind is not Kind.NAME_NOT_FOUND
    reply.set_rcode(dns.rcode.NOERROR if last_exists else dns.rcode.NXDOMAIN)
    return _without_question(reply)


def _nothing(code: dns.rcode.Rcode) -> bytes:
    return _NOTHING[code]


def _without_question(reply: dns.message.Message) -> bytes:
    """Flags, counts and sections of a reply: all but id and question, which each query brings itself."""
    wire = reply.to_wire()
    flags = struct.unpack_from("!H", wire, 2)[0] & ~RECURSION_WANTED
    return struct.pack("!H", flags) + wire[4:12] + wire[wire.find(b"\0", 12) + 5 :]


def _bare(code: dns.rcode.Rcode) -> bytes:
    # Written by hand because the owner must not be compressed against a question that is not known yet.
    flags = ANSWERED | int(code)
    if code is dns.rcode.REFUSED:
        return struct.pack("!HHHHH", flags, 1, 0, 0, 0)
    soa = dns.rrset.from_text(_APEX, TTL, "IN", "SOA", _SOA)[0].to_wire() or b""
    record = struct.pack("!HHIH", int(dns.rdatatype.SOA), 1, TTL, len(soa)) + soa
    return struct.pack("!HHHHH", flags, 1, 0, 1, 0) + (_APEX.to_wire() or b"") + record


_NOTHING = {code: _bare(code) for code in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN, dns.rcode.REFUSED)}
