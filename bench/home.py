"""An installation of a bench's own: a new folder, its own durable embedded server, ended and removed at the end."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from maillon.ops import embedded
from maillon.settings import DATABASE, OWNER_ROLE, PROGRAM_ROLE, socket_url

SOURCE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Home:
    """One bench's installation."""

    folder: Path
    environ: Mapping[str, str]

    def maillon(self, *words: str) -> None:
        """Run one command; what it prints is left out. Raises CalledProcessError where it fails."""
        subprocess.run(self.command(*words), env=self.environ, check=True, stdout=subprocess.DEVNULL)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "maillon.ops.cli", *words]

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a module of Python (`-m` …) that talks through its standard streams."""
        pipe = subprocess.PIPE
        words = (sys.executable, "-m", *words)
        return subprocess.Popen(words, env=self.environ, cwd=SOURCE, stdin=pipe, stdout=pipe, text=True)

    def program(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(socket_url(self.folder, PROGRAM_ROLE), autocommit=True)

    def owner(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(socket_url(self.folder, OWNER_ROLE), autocommit=True)

    def superuser(self, database: str = DATABASE) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(socket_url(self.folder, embedded.SUPERUSER, database), autocommit=True)

    def analyse(self) -> None:
        """Renew all statistics, as autovacuum does within a minute of much being written to a new installation."""
        with self.owner() as connection:
            connection.execute("ANALYZE")


def settle(folder: Path) -> dict[str, str]:
    """The environment in which everything of this bench runs: the caller's, but for what points at its installation."""
    strange = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MAILLON_") and k not in strange}
    path = os.pathsep.join([str(SOURCE / "src"), *filter(None, [kept.get("PYTHONPATH")])])
    return {**kept, "MAILLON_HOME": str(folder), "PYTHONPATH": path}


@contextmanager
def installation() -> Iterator[Home]:
    """A new installation, its tables made. Its server is stopped and its folder removed in any case."""
    folder = Path(tempfile.mkdtemp(prefix="maillon-bench-"))
    folder.chmod(0o711)
    home = Home(folder, settle(folder))
    try:
        home.maillon("migrate")
        yield home
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder)
