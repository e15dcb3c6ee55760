"""The system calls that are left to a process that reads hostile bytes; every other one is refused (EPERM).

By name, as libseccomp knows them; a name that an architecture has not is passed over.
"""

import errno
import os
from typing import Final

COMPUTE: Final = (
    "brk munmap mremap madvise "  # memory; mmap and mprotect have rules of their own
    "read readv write writev close lseek fstat fcntl "  # what is open already
    "futex set_robust_list get_robust_list rseq sched_yield sched_getaffinity gettid getpid "
    "rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack alarm setitimer getitimer restart_syscall "
    "clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time getrandom getrusage times uname "
    "getuid geteuid getgid getegid poll ppoll exit exit_group"
)
READ: Final = (
    "stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents64 getcwd pread64 dup"
)
NETWORK: Final = (
    "connect sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg shutdown getsockname getpeername getsockopt setsockopt "
    "select pselect6 epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd2 pipe2"
)
PROT_EXEC, CLONE_THREAD = 0x4, 0x10000
WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000 | 0o20000000  # WRONLY, RDWR, CREAT, TRUNC, APPEND, and what TMPFILE adds
AF_UNIX, AF_INET, AF_INET6, SOCK_STREAM, SOCK_DGRAM, SOCK_KIND = 1, 2, 10, 1, 2, 0xF
FIONBIO, FIONREAD = 0x5421, 0x541B


def kept(*, network: bool, read: bool) -> "Kept":
    """What leaves every thread computing, reading files if `read`, connecting if `network`, once it is loaded.

    No file is written, no program run, no process made, nothing executed that is not there yet.
    Raises RuntimeError where libseccomp is not installed.
    """
    kept = Kept()
    kept.allow(COMPUTE)
    for name in ("mmap", "mprotect"):
        kept.rule(name, kept.masked(2, PROT_EXEC, 0))
    kept.rule("clone", kept.masked(0, CLONE_THREAD, CLONE_THREAD))
    kept.refuse("clone3", errno.ENOSYS)  # its flags lie in memory, unseen from here: libc then takes clone
    kept.rule("tgkill", kept.equal(0, os.getpid()))
    if read:
        kept.allow(READ)
        kept.rule("openat", kept.masked(2, WRITING, 0))
    if network:
        _connecting(kept)
    return kept


def _connecting(kept: "Kept") -> None:
    """Internet sockets for streams and datagrams; a pair of local ones, with which event loops wake themselves."""
    kept.allow(NETWORK)
    for family in (AF_INET, AF_INET6):
        for kind in (SOCK_STREAM, SOCK_DGRAM):
            kept.rule("socket", kept.equal(0, family), kept.masked(1, SOCK_KIND, kind))
    kept.rule("socketpair", kept.equal(0, AF_UNIX), kept.masked(1, SOCK_KIND, SOCK_STREAM))
    for request in (FIONBIO, FIONREAD):
        kept.rule("ioctl", kept.equal(1, request))


class Kept:
    """A filter under which what is not allowed fails with EPERM."""

    def __init__(self) -> None:
        import pyseccomp

        self._lib = pyseccomp
        self._filter = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
        self._filter.set_attr(pyseccomp.Attr.CTL_TSYNC, 1)

    def allow(self, names: str) -> None:
        for name in names.split():
            self.rule(name)

    def rule(self, name: str, *given: object) -> None:
        self._add(self._lib.ALLOW, name, *given)

    def refuse(self, name: str, number: int) -> None:
        self._add(self._lib.ERRNO(number), name)

    def masked(self, position: int, mask: int, value: int) -> object:
        return self._lib.Arg(position, self._lib.MASKED_EQ, mask, value)

    def equal(self, position: int, value: int) -> object:
        return self._lib.Arg(position, self._lib.EQ, value)

    def load(self) -> None:
        """From now on, for good. Raises OSError."""
        self._filter.load()

    def _add(self, action: int, name: str, *given: object) -> None:
        number = self._lib.resolve_syscall(self._lib.Arch.NATIVE, name)
        if number >= 0:
            self._filter.add_rule(action, number, *given)
