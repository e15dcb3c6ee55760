"""`pages_fetched`: pages fetched, hashed, encrypted and stored beside a bare loop that only downloads them.

Both ask the synthetic internet, another process on loopback, for the same pages and the picture that each names, as
many at a time. The peer is aiohttp, told every address beforehand; ours resolves names at the demo's name server.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bench.figure import Measured
from bench.home import Home
from bench.locating import Server, name_server
from maillon.kernel.clock import SystemClock
from maillon.observation.fetching.egress import Egress, Limits, Synthetic

SIZES = {"full": 200, "small": 6}  # hosts
ROUNDS = {"full": 3, "small": 1}
DECODERS = 2
TOGETHER = 4  # pages at a time: as many fetching processes as an installation has unless told otherwise
PICTURE = "/img/0.jpg"
KEPT = """
SELECT count(*) FROM items_medium m JOIN items_capture c ON c.house = m.house AND c.id = m.capture_id
WHERE c.outcome = 'ok' AND m.outcome = 'ok' AND m.pdq IS NOT NULL AND m.sha256 IS NOT NULL
  AND c.object_id IS NOT NULL AND m.object_id IS NOT NULL
"""


def measure(home: Home, size: str) -> Iterator[Measured]:
    from maillon.ops.installation import load_django

    load_django()
    hosts, clock = SIZES[size], SystemClock()
    with name_server(home) as names, web(home, hosts) as mapping, fetching(names, mapping) as fetch:
        items = reported(hosts)
        urls = [f"http://n{number}.bench.test:{mapping.ports[80]}" for number in range(hosts)]
        downloaded_alone(urls)  # the server draws its pictures when they are first asked for
        fetch(ask_for(items, clock))  # and the processes are started
        home.analyse()
        peers, ours = [], []
        for _ in range(ROUNDS[size]):
            peers.append(downloaded_alone(urls))
            asked = ask_for(items, clock)
            begun = time.perf_counter()
            fetch(asked)
            ours.append(time.perf_counter() - begun)
        check_kept(home, hosts * (ROUNDS[size] + 1))
    peer, own = min(peers), min(ours)
    yield Measured(
        figure="pages_fetched",
        value=peer / own,
        peer={
            "what": f"aiohttp, page and picture, no DNS, best of {len(peers)}",
            "value": round(hosts / peer),
            "unit": "pages/s",
            "concurrency": TOGETHER,
        },
        settings={
            "hosts": hosts,
            "pages_per_second": round(hosts / own, 1),
            "rounds": len(ours),
            "fetchers": TOGETHER,
            "decoders": DECODERS,
            "page": "20 KB of HTML naming one 640x480 JPEG, over HTTP",
            "server": "demo, one process",
        },
    )


@contextmanager
def web(home: Home, hosts: int) -> Iterator[Synthetic]:
    """The demo's web hosts in a process of their own, `hosts` of the bench among them."""
    from maillon.demo.groundwork import free_ports, prepare

    folder, ports = home.folder / "demo", free_ports()
    mapping = prepare(folder, ports, at=SystemClock().now())
    words = ("--folder", str(folder), "--ports", *map(str, ports), "--bench", str(hosts))
    process = home.start("maillon.demo.hosts", *words)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield mapping
    finally:
        process.terminate()
        process.wait()


@contextmanager
def fetching(names: Server, mapping: Synthetic) -> Iterator[Any]:
    """Something that fetches all that was asked for, through the real path."""
    from maillon.decoding.pool import Decoders
    from maillon.evidence.opening import open_vault
    from maillon.observation.fetches import fetch_due
    from maillon.observation.fetching.pool import Fetchers
    from maillon.ops.installation import current
    from maillon.settings import Address

    vault, egress = open_vault(current()), Egress(synthetic=mapping)
    with (
        Fetchers(egress=egress, limits=Limits(), size=TOGETHER, resolver=Address(*names)) as fetchers,
        Decoders(size=DECODERS) as decoders,
    ):

        def fetch(asked: int) -> None:
            done = 0
            while found := fetch_due(
                house="hotline", fetchers=fetchers, decoders=decoders, vault=vault, clock=SystemClock()
            ):
                done += found
            if done != asked:
                raise SystemExit(f"of {asked} pages {done} were worked on")

        yield fetch


def reported(hosts: int) -> list[UUID]:
    """One item on each host, under assessment; an analyst and the vault's keys are there."""
    from bench.reports import receive
    from maillon.access.queries import find_actor
    from maillon.access.services import add_person
    from maillon.evidence.opening import demo_recipients
    from maillon.ops.installation import current
    from maillon.outbox.acting import acting
    from maillon.outbox.sql import rows

    by, at = find_actor(house="hotline", name="operator"), SystemClock().now()
    receive(hosts, scheme="http")
    demo_recipients(settings=current(), by=by, at=at)
    add_person(name="analyst", organisation="child-focus", roles=["analyst"], by=by, at=at)
    with acting(by):
        return [row["id"] for row in rows("SELECT id FROM items_item ORDER BY id")]


def ask_for(items: Sequence[UUID], clock: SystemClock) -> int:
    """Have every item's content fetched; how many."""
    from maillon.access.queries import find_actor
    from maillon.observation.fetches import request_fetch

    by = find_actor(house="hotline", name="analyst")
    for item in items:
        request_fetch(item_id=item, purpose="assess", by=by, at=clock.now())
    return len(items)


def check_kept(home: Home, wanted: int) -> None:
    with home.owner() as connection:
        found = connection.execute(KEPT).fetchone()
    files = sum(1 for path in Path(home.folder, "vault").rglob("*") if path.is_file())
    if found is None or found[0] != wanted or files != 2 * wanted:
        raise SystemExit(f"of {wanted} pages {found} were kept with their picture, {files} objects in the vault")


class Told(AbstractResolver):
    """Every address of the bench, known beforehand."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        from maillon.demo.synthetic import twin
        from maillon.demo.zone import bench_addresses

        address = twin(str(bench_addresses(int(host[1:].partition(".")[0]))[0]))
        return [ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        pass


def downloaded_alone(urls: Sequence[str]) -> float:
    """Seconds for aiohttp to download each page and its picture."""
    begun = time.perf_counter()
    asyncio.run(_download_all(urls))
    return time.perf_counter() - begun


async def _download_all(urls: Sequence[str]) -> None:
    waiting = iter(urls)
    connector = aiohttp.TCPConnector(limit=TOGETHER, resolver=Told())
    async with aiohttp.ClientSession(connector=connector) as session:

        async def work() -> None:
            for url in waiting:
                for path in ("/page", PICTURE):
                    async with session.get(url + path) as reply:
                        reply.raise_for_status()
                        await reply.read()

        await asyncio.gather(*(work() for _ in range(TOGETHER)))
