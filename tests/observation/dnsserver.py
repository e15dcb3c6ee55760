"""A name server on loopback whose every behaviour, good or bad, is named by the name asked."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

RECORDS = {
    "plain.test.": {"A": ["192.0.2.1"], "AAAA": ["2001:db8::1"]},
    "several.test.": {"A": ["192.0.2.1", "198.51.100.1"]},
    "six.test.": {"AAAA": ["2001:db8::6"]},
    "empty.test.": {},
    "alias.test.": {"CNAME": ["middle.test."]},
    "middle.test.": {"CNAME": ["plain.test."]},
    "loop.test.": {"CNAME": ["pool.test."]},
    "pool.test.": {"CNAME": ["loop.test."]},
    "dangling.test.": {"CNAME": ["missing.test."]},
    "big.test.": {"A": [f"192.0.2.{n}" for n in range(1, 101)]},
    "forged.test.": {"A": ["192.0.2.1"]},
    "question.test.": {"A": ["192.0.2.1"]},
    "garbage.test.": {"A": ["192.0.2.1"]},
    "flaky.test.": {"A": ["192.0.2.1"]},
    "lost.test.": {"A": ["192.0.2.1"]},
    "halfway.test.": {"A": ["192.0.2.1"]},
}


class Behaviour:
    """Answers; `asked` counts questions by (name, type), `whole` makes the server follow aliases itself."""

    def __init__(self, whole: bool = False) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.whole = whole

    def replies(self, wire: bytes, stream: bool) -> list[bytes]:
        query = dns.message.from_wire(wire)
        name, kind = str(query.question[0].name), dns.rdatatype.to_text(query.question[0].rdtype)
        self.asked[name, kind] += 1
        first = self.asked[name, kind] == 1
        if name == "silent.test." or (name == "lost.test." and first):
            return []
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        halfway = name == "halfway.test." and kind == "AAAA"
        if name == "failing.test." or halfway or (name == "flaky.test." and first):
            reply.set_rcode(dns.rcode.SERVFAIL)
        else:
            self._fill(reply, name, kind)
        if name == "big.test." and not stream:
            reply.answer.clear()
            reply.flags |= dns.flags.TC
        good = reply.to_wire()
        if name == "garbage.test." and first:
            return [good[:-6]]
        if name == "forged.test.":
            return [self._lie(query, good, wrong_id=True), good]
        if name == "question.test.":
            return [self._lie(query, good, wrong_id=False), b"\0", good]
        return [good]

    def _fill(self, reply: dns.message.Message, name: str, kind: str) -> None:
        while True:
            records = RECORDS.get(name)
            if records is None:
                reply.set_rcode(dns.rcode.NXDOMAIN)
                return
            for held, values in records.items():
                if held in (kind, "CNAME"):
                    reply.answer.append(dns.rrset.from_text(name, 60, "IN", held, *values))
            if not self.whole or "CNAME" not in records or len(reply.answer) > 4:
                return
            name = records["CNAME"][0]

    @staticmethod
    def _lie(query: dns.message.Message, good: bytes, wrong_id: bool) -> bytes:
        """A forgery: `203.0.113.66` under another id, or for another question."""
        other = dns.message.make_query("other.test." if not wrong_id else query.question[0].name, "A", id=query.id)
        lie = dns.message.make_response(other)
        lie.answer.append(dns.rrset.from_text(lie.question[0].name, 60, "IN", "A", "203.0.113.66"))
        lie.id = query.id ^ 1 if wrong_id else query.id
        return lie.to_wire()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        for reply in self._behaviour.replies(data, stream=False):
            self._transport.sendto(reply, addr)


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[tuple[str, int]]:
    """Serve over UDP and TCP on one loopback port for the length of the block."""
    loop = asyncio.new_event_loop()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = int.from_bytes(await reader.readexactly(2), "big")
        for reply in behaviour.replies(await reader.readexactly(length), stream=True):
            writer.write(len(reply).to_bytes(2, "big") + reply)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def start() -> tuple[asyncio.BaseTransport, asyncio.Server, int]:
        while True:
            udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(behaviour), local_addr=("127.0.0.1", 0))
            port = udp.get_extra_info("sockname")[1]
            try:
                return udp, await asyncio.start_server(converse, "127.0.0.1", port), port
            except OSError:
                udp.close()  # the port is taken for TCP: another one

    async def stop() -> None:
        udp.close()
        tcp.close()
        await tcp.wait_closed()

    udp, tcp, port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield "127.0.0.1", port
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
