"""The processes that fetch: one warms up and is copied; each copy is confined before its first address.

It has two pipes, no environment, no files, no key, no database, no program to run and no process to start; TCP leads to
the ports that may be fetched, the proxies' and the resolver's.
"""

import asyncio
import importlib
import os
import pickle
import sysconfig
from collections.abc import Iterator
from urllib.parse import urlsplit

import maillon
from maillon.decoding.confinement import confine
from maillon.decoding.frames import Frame
from maillon.decoding.serving import Answer, Hold, start
from maillon.kernel.clock import SystemClock
from maillon.observation.fetching import probing, reading
from maillon.observation.fetching.refusals import Refusal
from maillon.observation.fetching.streams import Contexts
from maillon.observation.fetching.telling import Told, frame_of
from maillon.observation.fetching.visiting import Visit

_PROCESSOR_SECONDS = 3_600
_OPEN_FILES = 64
_DNS = 53
_RECORDS = ("ANY.CNAME", "ANY.SOA", "ANY.NS", "IN.A", "IN.AAAA")


def main() -> None:
    start(warm)


def warm(asked: Frame) -> Hold:
    """Load what a visit needs; the blob is a `Told`, by the parent."""
    told: Told = pickle.loads(asked.blobs[0])  # a worker's words never come here
    synthetic = told.egress.synthetic
    contexts = Contexts(synthetic.authority if synthetic else "")
    reading.warm()
    _warm_names()

    def hold() -> Answer:
        """No file but libraries, no network but what may be fetched from now on."""
        confined = confine(
            memory=told.limits.memory,
            cpu=_PROCESSOR_SECONDS,
            files=_OPEN_FILES,
            network=True,
            ports=_ports(told),
            readable=_readable(),
        )
        return _Worker(told, contexts, confined.landlock).answer

    return hold


class _Worker:
    """A process that is confined, and does what it is told."""

    def __init__(self, told: Told, contexts: Contexts, landlock: int) -> None:
        self._told, self._contexts, self._landlock = told, contexts, landlock
        self._loop = asyncio.new_event_loop()

    def answer(self, order: Frame) -> Iterator[Frame]:
        """What an address brings, part by part; or what this process can do."""
        if "landlock" in order.header:
            yield Frame({"landlock": self._landlock})
        elif "probe" in order.header:
            yield Frame({"probed": probing.probe(order.header["probe"])})
        else:
            try:
                yield from self._visit(order.header["url"], order.header["referrer"])
            except MemoryError:
                yield Frame({"ended": Refusal.OUT_OF_MEMORY})

    def _visit(self, url: str, referrer: str) -> Iterator[Frame]:
        visit = Visit(
            egress=self._told.egress,
            limits=self._told.limits,
            resolver=self._told.resolver,
            contexts=self._contexts,
            loop=self._loop,
            now=SystemClock().now,
        )
        yield from map(frame_of, visit.fetch(url, referrer))


def _ports(told: Told) -> set[int]:
    """Where TCP may lead: what is fetched, as it is served, the proxies and the resolver."""
    served = told.egress.synthetic.ports if told.egress.synthetic else {}
    proxies = {urlsplit(proxy).port for proxy in (told.egress.proxy, told.egress.tor) if proxy}
    resolver = told.resolver[1] if told.resolver else _DNS
    return {served.get(port, port) for port in told.egress.ports} | {port for port in proxies if port} | {resolver}


def _readable() -> list[str]:
    """Python's own libraries, this program's code, and where the resolver is."""
    paths = sysconfig.get_paths()
    places = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    places |= {os.path.dirname(maillon.__file__ or ""), "/etc/resolv.conf", os.path.realpath("/etc/resolv.conf")}
    return [place for place in places if place and os.path.exists(place)]


def _warm_names() -> None:
    """What dnspython and Python load when they first need it."""
    for name in ("encodings.idna", "dns.asyncquery", *(f"dns.rdtypes.{kind}" for kind in _RECORDS)):
        importlib.import_module(name)
    loop = asyncio.new_event_loop()
    loop.close()
