"""`vpdq`: the PDQ of every frame of a film of 1280 by 720, beside the published vPDQ.

Ours decodes in two threads while a third converts and hashes, as a decoding process does; vPDQ in the number of threads
that is quickest. Every frame must have the same hash and quality. vPDQ is built once, in an environment of its own in
bench/data; `PEERS_VPDQ` names one that exists.
"""

import io
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np

from bench.figure import Measured
from bench.home import SOURCE, Home
from bench.photographs import folder_for, photographs
from maillon.decoding.limits import VIDEO_THREADS
from maillon.decoding.process import keep_memory
from maillon.decoding.signatures import form
from maillon.decoding.videos import read_video

PINNED = SOURCE / "bench" / "peers-vpdq.txt"
OWN = SOURCE / "bench" / "data" / "peers-vpdq"
PEER = SOURCE / "bench" / "films_peer.py"
WIDTH, HEIGHT, RATE = 1280, 720, 25
SCENE = 3
"""Seconds from one picture to the next, over which it is panned."""
PAN = (300, 200)
SECONDS = {"full": 12, "small": 2}
ROUNDS = {"full": 5, "small": 1}
BITS = 4_000_000
NO_PEER = "left out, for vpdq is not built; held against itself"
Hash = tuple[int, str]


def measure(home: Home, size: str) -> Iterator[Measured]:
    keep_memory()
    path = home.folder / "film.mp4"
    path.write_bytes(film(SECONDS[size], folder_for(size)))
    python = made(size)
    peer = asked_of_peer(python, path, ROUNDS[size]) if python else None
    ours = {apart: quickest(path.read_bytes(), apart, ROUNDS[size]) for apart in (0.0, 1.0)}
    seconds, hashes = ours[0.0]
    if peer and [tuple(one) for one in peer["hashes"]] != hashes:
        raise SystemExit("a frame has another hash or quality than vpdq gives it")
    yield Measured(
        figure="vpdq",
        value=(min(peer["every frame"].values()) if peer else seconds) / seconds,
        peer={
            "what": "vpdq 0.2.5 on FFmpeg of the system, every frame, in as many threads as are quickest",
            "frames_per_second": {threads: round(len(hashes) / took) for threads, took in peer["every frame"].items()},
            "ffmpeg": peer["ffmpeg"],
        }
        if peer
        else {"what": NO_PEER},
        settings={
            "frames": len(hashes),
            "frames_per_second": round(len(hashes) / seconds),
            "threads": f"{VIDEO_THREADS} to decode",
            "film": f"{WIDTH}x{HEIGHT}, {RATE} frames a second, H.264, {BITS // 1_000_000} Mbit/s, pictures panned",
            "one_hash_a_second": round(min(peer["one a second"].values()) / ours[1.0][0], 2) if peer else None,
            "hashes_that_differ": 0,
        },
    )


def quickest(body: bytes, apart: float, rounds: int) -> tuple[float, list[Hash]]:
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        found = read_video(body, form(body), math.inf, apart=apart)
        seconds.append(time.perf_counter() - begun)
    return min(seconds), [(quality, text) for _, quality, text in found.vpdq]


def film(seconds: int, folder: Path | None) -> bytes:
    """Large pictures, each panned for a few seconds, with noise of its own in every frame."""
    chance, out = np.random.default_rng(6), io.BytesIO()
    scenes = photographs(WIDTH + PAN[0], HEIGHT + PAN[1], -(-seconds // SCENE), folder)
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("h264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = WIDTH, HEIGHT, "yuv420p", BITS
        for number, scene in enumerate(scenes):
            for n in range(min(SCENE, seconds - number * SCENE) * RATE):
                left, top = 2 * n % PAN[0], n % PAN[1]
                noisy = scene[top : top + HEIGHT, left : left + WIDTH] + chance.integers(-3, 4, (HEIGHT, WIDTH, 1))
                frame = av.VideoFrame.from_ndarray(noisy.clip(0, 255).astype(np.uint8), format="rgb24")
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def asked_of_peer(python: Path, film: Path, rounds: int) -> dict[str, Any]:
    words: Sequence[str] = (str(python), str(PEER), str(film), str(rounds))
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def made(size: str) -> Path | None:
    """The interpreter that has vpdq, built first where it is not there yet; only a small run does without."""
    if given := os.environ.get("PEERS_VPDQ"):
        return Path(given) / "bin" / "python"
    python, stamp = OWN / "bin" / "python", OWN / "stamp"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == PINNED.read_text(encoding="utf-8"):
        return python
    if size == "small":
        return None
    print(f"Building vpdq (once; needs the packages that {PINNED.name} names)…", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(OWN)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-binary", "vpdq", "--requirement", str(PINNED)], check=True)
    stamp.write_text(PINNED.read_text(encoding="utf-8"), encoding="utf-8")
    return python
