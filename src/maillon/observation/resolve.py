"""Names to addresses, many at once, over a few shared UDP sockets.

`dns.asyncresolver` opens a socket and a task for every question; here a batch shares a handful of connected
sockets, each on a random port, and one state per question, which is more than twice as fast (see `bench/`).
An answer counts only if it comes from the server asked, carries the query's random id and repeats its
question. Reading answers, names and TCP are dnspython's.
"""

import asyncio
import os
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import cycle

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.CNAME import CNAME

from maillon.kernel.errors import MaillonError
from maillon.observation.conclude import Answer as Answer

Endpoint = tuple[str, int]
Entropy = Callable[[int], bytes]

ATTEMPTS = 3
"""Times one question is put before it counts as unanswered."""
LONGEST_CHAIN = 12
"""Aliases followed before a name counts as leading nowhere."""
SOCKETS = 4
_TYPES = (dns.rdatatype.A, dns.rdatatype.AAAA)
_HEADER = struct.Struct("!HHHHHH")
_ASK = 0x0100  # recursion desired


class OnionName(MaillonError):
    """An .onion name was about to be asked of DNS, which RFC 7686 forbids."""


class NoResolver(MaillonError):
    """This machine names no DNS resolver, and none was given."""


async def resolve_many(
    names: Iterable[str],
    *,
    resolver: Endpoint | None,
    concurrency: int = 256,
    timeout: float = 2.0,
    entropy: Entropy = os.urandom,
) -> dict[str, Answer]:
    """The addresses (A and AAAA, aliases followed) of every name, keyed by the name as given.

    names: ASCII host names (punycode); an IP literal, with or without brackets, answers itself unasked.
    resolver: (IP address, port) of a recursive resolver; None asks those of the system's resolv.conf in turn.
    concurrency: questions under way at once. timeout: seconds for one attempt, of which there are `ATTEMPTS`.
    Raises OnionName, before anything is sent, if an .onion is among the names; NoResolver.
    """
    answers: dict[str, Answer] = {}
    asked: list[_Lookup] = []
    for name in dict.fromkeys(names):
        known = _without_asking(name)
        if known:
            answers[name] = known
        else:
            asked.append(_Lookup(name, dns.name.from_text(name.lower())))
    if asked:
        batch = _Batch(asked, [resolver] if resolver else _system(), concurrency, timeout, entropy)
        await batch.run()
        answers.update((lookup.given, lookup.answer()) for lookup in asked)
    return answers


def resolve(names: Iterable[str], *, resolver: Endpoint | None, timeout: float = 2.0) -> dict[str, Answer]:
    """`resolve_many` for callers without an event loop."""
    return asyncio.run(resolve_many(names, resolver=resolver, timeout=timeout))


def _without_asking(name: str) -> Answer | None:
    bare = name.rstrip(".").lower()
    if bare.rpartition(".")[2] == "onion":
        raise OnionName(f"{name} is an onion name and is never asked of DNS; locate it as an onion")
    try:
        return Answer("ok", (str(ip_address(bare.strip("[]"))),))
    except ValueError:
        pass
    if bare.rpartition(".")[2] == "localhost":  # RFC 6761 §6.3: loopback, whatever a resolver says
        return Answer("ok", ("127.0.0.1", "::1"))
    if not bare or not name.isascii():
        return Answer("not_found")
    try:
        dns.name.from_text(bare)
    except dns.exception.DNSException:
        return Answer("not_found")
    return None


def _system() -> list[Endpoint]:
    try:
        found = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration as error:
        raise NoResolver("no DNS resolver is configured; set MAILLON_RESOLVER=host:port") from error
    return [(str(server), found.port) for server in found.nameservers]


