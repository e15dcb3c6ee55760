"""Many reporters at once, in a process of their own: each sends ready-made requests over HTTP/1.1, one after another.

A job is a line of JSON on standard input: `host`, `port`, `reporters` (as many connections, which are kept), and
`file`, whose lines are requests: `path`, `body` and `token`, a text without which the answer acknowledges nothing.
Each request names another network as its origin, as a proxy does. The answer is a line of JSON: `seconds`,
`acknowledged` (the places in the file), `refused` (how often by status) and `processor` (seconds of this process).
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

HEAD = (
    "POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "X-Forwarded-For: {source}\r\nContent-Length: {length}\r\n\r\n{body}"
)
ACCEPTED = (b"HTTP/1.1 200", b"HTTP/1.1 303")
_numbers = count(1)


@dataclass
class Round:
    """What is left to send, and what came of the rest."""

    waiting: Iterator[tuple[int, bytes, bytes]]
    acknowledged: list[int] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


class Reporter(asyncio.Protocol):
    """One connection: sends a request, waits for the whole answer, sends the next."""

    def __init__(self, of: Round, done: asyncio.Future[None]) -> None:
        self.of, self.done = of, done
        self.read, self.missing = b"", 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.send()

    def send(self) -> None:
        sent = next(self.of.waiting, None)
        if sent is None:
            self.done.set_result(None)
            self.transport.close()
            return
        self.place, request, self.token = sent
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.read += data
        if not self.missing:
            head, end, _body = self.read.partition(b"\r\n\r\n")
            if not end:
                return
            _before, said, length = head.lower().partition(b"content-length:")
            if not said:
                self.end("answer without length")
                return
            self.missing = len(head) + len(end) + int(length.partition(b"\r\n")[0])
        if len(self.read) < self.missing:
            return
        if self.read.startswith(ACCEPTED) and self.token in self.read:
            self.of.acknowledged.append(self.place)
        else:
            self.of.refused[self.read[9:12].decode()] += 1
        self.read, self.missing = b"", 0
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        self.end("connection lost")

    def end(self, why: str) -> None:
        if not self.done.done():
            self.of.refused[why] += 1
            self.done.set_result(None)
            self.transport.close()


async def send_all(of: Round, host: str, port: int, reporters: int) -> None:
    loop = asyncio.get_running_loop()
    crowd = [Reporter(of, loop.create_future()) for _ in range(reporters)]
    for reporter in crowd:
        await loop.create_connection(lambda me=reporter: me, host, port)
    await asyncio.gather(*(reporter.done for reporter in crowd))


def source() -> str:
    """An address of a network that no request came from before."""
    number = next(_numbers)
    return f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1"


def request(given: dict[str, str], job: dict[str, Any]) -> bytes:
    body = given["body"]
    where = {"host": job["host"], "port": job["port"], "source": source()}
    return HEAD.format(**where, path=given["path"], length=len(body), body=body).encode()


def work(job: dict[str, Any]) -> dict[str, Any]:
    with Path(job["file"]).open(encoding="utf-8") as file:
        given = [json.loads(line) for line in file]
    made = [(place, request(one, job), one["token"].encode()) for place, one in enumerate(given)]
    of = Round(iter(made))
    begun, used = time.perf_counter(), time.process_time()
    asyncio.run(send_all(of, job["host"], job["port"], job["reporters"]))
    return {
        "seconds": time.perf_counter() - begun,
        "processor": time.process_time() - used,
        "acknowledged": of.acknowledged,
        "refused": of.refused,
    }


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(work(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
