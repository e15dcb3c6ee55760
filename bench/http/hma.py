"""Hasher-Matcher-Actioner (facebook/ThreatExchange), as its Dockerfile runs it, on a database beside ours.

Its source is no package. Clone it once, and name the clone:

    git clone https://github.com/facebook/ThreatExchange && git -C ThreatExchange checkout COMMIT
    PEERS_HMA=$PWD/ThreatExchange make bench FIGURE=http_match

Its packages are pinned in bench/peers-hma.txt and installed once into bench/data (or `PEERS_HMA_VENV` names an
environment). It is measured with two gunicorn processes, and its own configuration of a matcher in production.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from ctypes.util import find_library
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError, URLError

import psycopg

from bench.home import SOURCE, Home
from bench.http.asker import Request
from bench.http.hashes import Hashes
from maillon.ops import embedded
from maillon.settings import Address, socket_folder

COMMIT = "baefb4ed67b6cdc1d4c82dbaef858d50866ac424"
"""Of 17 July 2026: version 1.1.7 and what was merged until then."""
PINNED = SOURCE / "bench" / "peers-hma.txt"
OWN = SOURCE / "bench" / "data" / "peers-hma"
CONFIG = "reference_omm_configs/scaled_deployment_matcher_omm_config.py"
DATABASE = "hma"
HIT = "bank_content_id"
WORKERS = 2
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
"""A single lookup gains nothing from OpenMP's threads, which contend with those of the other process."""


class Way(NamedTuple):
    """How it is run: words for gunicorn, and its environment. `kept`: a connection serves many requests."""

    words: tuple[str, ...] = ()
    environ: Mapping[str, str] = {}
    kept: bool = False


WAYS: Mapping[str, Way] = {
    "as its Dockerfile": Way(),
    "one OpenMP thread": Way(environ=ONE_THREAD),
    "one OpenMP thread, gthread": Way(("--worker-class", "gthread", "--threads", "4"), ONE_THREAD, kept=True),
}
PATIENCE = 300.0  # seconds until its processes have read the index
READY = 20  # answers in a row: every process is asked
ENTRY = (
    "COPY bank_content (id, bank_id, disable_until_ts) FROM STDIN",
    "COPY content_signal (content_id, signal_type, signal_val) FROM STDIN",
)


class Hma:
    """One installation of it, in a database of the bench's own server."""

    def __init__(self, home: Home, source: Path) -> None:
        self.code = source / "hasher-matcher-actioner"
        self.commit = _said("git", "-C", str(source), "rev-parse", "HEAD")
        self.home, self.folder = home, installed()
        self.jemalloc = find_library("jemalloc")
        self.build_seconds = 0.0
        address = f"postgresql+psycopg2://{embedded.SUPERUSER}@/{DATABASE}?host={socket_folder(home.folder)}"
        self.environ = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "OMM_CONFIG": str(self.code / CONFIG),
            "OMM_DATABASE_URI": address,
            **({"LD_PRELOAD": self.jemalloc} if self.jemalloc else {}),
        }

    @property
    def told(self) -> dict[str, object]:
        """How it was run."""
        return {
            "commit": self.commit,
            "processes": WORKERS,
            "jemalloc": bool(self.jemalloc),
            "build_seconds": round(self.build_seconds, 1),
        }

    def fill(self, hashes: Hashes) -> None:
        """Make its tables, write these hashes into one bank, have it build its index."""
        with self.home.superuser("postgres") as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        self.flask("db", "upgrade", "--directory", "OpenMediaMatch/migrations", MIGRATION_COMMAND="1")
        with self.home.superuser(DATABASE) as connection, connection.transaction():
            connection.execute("INSERT INTO bank (id, name, enabled_ratio) VALUES (1, 'BENCH', 1.0)")
            self._copy(connection, hashes)
        begun = time.perf_counter()
        self.flask("build_indices")
        self.build_seconds = time.perf_counter() - begun

    def _copy(self, connection: psycopg.Connection[tuple[object, ...]], hashes: Hashes) -> None:
        contents, signals = ENTRY
        with connection.cursor() as cursor:
            with cursor.copy(contents) as copy:
                for number in range(1, len(hashes) + 1):
                    copy.write_row((number, 1, 0))
            with cursor.copy(signals) as copy:
                for number, hash in enumerate(hashes, start=1):
                    copy.write_row((number, "pdq", bytes(hash).hex()))

    def flask(self, *words: str, **environ: str) -> None:
        """One command of its own."""
        subprocess.run(
            [str(self.folder / "bin" / "flask"), "--app", "OpenMediaMatch.app", *words],
            cwd=self.code / "src", env={**self.environ, **environ}, check=True, stdout=sys.stderr,
        )  # fmt: skip

    @contextmanager
    def served(self, listen: Address, way: Way) -> Iterator[None]:
        """It answers there for the length of the block, all its processes with the whole index."""
        words = ["--bind", str(listen), "--workers", str(WORKERS), "--log-level", "warning", *way.words]
        with subprocess.Popen(
            [str(self.folder / "bin" / "gunicorn"), *words, "OpenMediaMatch.app:create_app()"],
            cwd=self.code / "src", env={**self.environ, **way.environ}, stdout=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            try:
                self._awaited(process, listen)
                yield
            finally:
                process.terminate()

    def _awaited(self, process: "subprocess.Popen[bytes]", listen: Address) -> None:
        begun, well = time.perf_counter(), 0
        while well < READY:
            if process.poll() is not None or time.perf_counter() - begun > PATIENCE:
                sys.exit(f"Hasher-Matcher-Actioner does not answer at {listen}")
            well = well + 1 if _alive(listen) else 0
            time.sleep(0.01 if well else 0.2)


def requests(hashes: Sequence[str]) -> list[Request]:
    """A lookup of each hash."""
    return [{"path": f"/m/raw_lookup?signal_type=pdq&include_distance=true&signal={one}"} for one in hashes]


def _alive(listen: Address) -> bool:
    try:
        with urllib.request.urlopen(f"http://{listen}/status", timeout=5) as answer:
            return bool(answer.status == 200)
    except (HTTPError, URLError, OSError):
        return False


def _said(*words: str) -> str:
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def source() -> Path | None:
    """The clone that PEERS_HMA names; None where it names none."""
    given = os.environ.get("PEERS_HMA")
    if given and not (Path(given) / "hasher-matcher-actioner" / CONFIG).exists():
        sys.exit(
            f"PEERS_HMA names {given}, where Hasher-Matcher-Actioner is not; bench/http/hma.py says how to get it."
        )
    return Path(given) if given else None


def installed() -> Path:
    """The environment with its packages; makes it first where it is not there yet."""
    if given := os.environ.get("PEERS_HMA_VENV"):
        return Path(given)
    stamp, pinned = OWN / "stamp", PINNED.read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != pinned:
        print("Installing what Hasher-Matcher-Actioner needs (once; a minute)…", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(OWN)], check=True)
        pip = [str(OWN / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "--requirement", str(PINNED)], check=True)
        stamp.write_text(pinned, encoding="utf-8")
    return OWN