@dataclass(slots=True)
class _Lookup:
    """One name: what its two questions came to."""

    given: str
    name: dns.name.Name
    outcomes: dict[int, str] = field(default_factory=dict)
    addresses: dict[int, list[str]] = field(default_factory=dict)
    chain: list[dns.name.Name] = field(default_factory=list)

    def answer(self) -> Answer:
        outcomes = [self.outcomes[kind] for kind in _TYPES]
        addresses = tuple(ip for kind in _TYPES for ip in sorted(set(self.addresses.get(kind, ())), key=ip_address))
        chain = tuple(alias.to_text(omit_final_dot=True) for alias in self.chain)
        if "failed" in outcomes:
            return Answer("no_answer", addresses, chain)
        if addresses:
            return Answer("ok", addresses, chain)
        return Answer("not_found" if "not_found" in outcomes else "no_address", (), chain)


@dataclass(slots=True, eq=False)
class _Question:
    """One question of a lookup; `name` moves along the aliases."""

    lookup: _Lookup
    kind: dns.rdatatype.RdataType
    name: dns.name.Name
    wire: bytes = b""
    attempt: int = 0
    hops: int = 0
    open: bool = True

    def phrase(self) -> None:
        """Write the question section, which a reply must repeat; new names begin their attempts anew."""
        self.wire = (self.name.to_wire() or b"") + struct.pack("!HH", self.kind, dns.rdataclass.IN)
        self.attempt = 0


def _is_onion(name: dns.name.Name) -> bool:
    """Whether an alias leads to an onion service: it is noted and never asked (RFC 7686)."""
    return len(name.labels) > 1 and name.labels[-2].lower() == b"onion"


def _records(reply: dns.message.Message, name: dns.name.Name, kind: int) -> list[dns.rdata.Rdata]:
    return [record for rrset in reply.answer if rrset.rdtype == kind and rrset.name == name for record in rrset]


def _follow(question: _Question, reply: dns.message.Message) -> dns.name.Name:
    """The name at the end of the aliases that a reply holds, noting each."""
    name = question.name
    while question.hops < LONGEST_CHAIN and not _is_onion(name):
        alias = next(iter(_records(reply, name, dns.rdatatype.CNAME)), None)
        if not isinstance(alias, CNAME):
            break
        name = alias.target
        question.hops += 1
        if name not in question.lookup.chain:
            question.lookup.chain.append(name)
    return name


class _Line:
    """One connected UDP socket and what is under way on it, by query id; the kernel drops other senders."""

    def __init__(self, server: Endpoint) -> None:
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        self.server = server
        self.pending: dict[int, _Question] = {}
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.connect(server)


