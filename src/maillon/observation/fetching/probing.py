"""A worker tries what it must not be able to do; tests and `maillon doctor` ask it to."""

import ctypes
import os
import socket
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any


def probe(asked: Mapping[str, Any]) -> dict[str, str]:
    """What came of each attempt: `done`, or the name of the error. Asked: `read`, `write`, `connect` (unix), `tcp`.

    Values are lists of paths, for `tcp` of [address, port]. Programs, processes and strange sockets are always tried.
    """
    attempts: dict[str, Callable[[], object]] = {
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "fork": os.fork,
        "raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP),
        "netlink socket": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "local datagrams": lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
        "listen": lambda: socket.socket().listen(),
        "ptrace": lambda: _traced(os.getppid()),
        "signal": lambda: os.kill(os.getppid(), 0),
    }
    attempts |= {f"read {path}": partial(_open, path, os.O_RDONLY) for path in asked.get("read", ())}
    attempts |= {f"write {path}": partial(_open, path, os.O_WRONLY | os.O_CREAT) for path in asked.get("write", ())}
    attempts |= {f"connect {path}": partial(_connect, path) for path in asked.get("connect", ())}
    for host, port in asked.get("tcp", ()):
        attempts[f"tcp {host}:{port}"] = partial(socket.create_connection, (host, port), 2)
    return {name: _tried(attempt) for name, attempt in attempts.items()} | {"environment": " ".join(os.environ)}


def _tried(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return type(error).__name__
    return "done"


def _open(path: str, flags: int) -> None:
    os.close(os.open(path, flags))


def _connect(path: str) -> None:
    socket.socket(socket.AF_UNIX).connect(path)


def _traced(pid: int) -> None:
    if ctypes.CDLL(None, use_errno=True).ptrace(16, pid, 0, 0) < 0:  # PTRACE_ATTACH
        raise OSError(ctypes.get_errno(), "ptrace")
