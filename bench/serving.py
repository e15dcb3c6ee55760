"""Real web servers for a bench: the site as `maillon serve` starts it, or another application in its place."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bench.home import SOURCE
from maillon.ops.serve import answers, collect_static, free_address, site
from maillon.settings import Address, load

SITE = "maillon.web.wsgi:application"
PATIENCE = 30.0  # seconds until it answers


@contextmanager
def served(environ: Mapping[str, str], application: str = SITE) -> Iterator[Address]:
    """The address of a server of its own, started with the words of `maillon serve`, ended after the block.

    No worker runs beside it. Needs Django loaded.
    """
    listen = free_address("127.0.0.1")
    shared = {**environ, "MAILLON_LISTEN": str(listen)}
    collect_static()
    *words, _site = site(load(shared))
    with subprocess.Popen([*words, application], env=shared, cwd=SOURCE, stdin=subprocess.DEVNULL) as process:
        try:
            awaited(process, listen)
            yield listen
        finally:
            process.terminate()


def awaited(process: subprocess.Popen[bytes], listen: Address) -> None:
    """Return once the server answers; raises SystemExit where it ended or takes too long."""
    begun = time.perf_counter()
    while not answers(listen):
        if process.poll() is not None or time.perf_counter() - begun > PATIENCE:
            sys.exit(f"the server at {listen} does not answer")
        time.sleep(0.05)