class _Batch:
    """The questions of one call: begun as room comes free, retried, closed."""

    def __init__(
        self, lookups: list[_Lookup], servers: list[Endpoint], room: int, timeout: float, entropy: Entropy
    ) -> None:
        self._waiting: Iterator[_Question] = (
            _Question(lookup, kind, lookup.name) for lookup in lookups for kind in _TYPES
        )
        self._left = len(lookups) * len(_TYPES)
        self._room, self._timeout, self._entropy = room, timeout, entropy
        self._servers = servers
        self._loop = asyncio.get_running_loop()
        self._done = asyncio.Event()
        self._terms: deque[tuple[float, _Line, int, _Question]] = deque()
        self._streams: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        # Neighbours in the cycle ask different servers, so that a retry goes to the next one.
        lines = [_Line(server) for _ in range(SOCKETS) for server in self._servers]
        self._lines = cycle(lines)
        for line in lines:
            self._loop.add_reader(line.socket, self._readable, line)
        sweeper = self._loop.create_task(self._sweep())
        try:
            self._begin(self._room)
            await self._done.wait()
        finally:
            sweeper.cancel()
            for stream in self._streams:
                stream.cancel()
            for line in lines:
                self._loop.remove_reader(line.socket)
                line.socket.close()

    def _begin(self, count: int) -> None:
        for _ in range(count):
            question = next(self._waiting, None)
            if question is None:
                return
            question.phrase()
            self._send(question)

    def _send(self, question: _Question) -> None:
        line = next(self._lines)
        number = int.from_bytes(self._entropy(2), "big")
        while number in line.pending:
            number = int.from_bytes(self._entropy(2), "big")
        question.attempt += 1
        line.pending[number] = question
        self._terms.append((self._loop.time() + self._timeout, line, number, question))
        try:
            line.socket.send(_HEADER.pack(number, _ASK, 1, 0, 0, 0) + question.wire)
        except BlockingIOError:
            pass  # lost like any datagram: its term runs out and it is sent again
        except OSError:
            self._refused(line)

    def _readable(self, line: _Line) -> None:
        while True:
            try:
                wire = line.socket.recv(65_535)
            except BlockingIOError:
                return
            except OSError:
                self._refused(line)
                return
            self._received(line, wire)

    def _refused(self, line: _Line) -> None:
        """Nobody listens there: what is under way is put again soon, without waiting for its term."""
        pending, line.pending = line.pending, {}
        for question in pending.values():
            self._loop.call_later(min(0.05, self._timeout), self._again, question)

    def _received(self, line: _Line, wire: bytes) -> None:
        if len(wire) < _HEADER.size:
            return
        number, flags, questions, *_ = _HEADER.unpack_from(wire)
        question = line.pending.get(number)
        if not question or not flags & dns.flags.QR or questions != 1:
            return
        if wire[_HEADER.size : _HEADER.size + len(question.wire)].lower() != question.wire.lower():
            return
        del line.pending[number]
        if flags & dns.flags.TC:
            stream = self._loop.create_task(self._by_stream(question, line.server))
            self._streams.add(stream)
            stream.add_done_callback(self._streams.discard)
        else:
            self._read(question, wire)

    async def _by_stream(self, question: _Question, server: Endpoint) -> None:
        """Put a truncated question again over TCP (RFC 7766)."""
        query = dns.message.make_query(question.name, question.kind, id=int.from_bytes(self._entropy(2), "big"))
        try:
            reply = await dns.asyncquery.tcp(query, server[0], self._timeout, server[1])
        except (OSError, EOFError, dns.exception.DNSException):
            self._again(question)
        else:
            self._understand(question, reply)

    def _read(self, question: _Question, wire: bytes) -> None:
        try:
            reply = dns.message.from_wire(wire, ignore_trailing=True)
        except (dns.exception.DNSException, ValueError):
            self._again(question)
        else:
            self._understand(question, reply)

    def _understand(self, question: _Question, reply: dns.message.Message) -> None:
        code = reply.rcode()
        if code not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            self._again(question)
            return
        asked = question.name
        name = _follow(question, reply)
        found = _records(reply, name, question.kind)
        if found:
            question.lookup.addresses[question.kind] = [record.to_text() for record in found]
            self._close(question, "ok")
        elif code == dns.rcode.NXDOMAIN:
            self._close(question, "not_found")
        elif name == asked or question.hops >= LONGEST_CHAIN or _is_onion(name):
            self._close(question, "no_address")
        else:
            question.name = name
            question.phrase()
            self._send(question)

    def _again(self, question: _Question) -> None:
        if not question.open:
            return
        if question.attempt < ATTEMPTS:
            self._send(question)
        else:
            self._close(question, "failed")

    def _close(self, question: _Question, outcome: str) -> None:
        if not question.open:
            return
        question.open = False
        question.lookup.outcomes[question.kind] = outcome
        self._left -= 1
        if not self._left:
            self._done.set()
        self._begin(1)

    async def _sweep(self) -> None:
        """Put again what was not answered in time; terms end in the order they began."""
        while True:
            now = self._loop.time()
            while self._terms and (self._terms[0][0] <= now or not self._is_pending(*self._terms[0])):
                _, line, number, question = self._terms.popleft()
                if line.pending.get(number) is question:
                    del line.pending[number]
                    self._again(question)
            await asyncio.sleep(self._timeout / 8)

    @staticmethod
    def _is_pending(_: float, line: _Line, number: int, question: _Question) -> bool:
        return line.pending.get(number) is question
