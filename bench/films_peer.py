"""`films_peer.py FILM ROUNDS`, where vpdq is installed: how long it takes over a film, and what it finds, as JSON."""

import json
import subprocess
import sys
import time

import vpdq

THREADS = (0, 1)  # 0: as many as it chooses


def main() -> None:
    film, rounds = sys.argv[1], int(sys.argv[2])
    found = vpdq.computeHash(film, seconds_per_hash=0)
    version = subprocess.run(["pkg-config", "--modversion", "libavcodec"], stdout=subprocess.PIPE, text=True).stdout
    told = {
        "every frame": {threads: quickest(film, 0, threads, rounds) for threads in THREADS},
        "one a second": {threads: quickest(film, 1, threads, rounds) for threads in THREADS},
        "hashes": [(one.quality, one.hex) for one in found],
        "ffmpeg": f"libavcodec {version.strip()}",
    }
    print(json.dumps(told))


def quickest(film: str, apart: float, threads: int, rounds: int) -> float:
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        vpdq.computeHash(film, seconds_per_hash=apart, thread_count=threads)
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


if __name__ == "__main__":
    main()
