"""PostgreSQL refuses to run as root: how root starts it all the same."""

import os
import pwd
import shutil
import subprocess
from functools import cache
from pathlib import Path

from maillon.kernel.errors import MaillonError

SYSTEM_USER = "maillon-pg"


class CannotDropPrivileges(MaillonError):
    """Root has no way here to run a program as somebody else."""


@cache
def launcher() -> tuple[str, ...]:
    """The words to put before a PostgreSQL command: none for an ordinary user.

    For root, a user namespace in which root bears the name of somebody else: files stay root's. Where
    namespaces are refused, the system user `maillon-pg`, made on first use. Raises CannotDropPrivileges.
    """
    if os.geteuid() != 0:
        return ()
    namespace = ("unshare", "--user", f"--map-user={somebody()}")
    if shutil.which("unshare") and succeeds(*namespace, "true"):
        return namespace
    if not has_system_user() and not succeeds(
        "useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER
    ):
        raise CannotDropPrivileges(
            "PostgreSQL does not run as root, and this machine allows neither user namespaces nor a new "
            "system user; run maillon as an ordinary user, or point DATABASE_URL at a PostgreSQL server."
        )
    return ("setpriv", f"--reuid={SYSTEM_USER}", f"--regid={SYSTEM_USER}", "--clear-groups")


def hand_over(path: Path) -> None:
    """Give `path` to the user under which `launcher` runs.

    Raises CannotDropPrivileges where that user cannot reach it.
    """
    if "setpriv" not in launcher():
        return
    user = pwd.getpwnam(SYSTEM_USER)
    os.chown(path, user.pw_uid, user.pw_gid)
    path.parent.chmod(0o711)
    if not succeeds(*launcher(), "test", "-r", str(path)):
        raise CannotDropPrivileges(
            f"The user {SYSTEM_USER}, under which PostgreSQL runs for root, cannot reach {path}; "
            "choose a MAILLON_HOME whose folders others may enter, such as one under /srv."
        )


def somebody() -> int:
    """A user other than root whom this machine knows by name, as initdb demands."""
    return next((user.pw_uid for user in pwd.getpwall() if user.pw_uid != 0), 1000)


def has_system_user() -> bool:
    return any(user.pw_name == SYSTEM_USER for user in pwd.getpwall())


def succeeds(*words: str) -> bool:
    try:
        done = subprocess.run(words, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        return False
    return done.returncode == 0
