"""The environment of the peers: a virtual environment of its own, with what bench/peers-matching.txt pins.

`PEERS_VENV` names one that exists; else it is made once, in bench/data.
"""

import os
import subprocess
import sys
from pathlib import Path

from bench.home import SOURCE

PINNED = SOURCE / "bench" / "peers-matching.txt"
OWN = SOURCE / "bench" / "data" / "peers-matching"
SAMPLES = "lib/python3.*/site-packages/skimage/data"


def python() -> Path | None:
    """The peers' interpreter, where there is one."""
    folder = Path(os.environ.get("PEERS_VENV") or OWN)
    found = folder / "bin" / "python"
    return found if found.exists() and (folder != OWN or stamp_stands()) else None


def make() -> Path:
    """The peers' interpreter; installs them first where they are not there yet."""
    if found := python():
        return found
    if given := os.environ.get("PEERS_VENV"):
        raise FileNotFoundError(f"PEERS_VENV names {given}, where there is no bin/python.")
    print("Installing the peers (once; a minute)…", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(OWN)], check=True)
    pip = [str(OWN / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--requirement", str(PINNED)], check=True)
    (OWN / "stamp").write_text(PINNED.read_text(encoding="utf-8"), encoding="utf-8")
    return OWN / "bin" / "python"


def stamp_stands() -> bool:
    """Whether what is installed is what is pinned now."""
    stamp = OWN / "stamp"
    return stamp.exists() and stamp.read_text(encoding="utf-8") == PINNED.read_text(encoding="utf-8")


def sample_pictures() -> Path | None:
    """The folder of sample pictures that scikit-image brings, where the peers are installed."""
    found = python()
    return next(iter(sorted(found.parents[1].glob(SAMPLES))), None) if found else None
