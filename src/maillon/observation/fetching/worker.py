"""The process that fetches. Two kinds: one that only starts others, and those, each confined before its first address.

The starter imports everything once and reads nothing but the parent's orders, so that a worker is there in
milliseconds and shares its memory. A worker has two pipes, no environment, no files, no key, no database, no program
to run and no process to start; TCP leads to the ports that may be fetched, the proxies' and the resolver's.
"""

import asyncio
import ctypes
import gc
import importlib
import os
import pickle
import resource
import signal
import socket
import sysconfig
from typing import Any
from urllib.parse import urlsplit

import maillon
from maillon.decoding.confinement import confine
from maillon.decoding.frames import Ended, Frame, Garbage, receive, send
from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import MaillonError
from maillon.observation.fetching import probing, reading
from maillon.observation.fetching.refusals import Refusal
from maillon.observation.fetching.streams import Contexts
from maillon.observation.fetching.telling import GRACE, Told, frame_of
from maillon.observation.fetching.visiting import Visit

CONTROL = 0
"""The starter's descriptor for the parent's orders; a worker has its orders there and its answers at 1."""
_PROCESSOR_SECONDS = 3_600
_OPEN_FILES = 64
_ORDER_BYTES = 1 << 16
_PR_SET_PDEATHSIG = 1
_DNS = 53
_RECORDS = ("ANY.CNAME", "ANY.SOA", "ANY.NS", "IN.A", "IN.AAAA")


def main() -> None:
    """Start workers, one for each pair of pipes that the parent sends, until the parent is gone."""
    control = socket.socket(fileno=CONTROL)
    try:
        told = pickle.loads(receive(control.fileno(), limit=_ORDER_BYTES).blobs[0])  # by the parent, never by a worker
        synthetic = told.egress.synthetic
        contexts = Contexts(synthetic.authority if synthetic else "")
        reading.warm()
        _warm_names()
    except Exception as error:
        send(control.fileno(), Frame({"failed": f"{type(error).__name__}: {error}"}))
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # workers leave nothing behind
    gc.collect()
    gc.freeze()
    send(control.fileno(), Frame({"ready": os.getpid()}))
    while _start(control, told, contexts):
        pass


def _start(control: socket.socket, told: Told, contexts: Contexts) -> bool:
    message, pipes, _, _ = socket.recv_fds(control, 1, 2)
    if not message:
        return False
    starter = os.getpid()
    pid = os.fork()
    if not pid:
        try:
            _become_worker(starter, pipes)
            _work(told, contexts)
        finally:
            os._exit(1)
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        control.send(b"0")
    else:
        socket.send_fds(control, [str(pid).encode()], [handle])
        os.close(handle)
    for pipe in pipes:
        os.close(pipe)
    return True


def _become_worker(starter: int, pipes: list[int]) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != starter:
        os._exit(1)
    orders, answers = pipes
    os.dup2(orders, 0, inheritable=False)
    os.dup2(answers, 1, inheritable=False)
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _work(told: Told, contexts: Contexts) -> None:
    """Say how far this process is confined, then fetch one address after the other."""
    try:
        confined = confine(
            memory=told.limits.memory,
            cpu=_PROCESSOR_SECONDS,
            files=_OPEN_FILES,
            network=True,
            ports=_ports(told),
            readable=_readable(),
        )
    except MaillonError as error:
        send(1, Frame({"failed": str(error)}))
        return
    loop = asyncio.new_event_loop()
    send(1, Frame({"landlock": confined.landlock}))
    while True:
        try:
            order = receive(0, limit=_ORDER_BYTES).header
            _obey(order, told, contexts, loop)
        except (Ended, Garbage):
            return
        except MemoryError:
            send(1, Frame({"ended": Refusal.OUT_OF_MEMORY}))
            return


def _obey(order: dict[str, Any], told: Told, contexts: Contexts, loop: asyncio.AbstractEventLoop) -> None:
    if "probe" in order:
        send(1, Frame({"probed": probing.probe(order["probe"])}))
        return
    signal.setitimer(signal.ITIMER_REAL, told.limits.seconds + 2 * GRACE)
    visit = Visit(
        egress=told.egress,
        limits=told.limits,
        resolver=told.resolver,
        contexts=contexts,
        loop=loop,
        now=SystemClock().now,
    )
    for part in visit.fetch(order["url"], order["referrer"]):
        send(1, frame_of(part))
    signal.setitimer(signal.ITIMER_REAL, 0)


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
