"""A decoding process, held as every other, in which what it decodes has taken over: it does what the body says."""

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from maillon.decoding import process
from maillon.decoding.frames import Frame
from maillon.decoding.serving import Answer, Hold, start

PARENT = os.getppid()
WAYS: dict[str, Callable[[], object]] = {
    "read a file": lambda: Path("/etc/hostname").read_bytes(),
    "list a folder": lambda: os.listdir("/"),
    "write a file": lambda: Path("/tmp/hostile").write_bytes(b"x"),
    "remove a file": lambda: os.unlink("/tmp/hostile"),
    "make a file in memory": lambda: os.memfd_create("hostile"),
    "open a pipe": os.pipe,
    "connect": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(("127.0.0.1", 9)),
    "send a datagram": lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"x", ("::1", 9)),
    "talk to a neighbour": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "pair sockets": socket.socketpair,
    "fork": os.fork,
    "run a program": lambda: subprocess.run(["/bin/true"], check=True),
    "become a program": lambda: os.execv("/bin/true", ["true"]),
    "signal its parent": lambda: os.kill(PARENT, signal.SIGTERM),
    "look into its parent": lambda: Path(f"/proc/{PARENT}/environ").read_bytes(),
    "become another user": lambda: os.setuid(1),
    "change its limits": lambda: os.sched_setaffinity(0, {0}),
    "change its root": lambda: os.chroot("/"),
}


def main() -> None:
    start(warm)


def warm(told: Frame) -> Hold:
    hold = process.warm(told)

    def hostile() -> Answer:
        decode = hold()

        def answer(asked: Frame) -> Iterable[Frame]:
            words = asked.blobs[0].decode("ascii", "replace")
            if words in MISDEEDS:
                return [MISDEEDS[words]()]
            return [tried(WAYS[words])] if words in WAYS else decode(asked)

        return answer

    return hostile


def tried(way: Callable[[], object]) -> Frame:
    try:
        way()
    except OSError as error:
        return Frame({"refused by": error.errno})
    return Frame({"done": True})


def _hang() -> Frame:
    while True:
        threading.Event().wait(60)


def _die() -> Frame:
    os.abort()


def _take_all_memory() -> Frame:
    try:
        return Frame({"took": len(bytearray(64 << 30))})
    except MemoryError:
        return Frame({"refused": "too_large"})


MISDEEDS: dict[str, Callable[[], Frame]] = {
    "hang": _hang,
    "die": _die,
    "take all memory": _take_all_memory,
    "environment": lambda: Frame({"environment": dict(os.environ), "arguments": len(os.environb)}),
    "lie": lambda: Frame({"decoded": {"kind": "image", "width": -1}}),
    "name no reason": lambda: Frame({"refused": "because"}),
    "send too much": lambda: Frame({}, (bytes(8 << 20),)),
    "raise": lambda: 1 // 0,  # type: ignore[dict-item, return-value]
}
