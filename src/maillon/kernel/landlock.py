"""Linux's Landlock: a process gives up files and ports for good, and so do all that it starts.

Source: the kernel's `Documentation/userspace-api/landlock.rst` and `include/uapi/linux/landlock.h`.
"""

import ctypes
import os
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_VERSION = 1
_BENEATH, _PORT = 1, 2
_NO_NEW_PRIVS = 38
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_ACCESSES = {1: 13, 2: 14, 3: 15, 5: 16}  # how many rights on files are known from which version on
_CONNECT = 1 << 1
_NET = (1 << 0) | _CONNECT  # bind and connect, TCP, from version 4 on
_SCOPES = (1 << 0) | (1 << 1)  # abstract sockets and signals of other processes, from version 6 on

_libc = ctypes.CDLL(None, use_errno=True)


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


class _Port(ctypes.Structure):
    _fields_ = (("allowed", ctypes.c_uint64), ("port", ctypes.c_uint64))


def version() -> int:
    """The version (ABI) of Landlock that this kernel has; 0 for none."""
    return max(0, int(_libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))))


def no_new_privileges() -> None:
    """Nothing this process starts gains rights by being started; seccomp and Landlock ask for it."""
    _check(_libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))


def confine(*, readable: Iterable[str], ports: Iterable[int]) -> int:
    """From now on only what lies in `readable` can be read, nothing written, made or executed, and TCP connections
    go to `ports` alone, as far as the kernel's version knows (ports from 4 on). Returns that version.

    Raises OSError; where the version is 0 it does nothing. Paths that do not exist are left out.
    """
    known = version()
    if not known:
        return 0
    files = (1 << max(many for since, many in _FILE_ACCESSES.items() if since <= known)) - 1
    attributes = _Ruleset(files, _NET if known >= 4 else 0, _SCOPES if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = _check(_libc.syscall(_CREATE, ctypes.byref(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0)))
    try:
        for path in readable:
            _allow_reading(ruleset, path)
        for port in set(ports) if known >= 4 else ():
            _add(ruleset, _PORT, _Port(_CONNECT, port))
        no_new_privileges()
        _check(_libc.syscall(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0)))
    finally:
        os.close(ruleset)
    return known


def _allow_reading(ruleset: int, path: str) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        _add(ruleset, _BENEATH, _Beneath(_READ_FILE | _READ_DIR if os.path.isdir(path) else _READ_FILE, place))
    finally:
        os.close(place)


def _add(ruleset: int, kind: int, rule: ctypes.Structure) -> None:
    _check(
        _libc.syscall(_ADD, ctypes.c_int(ruleset), ctypes.c_int(kind), ctypes.byref(rule), ctypes.c_uint32(0))
    )


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
