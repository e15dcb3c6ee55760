"""What a fetching worker gives up before its first address: files, programs, other processes, all sockets but internet.

Files are Landlock's (`kernel.landlock`), system calls seccomp's, amounts the kernel's limits.
"""

import errno
import os
import resource
import socket
import sysconfig
from dataclasses import dataclass
from urllib.parse import urlsplit

import maillon
from maillon.kernel import landlock
from maillon.observation.fetching.egress import Egress, Limits

_FORBIDDEN = (
    # programs and other processes
    "execve execveat ptrace process_vm_readv process_vm_writev process_madvise pidfd_open pidfd_getfd "
    "pidfd_send_signal kcmp setns unshare "
    # the machine
    "mount umount2 move_mount fsopen fsmount open_tree pivot_root chroot swapon swapoff reboot kexec_load "
    "kexec_file_load init_module finit_module delete_module acct quotactl settimeofday clock_settime adjtimex "
    "clock_adjtime sethostname setdomainname iopl ioperm personality "
    # other rights
    "setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset "
    # ways around the filter, and parts of the kernel that often had holes
    "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register add_key request_key keyctl "
    "open_by_handle_at name_to_handle_at memfd_create memfd_secret "
    # servers
    "listen accept accept4"
).split()  # noqa: SIM905 - a list of words reads better than one of quotes
_FORKING = ("clone", "fork", "vfork")
_KINDS = 0xF  # of a socket's type, without its flags
_OPEN_FILES = 64
_PROCESSOR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Confined:
    """How far: Landlock's version (0: this kernel has none, so that files stay readable; below 4: so do TCP ports)."""

    landlock: int

    @property
    def whole(self) -> bool:
        return self.landlock >= 4


def give_up_files(egress: Egress, resolver_port: int) -> Confined:
    """Only Python's own libraries, the certificates in them and the resolver's address stay readable."""
    paths = sysconfig.get_paths()
    libraries = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    own = [os.path.dirname(place) for place in (maillon.__file__, __file__) if place]
    readable = [*libraries, *own, "/etc/resolv.conf", os.path.realpath("/etc/resolv.conf")]
    return Confined(landlock.confine(readable=readable, ports=_ports(egress) | {resolver_port}))


def _ports(egress: Egress) -> set[int]:
    served = egress.synthetic.ports if egress.synthetic else {}
    proxies = {urlsplit(proxy).port for proxy in (egress.proxy, egress.tor) if proxy}
    return {served.get(port, port) for port in egress.ports} | {port for port in proxies if port}


def give_up_calls(*, forking: bool) -> None:
    """No program is executed and no socket but TCP and UDP of the internet is opened; without `forking`, no process."""
    import pyseccomp  # loads libseccomp, which the tests of pure parts need not have

    landlock.no_new_privileges()
    filter_ = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    refused = pyseccomp.ERRNO(errno.EPERM)
    for name in (*_FORBIDDEN, *(() if forking else _FORKING)):
        if _exists(pyseccomp, name):
            filter_.add_rule(refused, name)
    filter_.add_rule(refused, "socket", pyseccomp.Arg(0, pyseccomp.LT, socket.AF_INET))
    filter_.add_rule(refused, "socket", pyseccomp.Arg(0, pyseccomp.GT, socket.AF_INET6))
    for family in range(socket.AF_INET + 1, socket.AF_INET6):
        filter_.add_rule(refused, "socket", pyseccomp.Arg(0, pyseccomp.EQ, family))
    for kind in (socket.SOCK_RAW, socket.SOCK_RDM, socket.SOCK_SEQPACKET, 10):  # 10: SOCK_PACKET
        filter_.add_rule(refused, "socket", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _KINDS, kind))
    for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):  # they could be pointed at another process's socket
        filter_.add_rule(refused, "socketpair", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _KINDS, kind))
    if not forking:
        filter_.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    filter_.load()


def _exists(pyseccomp: object, name: str) -> bool:
    try:
        return int(pyseccomp.resolve_syscall(pyseccomp.system_arch(), name)) >= 0  # type: ignore[attr-defined]
    except (ValueError, OSError, RuntimeError):
        return False


def bound(limits: Limits) -> None:
    """Amounts that one worker may use in its life; it leaves no image of its memory behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_SECONDS, _PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
