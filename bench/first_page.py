"""`first_page`: seconds from `maillon run`, in an installation that has run before, until its first page answers."""

import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from bench.figure import Measured
from bench.home import Home
from maillon.ops import embedded
from maillon.ops.serve import free_address

PATIENCE = 600.0  # seconds for the first run, which makes the demo world
PAUSE = 0.02


def measure(home: Home, size: str) -> Iterator[Measured]:
    address = free_address("127.0.0.1")
    environ = {**home.environ, "MAILLON_LISTEN": str(address)}
    first = answered(home, environ, f"http://{address}/")
    embedded.stop(home.folder)
    warm = answered(home, environ, f"http://{address}/")
    yield Measured(
        figure="first_page",
        value=warm,
        peer=None,
        settings={"first_run_seconds": round(first, 1), "database": "stopped before", "world": "demo"},
    )


def answered(home: Home, environ: dict[str, str], url: str) -> float:
    """Seconds until the page answers; the run is then ended as Ctrl-C does, and waited for."""
    begun = time.perf_counter()
    process = subprocess.Popen(home.command("run"), env=environ, stdout=subprocess.DEVNULL)
    try:
        while not answers(url):
            if process.poll() is not None or time.perf_counter() - begun > PATIENCE:
                raise SystemExit(f"maillon run did not serve {url}")
            time.sleep(PAUSE)
        return time.perf_counter() - begun
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def answers(url: str) -> bool:
    """Whether the page answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
