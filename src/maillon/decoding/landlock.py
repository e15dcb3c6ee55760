"""Landlock: a process gives up every file and port but those named, and cannot take them back.

Numbers from <linux/landlock.h>; what each version of the interface (ABI) can hold is in landlock(7).
"""

import ctypes
import os
import struct
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
VERSION = 1
PATH_BENEATH, NET_PORT = 1, 2
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
CONNECT_TCP = 2
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # by ABI: how many rights over files there are; 16 from ABI 5 on
HOLDS_PORTS = 4  # the first version that does
ALL_NET, ALL_SCOPES = 0b11, 0b11  # bind and connect; abstract sockets and signals

_libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """Which version this kernel has; 0: none."""
    return max(int(_libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION)), 0)


def restrict(*, readable: Iterable[str], ports: Iterable[int] | None) -> int:
    """Leave this thread, and what it starts, `readable` (folders or files) to read and TCP to `ports`; None: any port.

    The version of the interface that holds it; 0 where the kernel has none. Needs no_new_privs. Raises OSError.
    """
    version = abi()
    if not version:
        return 0
    rights = (1 << FILE_RIGHTS.get(version, 16)) - 1
    net = 0 if version < HOLDS_PORTS else ALL_NET if ports is not None else ALL_NET & ~CONNECT_TCP
    fields = [rights, *([net] if version >= HOLDS_PORTS else []), *([ALL_SCOPES] if version >= 6 else [])]
    ruleset = _call(CREATE_RULESET, struct.pack(f"={len(fields)}Q", *fields), ctypes.c_size_t(8 * len(fields)), 0)
    try:
        for path in readable:
            _allow_reading(ruleset, path)
        for port in ports or () if version >= HOLDS_PORTS else ():
            _call(ADD_RULE, ruleset, NET_PORT, struct.pack("=QQ", CONNECT_TCP, port), 0)
        _call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _allow_reading(ruleset: int, path: str) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = READ_FILE | (READ_DIR if os.path.isdir(path) else 0)
        _call(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def _call(number: int, *given: object) -> int:
    answer = int(_libc.syscall(number, *given))
    if answer < 0:
        raise OSError(ctypes.get_errno(), f"Landlock: {os.strerror(ctypes.get_errno())}")
    return answer
