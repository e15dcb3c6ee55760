"""Programs that look hashes up over HTTP/1.1, in a process of their own: each sends ready-made requests in turn.

A job is a line of JSON on standard input: `host`, `port`, `connections`, `kept` (whether a connection serves more than
one request), `count` (a text that each hit holds once) and `file`, whose lines are requests: `path`, and `headers` and
`body` where it is a POST. The answer is a line of JSON: `seconds`, `answered`, `hits`, `failed` (how often by status)
and `processor` (seconds of this process).
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Round:
    """What is left to ask, and what came of the rest."""

    def __init__(self, job: dict[str, Any]) -> None:
        with Path(job["file"]).open(encoding="utf-8") as file:
            requests = [request(json.loads(line), job) for line in file]
        self.waiting: Iterator[bytes] = iter(requests)
        self.hit, self.kept = job["count"].encode(), job["kept"]
        self.answered = self.hits = 0
        self.failed: Counter[str] = Counter()

    def take(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"HTTP/1.1 200"):
            self.answered += 1
            self.hits += body.count(self.hit)
        else:
            self.failed[head[9:12].decode()] += 1


class Connection(asyncio.Protocol):
    """Sends a request, waits for the whole answer, sends the next; or is closed after one."""

    def __init__(self, of: Round, first: bytes, done: asyncio.Future[None]) -> None:
        self.of, self.first, self.done = of, first, done
        self.pieces: list[bytes] = []
        self.length = self.head = self.received = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.first)

    def go_on(self) -> None:
        sent = next(self.of.waiting, None) if self.of.kept else None
        if sent is None:
            self.end()
        else:
            self.transport.write(sent)

    def data_received(self, data: bytes) -> None:
        self.pieces.append(data)
        self.received += len(data)
        if not self.head:
            self.pieces = [read := b"".join(self.pieces)]
            head, end, _body = read.partition(b"\r\n\r\n")
            if not end:
                return
            _before, _said, length = head.lower().partition(b"content-length:")
            self.head = len(head) + len(end)
            self.length = self.head + int(length.partition(b"\r\n")[0])
        if self.received < self.length:
            return
        read = b"".join(self.pieces)
        self.of.take(read[: self.head], read[self.head :])
        self.pieces, self.head, self.received = [], 0, 0
        self.go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.of.failed["connection lost"] += 1
        self.end()

    def end(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        self.transport.close()


async def ask_all(of: Round, job: dict[str, Any]) -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        for sent in of.waiting:
            connection = Connection(of, sent, loop.create_future())
            await loop.create_connection(lambda made=connection: made, job["host"], job["port"])
            await connection.done

    await asyncio.gather(*(work() for _ in range(job["connections"])))


def request(given: dict[str, Any], job: dict[str, Any]) -> bytes:
    body, verb = given.get("body", ""), "POST" if "body" in given else "GET"
    head = {"Host": f"{job['host']}:{job['port']}", "Connection": "keep-alive" if job["kept"] else "close"}
    head |= {**given.get("headers", {}), **({"Content-Length": str(len(body.encode()))} if body else {})}
    lines = [f"{verb} {given['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def work(job: dict[str, Any]) -> dict[str, Any]:
    of = Round(job)
    begun, used = time.perf_counter(), time.process_time()
    asyncio.run(ask_all(of, job))
    return {
        "seconds": time.perf_counter() - begun,
        "processor": time.process_time() - used,
        "answered": of.answered,
        "hits": of.hits,
        "failed": of.failed,
    }


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(work(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
