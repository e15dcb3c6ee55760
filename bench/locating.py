"""`items_located`: items located by the service beside dnspython's asynchronous resolver that only asks the names.

Both ask the demo's name server, another process on loopback, for A and AAAA of the same names.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import dns.asyncresolver
import dns.rdatatype

from bench.figure import Measured
from bench.home import Home
from maillon.kernel.clock import SystemClock

SIZES = {"full": 20_000, "small": 60}
CONCURRENCIES = (16, 32, 64, 128, 256, 512)
Server = tuple[str, int]


def measure(home: Home, size: str) -> Iterator[Measured]:
    from maillon.ops.installation import load_django

    load_django()
    count = SIZES[size]
    names = [f"n{number}.bench.test" for number in range(count)]
    with name_server(home) as server:
        ask_for(count)
        trial = names[: max(count // 10, 1)]
        best = min(CONCURRENCIES, key=lambda many: asked_alone(trial, server, many))
        peer = asked_alone(names, server, best)
        ours = located(home, server, count)
        peer = min(peer, asked_alone(names, server, best))
    yield Measured(
        figure="items_located",
        value=peer / ours,
        peer={
            "what": "dns.asyncresolver, A and AAAA together, no cache, best of 2",
            "value": round(count / peer),
            "unit": "names/s",
            "concurrency": best,
        },
        settings={"items": count, "items_per_second": round(count / ours), "server": "demo, over UDP on loopback"},
    )


@contextmanager
def name_server(home: Home) -> Iterator[Server]:
    process = home.start("maillon.demo.dns", "--port", "0")
    try:
        assert process.stdout is not None
        host, _, port = process.stdout.readline().split()[-1].rpartition(":")
        yield host, int(port)
    finally:
        process.terminate()
        process.wait()


def ask_for(count: int) -> None:
    """Reports are received and handed over, so that each item's location is asked for."""
    from bench.reports import receive
    from maillon.outbox.deliveries import dispatch

    receive(count)
    while dispatch(house="hotline", clock=SystemClock(), handler="observation.locate").done:
        pass


def located(home: Home, server: Server, count: int) -> float:
    """Seconds until every item is located and written down, durably."""
    from maillon.demo import overlay
    from maillon.observation.resolve import resolve
    from maillon.observation.services import locate_due
    from maillon.observation.sources import Sources

    look = Sources(overlay=overlay.write(home.folder / "overlay.mmdb")).look
    done, begun = 0, time.perf_counter()
    while found := locate_due(
        house="hotline", resolve=lambda names: resolve(names, resolver=server), look=look, clock=SystemClock()
    ):
        done += found
    took = time.perf_counter() - begun
    with home.owner() as connection:
        kept = connection.execute("SELECT count(*) FROM observation_location WHERE reason = 'agreed'").fetchone()
    if done != count or kept is None or kept[0] != count:
        raise SystemExit(f"of {count} items {done} were looked up and {kept} located")
    return took


def asked_alone(names: Sequence[str], server: Server, concurrency: int) -> float:
    """Seconds for dnspython's resolver to answer both questions of every name."""
    begun = time.perf_counter()
    asyncio.run(_ask_all(names, server, concurrency))
    return time.perf_counter() - begun


async def _ask_all(names: Sequence[str], server: Server, concurrency: int) -> None:
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port, resolver.cache = [server[0]], server[1], None
    waiting = iter(names)

    async def work() -> None:
        for name in waiting:
            await asyncio.gather(
                resolver.resolve(name, dns.rdatatype.A, search=False),
                resolver.resolve(name, dns.rdatatype.AAAA, search=False),
            )

    await asyncio.gather(*(work() for _ in range(max(concurrency // 2, 1))))
