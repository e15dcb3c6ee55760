"""A process gives up, before it reads hostile bytes, everything that it does not need for them; it never gets it back.

Four locks, each of which holds alone: limits (rlimit), no new privileges, Landlock, and a list of system calls.
"""

import ctypes
import os
import resource
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from maillon.decoding import landlock, syscalls
from maillon.kernel.errors import MaillonError

PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 4, 24, 38, 47, 4
LAST_CAPABILITY = 63
CAPABILITY_VERSION = 0x20080522


class Unconfinable(MaillonError):
    """This machine cannot hold such a process; nothing hostile is read without."""


@dataclass(frozen=True, slots=True)
class Confined:
    """What holds. `landlock` is the version of its interface, 0 where the kernel has none."""

    landlock: int


def confine(
    *,
    memory: int,
    cpu: int,
    files: int = 0,
    network: bool = False,
    ports: Collection[int] | None = None,
    readable: Sequence[str] = (),
) -> Confined:
    """Hold this process, for good: `memory` bytes of addresses, `cpu` seconds, file descriptors numbered below `files`.

    Without `network` there is no socket at all; with it internet sockets connect, over TCP to `ports` alone where
    the kernel can tell (None: any), and never listen. Without `readable` nothing is opened at all; with it what lies
    in these folders or files can be read. Nothing is ever written, run or forked; threads may start.
    Call it once everything is imported and warm, from the main thread. Raises Unconfinable.
    """
    try:
        kept = syscalls.kept(network=network, read=bool(readable))
        _drop_privileges()
        held = landlock.restrict(readable=readable, ports=ports if network else ())
        _limit(memory, cpu, files)
        kept.load()
    except (OSError, RuntimeError, ImportError) as error:
        raise Unconfinable(
            f"Hostile bytes cannot be read on this machine ({error}); install libseccomp (libseccomp2) on a Linux"
            " kernel that has seccomp."
        ) from None
    return Confined(landlock=held)


def _limit(memory: int, cpu: int, files: int) -> None:
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_NOFILE, files),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (allowed, allowed))


def _drop_privileges() -> None:
    """No capability even where root runs this, none to be had by a program, no look into it by its own user."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails beyond the kernel's last one, and without privilege
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    _must(libc.capset((ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()))
    _must(libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
    _must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def _must(answer: int) -> None:
    if answer != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
